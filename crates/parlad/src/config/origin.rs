//! Where a page is from, and what a client calls the server.

use std::{fmt, net::IpAddr, str::FromStr};

/// Where a page is from: `scheme://host[:port]`.
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

impl Origin {
    /// The name that a certificate must have for it; none for addresses, and without TLS.
    pub(crate) fn https_name(&self) -> Option<&str> {
        let is_name = self.host.parse::<IpAddr>().is_err() && !self.host.starts_with('[');
        (self.scheme == Scheme::Https && is_name).then_some(&self.host)
    }
}

/// What a client calls the server: `host[:port]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    /// In small letters.
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
    /// Reads the value of the header `Host`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let authority: hyper::http::uri::Authority = text.parse().ok()?;
        let has_user = text.contains('@');
        let name = authority.host().to_ascii_lowercase();
        let port = authority.port_u16();
        // What follows the name is a port or nothing.
        let is_whole = port.is_some() || text.len() == name.len();
        (!has_user && !name.is_empty() && is_whole).then_some(Self { name, port })
    }

    /// The name without the port, in small letters.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn port_in(&self, scheme: Scheme) -> u16 {
        self.port.unwrap_or(scheme.default_port())
    }

    /// Whether it is an address and no name.
    pub(crate) fn is_address(&self) -> bool {
        let bare = self.name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        bare.unwrap_or(&self.name).parse::<IpAddr>().is_ok()
    }

    /// Whether only this computer is called so.
    pub(crate) fn is_local(&self) -> bool {
        self.name == "localhost" || self.name.ends_with(".localhost")
    }

    /// Whether pages of this origin call the server so.
    pub(crate) fn is_of(&self, origin: &Origin) -> bool {
        self.has_the_name_of(origin) && self.port_in(origin.scheme) == origin.port
    }

    /// The same on whatever port.
    pub(crate) fn has_the_name_of(&self, origin: &Origin) -> bool {
        self.name == origin.host
    }
}
