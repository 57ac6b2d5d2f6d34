//! The origin of a page, and the names by which clients address the server.

use std::{fmt, net::IpAddr, str::FromStr};

/// The origin of a page: `scheme://host[:port]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    scheme: Scheme,
    host: String,
    port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

impl Scheme {
    const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let scheme = match text.split_once("://") {
            Some(("http", rest)) => Some((Scheme::Http, rest)),
            Some(("https", rest)) => Some((Scheme::Https, rest)),
            _ => None,
        };
        let parsed = scheme.and_then(|(scheme, rest)| Some((scheme, Host::parse(rest)?)));
        let (scheme, host) =
            parsed.ok_or_else(|| format!("{text:?} is no origin such as https://chat.example.org"))?;
        Ok(Self { scheme, port: host.port_in(scheme), host: host.name })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.scheme == Scheme::Http { "http" } else { "https" };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port == self.scheme.default_port() { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

impl Origin {
    /// The host name that a certificate must have for it; `None` for addresses, and without TLS.
    pub(crate) fn https_name(&self) -> Option<&str> {
        let is_name = self.host.parse::<IpAddr>().is_err() && !self.host.starts_with('[');
        (self.scheme == Scheme::Https && is_name).then_some(&self.host)
    }
}

/// How a client addresses the server: `host[:port]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    /// The name in lower case.
    name: String,
    port: Option<u16>,
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl Host {
    /// Parses the value of the header `Host`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let authority: hyper::http::uri::Authority = text.parse().ok()?;
        let has_user = text.contains('@');
        let name = authority.host().to_ascii_lowercase();
        let port = authority.port_u16();
        // The name may only be followed by a port.
        let is_whole = port.is_some() || text.len() == name.len();
        (!has_user && !name.is_empty() && is_whole).then_some(Self { name, port })
    }

    /// The name in lower case, without the port.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn port_in(&self, scheme: Scheme) -> u16 {
        self.port.unwrap_or(scheme.default_port())
    }

    /// Whether it is an address rather than a name.
    pub(crate) fn is_address(&self) -> bool {
        let bare = self.name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        bare.unwrap_or(&self.name).parse::<IpAddr>().is_ok()
    }

    /// Whether it refers to the client's own computer.
    pub(crate) fn is_local(&self) -> bool {
        self.name == "localhost" || self.name.ends_with(".localhost")
    }

    /// Whether it is the host of this origin, including the port.
    pub(crate) fn is_of(&self, origin: &Origin) -> bool {
        self.has_the_name_of(origin) && self.port_in(origin.scheme) == origin.port
    }

    /// Whether it has the same name as this origin, on any port.
    pub(crate) fn has_the_name_of(&self, origin: &Origin) -> bool {
        self.name == origin.host
    }
}
