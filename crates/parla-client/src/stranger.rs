//! Recognises what answers at a port where there is no chat server, by its first line.

use crate::problem::ProblemKind;

/// The problem that the first line of a server shows, if it does not speak IRC.
pub(crate) fn of(line: &[u8]) -> Option<ProblemKind> {
    let starts =
        |what: &str| line.get(..what.len()).is_some_and(|start| start.eq_ignore_ascii_case(what.as_bytes()));
    // A TLS record: an alert or a handshake of version 3.x.
    if matches!(line, [0x15 | 0x16, 3, ..]) {
        return Some(ProblemKind::EncryptionNeeded);
    }
    if starts("HTTP/") || starts("<!doctype") || starts("<html") {
        return Some(ProblemKind::WebServer);
    }
    // SSH, VNC, then mail: SMTP and FTP greet with 220, POP3 with +OK, IMAP with `* OK`. A chat server's 220
    // has a source.
    let others = ["SSH-", "RFB ", "220 ", "220-", "+OK", "* OK", "* PREAUTH"];
    others.iter().any(|what| starts(what)).then_some(ProblemKind::NotIrc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_told_by_their_first_line() {
        for (line, expected) in [
            ("HTTP/1.1 400 Bad Request", Some(ProblemKind::WebServer)),
            ("SSH-2.0-OpenSSH_9.2", Some(ProblemKind::NotIrc)),
            ("220 mail.example.org ESMTP", Some(ProblemKind::NotIrc)),
            ("* OK IMAP4rev1 ready", Some(ProblemKind::NotIrc)),
            ("\u{15}\u{3}\u{3}", Some(ProblemKind::EncryptionNeeded)),
            (":s 220 alice :something", None),
            ("NOTICE AUTH :*** Looking up your hostname", None),
            (":irc.example.org NOTICE * :*** Checking Ident", None),
            ("PING :12345", None),
            ("", None),
        ] {
            assert_eq!(of(line.as_bytes()), expected, "{line}");
        }
    }
}
