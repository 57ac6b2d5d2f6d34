//! The person's certificate for a network, from a PEM file that they chose.

use std::{fmt, fs::File, io::Read, path::Path, sync::Arc};

use rustls::{
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};
use thiserror::Error;

use crate::limits::IDENTITY_BYTES_MAX;

/// A certificate and its private key.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: Arc<PrivateKeyDer<'static>>,
}

/// Why the file cannot be used.
#[derive(Debug, Error)]
pub(crate) enum BadIdentity {
    #[error("the file cannot be read: {0}")]
    File(#[from] std::io::Error),
    #[error("the file has no certificate; it should be a PEM file with a certificate and its key")]
    NoCertificate,
    #[error("the file has no key that can be read; a key with a password cannot be used")]
    NoKey,
    #[error("the certificate and the key do not belong together: {0}")]
    Mismatch(rustls::Error),
}

/// Leaves out the key, so that it is never printed.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("certificates", &self.chain.len()).finish_non_exhaustive()
    }
}

impl Identity {
    /// Reads the PEM file.
    pub(crate) fn read(path: &Path) -> Result<Self, BadIdentity> {
        let mut text = Vec::new();
        File::open(path)?.take(IDENTITY_BYTES_MAX).read_to_end(&mut text)?;
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&text).filter_map(Result::ok).collect();
        if chain.is_empty() {
            return Err(BadIdentity::NoCertificate);
        }
        let key = PrivateKeyDer::from_pem_slice(&text).map_err(|_| BadIdentity::NoKey)?;
        let signing = ring::sign::any_supported_type(&key).map_err(|_| BadIdentity::NoKey)?;
        CertifiedKey::new(chain.clone(), signing).keys_match().map_err(BadIdentity::Mismatch)?;
        Ok(Self { chain, key: Arc::new(key) })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn check(text: &str) -> Result<usize, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("me.pem");
        fs::write(&path, text).unwrap();
        Identity::read(&path).map(|identity| identity.chain.len()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_is_checked_before_it_is_used() {
        let made = || rcgen::generate_simple_self_signed(["alice".to_owned()]).unwrap();
        let (one, other) = (made(), made());
        let (certificate, key) = (one.cert.pem(), one.signing_key.serialize_pem());
        assert_eq!(check(&format!("{certificate}{key}")), Ok(1));
        assert_eq!(check(&format!("{key}{certificate}")), Ok(1), "in any order");
        assert!(check(&key).unwrap_err().contains("no certificate"));
        assert!(check(&certificate).unwrap_err().contains("no key"));
        let mixed = format!("{certificate}{}", other.signing_key.serialize_pem());
        assert!(check(&mixed).unwrap_err().contains("do not belong together"));
        assert!(
            Identity::read(Path::new("/no/such/file")).unwrap_err().to_string().contains("cannot be read")
        );
    }
}
