//! One HTTP connection, as its requests see it.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use axum::http::HeaderMap;

use crate::net::{
    admission::{Permit, Purpose, Refused},
    framing::Framing,
    intake::Intake,
    proxy,
};

/// Where requests come from, and what becomes of the connection when they are answered.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    intake: Arc<Intake>,
    address: IpAddr,
    outcome: Arc<Mutex<Option<Outcome>>>,
}

/// What comes of a request for a WebSocket: one of IRC, or one in which it is told why it is none.
pub(super) type Outcome = Result<Agreement, Full>;

/// A connection of IRC that an HTTP connection becomes.
#[derive(Debug)]
pub(super) struct Agreement {
    pub(super) framing: Framing,
    /// Of the client, even if a proxy asks for it.
    pub(super) address: IpAddr,
    /// Whether a proxy on this computer says that the client speaks TLS with it.
    pub(super) by_tls: bool,
    pub(super) permit: Permit,
}

/// There is no room for another connection of IRC.
#[derive(Debug)]
pub(super) struct Full {
    pub(super) framing: Framing,
    pub(super) refused: Refused,
}

impl Visit {
    /// A connection from this address.
    pub(super) fn new(intake: Arc<Intake>, address: IpAddr) -> Self {
        Self { intake, address, outcome: Arc::default() }
    }

    /// Where the connection goes on when the answer is sent, if the request was for a WebSocket.
    pub(super) fn take_outcome(&self) -> Option<Outcome> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Agrees to a WebSocket, if there is room for it.
    pub(super) fn agree(&self, framing: Framing, headers: &HeaderMap) {
        let outcome = self.admit(framing, headers);
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
    }

    fn admit(&self, framing: Framing, headers: &HeaderMap) -> Outcome {
        let limits = &self.intake.addresses.limits;
        let is_proxy = limits.is_trusted_proxy(self.address);
        let client = is_proxy.then(|| proxy::forwarded_for(headers, limits)).flatten();
        let address = client.unwrap_or(self.address);
        let by_tls = is_proxy && self.address.is_loopback() && proxy::is_forwarded_by_tls(headers);
        match self.intake.admission.admit(address, Purpose::Irc, Instant::now()) {
            Ok(permit) => Ok(Agreement { framing, address, by_tls, permit }),
            Err(refused) => {
                self.intake.log.refused(address, &refused);
                Err(Full { framing, refused })
            }
        }
    }
}
