//! The client of one network with its connection: gives it what happens, and carries out what it wants.
//!
//! Relies on the shell for connections and for what is kept. Reads no clock: the shell says what time it is.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use parla_client::{Archive, Client, Input, Output, Settings, records, view::Update};
use parla_proto::Timestamp;

use crate::{
    storage::{Change, Question, Recalled, Renamed, Storage, Unkept},
    transport::{Connection, Signal, Transport},
};

/// The shortest pause between two deadlines: a client that is never satisfied must not take the whole processor.
const DEADLINE_GAP: Duration = Duration::from_millis(5);

/// What an engine needs.
pub trait Shell<C>: Storage + Transport<Connection = C> {}

impl<C, T: Storage + Transport<Connection = C>> Shell<C> for T {}

/// The client of one network with its connection.
pub struct Engine<C> {
    client: Client,
    /// Which messages the shell keeps.
    keeps: Archive,
    connection: Option<C>,
    /// Lines can go out.
    is_open: bool,
    no_deadline_before: Option<Timestamp>,
}

impl<C: Connection> Engine<C> {
    /// A client that is not connected yet, with all that [`Storage::store`] was given for its network.
    pub fn new(settings: Settings, records: &BTreeMap<String, String>, now: Timestamp) -> Self {
        let keeps = settings.archive;
        let client = Client::new(settings, records, now);
        Self { client, keeps, connection: None, is_open: false, no_deadline_before: None }
    }

    /// Gives the client the latest messages that are kept of each conversation in its `records`: at most `rows` each. Says how
    /// many answers come later, by [`recalled`](Self::recalled).
    pub fn recall_latest(
        &mut self,
        now: Timestamp,
        (records, rows): (&BTreeMap<String, String>, usize),
        shell: &mut impl Shell<C>,
    ) -> usize {
        let mut later = 0;
        for (kind, name) in records.keys().filter_map(|key| records::conversation(key)) {
            if self.keeps.keeps(kind) {
                let question = Question { kind, name: name.into(), before: None, limit: rows };
                match shell.recall(question.clone()) {
                    Some(recalled) => self.recalled(now, (question, recalled), shell),
                    None => later += 1,
                }
            }
        }
        later
    }

    /// Gives the client something, and carries out what it wants.
    pub fn handle(&mut self, now: Timestamp, input: Input<'_>, shell: &mut impl Shell<C>) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let mut outputs = Vec::new();
            self.client.handle(now, input, &mut outputs);
            store_first(&mut outputs, shell);
            for output in outputs {
                match self.carry_out(output, shell) {
                    // The end of a connection comes before anything that could begin the next one.
                    Some(closed @ Input::Closed(_)) => inputs.push_front(closed),
                    answer => inputs.extend(answer),
                }
            }
        }
    }

    /// Carries out what the client wants. Gives what it is to be told of it.
    fn carry_out(&mut self, output: Output, shell: &mut impl Shell<C>) -> Option<Input<'static>> {
        match output {
            Output::Connect => {
                self.give_up();
                match shell.connect() {
                    Ok(connection) => self.connection = Some(connection),
                    Err(problem) => return Some(Input::Closed(problem)),
                }
            }
            Output::Send(line) => {
                if let Some(Err(problem)) = self.connection.as_mut().map(|it| it.send(line)) {
                    self.give_up();
                    return Some(Input::Closed(problem));
                }
            }
            // One that is open sends what it was given first.
            Output::Disconnect if self.is_open => self.connection = None,
            Output::Disconnect => self.give_up(),
            Output::Store { key, value } => shell.store(key, value),
            Output::Keep(kept) => shell.change(Change::Keep(kept)),
            Output::Unkeep { kind, name, msgid } => {
                shell.change(Change::Unkeep(Unkept { kind, name, msgid }));
            }
            Output::Rename { kind, from, to } => shell.change(Change::Rename(Renamed { kind, from, to })),
            Output::Recall { kind, name, before, limit } => {
                let question = Question { kind, name: name.clone(), before, limit };
                let Recalled { messages, more } = shell.recall(question)?;
                return Some(Input::Recalled { kind, name, messages, more });
            }
        }
        None
    }

    fn give_up(&mut self) {
        self.is_open = false;
        if let Some(mut connection) = self.connection.take() {
            connection.give_up();
        }
    }

    /// The archive has answered.
    pub fn recalled(
        &mut self,
        now: Timestamp,
        (Question { kind, name, .. }, Recalled { messages, more }): (Question, Recalled),
        shell: &mut impl Shell<C>,
    ) {
        self.handle(now, Input::Recalled { kind, name, messages, more }, shell);
    }

    /// Something happened to the connection of that number. Nobody wants to hear of one that was given up.
    pub fn hear<L: AsRef<[u8]>>(
        &mut self,
        now: Timestamp,
        (number, signal): (u64, Signal<L>),
        shell: &mut impl Shell<C>,
    ) {
        if !self.has(number) {
            return;
        }
        match signal {
            Signal::Progress(stage) => self.handle(now, Input::Progress(stage), shell),
            Signal::Opened => {
                self.is_open = true;
                self.handle(now, Input::Opened, shell);
            }
            Signal::Line(line) => self.handle(now, Input::Line(line.as_ref()), shell),
            Signal::LineTooLong => self.handle(now, Input::LineTooLong, shell),
            Signal::Closed(problem) => {
                self.connection = None;
                self.handle(now, Input::Closed(problem), shell);
            }
        }
    }

    /// Whether that is its connection.
    pub fn has(&self, number: u64) -> bool {
        self.connection.as_ref().is_some_and(|connection| connection.number() == number)
    }

    /// The connection that there is, or that is being made.
    pub const fn connection(&mut self) -> Option<&mut C> {
        self.connection.as_mut()
    }

    /// When something is to be done without anything having happened.
    pub fn next_deadline(&self, now: Timestamp) -> Option<Timestamp> {
        // After a clock was set back, the pause would last until it has caught up.
        let first = self.no_deadline_before.filter(|first| *first <= now + DEADLINE_GAP);
        self.client.next_deadline().map(|at| first.map_or(at, |first| at.max(first)))
    }

    /// Does what is due. Says whether there was something.
    pub fn ring(&mut self, now: Timestamp, shell: &mut impl Shell<C>) -> bool {
        let is_due = self.next_deadline(now).is_some_and(|at| at <= now);
        if is_due {
            self.no_deadline_before = Some(now + DEADLINE_GAP);
            self.handle(now, Input::Deadline, shell);
        }
        is_due
    }

    /// What has changed since the last call, for the interface.
    pub fn take_updates(&mut self) -> Vec<Update> {
        self.client.take_updates()
    }
}

/// What the client wants to find again comes before everything else. What is to be sent is safe when this returns. And what the
/// server has confirmed is gone from there before the archive has it, or it would be looked for behind itself at the next start,
/// and sent again.
fn store_first(outputs: &mut Vec<Output>, storage: &mut impl Storage) {
    let mut is_awaited = false;
    for output in outputs.extract_if(.., |output| matches!(output, Output::Store { .. })) {
        if let Output::Store { key, value } = output {
            is_awaited |= records::is_to_be_sent(&key);
            storage.store(key, value);
        }
    }
    if is_awaited {
        storage.sync();
    }
}

#[cfg(test)]
mod tests;
