//! Which certificates are trusted: those that the system trusts, and one that the person trusts for this
//! server.
//!
//! So a certificate authority that a person or a company added counts here too, and one that the system
//! dropped does not, without a new version of this program. A server whose own certificate was trusted must
//! present that one and no other.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use parla_client::view::Certificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, SignatureScheme,
    client::{
        WantsClientCert,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{self, CryptoProvider, ring},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use rustls_platform_verifier::Verifier;
use thiserror::Error;

use super::{certificate, identity::Identity};

/// What all connections share. The system's certificates are read when a connection first needs them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tls {
    system: Option<Arc<dyn ServerCertVerifier>>,
}

/// What the person has decided about one server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust {
    /// The fingerprint of the only certificate that the server may present.
    pub(crate) pinned: Option<Arc<str>>,
    /// The person's own certificate for this server.
    pub(crate) identity: Option<Identity>,
}

/// The settings of one connection, and what the server has presented.
#[derive(Clone, Debug)]
pub(crate) struct TlsSession {
    pub(crate) config: Arc<ClientConfig>,
    shown: Arc<Mutex<Option<CertificateDer<'static>>>>,
    pinned: Option<Arc<str>>,
}

/// The server presents another certificate than the one that the person trusts.
#[derive(Clone, Debug, Error)]
#[error("the server shows a certificate with the fingerprint {shown}; the trusted one has {pinned}")]
pub(crate) struct OtherCertificate {
    pinned: Arc<str>,
    shown: String,
}

impl Tls {
    /// The settings of a connection to one server.
    ///
    /// # Errors
    /// The system's certificates cannot be read, or the person's own cannot be used.
    pub(crate) fn session(&mut self, trust: &Trust) -> Result<TlsSession, rustls::Error> {
        let provider = Arc::new(ring::default_provider());
        let system = match &trust.pinned {
            // The system's certificates are not used here.
            Some(_) => None,
            None => Some(self.system(&provider)?),
        };
        let shown = Arc::default();
        let verifier = Watching {
            system,
            pinned: trust.pinned.clone(),
            shown: Arc::clone(&shown),
            provider: Arc::clone(&provider),
        };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let config = with_identity(builder, trust.identity.as_ref())?;
        Ok(TlsSession { config: Arc::new(config), shown, pinned: trust.pinned.clone() })
    }

    fn system(
        &mut self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
        if let Some(system) = &self.system {
            return Ok(Arc::clone(system));
        }
        let system: Arc<dyn ServerCertVerifier> = Arc::new(Verifier::new(Arc::clone(provider))?);
        Ok(Arc::clone(self.system.insert(system)))
    }
}

fn with_identity(
    builder: rustls::ConfigBuilder<ClientConfig, WantsClientCert>,
    identity: Option<&Identity>,
) -> Result<ClientConfig, rustls::Error> {
    match identity {
        Some(identity) => builder.with_client_auth_cert(identity.chain.clone(), identity.key.clone_key()),
        None => Ok(builder.with_no_client_auth()),
    }
}

impl TlsSession {
    /// The certificate that the server has presented, for the person to look at.
    pub(crate) fn shown(&self) -> Option<Certificate> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.as_ref().map(|shown| certificate::describe(shown, self.pinned.clone()))
    }
}

/// Notes which certificate was presented, and asks the actual verifier whether it is trusted.
struct Watching {
    system: Option<Arc<dyn ServerCertVerifier>>,
    pinned: Option<Arc<str>>,
    shown: Arc<Mutex<Option<CertificateDer<'static>>>>,
    provider: Arc<CryptoProvider>,
}

impl fmt::Debug for Watching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watching").field("pinned", &self.pinned).finish_non_exhaustive()
    }
}

impl ServerCertVerifier for Watching {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(end_entity.clone().into_owned());
        if let Some(pinned) = &self.pinned {
            let shown = certificate::fingerprint(end_entity);
            if **pinned == *shown {
                return Ok(ServerCertVerified::assertion());
            }
            let other = OtherCertificate { pinned: Arc::clone(pinned), shown };
            return Err(CertificateError::Other(OtherError(Arc::new(other))).into());
        }
        match &self.system {
            Some(system) => {
                system.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            }
            None => Err(CertificateError::UnknownIssuer.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls12_signature(message, cert, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls13_signature(message, cert, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! A server's certificate, and a client that trusts it.

    use rustls::{
        RootCertStore, ServerConfig,
        client::WebPkiServerVerifier,
        pki_types::{PrivateKeyDer, pem::PemObject},
    };

    use super::*;

    /// A server named `name`, and a client that trusts it.
    pub(crate) fn server(name: &str) -> (Arc<ServerConfig>, Tls) {
        let parameters = rcgen::CertificateParams::new([name.to_owned()]).unwrap();
        let (config, shown) = server_with(&parameters);
        (config, Tls::believing(&shown))
    }

    /// A server with a certificate like this, and that certificate.
    pub(crate) fn server_with(
        parameters: &rcgen::CertificateParams,
    ) -> (Arc<ServerConfig>, CertificateDer<'static>) {
        let key = rcgen::KeyPair::generate().unwrap();
        let made = parameters.self_signed(&key).unwrap();
        let key = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).unwrap();
        let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.der().clone()], key)
            .unwrap();
        (Arc::new(server), made.der().clone())
    }

    impl Tls {
        /// Trusts this certificate and no other.
        pub(crate) fn believing(certificate: &CertificateDer<'static>) -> Self {
            let mut roots = RootCertStore::empty();
            roots.add(certificate.clone()).unwrap();
            let provider = Arc::new(ring::default_provider());
            let system =
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            Self { system: Some(system) }
        }
    }
}
