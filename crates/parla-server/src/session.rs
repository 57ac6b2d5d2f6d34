//! One client connection as the server sees it: registration, capabilities, label, allowance, and lines that wait.
//!
//! Knows nothing of other sessions. What it may see of the network it is given.

pub(crate) mod allowance;
pub(crate) mod batch;
pub(crate) mod metadata;
pub(crate) mod response;

use std::collections::VecDeque;

use parla_proto::{Capabilities, Nick, Timestamp};

use crate::{
    command,
    connection::{ConnectionId, Peer},
    entry::Redact,
    network::UserId,
    output::{HistoryQuestion, PasswordOf},
    session::{allowance::Allowance, batch::ClientBatch, metadata::SessionMetadata, response::Response},
    settings::Settings,
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
    /// What must come before the next line is taken, and the lines that came meanwhile.
    pub(crate) pause: Option<Box<Pause>>,
    /// None until the client uses METADATA.
    pub(crate) metadata: Option<Box<SessionMetadata>>,
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
    Given(crate::Secret),
    Good,
}

/// Why a session takes no line now.
#[derive(Debug)]
pub(crate) struct Pause {
    pub(crate) until: Until,
    pub(crate) lines: VecDeque<WaitingLine>,
}

/// What ends a pause.
#[derive(Debug)]
pub(crate) enum Until {
    /// The allowance is used up until then.
    Time(Timestamp),
    /// Entries of this session come back from the log.
    Committed { entries: usize },
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
            heard_at: now,
            pinged_at: None,
            wakes_at: None,
            oper_failures: 0,
            batches: 0,
            batch: None,
            response: None,
            pause: None,
            metadata: None,
        }
    }

    /// Uses these capabilities from now on. What needs one that went is forgotten.
    pub(crate) fn change_capabilities(&mut self, capabilities: Capabilities) {
        self.capabilities = capabilities;
        command::batch::on_capabilities(self);
        command::metadata::on_capabilities(self);
    }

    pub(crate) const fn user(&self) -> Option<UserId> {
        match self.state {
            State::Registered(user) => Some(user),
            State::Registering(_) => None,
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

    /// A name for a batch, unique in this session.
    pub(crate) fn batch_name(&mut self) -> String {
        self.batches = self.batches.wrapping_add(1);
        format!("b{}", self.batches)
    }

    /// Takes no line until then.
    pub(crate) fn pause(&mut self, until: Until) {
        match &mut self.pause {
            Some(pause) => pause.until = until,
            None => self.pause = Some(Box::new(Pause { until, lines: VecDeque::new() })),
        }
    }

    /// Whether lines of the client wait to be carried out; then it is not silent, whatever it sends.
    pub(crate) fn is_waiting(&self) -> bool {
        self.pause.as_ref().is_some_and(|pause| !pause.lines.is_empty())
    }

    /// When the session must be looked at again, whether or not anything comes.
    pub(crate) fn deadline(&self, settings: &Settings) -> Timestamp {
        let timeouts = &settings.timeouts;
        let silence = match (&self.state, self.pinged_at) {
            (State::Registering(registration), _) => registration.started_at + timeouts.registration,
            (State::Registered(_), Some(pinged_at)) => pinged_at + timeouts.ping_timeout,
            (State::Registered(_), None) => self.heard_at + timeouts.ping_interval,
        };
        let batch = self.batch.as_ref().and_then(|batch| batch.deadline());
        let silence = batch.map_or(silence, |batch| silence.min(batch));
        match self.pause.as_ref().map(|pause| &pause.until) {
            Some(Until::Time(at)) => silence.min(*at),
            _ => silence,
        }
    }
}

impl Registration {
    /// Whether all is said that must be said.
    pub(crate) const fn is_complete(&self) -> bool {
        self.nick.is_some() && self.user.is_some() && !self.negotiating && !self.submitted
    }
}
