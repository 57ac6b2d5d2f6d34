//! Addresses of conversations: the part after the address of the page, `#/room/chess` or `#/person/bob`, or
//! `#/network/2/room/chess` where there may be several networks.
//!
//! Names are percent-encoded, so that an address survives copying and pasting. The `#` of a room is left out
//! unless the name would then read as another one: `##c` is `%23%23c`. Anybody can write an address, so a
//! name that is not valid makes the address invalid.

use std::fmt::Write as _;

use parla_client::{limits::NAME_BYTES_MAX, view::NetworkId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Characters that are not encoded in any part of an address.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The characters with which room names begin on one network or another.
const ROOM_PREFIXES: [char; 4] = ['#', '&', '+', '!'];
/// The longest address that is parsed: a name of which every byte is encoded, and what precedes it.
const ADDRESS_BYTES_MAX: usize = 3 * NAME_BYTES_MAX + 64;

/// The address of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The network, if the address names one.
    pub network: Option<NetworkId>,
    /// The conversation on that network.
    pub target: Target,
}

/// A conversation of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The room of this name, including its first character such as `#`.
    Room(String),
    /// The person of this name.
    Person(String),
    /// The server's own conversation.
    Server,
}

impl Target {
    /// The name as it is written in a web address, if the conversation has a name that can be written there.
    pub fn encoded(&self) -> Option<String> {
        match self {
            Self::Room(name) => Some(encode(without_prefix(name))),
            Self::Person(name) => Some(encode(name)),
            Self::Server => None,
        }
    }
}

impl Address {
    /// Parses the part after the address of the page, with or without its `#`. `None` if it is not a valid
    /// address.
    pub fn parse(fragment: &str) -> Option<Self> {
        if fragment.len() > ADDRESS_BYTES_MAX {
            return None;
        }
        let path = fragment.strip_prefix('#').unwrap_or(fragment).strip_prefix('/')?;
        let (network, path) = match path.strip_prefix("network/") {
            Some(rest) => {
                let (number, rest) = rest.split_once('/')?;
                (Some(NetworkId(number.parse().ok()?)), rest)
            }
            None => (None, path),
        };
        let target = match path.split_once('/') {
            None if path == "server" => Target::Server,
            Some(("room", name)) => Target::Room(with_prefix(decode(name)?)),
            Some(("person", name)) => Target::Person(decode(name)?),
            _ => return None,
        };
        Some(Self { network, target })
    }

    /// The part that follows the address of the page.
    pub fn to_fragment(&self) -> String {
        let mut fragment = String::from("#/");
        if let Some(network) = self.network {
            let written = write!(fragment, "network/{}/", network.0);
            debug_assert!(written.is_ok(), "a string takes everything");
        }
        let kind = match self.target {
            Target::Room(_) => "room/",
            Target::Person(_) => "person/",
            Target::Server => "server",
        };
        fragment + kind + &self.target.encoded().unwrap_or_default()
    }
}

/// Whether the part after the address of the page was meant to be an address, valid or not.
pub(crate) fn is_meant(fragment: &str) -> bool {
    fragment.strip_prefix('#').unwrap_or(fragment).strip_prefix('/').is_some_and(|path| !path.is_empty())
}

/// The link to a room or person for users of another program or of a window of this one:
/// <https://datatracker.ietf.org/doc/html/draft-butcher-irc-url-04>.
pub fn irc_link(server: &str, target: &Target, encryption: LinkEncryption) -> Option<String> {
    let scheme = match encryption {
        LinkEncryption::Always => "ircs",
        LinkEncryption::Perhaps => "irc",
    };
    let who = if matches!(target, Target::Person(_)) { ",isnick" } else { "" };
    Some(format!("{scheme}://{server}/{}{who}", target.encoded()?))
}

/// Whether a link demands an encrypted connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkEncryption {
    /// It demands encryption.
    Always,
    /// It leaves the choice to the program.
    Perhaps,
}

fn encode(name: &str) -> String {
    utf8_percent_encode(name, ENCODED).to_string()
}

/// The decoded name, if it is valid: no name contains a space, a comma or a control character.
fn decode(encoded: &str) -> Option<String> {
    let name = percent_decode_str(encoded).decode_utf8().ok()?;
    let is_name = (1..=NAME_BYTES_MAX).contains(&name.len())
        && !name.contains(|char: char| matches!(char, ' ' | ',') || char.is_control());
    is_name.then(|| name.into_owned())
}

fn without_prefix(name: &str) -> &str {
    name.strip_prefix('#').filter(|rest| !rest.is_empty() && !rest.starts_with(ROOM_PREFIXES)).unwrap_or(name)
}

fn with_prefix(name: String) -> String {
    if name.starts_with(ROOM_PREFIXES) { name } else { format!("#{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_an_address_that_leads_back() {
        let long = format!("#{}", "ü".repeat(200));
        for (name, fragment) in [
            ("#chess", "#/room/chess"),
            ("##c", "#/room/%23%23c"),
            ("#ü", "#/room/%C3%BC"),
            ("#", "#/room/%23"),
            ("&local", "#/room/%26local"),
            ("#&local", "#/room/%23%26local"),
            ("+old", "#/room/%2Bold"),
            ("#a/b?c=d&e%20#f", "#/room/a%2Fb%3Fc%3Dd%26e%2520%23f"),
            ("#.-_~", "#/room/.-_~"),
            (&long, ""),
        ] {
            let address = Address { network: None, target: Target::Room(name.to_owned()) };
            if !fragment.is_empty() {
                assert_eq!(address.to_fragment(), fragment);
            }
            assert_eq!(Address::parse(&address.to_fragment()), Some(address), "{name}");
        }
        let bob = Address { network: Some(NetworkId(2)), target: Target::Person("bob|[]".into()) };
        assert_eq!(bob.to_fragment(), "#/network/2/person/bob%7C%5B%5D");
        assert_eq!(Address::parse(&bob.to_fragment()), Some(bob));
        let server = Address { network: None, target: Target::Server };
        assert_eq!(Address::parse(&server.to_fragment()), Some(server));
    }

    #[test]
    fn what_a_person_types_is_understood() {
        for (typed, name) in [
            ("#/room/chess", "#chess"),
            ("/room/chess", "#chess"),
            ("#/room/#chess", "#chess"),
            ("#/room/%23chess", "#chess"),
            ("#/room/##c", "##c"),
            ("#/room/ü", "#ü"),
            ("#/room/a/b", "#a/b"),
            ("#/room/100%", "#100%"),
        ] {
            let expected = Address { network: None, target: Target::Room(name.to_owned()) };
            assert_eq!(Address::parse(typed), Some(expected), "{typed}");
        }
    }

    #[test]
    fn what_is_no_address_is_nothing() {
        let endless = format!("#/room/{}", "a".repeat(100_000));
        let long = format!("#/room/{}", "a".repeat(NAME_BYTES_MAX + 1));
        for other in [
            "",
            "#",
            "#/",
            "#composer",
            "#room/a",
            "#/room",
            "#/room/",
            "#/rooms/a",
            "#/room/a%0D%0AQUIT",
            "#/room/a\u{7}",
            "#/room/a%00",
            "#/room/a,b",
            "#/room/a%20b",
            "#/room/%FF",
            "#/person/",
            "#/network/x/room/a",
            "#/network/99999999999/room/a",
            "#/network/1",
            "javascript:alert(1)",
            "#javascript:alert(1)",
            &endless,
            &long,
        ] {
            assert_eq!(Address::parse(other), None, "{}", other.chars().take(40).collect::<String>());
        }
    }

    #[test]
    fn other_programs_have_links_of_their_own() {
        let link = |target, encryption| irc_link("irc.example.org:6697", &target, encryption);
        let room = link(Target::Room("#rust".into()), LinkEncryption::Always);
        assert_eq!(room.as_deref(), Some("ircs://irc.example.org:6697/rust"));
        let bob = link(Target::Person("bob".into()), LinkEncryption::Perhaps);
        assert_eq!(bob.as_deref(), Some("irc://irc.example.org:6697/bob,isnick"));
        assert_eq!(link(Target::Server, LinkEncryption::Always), None);
    }
}
