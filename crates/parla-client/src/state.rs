//! What is so now on one network: the connection, what was agreed on, the conversations and the people in them, and what the
//! interface has not been told of it.
//!
//! Knows nothing of messages that wait to be confirmed, nor of what is asked about earlier ones: [`crate::outbox`] and
//! [`crate::history`] change this and not the other way round.

use std::sync::Arc;

use parla_proto::{Line, Timestamp};

use crate::{
    buffers::Buffers,
    changes::Changes,
    contract::{Archive, Kept, Output, Settings},
    directory::DirectoryBuilder,
    display_names::{DisplayNames, Later},
    link::Link,
    markers::Markers,
    naming,
    people::People,
    problem::{Problem, ProblemKind},
    regain::Regain,
    secrets,
    session::Session,
    survey::Survey,
    text::{Letters, Text, shown_name},
    timeline::Spot,
    turn::Turn,
    view::{
        BufferId, BufferKind, Content, Event, Features, Gap, NetworkView, Notice, Presence, Row, RowId,
        Update,
    },
};

/// The state of one network.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) link: Link,
    pub(crate) session: Session,
    pub(crate) buffers: Buffers,
    pub(crate) survey: Survey,
    pub(crate) directory: DirectoryBuilder,
    /// Who was asked about by WHOIS.
    pub(crate) people: People,
    /// What people want to be called.
    pub(crate) names: DisplayNames,
    pub(crate) metadata_later: Later,
    pub(crate) markers: Markers,
    /// The room that the line before took the person out of, unasked, and when.
    pub(crate) left: Option<(BufferId, Timestamp)>,
    pub(crate) away: Option<Arc<str>>,
    /// The reason that was given with the last wish to be away.
    pub(crate) away_asked: Option<Arc<str>>,
    pub(crate) look: Look,
    /// The conversation whose newest row is in view, and of which something missed is still awaited.
    pub(crate) seen_later: Option<BufferId>,
    /// The nick that the person asked for and the server has not given yet.
    pub(crate) nick_asked: Option<Arc<str>>,
    /// Whether the person waits for the wanted nick.
    pub(crate) regain: Regain,
    pub(crate) changes: Changes,
}

/// What the person is looking at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) buffer: Option<BufferId>,
    pub(crate) at_end: bool,
}

impl State {
    /// Nothing is known and nothing connected.
    pub(crate) fn new(settings: Settings, now: Timestamp) -> Self {
        Self {
            link: Link::new(settings.seed, now),
            session: Session::new(&settings.nick),
            buffers: Buffers::new(&settings),
            settings,
            survey: Survey::default(),
            directory: DirectoryBuilder::default(),
            people: People::default(),
            names: DisplayNames::default(),
            metadata_later: Later::default(),
            markers: Markers::default(),
            left: None,
            away: None,
            away_asked: None,
            look: Look::default(),
            seen_later: None,
            nick_asked: None,
            regain: Regain::default(),
            changes: Changes::default(),
        }
    }

    /// What was true of the connection is true no more. Gives the conversations that the person had asked to leave: they are
    /// over.
    pub(crate) fn connection_lost(&mut self) -> Vec<BufferId> {
        self.session = self.session.next(&self.settings.nick);
        self.survey = Survey::default();
        self.people = People::default();
        self.names.clear();
        self.metadata_later = Later::default();
        self.left = None;
        self.markers = Markers::default();
        self.directory.interrupted();
        self.away = None;
        self.regain.connection_lost();
        self.nick_asked = None;
        let mut left = Vec::new();
        for buffer in self.buffers.iter_mut() {
            buffer.read_told = None;
            buffer.begin_anew();
            if buffer.kind == BufferKind::Room && buffer.is_present() {
                buffer.leave(Presence::Joining);
            }
            if buffer.is_leaving {
                left.push(buffer.id);
            }
            self.changes.buffer(buffer.id);
        }
        left
    }

    /// What has changed since the last call. Things that are gone come first, things to say once last.
    pub(crate) fn take_updates(&mut self) -> Vec<Update> {
        let network = self.settings.network;
        let closed = self.changes.take_closed();
        let mut updates: Vec<Update> =
            closed.into_iter().map(|id| Update::BufferClosed(network, id)).collect();
        if std::mem::take(&mut self.changes.network) {
            updates.push(Update::Network(self.view()));
        }
        for id in self.changes.take_buffers() {
            if let Some(buffer) = self.buffers.get(id) {
                updates.push(Update::Buffer(network, buffer.view(&self.session)));
            }
        }
        if std::mem::take(&mut self.changes.directory) {
            updates.push(Update::Directory(network, self.directory.view()));
        }
        updates.extend(self.changes.take_events());
        updates
    }

    fn view(&self) -> NetworkView {
        let address = &self.settings.address;
        NetworkView {
            id: self.settings.network,
            name: self.session.network.clone().unwrap_or_else(|| Arc::clone(address)),
            address: Arc::clone(address),
            nick: shown_name(&self.session.nick),
            nick_wanted: self.regain.wanted().map(|nick| shown_name(nick)),
            login: self.settings.credentials.login.as_ref().map(|login| login.name.as_str().into()),
            away: self.away.clone(),
            link: self.link.shown(),
            features: Features { history: self.session.has_history(), private: self.settings.private },
        }
    }

    /// A text with the person's name marked: the one they have, or the one they wait for. Says whether it is there.
    pub(crate) fn parse_naming(&self, text: &str) -> (Text, bool) {
        let letters = Letters { casemapping: self.session.casemapping, compose: self.settings.compose };
        let named = Text::parse_naming(text, &self.session.nick, letters);
        match self.regain.wanted() {
            Some(nick) if !named.1 => Text::parse_naming(text, nick, letters),
            _ => named,
        }
    }
}

/// What is said to the person.
impl State {
    pub(crate) fn problem(&self, kind: ProblemKind, about: &str, details: &str) -> Problem {
        Problem {
            kind,
            about: shown_name(about),
            details: details.chars().filter(|char| !char.is_control()).take(500).collect::<String>().into(),
        }
    }

    /// Says something once.
    pub(crate) fn say(&mut self, buffer: Option<BufferId>, notice: Notice) {
        self.changes.event(Update::Notice(self.settings.network, buffer, notice));
    }

    /// Says that a nick was refused, with another one that may be had.
    pub(crate) fn refuse_nick(&mut self, problem: Problem, nick: &str) {
        let suggestion = naming::suggestion(&self.session, nick, problem.kind, self.settings.transliterate);
        self.say(None, Notice::NickRefused { problem: Arc::new(problem), suggestion });
    }

    /// Says that something did not work.
    pub(crate) fn complain(&mut self, buffer: Option<BufferId>, problem: Problem) {
        self.say(buffer, Notice::Problem(Arc::new(problem)));
    }

    /// Sends a line, or says that there is nobody to send it to.
    pub(crate) fn ask(&mut self, buffer: Option<BufferId>, line: Line, turn: &mut Turn<'_>) {
        if self.link.is_online() {
            turn.send(line);
        } else {
            self.complain(buffer, self.problem(ProblemKind::Offline, "", ""));
        }
    }
}

/// Things that happen to conversations, whichever command told of them.
impl State {
    /// Something happened in a conversation.
    pub(crate) fn happened(&mut self, id: BufferId, at: Timestamp, event: Event) {
        let row = self.buffers.row_id();
        if let Some(buffer) = self.buffers.get_mut(id) {
            buffer.timeline.insert(Row { id: row, at, content: Content::Event(event) }, None);
            self.changes.buffer(id);
        }
    }

    /// Puts a gap in its place.
    pub(crate) fn add_gap(&mut self, (id, spot): (BufferId, Spot), gap: Gap) -> Option<RowId> {
        let row = self.buffers.row_id();
        let buffer = self.buffers.get_mut(id)?;
        let at = gap.from.unwrap_or(gap.to);
        buffer.timeline.insert_at(spot, Row { id: row, at, content: Content::Gap(gap) }, None);
        self.changes.buffer(id);
        Some(row)
    }

    /// What the server says, or a person whom nobody talks to, on the server's own page.
    pub(crate) fn note_server(&mut self, at: Timestamp, who: Option<&str>, text: &str) {
        let Some(id) = self.buffers.open(&self.session, BufferKind::Server, "") else { return };
        let row = self.buffers.row_id();
        let text = match who {
            Some(nick) => Text::parse(&format!("<{}> {text}", shown_name(nick))),
            None => Text::parse(text),
        };
        if let Some(buffer) = self.buffers.get_mut(id) {
            buffer.note(Row { id: row, at, content: Content::Server(text) });
        }
        self.changes.buffer(id);
    }

    /// Repeats what a room is about, where the person is reading.
    pub(crate) fn show_topic(&mut self, id: BufferId, now: Timestamp) {
        let topic = self.buffers.get(id).and_then(|buffer| buffer.topic.clone());
        let Some(topic) = topic else { return };
        let by = topic.by.clone().unwrap_or_else(|| Arc::clone(&self.settings.address));
        self.happened(id, now, Event::TopicSet { by, topic: topic.text.clone() });
    }
}

/// What was read.
impl State {
    /// Something of this conversation was read.
    pub(crate) fn read(&mut self, id: BufferId) {
        self.changes.memory = true;
        self.markers.moved();
        self.changes.buffer(id);
    }

    /// Something new came into a conversation. If it was read to its end and is before the person's eyes, it still is.
    pub(crate) fn came(&mut self, id: BufferId) {
        if self.buffers.get(id).is_some_and(|buffer| buffer.unread == 0) {
            self.seen(id);
        }
    }

    /// What the person looks at has been seen, once all that was missed has come in.
    pub(crate) fn see_later(&mut self) {
        let Some(id) = self.seen_later.filter(|id| self.look.buffer == Some(*id)) else { return };
        if self.buffers.get(id).is_some_and(|buffer| !buffer.is_awaited()) {
            self.seen_later = None;
            self.seen(id);
        }
    }

    /// The person sees all that is here, if he looks at its end.
    pub(crate) fn seen(&mut self, id: BufferId) {
        if self.look.buffer != Some(id) || !self.look.at_end {
            return;
        }
        if let Some(buffer) = self.buffers.get_mut(id)
            && !buffer.is_awaited()
            && buffer.mark_read()
        {
            self.read(id);
        }
    }
}

/// What the shell keeps of conversations.
impl State {
    /// Gives a message to the shell, if it keeps messages of such conversations.
    pub(crate) fn keep(&self, kept: impl FnOnce() -> Kept, turn: &mut Turn<'_>) {
        if self.settings.archive == Archive::Nothing {
            return;
        }
        let mut kept = kept();
        if kept.own && secrets::hides(&kept.buffer, &kept.text) {
            kept.text = secrets::shown(&kept.buffer, &kept.text).into();
        }
        if self.settings.archive.keeps(kept.kind) {
            turn.outputs.push(Output::Keep(kept));
        }
    }

    /// Tells the shell what a conversation was called until now, if it keeps messages of it.
    pub(crate) fn keep_renamed(&self, id: BufferId, before: &Arc<str>, turn: &mut Turn<'_>) {
        if let Some(buffer) = self.buffers.get(id)
            && self.settings.archive.keeps(buffer.kind)
        {
            let (from, to) = (Arc::clone(before), Arc::clone(&buffer.name));
            turn.outputs.push(Output::Rename { kind: buffer.kind, from, to });
        }
    }
}
