//! The sessions of this machine, and the users they belong to. A user can have several sessions here, or
//! none.

use std::time::Duration;

use bytes::Bytes;
use indexmap::IndexMap;
use parla_proto::{Capabilities, Timestamp};
use rustc_hash::FxBuildHasher;
use slotmap::{DefaultKey, SecondaryMap};

use crate::{
    base::{connection::ConnectionId, few::Few},
    contract::{output::Outputs, question::QuestionId},
    network::{
        Network, UserId,
        entry::{NodeId, SessionRef},
    },
    session::{
        Session, State,
        pause::{Exchange, Until},
        response::Response,
    },
};

/// Sessions by connection, and receivers by user.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    sessions: SecondaryMap<DefaultKey, Box<Session>>,
    /// Has no element for a user without a session here.
    receivers: IndexMap<UserId, Few<Receiver>, FxBuildHasher>,
    /// How many sessions belong to a user.
    registered: usize,
}

/// Where a user's lines go: what delivery needs of a session, kept close together in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Receiver {
    pub(crate) connection: ConnectionId,
    pub(crate) capabilities: Capabilities,
}

impl Receiver {
    /// What delivery needs of this session.
    pub(crate) const fn of(session: &Session) -> Self {
        Self { connection: session.connection, capabilities: session.capabilities }
    }

    /// Whether it has these capabilities.
    pub(crate) fn knows(&self, capabilities: Capabilities) -> bool {
        self.capabilities.contains(capabilities)
    }
}

impl Sessions {
    pub(crate) fn insert(&mut self, session: Session) {
        self.sessions.insert(session.connection.0, Box::new(session));
    }

    pub(crate) fn get(&self, connection: ConnectionId) -> Option<&Session> {
        self.sessions.get(connection.0).map(Box::as_ref)
    }

    pub(crate) fn get_mut(&mut self, connection: ConnectionId) -> Option<&mut Session> {
        self.sessions.get_mut(connection.0).map(Box::as_mut)
    }

    /// Notes that a session's question was answered, and returns the purpose of the question.
    pub(crate) fn answered(
        &mut self,
        connection: ConnectionId,
        id: QuestionId,
        now: Timestamp,
    ) -> Option<Exchange> {
        let session = self.get_mut(connection)?;
        let is_awaited =
            matches!(session.waits_until(), Some(Until::Answered { question, .. }) if *question == id);
        debug_assert!(is_awaited, "a question is open as long as its session waits for the answer");
        // The answer to another question must never be taken for the one to this.
        if !is_awaited {
            return None;
        }
        match session.answered(now)? {
            Until::Answered { exchange, .. } => Some(exchange),
            Until::Time(_) | Until::Sent { .. } | Until::Committed { .. } => None,
        }
    }

    /// Removes a session, which no longer gets its user's lines.
    pub(crate) fn remove(&mut self, connection: ConnectionId) -> Option<Box<Session>> {
        self.unbind(connection);
        let session = self.sessions.remove(connection.0)?;
        Some(session)
    }

    /// Extends every time-out. Those of sessions that wait for us are suspended anyway.
    pub(crate) fn postpone(&mut self, duration: Duration, now: Timestamp) {
        for session in self.sessions.values_mut().filter(|session| !session.waits_for_us()) {
            session.postpone(duration, now);
        }
    }

    /// Every connection, in the order of its slot.
    pub(crate) fn connections(&self) -> Vec<ConnectionId> {
        self.sessions.keys().map(ConnectionId).collect()
    }

    /// How many connections have not registered yet.
    pub(crate) fn unregistered(&self) -> usize {
        self.sessions.len().saturating_sub(self.registered)
    }

    /// Makes a connection one of the user's, which gets the user's lines from now on.
    pub(crate) fn bind(&mut self, connection: ConnectionId, user: UserId) {
        if let Some(session) = self.get_mut(connection) {
            session.state = State::Registered(user);
            // The user owns the host from now on, and the session itself only needs the address.
            session.peer.host = None;
            if let Some(metadata) = &mut session.metadata {
                metadata.early.clear();
            }
            let receiver = Receiver::of(session);
            self.receivers.entry(user).or_default().push(receiver);
            self.registered += 1;
        }
    }

    /// Takes a connection from the user that it belongs to, if it belongs to one who is still there.
    pub(crate) fn unbind(&mut self, connection: ConnectionId) {
        let Some(user) = self.get(connection).and_then(Session::user) else { return };
        let Some(receivers) = self.receivers.get_mut(&user) else { return };
        let before = receivers.as_slice().len();
        receivers.retain(|receiver| receiver.connection != connection);
        self.registered -= before - receivers.as_slice().len();
        if receivers.as_slice().is_empty() {
            self.receivers.swap_remove(&user);
        }
    }

    /// Forgets a user who is gone. Connections of theirs may still exist.
    pub(crate) fn forget_user(&mut self, user: UserId) {
        let gone = self.receivers.swap_remove(&user);
        self.registered -= gone.map_or(0, |receivers| receivers.as_slice().len());
    }

    /// Takes capabilities away from every session.
    pub(crate) fn withdraw(&mut self, gone: Capabilities) {
        for connection in self.connections() {
            if let Some(session) = self.get_mut(connection) {
                session.change_capabilities(session.capabilities - gone);
                self.refresh(connection);
            }
        }
    }

    /// Takes over a session's changed capabilities for delivery.
    pub(crate) fn refresh(&mut self, connection: ConnectionId) {
        let Some(session) = self.get(connection) else { return };
        let now = Receiver::of(session);
        let receivers = session.user().and_then(|user| self.receivers.get_mut(&user));
        let known = receivers.map(Few::as_mut_slice).into_iter().flatten();
        known.filter(|receiver| receiver.connection == connection).for_each(|receiver| *receiver = now);
    }

    /// Checks that each session of a user is one that the network knows on this machine and gets the user's
    /// lines in the form that its client understands, and that no other session does.
    ///
    /// # Errors
    /// The first violation, as a sentence.
    pub(crate) fn check(&self, network: &Network, node: NodeId) -> Result<(), String> {
        let mut registered = 0;
        for session in self.sessions.values() {
            let Some(id) = session.user() else { continue };
            registered += 1;
            let connection = session.connection;
            let user = network.user(id).ok_or_else(|| format!("{connection:?} is a user who is gone"))?;
            if !user.sessions().contains(&SessionRef { node, connection }) {
                return Err(format!("{} does not know of {connection:?}", user.nick()));
            }
            let receivers = self.receivers(id);
            if receivers.iter().filter(|receiver| **receiver == Receiver::of(session)).count() != 1 {
                return Err(format!("the lines of {id:?} go to {receivers:?}, not once to {connection:?}"));
            }
        }
        let receivers: usize = self.receivers.values().map(|receivers| receivers.as_slice().len()).sum();
        if (receivers, self.registered) != (registered, registered) {
            let counted = self.registered;
            return Err(format!(
                "{registered} sessions are users, {counted} were counted, {receivers} get lines"
            ));
        }
        Ok(())
    }

    /// Where a user's lines go; empty if the user has no session here.
    pub(crate) fn receivers(&self, user: UserId) -> &[Receiver] {
        self.receivers.get(&user).map(Few::as_slice).unwrap_or_default()
    }

    /// Whether lines to this connection are being collected for a labelled answer.
    pub(crate) fn is_collecting(&self, connection: ConnectionId) -> bool {
        self.get(connection).is_some_and(|session| session.response.is_some())
    }

    /// Sends a line, or adds it to the answer that is being collected.
    pub(crate) fn send(&mut self, connection: ConnectionId, line: Bytes, out: &mut Outputs) {
        if let Some(session) = self.get_mut(connection) {
            session.send(line, out);
        }
    }
}

impl Session {
    /// Sends the collected answer, if there is one.
    pub(crate) fn send_response(&mut self, server: &str, out: &mut Outputs) {
        if let Some(response) = self.response.take() {
            let name = self.batch_name();
            for line in response.finish(server, &name) {
                out.deliver(self.connection, line);
            }
        }
    }

    /// Sends what has been collected so far; the rest of the answer follows in the same batch, line by line.
    pub(crate) fn send_collected(&mut self, server: &str, out: &mut Outputs) {
        if self.response.as_ref().is_none_or(|response| response.is_open()) {
            return;
        }
        let name = self.batch_name();
        if let Some(response) = &mut self.response {
            for line in response.open(server, name) {
                out.deliver(self.connection, line);
            }
        }
    }

    /// Sends the lines of a whole batch, or adds them to the answer that is being collected.
    pub(crate) fn send_batch(&mut self, lines: Vec<Bytes>, out: &mut Outputs) {
        self.count_unsent(lines.iter().map(Bytes::len).sum());
        match &mut self.response {
            Some(response) if !response.is_open() => response.push_batch(lines),
            response => {
                let lines = lines.into_iter().map(|line| in_open(response.as_deref(), line));
                lines.for_each(|line| out.deliver(self.connection, line));
            }
        }
    }

    /// Sends a line, or adds it to the answer that is being collected.
    pub(crate) fn send(&mut self, line: Bytes, out: &mut Outputs) {
        self.count_unsent(line.len());
        match &mut self.response {
            Some(response) if !response.is_open() => response.push(line),
            response => out.deliver(self.connection, in_open(response.as_deref(), line)),
        }
    }
}

/// The line as it is sent: inside the batch of the current answer, if that has been started.
fn in_open(response: Option<&Response>, line: Bytes) -> Bytes {
    match response {
        Some(response) => response.inside(line),
        None => line,
    }
}
