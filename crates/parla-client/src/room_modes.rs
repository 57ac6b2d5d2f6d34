//! The modes of one channel: what the letters mean on this server, which are set, and the MODE that changes
//! them.
//!
//! <https://modern.ircdocs.horse/#mode-message>

use std::{cell::OnceCell, sync::Arc};

use parla_proto::{Line, Timestamp};

use crate::{
    limits::{LIST_MASKS_MAX, NAME_BYTES_MAX},
    rank::Rank,
    session::Session,
    settings::{LISTS, ListKind, ListedMask, MaskList, RoomSettings, SETTINGS, Set, Whom},
    text::shown_name,
};

impl Session {
    /// The letter of a list and the prefix of its masks; `None` if the server does not have it.
    pub(crate) fn list_letter(&self, kind: ListKind) -> Option<(char, &str)> {
        let (letter, begin) = match kind {
            ListKind::Bans => ('b', ""),
            ListKind::Mutes => match self.mute_prefix() {
                Some(prefix) => ('b', prefix),
                None => ('q', ""),
            },
            ListKind::Exceptions => ('e', ""),
            ListKind::Invited => ('I', ""),
        };
        self.modes().lists.contains(letter).then_some((letter, begin))
    }

    /// The list that an entry of the list `letter` belongs to, and its mask there.
    pub(crate) fn list_of<'a>(&self, letter: char, mask: &'a str) -> Option<(ListKind, &'a str)> {
        let lists = LISTS.into_iter().filter_map(|kind| {
            let (of, begin) = self.list_letter(kind)?;
            Some((kind, begin.len(), mask.strip_prefix(begin).filter(|_| of == letter)?))
        });
        lists.max_by_key(|(_, begin, _)| *begin).map(|(kind, _, mask)| (kind, mask))
    }
}

/// The modes of one channel.
#[derive(Debug, Default)]
pub(crate) struct RoomModes {
    set: Vec<SetMode>,
    is_known: bool,
    /// Whether every member may set the topic; false until the server has reported the modes.
    is_topic_free: bool,
    lists: [List; LISTS.len()],
    /// Masks of bans and mutes that were reported or set since the person joined, whether or not they asked
    /// for the lists.
    silencing: Vec<Box<str>>,
    /// The interface's view; made on demand and kept until something changes.
    view: OnceCell<Arc<RoomSettings>>,
    /// Whether they have changed since the interface last saw them.
    is_changed: bool,
}

/// A letter that is set, with its parameter, which may be empty.
#[derive(Debug)]
struct SetMode {
    letter: char,
    word: Arc<str>,
}

#[derive(Debug, Default)]
struct List {
    masks: Vec<ListedMask>,
    state: Fetched,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Fetched {
    #[default]
    Not,
    Asked,
    All,
}

impl RoomModes {
    /// Forgets everything, because the person has joined anew.
    pub(crate) fn forget(&mut self) {
        *self = Self { is_changed: true, ..Self::default() };
    }

    /// Starts a complete report of the modes.
    pub(crate) fn begin_report(&mut self) {
        self.set.clear();
        self.is_known = true;
        self.is_topic_free = true;
        self.changed();
    }

    /// Whether the person may set the topic without a rank. Until the server has reported the modes, this is
    /// better not offered.
    pub(crate) const fn is_topic_free(&self) -> bool {
        self.is_topic_free
    }

    /// Sets or removes a mode that is neither a list nor a rank.
    pub(crate) fn apply(&mut self, letter: char, value: Option<Option<&str>>) {
        self.set.retain(|known| known.letter != letter);
        if let Some(word) = value {
            self.set.push(SetMode { letter, word: word.unwrap_or_default().into() });
        }
        if letter == 't' {
            self.is_topic_free = value.is_none();
        }
        self.changed();
    }

    /// Adds an entry to the list `letter`, as the server reports it or somebody sets it.
    pub(crate) fn add_to_list(&mut self, session: &Session, letter: char, reported: ReportedMask<'_>) {
        let Some((kind, mask)) = session.list_of(letter, reported.mask) else { return };
        let is_new = !self.silencing.iter().any(|known| **known == *mask);
        if is_silencing(kind)
            && is_new
            && self.silencing.len() < LIST_MASKS_MAX
            && mask.len() <= NAME_BYTES_MAX
        {
            self.silencing.push(mask.into());
        }
        let list = self.list_mut(kind);
        let is_known = list.masks.iter().any(|known| *known.mask == *mask);
        // Somebody who has not asked for the list does not want part of it.
        if is_known
            || list.state == Fetched::Not
            || list.masks.len() >= LIST_MASKS_MAX
            || mask.len() > NAME_BYTES_MAX
        {
            return;
        }
        let by = reported.by.map(|by| shown_name(by.split('!').next().unwrap_or_default()));
        list.masks.push(ListedMask { mask: mask.into(), whom: whom(mask), by, at: reported.at });
        self.changed();
    }

    /// Removes an entry.
    pub(crate) fn remove_from_list(&mut self, session: &Session, letter: char, mask: &str) {
        let Some((kind, mask)) = session.list_of(letter, mask) else { return };
        self.list_mut(kind).masks.retain(|known| *known.mask != *mask);
        if is_silencing(kind) {
            self.silencing.retain(|known| **known != *mask);
        }
        self.changed();
    }

    /// The known masks of people who may not speak.
    pub(crate) fn silencing(&self) -> impl Iterator<Item = &str> {
        self.silencing.iter().map(|mask| &**mask)
    }

    /// The person wants to see the lists. Returns the letters that must be requested.
    pub(crate) fn ask_lists(&mut self, session: &Session) -> Vec<char> {
        let mut letters = Vec::new();
        for kind in LISTS {
            let Some((letter, _)) = session.list_letter(kind) else { continue };
            let list = self.list_mut(kind);
            if list.state == Fetched::Asked {
                continue;
            }
            *list = List { masks: Vec::new(), state: Fetched::Asked };
            if !letters.contains(&letter) {
                letters.push(letter);
            }
        }
        self.changed();
        letters
    }

    /// The list `letter` has arrived completely.
    pub(crate) fn complete_list(&mut self, session: &Session, letter: char) {
        for kind in
            LISTS.into_iter().filter(|kind| session.list_letter(*kind).is_some_and(|(of, _)| of == letter))
        {
            self.list_mut(kind).state = Fetched::All;
        }
        self.changed();
    }

    /// A list that was requested is not shown to the person. Returns false if none was requested.
    pub(crate) fn refuse_list(&mut self) -> bool {
        let asked = self.lists.iter_mut().find(|list| list.state == Fetched::Asked);
        let was_asked = asked.map(|list| list.state = Fetched::All).is_some();
        self.changed();
        was_asked
    }

    #[expect(clippy::indexing_slicing, reason = "there is one for each kind")]
    const fn list_of(&self, kind: ListKind) -> &List {
        &self.lists[kind as usize]
    }

    #[expect(clippy::indexing_slicing, reason = "there is one for each kind")]
    const fn list_mut(&mut self, kind: ListKind) -> &mut List {
        &mut self.lists[kind as usize]
    }

    /// Whether a mode that is neither a list nor a rank is set, as far as the server has reported.
    pub(crate) fn is_set(&self, letter: char) -> bool {
        self.value(letter).is_some()
    }

    /// The parameter of a letter that is set.
    fn value(&self, letter: char) -> Option<&Arc<str>> {
        self.set.iter().find(|known| known.letter == letter).map(|known| &known.word)
    }

    fn changed(&mut self) {
        self.view.take();
        self.is_changed = true;
    }

    /// Whether they have changed since the interface last looked. The interface looks now, so the mark is
    /// cleared.
    pub(crate) const fn take_changed(&mut self) -> bool {
        std::mem::replace(&mut self.is_changed, false)
    }

    /// The modes as the interface sees them.
    pub(crate) fn view(&self, session: &Session) -> Arc<RoomSettings> {
        Arc::clone(self.view.get_or_init(|| Arc::new(self.settings(session))))
    }

    fn settings(&self, session: &Session) -> RoomSettings {
        let offered =
            SETTINGS.into_iter().filter_map(|setting| Some((setting, session.modes().letter(setting)?)));
        let settings = offered.map(|(setting, letter)| (setting, self.value(letter).map(Arc::clone)));
        // Where there are no accounts, these would lock everybody out; one that is set nevertheless is shown
        // and can be removed.
        let settings = settings.filter(|(setting, value)| {
            value.is_some() || session.has_accounts() || !setting.is_about_accounts()
        });
        let lists = LISTS.into_iter().filter(|kind| session.list_letter(*kind).is_some()).map(|kind| {
            let list = self.list_of(kind);
            MaskList { kind, masks: list.masks.clone(), is_complete: list.state == Fetched::All }
        });
        let mut ranks: Vec<_> = session.member_modes().iter().map(|mode| Rank::of_sign(mode.sign)).collect();
        ranks.retain(|rank| *rank != Rank::Member);
        RoomSettings { settings: settings.collect(), is_known: self.is_known, lists: lists.collect(), ranks }
    }

    /// The lines that change the channel: one, unless the server limits the modes per line.
    pub(crate) fn lines(&self, session: &Session, room: &str, wanted: &[Set]) -> Vec<Line> {
        let mut steps: Vec<ModeStep> = Vec::new();
        // Settings that open the channel come first, so that nobody is locked out between two lines.
        let opening = wanted.iter().filter(|(_, value)| value.is_none());
        for (setting, value) in opening.chain(wanted.iter().filter(|(_, value)| value.is_some())) {
            let Some(letter) = session.modes().letter(*setting) else { continue };
            let now = self.value(letter);
            if now == value.as_ref() {
                continue;
            }
            let word = match value {
                Some(word) => Some(Arc::clone(word)),
                // Some servers require the old key as a parameter and do not check it.
                None if session.modes().always.contains(letter) => {
                    Some(now.filter(|word| !word.is_empty()).map_or_else(|| "*".into(), Arc::clone))
                }
                None => None,
            };
            let word = word.filter(|word| !word.is_empty());
            steps.push(ModeStep { is_set: value.is_some(), letter, word });
        }
        steps.chunks(session.modes_max().max(1)).map(|steps| line(room, steps)).collect()
    }
}

/// Whether people on this list may not speak: members who are banned may not either.
const fn is_silencing(kind: ListKind) -> bool {
    matches!(kind, ListKind::Bans | ListKind::Mutes)
}

/// An entry of a list, with who added it and when.
#[derive(Clone, Copy)]
pub(crate) struct ReportedMask<'a> {
    pub(crate) mask: &'a str,
    pub(crate) by: Option<&'a str>,
    pub(crate) at: Option<Timestamp>,
}

/// One letter of a MODE to be sent, with its parameter if it has one.
struct ModeStep {
    is_set: bool,
    letter: char,
    word: Option<Arc<str>>,
}

fn line(room: &str, steps: &[ModeStep]) -> Line {
    let (mut letters, mut sign) = (String::new(), None);
    for ModeStep { is_set, letter, .. } in steps {
        if sign.replace(*is_set) != Some(*is_set) {
            letters.push(if *is_set { '+' } else { '-' });
        }
        letters.push(*letter);
    }
    let line = Line::bare("MODE").param(room).param(&letters);
    steps.iter().filter_map(|step| step.word.as_deref()).fold(line, Line::param)
}

/// The people whom a mask matches.
pub(crate) fn whom(mask: &str) -> Whom {
    let account = mask.split_once("a:").filter(|(begin, _)| matches!(*begin, "" | "~" | "$"));
    if let Some((_, account)) = account {
        return Whom::Account(shown_name(account));
    }
    let parts = mask.split_once('!').and_then(|(nick, rest)| Some((nick, rest.split_once('@')?)));
    match parts {
        Some(("*", ("*", "*"))) => Whom::Everyone,
        Some((nick, ("*", "*"))) if !nick.contains(['*', '?']) => Whom::Nick(shown_name(nick)),
        Some(("*", ("*", host))) => Whom::Host(shown_name(host)),
        _ => Whom::Other(shown_name(mask)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_mean_somebody() {
        for (mask, expected) in [
            ("*!*@*", Whom::Everyone),
            ("bob!*@*", Whom::Nick("bob".into())),
            ("*!*@192.0.2.1", Whom::Host("192.0.2.1".into())),
            ("~a:bob", Whom::Account("bob".into())),
            ("$a:bob", Whom::Account("bob".into())),
            ("b*!*@*", Whom::Other("b*!*@*".into())),
            ("bob", Whom::Other("bob".into())),
            ("*!u@host", Whom::Other("*!u@host".into())),
        ] {
            assert_eq!(whom(mask), expected, "{mask}");
        }
    }
}
