//! The files of a certificate: where they are, and whether they can be used.

use std::{io, path::PathBuf, sync::Arc};

use rustls::{
    crypto::ring,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject as _},
    },
    sign::CertifiedKey,
};
use thiserror::Error;

/// The paths of a certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// The certificate, followed by the intermediate ones that lead to a root that clients know.
    pub(crate) cert: PathBuf,
    pub(crate) key: PathBuf,
}

/// Why a certificate cannot be used, worded for the administrator.
#[derive(Debug, Error)]
pub(crate) enum TlsError {
    #[error("cannot read {path}: {reason}")]
    Unreadable { path: PathBuf, reason: io::Error },
    #[error("there is no certificate in {0}. It should begin with -----BEGIN CERTIFICATE-----")]
    NoCertificate(PathBuf),
    #[error("there is no private key in {0}. It should begin with -----BEGIN PRIVATE KEY-----")]
    NoKey(PathBuf),
    #[error("{path} is damaged: {reason}")]
    Damaged { path: PathBuf, reason: pem::Error },
    #[error("the key {key} is not that of the certificate {cert}")]
    Unfit { cert: PathBuf, key: PathBuf },
    #[error("the certificate {cert} or its key cannot be used: {reason}")]
    Unusable { cert: PathBuf, reason: rustls::Error },
    #[error("TLS cannot be set up: {0}")]
    Setup(rustls::Error),
}

impl TlsFiles {
    /// Reads both files and checks that they belong together.
    pub(crate) fn read(&self) -> Result<Arc<CertifiedKey>, TlsError> {
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|reason| TlsError::Unreadable { path: path.clone(), reason })
        };
        let damaged = |path: &PathBuf, reason| TlsError::Damaged { path: path.clone(), reason };
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&read(&self.cert)?)
            .collect::<Result<_, _>>()
            .map_err(|reason| damaged(&self.cert, reason))?;
        if chain.is_empty() {
            return Err(TlsError::NoCertificate(self.cert.clone()));
        }
        let key = PrivateKeyDer::from_pem_slice(&read(&self.key)?).map_err(|reason| match reason {
            pem::Error::NoItemsFound => TlsError::NoKey(self.key.clone()),
            reason => damaged(&self.key, reason),
        })?;
        let unfit = |reason| match reason {
            rustls::Error::InconsistentKeys(_) => {
                TlsError::Unfit { cert: self.cert.clone(), key: self.key.clone() }
            }
            reason => TlsError::Unusable { cert: self.cert.clone(), reason },
        };
        CertifiedKey::from_der(chain, key, &ring::default_provider()).map(Arc::new).map_err(unfit)
    }
}
