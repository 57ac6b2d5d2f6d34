//! The problems that only the desktop program meets: encryption, certificates, and what is kept on this computer.

use parla_client::ProblemKind;

use super::{Words, or};

pub(super) fn unencrypted(kind: ProblemKind, about: &str) -> Words {
    let title = if kind == ProblemKind::PlainOnly {
        format!("{} answers, but only without encryption.", or(about, "The server"))
    } else {
        "This port does not use encryption.".to_owned()
    };
    let meaning =
        "Without encryption, others on the way can read what you write and receive, passwords included.";
    let remedy = match kind {
        ProblemKind::PlainOnly => {
            "Ask whoever runs the server about encryption, or go without it if that is all right."
        }
        _ => "Try port 6697, or go without encryption if that is all right.",
    };
    (title, meaning, remedy)
}

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
            "Nobody whom this device trusts vouches for its certificate. Small servers often make their own.",
            "If you know the server's fingerprint and it is the one below, you can trust it.",
        ),
    }
}

pub(super) fn storing(kind: ProblemKind) -> Words {
    match kind {
        ProblemKind::ArchiveBroken => (
            "The messages of this network cannot be kept on this computer.".to_owned(),
            "The file that they are kept in is damaged or cannot be written. You can go on talking.",
            "The details say which file it is. Make room on the disk, or move a damaged file away and start parla again.",
        ),
        ProblemKind::KeyringFailing => (
            "Your passwords are not in the keyring of this computer.".to_owned(),
            "There is no keyring, or it is locked. parla keeps passwords nowhere else.",
            "Type the password whenever you are asked for it, or unlock the keyring and start parla again.",
        ),
        ProblemKind::StoreDamaged => (
            "What parla had saved on this computer was damaged.".to_owned(),
            "Everything that could still be read was kept. Networks, drafts or waiting messages may be missing.",
            "The damaged file was not deleted; the details say where it is.",
        ),
        _ => (
            "Nothing can be saved on this computer right now.".to_owned(),
            "The disk may be full. What you write is kept in memory, and is lost only if parla ends before it can be saved.",
            "Make room on the disk. parla tries again by itself.",
        ),
    }
}
