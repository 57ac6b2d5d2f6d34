//! What is wrong with the certificate of a server, in words.

use parla_client::ProblemKind;

use super::problem::{Words, or};

/// What happened, what it means, what to do.
pub(super) fn certificate(kind: ProblemKind, about: &str) -> Words {
    let server = or(about, "the server");
    match kind {
        ProblemKind::WrongCertificateName => (
            format!("This server could not prove that it is {}.", or(about, "the one you asked for")),
            "Its certificate is for another name. Someone may be pretending to be it, or it is set up wrongly.",
            "Check the address. If it is right, tell whoever runs the server.",
        ),
        ProblemKind::CertificateExpired => (
            format!("The certificate of {server} has expired."),
            "It was not renewed in time, or the clock of this device is wrong.",
            "Check the clock. If it is right, tell whoever runs the server.",
        ),
        ProblemKind::CertificateNotYetValid => (
            format!("The certificate of {server} is not valid yet."),
            "Most likely the clock of this device is behind.",
            "Check the clock. If it is right, tell whoever runs the server.",
        ),
        ProblemKind::CertificateChanged => (
            format!("The certificate of {server} has changed."),
            "You trusted another one. Those who run the server may have renewed it, or someone in between is pretending to be \
            the server in order to read along.",
            "Ask those who run the server for its new fingerprint, and trust it only if that is the one below.",
        ),
        _ => (
            format!("{} could not prove who it is.", or(about, "The server")),
            "No authority that this device trusts has confirmed its certificate. Small servers often make their own.",
            "If you know the server's fingerprint and it is the one below, you can trust it.",
        ),
    }
}
