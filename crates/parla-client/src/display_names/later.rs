//! Whose display names the server must be asked for, and when.

use std::{sync::Arc, time::Duration};

use parla_proto::{Line, Timestamp};

use super::DISPLAY_NAME;
use crate::{session::Session, turn::Turn};

/// The most requests that can wait.
const LATER_MAX: usize = 20;
/// The longest delay before the server is asked again, in seconds.
const LATER_SECONDS_MAX: u64 = 600;

/// The pause between two requests, because many people may join at once.
const APART: Duration = Duration::from_secs(1);

/// The waiting requests and their times.
#[derive(Debug, Default)]
pub(crate) struct Later {
    waiting: Vec<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    at: Timestamp,
    request: MetadataRequest,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum MetadataRequest {
    /// Ask for all values of a person or channel that the client has subscribed to.
    Sync(Arc<str>),
    /// Ask for the display name of somebody who has joined.
    Name(Arc<str>),
}

impl Later {
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.waiting.iter().map(|waiting| waiting.at).min()
    }

    /// Sends the requests that are due.
    pub(crate) fn ask_due(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now;
        let due: Vec<_> = self.waiting.extract_if(.., |waiting| waiting.at <= now).collect();
        for Waiting { request, .. } in due {
            let line = Line::bare("METADATA");
            turn.send(match request {
                MetadataRequest::Sync(target) => line.param(target).param("SYNC"),
                MetadataRequest::Name(nick) => line.param(nick).param("GET").param(DISPLAY_NAME),
            });
        }
    }

    /// Somebody unknown has joined. Servers send values by themselves only for people who are already there,
    /// and when a value changes.
    pub(crate) fn met(&mut self, session: &Session, nick: &str, now: Timestamp) {
        let request = MetadataRequest::Name(nick.into());
        if self.takes(session, &request) {
            let last = self.waiting.iter().map(|waiting| waiting.at).max();
            let at = last.map_or(now, |last| last.max(now)) + APART;
            self.waiting.push(Waiting { at, request });
        }
    }

    /// The server will send the values of a target later: it is asked again after this many seconds, or after
    /// one second if the server does not say.
    pub(crate) fn put_off(&mut self, session: &Session, target: &str, seconds: Option<u64>, now: Timestamp) {
        let request = MetadataRequest::Sync(target.into());
        if self.takes(session, &request) {
            let seconds = seconds.unwrap_or(1).clamp(1, LATER_SECONDS_MAX);
            self.waiting.push(Waiting { at: now + Duration::from_secs(seconds), request });
        }
    }

    /// Whether there is room for a request that is not waiting already.
    fn takes(&self, session: &Session, request: &MetadataRequest) -> bool {
        session.knows_display_names()
            && self.waiting.len() < LATER_MAX
            && !self.waiting.iter().any(|other| other.request == *request)
    }
}
