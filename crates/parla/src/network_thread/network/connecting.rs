//! The connection of one network: how it is made and ended, and what is transferred.

use std::sync::Arc;

use parla_client::{
    Problem, ProblemKind,
    endpoint::{BadEndpoint, Encryption, Endpoint, Security},
    view::Update,
};
use parla_engine::{Signal, Transport, problem};
use parla_proto::{
    framing::{Frame, Framer},
    limits::SERVER_LINE_BYTES_MAX,
};
use tokio::{
    sync::mpsc::{self, Sender, error::TrySendError},
    task::AbortHandle,
};

use super::{NetworkClient, Shell};
use crate::{
    clock,
    limits::LINES_MAX,
    network_thread::{
        connection::{self, ConnectionEvent, Plan, Serial},
        identity::Identity,
        networks::Surroundings,
        tls::{TlsSession, Trust},
        trouble::of_alert,
    },
};

/// The connection that exists or is being made.
pub(super) struct Connection {
    serial: Serial,
    lines: Sender<Vec<u8>>,
    framer: Framer,
    task: AbortHandle,
}

impl Transport for Shell<'_> {
    type Connection = Connection;

    fn connect(&mut self) -> Result<Connection, Problem> {
        *self.opening = None;
        let bad_address = |error: &BadEndpoint| problem(ProblemKind::BadAddress, &error.to_string());
        let endpoint = self.endpoint.as_ref().map_err(bad_address)?.clone();
        let tls = self.session(&endpoint)?;
        let plain = Endpoint::parse(&self.remembered.settings.address, Encryption::Waived).ok();
        // For an address that demands encryption, the probe goes to the same port.
        let plain = plain.filter(|_| tls.is_some()).map(|it| Endpoint { security: Security::Plain, ..it });
        let (lines, queue) = mpsc::channel(LINES_MAX);
        let serial = self.around.next_serial();
        let events = self.around.events.clone();
        let plan = Plan { serial, endpoint, tls, plain, lines: queue, events };
        let task = self.around.tasks.spawn(connection::run(plan));
        tracing::info!(network = self.id.0, "connecting");
        Ok(Connection { serial, lines, framer: Framer::default(), task })
    }
}

impl Shell<'_> {
    /// The TLS session with what the server must prove; `None` without encryption.
    fn session(&mut self, endpoint: &Endpoint) -> Result<Option<TlsSession>, Problem> {
        if endpoint.security != Security::Tls {
            return Ok(None);
        }
        let settings = &self.remembered.settings;
        let identity = settings.identity.as_deref().map(Identity::read).transpose();
        let identity = identity.map_err(|error| problem(ProblemKind::BadIdentity, &error.to_string()))?;
        let trust = Trust { pinned: settings.trusted.as_deref().map(Arc::from), identity };
        let session = self.around.tls.session(&trust);
        session.map(Some).map_err(|error| problem(ProblemKind::BadCertificate, &error.to_string()))
    }
}

impl parla_engine::Connection for Connection {
    fn number(&self) -> u64 {
        self.serial.0
    }

    fn send(&mut self, line: Vec<u8>) -> Result<(), Problem> {
        match self.lines.try_send(line) {
            // If it is closed, its task has reported why, or is about to.
            Ok(()) | Err(TrySendError::Closed(_)) => Ok(()),
            Err(TrySendError::Full(_)) => {
                Err(problem(ProblemKind::Lost, "the server does not take what is sent"))
            }
        }
    }

    fn give_up(&mut self) {
        self.task.abort();
    }
}

impl NetworkClient {
    /// Whether this is the serial number of its connection.
    pub(crate) fn has(&self, serial: Serial) -> bool {
        self.engine.has(serial.0)
    }

    /// Processes an event of its connection.
    pub(crate) fn happened(&mut self, (serial, event): (Serial, ConnectionEvent), around: &mut Surroundings) {
        match event {
            ConnectionEvent::Progress(stage) => self.handle_signal(serial, Signal::Progress(stage), around),
            ConnectionEvent::Certificate(shown) => {
                self.own_updates.push(Update::Certificate(self.id, Arc::new(shown)));
                around.pace.changed();
            }
            ConnectionEvent::Opened => self.handle_signal(serial, Signal::Opened, around),
            ConnectionEvent::Bytes(bytes) => self.receive(serial, &bytes, around),
            ConnectionEvent::Closed(problem) => {
                tracing::info!(network = self.id.0, kind = ?problem.kind, why = %problem.details, "not connected");
                self.handle_signal(serial, Signal::Closed(problem), around);
            }
        }
    }

    fn handle_signal(&mut self, serial: Serial, signal: Signal<&[u8]>, around: &mut Surroundings) {
        let (engine, mut shell) = self.parts(around);
        engine.handle_signal(clock::now(), (serial.0, signal), &mut shell);
        around.pace.changed();
    }

    fn receive(&mut self, serial: Serial, bytes: &[u8], around: &mut Surroundings) {
        if let Some(problem) = of_alert(bytes) {
            return self.happened((serial, ConnectionEvent::Closed(problem)), around);
        }
        let Some(connection) = self.engine.connection() else { return };
        let mut framer = std::mem::take(&mut connection.framer);
        // Bytes after the line that made the client disconnect are not for the next connection.
        framer.feed(bytes, SERVER_LINE_BYTES_MAX, |frame| match frame {
            Frame::Line(line) => self.handle_signal(serial, Signal::Line(line), around),
            Frame::TooLong => self.handle_signal(serial, Signal::LineTooLong, around),
            Frame::Endless => {}
        });
        if let Some(connection) = self.engine.connection().filter(|connection| connection.serial == serial) {
            connection.framer = framer;
        }
    }
}
