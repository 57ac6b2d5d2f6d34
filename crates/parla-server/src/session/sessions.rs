//! The sessions of this machine, and which user each belongs to.

use std::time::Duration;

use bytes::Bytes;
use indexmap::IndexMap;
use parla_proto::{Capabilities, Line, Timestamp};
use rustc_hash::FxBuildHasher;
use slotmap::{DefaultKey, SecondaryMap};

use crate::{
    base::connection::ConnectionId,
    contract::{output::Outputs, question::QuestionId},
    network::{Network, UserId},
    session::{
        Session, State,
        pause::{Exchange, Until},
        response::{Response, tag},
    },
};

/// Sessions by connection, and receivers by user.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    sessions: SecondaryMap<DefaultKey, Box<Session>>,
    receivers: IndexMap<UserId, Receiver, FxBuildHasher>,
}

/// Where a user's lines go. What delivery needs of a session, kept close together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Receiver {
    pub(crate) connection: ConnectionId,
    pub(crate) capabilities: Capabilities,
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

    /// A question of a session was answered; gives what the answer is for.
    pub(crate) fn answered(
        &mut self,
        connection: ConnectionId,
        id: QuestionId,
        now: Timestamp,
    ) -> Option<Exchange> {
        let session = self.get_mut(connection)?;
        debug_assert!(
            matches!(session.waits_until(), Some(Until::Answered { question, .. }) if *question == id),
            "a question is open as long as its session waits for the answer"
        );
        match session.answered(now)? {
            Until::Answered { exchange, .. } => Some(exchange),
            Until::Time(_) | Until::Sent { .. } | Until::Committed { .. } => None,
        }
    }

    pub(crate) fn remove(&mut self, connection: ConnectionId) -> Option<Box<Session>> {
        self.sessions.remove(connection.0)
    }

    /// Puts off every time-out. The clocks of those who wait for us stand still anyway.
    pub(crate) fn postpone(&mut self, duration: Duration, now: Timestamp) {
        for session in self.sessions.values_mut().filter(|session| !session.waits_for_us()) {
            session.postpone(duration, now);
        }
    }

    /// Every connection, in the order of its slot.
    pub(crate) fn connections(&self) -> Vec<ConnectionId> {
        self.sessions.keys().map(ConnectionId).collect()
    }

    /// Connections, and those of them that are not registered.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.sessions.len(), self.sessions.len().saturating_sub(self.receivers.len()))
    }

    /// From now on the user's lines go to this connection.
    pub(crate) fn bind(&mut self, connection: ConnectionId, user: UserId) {
        if let Some(session) = self.get_mut(connection) {
            session.state = State::Registered(user);
            // The user has these from now on; for the client itself the address will do.
            session.peer.host = None;
            if let Some(metadata) = &mut session.metadata {
                metadata.early.clear();
            }
            let capabilities = session.capabilities;
            self.receivers.insert(user, Receiver { connection, capabilities });
        }
    }

    /// The user is gone; its connection may still be there.
    pub(crate) fn forget_user(&mut self, user: UserId) {
        self.receivers.swap_remove(&user);
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

    /// The session's capabilities changed.
    pub(crate) fn refresh(&mut self, connection: ConnectionId) {
        let Some(session) = self.get(connection) else { return };
        let capabilities = session.capabilities;
        if let Some(receiver) = session.user().and_then(|user| self.receivers.get_mut(&user)) {
            receiver.capabilities = capabilities;
        }
    }

    /// Whether each user here has the connection that their lines go to, and that one the capabilities that are known of it.
    ///
    /// # Errors
    /// The first thing that does not hold, as a sentence.
    pub(crate) fn check(&self, network: &Network) -> Result<(), String> {
        for session in self.sessions.values() {
            let Some(user) = session.user() else { continue };
            if network.user(user).is_none() {
                return Err(format!("{:?} is a user who is gone", session.connection));
            }
            let receiver = self.receiver(user).ok_or_else(|| format!("the lines of {user:?} go nowhere"))?;
            if receiver.connection != session.connection || receiver.capabilities != session.capabilities {
                return Err(format!(
                    "the lines of {user:?} go to {receiver:?}, not to {:?}",
                    session.connection
                ));
            }
        }
        let of_nobody = self.receivers.values().find(|receiver| self.get(receiver.connection).is_none());
        of_nobody.map_or(Ok(()), |receiver| Err(format!("{receiver:?} has no session")))
    }

    pub(crate) fn receiver(&self, user: UserId) -> Option<Receiver> {
        self.receivers.get(&user).copied()
    }

    /// Whether what the connection gets now is the answer to a label.
    pub(crate) fn is_collecting(&self, connection: ConnectionId) -> bool {
        self.get(connection).is_some_and(|session| session.response.is_some())
    }

    /// Sends a line, or adds it to the answer that is being put together.
    pub(crate) fn send(&mut self, connection: ConnectionId, line: Bytes, out: &mut Outputs) {
        if let Some(session) = self.get_mut(connection) {
            session.send(line, out);
        }
    }
}

impl Session {
    /// Sends the answer that was put together, if there is one.
    pub(crate) fn send_response(&mut self, server: &str, out: &mut Outputs) {
        if let Some(response) = self.response.take() {
            let name = self.batch_name();
            for line in response.finish(server, &name) {
                out.deliver(self.connection, line);
            }
        }
    }

    /// Sends what there is of the answer that is being put together; the rest follows in the same batch as it comes.
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

    /// Sends lines as one batch of a kind, which may be about something; without the batch to those who do not know batches.
    pub(crate) fn send_as_batch(
        &mut self,
        server: &str,
        (kind, about): (&str, Option<&str>),
        lines: Vec<Bytes>,
        out: &mut Outputs,
    ) {
        if !self.capabilities.contains(Capabilities::BATCH) {
            return lines.into_iter().for_each(|line| self.send(line, out));
        }
        let name = self.batch_name();
        let inside = format!("batch={name}");
        let start = Line::from(&server).command("BATCH").param(format_args!("+{name}")).param(kind);
        let start = about.iter().fold(start, |line, about| line.param(about)).finish();
        let end = Line::from(&server).command("BATCH").param(format_args!("-{name}")).finish();
        let mut whole: Vec<Bytes> = Vec::with_capacity(lines.len() + 2);
        whole.push(start.into());
        whole.extend(lines.iter().map(|line| tag(line, &inside)));
        whole.push(end.into());
        self.send_batch(whole, out);
    }

    /// Sends the lines of a whole batch, or adds them to the answer that is being put together.
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

    /// Sends a line, or adds it to the answer that is being put together.
    pub(crate) fn send(&mut self, line: Bytes, out: &mut Outputs) {
        self.count_unsent(line.len());
        match &mut self.response {
            Some(response) if !response.is_open() => response.push(line),
            response => out.deliver(self.connection, in_open(response.as_deref(), line)),
        }
    }
}

/// A line as it leaves: inside the batch of an answer that is under way, if there is one.
fn in_open(response: Option<&Response>, line: Bytes) -> Bytes {
    match response {
        Some(response) => response.inside(line),
        None => line,
    }
}
