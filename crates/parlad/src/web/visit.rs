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

/// Where requests come from, and what happens to the connection when they have been answered.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    intake: Arc<Intake>,
    address: IpAddr,
    outcome: Arc<Mutex<Option<Outcome>>>,
}

/// The result of a WebSocket request: an IRC connection, or the reason for refusing, which is told in the
/// WebSocket.
pub(super) type Outcome = Result<Agreement, Full>;

/// An IRC connection that an HTTP connection becomes.
#[derive(Debug)]
pub(super) struct Agreement {
    pub(super) framing: Framing,
    /// The client's address, even behind a proxy.
    pub(super) address: IpAddr,
    /// Whether a proxy on this computer says that the client uses TLS to it.
    pub(super) by_tls: bool,
    pub(super) permit: Permit,
}

/// There is no room for another IRC connection.
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

    /// What happens to the connection after the answer, if the request was for a WebSocket.
    pub(super) fn take_outcome(&self) -> Option<Outcome> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Agrees to a WebSocket, if there is room for it.
    pub(super) fn agree(&self, framing: Framing, headers: &HeaderMap) {
        let outcome = self.admit(framing, headers);
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
    }

    /// The address that a request comes from, even behind a proxy.
    pub(super) fn client_address(&self, headers: &HeaderMap) -> IpAddr {
        let limits = &self.intake.addresses.limits;
        let is_proxy = limits.is_trusted_proxy(self.address);
        is_proxy.then(|| proxy::forwarded_for(headers, limits)).flatten().unwrap_or(self.address)
    }

    fn admit(&self, framing: Framing, headers: &HeaderMap) -> Outcome {
        let is_proxy = self.intake.addresses.limits.is_trusted_proxy(self.address);
        let address = self.client_address(headers);
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
