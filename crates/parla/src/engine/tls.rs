//! Whose certificates are believed: those that the system believes.
//!
//! So a certificate authority that a person or a company added counts here too, and one that the system dropped does not,
//! without a new version of this program.

use std::sync::Arc;

use rustls::{ClientConfig, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt;

/// The settings of TLS for all connections, made when the first one needs them: the system's certificates are read then.
#[derive(Debug, Default)]
pub(crate) struct Tls {
    config: Option<Arc<ClientConfig>>,
}

impl Tls {
    /// The settings.
    ///
    /// # Errors
    /// The system's certificates cannot be read.
    pub(crate) fn config(&mut self) -> Result<Arc<ClientConfig>, rustls::Error> {
        if let Some(config) = &self.config {
            return Ok(Arc::clone(config));
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_platform_verifier()?
            .with_no_client_auth();
        Ok(Arc::clone(self.config.insert(Arc::new(config))))
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! A server's certificate, and a client that believes in it.

    use rustls::{RootCertStore, ServerConfig, pki_types::PrivateKeyDer};

    use super::*;

    /// A server that is `name`, and the settings of a client that believes it.
    pub(crate) fn server(name: &str) -> (Arc<ServerConfig>, Arc<ClientConfig>) {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let client = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        (Arc::new(server), Arc::new(client))
    }

    impl Tls {
        pub(crate) fn believing(config: Arc<ClientConfig>) -> Self {
            Self { config: Some(config) }
        }
    }
}
