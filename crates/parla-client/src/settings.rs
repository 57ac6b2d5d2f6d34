//! How a room is set up, as people name it: who may enter, who may speak, who is kept out. No letters of the protocol.

use std::sync::Arc;

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use crate::rank::Rank;

/// One thing that can be set in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Setting {
    /// Only those who were invited may enter.
    InvitedOnly,
    /// Only those who are logged in to an account may enter.
    AccountsOnly,
    /// Only those who know this word may enter.
    Key,
    /// No more than so many people may be in it.
    Limit,
    /// Who may not enter is sent to this other room.
    Forward,
    /// Only those with voice may speak.
    VoicedSpeak,
    /// Only those with voice or an account may speak.
    AccountsSpeak,
    /// Nothing comes in from people who are not in the room.
    NoOutsiders,
    /// Colours and other formatting are taken out of what is said.
    PlainText,
    /// Only operators may set the topic.
    TopicLocked,
    /// The room is not in the list of rooms.
    Hidden,
}

/// All of them, in the order in which they are shown.
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
    /// Whether it is for people with an account.
    pub(crate) const fn is_about_accounts(self) -> bool {
        matches!(self, Self::AccountsOnly | Self::AccountsSpeak)
    }

    /// Whether it is a word or a number, and not just on or off.
    pub const fn has_value(self) -> bool {
        matches!(self, Self::Key | Self::Limit | Self::Forward)
    }
}

/// A setting and what it is set to: none if it is off; if it is on, its value, which is empty if it has none.
pub type Set = (Setting, Option<Arc<str>>);

/// How a room is set up, and what the server offers for it. Equal if it is the same allocation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RoomSettings {
    /// What the server offers and has a use for, and how it is set.
    pub settings: Vec<Set>,
    /// The server has told how it is set; before that, all seems to be off.
    pub is_known: bool,
    /// The lists that the server offers.
    pub lists: Vec<MaskList>,
    /// The ranks that the server has, the mightiest first; not that of a plain member.
    pub ranks: Vec<Rank>,
}

impl PartialEq for RoomSettings {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl RoomSettings {
    /// Whether the server has such a list.
    pub fn offers(&self, kind: ListKind) -> bool {
        self.lists.iter().any(|list| list.kind == kind)
    }
}

/// What a list of a room is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ListKind {
    /// Who may not enter.
    Bans,
    /// Who may not speak.
    Mutes,
    /// Who may enter although he is among the bans.
    Exceptions,
    /// Who needs no invitation.
    Invited,
}

/// All of them, in the order in which they are shown.
pub const LISTS: [ListKind; 4] = [ListKind::Bans, ListKind::Mutes, ListKind::Exceptions, ListKind::Invited];

/// A list of people, by masks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MaskList {
    /// What it is for.
    pub kind: ListKind,
    /// Oldest first, as far as they have come in.
    pub masks: Vec<Mask>,
    /// Whether all have come in.
    pub is_complete: bool,
}

/// One line of such a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mask {
    /// As the server knows it.
    pub mask: Arc<str>,
    /// Who is meant.
    pub whom: Whom,
    /// Who put it there, if known.
    pub by: Option<Arc<str>>,
    /// When, if known.
    pub at: Option<Timestamp>,
}

/// Whom a mask means. Names as they are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whom {
    /// Everyone.
    Everyone,
    /// Whoever has this name.
    Nick(Arc<str>),
    /// Everyone from this address.
    Host(Arc<str>),
    /// Whoever is logged in to this account.
    Account(Arc<str>),
    /// Something else; the mask as it is shown.
    Other(Arc<str>),
}

/// How somebody is put on a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MaskBy {
    /// By his name.
    #[default]
    Nick,
    /// By the address that he comes from, and so with everyone else from there.
    Host,
}
