//! Which members of a room are told what, where they are not all told the same: `+u` hides the crowd, and
//! `+U` what it says.
//!
//! It follows the order of events in a room, as [`super::checkers::Journal`] has it.

use std::collections::{BTreeMap, BTreeSet};

use parla_proto::mode::ChannelMode;
use parla_server::Flags;

use super::{
    doors::Doors,
    rank::{self, Signs},
};

/// What an event changes in a room.
#[derive(Clone, Debug, Default)]
pub(crate) enum Effect {
    #[default]
    Nothing,
    Enters,
    Leaves,
    /// The new nick, folded.
    Renames(String),
    /// The changes: whether the mode is set, the mode, and its parameter, folded.
    Modes(Vec<(bool, ChannelMode, String)>),
    /// Something is said to all members.
    Says,
}

/// The modes that hide something.
const HIDING: [ChannelMode; 3] =
    [ChannelMode::Auditorium, ChannelMode::OperatorModerated, ChannelMode::Moderated];

/// Whether a flag is set. It is unknown if the room may have been recreated, or if the flag may have been
/// changed when nobody was there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Flag {
    #[default]
    No,
    Perhaps,
    Yes,
}

/// Who is told about an event.
#[derive(Clone, Debug, Default)]
pub(crate) enum Audience {
    #[default]
    All,
    /// Only these members, by their folded nicks.
    Only(BTreeSet<String>),
    /// These members, and perhaps others.
    AtLeast(BTreeSet<String>),
}

/// The members of a room with their ranks, and the flags that hide something.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crowd {
    auditorium: Flag,
    moderated: Flag,
    /// Only those with a rank may speak.
    voiced_only: Flag,
    pub(super) doors: Doors,
    /// How often its modes have changed, as far as anybody was told.
    changes: usize,
    ranks: BTreeMap<String, Rank>,
}

/// What is known about a member's signs.
#[derive(Clone, Debug, Default)]
struct Rank {
    signs: Signs,
    /// Whether there may be lower ranks as well, because some clients are shown only the highest.
    has_others: bool,
}

impl Audience {
    /// Whether somebody is certainly told.
    pub(super) fn includes(&self, nick: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(nicks) | Self::AtLeast(nicks) => nicks.contains(nick),
        }
    }

    /// Whether somebody may be told.
    pub(super) fn may_include(&self, nick: &str) -> bool {
        matches!(self, Self::AtLeast(_)) || self.includes(nick)
    }
}

impl Crowd {
    /// Applies an event, and returns who is told about it.
    pub(super) fn take(&mut self, subject: &str, effect: &Effect) -> Audience {
        if matches!(effect, Effect::Enters) {
            self.ranks.insert(subject.to_owned(), Rank::default());
        }
        let audience = self.audience(subject, effect);
        match effect {
            Effect::Leaves => {
                self.ranks.remove(subject);
            }
            Effect::Renames(nick) => {
                let rank = self.ranks.remove(subject).unwrap_or_default();
                self.ranks.insert(nick.clone(), rank);
            }
            Effect::Modes(steps) => {
                self.changes += 1;
                for (set, mode, param) in steps {
                    self.mode(*set, *mode, param);
                    self.doors.step(*set, *mode, param);
                }
            }
            Effect::Nothing | Effect::Enters | Effect::Says => {}
        }
        audience
    }

    /// Whether nobody is known to be in the room.
    pub(super) fn is_empty(&self) -> bool {
        self.ranks.is_empty()
    }

    /// Who would be told about an event.
    pub(super) fn audience(&self, subject: &str, effect: &Effect) -> Audience {
        let (flag, least) = match effect {
            Effect::Enters | Effect::Leaves | Effect::Renames(_) => (self.auditorium, '+'),
            Effect::Says => (self.moderated, '%'),
            Effect::Nothing | Effect::Modes(_) => return Audience::All,
        };
        if flag == Flag::No || self.is_ranked(subject) {
            return Audience::All;
        }
        let hears = |(nick, rank): (&String, &Rank)| {
            (nick == subject || rank::is_at_least(&rank.signs, least)).then(|| nick.clone())
        };
        let mut nicks: BTreeSet<String> = self.ranks.iter().filter_map(hears).collect();
        nicks.insert(subject.to_owned());
        let is_exact = flag == Flag::Yes && self.ranks.values().all(|rank| !rank.has_others);
        if is_exact { Audience::Only(nicks) } else { Audience::AtLeast(nicks) }
    }

    fn mode(&mut self, set: bool, mode: ChannelMode, param: &str) {
        if let Some(flag) = self.flag(mode) {
            *flag = if set { Flag::Yes } else { Flag::No };
        } else if let Some((sign, rank)) = rank::sign_of(mode).zip(self.ranks.get_mut(param)) {
            rank.signs.set(sign, set);
        }
    }

    const fn flag(&mut self, mode: ChannelMode) -> Option<&mut Flag> {
        match mode {
            ChannelMode::Auditorium => Some(&mut self.auditorium),
            ChannelMode::OperatorModerated => Some(&mut self.moderated),
            ChannelMode::Moderated => Some(&mut self.voiced_only),
            _ => None,
        }
    }

    /// Notes that a mode may have changed without anybody being told.
    pub(super) fn doubt(&mut self, mode: ChannelMode) {
        self.doors = Doors::default();
        if let Some(flag) = self.flag(mode) {
            *flag = Flag::Perhaps;
        }
    }

    /// Like [`Self::doubt`], for every mode.
    pub(super) fn doubt_all(&mut self) {
        for mode in HIDING {
            self.doubt(mode);
        }
    }

    /// Handles a restart of the server, after which the room has these flags.
    pub(super) fn restart(&mut self, flags: Flags) {
        self.abandon();
        for mode in HIDING {
            let is_set = Flags::of_mode(mode).is_some_and(|flag| flags.contains(flag));
            self.mode(is_set, mode, "");
        }
    }

    /// Notes that no client is in the room any more. Other users may be, and may come and go.
    pub(super) fn abandon(&mut self) {
        self.doors = Doors::default();
        self.ranks.clear();
    }

    /// Notes a member on a list of names whose arrival nobody has seen, because nobody was there.
    pub(super) fn listed(&mut self, nick: &str, signs: &Signs, is_all: bool) {
        self.ranks.entry(nick.to_owned()).or_insert_with(|| Rank {
            signs: signs.clone(),
            has_others: !is_all && *signs != Signs::default(),
        });
    }

    /// Notes the rank of a user who has just entered, from a list of names.
    pub(super) fn found(&mut self, nick: &str, signs: &Signs) {
        if rank::is_at_least(signs, '@') {
            // This is the first user in a new room.
            self.forget();
        }
        self.ranks.insert(nick.to_owned(), Rank { signs: signs.clone(), has_others: false });
    }

    /// Notes that the room is new and has had these flags from its beginning, so nobody can have changed it
    /// unnoticed.
    pub(super) fn is_new(&mut self, flags: Flags) {
        self.doors = Doors::of_new_room(flags);
    }

    /// How often its modes have changed, as far as anybody was told.
    pub(super) const fn changes(&self) -> usize {
        self.changes
    }

    /// Notes that the room was renamed and has the same crowd.
    pub(super) const fn moved(&mut self) {
        self.changes += 1;
    }

    /// Removes members who left unnoticed.
    pub(super) fn keep_only(&mut self, is_there: impl Fn(&str) -> bool) {
        self.ranks.retain(|nick, _| is_there(nick));
    }

    /// Forgets everything, because the room may have been recreated.
    pub(super) fn forget(&mut self) {
        self.abandon();
        for flag in [&mut self.auditorium, &mut self.moderated, &mut self.voiced_only] {
            if *flag == Flag::Yes {
                *flag = Flag::Perhaps;
            }
        }
    }

    /// Whether a user is known to be in the room.
    pub(super) fn knows(&self, nick: &str) -> bool {
        self.ranks.contains_key(nick)
    }

    /// Whether somebody may be unable to see everyone in the room.
    pub(super) fn hides_from(&self, nick: &str) -> bool {
        self.auditorium != Flag::No && !self.is_ranked(nick)
    }

    /// Whether messages by this user may reach only some members, and are then not stored.
    pub(super) fn may_moderate(&self, nick: &str) -> bool {
        self.moderated != Flag::No && !self.is_ranked(nick)
    }

    /// Whether a user certainly may not speak in the room.
    pub(super) fn silences(&self, nick: &str) -> bool {
        let rank = self.ranks.get(nick);
        self.voiced_only == Flag::Yes && rank.is_some_and(|rank| !rank.has_others) && !self.is_ranked(nick)
    }

    /// Whether a user is certainly in the room and has neither this sign nor a higher one.
    pub(super) fn is_below(&self, nick: &str, sign: char) -> bool {
        let rank = self.ranks.get(nick).filter(|rank| !rank.has_others);
        rank.is_some_and(|rank| !rank::is_at_least(&rank.signs, sign))
    }

    fn is_ranked(&self, nick: &str) -> bool {
        self.ranks.get(nick).is_some_and(|rank| rank::is_at_least(&rank.signs, '+'))
    }
}
