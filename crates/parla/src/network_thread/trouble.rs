//! Translates errors of the system or of TLS into problems that the interface has words for.

use std::{error::Error, io};

use parla_client::{Problem, ProblemKind};
use parla_engine::problem;
use rustls::CertificateError;

use super::tls::OtherCertificate;

/// No connection could be made to the address.
pub(crate) fn of_dial(error: &io::Error) -> Problem {
    let kind = match error.kind() {
        io::ErrorKind::ConnectionRefused => ProblemKind::Refused,
        // An unreachable server gives no answer either; the details say which it was.
        io::ErrorKind::TimedOut
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => ProblemKind::TimedOut,
        _ => ProblemKind::Lost,
    };
    problem(kind, &error.to_string())
}

/// The connection is open, but the TLS handshake failed.
pub(crate) fn of_handshake(error: &io::Error) -> Problem {
    match tls(error) {
        Some(error) => problem(tls_kind(error), &error.to_string()),
        None => of_stream(error),
    }
}

/// An open connection broke.
pub(crate) fn of_stream(error: &io::Error) -> Problem {
    problem(ProblemKind::Lost, &error.to_string())
}

fn tls_kind(error: &rustls::Error) -> ProblemKind {
    match error {
        // The first bytes were not TLS, so the server speaks only without it.
        rustls::Error::InvalidMessage(_) => ProblemKind::NotEncrypted,
        rustls::Error::InvalidCertificate(error) => certificate_kind(error),
        rustls::Error::NoCertificatesPresented | rustls::Error::InvalidCertRevocationList(_) => {
            ProblemKind::BadCertificate
        }
        _ => ProblemKind::Other,
    }
}

fn certificate_kind(error: &CertificateError) -> ProblemKind {
    match error {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            ProblemKind::WrongCertificateName
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            ProblemKind::CertificateExpired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            ProblemKind::CertificateNotYetValid
        }
        CertificateError::Other(other) if other.0.is::<OtherCertificate>() => ProblemKind::CertificateChanged,
        _ => ProblemKind::BadCertificate,
    }
}

fn tls(error: &io::Error) -> Option<&rustls::Error> {
    let mut next: Option<&(dyn Error + 'static)> = error.get_ref().map(|inner| inner as _);
    while let Some(inner) = next {
        if let Some(found) = inner.downcast_ref() {
            return Some(found);
        }
        next = inner.source();
    }
    None
}

/// What a server that expects encryption answers to anything else: a TLS alert, which no IRC line resembles.
pub(crate) fn of_alert(bytes: &[u8]) -> Option<Problem> {
    const KIND_AND_VERSION: &[u8] = &[0x15, 0x03];
    bytes.starts_with(KIND_AND_VERSION).then(|| problem(ProblemKind::EncryptionNeeded, "an alert of TLS"))
}

#[cfg(test)]
mod tests {
    use rustls::InvalidMessage;

    use super::*;

    #[test]
    fn each_error_has_its_kind() {
        let io = |kind: io::ErrorKind| of_dial(&kind.into()).kind;
        assert_eq!(io(io::ErrorKind::ConnectionRefused), ProblemKind::Refused);
        assert_eq!(io(io::ErrorKind::TimedOut), ProblemKind::TimedOut);
        assert_eq!(io(io::ErrorKind::NetworkUnreachable), ProblemKind::TimedOut);
        assert_eq!(io(io::ErrorKind::ConnectionReset), ProblemKind::Lost);
        let tls =
            |error: rustls::Error| of_handshake(&io::Error::new(io::ErrorKind::InvalidData, error)).kind;
        let certificate = |error| tls(rustls::Error::InvalidCertificate(error));
        assert_eq!(
            tls(rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType)),
            ProblemKind::NotEncrypted
        );
        assert_eq!(certificate(CertificateError::NotValidForName), ProblemKind::WrongCertificateName);
        assert_eq!(certificate(CertificateError::Expired), ProblemKind::CertificateExpired);
        assert_eq!(certificate(CertificateError::NotValidYet), ProblemKind::CertificateNotYetValid);
        assert_eq!(certificate(CertificateError::UnknownIssuer), ProblemKind::BadCertificate);
        assert_eq!(tls(rustls::Error::HandshakeNotComplete), ProblemKind::Other);
        assert_eq!(of_handshake(&io::ErrorKind::UnexpectedEof.into()).kind, ProblemKind::Lost);
    }
}
