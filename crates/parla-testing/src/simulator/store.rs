//! What must be on the disk: exactly what was written. It survives every crash.
//!
//! It is simple on purpose, a list that is filtered, so that it can be trusted. The real store is compared
//! with it (`disk.rs`).

mod page;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use parla_proto::{Casemapping, ChannelName, Timestamp};
use parla_server::{
    AccessPolicy, AccountId, AccountState, Change, ChannelChange, ChannelId, ChannelState, Closure,
    Conversation, Floor, InvitationId, InvitationState, Kept, MessageIds, Page, Position, Query, QueryResult,
    Rank, Settings, Spoken, Verb, pieces,
};

use super::{
    accounts::Accounts,
    checkers::{Checked, Finding, ensure},
};

/// Everything that was stored.
#[derive(Debug)]
pub(crate) struct Store {
    casemapping: Casemapping,
    /// How long empty rooms are kept, and the rooms that are always kept.
    forget_empty_after: Option<Duration>,
    autojoin: Vec<ChannelName>,
    /// The latest time so far.
    latest: Timestamp,
    /// Decodes the ids that clients are told.
    pub(crate) ids: MessageIds,
    messages: BTreeMap<u64, Arc<Spoken>>,
    by_text: BTreeMap<String, Vec<u64>>,
    /// Deleted messages: nobody reads them again, but what was sent before may still be on its way.
    redacted: BTreeSet<u64>,
    channels: BTreeMap<ChannelId, ChannelState>,
    /// Channels that no longer exist.
    forgotten: BTreeSet<ChannelId>,
    /// Every name, folded, that a channel ever had: clients are told of a new one later than the disk.
    names: BTreeMap<ChannelId, BTreeSet<String>>,
    accounts: Accounts,
    invitations: BTreeMap<InvitationId, InvitationState>,
    /// The highest number that an invitation ever had.
    last_invitation: Option<u64>,
    /// How long messages are kept.
    retain: Option<Duration>,
    closures: BTreeMap<ChannelName, Closure>,
    access: Option<AccessPolicy>,
}

/// A message in a room, as a client received it.
#[derive(Debug)]
pub(crate) struct ReceivedMessage<'a> {
    pub(crate) verb: &'a str,
    pub(crate) source: &'a str,
    /// The room's name, folded.
    pub(crate) room: &'a str,
    pub(crate) text: &'a str,
    /// The message's number, if the client was told its id.
    pub(crate) seq: Option<u64>,
    pub(crate) time: Option<Timestamp>,
    /// Client-only tags, if the client reads them.
    pub(crate) tags: Option<String>,
}

impl Store {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            casemapping: settings.network.casemapping,
            forget_empty_after: settings.network.forget_empty_after,
            autojoin: settings.network.autojoin.clone(),
            latest: Timestamp::default(),
            ids: settings.network.message_ids.clone(),
            messages: BTreeMap::new(),
            by_text: BTreeMap::new(),
            redacted: BTreeSet::new(),
            channels: BTreeMap::new(),
            forgotten: BTreeSet::new(),
            names: BTreeMap::new(),
            accounts: Accounts::default(),
            invitations: BTreeMap::new(),
            last_invitation: None,
            retain: settings.network.retain,
            closures: BTreeMap::new(),
            access: None,
        }
    }

    /// Notes that it is at least this time: the simulated clock goes back a little, the server's does not.
    pub(crate) fn see_time(&mut self, now: Timestamp) {
        self.latest = self.latest.max(now);
    }

    /// The latest time so far.
    pub(crate) const fn latest(&self) -> Timestamp {
        self.latest
    }

    /// Writes the changes of one batch. `deleted` are the names of the channels that operators deleted.
    pub(crate) fn write(&mut self, changes: Vec<Change>, deleted: &[&str]) -> Checked {
        for change in changes {
            match change {
                Change::Message(spoken) => self.write_message(&spoken)?,
                Change::Redacted { conversation, seq } => self.redact(&conversation, seq),
                Change::Account(state) => self.accounts.create(*state)?,
                Change::AccountChanged { account, change } => self.accounts.change(account, change)?,
                Change::AccountDeleted { account } => self.accounts.delete(account)?,
                Change::Invitation(state) => {
                    self.last_invitation = self.last_invitation.max(Some(state.id.number()));
                    self.invitations.insert(state.id, *state);
                }
                Change::InvitationRevoked { invitation } => {
                    let known = self.invitations.remove(&invitation).is_some();
                    ensure(known, "invitations", || format!("{invitation:?} was not stored"))?;
                }
                Change::Channel(state) => self.write_channel(*state)?,
                Change::ChannelChanged { channel, change } => self.change_channel(channel, &change)?,
                Change::ChannelForgotten { channel } => self.forget(channel, deleted)?,
                Change::Expired { conversation, before } => self.expire(conversation.as_ref(), before)?,
                Change::Closure { name, closure } => {
                    self.closures.remove(&name);
                    self.closures.extend(closure.map(|closure| (name, closure)));
                }
                Change::Access(policy) => self.access = Some(policy),
            }
        }
        Ok(())
    }

    /// Checks that a starting server finds the channels and accounts that were written, and that no number is
    /// reused.
    pub(crate) fn is_found(&self, kept: &Kept, last_seq: Option<u64>) -> Checked {
        let Kept { channels, accounts, invitations, closures, access } = kept;
        let are_same = *closures == self.closures && *access == self.access;
        ensure(are_same, "disk", || format!("{closures:?} and {access:?} are found"))?;
        let are_same = channels.len() == self.channels.len()
            && self.channels.values().zip(channels).all(|(written, found)| is_same(written, found));
        ensure(are_same, "disk", || format!("{channels:?} are found, and {:?} were written", self.channels))?;
        self.accounts.are_these(accounts, "disk")?;
        let are_same = self.invitations.values().eq(invitations);
        let written = &self.invitations;
        ensure(are_same, "disk", || format!("{invitations:?} are found, and {written:?} were written"))?;
        let last_message = self.messages.last_key_value().map(|(seq, _)| *seq);
        let last_channel = self.names.last_key_value().map(|(id, _)| id.number());
        let last = last_message.max(last_channel).max(self.accounts.last_number()).max(self.last_invitation);
        ensure(last_seq == last, "disk", || format!("the last number is {last_seq:?} and not {last:?}"))
    }

    /// Queries for everything that was ever said, even in channels that no longer exist.
    pub(crate) fn whole_histories(&self) -> Vec<Query> {
        let rooms = self.names.keys().map(|id| Conversation::Channel(*id));
        let said = self.messages.values().filter_map(|spoken| spoken.conversation.clone());
        let conversations: BTreeSet<Conversation> = rooms.chain(said).collect();
        let all = |conversation| {
            let floor = Floor::default();
            Query::History { conversation, floor, page: Page::Latest(None), limit: 1_000_000 }
        };
        conversations.into_iter().map(all).collect()
    }

    /// A channel as it is stored.
    pub(crate) fn channel(&self, id: ChannelId) -> Option<&ChannelState> {
        self.channels.get(&id)
    }

    /// The channel that is stored under this folded name.
    pub(crate) fn channel_named(&self, name: &str) -> Option<&ChannelState> {
        self.channels.values().find(|state| state.name.folded() == name)
    }

    /// Whether a stored channel has, or had, this folded name.
    pub(crate) fn was_named(&self, name: &str) -> bool {
        self.names.values().any(|names| names.contains(name))
    }

    /// Every name, folded, that a channel ever had.
    pub(crate) fn names_of(&self, id: ChannelId) -> impl Iterator<Item = &String> {
        self.names.get(&id).into_iter().flatten()
    }

    /// Whether a room may have been created by the JOIN with this number. The disk may be ahead of the
    /// client: a room that was stored since may be a later one, or may have had another name.
    pub(crate) fn may_be_new(&self, name: &str, joined: Option<u64>) -> bool {
        let kept = self.channel_named(name).map(|state| state.id);
        let always_so = |id: &ChannelId| self.names_of(*id).count() == 1;
        let joined = joined.unwrap_or(u64::MAX);
        kept.filter(always_so).is_none_or(|id| id.number() >= joined || joined == u64::MAX)
    }

    /// The number of messages.
    pub(crate) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether this message is stored.
    pub(crate) fn has(&self, seq: u64) -> bool {
        self.messages.contains_key(&seq)
    }

    /// The message with this number, even if it was deleted.
    pub(crate) fn message(&self, seq: u64) -> Option<&Arc<Spoken>> {
        self.messages.get(&seq)
    }

    /// Checks that a server's channels and accounts are those that are stored.
    pub(crate) fn is_had(&self, channels: &[&ChannelState], accounts: &[&AccountState]) -> Checked {
        let are_same = channels.len() == self.channels.len()
            && self.channels.values().zip(channels).all(|(kept, had)| is_same(kept, had));
        ensure(are_same, "kept", || format!("a server has {channels:?}, and {:?} are kept", self.channels))?;
        self.accounts.are_these(accounts, "kept")
    }

    /// Checks that a server's invitations are those that are stored.
    pub(crate) fn are_invitations(&self, had: &[&InvitationState]) -> Checked {
        ensure(self.invitations.values().eq(had.iter().copied()), "kept", || {
            format!("a server has {had:?}, and {:?} are kept", self.invitations)
        })
    }

    /// The newest message at or before this position in the list, counted from the oldest.
    pub(crate) fn nth(&self, index: usize) -> Option<&Arc<Spoken>> {
        self.messages.values().nth(index)
    }

    /// How often a source has said this in a room.
    pub(crate) fn count(&self, room: &str, source: &str, text: &str) -> usize {
        self.said(text).filter(|spoken| spoken.source == source && self.is_in(spoken, room)).count()
    }

    /// The answer to a query of the server.
    pub(crate) fn answer(&self, query: &Query) -> QueryResult {
        match query {
            Query::History { conversation, floor, page, limit } => {
                let readable = self.readable(conversation, *floor);
                let is_there = |seq: u64| readable.iter().any(|spoken| spoken.seq == seq);
                if let Page::Around(Position::Message(seq)) = page
                    && !is_there(*seq)
                {
                    return QueryResult::NoSuchMessage;
                }
                let found = page::cut(&readable, *page, *limit);
                QueryResult::History(found.into_iter().map(untargeted).collect())
            }
            Query::Message { conversation, floor, seq } => {
                let readable = self.readable(conversation, *floor);
                QueryResult::IsThere(readable.iter().any(|spoken| spoken.seq == *seq))
            }
            Query::LatestTimes { conversations } => {
                let time = |(conversation, floor): &(Conversation, Floor)| {
                    self.readable(conversation, *floor).last().map(|spoken| spoken.at)
                };
                QueryResult::LatestTimes(conversations.iter().map(time).collect())
            }
        }
    }

    /// What may be read of a conversation above a floor.
    fn readable<'a>(&'a self, conversation: &'a Conversation, floor: Floor) -> Vec<&'a Arc<Spoken>> {
        let all: Vec<&Arc<Spoken>> = self.of(conversation).collect();
        let since = floor.entrance.map_or(0, |entrance| entrance.since);
        let before = all.iter().filter(|spoken| floor.entrance.is_some() && spoken.seq <= since).count();
        let hidden = before.saturating_sub(floor.entrance.map_or(0, |entrance| entrance.earlier as usize));
        let is_young = |spoken: &&Arc<Spoken>| floor.time.is_none_or(|time| spoken.at >= time);
        all.into_iter().skip(hidden).filter(is_young).collect()
    }

    /// Whether a message has this line.
    pub(crate) fn was_said(&self, line: &str) -> bool {
        self.by_text.contains_key(line)
    }

    /// Whether a message between this account and another, or itself, has this line.
    pub(crate) fn has_said_in_private(&self, line: &str, account: AccountId) -> bool {
        let is_theirs = |conversation: &Conversation| match conversation {
            Conversation::Accounts(pair) => pair.ids().contains(&account),
            Conversation::Channel(_) => false,
        };
        self.said(line).any(|spoken| spoken.conversation.as_ref().is_some_and(is_theirs))
    }

    /// Whether this is a line of a multiline message, but not its first: those lines carry no id.
    pub(crate) fn goes_on(&self, text: &str) -> bool {
        self.said(text).any(|spoken| lines(spoken).skip(1).any(|line| line == text))
    }

    /// Checks that what a client received is what was stored. Returns the message's number if it can be
    /// determined.
    pub(crate) fn confirm(&self, received: &ReceivedMessage<'_>) -> Checked<Option<u64>> {
        let fits = |spoken: &Spoken| {
            spoken.verb.as_str() == received.verb
                && spoken.source == received.source
                && lines(spoken).any(|line| line == received.text)
                && self.is_in(spoken, received.room)
                && received.time.is_none_or(|time| time == spoken.at)
                && received.tags.as_ref().is_none_or(|tags| *tags == spoken.tags)
        };
        if let Some(seq) = received.seq {
            let spoken = self.messages.get(&seq);
            let Some(spoken) = spoken else {
                return Err(Finding::new("history", format!("{received:?} was delivered and is not kept")));
            };
            let is_first = lines(spoken).next() == Some(received.text);
            ensure(is_first && fits(spoken), "history", || format!("{received:?} was kept as {spoken:?}"))?;
            return Ok(Some(seq));
        }
        let mut same = self.said(received.text).filter(|spoken| fits(spoken));
        let first = same
            .next()
            .ok_or_else(|| Finding::new("history", format!("{received:?} was delivered and is not kept")))?;
        // Only the first line of a message identifies it.
        let is_known = same.next().is_none() && lines(first).next() == Some(received.text);
        Ok(is_known.then_some(first.seq))
    }

    fn write_message(&mut self, spoken: &Spoken) -> Checked {
        let is_known = match &spoken.conversation {
            Some(Conversation::Channel(id)) => {
                let known = self.channels.get(id);
                known.is_some_and(|state| self.is_in(spoken, state.name.folded()))
            }
            Some(Conversation::Accounts(_)) => true,
            None => false,
        };
        ensure(is_known, "kept", || format!("a message of no kept conversation: {spoken:?}"))?;
        ensure(spoken.verb != Verb::Tagmsg && !spoken.text.is_empty(), "kept", || {
            format!("a message without text: {spoken:?}")
        })?;
        let last = self.messages.last_key_value();
        ensure(last.is_none_or(|(seq, last)| *seq < spoken.seq && last.at <= spoken.at), "kept", || {
            format!("not after the last: {spoken:?}")
        })?;
        // Each line of a multiline message is searched for separately.
        for line in lines(spoken) {
            self.by_text.entry(line.to_owned()).or_default().push(spoken.seq);
        }
        // Nothing refers to a message that does not exist or is in another conversation.
        let is_there = |seq: &u64| {
            let referred = self.messages.get(seq).filter(|_| !self.redacted.contains(seq));
            referred.is_some_and(|referred| referred.conversation == spoken.conversation)
        };
        let refers_to = spoken.refers_to.filter(is_there);
        self.messages.insert(spoken.seq, Arc::new(Spoken { refers_to, ..spoken.clone() }));
        Ok(())
    }

    /// A message that is not in the conversation remains, whatever the server says.
    fn redact(&mut self, conversation: &Conversation, seq: u64) {
        if self.messages.get(&seq).is_some_and(|spoken| spoken.conversation.as_ref() == Some(conversation)) {
            self.redacted.insert(seq);
        }
    }

    fn change_channel(&mut self, id: ChannelId, change: &ChannelChange) -> Checked {
        let known = self.channels.get(&id);
        let state = known.ok_or_else(|| Finding::new("kept", format!("{id:?} is not kept")))?;
        let mut changed = state.clone();
        changed.apply(change.clone());
        ensure(!is_same(&changed, state), "kept", || format!("{change:?} changes nothing of {state:?}"))?;
        self.write_channel(changed)
    }

    /// Forgets a channel: nobody reads its messages again, and its number is not reused.
    fn forget(&mut self, id: ChannelId, deleted: &[&str]) -> Checked {
        let gone = self.channels.remove(&id);
        let is_due = |state: &ChannelState| {
            let ends_at = state.empty_since.zip(self.forget_empty_after).map(|(since, after)| since + after);
            let is_over = ends_at.is_some_and(|at| at <= self.latest) && !self.autojoin.contains(&state.name);
            is_over
                || self.is_unused(state)
                || deleted.iter().any(|name| self.casemapping.fold(name) == state.name.folded())
        };
        ensure(gone.as_ref().is_some_and(is_due), "forgotten", || format!("{gone:?} at {}", self.latest))?;
        self.forgotten.insert(id);
        let room = Some(Conversation::Channel(id));
        let of_it = self.messages.values().filter(|spoken| spoken.conversation == room);
        let numbers: Vec<u64> = of_it.map(|spoken| spoken.seq).collect();
        self.redacted.extend(numbers);
        Ok(())
    }

    /// Messages expire, and nobody reads them again. The server may say so only if they are too old.
    fn expire(&mut self, conversation: Option<&Conversation>, before: Timestamp) -> Checked {
        let retain = match conversation {
            Some(Conversation::Channel(id)) => self.channels.get(id).and_then(|state| state.retain),
            Some(Conversation::Accounts(_)) => None,
            None => self.retain,
        };
        let is_due = retain.is_some_and(|retain| before + retain <= self.latest);
        ensure(is_due, "expired", || format!("{conversation:?} before {before} at {}", self.latest))?;
        let is_old = |spoken: &&Arc<Spoken>| {
            spoken.at < before && conversation.is_none_or(|one| spoken.conversation.as_ref() == Some(one))
        };
        let numbers: Vec<u64> = self.messages.values().filter(is_old).map(|spoken| spoken.seq).collect();
        self.redacted.extend(numbers);
        Ok(())
    }

    /// Whether a channel has an owner and nothing else that would be worth keeping.
    fn is_unused(&self, state: &ChannelState) -> bool {
        let is_owners = |(account, rank): (&AccountId, &Rank)| {
            state.owner == Some(*account) && !rank.contains(Rank::FOUNDER)
        };
        let lists = [&state.bans, &state.ban_exceptions, &state.invite_exceptions];
        state.owner.is_some()
            && state.topic.is_none()
            && state.metadata.is_empty()
            && state.retain.is_none()
            && state.newcomers_read.is_none()
            && state.offered_to.is_none()
            && lists.iter().all(|list| list.is_empty())
            && state.access.iter().all(is_owners)
            && self.of(&state.conversation()).next().is_none()
    }

    fn write_channel(&mut self, state: ChannelState) -> Checked {
        let same_name = self.channels.values().find(|kept| kept.name == state.name);
        ensure(same_name.is_none_or(|kept| kept.id == state.id), "kept", || {
            format!("two numbers of one channel: {same_name:?} and {state:?}")
        })?;
        ensure(!self.forgotten.contains(&state.id), "kept", || format!("it was forgotten: {state:?}"))?;
        self.names.entry(state.id).or_default().insert(state.name.folded().to_owned());
        self.channels.insert(state.id, state);
        Ok(())
    }

    fn said(&self, text: &str) -> impl Iterator<Item = &Arc<Spoken>> {
        self.by_text.get(text).into_iter().flatten().filter_map(|seq| self.messages.get(seq))
    }

    fn is_in(&self, spoken: &Spoken, room: &str) -> bool {
        self.casemapping.fold(&spoken.target) == room
    }

    fn of<'a>(&'a self, conversation: &'a Conversation) -> impl DoubleEndedIterator<Item = &'a Arc<Spoken>> {
        let is_there = move |spoken: &&Arc<Spoken>| !self.redacted.contains(&spoken.seq);
        let is_of_it = move |spoken: &&Arc<Spoken>| spoken.conversation.as_ref() == Some(conversation);
        self.messages.values().filter(is_of_it).filter(is_there)
    }
}

/// Whether two states are equal even in spelling, because names are equal in any spelling.
fn is_same(one: &ChannelState, other: &ChannelState) -> bool {
    one == other && one.name.as_str() == other.name.as_str()
}

/// The lines of a message that are not blank, which everyone gets, as a batch or one by one.
pub(crate) fn lines(spoken: &Spoken) -> impl Iterator<Item = &str> {
    let pieces = pieces(&spoken.text, &spoken.cuts).into_iter();
    pieces.map(|piece| piece.text).filter(|text| !text.is_empty())
}

fn untargeted(spoken: &Arc<Spoken>) -> Arc<Spoken> {
    Arc::new(Spoken { target: String::new(), ..Spoken::clone(spoken) })
}

#[cfg(test)]
mod tests {
    use parla_server::Flags;

    use super::*;

    #[test]
    fn what_a_server_has_and_what_is_kept_are_compared() {
        let settings = Settings::named("a.b");
        let name = ChannelName::parse("#a", &settings.network.name_rules()).unwrap();
        let state = ChannelState::new(ChannelId::from_number(1), name, Timestamp::default(), Flags::empty());
        let mut store = Store::new(&settings);
        assert!(store.is_had(&[], &[]).is_ok());
        store.write(vec![Change::Channel(Box::new(state.clone()))], &[]).unwrap();
        assert!(store.is_had(&[&state], &[]).is_ok());
        let other = ChannelState { key: Some("key".to_owned()), ..state };
        assert!(store.is_had(&[], &[]).is_err() && store.is_had(&[&other], &[]).is_err());
    }
}
