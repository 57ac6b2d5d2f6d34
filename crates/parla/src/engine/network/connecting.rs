//! The connection of one network: how it is made and ended, and what goes over it.

use std::sync::Arc;

use parla_client::{
    Input, Problem, ProblemKind,
    endpoint::{Endpoint, Security},
    view::Update,
};
use parla_proto::{
    framing::{Frame, Framer},
    limits::SERVER_LINE_BYTES_MAX,
};
use tokio::{
    sync::mpsc::{self, Sender, error::TrySendError},
    task::AbortHandle,
};

use super::Network;
use crate::{
    engine::{
        connection::{self, Happening, Plan, Serial},
        hub::Surroundings,
        identity::Identity,
        tls::{Session, Trust},
        trouble::{of_alert, problem},
    },
    limits::LINES_MAX,
};

/// The connection that there is, or that is being made.
pub(super) struct Connection {
    serial: Serial,
    lines: Sender<Vec<u8>>,
    framer: Framer,
    task: AbortHandle,
    /// Lines can go out.
    is_open: bool,
}

impl Network {
    pub(super) fn connect(&mut self, around: &mut Surroundings) {
        self.opening = None;
        if let Some(before) = self.connection.take() {
            before.task.abort();
        }
        let endpoint = match &self.endpoint {
            Ok(endpoint) => endpoint.clone(),
            Err(error) => return self.fail(problem(ProblemKind::BadAddress, &error.to_string()), around),
        };
        let tls = match self.session(&endpoint, around) {
            Ok(session) => session,
            Err(problem) => return self.fail(problem, around),
        };
        let plain = Endpoint::parse(&self.remembered.settings.address, true).ok();
        // An address that asks for encryption is asked at its own port whether it has any.
        let plain = plain.filter(|_| tls.is_some()).map(|it| Endpoint { security: Security::Plain, ..it });
        let (lines, queue) = mpsc::channel(LINES_MAX);
        let serial = around.next_serial();
        let happenings = around.happenings.clone();
        let plan = Plan { serial, endpoint, tls, plain, lines: queue, happenings };
        let task = around.tasks.spawn(connection::run(plan));
        self.connection = Some(Connection { serial, lines, framer: Framer::default(), task, is_open: false });
        tracing::info!(network = self.id.0, "connecting");
    }

    /// How the server has to prove itself, if it has to.
    fn session(&self, endpoint: &Endpoint, around: &mut Surroundings) -> Result<Option<Session>, Problem> {
        if endpoint.security != Security::Tls {
            return Ok(None);
        }
        let settings = &self.remembered.settings;
        let identity = settings.identity.as_deref().map(Identity::read).transpose();
        let identity = identity.map_err(|error| problem(ProblemKind::BadIdentity, &error.to_string()))?;
        let trust = Trust { pinned: settings.trusted.as_deref().map(Arc::from), identity };
        let session = around.tls.session(&trust);
        session.map(Some).map_err(|error| problem(ProblemKind::BadCertificate, &error.to_string()))
    }

    pub(super) fn disconnect(&mut self) {
        // The task of an open one writes what it was given, and ends.
        if let Some(connection) = self.connection.take_if(|connection| !connection.is_open) {
            connection.task.abort();
        }
        self.connection = None;
    }

    /// A connection that cannot even be tried.
    fn fail(&mut self, problem: Problem, around: &mut Surroundings) {
        let serial = around.next_serial();
        around.later(serial, Happening::Closed(problem));
        let (lines, _) = mpsc::channel(1);
        let task = around.tasks.spawn(std::future::ready(()));
        self.connection = Some(Connection { serial, lines, framer: Framer::default(), task, is_open: false });
    }

    pub(super) fn send(&mut self, line: Vec<u8>, around: &mut Surroundings) {
        let Some(connection) = &self.connection else { return };
        match connection.lines.try_send(line) {
            Ok(()) => {}
            // Its task has told why it ended, or is about to.
            Err(TrySendError::Closed(_)) => {}
            Err(TrySendError::Full(_)) => {
                connection.task.abort();
                let why = problem(ProblemKind::Lost, "the server does not take what is sent");
                around.later(connection.serial, Happening::Closed(why));
            }
        }
    }

    /// Whether that is its connection.
    pub(crate) fn has(&self, serial: Serial) -> bool {
        self.connection.as_ref().is_some_and(|connection| connection.serial == serial)
    }

    /// Something happened to its connection.
    pub(crate) fn happened(&mut self, happening: Happening, around: &mut Surroundings) {
        match happening {
            Happening::Progress(stage) => self.handle(Input::Progress(stage), around),
            Happening::Certificate(shown) => {
                self.notices.push(Update::Certificate(self.id, Arc::new(shown)));
                around.pace.changed();
            }
            Happening::Opened => {
                if let Some(connection) = &mut self.connection {
                    connection.is_open = true;
                }
                self.handle(Input::Opened, around);
            }
            Happening::Bytes(bytes) => self.read(&bytes, around),
            Happening::Closed(problem) => {
                tracing::info!(network = self.id.0, kind = ?problem.kind, why = %problem.details, "not connected");
                self.connection = None;
                self.handle(Input::Closed(problem), around);
            }
        }
    }

    fn read(&mut self, bytes: &[u8], around: &mut Surroundings) {
        let Some(connection) = &mut self.connection else { return };
        let serial = connection.serial;
        if let Some(problem) = of_alert(bytes) {
            return self.happened(Happening::Closed(problem), around);
        }
        let mut framer = std::mem::take(&mut connection.framer);
        framer.feed(bytes, SERVER_LINE_BYTES_MAX, |frame| {
            // What comes behind the line that made the client leave is not for the next connection.
            if self.has(serial) {
                match frame {
                    Frame::Line(line) => self.handle(Input::Line(line), around),
                    Frame::TooLong => self.handle(Input::LineTooLong, around),
                    Frame::Endless => {}
                }
            }
        });
        if let Some(connection) = self.connection.as_mut().filter(|connection| connection.serial == serial) {
            connection.framer = framer;
        }
    }
}
