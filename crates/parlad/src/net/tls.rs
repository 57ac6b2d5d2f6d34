//! TLS: certificates from files, and the encrypted half of a connection.
//!
//! The handshake is complete before there is a [`Connection`](crate::net::connection::Connection). After
//! that, [`Tls`] converts bytes and sees no socket, so that delivery can write at once, as to an unencrypted
//! connection.

use std::{
    fmt,
    io::{self, Read as _, Write as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use rustls::{
    DigitallySignedStruct, DistinguishedName, Error, ServerConfig, ServerConnection, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::{WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, UnixTime},
    server::{
        ClientHello, NoClientAuth, ResolvesServerCert,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
    sign::CertifiedKey,
};
use sha2::{Digest as _, Sha256};
use tokio_rustls::TlsAcceptor;

use crate::config::{TlsError, TlsFiles};

/// Who connects to a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Visitors {
    /// Programs that speak lines. They may present a certificate, by which they sign in.
    Irc,
    /// Browsers, among others. They are not asked for a certificate, because a browser would pass the
    /// question on to the person in front of it.
    Browsers,
}

impl Visitors {
    /// The protocols within TLS (ALPN, RFC 7301). Clients that offer protocols without any of these are
    /// disconnected; clients that offer none are accepted. An empty list accepts everything.
    fn protocols(self) -> Vec<Vec<u8>> {
        match self {
            // Browsers offer `http/1.1` and `h2`, so a web page cannot use them to talk to such a port.
            Self::Irc => vec![b"irc".to_vec()],
            Self::Browsers => Vec::new(),
        }
    }
}

/// Asks clients for a certificate and accepts any, or none. The handshake proves that the client has the
/// certificate's key. Who signed the certificate and how long it is valid does not matter, because it is
/// compared with certificates that the owner of an account has named.
#[derive(Debug)]
struct AnyCertificate(WebPkiSupportedAlgorithms);

impl ClientCertVerifier for AnyCertificate {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}

/// The SHA-256 of the certificate whose key the client has, if it presented one.
pub(crate) fn client_certificate(connection: &ServerConnection) -> Option<Box<[u8; 32]>> {
    let certificate = connection.peer_certificates()?.first()?;
    Some(Box::new(Sha256::digest(certificate).into()))
}

/// A certificate that is in use and can be read again.
#[derive(Debug)]
pub(crate) struct Certificate {
    files: TlsFiles,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    fn read(files: &TlsFiles) -> Result<Arc<Self>, TlsError> {
        Ok(Arc::new(Self { current: RwLock::new(files.read()?), files: files.clone() }))
    }

    /// Uses the current contents of the files for new connections.
    fn reload(&self) -> Result<(), TlsError> {
        let read = self.files.read()?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    fn acceptor(self: &Arc<Self>, visitors: Visitors) -> Result<TlsAcceptor, TlsError> {
        let resolver: Arc<dyn ResolvesServerCert> = Arc::clone(self) as _;
        let provider = ring::default_provider();
        let verifier: Arc<dyn ClientCertVerifier> = match visitors {
            Visitors::Irc => Arc::new(AnyCertificate(provider.signature_verification_algorithms)),
            Visitors::Browsers => Arc::new(NoClientAuth),
        };
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Setup)?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(resolver);
        config.alpn_protocols = visitors.protocols();
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// The certificates of all listeners.
#[derive(Debug, Default)]
pub(crate) struct Certificates(Vec<Arc<Certificate>>);

impl Certificates {
    /// Reads a certificate for a listener. Listeners with the same files share it.
    ///
    /// # Errors
    /// It cannot be used.
    pub(crate) fn acceptor(&mut self, files: &TlsFiles, visitors: Visitors) -> Result<TlsAcceptor, TlsError> {
        if let Some(known) = self.0.iter().find(|known| known.files == *files) {
            return known.acceptor(visitors);
        }
        let certificate = Certificate::read(files)?;
        let acceptor = certificate.acceptor(visitors)?;
        self.0.push(certificate);
        Ok(acceptor)
    }

    /// Reads every certificate again, for new connections. One that cannot be used is not replaced; returns
    /// what is wrong with those.
    pub(crate) fn reload(&self) -> Vec<TlsError> {
        self.0.iter().filter_map(|certificate| certificate.reload().err()).collect()
    }
}

/// The encrypted half of a connection. Bytes must reach the socket in the order in which they are produced
/// here, so they are handed over under the lock.
pub(crate) struct Tls(Mutex<ServerConnection>);

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls(…)")
    }
}

/// The result of decrypting bytes from the client.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Opened {
    /// The decrypted data.
    pub(crate) plain: Vec<u8>,
    /// Whether the client has closed its side.
    pub(crate) is_over: bool,
}

impl Tls {
    /// Wraps a session after the handshake.
    pub(crate) fn new(mut connection: ServerConnection) -> Self {
        // Everything is taken out as soon as it is put in, so nothing accumulates there.
        connection.set_buffer_limit(None);
        Self(Mutex::new(connection))
    }

    fn lock(&self) -> MutexGuard<'_, ServerConnection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Encrypts bytes and passes them to `send`.
    pub(crate) fn seal(&self, plain: &[u8], send: impl FnOnce(&[u8])) {
        let mut connection = self.lock();
        // Writing to memory does not fail.
        let _ = connection.writer().write_all(plain);
        hand_on(&mut connection, send);
    }

    /// Encrypts the last bytes, and passes them to `send` together with the closing message of our side.
    pub(crate) fn close(&self, last: &[u8], send: impl FnOnce(&[u8])) {
        let mut connection = self.lock();
        // Writing to memory does not fail.
        let _ = connection.writer().write_all(last);
        connection.send_close_notify();
        send(&take_sealed(&mut connection));
    }

    /// Decrypts bytes from the client. Answers by TLS itself are passed to `send`.
    ///
    /// # Errors
    /// The client violates the protocol; it has been told so.
    pub(crate) fn open(&self, mut sealed: &[u8], send: impl FnOnce(&[u8])) -> io::Result<Opened> {
        let mut connection = self.lock();
        let opened = open(&mut connection, &mut sealed);
        hand_on(&mut connection, send);
        opened
    }
}

fn open(connection: &mut ServerConnection, sealed: &mut &[u8]) -> io::Result<Opened> {
    let mut opened = Opened::default();
    loop {
        let state = connection.process_new_packets().map_err(io::Error::other)?;
        opened.is_over |= state.peer_has_closed();
        let room = opened.plain.len();
        opened.plain.resize(room + state.plaintext_bytes_to_read(), 0);
        connection.reader().read_exact(opened.plain.get_mut(room..).unwrap_or_default())?;
        if sealed.is_empty() || opened.is_over {
            return Ok(opened);
        }
        connection.read_tls(sealed)?;
    }
}

fn hand_on(connection: &mut ServerConnection, send: impl FnOnce(&[u8])) {
    if connection.wants_write() {
        send(&take_sealed(connection));
    }
}

fn take_sealed(connection: &mut ServerConnection) -> Vec<u8> {
    let mut sealed = Vec::new();
    while connection.wants_write() {
        // Writing to memory does not fail.
        let _ = connection.write_tls(&mut sealed);
    }
    sealed
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn write(&self, name: &str, text: &str) -> PathBuf {
            let path = self.0.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        }
    }

    #[test]
    fn what_is_wrong_with_a_certificate_is_told() {
        let folder = Folder(tempfile::tempdir().unwrap());
        let [one, other] =
            [(); 2].map(|()| rcgen::generate_simple_self_signed(vec!["irc.example.org".into()]).unwrap());
        let cert = folder.write("cert.pem", &one.cert.pem());
        let key = folder.write("key.pem", &one.signing_key.serialize_pem());
        let wrong = |cert: &PathBuf, key: &PathBuf| {
            let files = TlsFiles { cert: cert.clone(), key: key.clone() };
            files.read().map_err(|error| error.to_string().replace(folder.0.path().to_str().unwrap(), ""))
        };
        assert!(wrong(&cert, &key).is_ok());
        let check = |cert: &PathBuf, key: &PathBuf, expected: &str| {
            let error = wrong(cert, key).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        };
        let none = folder.0.path().join("none.pem");
        check(&none, &key, "cannot read /none.pem: No such file");
        check(&cert, &none, "cannot read /none.pem: No such file");
        let empty = folder.write("empty.pem", "nothing\n");
        check(&empty, &key, "there is no certificate in /empty.pem");
        check(&cert, &empty, "there is no private key in /empty.pem");
        check(&key, &key, "there is no certificate in /key.pem");
        let damaged = folder.write("damaged.pem", &one.cert.pem().replace("-----END", "!\n-----END"));
        check(&damaged, &key, "/damaged.pem is damaged: ");
        let other = folder.write("other.pem", &other.signing_key.serialize_pem());
        check(&cert, &other, "the key /other.pem is not that of the certificate /cert.pem");
    }
}
