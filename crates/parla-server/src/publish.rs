//! The only module that turns events into lines, for everyone who must hear of them.
//!
//! Each distinct form of a line, as capabilities demand it, is made once and shared by all who get it.

pub(crate) mod multiline;
pub(crate) mod publication;

use bytes::Bytes;
use parla_proto::{AccountName, Capabilities, Line, Message, MsgId, Nick, Timestamp, tag::escape};
use smallvec::SmallVec;

use crate::{
    base::{
        connection::ConnectionId, message_ids::MessageIds, metadata::METADATA_BATCH,
        settings::MachineSettings,
    },
    contract::output::Recipients,
    network::{
        Network, UserId, UserRef,
        change::Spoken,
        entry::{Meta, Verb},
        texts::OwnText,
        user::User,
    },
    publish::publication::Publication,
    session::{
        response::tag,
        sessions::{Receiver, Sessions},
        watchers::Watchers,
    },
};

/// Turns the events of one entry into lines for the connections of this machine.
pub(crate) struct Publisher<'a> {
    pub(crate) network: &'a Network,
    pub(crate) machine: &'a MachineSettings,
    pub(crate) sessions: &'a Sessions,
    pub(crate) watchers: &'a Watchers,
    /// What is to be sent, in order.
    pub(crate) publications: &'a mut Vec<Publication>,
    pub(crate) meta: Meta,
    /// When the server was started.
    pub(crate) started_at: Timestamp,
    /// The connection that gets the answer, if it is on this machine.
    pub(crate) origin: Option<ConnectionId>,
    /// The actor, if their lines carry an account or a bot tag.
    pub(crate) sender: Option<&'a Sender>,
    /// Sessions with any of these capabilities are left out for now, because they are told in another way.
    pub(crate) left_out: Capabilities,
}

/// The actor of an entry as they were before it, if they were logged in or are a bot: each of their lines
/// carries those tags for clients that want them. <https://ircv3.net/specs/extensions/account-tag>,
/// <https://ircv3.net/specs/extensions/bot-mode>
#[derive(Debug)]
pub(crate) struct Sender {
    source: Box<str>,
    account: Option<AccountName>,
    is_bot: bool,
}

impl Sender {
    /// The sender for a user; `None` if the user has neither an account nor the bot mode.
    pub(crate) fn of(user: &User) -> Option<Self> {
        let (account, is_bot) = (user.account().cloned(), user.is_bot());
        (account.is_some() || is_bot).then(|| Self { source: user.source().into(), account, is_bot })
    }

    /// The capabilities of clients that want these tags.
    fn relevant(&self) -> Capabilities {
        let mut relevant = Capabilities::empty();
        relevant.set(Capabilities::ACCOUNT_TAG, self.account.is_some());
        relevant.set(Capabilities::MESSAGE_TAGS, self.is_bot);
        relevant
    }

    /// The line with the tags that these capabilities ask for, if it comes from this sender and does not
    /// carry them yet.
    fn sign(&self, line: Bytes, capabilities: Capabilities) -> Bytes {
        let tags = Message::tags_of(&line);
        let account = self
            .account
            .as_ref()
            .filter(|_| capabilities.contains(Capabilities::ACCOUNT_TAG) && tags.get("account").is_none());
        let is_bot = self.is_bot && capabilities.contains(Capabilities::MESSAGE_TAGS);
        let mut words = line.split(|byte| *byte == b' ').skip_while(|word| word.starts_with(b"@"));
        let source = words.next().and_then(|word| word.strip_prefix(b":"));
        if source != Some(self.source.as_bytes()) {
            return line;
        }
        let line = match account {
            Some(account) => tag(&line, &format!("account={}", escape(account.as_str()))),
            None => line,
        };
        if is_bot { tag(&line, "bot") } else { line }
    }
}

/// All tags that a line can have. A client's capabilities decide which of them it gets.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LineTags<'a> {
    pub(crate) batch: Option<&'a str>,
    pub(crate) account: Option<&'a AccountName>,
    pub(crate) id: Option<MsgId>,
    pub(crate) at: Timestamp,
    pub(crate) client_only: &'a str,
}

/// The capabilities that decide which tags a client gets.
pub(crate) const TAG_CAPABILITIES: Capabilities =
    Capabilities::MESSAGE_TAGS.union(Capabilities::SERVER_TIME).union(Capabilities::ACCOUNT_TAG);

impl LineTags<'_> {
    /// The tags as they appear on the wire, without the `@`. The server's come first, so that client-only
    /// tags never push them out.
    pub(crate) fn render(&self, capabilities: Capabilities) -> String {
        let mut tags = String::new();
        let mut add = |tag: &dyn std::fmt::Display| {
            use std::fmt::Write as _;
            // Writing to a String cannot fail.
            let _ = if tags.is_empty() { write!(tags, "{tag}") } else { write!(tags, ";{tag}") };
        };
        if let Some(batch) = self.batch {
            add(&format_args!("batch={batch}"));
        }
        if let Some(account) = self.account.filter(|_| capabilities.contains(Capabilities::ACCOUNT_TAG)) {
            add(&format_args!("account={}", escape(account.as_str())));
        }
        if let Some(id) = self.id.filter(|_| capabilities.contains(Capabilities::MESSAGE_TAGS)) {
            add(&format_args!("msgid={id}"));
        }
        if capabilities.contains(Capabilities::SERVER_TIME) {
            add(&format_args!("time={}", self.at));
        }
        if capabilities.contains(Capabilities::MESSAGE_TAGS) && !self.client_only.is_empty() {
            add(&self.client_only);
        }
        tags
    }
}

/// One form of the line, and the sessions that get it.
struct Rendering {
    capabilities: Capabilities,
    line: Option<Bytes>,
    to: Recipients,
}

impl<'a> Publisher<'a> {
    /// The sessions on this machine that belong to these users.
    pub(crate) fn receivers<I>(&self, users: I) -> impl Iterator<Item = Receiver> + use<'a, I>
    where
        I: Iterator<Item = UserId>,
    {
        let (sessions, left_out) = (self.sessions, self.left_out);
        let receivers = users.flat_map(move |user| sessions.receivers(user)).copied();
        receivers.filter(move |receiver| !receiver.capabilities.intersects(left_out))
    }

    /// The sender's own sessions here that are sent a copy of what the user sent: all but the one that sent
    /// it, and that one too if it has `echo-message`.
    pub(crate) fn echo(&self, sender: UserId) -> impl Iterator<Item = Receiver> + use<'a> {
        let origin = self.origin;
        let wants = |receiver: &Receiver| receiver.knows(Capabilities::ECHO_MESSAGE);
        self.receivers([sender].into_iter())
            .filter(move |receiver| Some(receiver.connection) != origin || wants(receiver))
    }

    /// The sessions of this machine that watch a nick.
    pub(crate) fn watchers_of(&self, nick: &Nick) -> Vec<Receiver> {
        let sessions = self.watchers.of(nick).filter_map(|watcher| self.sessions.get(watcher));
        sessions.filter(|session| session.user().is_some()).map(Receiver::of).collect()
    }

    /// The sessions that are told when something about a user changes, without duplicates: those of the user
    /// and of everyone who shares a channel with them, and watchers that have `extended-monitor`. All of them
    /// must have `capability`.
    pub(crate) fn interested_in(&self, id: UserId, capability: Capabilities) -> Vec<Receiver> {
        let Some(user) = self.network.user(id) else { return Vec::new() };
        let near = self.receivers(self.network.peers(id, user).into_iter().chain([id]));
        let mut readers: Vec<Receiver> = near.filter(|reader| reader.knows(capability)).collect();
        readers.extend(self.interested_watchers(user, capability));
        readers.sort_unstable_by_key(|reader| reader.connection);
        readers.dedup();
        readers
    }

    /// Like [`Self::interested_in`], for a text by the user that channels may filter. The user and their
    /// watchers get all of it.
    pub(crate) fn own_text(&self, id: UserId, capability: Capabilities, text: &str) -> OwnText<Receiver> {
        let Some(user) = self.network.user(id) else { return OwnText::for_all(None, Vec::new()) };
        let text = self.network.own_text(UserRef { id, user }, text.to_owned());
        let mut text = self.among_sessions(text, capability);
        let itself = self.receivers([id].into_iter()).filter(|receiver| receiver.knows(capability));
        for reader in self.interested_watchers(user, capability).into_iter().chain(itself) {
            text.add(reader);
        }
        text
    }

    /// Passes a text on to those sessions of its audience that have a capability.
    pub(crate) fn among_sessions(
        &self,
        text: OwnText<UserId>,
        capability: Capabilities,
    ) -> OwnText<Receiver> {
        text.spread(|user| {
            self.receivers([user].into_iter()).filter(move |receiver| receiver.knows(capability))
        })
    }

    /// The sessions that watch a user and have `extended-monitor` besides `capability`.
    fn interested_watchers(&self, user: &User, capability: Capabilities) -> Vec<Receiver> {
        let mut watchers = self.watchers_of(user.nick());
        watchers.retain(|watcher| watcher.knows(capability | Capabilities::EXTENDED_MONITOR));
        watchers
    }

    /// Sends a line that contains a user's own text, to each member of the audience with as much of it as
    /// they may hear. Where `line` returns nothing, nothing is sent.
    pub(crate) fn relay(&mut self, text: &OwnText<UserId>, line: impl Fn(Option<&str>) -> Option<Vec<u8>>) {
        for (text, audience) in text.versions() {
            if let Some(line) = line(text.as_deref()) {
                self.announce(audience.into_iter(), line);
            }
        }
    }

    /// Like [`Self::relay`], to sessions.
    pub(crate) fn relay_to(
        &mut self,
        text: &OwnText<Receiver>,
        line: impl Fn(Option<&str>) -> Option<Vec<u8>>,
    ) {
        for (text, audience) in text.versions() {
            if let Some(line) = line(text.as_deref()) {
                self.announce_to(audience.into_iter(), line);
            }
        }
    }

    /// Sends one line to an audience, with its time for those who want that.
    pub(crate) fn announce(&mut self, audience: impl Iterator<Item = UserId>, line: Vec<u8>) {
        let receivers = self.receivers(audience);
        self.announce_to(receivers, line);
    }

    /// Like [`Self::announce`], to sessions.
    pub(crate) fn announce_to(&mut self, receivers: impl Iterator<Item = Receiver>, line: Vec<u8>) {
        let line = Bytes::from(line);
        self.each_of(receivers, Capabilities::SERVER_TIME, |at, capabilities| {
            Some(timed(&line, at, capabilities))
        });
    }

    /// Sends every session of an audience the form of the line that fits its capabilities; only the
    /// `relevant` ones count.
    pub(crate) fn each(
        &mut self,
        audience: impl Iterator<Item = UserId>,
        relevant: Capabilities,
        render: impl FnMut(Timestamp, Capabilities) -> Option<Bytes>,
    ) {
        let receivers = self.receivers(audience);
        self.each_of(receivers, relevant, render);
    }

    /// Like [`Self::each`], for sessions, which must be without duplicates.
    fn each_of(
        &mut self,
        receivers: impl Iterator<Item = Receiver>,
        relevant: Capabilities,
        mut render: impl FnMut(Timestamp, Capabilities) -> Option<Bytes>,
    ) {
        let mut renderings: SmallVec<[Rendering; 4]> = SmallVec::new();
        let sender = self.sender;
        let relevant = sender.map_or(relevant, |sender| relevant | sender.relevant());
        let collecting = self.origin.filter(|origin| self.sessions.is_collecting(*origin));
        for receiver in receivers {
            let capabilities = receiver.capabilities & relevant;
            let known = renderings.iter().position(|rendering| rendering.capabilities == capabilities);
            let index = known.unwrap_or_else(|| {
                let signs = sender.filter(|sender| capabilities.intersects(sender.relevant()));
                let line = render(self.meta.at, capabilities);
                let line = match signs {
                    Some(sender) => line.map(|line| sender.sign(line, capabilities)),
                    None => line,
                };
                renderings.push(Rendering { capabilities, line, to: Recipients::new() });
                renderings.len() - 1
            });
            let Some(rendering) = renderings.get_mut(index) else { continue };
            if collecting == Some(receiver.connection) {
                if let Some(line) = rendering.line.clone() {
                    self.publications.push(Publication::Answer { connection: receiver.connection, line });
                }
            } else {
                rendering.to.push(receiver.connection);
            }
        }
        for Rendering { line, to, .. } in renderings {
            if let Some(line) = line.filter(|_| !to.is_empty()) {
                self.publications.push(Publication::Line { to, line });
            }
        }
    }

    /// Sends a line to the connection that the entry came from.
    pub(crate) fn answer(&mut self, line: Vec<u8>) {
        if let Some(origin) = self.origin {
            self.tell(origin, line);
        }
    }

    /// Sends a line to one session.
    pub(crate) fn tell(&mut self, connection: ConnectionId, line: Vec<u8>) {
        self.publications.push(Publication::Answer { connection, line: line.into() });
    }

    /// Sends a line to every session of a user that is here.
    pub(crate) fn tell_user(&mut self, user: UserId, line: Vec<u8>) {
        let line = Bytes::from(line);
        let answer =
            |receiver: Receiver| Publication::Answer { connection: receiver.connection, line: line.clone() };
        let answers = self.receivers([user].into_iter()).map(answer);
        self.publications.extend(answers);
    }

    /// Sends METADATA lines about a user or a channel to one session, as a batch.
    pub(crate) fn tell_metadata(&mut self, connection: ConnectionId, about: &str, lines: Vec<Bytes>) {
        let about = Some(about.to_owned());
        self.publications.push(Publication::Batch { connection, kind: METADATA_BATCH, about, lines });
    }

    /// Sends a message to sessions, each with the tags that it wants.
    pub(crate) fn say(&mut self, receivers: impl Iterator<Item = Receiver>, spoken: &Spoken) {
        if spoken.is_multiline() {
            return self.say_lines(receivers, spoken);
        }
        let ids = &self.network.settings.message_ids;
        self.each_of(receivers, TAG_CAPABILITIES, |_, capabilities| {
            spoken_line(ids, spoken, None, capabilities)
        });
    }
}

/// The line with its time, for clients that want it.
pub(crate) fn timed(line: &Bytes, at: Timestamp, capabilities: Capabilities) -> Bytes {
    tagged(line, LineTags { at, ..LineTags::default() }, capabilities)
}

/// The line with those of its tags that a client with these capabilities gets.
pub(crate) fn tagged(line: &Bytes, tags: LineTags<'_>, capabilities: Capabilities) -> Bytes {
    let tags = tags.render(capabilities);
    if tags.is_empty() { line.clone() } else { tag(line, &tags) }
}

/// A message as a line, alone or in a batch; `None` for a TAGMSG that the client does not understand.
pub(crate) fn spoken_line(
    ids: &MessageIds,
    spoken: &Spoken,
    batch: Option<&str>,
    capabilities: Capabilities,
) -> Option<Bytes> {
    let reads_tags = capabilities.contains(Capabilities::MESSAGE_TAGS);
    if spoken.verb == Verb::Tagmsg && !reads_tags {
        return None;
    }
    let tags = LineTags {
        batch,
        account: spoken.account.as_ref(),
        id: reads_tags.then(|| ids.encode(spoken.seq)),
        at: spoken.at,
        client_only: &spoken.tags,
    };
    let line = Line::tagged(&tags.render(capabilities)).source(&spoken.source);
    let line = line.command(spoken.verb.as_str()).param(&spoken.target);
    Some(if spoken.verb == Verb::Tagmsg { line } else { line.text(&spoken.text) }.finish().into())
}
