//! Guesses from the first bytes of a connection what the client speaks.
//!
//! The bytes are looked at without being consumed.

use std::io;

use tokio::net::TcpStream;

/// What the first bytes of a connection look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// The beginning of TLS.
    Tls,
    /// The first line of an HTTP request.
    Http,
    /// Something else, such as a line of IRC.
    Other,
}

/// The first byte of TLS, which is a handshake record. RFC 8446, section 5.1. No line starts with it.
pub(crate) const TLS_RECORD: u8 = 22;

/// Enough bytes to recognize the longest HTTP method with its space.
const SEEN_BYTES: usize = 8;

/// Waits for the first bytes.
///
/// # Errors
/// The connection ended or broke before that.
pub(crate) async fn see(socket: &TcpStream) -> io::Result<Opening> {
    let mut bytes = [0; SEEN_BYTES];
    match socket.peek(&mut bytes).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        count => Ok(Opening::of(bytes.get(..count).unwrap_or_default())),
    }
}

impl Opening {
    fn of(bytes: &[u8]) -> Self {
        let word = bytes.split(|byte| *byte == b' ').next().unwrap_or_default();
        match bytes.first() {
            Some(&TLS_RECORD) => Self::Tls,
            _ if METHODS.contains(&word) => Self::Http,
            _ => Self::Other,
        }
    }
}

/// The methods that a browser's request can start with.
const METHODS: [&[u8]; 7] = [b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spoken() {
        for (bytes, opening) in [
            (b"\x16\x03\x01\x02".as_slice(), Opening::Tls),
            (b"GET / HT", Opening::Http),
            (b"OPTIONS ", Opening::Http),
            (b"CAP LS 3", Opening::Other),
            (b"GETS", Opening::Other),
            (b"\x80\x2e", Opening::Other),
        ] {
            assert_eq!(Opening::of(bytes), opening, "{bytes:?}");
        }
    }
}
