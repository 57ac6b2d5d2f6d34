//! The file name that older versions derived from a network's address: people can recognise it, and no
//! address can escape from the folder with it. Today files are named after the network's id, because two
//! networks may have the same address.

use std::hash::Hasher as _;

use fnv::FnvHasher;
use parla_client::endpoint::Endpoint;

/// The most bytes of a host in the name; file systems allow 255 in total.
const HOST_BYTES_MAX: usize = 180;

/// The name of the file in which messages of a network at this address were stored.
pub(crate) fn name_of(endpoint: &Endpoint) -> String {
    name(&endpoint.host, endpoint.port)
}

fn name(host: &str, port: u16) -> String {
    let host = host.to_ascii_lowercase();
    let is_plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(byte);
    let plain: String = host
        .bytes()
        .take(HOST_BYTES_MAX)
        .map(|byte| if is_plain(&byte) { byte.into() } else { '_' })
        .collect();
    let is_itself = host.len() <= HOST_BYTES_MAX && host.bytes().all(|byte| is_plain(&byte));
    // The port comes first, so that no name begins with a dot; a host that had to be changed is distinguished
    // by a checksum of the original.
    if is_itself { format!("{port}-{plain}.db") } else { format!("{port}-{plain}_{:016x}.db", fnv(&host)) }
}

/// FNV-1a, which is the same in every version; the standard library does not promise that of its hash.
fn fnv(text: &str) -> u64 {
    let mut hasher = FnvHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_differ() {
        assert_eq!(name("irc.Libera.chat", 6697), "6697-irc.libera.chat.db");
        assert_eq!(name("127.0.0.1", 6667), "6667-127.0.0.1.db");
        let strange = [
            "../../etc/passwd",
            "..",
            "::1",
            "__1",
            "a b",
            "a/b",
            "a\0b",
            "",
            &"x".repeat(181),
            &"x".repeat(182),
        ];
        let mut names: Vec<String> = strange.iter().map(|host| name(host, 1)).collect();
        for name in &names {
            assert!(name.starts_with("1-") && name.len() < 255, "{name}");
            assert!(!name.contains(['/', '\\', ':', '\0', ' ']), "{name}");
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), strange.len());
    }
}
