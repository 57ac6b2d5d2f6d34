//! A client of one network: its parts, what it does with an input, and in which order. This is the entry
//! point for shells.
//!
//! Each part owns what it changes, and gets references to what it only reads. [`receive`] applies the lines
//! that arrive, one file per command; [`intents`] carries out what the person wants; [`registration`] makes a
//! new connection usable.

mod intents;
mod moderation;
mod receive;
mod registration;

use std::{collections::BTreeMap, sync::Arc};

use parla_proto::{Line, Timestamp};

use crate::{
    away::Away,
    batches::Batches,
    buffer::Buffer,
    buffers::Buffers,
    changes::Changes,
    contract::{ClientSettings, Input, Output},
    directory::DirectoryBuilder,
    display_names::DisplayNames,
    history::{Coverage, History, Recalled},
    link::{Due, Link},
    looking::Looking,
    markers::Markers,
    outbox::Outbox,
    parting,
    people::AskedPeople,
    problem::{Problem, ProblemKind},
    records::Records,
    requests::RoomRequests,
    session::Session,
    survey::Survey,
    text::shown_name,
    turn::Turn,
    view::{BufferId, BufferKind, Earlier, Features, NetworkView, Presence, Update, WantedNick},
};

use self::receive::RoomLeft;

/// A client of one network.
#[derive(Debug)]
pub struct Client {
    settings: ClientSettings,
    link: Link,
    session: Session,
    buffers: Buffers,
    outbox: Outbox,
    requests: RoomRequests,
    history: History,
    batches: Batches,
    looking: Looking,
    markers: Markers,
    away: Away,
    asked_people: AskedPeople,
    display_names: DisplayNames,
    directory: DirectoryBuilder,
    survey: Survey,
    /// The channel that the person was taken out of, unasked, by the previous line.
    left: Option<RoomLeft>,
    records: Records,
    changes: Changes,
}

impl Client {
    /// A client that is not connected yet, with everything that [`Output::Store`] has stored for this
    /// network.
    pub fn new(settings: ClientSettings, records: &BTreeMap<String, String>, now: Timestamp) -> Self {
        let mut link = Link::new(settings.seed, now);
        let mut session = Session::new(&settings);
        if settings.may_have_ghost {
            session.has_lost_connection(now);
        }
        let mut buffers = Buffers::new(&settings);
        let (mut kept, mut outbox) = (Records::default(), Outbox::new(now));
        kept.restore(&mut buffers, &session, records);
        // People who have been connected before must not be asked for another address or name only because
        // the server is down for a while.
        if buffers.iter().next().is_some() {
            link.set_online_before();
        }
        outbox.restore(&mut buffers, &session, records);
        let mut requests = RoomRequests::default();
        requests.restore(&mut buffers, &session, records);
        Self {
            settings,
            link,
            session,
            buffers,
            outbox,
            requests,
            history: History::default(),
            batches: Batches::default(),
            looking: Looking::default(),
            markers: Markers::default(),
            away: Away::restored(kept.restore_away(records)),
            asked_people: AskedPeople::default(),
            display_names: DisplayNames::default(),
            directory: DirectoryBuilder::default(),
            survey: Survey::default(),
            left: None,
            records: kept,
            changes: Changes::of_new_network(),
        }
    }

    /// Processes one input and appends what must be done to `outputs`.
    pub fn handle(&mut self, now: Timestamp, input: Input<'_>, outputs: &mut Vec<Output>) {
        let changes = std::mem::take(&mut self.changes);
        let mut turn = Turn::new(now, self.settings.network, outputs, changes);
        let before = turn.outputs();
        let is_intent = matches!(input, Input::Intent(_));
        if !matches!(input, Input::Closed(_))
            && let Some(due) = self.link.check_clock(now)
        {
            self.carry_out(due, &mut turn);
        }
        self.take_in(input, &mut turn);
        self.go_on(&mut turn);
        if is_intent && turn.has_sent_since(before) {
            self.link.awaits(now);
        }
        self.session.ask_wanted_nick(&mut turn);
        self.store(&mut turn);
        self.changes = turn.end();
    }

    fn take_in(&mut self, input: Input<'_>, turn: &mut Turn<'_>) {
        let (now, link) = (turn.now, &mut self.link);
        match input {
            // A connection that was given up may still deliver lines.
            Input::Line(_) | Input::LineTooLong if !link.is_open() => {}
            Input::Line(line) => self.line(line, turn),
            // We cannot know what was in it; the connection continues.
            Input::LineTooLong => link.note_activity(now),
            Input::Start if link.is_online() || link.is_connecting() => {}
            Input::Start => self.connect(turn),
            Input::Progress(stage) => {
                link.progress(now, stage);
                turn.network_changed();
            }
            Input::Opened => self.opened(turn),
            Input::Closed(problem) => self.closed(problem, turn),
            Input::Deadline => self.deadline(turn),
            Input::Moved { address, private } => {
                self.settings.address = address;
                self.settings.private = private;
                self.connect(turn);
            }
            Input::Offline => {
                let due = link.device_offline(now);
                self.device_network_changed(due, turn);
            }
            Input::Online => {
                let due = link.device_online(now);
                self.device_network_changed(due, turn);
            }
            Input::Awake => {
                let due = link.awake(now);
                self.device_network_changed(due, turn);
            }
            Input::Intent(intent) => self.perform(&intent, turn),
            Input::Late(intent) => self.perform_late(&intent, turn),
            Input::Again(intent) => self.show_again(&intent, turn),
            Input::Recalled { kind, name, messages, more } => {
                self.recalled(kind, &name, Recalled { messages: &messages, more }, turn);
            }
        }
    }

    /// Does what was held back, as far as it is possible now.
    fn go_on(&mut self, turn: &mut Turn<'_>) {
        let Self { link, session, buffers, outbox, history, .. } = self;
        outbox.recheck_ghosts(history, buffers, session, turn.now);
        history.ask_next(buffers, session, turn);
        self.looking.mark_seen(buffers);
        if outbox.flush(buffers, session, turn) {
            link.awaits(turn.now);
        }
        if link.is_online() {
            self.survey.ask_next(buffers, turn);
        }
        if buffers.take_read_moved() {
            self.markers.moved();
        }
        self.markers.plan(session, turn.now);
        self.close_left(turn);
    }

    /// Closes the direct conversations that the person has left, now that what they said there has arrived.
    fn close_left(&mut self, turn: &mut Turn<'_>) {
        let left = self.buffers.iter().filter(|buffer| buffer.is_leaving() && !buffer.is_room());
        let left: Vec<BufferId> = left.map(Buffer::id).collect();
        for id in left.into_iter().filter(|id| !self.outbox.has_undecided(*id)).collect::<Vec<_>>() {
            self.finish_leaving(id, turn);
        }
    }

    /// Tells the shell what must be stored for the next start.
    fn store(&mut self, turn: &mut Turn<'_>) {
        let unstored = self.buffers.take_unstored();
        if !unstored.is_empty() {
            self.records.store(&self.buffers, &unstored, turn);
        }
        if self.away.take_unstored() {
            self.records.store_away(self.away.wanted(), turn);
        }
        self.outbox.store(&self.buffers, turn);
        self.requests.store(&self.buffers, turn);
    }

    /// When the client wants [`Input::Deadline`], at the latest.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let all = [
            self.link.next_deadline(),
            self.history.next_deadline(),
            self.outbox.next_deadline(&self.session),
            self.survey.next_deadline(),
            self.directory.next_deadline(),
            self.session.regain().next_deadline(),
            self.session.introduce_by(),
            self.greeted_by(),
            self.markers.next_deadline(),
            self.display_names.next_deadline(),
        ];
        all.into_iter().flatten().min()
    }

    fn deadline(&mut self, turn: &mut Turn<'_>) {
        if let Some(due) = self.link.due(turn.now) {
            self.carry_out(due, turn);
        }
        self.session.introduce_late(&self.settings.credentials, turn);
        if self.greeted_by().is_some_and(|by| by <= turn.now) {
            self.greeted(turn);
        }
        for id in self.history.give_up_late(&mut self.buffers, turn.now) {
            self.settle(id, Some(Coverage::Nothing));
        }
        self.survey.give_up_late(turn.now);
        self.directory.give_up_late(turn.now);
        self.markers.tell_due(&mut self.buffers, &self.session, turn);
        self.display_names.ask_due(turn);
    }

    fn carry_out(&mut self, due: Due, turn: &mut Turn<'_>) {
        match due {
            Due::Connect => self.connect(turn),
            Due::Ping => turn.send(Line::bare("PING").param("parla")),
            Due::GiveUp => {
                turn.output(Output::Disconnect);
                self.closed(Problem::of(ProblemKind::TimedOut), turn);
            }
        }
    }

    fn device_network_changed(&mut self, due: Option<Due>, turn: &mut Turn<'_>) {
        turn.network_changed();
        if let Some(due) = due {
            self.carry_out(due, turn);
        }
    }

    /// Adds messages from the archive: its answer to a question, or what it supplied before the start.
    fn recalled(&mut self, kind: BufferKind, name: &str, recalled: Recalled<'_>, turn: &mut Turn<'_>) {
        let buffer = match kind {
            BufferKind::Room => self.buffers.room_mut(&self.session, name),
            BufferKind::Direct => self.buffers.direct_mut(&self.session, name),
            BufferKind::Server => None,
        };
        if let Some(buffer) = buffer {
            self.history.recalled(buffer, &self.session, &recalled, turn);
            // Nobody but the archive has direct messages.
            let is_all = kind == BufferKind::Direct && !recalled.more;
            buffer.put_back_deleted(if is_all { Earlier::None } else { buffer.earlier() });
        }
    }
}

/// What the interface sees.
impl Client {
    /// Everything that has changed since the last call. Removals come first, and events that are told once
    /// come last.
    pub fn take_updates(&mut self) -> Vec<Update> {
        let network = self.settings.network;
        let closed = self.buffers.take_closed().into_iter();
        let mut updates: Vec<Update> = closed.map(|id| Update::BufferClosed(network, id)).collect();
        if std::mem::take(&mut self.changes.network) {
            updates.push(Update::Network(self.view()));
        }
        let changed = self.buffers.take_changed(&self.session).into_iter();
        updates.extend(changed.map(|view| Update::Buffer(network, view)));
        if self.directory.take_changed() {
            updates.push(Update::Directory(network, self.directory.view()));
        }
        updates.extend(self.changes.take_events());
        updates
    }

    fn view(&self) -> NetworkView {
        let ClientSettings { network, address, credentials, private, .. } = &self.settings;
        NetworkView {
            id: *network,
            name: Arc::clone(self.session.network().unwrap_or(address)),
            address: Arc::clone(address),
            nick: shown_name(self.session.nick()),
            nick_wanted: self
                .session
                .regain()
                .wanted()
                .map(|nick| WantedNick { nick: shown_name(nick), holder: self.session.regain().holder() }),
            login: credentials.login.as_ref().map(|login| login.name.as_str().into()),
            away: self.away.now().cloned(),
            link: self.link.shown(),
            features: Features { history: self.session.has_history(), private: *private },
        }
    }
}

/// What starts or stops all parts at once.
impl Client {
    /// Tries to connect, whatever the state was before.
    fn connect(&mut self, turn: &mut Turn<'_>) {
        self.leave_session(turn);
        self.link.begin(turn.now);
        turn.network_changed();
        turn.output(Output::Connect);
    }

    /// Stops until the person wants to connect again. `suggestion` is a free nick, if the nick is the
    /// problem.
    fn stop(&mut self, why: Option<Problem>, suggestion: Option<Arc<str>>, turn: &mut Turn<'_>) {
        turn.output(Output::Disconnect);
        self.leave_session(turn);
        self.link.stop(why, suggestion);
        turn.network_changed();
    }

    /// The connection ended or could not be made.
    fn closed(&mut self, mut problem: Problem, turn: &mut Turn<'_>) {
        if problem.kind == ProblemKind::ServerClosed {
            problem.kind = parting::problem(&problem.details);
        }
        self.leave_session(turn);
        // Somebody who disconnected on purpose stays disconnected.
        if self.link.is_online() || self.link.is_connecting() {
            self.link.lost(turn.now, problem);
        }
        turn.network_changed();
    }

    /// Resets everything that was tied to the connection.
    fn leave_session(&mut self, turn: &mut Turn<'_>) {
        self.outbox.connection_lost(&self.buffers, turn.now);
        self.requests.connection_lost(&mut self.buffers);
        self.history.connection_lost(&mut self.buffers);
        self.batches = Batches::default();
        self.session = self.session.next(&self.settings, turn.now);
        self.survey = Survey::default();
        self.asked_people.connection_lost();
        self.display_names = DisplayNames::default();
        self.left_for_good();
        self.markers = Markers::default();
        self.directory.connection_lost();
        self.away.connection_lost();
        self.buffers.connection_lost().into_iter().for_each(|left| self.finish_leaving(left, turn));
    }

    /// The person could not join a channel, or was removed from it.
    fn shut_out(&mut self, id: BufferId, problem: Problem) {
        if let Some(buffer) = self.buffers.get_mut(id) {
            let problem = buffer.why_shut_out(&self.session, problem);
            self.outbox.shut_out(buffer, &self.session, &problem);
            buffer.leave(Presence::Absent(Some(Arc::new(problem))));
        }
    }

    /// The person has left a conversation. It is closed, unless messages would be lost with it: then it stays
    /// until they are sent or deleted, or the person closes it once more.
    fn finish_leaving(&mut self, id: BufferId, turn: &mut Turn<'_>) {
        if let Some(buffer) = self.buffers.get_mut(id)
            && self.outbox.leave_behind(buffer)
            && buffer.stay_for_unsent()
        {
            return turn.complain(Some(id), Problem::of(ProblemKind::LeftUnsent));
        }
        self.close(id);
    }

    /// Closes a conversation for good.
    fn close(&mut self, id: BufferId) {
        self.outbox.discard_all(id);
        self.requests.discard_all(id);
        self.buffers.close(id);
    }

    /// The history reports how much of a conversation is known now, which decides which messages of the
    /// outbox have arrived.
    fn settle(&mut self, id: BufferId, coverage: Option<Coverage>) {
        if let Some(coverage) = coverage
            && let Some(buffer) = self.buffers.get_mut(id)
        {
            self.outbox.settle(buffer, &self.session, &coverage);
        }
    }
}
