//! One client connection as the server sees it: registration, capabilities, label, flood allowance and
//! waiting lines.
//!
//! It knows nothing of other sessions, and is given what it may see of the network.

pub(crate) mod allowance;
pub(crate) mod batch;
pub(crate) mod long_answer;
pub(crate) mod metadata;
pub(crate) mod pause;
pub(crate) mod questions;
pub(crate) mod response;
pub(crate) mod sasl;
pub(crate) mod server_batch;
pub(crate) mod sessions;
pub(crate) mod watchers;

use std::{collections::VecDeque, mem, time::Duration};

use parla_proto::{Capabilities, Message, Nick, Timestamp};

use crate::{
    base::{
        connection::{ConnectionId, Peer},
        limits::{BATCH_TIMEOUT, COST_PER_COMMAND, SIGN_IN_FAILURES_MAX},
        secret::Secret,
        settings::Timeouts,
    },
    contract::output::Outputs,
    network::{
        Network, UserId, account::AccountId, app_password::Proved, invitation::InvitationId,
        refusal::Refusal, user::User,
    },
    session::{
        allowance::{Allowance, Allowances},
        batch::ClientBatch,
        long_answer::LongAnswer,
        metadata::SessionMetadata,
        pause::{Pause, Until, WaitingLine},
        response::Response,
        sasl::Sasl,
    },
};

/// A connection from its first byte to its last.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) connection: ConnectionId,
    pub(crate) peer: Peer,
    pub(crate) state: State,
    pub(crate) capabilities: Capabilities,
    /// The client sent CAP LS 302 or higher, so it is always told of new and removed capabilities.
    pub(crate) understands_302: bool,
    pub(crate) allowance: Allowance,
    /// The allowance for the lines of a batch, in addition to the other.
    batch_lines: Allowance,
    /// When the client last sent something.
    pub(crate) heard_at: Timestamp,
    /// When the client was sent a PING, if it has been silent since.
    pub(crate) pinged_at: Option<Timestamp>,
    /// Failed attempts to become an operator.
    pub(crate) oper_failures: u8,
    /// Failed attempts to sign in to an account.
    pub(crate) sign_in_failures: u8,
    /// How many batches were started here, for their names.
    pub(crate) batches: u32,
    /// The batch that the client has open.
    pub(crate) batch: Option<Box<ClientBatch>>,
    /// The answer to the labelled command that is being handled.
    pub(crate) response: Option<Box<Response>>,
    /// Bytes that the session's own commands caused since we last knew that everything had been sent.
    unsent: u32,
    /// Cost of answers that the allowance has not been charged for yet, in bytes.
    cost: u32,
    /// Unfinished long answers; `None` if there are none.
    owed: Option<Box<Owed>>,
    /// What the session waits for before it handles the next line, and the lines that have come since.
    pub(crate) pause: Option<Box<Pause>>,
    /// The invitation that the client has, until an account uses it.
    pub(crate) invitation: Option<InvitationId>,
    /// The SASL exchange that the client has begun.
    pub(crate) sasl: Option<Box<Sasl>>,
    /// `None` until the client uses METADATA.
    pub(crate) metadata: Option<Box<SessionMetadata>>,
    /// An app password that was just made for this client, until it is shown this one time.
    pub(crate) new_app_password: Option<Box<Secret>>,
}

/// The effects of a session's own commands so far.
pub(crate) struct OwnDoing {
    response: Option<Box<Response>>,
    unsent: u32,
    cost: u32,
}

/// Unfinished long answers, in the order in which they were requested. Few sessions have any.
#[derive(Debug, Default)]
struct Owed {
    answers: VecDeque<Box<dyn LongAnswer>>,
}

/// How far the session has got.
#[derive(Debug)]
pub(crate) enum State {
    Registering(Box<Registration>),
    Registered(UserId),
}

/// What a client has told us so far in order to register.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) started_at: Timestamp,
    pub(crate) nick: Option<Nick>,
    /// The nick that the client asked for last, if it could not have it.
    pub(crate) nick_in_use: Option<Nick>,
    /// The account that the client has signed in to.
    pub(crate) account: Option<AccountId>,
    /// What the client said and showed for that.
    pub(crate) proved: Proved,
    /// What USER gave.
    pub(crate) user: Option<UserNames>,
    pub(crate) password: Password,
    /// Between CAP LS or REQ and CAP END.
    pub(crate) negotiating: bool,
    /// The client comes through what claims to be a gateway.
    pub(crate) by_gateway: bool,
    /// Invalid lines so far.
    pub(crate) bad_lines: u8,
    /// The entry that registers the client has been proposed.
    pub(crate) submitted: bool,
}

/// The names from USER, in the form in which the user will have them.
#[derive(Clone, Debug)]
pub(crate) struct UserNames {
    /// The user name.
    pub(crate) user: String,
    pub(crate) realname: String,
}

/// When a session must be looked at, and why; `None` where nothing is due.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Deadlines {
    /// The allowance has room for the next line.
    pub(crate) allowance: Option<Timestamp>,
    /// The open batch times out.
    pub(crate) batch: Option<Timestamp>,
    /// Registration times out.
    pub(crate) registration: Option<Timestamp>,
    /// The client is due a PING, or has not answered one.
    pub(crate) ping: Option<Timestamp>,
}

/// Whether the client has given the server's password.
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
                nick_in_use: None,
                account: None,
                proved: Proved::default(),
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
            sign_in_failures: 0,
            batches: 0,
            batch: None,
            response: None,
            unsent: 0,
            cost: 0,
            owed: None,
            pause: None,
            invitation: None,
            sasl: None,
            metadata: None,
            new_app_password: None,
        }
    }

    /// Switches to these capabilities. State that belongs to a removed capability is dropped.
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

    /// The first parameter of numerics to this client: its nick, or `*`.
    pub(crate) fn target(&self, network: &Network) -> String {
        let nick = match &self.state {
            State::Registered(user) => network.user(*user).map(User::nick),
            State::Registering(registration) => registration.nick.as_ref(),
        };
        nick.map_or_else(|| "*".to_owned(), ToString::to_string)
    }

    /// `nick!user@host` as far as it is known yet.
    pub(crate) fn source(&self, network: &Network) -> String {
        match &self.state {
            State::Registered(user) => network.user(*user).map_or("*", User::source).to_owned(),
            State::Registering(registration) => {
                let nick = registration.nick.as_ref().map_or("*", Nick::as_str);
                let user = registration.user.as_ref().map_or("*", |names| names.user.as_str());
                format!("{nick}!{user}@{}", self.peer.host())
            }
        }
    }

    /// Counts a failed attempt to sign in. Returns the text for the client if that was one too many.
    pub(crate) fn count_sign_in_failure(&mut self) -> Option<&'static str> {
        self.sign_in_failures = self.sign_in_failures.saturating_add(1);
        (self.sign_in_failures >= SIGN_IN_FAILURES_MAX).then_some("Too many failed attempts to sign in")
    }

    /// Tells the client why its command was refused.
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

    /// The session's METADATA state, which is created on first use.
    pub(crate) fn metadata(&mut self, now: Timestamp) -> &mut SessionMetadata {
        self.metadata.get_or_insert_with(|| Box::new(SessionMetadata::new(now)))
    }

    /// Sets the effects of the session's own commands aside while the client is sent something that it did
    /// not ask for, which is not part of an answer and costs nothing.
    pub(crate) fn put_aside(&mut self) -> OwnDoing {
        OwnDoing { response: self.response.take(), unsent: self.unsent, cost: self.cost }
    }

    /// Restores what [`Self::put_aside`] set aside.
    pub(crate) fn take_back(&mut self, own: OwnDoing) {
        (self.response, self.unsent, self.cost) = (own.response, own.unsent, own.cost);
    }

    /// A name for a batch, unique in this session.
    pub(crate) fn batch_name(&mut self) -> String {
        self.batches = self.batches.wrapping_add(1);
        format!("b{}", self.batches)
    }

    /// Extends every time-out by this duration, but at most as if the client had been heard just now.
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

    /// Counts bytes that the session's own commands caused.
    pub(crate) fn count_unsent(&mut self, bytes: usize) {
        self.unsent = self.unsent.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
    }

    /// Counts the cost of answers beyond the bytes that are sent, in bytes.
    pub(crate) fn count_cost(&mut self, bytes: usize) {
        self.cost = self.cost.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
    }

    /// Whether a long answer is still unfinished.
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

    /// Charges a line to the client's allowance.
    ///
    /// Nobody sees the lines of an open batch before it is closed, and the lines of one message are one paste
    /// by one person. So batch lines have an allowance of their own, enough for one full message. Beyond that
    /// they cost as much as any other line, so that somebody who sends one long message after another is
    /// slowed down like everybody else.
    ///
    /// # Errors
    /// The allowance is used up; the error is the time at which there is room again.
    pub(crate) fn take_line(&mut self, line: &WaitingLine, now: Timestamp) -> Result<(), Timestamp> {
        if self.peer.unthrottled || (self.is_of_batch(line) && self.batch_lines.take(now).is_ok()) {
            return Ok(());
        }
        self.allowance.take(now)
    }

    /// Replaces the allowances and keeps what has been used of them. If the session was waiting for room, it
    /// checks again at once.
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

    /// Charges the cost of answers that have been sent: a certain number of bytes counts as one command.
    ///
    /// # Errors
    /// The allowance is used up; the error is the time at which there is room again.
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

    /// When the session must be looked at even if nothing arrives; never while it waits for us.
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

    /// Counts the client as heard, even if it sends nothing new, as long as lines that it sent are waiting
    /// for us.
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
    /// Whether the client has sent everything that registration needs.
    pub(crate) const fn is_complete(&self) -> bool {
        self.nick.is_some() && self.user.is_some() && !self.negotiating && !self.submitted
    }
}
