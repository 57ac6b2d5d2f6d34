//! The client: one network, from the wish to be there to what the interface shows.

use std::{collections::BTreeMap, sync::Arc};

use parla_proto::Timestamp;

use crate::{
    buffers::Buffers,
    changes::Changes,
    contract::{Input, Output, Settings},
    directory::DirectoryBuilder,
    display_names::DisplayNames,
    history::{self, Requests},
    intents,
    link::{Due, Link},
    markers::{self, Markers},
    naming,
    outbox::{self, Outbox},
    parting,
    problem::{Problem, ProblemKind},
    receive::{self, Batches, metadata, whois::Asked},
    records::{self, Records},
    regain::{self, Regain},
    registration,
    session::Session,
    sign_in,
    sorted_map::SortedMap,
    survey::{self, Survey},
    view::{BufferId, BufferKind, Features, NetworkView, Notice, Presence, Update},
};

/// A client of one network.
#[derive(Debug)]
pub struct Client {
    pub(crate) settings: Settings,
    pub(crate) link: Link,
    pub(crate) session: Session,
    pub(crate) buffers: Buffers,
    pub(crate) outbox: Outbox,
    pub(crate) requests: Requests,
    pub(crate) batches: Batches,
    pub(crate) survey: Survey,
    pub(crate) directory: DirectoryBuilder,
    /// Answers to WHOIS that are coming in, by folded nick.
    pub(crate) people: SortedMap<String, Asked>,
    /// What people want to be called.
    pub(crate) names: DisplayNames,
    pub(crate) metadata_later: metadata::Later,
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
    pub(crate) records: Records,
}

/// What the person is looking at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) buffer: Option<BufferId>,
    pub(crate) at_end: bool,
}

/// One call of [`Client::handle`]: its time, and where its outputs go.
pub(crate) struct Turn<'a> {
    pub(crate) now: Timestamp,
    pub(crate) outputs: &'a mut Vec<Output>,
}

impl Turn<'_> {
    pub(crate) fn send(&mut self, line: parla_proto::Line) {
        self.outputs.push(Output::Send(line.finish()));
    }
}

impl Client {
    /// A client that is not connected yet, with everything that was kept of this network by [`Output::Store`].
    pub fn new(settings: Settings, records: &BTreeMap<String, String>, now: Timestamp) -> Self {
        let mut client = Self {
            link: Link::new(settings.seed, now),
            session: Session::new(&settings.nick),
            buffers: Buffers::new(&settings),
            settings,
            outbox: Outbox::new(now),
            requests: Requests::default(),
            batches: Batches::default(),
            survey: Survey::default(),
            directory: DirectoryBuilder::default(),
            people: SortedMap::default(),
            names: DisplayNames::default(),
            metadata_later: metadata::Later::default(),
            markers: Markers::default(),
            left: None,
            away: None,
            away_asked: None,
            look: Look::default(),
            seen_later: None,
            nick_asked: None,
            regain: Regain::default(),
            changes: Changes::default(),
            records: Records::default(),
        };
        client.changes.network = true;
        records::restore(&mut client, records);
        client
    }

    /// Takes one input in; what is to be done comes behind what `outputs` holds already.
    pub fn handle(&mut self, now: Timestamp, input: Input<'_>, outputs: &mut Vec<Output>) {
        let turn = &mut Turn { now, outputs };
        let sent = turn.outputs.len();
        let is_wish = matches!(input, Input::Intent(_));
        if !matches!(input, Input::Closed(_))
            && let Some(due) = self.link.look(now)
        {
            self.carry_out(due, turn);
        }
        match input {
            Input::Start if self.link.is_online() || self.link.is_connecting() => {}
            Input::Start => self.connect(turn),
            Input::Progress(stage) => {
                self.link.progress(now, stage);
                self.changes.network = true;
            }
            Input::Opened => registration::begin(self, turn),
            // A connection that was given up may still have had something to say.
            Input::Line(_) | Input::LineTooLong if !self.link.is_open() => {}
            Input::Line(line) => receive::line(self, line, turn),
            // What was in it cannot be known; the connection goes on.
            Input::LineTooLong => self.link.heard(now),
            Input::Closed(problem) => self.closed(problem, turn),
            Input::Deadline => self.deadline(turn),
            Input::Moved { address, private } => {
                self.settings.address = address;
                self.settings.private = private;
                self.connect(turn);
            }
            Input::Offline => {
                let due = self.link.device_offline(now);
                self.network_changed(due, turn);
            }
            Input::Online => {
                let due = self.link.device_online(now);
                self.network_changed(due, turn);
            }
            Input::Awake => {
                let due = self.link.awake(now);
                self.network_changed(due, turn);
            }
            Input::Intent(intent) => intents::perform(self, &intent, turn),
            Input::Again(intent) => intents::show_again(self, &intent, turn),
            Input::Recalled { kind, name, messages, more } => {
                history::recalled(self, (kind, &name), (&messages, more), turn);
            }
        }
        outbox::look_again(self, turn);
        history::ask_next(self, turn);
        self.see_later();
        outbox::flush(self, turn);
        survey::ask_next(self, turn);
        markers::plan(self, turn);
        let has_sent = turn.outputs.iter().skip(sent).any(|output| matches!(output, Output::Send(_)));
        if is_wish && has_sent {
            self.link.awaits(now);
        }
        regain::ask(self, turn);
        records::store(self, turn);
    }

    /// When the client wants [`Input::Deadline`], at the latest.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let outbox = outbox::next_deadline(self);
        let survey = self.survey.next_deadline();
        let (markers, metadata) = (self.markers.next_deadline(), self.metadata_later.next_deadline());
        let sign_in = self.session.sign_in.next_deadline();
        let greeted = registration::greeted_by(self);
        let (requests, regain) = (self.requests.next_deadline(), self.regain.next_deadline());
        let own = [regain, sign_in, greeted, markers, metadata];
        [self.link.next_deadline(), requests, outbox, survey].into_iter().chain(own).flatten().min()
    }

    fn deadline(&mut self, turn: &mut Turn<'_>) {
        if let Some(due) = self.link.due(turn.now) {
            self.carry_out(due, turn);
        }
        sign_in::introduce_late(self, turn);
        if registration::greeted_by(self).is_some_and(|by| by <= turn.now) {
            registration::greeted(self, turn);
        }
        history::give_up_late(self, turn);
        self.survey.give_up_late(turn.now);
        markers::tell_due(self, turn);
        metadata::ask_due(self, turn);
    }

    fn carry_out(&mut self, due: Due, turn: &mut Turn<'_>) {
        match due {
            Due::Connect => self.connect(turn),
            Due::Ping => turn.send(parla_proto::Line::bare("PING").param("parla")),
            Due::GiveUp => {
                turn.outputs.push(Output::Disconnect);
                self.closed(self.problem(ProblemKind::TimedOut, "", ""), turn);
            }
        }
    }

    fn network_changed(&mut self, due: Option<Due>, turn: &mut Turn<'_>) {
        self.changes.network = true;
        if let Some(due) = due {
            self.carry_out(due, turn);
        }
    }

    /// Tries to connect, whatever was before.
    pub(crate) fn connect(&mut self, turn: &mut Turn<'_>) {
        self.leave_session(turn.now);
        self.link.begin(turn.now);
        self.changes.network = true;
        turn.outputs.push(Output::Connect);
    }

    fn closed(&mut self, mut problem: Problem, turn: &mut Turn<'_>) {
        if problem.kind == ProblemKind::ServerClosed {
            problem.kind = parting::problem(&problem.details);
        }
        self.leave_session(turn.now);
        // Who stopped on purpose stays so.
        if self.link.is_online() || self.link.is_connecting() {
            self.link.lost(turn.now, problem);
        }
        self.changes.network = true;
    }

    /// What was true of the connection is true no more.
    fn leave_session(&mut self, now: Timestamp) {
        self.session = self.session.next(&self.settings.nick);
        self.outbox.connection_lost(&self.buffers, now);
        history::connection_lost(self);
        self.batches = Batches::default();
        self.survey = Survey::default();
        self.people.clear();
        self.names.clear();
        self.metadata_later = metadata::Later::default();
        self.left = None;
        markers::connection_lost(self);
        self.directory.interrupted();
        self.away = None;
        self.regain.connection_lost();
        self.nick_asked = None;
        let mut left = Vec::new();
        for buffer in self.buffers.iter_mut() {
            buffer.begin_anew();
            if buffer.kind == BufferKind::Room && buffer.is_present() {
                buffer.leave(Presence::Joining);
            }
            if buffer.is_leaving {
                left.push(buffer.id);
            }
            self.changes.buffer(buffer.id);
        }
        left.into_iter().for_each(|id| self.close(id));
    }

    /// Stops for good, until the person wants otherwise.
    pub(crate) fn stop(&mut self, why: Option<Problem>, suggestion: Option<Arc<str>>, turn: &mut Turn<'_>) {
        turn.outputs.push(Output::Disconnect);
        self.leave_session(turn.now);
        self.link.stop(why, suggestion);
        self.changes.network = true;
    }

    /// What has changed since the last call. Things that are gone come first, things to say once last.
    pub fn take_updates(&mut self) -> Vec<Update> {
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
            nick: crate::text::shown_name(&self.session.nick),
            nick_wanted: self.regain.wanted().map(|nick| crate::text::shown_name(nick)),
            login: self.settings.credentials.login.as_ref().map(|login| login.name.as_str().into()),
            away: self.away.clone(),
            link: self.link.shown(),
            features: Features { history: self.session.has_history(), private: self.settings.private },
        }
    }

    pub(crate) fn problem(&self, kind: ProblemKind, about: &str, details: &str) -> Problem {
        Problem {
            kind,
            about: crate::text::shown_name(about),
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
}
