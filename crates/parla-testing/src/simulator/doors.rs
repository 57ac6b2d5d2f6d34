//! Who may enter a room and speak in it according to its modes and lists, implemented independently of the
//! server.
//!
//! It knows what clients were told while they were inside. Anything that may have changed unnoticed is
//! unknown and proves nothing.

use std::collections::BTreeSet;

use parla_proto::mode::ChannelMode;
use parla_server::Flags;

/// What is known about the restrictions of a room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Doors {
    /// Known flags, and whether each is set. Unknown ones are missing.
    flags: Vec<(ChannelMode, bool)>,
    /// `None` if it is unknown whether there is a key.
    key: Option<Key>,
    /// `None` if it is unknown whether there is a limit.
    limit: Option<Limit>,
    /// Known bans. There may be others.
    bans: BTreeSet<String>,
    /// All ban exceptions; `None` if they are not all known.
    ban_exceptions: Option<BTreeSet<String>>,
    /// All invite exceptions; `None` if they are not all known.
    invite_exceptions: Option<BTreeSet<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    None,
    Word(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    None,
    Members(usize),
}

/// The flags that matter here.
const FLAGS: [ChannelMode; 6] = [
    ChannelMode::InviteOnly,
    ChannelMode::NoExternal,
    ChannelMode::RegisteredOnly,
    ChannelMode::RegisteredSpeak,
    ChannelMode::Secret,
    ChannelMode::TopicLock,
];

impl Doors {
    /// The restrictions of a room that was just created with these flags.
    pub(super) fn of_new_room(flags: Flags) -> Self {
        let is_set = |mode| Flags::of_mode(mode).is_some_and(|flag| flags.contains(flag));
        Self {
            flags: FLAGS.map(|mode| (mode, is_set(mode))).to_vec(),
            key: Some(Key::None),
            limit: Some(Limit::None),
            bans: BTreeSet::new(),
            ban_exceptions: Some(BTreeSet::new()),
            invite_exceptions: Some(BTreeSet::new()),
        }
    }

    /// Applies a mode change.
    pub(super) fn step(&mut self, set: bool, mode: ChannelMode, param: &str) {
        let change = |list: &mut BTreeSet<String>| {
            if set {
                list.insert(param.to_owned())
            } else {
                list.remove(param)
            };
        };
        match mode {
            ChannelMode::Key => {
                self.key = Some(if set { Key::Word(param.to_owned()) } else { Key::None });
            }
            ChannelMode::Limit => {
                let members = param.parse().ok().map(Limit::Members);
                self.limit = if set { members } else { Some(Limit::None) };
            }
            ChannelMode::Ban => change(&mut self.bans),
            ChannelMode::BanException => self.ban_exceptions.iter_mut().for_each(change),
            ChannelMode::InviteException => self.invite_exceptions.iter_mut().for_each(change),
            _ if FLAGS.contains(&mode) => {
                self.flags.retain(|(known, _)| *known != mode);
                self.flags.push((mode, set));
            }
            _ => {}
        }
    }

    /// Whether a flag is certainly set.
    pub(super) fn has(&self, mode: ChannelMode) -> bool {
        self.flags.contains(&(mode, true))
    }

    /// Why a user without an invitation certainly may not enter; the key and the limit are checked
    /// separately.
    pub(super) fn shut_out(&self, source: &str) -> Option<&'static str> {
        let none = |list: &Option<BTreeSet<String>>| list.as_ref().is_some_and(BTreeSet::is_empty);
        if self.bans(source) {
            Some("they are banned")
        } else if self.has(ChannelMode::RegisteredOnly) {
            // No user of a simulation has an account.
            Some("they have no account")
        } else if self.has(ChannelMode::InviteOnly) && none(&self.invite_exceptions) {
            Some("nobody has invited them")
        } else {
            None
        }
    }

    /// Why a user without a rank certainly may not speak.
    pub(super) fn silence(&self, source: &str) -> Option<&'static str> {
        if self.bans(source) {
            Some("they are banned")
        } else if self.has(ChannelMode::RegisteredSpeak) {
            Some("they have no account")
        } else {
            None
        }
    }

    /// Whether a user is certainly banned.
    fn bans(&self, source: &str) -> bool {
        let nobody_is_excepted = self.ban_exceptions.as_ref().is_some_and(BTreeSet::is_empty);
        let source = source.to_ascii_lowercase();
        nobody_is_excepted && self.bans.iter().any(|mask| is_plain(mask) && fits(mask, &source))
    }

    /// Whether this JOIN certainly lacks the key.
    pub(super) fn lacks_key(&self, line: &str) -> bool {
        let Some(Key::Word(key)) = &self.key else { return false };
        let is_plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_plain && !line.to_ascii_lowercase().contains(&key.to_ascii_lowercase())
    }

    /// Whether a room with this many members is certainly full.
    pub(super) fn is_full(&self, members: usize) -> bool {
        matches!(self.limit, Some(Limit::Members(most)) if members >= most)
    }
}

/// Whether a mask means the same under every casemapping.
fn is_plain(mask: &str) -> bool {
    mask.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*?!@.-_".contains(&byte))
}

/// Whether a mask with `*` and `?` matches a source. Letters must be the same, also in case.
fn fits(mask: &str, source: &str) -> bool {
    match (mask.chars().next(), source.chars().next()) {
        (None, None) => true,
        (Some('*'), _) => {
            let mask = mask.get(1..).unwrap_or_default();
            source
                .char_indices()
                .map(|(at, _)| at)
                .chain([source.len()])
                .any(|at| fits(mask, source.get(at..).unwrap_or_default()))
        }
        (Some(wanted), Some(found)) if wanted == '?' || wanted == found => {
            let behind = |text: &str, char: char| text.get(char.len_utf8()..).map(str::to_owned);
            fits(&behind(mask, wanted).unwrap_or_default(), &behind(source, found).unwrap_or_default())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doors(steps: &[(bool, char, &str)]) -> Doors {
        let mut doors = Doors::of_new_room(Flags::from_letters("nt").unwrap());
        for (set, letter, param) in steps {
            let mode = ChannelMode::from_letter(*letter).map(|facts| facts.mode);
            doors.step(*set, mode.unwrap(), param);
        }
        doors
    }

    #[test]
    fn masks_fit_as_people_read_them() {
        for (mask, source, is_it) in [
            ("bob!*@*", "bob!b@host", true),
            ("bob!*@*", "bobby!b@host", false),
            ("*!*@10.0.0.?", "bob!b@10.0.0.1", true),
            ("*!*@10.0.0.?", "bob!b@10.0.0.11", false),
            ("*", "", true),
            ("*b?b*", "xbob", true),
            ("\u{e9}*", "\u{e9}ve!x@y", true),
        ] {
            assert_eq!(fits(mask, source), is_it, "{mask} {source}");
        }
    }

    #[test]
    fn a_door_is_shut_as_long_as_nothing_may_open_it() {
        let bob = "Bob!b@host";
        assert_eq!(doors(&[]).shut_out(bob), None);
        assert!(doors(&[(true, 'b', "bob!*@*")]).shut_out(bob).is_some());
        assert_eq!(doors(&[(true, 'b', "bob!*@*"), (false, 'b', "bob!*@*")]).shut_out(bob), None);
        assert_eq!(doors(&[(true, 'b', "bob!*@*"), (true, 'e', "x!*@*")]).shut_out(bob), None);
        assert_eq!(doors(&[(true, 'b', "m:bob!*@*"), (true, 'b', "[]!*@*")]).shut_out(bob), None);
        assert!(doors(&[(true, 'i', "")]).shut_out(bob).is_some());
        assert_eq!(doors(&[(true, 'i', ""), (true, 'I', "x!*@*")]).shut_out(bob), None);
        // Unknown restrictions prove nothing.
        let mut unknown = Doors::default();
        unknown.step(true, ChannelMode::InviteOnly, "");
        unknown.step(true, ChannelMode::Ban, "bob!*@*");
        assert_eq!(unknown.shut_out(bob), None);
    }

    #[test]
    fn a_word_and_a_number_shut_doors_too() {
        let shut = doors(&[(true, 'k', "key"), (true, 'l', "3")]);
        assert!(shut.lacks_key("JOIN #a") && !shut.lacks_key("JOIN #a,#b x,KEY"));
        assert!(shut.is_full(3) && !shut.is_full(2));
        let open = doors(&[(true, 'k', "key"), (true, 'l', "3"), (false, 'k', "*"), (false, 'l', "")]);
        assert!(!open.lacks_key("JOIN #a") && !open.is_full(3));
        assert!(!Doors::default().lacks_key("JOIN #a") && !Doors::default().is_full(99));
    }
}
