//! Capabilities: what a client and its server agree on beyond plain IRC.
//!
//! <https://ircv3.net/specs/extensions/capability-negotiation>

use bitflags::bitflags;

bitflags! {
    /// A set of capabilities. One bit each, so that a set is compared and masked in one step.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Capabilities: u32 {
        /// Users are told when others sign in or out. <https://ircv3.net/specs/extensions/account-notify>
        const ACCOUNT_NOTIFY = 1 << 0;
        /// Messages carry the sender's account. <https://ircv3.net/specs/extensions/account-tag>
        const ACCOUNT_TAG = 1 << 1;
        /// REGISTER creates an account. <https://ircv3.net/specs/extensions/account-registration>
        const ACCOUNT_REGISTRATION = 1 << 26;
        /// Users are told when others go away or return. <https://ircv3.net/specs/extensions/away-notify>
        const AWAY_NOTIFY = 1 << 2;
        /// Lines that belong together are marked as a batch. <https://ircv3.net/specs/extensions/batch>
        const BATCH = 1 << 3;
        /// The client is told when the server's capabilities change; implied by version 302.
        const CAP_NOTIFY = 1 << 4;
        /// Channels can be renamed. <https://ircv3.net/specs/extensions/channel-rename>
        const CHANNEL_RENAME = 1 << 5;
        /// Earlier messages can be requested. <https://ircv3.net/specs/extensions/chathistory>
        const CHATHISTORY = 1 << 6;
        /// Users are told when another's user name or host changes.
        /// <https://ircv3.net/specs/extensions/chghost>
        const CHGHOST = 1 << 7;
        /// Clients are sent their own messages back. <https://ircv3.net/specs/extensions/echo-message>
        const ECHO_MESSAGE = 1 << 8;
        /// JOIN carries the account and the real name. <https://ircv3.net/specs/extensions/extended-join>
        const EXTENDED_JOIN = 1 << 9;
        /// Limits and features can be requested, even before registration.
        /// <https://ircv3.net/specs/extensions/extended-isupport>
        const EXTENDED_ISUPPORT = 1 << 24;
        /// Clients are told more about the users they monitor.
        /// <https://ircv3.net/specs/extensions/extended-monitor>
        const EXTENDED_MONITOR = 1 << 10;
        /// Members are told about invitations. <https://ircv3.net/specs/extensions/invite-notify>
        const INVITE_NOTIFY = 1 << 11;
        /// Answers carry the label of the command. <https://ircv3.net/specs/extensions/labeled-response>
        const LABELED_RESPONSE = 1 << 12;
        /// Messages can be deleted. <https://ircv3.net/specs/extensions/message-redaction>
        const MESSAGE_REDACTION = 1 << 13;
        /// Messages carry tags by clients, and message ids. <https://ircv3.net/specs/extensions/message-tags>
        const MESSAGE_TAGS = 1 << 14;
        /// Users and channels have values under keys.
        /// <https://github.com/ircv3/ircv3-specifications/pull/613>
        const METADATA = 1 << 15;
        /// Messages can have several lines. <https://ircv3.net/specs/extensions/multiline>
        const MULTILINE = 1 << 16;
        /// NAMES and WHO show all prefixes of a member. <https://ircv3.net/specs/extensions/multi-prefix>
        const MULTI_PREFIX = 1 << 17;
        /// JOIN is not followed by NAMES. <https://ircv3.net/specs/extensions/no-implicit-names>
        const NO_IMPLICIT_NAMES = 1 << 18;
        /// The server stores how far a user has read. <https://ircv3.net/specs/extensions/read-marker>
        const READ_MARKER = 1 << 19;
        /// AUTHENTICATE signs in to an account. <https://ircv3.net/specs/extensions/sasl-3.2>
        const SASL = 1 << 25;
        /// Messages carry their time. <https://ircv3.net/specs/extensions/server-time>
        const SERVER_TIME = 1 << 20;
        /// Users can change their real names. <https://ircv3.net/specs/extensions/setname>
        const SETNAME = 1 << 21;
        /// The server uses FAIL, WARN and NOTE. <https://ircv3.net/specs/extensions/standard-replies>
        const STANDARD_REPLIES = 1 << 22;
        /// NAMES shows full sources. <https://ircv3.net/specs/extensions/userhost-in-names>
        const USERHOST_IN_NAMES = 1 << 23;
        /// The previous version of METADATA; no client has both.
        /// <https://ircv3.net/specs/extensions/metadata>
        const METADATA_2 = 1 << 31;
    }
}

/// The facts of a capability.
#[derive(Clone, Copy, Debug)]
pub struct CapabilityFacts {
    /// The capability, as a set of one.
    pub capability: Capabilities,
    /// Its name on the wire.
    pub name: &'static str,
    /// What it changes, for the manual.
    pub help: &'static str,
}

/// The version of capability negotiation that both sides speak: `CAP LS 302`.
pub const VERSION: &str = "302";

/// Every capability, in the order in which they are listed. CAP and the manual are made from this.
pub const CAPABILITIES: [CapabilityFacts; 28] = [
    facts(
        Capabilities::ACCOUNT_NOTIFY,
        "account-notify",
        "the server tells you when people in the same channel sign in or out",
    ),
    facts(Capabilities::ACCOUNT_TAG, "account-tag", "messages carry the sender's account"),
    facts(
        Capabilities::AWAY_NOTIFY,
        "away-notify",
        "the server tells you when people in the same channel are away or back",
    ),
    facts(Capabilities::BATCH, "batch", "lines that belong together are marked"),
    facts(
        Capabilities::CAP_NOTIFY,
        "cap-notify",
        "the server tells you when this list changes; implied by version 302",
    ),
    facts(Capabilities::CHGHOST, "chghost", "the server tells you when somebody's user name or host changes"),
    facts(
        Capabilities::ACCOUNT_REGISTRATION,
        "draft/account-registration",
        "REGISTER creates an account; the value says whether it also works while connecting",
    ),
    facts(Capabilities::CHANNEL_RENAME, "draft/channel-rename", "RENAME tells you when a channel is renamed"),
    facts(Capabilities::CHATHISTORY, "draft/chathistory", "CHATHISTORY gives earlier messages"),
    facts(
        Capabilities::EXTENDED_ISUPPORT,
        "draft/extended-isupport",
        "ISUPPORT works before registration; with `batch` its answer is a batch",
    ),
    facts(
        Capabilities::MESSAGE_REDACTION,
        "draft/message-redaction",
        "REDACT tells you when a message is deleted",
    ),
    facts(
        Capabilities::METADATA_2,
        "draft/metadata-2",
        "the same as draft/metadata-3 in an earlier form, for clients that know only that",
    ),
    facts(
        Capabilities::METADATA,
        "draft/metadata-3",
        "METADATA reads and sets what people and channels say about themselves",
    ),
    facts(Capabilities::MULTILINE, "draft/multiline", "a batch can be one message of several lines"),
    facts(
        Capabilities::READ_MARKER,
        "draft/read-marker",
        "MARKREAD remembers how far you have read each conversation",
    ),
    facts(
        Capabilities::ECHO_MESSAGE,
        "echo-message",
        "your own messages come back to you when others get them",
    ),
    facts(Capabilities::EXTENDED_JOIN, "extended-join", "JOIN carries account and real name"),
    facts(
        Capabilities::EXTENDED_MONITOR,
        "extended-monitor",
        "the server tells you about away, account, host and real name of people on your MONITOR list",
    ),
    facts(
        Capabilities::INVITE_NOTIFY,
        "invite-notify",
        "the server tells you of invitations to a channel if you may invite people to it",
    ),
    facts(Capabilities::LABELED_RESPONSE, "labeled-response", "answers carry the label of their command"),
    facts(
        Capabilities::MESSAGE_TAGS,
        "message-tags",
        "client tags are passed on, messages carry `msgid`, and TAGMSG exists",
    ),
    facts(
        Capabilities::MULTI_PREFIX,
        "multi-prefix",
        "NAMES, WHO and WHOIS show all signs of a member (`@+`)",
    ),
    facts(
        Capabilities::NO_IMPLICIT_NAMES,
        "no-implicit-names",
        "JOIN is not followed by the list of members",
    ),
    facts(Capabilities::SASL, "sasl", "AUTHENTICATE signs you in to an account; the value lists the ways"),
    facts(Capabilities::SERVER_TIME, "server-time", "messages carry the server's time, in milliseconds"),
    facts(Capabilities::SETNAME, "setname", "SETNAME tells you when somebody's real name changes"),
    facts(
        Capabilities::STANDARD_REPLIES,
        "standard-replies",
        "the server sends FAIL, WARN and NOTE; without it only where the specification of a command requires them",
    ),
    facts(Capabilities::USERHOST_IN_NAMES, "userhost-in-names", "NAMES gives `nick!user@host`"),
];

const fn facts(capability: Capabilities, name: &'static str, help: &'static str) -> CapabilityFacts {
    CapabilityFacts { capability, name, help }
}

impl Capabilities {
    /// The capability with this name.
    pub fn named(name: &str) -> Option<Self> {
        CAPABILITIES.iter().find(|facts| facts.name == name).map(|facts| facts.capability)
    }

    /// Every capability that one client may have at the same time.
    pub const fn all_at_once() -> Self {
        Self::all().difference(Self::METADATA_2)
    }

    /// The names of the set, in the order of the list.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        CAPABILITIES.iter().filter(move |facts| self.contains(facts.capability)).map(|facts| facts.name)
    }

    /// The changes that a `CAP REQ` asks for: the set to add and the set to remove.
    ///
    /// `None` if it names a capability that this crate does not know.
    pub fn requested(list: &str) -> Option<(Self, Self)> {
        let (mut added, mut removed) = (Self::empty(), Self::empty());
        for word in list.split_ascii_whitespace() {
            match word.strip_prefix('-') {
                Some(name) => {
                    let capability = Self::named(name)?;
                    removed |= capability;
                    added -= capability;
                }
                None => {
                    let capability = Self::named(word)?;
                    added |= capability;
                    removed -= capability;
                }
            }
        }
        Some((added, removed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_capability_has_one_name() {
        let all = CAPABILITIES.iter().fold(Capabilities::empty(), |set, facts| set | facts.capability);
        assert_eq!(all, Capabilities::all());
        assert_eq!(all.bits().count_ones() as usize, CAPABILITIES.len(), "each has a bit of its own");
        for name in Capabilities::all().names() {
            assert!(Capabilities::named(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_request_adds_and_takes_away() {
        let (added, removed) = Capabilities::requested("batch -echo-message  server-time").unwrap();
        assert_eq!(added, Capabilities::BATCH | Capabilities::SERVER_TIME);
        assert_eq!(removed, Capabilities::ECHO_MESSAGE);
        assert_eq!(Capabilities::requested("batch nonsense"), None);
    }
}
