//! One client connection as the server sees it: registration, capabilities, label, allowance, and lines that wait.
//!
//! Knows nothing of other sessions. What it may see of the network it is given.

pub(crate) mod allowance;
pub(crate) mod answer;
pub(crate) mod batch;
pub(crate) mod metadata;
pub(crate) mod response;
pub(crate) mod sessions;
pub(crate) mod watchers;

use std::{collections::VecDeque, mem, time::Duration};

use parla_proto::{Capabilities, Message, Nick, Timestamp};

use crate::{
    base::{
        connection::{ConnectionId, Peer},
        limits::{BATCH_TIMEOUT, COST_PER_COMMAND},
        secret::Secret,
        settings::Settings,
    },
    contract::output::{HistoryQuestion, Output, Outputs, PasswordOf},
    network::{Network, UserId, entry::Redact, user::User},
    session::{
        allowance::Allowance, answer::LongAnswer, batch::ClientBatch, metadata::SessionMetadata,
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
    /// When the session is looked at again, as the timers know it.
    pub(crate) wakes_at: Option<Timestamp>,
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
    /// User name and real name.
    pub(crate) user: Option<(String, String)>,
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

/// The state of the server's password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Password {
    NotGiven,
    Given(Secret),
    Good,
}

/// Why a session takes no line now.
#[derive(Debug)]
pub(crate) struct Pause {
    pub(crate) until: Until,
    /// Since when the client has been waiting for us; none if it waits for something else.
    waits_for_us_since: Option<Timestamp>,
    pub(crate) lines: VecDeque<WaitingLine>,
}

/// What ends a pause.
#[derive(Debug)]
pub(crate) enum Until {
    /// The allowance is used up until then.
    Time(Timestamp),
    /// The client has been sent everything.
    Sent,
    /// Proposals of this session come back from the log.
    Committed { proposals: usize },
    /// The daemon has checked this password.
    PasswordVerified(PasswordOf),
    /// The daemon has looked whether this is a gateway.
    GatewayVerified,
    /// The daemon has read the configuration.
    Reconfigured,
    /// The daemon has read the history.
    History(Box<HistoryQuestion>),
    /// The daemon has looked for a message in the channel of this record.
    Found { record: u64, redaction: Box<Redact> },
}

/// A line that came while the session could not take it.
#[derive(Debug)]
pub(crate) enum WaitingLine {
    Line(Box<[u8]>),
    TooLong,
    Endless,
    /// What is no line and costs like one.
    Blank,
    /// The client will send nothing more.
    End,
}

impl Session {
    pub(crate) fn new(connection: ConnectionId, peer: Peer, settings: &Settings, now: Timestamp) -> Self {
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
            allowance: Allowance::new(settings.flood, now),
            batch_lines: Allowance::of_batches(settings, now),
            heard_at: now,
            pinged_at: None,
            wakes_at: None,
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

    /// A name for a batch, unique in this session.
    pub(crate) fn batch_name(&mut self) -> String {
        self.batches = self.batches.wrapping_add(1);
        format!("b{}", self.batches)
    }

    /// Takes no line until then. The session's clocks go on: it is the client who is waited for, or who can still show that it
    /// is there. The history is one of these, as it is asked only when the client has been sent everything.
    pub(crate) fn pause(&mut self, until: Until) {
        self.pause_since(until, None);
    }

    /// Takes no line until we have an answer for the client. None of the session's clocks runs meanwhile.
    pub(crate) fn wait_for_us(&mut self, until: Until, now: Timestamp) {
        let since = self.pause.as_ref().and_then(|pause| pause.waits_for_us_since);
        self.pause_since(until, since.or(Some(now)));
    }

    fn pause_since(&mut self, until: Until, waits_for_us_since: Option<Timestamp>) {
        match &mut self.pause {
            Some(pause) => (pause.until, pause.waits_for_us_since) = (until, waits_for_us_since),
            None => {
                let lines = VecDeque::new();
                self.pause = Some(Box::new(Pause { until, waits_for_us_since, lines }));
            }
        }
    }

    /// What the session waited for has come; gives what that was. The pause lasts until it is taken away, and the clocks go on
    /// from where they stood when it began.
    pub(crate) fn answered(&mut self, now: Timestamp) -> Option<Until> {
        let pause = self.pause.as_mut()?;
        let until = mem::replace(&mut pause.until, Until::Time(now));
        if let Some(since) = pause.waits_for_us_since.take() {
            self.postpone(now.since(since), now);
        }
        Some(until)
    }

    /// Whether the client waits for an answer of ours.
    pub(crate) fn waits_for_us(&self) -> bool {
        self.pause.as_ref().is_some_and(|pause| pause.waits_for_us_since.is_some())
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

    /// Whether the client has said nothing beyond what the server must check before it lets it in. If it hangs up now, there
    /// is nobody to let in and nothing to carry out.
    pub(crate) fn waits_to_be_let_in(&self) -> bool {
        let is_checked = |until: &Until| {
            matches!(until, Until::PasswordVerified(PasswordOf::Server) | Until::GatewayVerified)
        };
        self.pause.as_ref().is_some_and(|pause| is_checked(&pause.until) && pause.lines.is_empty())
    }

    /// Whether lines of the client wait for us to be carried out; then it is not silent, whatever it sends. A client that does
    /// not read what it is sent has only itself to wait for.
    pub(crate) fn is_waiting(&self) -> bool {
        self.pause.as_ref().is_some_and(|pause| !pause.lines.is_empty()) && !self.waits_until_sent()
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

    /// Takes no line until the client has been sent everything, if there is a reason: more of an answer is to come, or much
    /// was caused already.
    pub(crate) fn wait_if_behind(&mut self, portion_bytes: usize, out: &mut Outputs) {
        if self.owes_answers() || self.unsent as usize >= portion_bytes {
            self.wait_until_sent(out);
        }
    }

    /// Whether no line is taken because the client has not been sent everything.
    pub(crate) fn waits_until_sent(&self) -> bool {
        matches!(self.pause.as_ref().map(|pause| &pause.until), Some(Until::Sent))
    }

    /// Takes no line until the client has been sent everything. What the session waits for already comes first.
    pub(crate) fn wait_until_sent(&mut self, out: &mut Outputs) {
        if matches!(self.pause.as_ref().map(|pause| &pause.until), None | Some(Until::Time(_))) {
            self.pause(Until::Sent);
            out.outputs.push(Output::TellWhenSent { connection: self.connection });
        }
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

    /// When the session must be looked at again, whether or not anything comes; never while it waits for us.
    pub(crate) fn deadline(&self, settings: &Settings) -> Option<Timestamp> {
        if self.waits_for_us() {
            return None;
        }
        let timeouts = &settings.timeouts;
        let silence = match (&self.state, self.pinged_at) {
            (State::Registering(registration), _) => registration.started_at + timeouts.registration,
            (State::Registered(_), Some(pinged_at)) => pinged_at + timeouts.ping_timeout,
            (State::Registered(_), None) => self.heard_at + timeouts.ping_interval,
        };
        let batch = self.batch.as_ref().and_then(|batch| batch.deadline());
        let silence = batch.map_or(silence, |batch| silence.min(batch));
        Some(match self.pause.as_ref().map(|pause| &pause.until) {
            Some(Until::Time(at)) => silence.min(*at),
            _ => silence,
        })
    }
}

impl Registration {
    /// Whether all is said that must be said.
    pub(crate) const fn is_complete(&self) -> bool {
        self.nick.is_some() && self.user.is_some() && !self.negotiating && !self.submitted
    }
}
