//! Where a server is, as a person writes it.

mod host;

pub(crate) use host::ascii_host;

/// Reads the number of a port.
pub(crate) fn parse_port(text: &str) -> Option<u16> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| is_number && *port > 0)
}
