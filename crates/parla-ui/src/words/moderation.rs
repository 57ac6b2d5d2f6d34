//! The sentences about looking after a room: how it is set up, who is kept out, who has which rank.

use parla_client::{
    settings::{ListKind, MaskBy, Setting, Whom},
    view::{ModeChange, Rank},
};

use super::room::name;

/// Opens the settings of a room.
pub const SETTINGS: &str = "Settings of the room";
/// Keeps what was changed.
pub const SAVE: &str = "Save";
/// The parts of the settings.
pub const GROUPS: [&str; 3] = ["Who may enter", "Who may write", "The room"];
/// What holds where nothing of a part is set.
pub const NOTHING_SET: [&str; 3] =
    ["Everyone.", "Everyone.", "Everyone sets its topic and finds it in the list of rooms."];
/// While it comes in.
pub const LOADING: &str = "Asking the server…";
/// Nobody is on a list.
pub const NOBODY: &str = "Nobody.";
/// The form that puts somebody on a list.
pub const ADD: &str = "Add";
/// Its field.
pub const ADD_WHO: &str = "Name or address";
/// Which list.
pub const ADD_LIST: &str = "What for";
/// By what.
pub const BY: &str = "Whom";
/// Keeps somebody out.
pub const BAN: &str = "Ban…";
/// Keeps somebody from writing.
pub const MUTE: &str = "Mute…";
/// With a ban.
pub const REMOVE_TOO: &str = "Remove from the room, too";
/// A program.
pub const BOT: &str = "bot";
/// The same, in a sentence.
pub const IS_BOT: &str = "A bot: a program, not a person";
/// Above invitations.
pub const INVITATIONS: &str = "Invitations";

/// The title of the settings.
pub fn settings_title(room: &str) -> String {
    format!("Settings of {room}")
}

/// Which of the [`GROUPS`] a setting belongs to.
pub fn group(setting: Setting) -> usize {
    match setting {
        Setting::InvitedOnly | Setting::AccountsOnly | Setting::Key | Setting::Limit | Setting::Forward => 0,
        Setting::VoicedSpeak | Setting::AccountsSpeak | Setting::NoOutsiders | Setting::PlainText => 1,
        Setting::TopicLocked | Setting::Hidden => 2,
    }
}

/// What holds if it is set; with a value, what the value is.
pub fn setting(setting: Setting) -> &'static str {
    match setting {
        Setting::InvitedOnly => "Only people who were invited",
        Setting::AccountsOnly => "Only people with an account",
        Setting::Key => "Only with this key",
        Setting::Limit => "At most so many people",
        Setting::Forward => "Who cannot enter goes to the room",
        Setting::VoicedSpeak => "Only speakers and operators",
        Setting::AccountsSpeak => "Only speakers and people with an account",
        Setting::NoOutsiders => "Nobody from outside of the room",
        Setting::PlainText => "Colours and bold letters are taken out",
        Setting::TopicLocked => "Only operators set the topic",
        Setting::Hidden => "Not in the list of rooms",
    }
}

/// The heading of a list.
pub fn list(kind: ListKind) -> &'static str {
    match kind {
        ListKind::Bans => "Banned",
        ListKind::Mutes => "Muted",
        ListKind::Exceptions => "Never banned",
        ListKind::Invited => "Always invited",
    }
}

/// Whom an entry of a list means.
pub fn whom(whom: &Whom) -> String {
    match whom {
        Whom::Everyone => "Everyone".to_owned(),
        Whom::Nick(nick) => nick.to_string(),
        Whom::Host(host) => format!("Everyone from {host}"),
        Whom::Account(account) => format!("The account {account}"),
        Whom::Other(mask) => format!("Everyone like {mask}"),
    }
}

/// What somebody did to a room, after his name.
pub fn change(change: &ModeChange) -> String {
    match change {
        ModeChange::Rank { who, rank: of, is_given } => {
            let article = if matches!(of, Rank::HalfOperator | Rank::Voiced) { "a" } else { "an" };
            let (verb, link) = if *is_given { ("made", "") } else { ("removed", "as ") };
            format!("{verb} {} {link}{article} {}", name(who), rank(*of))
        }
        ModeChange::Setting(of, None) => format!("turned off “{}”", setting(*of)),
        ModeChange::Setting(of, Some(value)) if value.is_empty() => format!("turned on “{}”", setting(*of)),
        ModeChange::Setting(of, Some(value)) => format!("set “{}” to {}", setting(*of), name(value)),
        ModeChange::Listed { list: of, whom: who, is_added: true } => {
            format!("put {} on the list “{}”", name(&whom(who)), list(*of))
        }
        ModeChange::Listed { list: of, whom: who, .. } => {
            format!("took {} off the list “{}”", name(&whom(who)), list(*of))
        }
        ModeChange::Other(letters) => format!("changed the settings of the room ({})", name(letters)),
    }
}

/// Who put an entry there, and when.
pub fn listed(by: Option<&str>, at: Option<&str>) -> String {
    match (by, at) {
        (Some(by), Some(at)) => format!("by {by}, {at}"),
        (Some(by), None) => format!("by {by}"),
        (None, at) => at.unwrap_or_default().to_owned(),
    }
}

/// Takes an entry away.
pub fn unlist(whom: &str, kind: ListKind) -> String {
    format!("Remove {whom} from “{}”", list(kind))
}

/// How somebody is meant.
pub fn by(by: MaskBy) -> &'static str {
    match by {
        MaskBy::Nick => "Only this name",
        MaskBy::Host => "Everyone from this address",
    }
}

/// One who has this rank.
pub fn rank(rank: Rank) -> &'static str {
    match rank {
        Rank::Founder => "owner",
        Rank::Admin => "admin",
        Rank::Operator => "operator",
        Rank::HalfOperator => "helper",
        Rank::Voiced => "speaker",
        Rank::Member => "member",
    }
}

/// What somebody is in a room.
pub fn rank_in(of: Rank, room: &str) -> String {
    let rank = rank(of);
    let first = rank.get(..1).unwrap_or_default().to_uppercase();
    format!("{first}{} of {room}", rank.get(1..).unwrap_or_default())
}

/// Gives a rank, or takes it.
pub fn set_rank(of: Rank, is_given: bool) -> String {
    let rank = rank(of);
    if is_given { format!("Make {rank}") } else { format!("No longer {rank}") }
}

/// Does it.
pub fn ban_from(room: &str) -> String {
    format!("Ban from {room}")
}

/// Does it.
pub fn mute_in(room: &str) -> String {
    format!("Mute in {room}")
}

/// In the bar of a conversation with someone who is away.
pub fn away(reason: &str) -> String {
    if reason.is_empty() { "Away".to_owned() } else { format!("Away: {reason}") }
}

/// The person was sent on.
pub fn forwarded(from: &str, to: &str) -> String {
    format!("You cannot enter {from} and were sent on to {to}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::room::{NAME, NAME_END};

    #[test]
    fn changes_are_sentences() {
        let said = |one: ModeChange| change(&one).replace([NAME, NAME_END], "");
        let rank = |rank, is_given| ModeChange::Rank { who: "bob".into(), rank, is_given };
        let listed = |is_added| ModeChange::Listed {
            list: ListKind::Bans,
            whom: Whom::Host("bad.host".into()),
            is_added,
        };
        assert_eq!(said(rank(Rank::Operator, true)), "made bob an operator");
        assert_eq!(said(rank(Rank::Voiced, false)), "removed bob as a speaker");
        let set = |value: Option<&str>| ModeChange::Setting(Setting::Limit, value.map(Into::into));
        assert_eq!(said(set(Some("20"))), "set “At most so many people” to 20");
        assert_eq!(said(set(None)), "turned off “At most so many people”");
        let hidden = ModeChange::Setting(Setting::Hidden, Some("".into()));
        assert_eq!(said(hidden), "turned on “Not in the list of rooms”");
        assert_eq!(said(listed(true)), "put Everyone from bad.host on the list “Banned”");
        assert_eq!(said(listed(false)), "took Everyone from bad.host off the list “Banned”");
        assert_eq!(said(ModeChange::Other("+x".into())), "changed the settings of the room (+x)");
    }
}
