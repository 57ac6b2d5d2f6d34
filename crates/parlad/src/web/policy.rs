//! What one of our pages may do: run the app and talk to this server, and nothing else.
//! <https://www.w3.org/TR/CSP3/>
//!
//! The script that loads the app and the style of the loading screen are inside the page, and the policy
//! contains their hashes.

use std::sync::LazyLock;

use axum::http::HeaderValue;
use data_encoding::BASE64;

use ring::digest::{SHA256, digest};

use super::embedded;

/// The value of the policy header for every response.
pub(super) fn header() -> HeaderValue {
    static HEADER: LazyLock<HeaderValue> = LazyLock::new(|| {
        let index = embedded::find(embedded::EMBEDDED, "/").map(|index| index.plain);
        let index = index.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let policy = HeaderValue::try_from(of(index.unwrap_or_default()));
        // It consists of letters and hashes only; if it did not, nothing would be allowed.
        policy.unwrap_or(HeaderValue::from_static("default-src 'none'"))
    });
    HEADER.clone()
}

/// The policy for this page. It allows `style` attributes, which the app uses.
fn of(index: &str) -> String {
    let (scripts, styles) = (hashes(index, "script"), hashes(index, "style"));
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; \
         style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// The hashes of the contents of all elements of this kind without attributes, each preceded by a space.
fn hashes(index: &str, kind: &str) -> String {
    let (opening, closing) = (format!("<{kind}>"), format!("</{kind}>"));
    let inside = index.split(&opening).skip(1).filter_map(|rest| Some(rest.split_once(&closing)?.0));
    inside
        .map(|text| format!(" 'sha256-{}'", BASE64.encode(digest(&SHA256, text.as_bytes()).as_ref())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_inside_the_page_is_known_by_its_hash() {
        // This is the example of the specification.
        let policy = of("<p>x</p><script>alert('Hello, world.');</script><script src=\"./a.js\"></script>");
        let script = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='";
        assert!(policy.contains(&format!("script-src 'self' 'wasm-unsafe-eval' {script}; ")), "{policy}");
        assert!(policy.contains("; style-src 'self'; "), "{policy}");
        assert!(of("<style>a{}</style>").contains("style-src 'self' 'sha256-"));
        assert_eq!(of("").matches("sha256").count(), 0);
        assert!(!header().is_empty());
    }
}
