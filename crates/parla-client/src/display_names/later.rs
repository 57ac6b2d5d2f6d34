//! Of whom the server is to be asked what they want to be called, and when.

use std::{sync::Arc, time::Duration};

use parla_proto::{Line, Timestamp};

use super::DISPLAY_NAME;
use crate::{session::Session, turn::Turn};

/// Questions that wait for their time.
const LATER_MAX: usize = 20;
/// The server is not waited for longer than this before it is asked again.
const LATER_SECONDS_MAX: u64 = 600;

/// Nobody is asked about sooner after the one before: many may come in at once.
const APART: Duration = Duration::from_secs(1);

/// What the server is to be asked, and when.
#[derive(Debug, Default)]
pub(crate) struct Later {
    waiting: Vec<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    at: Timestamp,
    question: Question,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Question {
    /// All values of somebody or some room that the client subscribed to.
    Sync(Arc<str>),
    /// The name of somebody who has come in.
    Name(Arc<str>),
}

impl Later {
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.waiting.iter().map(|waiting| waiting.at).min()
    }

    /// Asks for what it is time to ask for.
    pub(crate) fn ask_due(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now;
        let due: Vec<_> = self.waiting.extract_if(.., |waiting| waiting.at <= now).collect();
        for Waiting { question, .. } in due {
            let line = Line::bare("METADATA");
            turn.send(match question {
                Question::Sync(target) => line.param(target).param("SYNC"),
                Question::Name(nick) => line.param(nick).param("GET").param(DISPLAY_NAME),
            });
        }
    }

    /// Somebody has come in of whom nothing is known. Servers tell the values of those who are there already, and what
    /// changes.
    pub(crate) fn met(&mut self, session: &Session, nick: &str, now: Timestamp) {
        let question = Question::Name(nick.into());
        if self.takes(session, &question) {
            let last = self.waiting.iter().map(|waiting| waiting.at).max();
            let at = last.map_or(now, |last| last.max(now)) + APART;
            self.waiting.push(Waiting { at, question });
        }
    }

    /// The server has more to tell of a target than it wants to tell now: it is asked again after so many seconds, or after one
    /// if the server does not say.
    pub(crate) fn put_off(&mut self, session: &Session, target: &str, seconds: Option<u64>, now: Timestamp) {
        let question = Question::Sync(target.into());
        if self.takes(session, &question) {
            let seconds = seconds.unwrap_or(1).clamp(1, LATER_SECONDS_MAX);
            self.waiting.push(Waiting { at: now + Duration::from_secs(seconds), question });
        }
    }

    /// Whether a question can wait here, and does not yet.
    fn takes(&self, session: &Session, question: &Question) -> bool {
        session.knows_display_names()
            && self.waiting.len() < LATER_MAX
            && !self.waiting.iter().any(|other| other.question == *question)
    }
}
