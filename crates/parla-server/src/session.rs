//! One client connection as the server sees it: registration, capabilities, label, allowance, and lines that wait.
//!
//! Knows nothing of other sessions. What it may see of the network it is given.

pub(crate) mod allowance;
pub(crate) mod batch;
pub(crate) mod long_answer;
pub(crate) mod metadata;
pub(crate) mod pause;
pub(crate) mod questions;
pub(crate) mod response;
pub(crate) mod server_batch;
pub(crate) mod sessions;
pub(crate) mod watchers;

use std::{collections::VecDeque, mem, time::Duration};

use parla_proto::{Capabilities, Message, Nick, Timestamp};

use crate::{
    base::{
        connection::{ConnectionId, Peer},
        limits::{BATCH_TIMEOUT, COST_PER_COMMAND},
        secret::Secret,
        settings::Timeouts,
    },
    contract::output::Outputs,
    network::{Network, UserId, refusal::Refusal, user::User},
    session::{
        allowance::{Allowance, Allowances},
        batch::ClientBatch,
        long_answer::LongAnswer,
        metadata::SessionMetadata,
        pause::{Pause, Until, WaitingLine},
        response::Response,
    },
};

/// A connection from its first byte to its last.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) connection: ConnectionId,
    pub(crate) peer: Peer,
    pub(crate) state: State,
    pub(crate) capabilities: Capabilities,
    /// The client said version 302 or more: it hears of new capabilities whether it wants to or not.
    pub(crate) understands_302: bool,
    pub(crate) allowance: Allowance,
    /// The same for lines of a batch, beside the other.
    batch_lines: Allowance,
    /// When the last line came.
    pub(crate) heard_at: Timestamp,
    /// When the client was asked whether it is there, if it has said nothing since.
    pub(crate) pinged_at: Option<Timestamp>,
    /// Attempts to become an operator that failed.
    pub(crate) oper_failures: u8,
    /// Batches that were opened, for their names.
    pub(crate) batches: u32,
    /// The batch that the client has opened.
    pub(crate) batch: Option<Box<ClientBatch>>,
    /// The answer to the labelled command that is being carried out.
    pub(crate) response: Option<Box<Response>>,
    /// Bytes that the session's own commands have caused since it was last known that everything is sent.
    unsent: u32,
    /// What answers have cost that was not yet taken from the allowance, in bytes.
    cost: u32,
    /// Long answers that are not complete; none if there are none.
    owed: Option<Box<Owed>>,
    /// What must come before the next line is taken, and the lines that came meanwhile.
    pub(crate) pause: Option<Box<Pause>>,
    /// None until the client uses METADATA.
    pub(crate) metadata: Option<Box<SessionMetadata>>,
}

/// What a session's own commands have led to so far.
pub(crate) struct OwnDoing {
    response: Option<Box<Response>>,
    unsent: u32,
    cost: u32,
}

/// Long answers that are not complete, in the order in which they were asked for. Few sessions have any.
#[derive(Debug, Default)]
struct Owed {
    answers: VecDeque<Box<dyn LongAnswer>>,
}

/// How far a session has come.
#[derive(Debug)]
pub(crate) enum State {
    Registering(Box<Registration>),
    Registered(UserId),
}

/// What a client has said of itself so far.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) started_at: Timestamp,
    pub(crate) nick: Option<Nick>,
    /// What USER gave.
    pub(crate) user: Option<UserNames>,
    pub(crate) password: Password,
    /// Between CAP LS or REQ and CAP END.
    pub(crate) negotiating: bool,
    /// Someone said to be a gateway.
    pub(crate) by_gateway: bool,
    /// Lines that were none.
    pub(crate) bad_lines: u8,
    /// The entry is on its way.
    pub(crate) submitted: bool,
}

/// The names that USER gives, as they will be the user's.
#[derive(Clone, Debug)]
pub(crate) struct UserNames {
    /// The user name.
    pub(crate) user: String,
    pub(crate) realname: String,
}

/// When a session must be looked at, and for what; none where there is nothing to look for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Deadlines {
    /// Its allowance has room for the next line.
    pub(crate) allowance: Option<Timestamp>,
    /// The batch that the client has opened is given up.
    pub(crate) batch: Option<Timestamp>,
    /// The client has not registered in time.
    pub(crate) registration: Option<Timestamp>,
    /// The client is asked whether it is there, or has not answered.
    pub(crate) ping: Option<Timestamp>,
}

/// The state of the server's password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Password {
    NotGiven,
    Given(Secret),
    Good,
}

impl Session {
    pub(crate) fn new(connection: ConnectionId, peer: Peer, allowances: Allowances, now: Timestamp) -> Self {
        Self {
            connection,
            peer,
            state: State::Registering(Box::new(Registration {
                started_at: now,
                nick: None,
                user: None,
                password: Password::NotGiven,
                negotiating: false,
                by_gateway: false,
                bad_lines: 0,
                submitted: false,
            })),
            capabilities: Capabilities::empty(),
            understands_302: false,
            allowance: allowances.commands,
            batch_lines: allowances.batch_lines,
            heard_at: now,
            pinged_at: None,
            oper_failures: 0,
            batches: 0,
            batch: None,
            response: None,
            unsent: 0,
            cost: 0,
            owed: None,
            pause: None,
            metadata: None,
        }
    }

    /// Uses these capabilities from now on. What needs one that went is forgotten.
    pub(crate) fn change_capabilities(&mut self, capabilities: Capabilities) {
        self.capabilities = capabilities;
        if let Some(batch) = &mut self.batch {
            batch.change_capabilities(capabilities);
        }
        if let Some(metadata) = &mut self.metadata {
            metadata.change_capabilities(capabilities);
        }
    }

    pub(crate) const fn user(&self) -> Option<UserId> {
        match self.state {
            State::Registered(user) => Some(user),
            State::Registering(_) => None,
        }
    }

    /// What numerics call the client: its nick, or `*`.
    pub(crate) fn target(&self, network: &Network) -> String {
        let nick = match &self.state {
            State::Registered(user) => network.user(*user).map(User::nick),
            State::Registering(registration) => registration.nick.as_ref(),
        };
        nick.map_or_else(|| "*".to_owned(), ToString::to_string)
    }

    /// Tells the client why something is not carried out.
    pub(crate) fn refuse(&mut self, network: &Network, refusal: &Refusal, out: &mut Outputs) {
        let target = self.target(network);
        for line in refusal.lines(&network.settings.name, &target, self.capabilities) {
            self.send(line.into(), out);
        }
    }

    pub(crate) fn registration(&mut self) -> Option<&mut Registration> {
        match &mut self.state {
            State::Registering(registration) => Some(registration),
            State::Registered(_) => None,
        }
    }

    /// What the session has of METADATA, from now on if it had nothing.
    pub(crate) fn metadata(&mut self, now: Timestamp) -> &mut SessionMetadata {
        self.metadata.get_or_insert_with(|| Box::new(SessionMetadata::new(now)))
    }

    /// Puts aside what the session's own commands have led to, while it is sent what it has not asked for: that is no part of an
    /// answer, and costs nothing.
    pub(crate) fn put_aside(&mut self) -> OwnDoing {
        OwnDoing { response: self.response.take(), unsent: self.unsent, cost: self.cost }
    }

    /// The end of that.
    pub(crate) fn take_back(&mut self, own: OwnDoing) {
        (self.response, self.unsent, self.cost) = (own.response, own.unsent, own.cost);
    }

    /// A name for a batch, unique in this session.
    pub(crate) fn batch_name(&mut self) -> String {
        self.batches = self.batches.wrapping_add(1);
        format!("b{}", self.batches)
    }

    /// Puts every time-out off by so long, and none farther than if the client had been heard just now.
    pub(crate) fn postpone(&mut self, duration: Duration, now: Timestamp) {
        let later = |at: Timestamp| (at + duration).min(now);
        self.heard_at = later(self.heard_at);
        self.pinged_at = self.pinged_at.map(later);
        if let Some(batch) = &mut self.batch {
            batch.ends_at = (batch.ends_at + duration).min(now + BATCH_TIMEOUT);
        }
        if let Some(registration) = self.registration() {
            registration.started_at = later(registration.started_at);
        }
    }

    /// Counts bytes that one of the session's own commands caused.
    pub(crate) fn count_unsent(&mut self, bytes: usize) {
        self.unsent = self.unsent.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
    }

    /// Counts what answers cost beside what is sent, in bytes.
    pub(crate) fn count_cost(&mut self, bytes: usize) {
        self.cost = self.cost.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
    }

    /// Whether a long answer is not complete.
    pub(crate) fn owes_answers(&self) -> bool {
        self.owed.is_some()
    }

    pub(crate) fn owe(&mut self, answer: Box<dyn LongAnswer>) {
        self.owed.get_or_insert_default().answers.push_back(answer);
    }

    pub(crate) fn take_owed(&mut self) -> VecDeque<Box<dyn LongAnswer>> {
        self.owed.take().map(|owed| owed.answers).unwrap_or_default()
    }

    pub(crate) fn give_back_owed(&mut self, answers: VecDeque<Box<dyn LongAnswer>>) {
        self.owed = (!answers.is_empty()).then(|| Box::new(Owed { answers }));
    }

    /// Takes a line of the client from what it may send.
    ///
    /// A line of an open batch is nothing that anybody sees before the batch is closed, and as many as one message may have are
    /// one paste of one person: they have an allowance of their own, of one such message. Beyond that they cost what every line
    /// does, so that whoever sends one message of many lines after the other is slowed like everybody else.
    ///
    /// # Errors
    /// There is no room for it; the time at which there is again.
    pub(crate) fn take_line(&mut self, line: &WaitingLine, now: Timestamp) -> Result<(), Timestamp> {
        if self.peer.unthrottled || (self.is_of_batch(line) && self.batch_lines.take(now).is_ok()) {
            return Ok(());
        }
        self.allowance.take(now)
    }

    /// From now on the client may send so much, less what it has sent. If it waits for room, there may be some now.
    pub(crate) fn change_allowances(&mut self, allowances: Allowances, now: Timestamp) {
        self.allowance = allowances.commands.as_used_as(&self.allowance, now);
        self.batch_lines = allowances.batch_lines.as_used_as(&self.batch_lines, now);
        if matches!(self.waits_until(), Some(Until::Time(_))) {
            self.pause(Until::Time(now));
        }
    }

    fn is_of_batch(&self, line: &WaitingLine) -> bool {
        let (Some(batch), WaitingLine::Line(line)) = (&self.batch, line) else { return false };
        let message = Message::parse(line);
        message.is_ok_and(|message| message.tags.get("batch").is_some_and(|name| name == batch.reference))
    }

    /// Takes what was sent from the allowance, now that it is sent: so many bytes are worth a command.
    ///
    /// # Errors
    /// The allowance is used up; the time at which there is room again.
    pub(crate) fn pay(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        self.cost = self.cost.saturating_add(mem::take(&mut self.unsent));
        if self.peer.unthrottled {
            self.cost = 0;
        }
        while self.cost >= COST_PER_COMMAND {
            self.allowance.take(now)?;
            self.cost -= COST_PER_COMMAND;
        }
        Ok(())
    }

    /// When the session must be looked at, whether or not anything comes; never while it waits for us.
    pub(crate) fn deadlines(&self, timeouts: &Timeouts) -> Deadlines {
        if self.waits_for_us() {
            return Deadlines::default();
        }
        let (registration, ping) = match (&self.state, self.pinged_at) {
            (State::Registering(registration), _) => {
                (Some(registration.started_at + timeouts.registration), None)
            }
            (State::Registered(_), Some(pinged_at)) => (None, Some(pinged_at + timeouts.ping_timeout)),
            (State::Registered(_), None) => (None, Some(self.heard_at + timeouts.ping_interval)),
        };
        let allowance = match self.waits_until() {
            Some(Until::Time(at)) => Some(*at),
            _ => None,
        };
        let batch = self.batch.as_ref().and_then(|batch| batch.deadline());
        Deadlines { allowance, batch, registration, ping }
    }

    /// Notes that the client is not silent, whatever it sends, if lines of it wait for us to be carried out.
    pub(crate) fn count_waiting_lines_as_heard(&mut self, now: Timestamp) {
        if self.waits_for_us() || !self.has_lines_waiting() {
            return;
        }
        self.heard_at = now;
        self.pinged_at = None;
        if let Some(batch) = &mut self.batch {
            batch.ends_at = now + BATCH_TIMEOUT;
        }
    }
}

impl Registration {
    /// Whether all is said that must be said.
    pub(crate) const fn is_complete(&self) -> bool {
        self.nick.is_some() && self.user.is_some() && !self.negotiating && !self.submitted
    }
}
