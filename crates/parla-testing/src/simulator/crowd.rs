//! Who of a room's members hears what, where not all hear the same: `+u` hides the crowd, `+U` what it says.
//!
//! It follows the one order of what happens in a room, as [`super::checkers::Journal`] has it.

use std::collections::{BTreeMap, BTreeSet};

use parla_proto::mode::ChannelMode;

use super::rank::{self, Signs};

/// What an event changes in a room, besides being heard.
#[derive(Clone, Debug, Default)]
pub(crate) enum Effect {
    #[default]
    Nothing,
    Enters,
    Leaves,
    /// To this nick, folded.
    Renames(String),
    /// Signs, modes and parameters, folded.
    Modes(Vec<(bool, ChannelMode, String)>),
    /// Something is said to all.
    Says,
}

/// Whether a flag is set. After a restart, and when a room may have been made anew, nobody knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Flag {
    #[default]
    No,
    Perhaps,
    Yes,
}

/// Who hears an event.
#[derive(Clone, Debug, Default)]
pub(crate) enum Audience {
    #[default]
    All,
    /// These, by their folded nicks, and nobody else.
    Only(BTreeSet<String>),
    /// These, and perhaps others.
    AtLeast(BTreeSet<String>),
}

/// The members of a room with their ranks, and the flags that hide something.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    auditorium: Flag,
    moderated: Flag,
    /// Only those with a rank speak.
    voiced_only: Flag,
    ranks: BTreeMap<String, Signs>,
}

impl Audience {
    /// Whether someone hears it for certain.
    pub(super) fn includes(&self, nick: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(nicks) | Self::AtLeast(nicks) => nicks.contains(nick),
        }
    }

    /// Whether someone may hear it.
    pub(super) fn may_include(&self, nick: &str) -> bool {
        matches!(self, Self::AtLeast(_)) || self.includes(nick)
    }
}

impl Crowd {
    /// Takes an event in, and gives who hears it.
    pub(super) fn take(&mut self, subject: &str, effect: &Effect) -> Audience {
        if matches!(effect, Effect::Enters) {
            self.ranks.insert(subject.to_owned(), Signs::default());
        }
        let audience = self.audience(subject, effect);
        match effect {
            Effect::Leaves => {
                self.ranks.remove(subject);
            }
            Effect::Renames(nick) => {
                let signs = self.ranks.remove(subject).unwrap_or_default();
                self.ranks.insert(nick.clone(), signs);
            }
            Effect::Modes(steps) => steps.iter().for_each(|(set, mode, param)| self.mode(*set, *mode, param)),
            Effect::Nothing | Effect::Enters | Effect::Says => {}
        }
        audience
    }

    /// Whether nobody is known to be in the room.
    pub(super) fn is_empty(&self) -> bool {
        self.ranks.is_empty()
    }

    /// Who would hear it.
    pub(super) fn audience(&self, subject: &str, effect: &Effect) -> Audience {
        let (flag, least) = match effect {
            Effect::Enters | Effect::Leaves | Effect::Renames(_) => (self.auditorium, '+'),
            Effect::Says => (self.moderated, '%'),
            Effect::Nothing | Effect::Modes(_) => return Audience::All,
        };
        if flag == Flag::No || self.is_ranked(subject) {
            return Audience::All;
        }
        let hears = |(nick, signs): (&String, &Signs)| {
            (nick == subject || rank::is_at_least(signs, least)).then(|| nick.clone())
        };
        let mut nicks: BTreeSet<String> = self.ranks.iter().filter_map(hears).collect();
        nicks.insert(subject.to_owned());
        if flag == Flag::Yes { Audience::Only(nicks) } else { Audience::AtLeast(nicks) }
    }

    fn mode(&mut self, set: bool, mode: ChannelMode, param: &str) {
        let flag = if set { Flag::Yes } else { Flag::No };
        match mode {
            ChannelMode::Auditorium => self.auditorium = flag,
            ChannelMode::OperatorModerated => self.moderated = flag,
            ChannelMode::Moderated => self.voiced_only = flag,
            _ => {
                if let Some((sign, signs)) = rank::sign_of(mode).zip(self.ranks.get_mut(param)) {
                    signs.set(sign, set);
                }
            }
        }
    }

    /// A list of names says what rank someone has who has just come.
    pub(super) fn found(&mut self, nick: &str, signs: &Signs) {
        if rank::is_at_least(signs, '@') {
            // The first in a room that is new.
            self.forget();
        }
        self.ranks.insert(nick.to_owned(), signs.clone());
    }

    /// The others went, and nobody was there to hear of it.
    pub(super) fn keep_only(&mut self, is_there: impl Fn(&str) -> bool) {
        self.ranks.retain(|nick, _| is_there(nick));
    }

    /// The room may have been made anew.
    pub(super) fn forget(&mut self) {
        self.ranks.clear();
        for flag in [&mut self.auditorium, &mut self.moderated, &mut self.voiced_only] {
            if *flag == Flag::Yes {
                *flag = Flag::Perhaps;
            }
        }
    }

    /// Whether someone is known to be in the room.
    pub(super) fn knows(&self, nick: &str) -> bool {
        self.ranks.contains_key(nick)
    }

    /// Whether someone may not see everyone in the room.
    pub(super) fn hides_from(&self, nick: &str) -> bool {
        self.auditorium != Flag::No && !self.is_ranked(nick)
    }

    /// Whether what is said in the room may be heard by some only, and is then not kept.
    pub(super) fn may_moderate(&self, nick: &str) -> bool {
        self.moderated != Flag::No && !self.is_ranked(nick)
    }

    /// Whether someone certainly may not speak in the room.
    pub(super) fn silences(&self, nick: &str) -> bool {
        self.voiced_only == Flag::Yes && self.knows(nick) && !self.is_ranked(nick)
    }

    fn is_ranked(&self, nick: &str) -> bool {
        self.ranks.get(nick).is_some_and(|signs| rank::is_at_least(signs, '+'))
    }
}
