//! Serves the files of the app. RFC 9110: sections 8.8.3, 12.5.3 and 13.1.2.

use axum::{
    body::Body,
    http::{
        StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
            HeaderValue, IF_NONE_MATCH, VARY,
        },
    },
};

use super::{
    embedded::{Asset, find},
    response::{Response, text},
};

/// Answers GET and HEAD; for HEAD, hyper sends only the head.
pub(super) fn answer(assets: &'static [Asset], path: &str, headers: &HeaderMap) -> Response {
    match find(assets, path) {
        Some(asset) => asset.answer(headers),
        None if path == "/" => without_app(),
        None => text(StatusCode::NOT_FOUND, "There is nothing here.\n"),
    }
}

/// This is not 200, because the app is missing, and monitors and caches must not take this page for it.
fn without_app() -> Response {
    let mut response = text(StatusCode::SERVICE_UNAVAILABLE, include_str!("without_app.html"));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// How the body of a response is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Br,
    Gzip,
    Identity,
}

impl Asset {
    fn answer(&self, request: &HeaderMap) -> Response {
        let (encoding, body) = self.form(request);
        let tag = self.entity_tag(encoding);
        let is_known = lists(request, IF_NONE_MATCH)
            .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag);
        let mut response = Response::new(if is_known { Body::empty() } else { Body::from(body) });
        let headers = response.headers_mut();
        let caching = if self.is_immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        headers.extend(HeaderValue::try_from(tag).ok().map(|tag| (ETAG, tag)));
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.mime));
        match encoding {
            Encoding::Br => drop(headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"))),
            Encoding::Gzip => drop(headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"))),
            Encoding::Identity => {}
        }
        response
    }

    /// The smallest form that the client accepts.
    fn form(&self, request: &HeaderMap) -> (Encoding, &'static [u8]) {
        match (self.br, self.gzip) {
            (Some(br), _) if takes(request, "br") => (Encoding::Br, br),
            (_, Some(gzip)) if takes(request, "gzip") => (Encoding::Gzip, gzip),
            _ => (Encoding::Identity, self.plain),
        }
    }

    /// The entity tag, which differs for each form.
    fn entity_tag(&self, encoding: Encoding) -> String {
        let form = match encoding {
            Encoding::Br => "-br",
            Encoding::Gzip => "-gzip",
            Encoding::Identity => "",
        };
        format!("\"{}{form}\"", self.tag)
    }
}

/// Whether a client accepts a content coding: by its name or by `*`, and not with weight 0.
fn takes(request: &HeaderMap, coding: &str) -> bool {
    let weight_of = |wanted: &str| {
        lists(request, ACCEPT_ENCODING).find_map(|entry| {
            let (name, parameter) = entry.split_once(';').unwrap_or((entry, ""));
            let weight = parameter.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
            name.trim().eq_ignore_ascii_case(wanted).then_some(weight.unwrap_or(0.0))
        })
    };
    weight_of(coding).or_else(|| weight_of("*")).is_some_and(|weight| weight > 0.0)
}

/// The elements of a header that is a list.
fn lists(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    static FIXTURE: &[Asset] = &[
        Asset {
            path: "/index.html",
            mime: "text/html; charset=utf-8",
            tag: "1",
            is_immutable: false,
            plain: b"plain",
            br: Some(b"br"),
            gzip: Some(b"gzip"),
        },
        Asset {
            path: "/parla-0123abcd.js",
            mime: "text/javascript; charset=utf-8",
            tag: "2",
            is_immutable: true,
            plain: b"script",
            br: None,
            gzip: None,
        },
    ];

    fn asked(path: &str, headers: &[(&'static str, &str)]) -> Response {
        let pairs = headers.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()));
        answer(FIXTURE, path, &pairs.collect())
    }

    fn header<'a>(response: &'a Response, name: &str) -> &'a str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn the_best_encoding_that_the_client_takes() {
        for (accepted, chosen) in [
            ("gzip, deflate, br, zstd", "br"),
            ("br;q=0.1, gzip", "br"),
            ("gzip", "gzip"),
            ("GZIP;q=1.0", "gzip"),
            ("br;q=0, gzip", "gzip"),
            ("br; q=0, *", "gzip"),
            ("*", "br"),
            ("*;q=0", ""),
            ("br;q=0.000, gzip;q=0", ""),
            ("identity", ""),
            ("brotli, xgzip", ""),
            ("", ""),
        ] {
            let response = asked("/", &[("accept-encoding", accepted)]);
            assert_eq!(header(&response, "content-encoding"), chosen, "{accepted}");
            assert_eq!(header(&response, "vary"), "Accept-Encoding");
        }
        let response = asked("/parla-0123abcd.js", &[("accept-encoding", "br")]);
        assert_eq!(header(&response, "content-encoding"), "");
    }

    #[test]
    fn what_never_changes_is_kept_and_the_rest_asked_for_again() {
        let page = asked("/", &[]);
        assert_eq!((page.status().as_u16(), header(&page, "cache-control")), (200, "no-cache"));
        assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
        let script = asked("/parla-0123abcd.js", &[]);
        assert_eq!(header(&script, "cache-control"), "public, max-age=31536000, immutable");
    }

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        for (known, status) in [
            ("\"1\"", 304),
            ("W/\"1\"", 304),
            ("\"0\", \"1\"", 304),
            ("*", 304),
            ("\"1-br\"", 200),
            ("1", 200),
        ] {
            let response = asked("/index.html", &[("if-none-match", known)]);
            assert_eq!(response.status().as_u16(), status, "{known}");
            assert_eq!(header(&response, "etag"), "\"1\"");
            assert_eq!(header(&response, "cache-control"), "no-cache");
        }
        let response = asked("/", &[("if-none-match", "\"1-br\""), ("accept-encoding", "br")]);
        assert_eq!(response.status().as_u16(), 304);
    }

    #[test]
    fn what_is_not_there() {
        for path in ["/page.js", "/index.html/", "//index.html", "/../index.html", "/Index.html", "*"] {
            assert_eq!(asked(path, &[]).status().as_u16(), 404, "{path}");
        }
        assert_eq!(answer(&[], "/", &HeaderMap::new()).status().as_u16(), 503);
        assert_eq!(answer(&[], "/index.html", &HeaderMap::new()).status().as_u16(), 404);
    }
}
