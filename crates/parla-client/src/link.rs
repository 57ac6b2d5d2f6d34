//! The connection as time sees it: trying, silent, lost, tried again.
//!
//! Pauses double from [`BACKOFF_FIRST`] to [`BACKOFF_LAST`], and each is cut by up to a half at random, so that a server that
//! comes back is not met by all its clients at once. Only a connection that lasted makes them short again.

use std::{sync::Arc, time::Duration};

use parla_proto::Timestamp;

use crate::{
    limits::{BACKOFF_FIRST, BACKOFF_LAST, GOOD_AFTER, PING_AFTER, PONG_WITHIN, REGISTRATION_MAX},
    problem::{Problem, ProblemKind},
    view::{LinkState, Stage},
};

/// The state of the connection, and when to look at it again.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) state: LinkState,
    /// Failed attempts since the last good connection.
    attempts: u32,
    random: u64,
    /// By when the attempt must have led to a registered connection.
    give_up_at: Option<Timestamp>,
    online_since: Option<Timestamp>,
    /// Lines come from a connection that is wanted, not from one that was given up.
    is_open: bool,
    /// Whether a connection of this client ever was registered.
    pub(crate) was_online: bool,
    /// A connection broke while the server was told who one is: it may believe that one is there.
    pub(crate) may_have_ghost: bool,
    heard_at: Timestamp,
    pinged_at: Option<Timestamp>,
    /// What the server said before it closed.
    pub(crate) parting: Option<Problem>,
}

/// What is to be done about the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Connect again.
    Connect,
    /// Ask the server whether it is there.
    Ping,
    /// It took too long, or says nothing any more.
    GiveUp,
}

impl Link {
    pub(crate) fn new(seed: u64, now: Timestamp) -> Self {
        Self {
            state: LinkState::Stopped { why: None, suggestion: None },
            attempts: 0,
            random: seed | 1,
            give_up_at: None,
            online_since: None,
            is_open: false,
            was_online: false,
            may_have_ghost: false,
            heard_at: now,
            pinged_at: None,
            parting: None,
        }
    }

    /// An attempt begins.
    pub(crate) fn begin(&mut self, now: Timestamp) {
        self.state = LinkState::Connecting(Stage::Finding);
        self.give_up_at = Some(now + REGISTRATION_MAX);
        self.online_since = None;
        self.is_open = false;
        self.pinged_at = None;
        self.parting = None;
        self.heard_at = now;
    }

    /// The attempt has come so far.
    pub(crate) fn progress(&mut self, stage: Stage) {
        if self.is_connecting() {
            self.state = LinkState::Connecting(stage);
        }
    }

    /// The connection is there. False if nobody wants it any more.
    pub(crate) fn opened(&mut self, now: Timestamp) -> bool {
        self.is_open = self.is_connecting();
        self.heard(now);
        self.progress(Stage::SigningIn);
        self.is_open
    }

    /// The server has taken us in.
    pub(crate) fn registered(&mut self, now: Timestamp) {
        self.state = LinkState::Online;
        self.give_up_at = None;
        self.online_since = Some(now);
        self.was_online = true;
    }

    /// Something came from the server.
    pub(crate) fn heard(&mut self, now: Timestamp) {
        self.heard_at = now;
        self.pinged_at = None;
    }

    /// The connection is over, or could not be made: it waits, or it stops.
    pub(crate) fn lost(&mut self, now: Timestamp, problem: Problem) {
        let was_good = self.online_since.is_some_and(|since| now.since(since) >= GOOD_AFTER);
        let problem = self.parting.take().unwrap_or(problem);
        self.give_up_at = None;
        self.online_since = None;
        self.may_have_ghost |= std::mem::take(&mut self.is_open);
        self.pinged_at = None;
        if self.needs_person(problem.kind) {
            return self.stop(Some(problem), None);
        }
        self.attempts = if was_good { 1 } else { self.attempts.saturating_add(1) };
        let until = now + self.pause();
        self.state = LinkState::Waiting { until, attempt: self.attempts, why: Arc::new(problem) };
    }

    /// No further attempt before the person says so.
    pub(crate) fn stop(&mut self, why: Option<Problem>, suggestion: Option<Arc<str>>) {
        self.give_up_at = None;
        self.online_since = None;
        self.is_open = false;
        self.may_have_ghost = false;
        self.attempts = 0;
        self.state = LinkState::Stopped { why: why.map(Arc::new), suggestion };
    }

    /// Whether trying again would only fail again. What may pass is tried again, unless it was the very first attempt: then
    /// the address is likely wrong, and the person is there to mend it.
    fn needs_person(&self, kind: ProblemKind) -> bool {
        match kind {
            ProblemKind::AccountNeeded
            | ProblemKind::BadAddress
            | ProblemKind::BannedFromServer
            | ProblemKind::PasswordNeeded
            | ProblemKind::PasswordReadable
            | ProblemKind::PasswordWrong
            | ProblemKind::SignInNeeded
            | ProblemKind::SignInRefused
            | ProblemKind::SignInUnsupported
            | ProblemKind::NickInvalid
            | ProblemKind::NickTaken
            | ProblemKind::NotIrc => true,
            ProblemKind::HostNotFound
            | ProblemKind::Refused
            | ProblemKind::TimedOut
            | ProblemKind::NotEncrypted
            | ProblemKind::WrongCertificateName
            | ProblemKind::BadCertificate => !self.was_online,
            _ => false,
        }
    }

    fn pause(&mut self) -> Duration {
        let doublings = self.attempts.saturating_sub(1).min(16);
        let whole = BACKOFF_FIRST.saturating_mul(1 << doublings).min(BACKOFF_LAST);
        // xorshift64; pauses need no better one.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let per_mille = u32::try_from(self.random % 501).unwrap_or_default();
        whole - whole * per_mille / 1000
    }

    /// Whether what comes in is meant for this client now.
    pub(crate) const fn is_open(&self) -> bool {
        self.is_open
    }

    pub(crate) const fn is_online(&self) -> bool {
        matches!(self.state, LinkState::Online)
    }

    pub(crate) const fn is_connecting(&self) -> bool {
        matches!(self.state, LinkState::Connecting(_))
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        match &self.state {
            LinkState::Waiting { until, .. } => Some(*until),
            LinkState::Connecting(_) => self.give_up_at,
            LinkState::Online => {
                Some(self.pinged_at.map_or(self.heard_at + PING_AFTER, |pinged| pinged + PONG_WITHIN))
            }
            LinkState::Stopped { .. } => None,
        }
    }

    /// What is due now.
    pub(crate) fn due(&mut self, now: Timestamp) -> Option<Due> {
        if self.next_deadline().is_none_or(|deadline| deadline > now) {
            return None;
        }
        match self.state {
            LinkState::Waiting { .. } => Some(Due::Connect),
            LinkState::Connecting(_) => Some(Due::GiveUp),
            LinkState::Online if self.pinged_at.is_none() => {
                self.pinged_at = Some(now);
                Some(Due::Ping)
            }
            LinkState::Online => Some(Due::GiveUp),
            LinkState::Stopped { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost() -> Problem {
        Problem { kind: ProblemKind::Lost, about: "".into(), details: "".into() }
    }

    fn pause_after(link: &mut Link, now: Timestamp) -> Duration {
        link.lost(now, lost());
        let LinkState::Waiting { until, .. } = link.state else { panic!("{:?}", link.state) };
        until.since(now)
    }

    #[test]
    fn pauses_grow_and_differ() {
        let now = Timestamp::from_millis(0);
        let (mut one, mut other) = (Link::new(1, now), Link::new(99, now));
        let mut differ = false;
        for doubling in 0..10 {
            let whole = Duration::from_secs((1 << doubling).min(60));
            let (here, there) = (pause_after(&mut one, now), pause_after(&mut other, now));
            assert!(here <= whole && here >= whole / 2, "{here:?} of {whole:?}");
            differ |= here != there;
        }
        assert!(differ);
    }

    #[test]
    fn only_a_connection_that_lasted_makes_pauses_short_again() {
        let mut now = Timestamp::from_millis(0);
        let mut link = Link::new(7, now);
        for _ in 0..8 {
            link.begin(now);
            link.registered(now);
            pause_after(&mut link, now);
        }
        assert!(pause_after(&mut link, now) >= Duration::from_secs(30));
        link.begin(now);
        link.registered(now);
        now = now + GOOD_AFTER;
        assert!(pause_after(&mut link, now) <= BACKOFF_FIRST);
    }

    #[test]
    fn silence_is_asked_about_and_then_ended() {
        let now = Timestamp::from_millis(0);
        let mut link = Link::new(7, now);
        link.begin(now);
        link.registered(now);
        assert_eq!(link.due(now + Duration::from_secs(59)), None);
        let asked = now + PING_AFTER;
        assert_eq!(link.due(asked), Some(Due::Ping));
        assert_eq!(link.due(asked), None);
        assert_eq!(link.due(asked + PONG_WITHIN), Some(Due::GiveUp));
        link.heard(asked + PONG_WITHIN);
        assert_eq!(link.due(asked + PONG_WITHIN), None);
    }
}
