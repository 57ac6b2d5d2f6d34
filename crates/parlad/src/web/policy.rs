//! What a page from here may do: run the app and talk to this server, and nothing else. <https://www.w3.org/TR/CSP3/>
//!
//! The script that loads the app, and the style of what is seen until then, stand inside the page. Their hashes are in the policy.

use std::sync::LazyLock;

use axum::http::HeaderValue;
use data_encoding::BASE64;

use ring::digest::{SHA256, digest};

use super::embedded;

/// The header of every response.
pub(super) fn header() -> HeaderValue {
    static HEADER: LazyLock<HeaderValue> = LazyLock::new(|| {
        let index = embedded::find(embedded::EMBEDDED, "/").map(|index| index.plain);
        let index = index.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let policy = HeaderValue::try_from(of(index.unwrap_or_default()));
        // It is made of letters and hashes alone; if it were not, nothing would be allowed.
        policy.unwrap_or(HeaderValue::from_static("default-src 'none'"))
    });
    HEADER.clone()
}

/// The policy for this page. The app writes `style` attributes.
fn of(index: &str) -> String {
    let (scripts, styles) = (hashes(index, "script"), hashes(index, "style"));
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; \
         style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// The hashes of what stands inside of the elements of this kind that have no attributes, each with a space before it.
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
        // The example of the specification.
        let policy = of("<p>x</p><script>alert('Hello, world.');</script><script src=\"./a.js\"></script>");
        let script = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='";
        assert!(policy.contains(&format!("script-src 'self' 'wasm-unsafe-eval' {script}; ")), "{policy}");
        assert!(policy.contains("; style-src 'self'; "), "{policy}");
        assert!(of("<style>a{}</style>").contains("style-src 'self' 'sha256-"));
        assert_eq!(of("").matches("sha256").count(), 0);
        assert!(!header().is_empty());
    }
}
