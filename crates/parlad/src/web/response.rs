//! Responses that are the same everywhere, and the headers that all responses have.

use axum::{
    body::Body,
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};

use super::policy;
use crate::net::admission::Refused;

pub(super) use axum::response::Response;

/// `Cross-Origin-Opener-Policy` is omitted on purpose: with it, Chromium discards the process that it has
/// started and starts another one for the page, which doubles the time until something is visible when many
/// people open it at once. Without it, a window that opened the page can refer to it, but finds nothing of
/// use there.
const SECURITY: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Adds the headers that restrict what a browser lets a page do.
pub(super) fn secure(headers: &mut HeaderMap) {
    // The pages of invitations have a policy of their own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(policy::header);
    headers.extend(SECURITY.map(|(name, value)| (name, HeaderValue::from_static(value))));
}

/// A short text for people.
pub(super) fn text(status: StatusCode, words: &str) -> Response {
    let mut response = Response::new(Body::from(words.to_owned()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The server's condition: that all is well, or what is wrong, one line each.
pub(super) fn health(problems: &[String]) -> Response {
    if problems.is_empty() {
        return text(StatusCode::OK, "ok\n");
    }
    text(StatusCode::SERVICE_UNAVAILABLE, &(problems.join("\n") + "\n"))
}

pub(super) fn method_not_allowed(allowed: &'static str) -> Response {
    let mut response = text(StatusCode::METHOD_NOT_ALLOWED, &format!("Only {allowed} work here.\n"));
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

/// The response to a head that hyper accepted although it is too long.
pub(super) fn head_too_long() -> Response {
    let mut response =
        text(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "The head of the request is too long.\n");
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// The same, for a client that has not sent all of it.
pub(super) const HEAD_TOO_LONG: &str = "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\
     Content-Type: text/plain; charset=utf-8\r\nContent-Length: 37\r\n\r\nThe head of the request is too long.\n";

/// For a client that speaks plain HTTP on an HTTPS port.
pub(crate) const NEEDS_TLS: &str = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\
     Content-Type: text/plain; charset=utf-8\r\nContent-Length: 38\r\n\r\nThis port speaks HTTPS: use https://.\n";

/// A complete response for a client whose request is not even read, because there is no room for it now.
pub(crate) fn refusal(refused: &Refused) -> String {
    let words = format!("{refused}\n");
    format!(
        "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\r\n{words}",
        words.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_that_are_written_out_are_whole() {
        for response in [HEAD_TOO_LONG, NEEDS_TLS, &refusal(&Refused::Busy)] {
            let (head, body) = response.split_once("\r\n\r\n").unwrap();
            assert!(head.contains(&format!("Content-Length: {}", body.len())), "{response}");
            assert!(head.lines().all(|line| !line.starts_with(' ')) && body.ends_with('\n'), "{response}");
        }
    }
}
