//! Under which names this server may be reached, and which pages may talk to it.
//!
//! A browser sends the name that it looked up as `Host`. If that is not one of our names, somebody else has
//! pointed it here, and their page would have the same origin as ours (DNS rebinding). The browser does not
//! restrict a WebSocket to the origin of its page, so the server has to check `Origin` (RFC 6455, section
//! 10.2).

use axum::{
    http::{
        StatusCode,
        header::{HOST, HeaderMap, ORIGIN},
    },
    response::IntoResponse,
};
use thiserror::Error;

use super::response::{Response, text};
use crate::config::{Host, Origin};

/// The names of a site, and the origins of other pages that may talk to it.
#[derive(Debug)]
pub(super) struct SiteNames {
    server: String,
    origins: Vec<Origin>,
}

impl SiteNames {
    pub(super) fn new(server: &str, origins: Vec<Origin>) -> Self {
        Self { server: server.to_ascii_lowercase(), origins }
    }

    /// The name under which a request reached us, if it is one of ours.
    ///
    /// # Errors
    /// It is not, or there is none.
    pub(super) fn check_host(&self, headers: &HeaderMap) -> Result<Host, Refusal> {
        let mut given = headers.get_all(HOST).into_iter();
        let host = match (given.next(), given.next()) {
            (Some(host), None) => host.to_str().ok().and_then(Host::parse),
            _ => None,
        };
        let host = host.ok_or(Refusal::NoHost)?;
        let is_ours = host.is_address()
            || host.is_local()
            || host.name() == self.server
            || self.origins.iter().any(|origin| host.has_the_name_of(origin));
        if is_ours { Ok(host) } else { Err(Refusal::NotOurName(host)) }
    }

    /// Checks that the requesting page is ours or from an allowed origin. Clients that are not browsers send
    /// no origin.
    ///
    /// # Errors
    /// It is from elsewhere.
    pub(super) fn check_origin(&self, host: &Host, headers: &HeaderMap) -> Result<(), Refusal> {
        let is_good = headers.get_all(ORIGIN).into_iter().all(|origin| {
            let origin: Option<Origin> = origin.to_str().ok().and_then(|origin| origin.parse().ok());
            origin.is_some_and(|origin| host.is_of(&origin) || self.origins.contains(&origin))
        });
        if is_good { Ok(()) } else { Err(Refusal::ForeignPage) }
    }
}

/// Checks that the requesting page, if there is one, is from an allowed origin; with an empty list, every
/// page may connect. In that case there is nothing to protect under the host's name, because a page without
/// any rights could just as well connect from elsewhere.
///
/// # Errors
/// It is from elsewhere.
pub(super) fn check(origins: &[Origin], headers: &HeaderMap) -> Result<(), Refusal> {
    let is_good = headers.get_all(ORIGIN).into_iter().all(|origin| {
        let origin: Option<Origin> = origin.to_str().ok().and_then(|origin| origin.parse().ok());
        origin.is_some_and(|origin| origins.contains(&origin))
    });
    if origins.is_empty() || is_good { Ok(()) } else { Err(Refusal::ForeignPage) }
}

/// Why a request is refused, worded for whoever can change that.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum Refusal {
    #[error("The request needs one good Host.")]
    NoHost,
    #[error(
        "This server does not know that it is called {name}. If it is, its administrator can add this to the [[http]] of \
         its configuration:\n\n    origins = [\"http://{0}\"]\n\nwith https:// if it is reached by TLS. Until then, \
         use its address in place of the name.",
        name = .0.name()
    )]
    NotOurName(Host),
    #[error(
        "Pages from elsewhere may not talk to this server, unless its administrator adds where they are from to the \
         origins of this port. Behind a reverse proxy: it must pass on the Host that it was asked for."
    )]
    ForeignPage,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        text(self.status(), &format!("{self}\n"))
    }
}

impl Refusal {
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::NoHost => StatusCode::BAD_REQUEST,
            Self::NotOurName(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::ForeignPage => StatusCode::FORBIDDEN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{check as check_origin, *};

    fn names() -> SiteNames {
        let origins = ["https://chat.example.org", "http://box:8067"].map(|origin| origin.parse().unwrap());
        SiteNames::new("Irc.Example.Org", origins.into())
    }

    fn status(host: &str, origin: Option<&str>) -> u16 {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        let names = names();
        let outcome = names.check_host(&headers).and_then(|host| names.check_origin(&host, &headers));
        outcome.map_or_else(|refused| refused.status().as_u16(), |()| 200)
    }

    #[test]
    fn hosts() {
        for good in [
            "127.0.0.1:8067",
            "192.0.2.7",
            "[::1]:8067",
            "[2001:db8::1]",
            "localhost",
            "LocalHost:8067",
            "parla.localhost:8067",
            "irc.example.org",
            "IRC.example.org:1",
            "chat.example.org",
            "box:99",
        ] {
            assert_eq!(status(good, None), 200, "{good}");
        }
        for foreign in [
            "evil.example",
            "evil.example:8067",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "notlocalhost",
            "127.1",
            "2130706433",
            "localhost.",
            "xirc.example.org",
            ".localhost.x",
        ] {
            assert_eq!(status(foreign, None), 421, "{foreign}");
        }
        for bad in
            ["", "a b", "a@127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:99999", "[::1", "a/b", "a?b"]
        {
            assert_eq!(status(bad, None), 400, "{bad}");
        }
    }

    #[test]
    fn a_host_is_needed_once() {
        let mut headers = HeaderMap::new();
        assert_eq!(names().check_host(&headers).unwrap_err().status(), 400);
        headers.append(HOST, "127.0.0.1".parse().unwrap());
        headers.append(HOST, "localhost".parse().unwrap());
        assert_eq!(names().check_host(&headers).unwrap_err().status(), 400);
    }

    #[test]
    fn a_port_for_web_sockets_alone_asks_only_for_the_origin() {
        let check = |named: &[&str], origin: Option<&str>| {
            let named: Vec<Origin> = named.iter().map(|origin| origin.parse().unwrap()).collect();
            let mut headers = HeaderMap::new();
            if let Some(origin) = origin {
                headers.insert(ORIGIN, origin.parse().unwrap());
            }
            check_origin(&named, &headers).is_ok()
        };
        assert!(check(&[], None) && check(&[], Some("https://anywhere.example")) && check(&[], Some("null")));
        let named = ["https://chat.example.org"];
        assert!(check(&named, None) && check(&named, Some("https://chat.example.org")));
        assert!(!check(&named, Some("http://chat.example.org")) && !check(&named, Some("null")));
    }

    #[test]
    fn origins() {
        for (host, origin) in [
            ("127.0.0.1:8067", "http://127.0.0.1:8067"),
            ("[::1]:8067", "http://[::1]:8067"),
            ("localhost", "http://localhost"),
            ("localhost:80", "http://localhost"),
            ("irc.example.org", "https://irc.example.org"),
            ("IRC.example.org", "https://irc.example.org:443"),
            ("127.0.0.1:8067", "https://chat.example.org"),
        ] {
            assert_eq!(status(host, Some(origin)), 200, "{host} {origin}");
        }
        for (host, origin) in [
            ("127.0.0.1:8067", "http://127.0.0.1:8068"),
            ("127.0.0.1:8067", "http://localhost:8067"),
            ("irc.example.org:80", "https://irc.example.org"),
            ("irc.example.org", "https://irc.example.org:8443"),
            ("127.0.0.1:8067", "http://chat.example.org"),
            ("127.0.0.1:8067", "https://evil.example"),
            ("127.0.0.1:8067", "null"),
            ("127.0.0.1:8067", ""),
            ("127.0.0.1:8067", "file://"),
            ("127.0.0.1:8067", "http://127.0.0.1:8067/"),
            ("127.0.0.1:8067", "http://a@127.0.0.1:8067"),
        ] {
            assert_eq!(status(host, Some(origin)), 403, "{host} {origin}");
        }
    }
}
