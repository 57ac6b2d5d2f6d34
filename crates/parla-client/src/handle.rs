//! What a client does with one input, and in which order: the way in for shells.

use std::collections::BTreeMap;

use parla_proto::{Line, Timestamp};

use crate::{
    batches::Batches,
    client::Client,
    contract::{Input, Output, Settings},
    history::{History, Recalled},
    intents,
    link::Due,
    outbox::Outbox,
    parting,
    problem::{Problem, ProblemKind},
    receive,
    records::Records,
    registration::{self, sign_in},
    state::State,
    turn::Turn,
    view::Update,
};

impl Client {
    /// A client that is not connected yet, with everything that was kept of this network by [`Output::Store`].
    pub fn new(settings: Settings, records: &BTreeMap<String, String>, now: Timestamp) -> Self {
        let mut client = Self {
            state: State::new(settings, now),
            outbox: Outbox::new(now),
            history: History::default(),
            batches: Batches::default(),
            records: Records::default(),
        };
        client.state.changes.network = true;
        client.records.restore(&mut client.state, records);
        client.outbox.restore(&mut client.state, records);
        client
    }

    /// Takes one input in; what is to be done comes behind what `outputs` holds already.
    pub fn handle(&mut self, now: Timestamp, input: Input<'_>, outputs: &mut Vec<Output>) {
        let turn = &mut Turn { now, outputs };
        let sent = turn.outputs.len();
        let is_wish = matches!(input, Input::Intent(_));
        if !matches!(input, Input::Closed(_))
            && let Some(due) = self.state.link.look(now)
        {
            self.carry_out(due, turn);
        }
        self.take_in(input, turn);
        let Self { state, outbox, history, records, .. } = self;
        outbox.look_again(state, history, now);
        history.ask_next(state, turn);
        state.see_later();
        outbox.flush(state, turn);
        if state.link.is_online() {
            state.survey.ask_next(&state.buffers, turn);
        }
        state.markers.plan(&state.link, &state.session, now);
        let has_sent = turn.outputs.iter().skip(sent).any(|output| matches!(output, Output::Send(_)));
        if is_wish && has_sent {
            state.link.awaits(now);
        }
        if state.link.is_online() {
            state.regain.ask(turn);
        }
        records.store(state, turn);
        outbox.store(&state.buffers, turn);
    }

    fn take_in(&mut self, input: Input<'_>, turn: &mut Turn<'_>) {
        let (now, link) = (turn.now, &mut self.state.link);
        match input {
            Input::Start if link.is_online() || link.is_connecting() => {}
            Input::Start => self.connect(turn),
            Input::Progress(stage) => {
                link.progress(now, stage);
                self.state.changes.network = true;
            }
            Input::Opened => registration::begin(self, turn),
            // A connection that was given up may still have had something to say.
            Input::Line(_) | Input::LineTooLong if !link.is_open() => {}
            Input::Line(line) => receive::line(self, line, turn),
            // What was in it cannot be known; the connection goes on.
            Input::LineTooLong => link.heard(now),
            Input::Closed(problem) => self.closed(problem, turn),
            Input::Deadline => self.deadline(turn),
            Input::Moved { address, private } => {
                self.state.settings.address = address;
                self.state.settings.private = private;
                self.connect(turn);
            }
            Input::Offline => {
                let due = link.device_offline(now);
                self.network_changed(due, turn);
            }
            Input::Online => {
                let due = link.device_online(now);
                self.network_changed(due, turn);
            }
            Input::Awake => {
                let due = link.awake(now);
                self.network_changed(due, turn);
            }
            Input::Intent(intent) => intents::perform(self, &intent, turn),
            Input::Again(intent) => intents::show_again(self, &intent, turn),
            Input::Recalled { kind, name, messages, more } => {
                let recalled = Recalled { kind, name: &name, messages: &messages, more };
                self.history.recalled(&mut self.state, &recalled, turn);
            }
        }
    }

    /// When the client wants [`Input::Deadline`], at the latest.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let Self { state, outbox, history, .. } = self;
        let all = [
            state.link.next_deadline(),
            history.next_deadline(),
            outbox.next_deadline(&state.link),
            state.survey.next_deadline(),
            state.regain.next_deadline(),
            state.session.sign_in.next_deadline(),
            registration::greeted_by(state),
            state.markers.next_deadline(),
            state.metadata_later.next_deadline(),
        ];
        all.into_iter().flatten().min()
    }

    fn deadline(&mut self, turn: &mut Turn<'_>) {
        if let Some(due) = self.state.link.due(turn.now) {
            self.carry_out(due, turn);
        }
        sign_in::introduce_late(&mut self.state, turn);
        if registration::greeted_by(&self.state).is_some_and(|by| by <= turn.now) {
            registration::greeted(self, turn);
        }
        let Self { state, outbox, history, .. } = self;
        for (id, known) in history.give_up_late(state, turn.now) {
            outbox.settle(state, id, &known);
        }
        state.survey.give_up_late(turn.now);
        state.markers.tell_due(&mut state.buffers, (&state.link, &state.session), turn);
        state.metadata_later.ask_due(turn);
    }

    fn carry_out(&mut self, due: Due, turn: &mut Turn<'_>) {
        match due {
            Due::Connect => self.connect(turn),
            Due::Ping => turn.send(Line::bare("PING").param("parla")),
            Due::GiveUp => {
                turn.outputs.push(Output::Disconnect);
                self.closed(self.state.problem(ProblemKind::TimedOut, "", ""), turn);
            }
        }
    }

    fn network_changed(&mut self, due: Option<Due>, turn: &mut Turn<'_>) {
        self.state.changes.network = true;
        if let Some(due) = due {
            self.carry_out(due, turn);
        }
    }

    fn closed(&mut self, mut problem: Problem, turn: &Turn<'_>) {
        if problem.kind == ProblemKind::ServerClosed {
            problem.kind = parting::problem(&problem.details);
        }
        self.leave_session(turn);
        let link = &mut self.state.link;
        // Who stopped on purpose stays so.
        if link.is_online() || link.is_connecting() {
            link.lost(turn.now, problem);
        }
        self.state.changes.network = true;
    }

    /// What has changed since the last call. Things that are gone come first, things to say once last.
    pub fn take_updates(&mut self) -> Vec<Update> {
        self.state.take_updates()
    }
}
