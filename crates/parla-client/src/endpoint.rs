//! Where a server is, as a person writes it: a name, an address or a link. What they leave out is chosen
//! here.

mod host;

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

use thiserror::Error;

pub(crate) use host::ascii_host;

/// The port for IRC with TLS. RFC 7194.
pub const TLS_PORT: u16 = 6697;
/// The port for IRC without TLS. <https://modern.ircdocs.horse/#connection-setup>
pub const PLAIN_PORT: u16 = 6667;

/// Anything longer is not an address: this holds a name of 253 characters of three bytes each, a scheme, a
/// room and more.
const TEXT_BYTES_MAX: usize = 1_024;

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// A name in ASCII, or an IP address; IPv6 addresses have no brackets.
    pub host: String,
    /// The port, which is never 0.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
}

/// Whether a connection that leaves this machine must be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// It must be.
    Required,
    /// The person accepts that others can read it.
    Waived,
}

impl Encryption {
    /// It is waived if the person accepts an unencrypted connection.
    pub const fn waived_if(is_accepted: bool) -> Self {
        if is_accepted { Self::Waived } else { Self::Required }
    }
}

/// Who, between the two ends of a connection, can read what is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Nobody, because it does not leave this machine.
    Local,
    /// Nobody, because it is encrypted.
    Tls,
    /// Everybody whose network it passes through. Chosen only if the person asks for it.
    Plain,
}

/// Why a text is not an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadEndpoint {
    /// The text is empty.
    #[error("the address is empty")]
    Empty,
    /// The text is too long.
    #[error("the address is too long")]
    TooLong,
    /// The text begins with a scheme other than `irc://` or `ircs://`.
    #[error("the address is not that of a chat server")]
    Scheme,
    /// The host is neither a name nor an IP address.
    #[error("the name of the server is not valid")]
    Host,
    /// The port is not a number from 1 to 65535.
    #[error("the port is not a number from 1 to 65535")]
    Port,
}

/// The folder of a page, from the path in its address: `/chat/index.html` is in `/chat/`.
pub fn folder_of(path: &str) -> &str {
    path.rfind('/').and_then(|last| path.get(..=last)).unwrap_or("/")
}

impl Endpoint {
    /// Reads `host`, `host:port`, `[address]:port` or a link. The connection is encrypted unless it stays on
    /// this machine, or the person waives encryption and the link does not say `ircs`.
    ///
    /// # Errors
    /// The text is none of these; [`BadEndpoint`] says why.
    pub fn parse(text: &str, encryption: Encryption) -> Result<Self, BadEndpoint> {
        let written = Written::parse(text)?;
        let security = match (written.says_tls, encryption) {
            (true, _) => Security::Tls,
            (false, _) if is_loopback(&written.host) => Security::Local,
            (false, Encryption::Waived) => Security::Plain,
            (false, Encryption::Required) => Security::Tls,
        };
        let port = written.port.unwrap_or(match security {
            Security::Local | Security::Plain => PLAIN_PORT,
            Security::Tls => TLS_PORT,
        });
        Ok(Self { host: written.host, port, security })
    }

    /// Whether nobody on the way can read what is sent.
    pub fn is_private(&self) -> bool {
        self.security != Security::Plain
    }
}

/// Writes `host:port`, with brackets around an IPv6 address.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// Reads the number of a port.
pub(crate) fn parse_port(text: &str) -> Option<u16> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| is_number && *port > 0)
}

/// The parts of what a person has written.
struct Written {
    host: String,
    port: Option<u16>,
    says_tls: bool,
}

impl Written {
    fn parse(text: &str) -> Result<Self, BadEndpoint> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BadEndpoint::Empty);
        }
        if text.len() > TEXT_BYTES_MAX {
            return Err(BadEndpoint::TooLong);
        }
        let (says_tls, authority) = match text.split_once("://") {
            None => (false, text),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("irc") => (false, without_user(rest)),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("ircs") => (true, without_user(rest)),
            Some(_) => return Err(BadEndpoint::Scheme),
        };
        let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.is_empty() {
            return Err(BadEndpoint::Empty);
        }
        let (host, port) = host_and_port(authority)?;
        // Other clients write `+6697` for a port with TLS.
        let with_plus = port.and_then(|port| port.strip_prefix('+'));
        let port = match with_plus.or(port) {
            Some(port) => Some(parse_port(port).ok_or(BadEndpoint::Port)?),
            None => None,
        };
        Ok(Self { host, port, says_tls: says_tls || with_plus.is_some() })
    }
}

/// Removes the user name that a link may contain.
fn without_user(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

fn host_and_port(authority: &str) -> Result<(String, Option<&str>), BadEndpoint> {
    if let Ok(address) = authority.parse::<Ipv6Addr>() {
        return Ok((address.to_string(), None));
    }
    if let Some(bracketed) = authority.strip_prefix('[') {
        let (address, rest) = bracketed.split_once(']').ok_or(BadEndpoint::Host)?;
        let address: Ipv6Addr = address.parse().map_err(|_| BadEndpoint::Host)?;
        let port = match rest.strip_prefix(':') {
            None if rest.is_empty() => None,
            None => return Err(BadEndpoint::Host),
            Some(port) => Some(port),
        };
        return Ok((address.to_string(), port));
    }
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    Ok((ascii_host(host).ok_or(BadEndpoint::Host)?, port))
}

/// Whether a connection to this host stays on this machine.
fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: Result<&str, BadEndpoint>) {
        let shown =
            Endpoint::parse(text, Encryption::Required).map(|found| format!("{found} {:?}", found.security));
        assert_eq!(shown.as_deref().map_err(|bad| *bad), expected, "{text}");
    }

    #[test]
    fn endpoints() {
        for (text, expected) in [
            ("irc.libera.chat", "irc.libera.chat:6697 Tls"),
            ("  IRC.Libera.Chat.\n", "irc.libera.chat:6697 Tls"),
            ("irc.libera.chat:7000", "irc.libera.chat:7000 Tls"),
            ("irc.libera.chat:6667", "irc.libera.chat:6667 Tls"),
            ("irc.libera.chat:+7000", "irc.libera.chat:7000 Tls"),
            ("irc.libera.chat/#rust", "irc.libera.chat:6697 Tls"),
            ("irc://irc.libera.chat/#rust", "irc.libera.chat:6697 Tls"),
            ("IRCS://alice@irc.libera.chat:7000?x", "irc.libera.chat:7000 Tls"),
            ("localhost", "localhost:6667 Local"),
            ("localhost:7000", "localhost:7000 Local"),
            // Whether these stay on this machine depends on the resolver.
            ("chat.localhost", "chat.localhost:6697 Tls"),
            ("0.0.0.0", "0.0.0.0:6697 Tls"),
            ("ircs://localhost", "localhost:6697 Tls"),
            ("127.1.2.3", "127.1.2.3:6667 Local"),
            ("::1", "[::1]:6667 Local"),
            ("[::1]:7000", "[::1]:7000 Local"),
            ("[::ffff:127.0.0.1]", "[::ffff:127.0.0.1]:6667 Local"),
            ("192.0.2.1:6697", "192.0.2.1:6697 Tls"),
            ("2001:DB8:0::1", "[2001:db8::1]:6697 Tls"),
            ("irc://[2001:db8::1]:6667/", "[2001:db8::1]:6667 Tls"),
            ("bücher.example", "xn--bcher-kva.example:6697 Tls"),
        ] {
            check(text, Ok(expected));
        }
    }

    #[test]
    fn what_is_none() {
        for (text, bad) in [
            ("", BadEndpoint::Empty),
            (" \t", BadEndpoint::Empty),
            ("irc://", BadEndpoint::Empty),
            (":6697", BadEndpoint::Host),
            ("irc libera chat", BadEndpoint::Host),
            ("irc.libera.chat 6697", BadEndpoint::Host),
            ("irc.libera\u{a0}.chat", BadEndpoint::Host),
            ("irc.libera\0.chat", BadEndpoint::Host),
            ("irc.libera\u{200b}.chat", BadEndpoint::Host),
            ("alice@irc.libera.chat", BadEndpoint::Host),
            ("irc..chat", BadEndpoint::Host),
            ("[::1", BadEndpoint::Host),
            ("[::1]7000", BadEndpoint::Host),
            ("[localhost]:1", BadEndpoint::Host),
            ("a:b:c", BadEndpoint::Port),
            ("irc.libera.chat:", BadEndpoint::Port),
            ("irc.libera.chat:0", BadEndpoint::Port),
            ("irc.libera.chat:65536", BadEndpoint::Port),
            ("irc.libera.chat:6697x", BadEndpoint::Port),
            ("irc.libera.chat:++1", BadEndpoint::Port),
            ("https://irc.libera.chat", BadEndpoint::Scheme),
        ] {
            check(text, Err(bad));
        }
        check(&"a".repeat(TEXT_BYTES_MAX + 1), Err(BadEndpoint::TooLong));
    }

    #[test]
    fn encryption_is_left_out_only_on_demand() {
        for (text, expected) in [
            ("irc.example.org", "irc.example.org:6667 Plain"),
            ("irc.example.org:7000", "irc.example.org:7000 Plain"),
            ("irc://irc.example.org", "irc.example.org:6667 Plain"),
            ("ircs://irc.example.org", "irc.example.org:6697 Tls"),
            ("irc.example.org:+7000", "irc.example.org:7000 Tls"),
            ("localhost", "localhost:6667 Local"),
        ] {
            let found = Endpoint::parse(text, Encryption::Waived).unwrap();
            assert_eq!(format!("{found} {:?}", found.security), expected);
            assert_eq!(found.is_private(), found.security != Security::Plain);
        }
    }

    #[test]
    fn what_is_beside_a_page() {
        for (path, folder) in [
            ("/", "/"),
            ("/index.html", "/"),
            ("/chat/", "/chat/"),
            ("/chat/index.html", "/chat/"),
            ("/a/b/", "/a/b/"),
            ("/chat", "/"),
            ("", "/"),
        ] {
            assert_eq!(folder_of(path), folder, "{path}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_read_again(text in "(ircs?://)?[a-zé0-9.:@\\[\\]/ -]{0,30}|\\PC{0,30}", unencrypted: bool) {
            if let Ok(found) = Endpoint::parse(&text, Encryption::waived_if(unencrypted)) {
                prop_assert!(found.port > 0 && found.host.bytes().all(|byte| byte.is_ascii_graphic()));
                let encryption = Encryption::waived_if(found.security == Security::Plain);
                let again = Endpoint::parse(&found.to_string(), encryption).unwrap();
                prop_assert_eq!((again.host, again.port), (found.host, found.port));
            }
        }
    }
}
