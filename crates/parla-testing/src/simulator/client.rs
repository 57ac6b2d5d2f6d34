//! One simulated client: what it has sent, what it was told, and what it therefore believes about the
//! network.
//!
//! It relies only on the lines that it is sent.

mod answer;
mod deletion;
mod entrance;
mod invitation;
mod metadata;
mod names;
pub(crate) mod person;
mod private;
mod redaction;
mod rename;
mod room;
mod scene;
pub(crate) mod watch;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use parla_proto::{Capabilities, Message, Source, name::is_channel};
use parla_server::ConnectionId;
use slotmap::Key as _;

use self::answer::{Answer, Batch};
pub(crate) use self::{person::Person, room::Room, scene::Scene};
use super::{
    checkers::{self, Checked, Finding, Reader, ensure},
    rank,
};

/// The number of a connection in reports. A later connection may have the same one.
pub(crate) fn number(connection: ConnectionId) -> u64 {
    connection.key().data().as_ffi() & 0xffff_ffff
}

/// A line that a client sent.
#[derive(Clone, Debug)]
pub(crate) enum Sent {
    Line(Vec<u8>),
    TooLong,
}

/// A client.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) connection: ConnectionId,
    /// Its machine, and its connection id there.
    pub(crate) place: (usize, ConnectionId),
    /// The nicks that the client has requested.
    wanted_nicks: BTreeSet<String>,
    /// Whether the client was removed, or its machine declared dead, of which people on other machines may
    /// have been told before.
    was_lost: bool,
    pub(crate) unthrottled: bool,
    /// The nick in the server's spelling; `None` before registration is complete.
    pub(crate) nick: Option<String>,
    /// Every nick that it has had, folded.
    nicks: BTreeSet<String>,
    /// The text and receiver, folded, of a private message that has just come back to its sender.
    confirmed: Option<(String, String)>,
    /// `nick!user@host`, from the welcome.
    pub(crate) source: String,
    pub(crate) capabilities: Capabilities,
    /// Rooms by folded name.
    pub(crate) rooms: BTreeMap<String, Room>,
    /// The nicks that the client watches, folded, and whether it was told that they are online.
    watched: BTreeMap<String, bool>,
    /// Lines that the server has not handled yet.
    pub(crate) sent: VecDeque<Sent>,
    /// Whether the client itself has closed the connection.
    pub(crate) left: bool,
    /// The token of a PING that has not been answered yet.
    pub(crate) pinged: Option<String>,
    /// METADATA keys that the client subscribed to.
    subscribed: BTreeSet<String>,
    /// Whether it has ever been an operator of the server.
    pub(crate) was_operator: bool,
    /// Whether it cannot distinguish history from new messages.
    muddled: bool,
    /// The new name of a room that it has left because of a rename, and is about to enter again.
    moving: Option<String>,
    current: Option<Answer>,
    batches: BTreeMap<String, Batch>,
    /// The labels of batches that the client has opened and not closed.
    deferred: BTreeSet<String>,
    /// What it knows of its account, in a run with people.
    pub(crate) person: Person,
}

impl Client {
    pub(crate) fn new(connection: ConnectionId, place: (usize, ConnectionId), unthrottled: bool) -> Self {
        Self {
            connection,
            place,
            wanted_nicks: BTreeSet::new(),
            was_lost: false,
            unthrottled,
            nick: None,
            nicks: BTreeSet::new(),
            confirmed: None,
            source: String::new(),
            capabilities: Capabilities::empty(),
            rooms: BTreeMap::new(),
            watched: BTreeMap::new(),
            sent: VecDeque::new(),
            left: false,
            pinged: None,
            subscribed: BTreeSet::new(),
            was_operator: false,
            muddled: false,
            moving: None,
            current: None,
            batches: BTreeMap::new(),
            deferred: BTreeSet::new(),
            person: Person::default(),
        }
    }

    /// The client's name in reports.
    pub(crate) fn name(&self) -> String {
        let nick = self.nick.as_deref().unwrap_or("?");
        format!("{}.{nick}", number(self.connection))
    }

    /// Notes that the client sends a line.
    pub(crate) fn sends(&mut self, sent: &Sent) {
        self.sent.push_back(sent.clone());
        if let Sent::Line(line) = sent
            && let Ok(message) = Message::parse(line)
            && message.command.eq_ignore_ascii_case("NICK")
            && let Some(nick) = message.param(0)
        {
            self.wanted_nicks.insert(nick.to_owned());
        }
    }

    /// Notes that the server has handled the next line.
    pub(crate) fn line_taken(&mut self, scene: &Scene) -> Checked {
        self.answer_is_complete(scene)?;
        let sent = self.sent.pop_front().ok_or_else(|| {
            Finding::new("lines taken", format!("{} has sent no line that was not taken", self.name()))
        })?;
        let Sent::Line(line) = sent else { return Ok(()) };
        watch::line_taken(self, &line, scene);
        let answer = Answer::to(line, self.capabilities);
        let reads_bare = self.capabilities.contains(Capabilities::CHATHISTORY)
            && !self.capabilities.contains(Capabilities::BATCH);
        if reads_bare && answer.is_to("CHATHISTORY") {
            self.muddled = true;
        }
        self.current = Some(answer);
        Ok(())
    }

    /// Notes that the store has answered for the line that is being handled.
    pub(crate) fn history_answered(&mut self, result: Option<parla_server::QueryResult>) {
        if let Some(current) = &mut self.current {
            current.history = result;
        }
    }

    /// Checks the complete answer to the last line.
    pub(crate) fn answer_is_complete(&mut self, scene: &Scene) -> Checked {
        let Some(answer) = self.current.take() else { return Ok(()) };
        match answer.deferred_label() {
            Some(label) => {
                self.deferred.insert(label.to_owned());
            }
            None => answer.is_labelled_once()?,
        }
        ensure(self.batches.is_empty(), "batch", || format!("{} has an open batch", self.name()))?;
        if scene.texts_differ && !self.muddled && self.nick.is_some() && scene.people.is_none() {
            answer.echoes_fit(self, scene)?;
        }
        Ok(())
    }

    /// Checks that nothing is missing when the connection ends. Echoes may be, because messages may still be
    /// on their way into the log.
    pub(crate) fn closed(&self, scene: &Scene) -> Checked {
        if let Some(answer) = self.current.as_ref().filter(|answer| answer.deferred_label().is_none()) {
            answer.is_labelled_once()?;
        }
        ensure(self.batches.is_empty(), "batch", || format!("{} has an open batch", self.name()))?;
        if self.was_lost { Ok(()) } else { self.is_caught_up(scene) }
    }

    /// Checks that the client was told everything that happened in its rooms.
    pub(crate) fn is_caught_up(&self, scene: &Scene) -> Checked {
        let nick = self.folded_nick(scene);
        for (name, room) in &self.rooms {
            if let Some(journal) = scene.journals.get(name) {
                journal.is_caught_up(room.at, self.reader(&nick)).map_err(|finding| {
                    Finding::new(finding.checker, format!("in {name}, {}", finding.what))
                })?;
            }
        }
        Ok(())
    }

    /// Checks that a client that left a room because of a rename has entered the new one by now.
    pub(crate) fn has_arrived(&self) -> Checked {
        ensure(self.moving.is_none(), "rename", || {
            format!("{} was taken out of {:?}, and not into its new name", self.name(), self.moving)
        })
    }

    /// Handles a line from the server.
    pub(crate) fn hear(&mut self, line: &[u8], message: &Message<'_>, scene: &mut Scene) -> Checked {
        self.hear_message(message, scene).map_err(|finding| {
            let what = format!("{}\n  {} was sent: {}", finding.what, self.name(), checkers::shown(line));
            Finding { what, ..finding }
        })
    }

    fn hear_message(&mut self, message: &Message<'_>, scene: &mut Scene) -> Checked {
        checkers::tags(message, self.capabilities)?;
        let label = message.tags.get("label");
        if let Some(label) = &label {
            let current = self.current.as_mut();
            let fits = current.is_some_and(|current| current.hear_label(label))
                || self.deferred.remove(label.as_ref());
            ensure(fits, "label", || "a label of no line that waits for its answer".to_owned())?;
        }
        if message.command == "BATCH" {
            return self.hear_batch(message, label.is_some(), scene);
        }
        let mut labelled = label.is_some();
        if let Some(name) = message.tags.get("batch") {
            let batch = self.batches.get_mut(name.as_ref());
            let batch = batch.ok_or_else(|| Finding::new("batch", "a line of no open batch".to_owned()))?;
            if batch.collect(message) {
                return Ok(());
            }
            labelled |= batch.labelled;
        }
        match message.source {
            Some(Source { name, user: Some(_), host: Some(_) }) => {
                self.hear_user(message, name, labelled, scene)
            }
            Some(Source { name, user: None, host: None }) if name == scene.settings.network.name => {
                self.hear_server(message, scene)
            }
            None if message.command == "ERROR" => {
                let put_out = ["(Killed (", "lost touch"];
                self.was_lost =
                    message.param(0).is_some_and(|why| put_out.iter().any(|word| why.contains(word)));
                self.person.is_ending = true;
                Ok(())
            }
            None if ["PING", "AUTHENTICATE"].contains(&message.command) => self.hear_server(message, scene),
            _ => Err(Finding::new("source", "neither a user nor the server".to_owned())),
        }
    }

    fn hear_server(&mut self, message: &Message<'_>, scene: &mut Scene) -> Checked {
        let is_numeric = message.command.bytes().all(|byte| byte.is_ascii_digit());
        if message.command == "001" && scene.people.is_none() {
            self.welcomed(message, scene)?;
        }
        let is_for_anyone = matches!(message.command, "730" | "731") && message.param(0) == Some("*");
        if let Some(nick) = self.nick.as_deref().filter(|_| is_numeric && !is_for_anyone) {
            // An answer may have been collected before another client of the same person changed the nick.
            let was_mine = || {
                let to = scene.fold(message.param(0).unwrap_or_default());
                scene.people.is_some() && self.nicks.contains(&to)
            };
            ensure(message.param(0) == Some(nick) || was_mine(), "numeric", || format!("not to {nick}"))?;
        }
        if scene.people.is_some() {
            if person::hear_server(self, message, scene)? {
                return Ok(());
            }
        } else {
            entrance::is_no_secret(self, message, scene)?;
        }
        match message.command {
            "CAP" => self.hear_cap(message, scene),
            "PING" => {
                self.pinged = message.param(0).map(str::to_owned);
                Ok(())
            }
            "353" => names::hear(self, message, scene),
            "366" => names::hear_end(self, message, scene),
            "730" | "731" => watch::hear(self, message, scene),
            "381" => {
                self.was_operator = true;
                Ok(())
            }
            "331" | "332" => names::hear_topic(self, message, scene),
            "MODE" | "NOTICE" if message.param(0).is_some_and(is_channel) => {
                room::hear_change(self, message, &scene.settings.network.name.clone(), scene)
            }
            "KICK" => deletion::hear(self, message, scene),
            "NOTICE" => {
                let target = self.nick.as_deref();
                ensure(target.is_none_or(|nick| message.param(0) == Some(nick)), "target", || {
                    "a notice to someone else".to_owned()
                })
            }
            "ACK" => ensure(message.tags.get("label").is_some(), "label", || "ACK of nothing".to_owned()),
            "CHATHISTORY" => {
                let current = self.current.as_ref();
                ensure(current.is_some_and(|current| current.is_to("CHATHISTORY")), "history", || {
                    "an answer without a question".to_owned()
                })
            }
            "761" | "766" | "METADATA" => metadata::hear_value(self, message, scene),
            "770" | "771" => metadata::hear_subscription(self, message),
            "MARKREAD" => {
                // Everybody gets the answer to their own command, but only interested clients get the rest.
                let asked = self.current.as_ref().is_some_and(|current| current.is_to("MARKREAD"));
                if asked { Ok(()) } else { self.needs(Capabilities::READ_MARKER) }
            }
            "PONG" | "FAIL" | "WARN" | "NOTE" => Ok(()),
            _ if is_numeric => Ok(()),
            _ => {
                Err(Finding::new("unknown line", "the client knows no such command of the server".to_owned()))
            }
        }
    }

    fn welcomed(&mut self, message: &Message<'_>, scene: &mut Scene) -> Checked {
        let is_wanted = message.param(0).is_some_and(|nick| self.wanted_nicks.contains(nick));
        ensure(self.nick.is_none() && is_wanted, "identity", || {
            format!("{} is welcomed as somebody else", self.name())
        })?;
        self.nick = message.param(0).map(str::to_owned);
        let nick = self.folded_nick(scene);
        // An earlier user with this nick was somebody else.
        scene.invited.retain(|(_, invited)| *invited != nick);
        self.nicks.insert(nick);
        let source = message.params.last().and_then(|text| text.rsplit_once(", "));
        self.source = source.map(|(_, source)| source.to_owned()).unwrap_or_default();
        Ok(())
    }

    fn hear_cap(&mut self, message: &Message<'_>, scene: &Scene) -> Checked {
        let (Some("ACK"), Some(list)) = (message.param(1), message.param(2)) else { return Ok(()) };
        let Some((added, removed)) = Capabilities::requested(list) else {
            return Err(Finding::new("capabilities", "ACK of what there is not".to_owned()));
        };
        // What was not sent under the old capabilities is not owed under the new ones.
        let nick = self.folded_nick(scene);
        let reader = self.reader(&nick);
        let mut places: Vec<(String, usize)> =
            self.rooms.iter().map(|(name, room)| (name.clone(), room.at)).collect();
        for (name, at) in &mut places {
            if let Some(journal) = scene.journals.get(name) {
                journal.pass_over(at, reader);
            }
        }
        for (name, at) in places {
            if let Some(room) = self.rooms.get_mut(&name) {
                room.at = at;
            }
        }
        self.capabilities = (self.capabilities | added) - removed;
        metadata::hear_capabilities(self);
        Ok(())
    }

    fn hear_user(&mut self, message: &Message<'_>, from: &str, labelled: bool, scene: &mut Scene) -> Checked {
        if scene.people.is_some() {
            return person::hear_user(self, message, from, scene);
        }
        ensure(self.nick.is_some(), "outside", || "the client is not registered".to_owned())?;
        let target = message.param(0).unwrap_or_default();
        let to_room = is_channel(target);
        let to_me = scene.fold(target) == self.folded_nick(scene);
        match message.command {
            "PRIVMSG" | "NOTICE" | "TAGMSG" if to_room => room::hear_said(self, message, labelled, scene),
            "PRIVMSG" | "NOTICE" | "TAGMSG" if is_channel(rank::status_target(target).1) => {
                room::hear_status(self, message, labelled, scene)
            }
            "PRIVMSG" | "NOTICE" | "TAGMSG" => private::hear(self, message, from, (labelled, scene)),
            "JOIN" => room::hear_join(self, message, from, scene),
            "RENAME" => rename::hear(self, message, scene),
            "PART" if rename::is_rename(self, from, scene) => rename::hear_as_part(self, message, scene),
            "PART" | "KICK" | "TOPIC" => room::hear_change(self, message, from, scene),
            "REDACT" => {
                self.needs(Capabilities::MESSAGE_REDACTION)?;
                let from_me = scene.fold(from) == self.folded_nick(scene);
                let mine = to_me || from_me || self.rooms.contains_key(&scene.fold(target));
                ensure(mine, "outside", || "a message that the client never had".to_owned())?;
                if from_me { redaction::check_may_delete(self, message, scene) } else { Ok(()) }
            }
            "MODE" if to_room => room::hear_change(self, message, from, scene),
            "INVITE" if to_me => invitation::hear_own(self, message, from, scene),
            "INVITE" => invitation::hear(self, message, scene),
            "WALLOPS" => Ok(()),
            "MODE" | "KILL" => ensure(to_me, "target", || "to someone else".to_owned()),
            "NICK" => room::hear_nick(self, message, from, scene),
            "QUIT" => room::hear_quit(self, message, from, scene),
            "AWAY" => self.hear_of(from, Capabilities::AWAY_NOTIFY, scene),
            "SETNAME" => self.hear_of(from, Capabilities::SETNAME, scene),
            "ACCOUNT" => self.hear_of(from, Capabilities::ACCOUNT_NOTIFY, scene),
            _ => Err(Finding::new("unknown line", "the client knows no such command of a user".to_owned())),
        }
    }

    /// Checks that the client may be told something about a user: it must want that, and share a room with
    /// the user or watch them.
    fn hear_of(&self, from: &str, capability: Capabilities, scene: &Scene) -> Checked {
        self.needs(capability)?;
        let who = scene.fold(from);
        let shares =
            self.rooms.values().any(|room| room.may_lack_members() || room.members.contains_key(&who));
        let watches = self.capabilities.contains(Capabilities::EXTENDED_MONITOR)
            && self.watched.get(&who) == Some(&true);
        ensure(shares || watches || who == self.folded_nick(scene), "outside", || {
            format!("{from} shares no room, and is not watched")
        })
    }

    fn hear_batch(&mut self, message: &Message<'_>, labelled: bool, scene: &mut Scene) -> Checked {
        self.needs(Capabilities::BATCH)?;
        let name = message.param(0).unwrap_or_default();
        if let Some(outer) = message.tags.get("batch") {
            ensure(self.batches.contains_key(outer.as_ref()), "batch", || {
                "inside a batch that is not open".to_owned()
            })?;
        }
        if let Some(name) = name.strip_prefix('+') {
            let batch = Batch::new(message, labelled);
            let known = self.batches.insert(name.to_owned(), batch);
            return ensure(known.is_none(), "batch", || "the batch is open already".to_owned());
        }
        let batch = name.strip_prefix('-').and_then(|name| self.batches.remove(name));
        let batch = batch.ok_or_else(|| Finding::new("batch", "the batch is not open".to_owned()))?;
        if batch.is_message() {
            return self.hear_lines(&batch, scene);
        }
        for room in batch.rooms().filter(|room| is_channel(room)) {
            ensure(self.rooms.contains_key(&scene.fold(room)), "history outside", || {
                format!("the history of {room}, which the client has left")
            })?;
        }
        match &mut self.current {
            Some(current) => batch.is_what_was_asked(current, self.capabilities, scene),
            None => ensure(!batch.is_history(), "history", || "an answer without a question".to_owned()),
        }
    }

    /// Handles a multiline message, which must be equal to what clients get line by line.
    fn hear_lines(&mut self, batch: &Batch, scene: &mut Scene) -> Checked {
        self.needs(Capabilities::MULTILINE)?;
        let lines = batch.one_by_one();
        ensure(!lines.is_empty(), "batch", || "a message without text".to_owned())?;
        let outer = batch.outer.clone();
        for line in lines {
            let message = checkers::line(&line)?;
            let mut labelled = batch.labelled;
            if let Some(outer) = outer.as_ref().and_then(|outer| self.batches.get_mut(outer)) {
                if outer.collect(&message) {
                    continue;
                }
                labelled |= outer.labelled;
            }
            let from = message.source.map_or("", |source| source.name).to_owned();
            self.hear_user(&message, &from, labelled, scene)?;
        }
        Ok(())
    }

    pub(crate) fn needs(&self, capability: Capabilities) -> Checked {
        ensure(self.capabilities.contains(capability), "capabilities", || {
            format!("the client has no {}", capability.names().collect::<Vec<_>>().join(" "))
        })
    }

    /// Whether the client cannot distinguish history from new messages.
    pub(crate) const fn is_muddled(&self) -> bool {
        self.muddled
    }

    /// Whether a message is part of the history that the client has asked for, though nothing else shows it.
    pub(crate) fn is_replayed(&self, message: &Message<'_>, scene: &Scene) -> bool {
        let id = message.tags.get("msgid").and_then(|id| scene.store.ids.decode(&id));
        let asked = self.current.as_ref().filter(|_| self.muddled).and_then(|asked| asked.history.as_ref());
        let Some(parla_server::QueryResult::History(messages)) = asked else { return false };
        messages.iter().any(|spoken| Some(spoken.seq) == id)
    }

    pub(crate) fn folded_nick(&self, scene: &Scene) -> String {
        scene.fold(self.nick.as_deref().unwrap_or_default())
    }

    pub(crate) const fn reader<'a>(&self, nick: &'a str) -> Reader<'a> {
        Reader { nick, capabilities: self.capabilities, muddled: self.muddled }
    }
}
