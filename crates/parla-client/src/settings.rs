//! The settings of a channel as people name them: who may enter, who may speak, who is banned. Letters of the
//! protocol do not appear here.

use std::sync::Arc;

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use crate::rank::Rank;

/// One setting of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Setting {
    /// Only people who were invited may enter.
    InvitedOnly,
    /// Only people who are logged in to an account may enter.
    AccountsOnly,
    /// Only people who know this key may enter.
    Key,
    /// At most this many people may be in it.
    Limit,
    /// People who may not enter are sent to this other room.
    Forward,
    /// Only people with voice may speak.
    VoicedSpeak,
    /// Only people with voice or an account may speak.
    AccountsSpeak,
    /// Only people who are in the room can send messages to it.
    NoOutsiders,
    /// Colours and other formatting are removed from messages.
    PlainText,
    /// Only operators may set the topic.
    TopicLocked,
    /// The room is not in the list of rooms.
    Hidden,
}

/// All settings, in the order in which they are shown.
pub const SETTINGS: [Setting; 11] = [
    Setting::InvitedOnly,
    Setting::AccountsOnly,
    Setting::Key,
    Setting::Limit,
    Setting::Forward,
    Setting::VoicedSpeak,
    Setting::AccountsSpeak,
    Setting::NoOutsiders,
    Setting::PlainText,
    Setting::TopicLocked,
    Setting::Hidden,
];

impl Setting {
    /// Whether it is about people with an account.
    pub(crate) const fn is_about_accounts(self) -> bool {
        matches!(self, Self::AccountsOnly | Self::AccountsSpeak)
    }

    /// Whether it has a value, and is not just on or off.
    pub const fn has_value(self) -> bool {
        matches!(self, Self::Key | Self::Limit | Self::Forward)
    }
}

/// A setting and its value: `None` if it is off, and an empty text if it is on and has no value.
pub type Set = (Setting, Option<Arc<str>>);

/// The settings of a channel, and what the server offers for it. Two are equal if they are the same
/// allocation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RoomSettings {
    /// The settings that the server offers and that make sense there, with their values.
    pub settings: Vec<Set>,
    /// Whether the server has reported the settings; until then all of them seem to be off.
    pub is_known: bool,
    /// The lists that the server offers.
    pub lists: Vec<MaskList>,
    /// The ranks that the server has, from the highest down, without the plain member.
    pub ranks: Vec<Rank>,
}

impl PartialEq for RoomSettings {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl RoomSettings {
    /// Whether the server has this list.
    pub fn offers(&self, kind: ListKind) -> bool {
        self.lists.iter().any(|list| list.kind == kind)
    }
}

/// The purpose of a channel's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ListKind {
    /// People who may not enter.
    Bans,
    /// People who may not speak.
    Mutes,
    /// People who may enter even if a ban matches them.
    Exceptions,
    /// People who need no invitation.
    Invited,
}

/// All lists, in the order in which they are shown.
pub const LISTS: [ListKind; 4] = [ListKind::Bans, ListKind::Mutes, ListKind::Exceptions, ListKind::Invited];

/// A list of masks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MaskList {
    /// The purpose of the list.
    pub kind: ListKind,
    /// The entries that have arrived so far, oldest first.
    pub masks: Vec<ListedMask>,
    /// Whether all entries have arrived.
    pub is_complete: bool,
}

/// One entry of such a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListedMask {
    /// The mask as the server knows it.
    pub mask: Arc<str>,
    /// The people whom the mask matches.
    pub whom: Whom,
    /// Who added it, if known.
    pub by: Option<Arc<str>>,
    /// When it was added, if known.
    pub at: Option<Timestamp>,
}

/// The people whom a mask matches. Names are as they are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whom {
    /// Everyone, whatever their nick and host.
    Everyone,
    /// Whoever has this nick.
    Nick(Arc<str>),
    /// Everyone from this host.
    Host(Arc<str>),
    /// Whoever is logged in to this account.
    Account(Arc<str>),
    /// Anything else; the mask as it is shown.
    Other(Arc<str>),
}

/// How somebody is matched on a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MaskBy {
    /// By their nick.
    #[default]
    Nick,
    /// By their host, which also matches everybody else from there.
    Host,
}
