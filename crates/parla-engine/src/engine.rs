//! The client of one network together with its connection: passes it inputs, and carries out its outputs.
//!
//! Relies on the shell for connections and storage. Reads no clock: the shell says what time it is.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use parla_client::{ArchiveScope, Client, ClientSettings, Input, Output, records, view::Update};
use parla_proto::Timestamp;

use crate::{
    storage::{ArchiveChange, ArchiveDeletion, ArchiveRename, RecallRequest, Recalled, Storage},
    transport::{Connection, Signal, Transport},
    wished_nick::WishedNick,
};

/// The shortest pause between two deadlines, so that a client that is never satisfied cannot use the whole
/// processor.
const DEADLINE_GAP: Duration = Duration::from_millis(5);

/// Everything that an engine needs from its shell.
pub trait Shell<C>: Storage + Transport<Connection = C> {}

impl<C, T: Storage + Transport<Connection = C>> Shell<C> for T {}

/// The client of one network together with its connection.
pub struct Engine<C> {
    client: Client,
    /// Which messages the shell stores.
    keeps: ArchiveScope,
    connection: Option<C>,
    /// Whether lines can be sent.
    is_open: bool,
    no_deadline_before: Option<Timestamp>,
    wished_nick: WishedNick,
    /// The nick that the network has granted and the shell has not been told of.
    granted_nick: Option<Arc<str>>,
}

impl<C: Connection> Engine<C> {
    /// A client that is not connected yet, with everything that [`Storage::store`] was given for its network.
    pub fn new(settings: ClientSettings, records: &BTreeMap<String, String>, now: Timestamp) -> Self {
        let keeps = settings.archive;
        let client = Client::new(settings, records, now);
        Self {
            client,
            keeps,
            connection: None,
            is_open: false,
            no_deadline_before: None,
            wished_nick: WishedNick::default(),
            granted_nick: None,
        }
    }

    /// The requests for the latest stored messages of each conversation in these records: at most `rows` each.
    pub fn latest_requests(&self, records: &BTreeMap<String, String>, rows: usize) -> Vec<RecallRequest> {
        let conversations = records.keys().filter_map(|key| records::conversation(key));
        let kept = conversations.filter(|(kind, _)| self.keeps.keeps(*kind));
        kept.map(|(kind, name)| RecallRequest { kind, name: name.into(), before: None, limit: rows })
            .collect()
    }

    /// Makes requests to the archive, and gives the client the messages that it returns at once. Returns how
    /// many answers will come later, through [`recalled`](Self::recalled).
    pub fn recall(
        &mut self,
        now: Timestamp,
        requests: Vec<RecallRequest>,
        shell: &mut impl Shell<C>,
    ) -> usize {
        let mut later = 0;
        for request in requests {
            match shell.recall(request.clone()) {
                Some(recalled) => self.recalled(now, (request, recalled), shell),
                None => later += 1,
            }
        }
        later
    }

    /// Passes an input to the client, and carries out its outputs.
    pub fn handle(&mut self, now: Timestamp, input: Input<'_>, shell: &mut impl Shell<C>) {
        if let Input::Intent(intent) = &input {
            self.wished_nick.note(intent);
        }
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let mut outputs = Vec::new();
            self.client.handle(now, input, &mut outputs);
            // When messages are about to be sent, they are on disk already. And a message that the server has
            // confirmed is deleted there before it enters the archive; otherwise the next start would look
            // for it after itself, and send it again.
            let (records, others) = outputs.into_iter().partition::<Vec<_>, _>(is_record);
            let must_sync = records.iter().any(is_to_be_sent);
            for output in records {
                self.carry_out(output, shell);
            }
            if must_sync {
                shell.sync();
            }
            for output in others {
                match self.carry_out(output, shell) {
                    // The end of a connection is processed before anything that could begin the next one.
                    Some(closed @ Input::Closed(_)) => inputs.push_front(closed),
                    answer => inputs.extend(answer),
                }
            }
        }
    }

    /// Carries out one output. Returns the input that results from it, if any.
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
            // An open connection first sends everything that it was given.
            Output::Disconnect if self.is_open => self.connection = None,
            Output::Disconnect => self.give_up(),
            Output::Store { key, value } => shell.store(key, value),
            Output::Keep(kept) => shell.change(ArchiveChange::Keep(kept)),
            Output::Unkeep { kind, name, msgid } => {
                shell.change(ArchiveChange::Unkeep(ArchiveDeletion { kind, name, msgid }));
            }
            Output::Rename { kind, from, to } => {
                shell.change(ArchiveChange::Rename(ArchiveRename { kind, from, to }));
            }
            Output::Recall { kind, name, before, limit } => {
                let request = RecallRequest { kind, name: name.clone(), before, limit };
                let Recalled { messages, more } = shell.recall(request)?;
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
        (RecallRequest { kind, name, .. }, Recalled { messages, more }): (RecallRequest, Recalled),
        shell: &mut impl Shell<C>,
    ) {
        self.handle(now, Input::Recalled { kind, name, messages, more }, shell);
    }

    /// Processes an event of the connection with this number. Events of a connection that was given up are
    /// ignored.
    pub fn handle_signal<L: AsRef<[u8]>>(
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

    /// Whether the current connection has this number.
    pub fn has(&self, number: u64) -> bool {
        self.connection.as_ref().is_some_and(|connection| connection.number() == number)
    }

    /// The connection that exists or is being made.
    pub const fn connection(&mut self) -> Option<&mut C> {
        self.connection.as_mut()
    }

    /// The next time at which something is due without an event.
    pub fn next_deadline(&self, now: Timestamp) -> Option<Timestamp> {
        // After the clock was set back, the pause would otherwise last until the clock has caught up.
        let first = self.no_deadline_before.filter(|first| *first <= now + DEADLINE_GAP);
        self.client.next_deadline().map(|at| first.map_or(at, |first| at.max(first)))
    }

    /// Does what is due. Returns whether there was anything.
    pub fn handle_deadline(&mut self, now: Timestamp, shell: &mut impl Shell<C>) -> bool {
        let is_due = self.next_deadline(now).is_some_and(|at| at <= now);
        if is_due {
            self.no_deadline_before = Some(now + DEADLINE_GAP);
            self.handle(now, Input::Deadline, shell);
        }
        is_due
    }

    /// What has changed since the last call, for the interface.
    pub fn take_updates(&mut self) -> Vec<Update> {
        let updates = self.client.take_updates();
        for update in &updates {
            if let Update::Network(view) = update
                && let Some(nick) = self.wished_nick.granted(view)
            {
                self.granted_nick = Some(nick);
            }
        }
        updates
    }

    /// The nick that the person has asked for and got, according to the updates that were taken since the last
    /// call. The shell remembers it for the next start.
    pub const fn take_granted_nick(&mut self) -> Option<Arc<str>> {
        self.granted_nick.take()
    }
}

const fn is_record(output: &Output) -> bool {
    matches!(output, Output::Store { .. })
}

/// Whether the output stores a message that is about to be sent.
fn is_to_be_sent(output: &Output) -> bool {
    matches!(output, Output::Store { key, .. } if records::is_to_be_sent(key))
}

#[cfg(test)]
mod tests;
