//! The members of a channel.

use std::{cell::OnceCell, collections::BTreeMap, sync::Arc};

use crate::{
    limits::{MEMBERS_MAX, NAME_BYTES_MAX},
    session::Session,
    text::{hue, shown_name},
    view::{Member, Members, Rank},
};

/// The members of one channel, by folded nick.
#[derive(Debug, Default)]
pub(crate) struct MemberList {
    members: BTreeMap<String, MemberState>,
    /// The interface's view; made on demand and kept until something changes.
    view: OnceCell<Members>,
    /// Whether they have changed since the interface last saw them.
    is_changed: bool,
}

#[derive(Debug)]
struct MemberState {
    /// The rank prefixes before the nick.
    prefixes: String,
    /// The member's host, if the server has told us.
    host: Option<Arc<str>>,
    member: Member,
}

impl MemberList {
    /// Adds a member, or updates what is known of them.
    pub(crate) fn insert(&mut self, session: &Session, nick: &str, prefixes: &str) {
        let folded = session.fold(nick);
        if self.members.len() >= MEMBERS_MAX && !self.members.contains_key(&folded) {
            return;
        }
        let known = self.members.remove(&folded);
        self.members.insert(folded, MemberState::new(nick, prefixes, known.as_ref()));
        self.changed();
    }

    /// Removes a member. Returns whether they were there.
    pub(crate) fn remove(&mut self, session: &Session, nick: &str) -> bool {
        let was_there = self.members.remove(&session.fold(nick)).is_some();
        if was_there {
            self.changed();
        }
        was_there
    }

    /// Changes a member's nick. Returns whether they were there under the old one.
    pub(crate) fn rename(&mut self, session: &Session, from: &str, to: &str) -> bool {
        let Some(known) = self.members.remove(&session.fold(from)) else { return false };
        self.members.insert(session.fold(to), MemberState::new(to, &known.prefixes, Some(&known)));
        self.changed();
        true
    }

    /// Whether somebody is a member.
    pub(crate) fn contains(&self, session: &Session, nick: &str) -> bool {
        self.members.contains_key(&session.fold(nick))
    }

    /// Marks a member as away or back. Returns false if they are not there or nothing changes.
    pub(crate) fn set_away(&mut self, session: &Session, nick: &str, away: bool) -> bool {
        let Some(entry) = self.members.get_mut(&session.fold(nick)) else { return false };
        let changed = entry.member.away != away;
        if changed {
            entry.member.away = away;
            self.changed();
        }
        changed
    }

    /// Marks a member as a bot. Returns false if they are not there or already marked.
    pub(crate) fn set_bot(&mut self, session: &Session, nick: &str) -> bool {
        let Some(entry) = self.members.get_mut(&session.fold(nick)) else { return false };
        let changed = !std::mem::replace(&mut entry.member.bot, true);
        if changed {
            self.changed();
        }
        changed
    }

    /// Sets or removes a member's display name. Returns false if they are not there or nothing changes.
    pub(crate) fn set_called(&mut self, session: &Session, nick: &str, called: Option<Arc<str>>) -> bool {
        let Some(entry) = self.members.get_mut(&session.fold(nick)) else { return false };
        let changed = entry.member.called != called;
        if changed {
            entry.member.called = called;
            self.changed();
        }
        changed
    }

    /// Remembers a member's host.
    pub(crate) fn set_host(&mut self, session: &Session, nick: &str, host: &str) {
        if let Some(entry) = self.members.get_mut(&session.fold(nick))
            && entry.host.as_deref() != Some(host)
            && (1..=NAME_BYTES_MAX).contains(&host.len())
        {
            entry.host = Some(host.into());
        }
    }

    /// A member's host, if they are there and it is known.
    pub(crate) fn host(&self, session: &Session, nick: &str) -> Option<Arc<str>> {
        self.members.get(&session.fold(nick))?.host.clone()
    }

    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// Adds or removes one rank prefix.
    pub(crate) fn set_prefix(&mut self, session: &Session, nick: &str, prefix: char, is_set: bool) {
        let Some(entry) = self.members.get_mut(&session.fold(nick)) else { return };
        entry.prefixes.retain(|known| known != prefix);
        if is_set {
            entry.prefixes.push(prefix);
        }
        (entry.member.rank, entry.member.ranks) = ranks(&entry.prefixes);
        self.changed();
    }

    /// A member's highest rank; `None` if they are not there.
    pub(crate) fn rank(&self, session: &Session, nick: &str) -> Option<Rank> {
        self.members.get(&session.fold(nick)).map(|entry| entry.member.rank)
    }

    /// Forgets all members.
    pub(crate) fn clear(&mut self) {
        self.members.clear();
        self.changed();
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

    /// The members by rank and then by nick.
    pub(crate) fn view(&self) -> Members {
        self.view
            .get_or_init(|| {
                // The map is ordered by folded nick, and a stable sort by rank keeps that order.
                let mut members: Vec<Member> =
                    self.members.values().map(|entry| entry.member.clone()).collect();
                members.sort_by_key(|member| member.rank);
                Members(Arc::new(members))
            })
            .clone()
    }
}

impl MemberState {
    /// A member, with what was already known of them.
    fn new(nick: &str, prefixes: &str, known: Option<&Self>) -> Self {
        let (rank, ranks) = ranks(prefixes);
        let (away, bot) = known.map_or((false, false), |known| (known.member.away, known.member.bot));
        let called = known.and_then(|known| known.member.called.clone());
        let hue = hue(nick);
        let member =
            Member { nick: shown_name(nick), name: nick.into(), called, rank, ranks, away, bot, hue };
        Self { prefixes: prefixes.to_owned(), host: known.and_then(|known| known.host.clone()), member }
    }
}

/// The highest rank, and all ranks as bits.
fn ranks(prefixes: &str) -> (Rank, u8) {
    let ranks = || prefixes.chars().map(Rank::of_sign);
    (ranks().min().unwrap_or_default(), ranks().fold(0, |all, rank| all | rank.bit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mightiest_come_first() {
        let (mut members, session) = (MemberList::default(), Session::default());
        for (nick, prefixes) in [("carol", ""), ("Bob", "+"), ("alice", "+@"), ("dave", "!")] {
            members.insert(&session, nick, prefixes);
        }
        members.set_prefix(&session, "CAROL", '@', true);
        members.set_prefix(&session, "bob", '+', false);
        let view = members.view();
        let shown: Vec<_> = view.0.iter().map(|member| (&*member.nick, member.rank)).collect();
        let expected = [
            ("alice", Rank::Operator),
            ("carol", Rank::Operator),
            ("Bob", Rank::Member),
            ("dave", Rank::Member),
        ];
        assert_eq!(shown, expected);
        assert_eq!(members.view(), view);
    }
}
