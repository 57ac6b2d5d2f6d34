//! Who is in a room.

use std::{cell::OnceCell, collections::BTreeMap, sync::Arc};

use crate::{
    limits::{MEMBERS_MAX, NAME_BYTES_MAX},
    session::Session,
    text::{hue, shown_name},
    view::{Member, Members, Rank},
};

/// The members of one room, by their folded nicks.
#[derive(Debug, Default)]
pub(crate) struct MemberList {
    members: BTreeMap<String, Entry>,
    /// What the interface sees; made when it looks, and kept until something changes.
    view: OnceCell<Members>,
    /// The interface has not seen them as they are now.
    is_changed: bool,
}

#[derive(Debug)]
struct Entry {
    /// Signs before the nick.
    prefixes: String,
    /// Whence he comes, if the server has said so.
    host: Option<Arc<str>>,
    member: Member,
}

impl MemberList {
    /// Adds someone, or says more about him.
    pub(crate) fn insert(&mut self, session: &Session, nick: &str, prefixes: &str) {
        let folded = session.fold(nick);
        if self.members.len() >= MEMBERS_MAX && !self.members.contains_key(&folded) {
            return;
        }
        let known = self.members.remove(&folded);
        self.members.insert(folded, Entry::new(nick, prefixes, known.as_ref()));
        self.changed();
    }

    /// Whether he was there.
    pub(crate) fn remove(&mut self, session: &Session, nick: &str) -> bool {
        let was_there = self.members.remove(&session.fold(nick)).is_some();
        if was_there {
            self.changed();
        }
        was_there
    }

    /// Whether he was there under the old name.
    pub(crate) fn rename(&mut self, session: &Session, from: &str, to: &str) -> bool {
        let Some(known) = self.members.remove(&session.fold(from)) else { return false };
        self.members.insert(session.fold(to), Entry::new(to, &known.prefixes, Some(&known)));
        self.changed();
        true
    }

    /// Whether he is there.
    pub(crate) fn contains(&self, session: &Session, nick: &str) -> bool {
        self.members.contains_key(&session.fold(nick))
    }

    /// Marks him as away or back. False if he is not there, or was so already.
    pub(crate) fn set_away(&mut self, session: &Session, nick: &str, away: bool) -> bool {
        let Some(entry) = self.members.get_mut(&session.fold(nick)) else { return false };
        let changed = entry.member.away != away;
        if changed {
            entry.member.away = away;
            self.changed();
        }
        changed
    }

    /// Marks him as a program. False if he is not there, or was so already.
    pub(crate) fn set_bot(&mut self, session: &Session, nick: &str) -> bool {
        let Some(entry) = self.members.get_mut(&session.fold(nick)) else { return false };
        let changed = !std::mem::replace(&mut entry.member.bot, true);
        if changed {
            self.changed();
        }
        changed
    }

    /// Somebody is called so, or no longer. False if he is not there, or was called so already.
    pub(crate) fn set_called(&mut self, session: &Session, nick: &str, called: Option<Arc<str>>) -> bool {
        let Some(entry) = self.members.get_mut(&session.fold(nick)) else { return false };
        let changed = entry.member.called != called;
        if changed {
            entry.member.called = called;
            self.changed();
        }
        changed
    }

    /// Remembers whence he comes.
    pub(crate) fn set_host(&mut self, session: &Session, nick: &str, host: &str) {
        if let Some(entry) = self.members.get_mut(&session.fold(nick))
            && entry.host.as_deref() != Some(host)
            && (1..=NAME_BYTES_MAX).contains(&host.len())
        {
            entry.host = Some(host.into());
        }
    }

    /// Whence he comes, if he is there and that is known.
    pub(crate) fn host(&self, session: &Session, nick: &str) -> Option<Arc<str>> {
        self.members.get(&session.fold(nick))?.host.clone()
    }

    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// Gives or takes one sign.
    pub(crate) fn set_prefix(&mut self, session: &Session, nick: &str, prefix: char, is_set: bool) {
        let Some(entry) = self.members.get_mut(&session.fold(nick)) else { return };
        entry.prefixes.retain(|known| known != prefix);
        if is_set {
            entry.prefixes.push(prefix);
        }
        (entry.member.rank, entry.member.ranks) = ranks(&entry.prefixes);
        self.changed();
    }

    /// What he may do; none if he is not there.
    pub(crate) fn rank(&self, session: &Session, nick: &str) -> Option<Rank> {
        self.members.get(&session.fold(nick)).map(|entry| entry.member.rank)
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.members.clear();
        self.changed();
    }

    fn changed(&mut self) {
        self.view.take();
        self.is_changed = true;
    }

    /// Whether the interface has to look at them; it does so now.
    pub(crate) const fn take_changed(&mut self) -> bool {
        std::mem::replace(&mut self.is_changed, false)
    }

    /// Sorted by rank, then by name.
    pub(crate) fn view(&self) -> Members {
        self.view
            .get_or_init(|| {
                // The map is in order of the folded names; a stable sort by rank keeps that.
                let mut members: Vec<Member> =
                    self.members.values().map(|entry| entry.member.clone()).collect();
                members.sort_by_key(|member| member.rank);
                Members(Arc::new(members))
            })
            .clone()
    }
}

impl Entry {
    /// With what was known of him.
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

/// The highest of the ranks, and all of them.
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
