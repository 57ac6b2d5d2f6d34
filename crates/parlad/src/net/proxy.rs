//! Clients behind a proxy: the header of the PROXY protocol at the start of a connection, and
//! `X-Forwarded-For` in a request.
//!
//! <https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt>. A header is inspected before it is read
//! from the socket, and nothing after it is read, because TLS may follow.

use std::{io, net::IpAddr, time::Duration};

use hyper::header::{HeaderMap, HeaderName};
use proxy_header::{Error, ParseConfig, ProxyHeader};
use rustix::net::RecvFlags;
use thiserror::Error;
use tokio::{io::Interest, net::TcpStream, time};

use crate::{
    config::ConnectionLimits,
    limits::{PROXY_HEADER_BYTES_MAX, PROXY_HEADER_TIME_MAX, READ_BYTES_MAX},
};

/// What may precede the data of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Front {
    /// Nothing that would be taken for a header.
    Nothing,
    /// Possibly a `PROXY` line.
    MaybeLine,
    /// A header of version 1 or 2, without which the connection is refused.
    Header,
}

/// The contents of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Introduction {
    /// The client's address.
    pub(crate) address: IpAddr,
    /// Whether the client uses TLS to the proxy.
    pub(crate) by_tls: bool,
}

/// Why a connection has no valid header.
#[derive(Debug, Error)]
pub(crate) enum ProxyError {
    #[error("it did not begin with a PROXY header")]
    NoHeader,
    #[error("its PROXY header is wrong")]
    Wrong,
    #[error("its PROXY header is longer than {PROXY_HEADER_BYTES_MAX} bytes")]
    TooLong,
    #[error("no whole PROXY header came within {PROXY_HEADER_TIME_MAX:?}")]
    TooSlow,
    #[error("it ended within its PROXY header")]
    Ended,
    #[error(transparent)]
    Io(#[from] io::Error),
}

const LINE: &[u8] = b"PROXY ";
const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// How long to wait before checking whether the rest of a word has arrived.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Reads the header at the start of a connection. `None` if the proxy speaks for itself, or for a client
/// without an address.
///
/// # Errors
/// A header was required or had started, and is invalid.
pub(crate) async fn read_header(
    socket: &TcpStream,
    front: Front,
) -> Result<Option<Introduction>, ProxyError> {
    let taken = match front {
        Front::Nothing => return Ok(None),
        Front::Header => time::timeout(PROXY_HEADER_TIME_MAX, header(socket)).await,
        // A client that is silent for so long need not send one.
        Front::MaybeLine => match time::timeout(PROXY_HEADER_TIME_MAX, begins_with_line(socket)).await {
            Ok(Ok(true)) => time::timeout(PROXY_HEADER_TIME_MAX, header(socket)).await,
            _ => return Ok(None),
        },
    };
    taken.unwrap_or(Err(ProxyError::TooSlow))
}

async fn begins_with_line(socket: &TcpStream) -> io::Result<bool> {
    let mut bytes = [0; LINE.len()];
    loop {
        let seen = socket.peek(&mut bytes).await?;
        match bytes.get(..seen) {
            Some(LINE) => return Ok(true),
            Some(part) if seen > 0 && LINE.starts_with(part) => time::sleep(LOOK_AGAIN).await,
            _ => return Ok(false),
        }
    }
}

async fn header(socket: &TcpStream) -> Result<Option<Introduction>, ProxyError> {
    let (mut header, mut bytes) = (Vec::new(), [0; READ_BYTES_MAX]);
    loop {
        let seen = socket.peek(&mut bytes).await?;
        let before = header.len();
        header.extend_from_slice(bytes.get(..seen).unwrap_or_default());
        if seen == 0 {
            return Err(ProxyError::Ended);
        }
        match parse(&header)? {
            Some((introduction, bytes)) => {
                consume(socket, bytes.saturating_sub(before))?;
                return Ok(introduction);
            }
            None if header.len() > PROXY_HEADER_BYTES_MAX => return Err(ProxyError::TooLong),
            None => consume(socket, seen)?,
        }
    }
}

/// The contents of the header and its length; `None` if more bytes are needed.
fn parse(bytes: &[u8]) -> Result<Option<(Option<Introduction>, usize)>, ProxyError> {
    let may_become = |start: &[u8]| bytes.iter().zip(start).all(|(one, other)| one == other);
    if !may_become(LINE) && !may_become(SIGNATURE) {
        return Err(ProxyError::NoHeader);
    }
    match ProxyHeader::parse(bytes, ParseConfig::default()) {
        Ok((header, length)) => {
            let by_tls = header.ssl().is_some_and(|tls| tls.client_ssl());
            let introduction = header
                .proxied_address()
                .map(|address| Introduction { address: address.source.ip().to_canonical(), by_tls });
            Ok(Some((introduction, length)))
        }
        Err(Error::BufferTooShort) => Ok(None),
        Err(_) => Err(ProxyError::Wrong),
    }
}

/// Reads and discards bytes that were inspected before.
fn consume(socket: &TcpStream, mut count: usize) -> io::Result<()> {
    let mut bytes = [0; READ_BYTES_MAX];
    while count > 0 {
        let room = bytes.get_mut(..count.min(READ_BYTES_MAX)).unwrap_or_default();
        let taken = socket
            .try_io(Interest::READABLE, || Ok(rustix::net::recv(socket, room, RecvFlags::empty())?.0))?;
        count = count.saturating_sub(taken.max(1));
    }
    Ok(())
}

/// The address of the client for whom a trusted proxy makes a request: the last one that does not itself
/// belong to a trusted proxy. `None` if the proxy does not say.
pub(crate) fn forwarded_for(headers: &HeaderMap, limits: &ConnectionLimits) -> Option<IpAddr> {
    let fields = headers.get_all(FORWARDED_FOR).into_iter().filter_map(|field| field.to_str().ok());
    let names: Vec<&str> = fields.flat_map(|field| field.split(',')).map(str::trim).collect();
    let mut nearest = None;
    for name in names.into_iter().rev() {
        // Anything to the left of an unexpected value comes from somebody we do not trust.
        let Ok(address) = name.parse::<IpAddr>() else { break };
        nearest = Some(address.to_canonical());
        if !limits.is_trusted_proxy(address) {
            break;
        }
    }
    nearest
}

/// Whether a proxy says that its client uses TLS to it.
pub(crate) fn is_forwarded_by_tls(headers: &HeaderMap) -> bool {
    headers.get_all(FORWARDED_PROTO).into_iter().next_back().is_some_and(|scheme| scheme == "https")
}

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

#[cfg(test)]
mod tests {
    use super::*;

    fn v2(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
        [SIGNATURE, &[command, family], &length, rest].concat()
    }

    #[track_caller]
    fn check(header: &[u8], address: Option<&str>) {
        let bytes = [header, b"NICK a\r\n"].concat();
        let (introduction, length) = parse(&bytes).unwrap().unwrap();
        assert_eq!(introduction.map(|one| one.address), address.map(|text| text.parse().unwrap()));
        assert_eq!(length, header.len());
        for part in 1..header.len() {
            assert!(parse(&header[..part]).unwrap().is_none(), "{part} bytes are no header");
        }
    }

    #[test]
    fn good_headers() {
        check(b"PROXY TCP4 192.0.2.1 127.0.0.1 65533 6667\r\n", Some("192.0.2.1"));
        check(b"PROXY TCP6 2001:db8::1 ::1 65533 6667\r\n", Some("2001:db8::1"));
        check(b"PROXY TCP6 ::ffff:192.0.2.1 ::1 65533 6667\r\n", Some("192.0.2.1"));
        check(b"PROXY UNKNOWN\r\n", None);
        check(b"PROXY UNKNOWN ff:: ff:: 1 2\r\n", None);
        check(&v2(0x21, 0x11, &[192, 0, 2, 1, 127, 0, 0, 1, 1, 2, 3, 4]), Some("192.0.2.1"));
        check(&v2(0x21, 0x00, b"anything"), None);
        check(&v2(0x20, 0x11, &[192, 0, 2, 1, 127, 0, 0, 1, 1, 2, 3, 4]), None);
        check(&v2(0x20, 0x00, b""), None);
    }

    #[test]
    fn who_speaks_tls_with_the_proxy() {
        let tls = [192, 0, 2, 1, 127, 0, 0, 1, 1, 2, 3, 4, 0x20, 0, 5, 1, 0, 0, 0, 0];
        let (introduction, _) = parse(&v2(0x21, 0x11, &tls)).unwrap().unwrap();
        assert!(introduction.unwrap().by_tls);
    }

    #[test]
    fn bad_headers() {
        for bad in [b"NICK a\r\n".as_slice(), b"PASS PROXY\r\n", b"\r\nNICK", b"\x16\x03\x01", b"PROXYTCP4"] {
            assert!(matches!(parse(bad), Err(ProxyError::NoHeader)), "{bad:?}");
        }
        let long = [b"PROXY TCP4 ".as_slice(), &[b'1'; 200]].concat();
        for bad in [
            b"PROXY TCP4 192.0.2 127.0.0.1 1 2\r\n".as_slice(),
            b"PROXY TCP4 192.0.2.1 127.0.0.1 1 66000\r\n",
            b"PROXY UDP4 192.0.2.1 127.0.0.1 1 2\r\n",
            b"PROXY TCP4 192.0.2.1 127.0.0.1 1 2\rx",
            &long,
            &v2(0x31, 0x11, &[0; 12]),
            &[v2(0x21, 0x11, &[0; 11]), vec![0; 9]].concat(),
            &v2(0x21, 0x99, &[0; 11]),
        ] {
            assert!(matches!(parse(bad), Err(ProxyError::Wrong)), "{bad:?}");
        }
    }

    #[track_caller]
    fn check_forwarded(fields: &[&str], address: Option<&str>) {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(FORWARDED_FOR, field.parse().unwrap());
        }
        let limits = ConnectionLimits {
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
            ..ConnectionLimits::for_tests()
        };
        assert_eq!(forwarded_for(&headers, &limits), address.map(|text| text.parse().unwrap()));
    }

    #[test]
    fn the_last_address_that_a_trusted_proxy_saw() {
        check_forwarded(&[], None);
        check_forwarded(&["192.0.2.1"], Some("192.0.2.1"));
        check_forwarded(&["198.51.100.1, 192.0.2.1"], Some("192.0.2.1"));
        check_forwarded(&["198.51.100.1, 192.0.2.1 ,10.0.0.1", "10.0.0.2"], Some("192.0.2.1"));
        check_forwarded(&["10.0.0.3, 10.0.0.2"], Some("10.0.0.3"));
        check_forwarded(&["2001:db8::1"], Some("2001:db8::1"));
        check_forwarded(&["192.0.2.1, unknown"], None);
        check_forwarded(&["192.0.2.1, unknown, 10.0.0.1"], Some("10.0.0.1"));
        check_forwarded(&["", "x"], None);
    }
}
