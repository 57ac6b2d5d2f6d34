//! The state of the connection over time: connecting, silent, lost, connecting again.
//!
//! Pauses double from [`BACKOFF_FIRST`] to [`BACKOFF_LAST`], and each is shortened at random by up to a half,
//! so that the clients of a server that has restarted do not all return at once. Only a connection that
//! lasted makes the pauses short again.
//!
//! A connection can be dead without anybody being told. The server is sent a PING after a long silence; after
//! a short one if it should have answered something that was sent; and at once if the device reports that its
//! network has changed or is gone, or if the clock shows that it was asleep.

use std::{sync::Arc, time::Duration};

use parla_proto::{Line, Timestamp};

use crate::{
    limits::{
        BACKOFF_AFTER_REFUSAL, BACKOFF_FIRST, BACKOFF_LAST, CLOCK_EVERY, CLOCK_JUMP, GOOD_AFTER,
        GREETING_MAX, GREETING_SILENCE, OFFLINE_RETRY, OPENING_MAX, PING_AFTER, PING_AFTER_SENDING,
        PONG_AFTER_SENDING_WITHIN, PONG_AWAKE_WITHIN, PONG_OFFLINE_WITHIN, PONG_WITHIN, REGISTRATION_MAX,
    },
    problem::{Problem, ProblemKind},
    turn::Turn,
    view::{BufferId, LinkState, Stage},
};

/// The state of the connection, and when it must be checked again.
#[derive(Debug)]
pub(crate) struct Link {
    state: LinkState,
    /// Failed attempts since the last good connection.
    attempts: u32,
    random: u64,
    /// The time by which the attempt must have led to a registered connection.
    give_up_at: Option<Timestamp>,
    online_since: Option<Timestamp>,
    /// Whether lines come from a connection that is wanted, and not from one that was given up.
    is_open: bool,
    /// Whether a connection of this client has ever been registered.
    was_online: bool,
    /// Whether a connection broke after the nick was sent, so that the server may believe that it still
    /// exists.
    may_have_ghost: bool,
    heard_at: Timestamp,
    /// Since when something has been waiting for an answer. Any line counts as one, because it shows that the
    /// server is there.
    owed_since: Option<Timestamp>,
    /// The time by which the server must have answered a PING.
    pong_by: Option<Timestamp>,
    /// When the clock was last checked.
    looked_at: Timestamp,
    /// Whether the device says that it has no network.
    is_device_offline: bool,
    /// When the next attempt is made although the device says that it has no network.
    offline_retry_at: Timestamp,
    /// Whether the current attempt was made despite what the device says, and unasked. It is not shown.
    is_quiet: bool,
    /// The reason that the server gave before it closed the connection.
    parting: Option<Problem>,
    /// Why the last attempt stopped, unless the person has been registered since.
    refused: Option<Arc<Problem>>,
}

/// What must be done about the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Make a new connection.
    Connect,
    /// Send the server a PING.
    Ping,
    /// Give up the connection, which took too long or is silent.
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
            owed_since: None,
            pong_by: None,
            looked_at: now,
            is_device_offline: false,
            offline_retry_at: now,
            is_quiet: false,
            parting: None,
            refused: None,
        }
    }

    /// Begins an attempt to connect.
    pub(crate) fn begin(&mut self, now: Timestamp) {
        self.state = LinkState::Connecting(Stage::Finding);
        self.give_up_at = Some(now + OPENING_MAX);
        self.online_since = None;
        self.is_open = false;
        self.parting = None;
        self.note_activity(now);
    }

    /// The attempt has reached this stage.
    pub(crate) fn progress(&mut self, now: Timestamp, stage: Stage) {
        if self.is_connecting() {
            self.state = LinkState::Connecting(stage);
            let max = if stage == Stage::SigningIn { REGISTRATION_MAX } else { OPENING_MAX };
            self.give_up_at = Some(now + max);
        }
    }

    /// The connection is open. Returns false if it is no longer wanted.
    pub(crate) fn opened(&mut self, now: Timestamp) -> bool {
        self.is_open = self.is_connecting();
        self.note_activity(now);
        self.progress(now, Stage::SigningIn);
        self.is_open
    }

    /// The server has registered the person.
    pub(crate) fn registered(&mut self, now: Timestamp) {
        self.state = LinkState::Online;
        self.give_up_at = None;
        self.online_since = Some(now);
        self.was_online = true;
        self.refused = None;
        self.is_quiet = false;
        // Whatever was refused before did not keep us out.
        self.parting = None;
    }

    /// A line came from the server.
    pub(crate) fn note_activity(&mut self, now: Timestamp) {
        self.heard_at = now;
        self.pong_by = None;
        self.owed_since = None;
    }

    /// Something was sent that the server will answer.
    pub(crate) fn awaits(&mut self, now: Timestamp) {
        if self.is_online() {
            self.owed_since.get_or_insert(now);
        }
    }

    /// Checks the clock, and returns what is due if the device was asleep.
    pub(crate) fn check_clock(&mut self, now: Timestamp) -> Option<Due> {
        let before = std::mem::replace(&mut self.looked_at, now);
        if now < before {
            self.set_back(now);
        }
        (now.since(before) >= CLOCK_EVERY + CLOCK_JUMP && self.is_online())
            .then(|| self.ping(now, PONG_AWAKE_WITHIN))
    }

    /// The clock was set back: times in the future must not keep us waiting.
    fn set_back(&mut self, now: Timestamp) {
        self.heard_at = self.heard_at.min(now);
        self.owed_since = self.owed_since.map(|since| since.min(now));
        self.pong_by = self.pong_by.map(|by| by.min(now + PONG_WITHIN));
        self.give_up_at = self.give_up_at.map(|at| at.min(now + REGISTRATION_MAX));
        self.online_since = self.online_since.map(|since| since.min(now));
        self.offline_retry_at = self.offline_retry_at.min(now + OFFLINE_RETRY);
        if let LinkState::Waiting { until, .. } = &mut self.state {
            *until = (*until).min(now + BACKOFF_LAST);
        }
    }

    fn ping(&mut self, now: Timestamp, within: Duration) -> Due {
        self.pong_by = Some(now + within);
        Due::Ping
    }

    /// The device says that it has no network. It may be wrong, because the server may be on the device
    /// itself.
    pub(crate) fn device_offline(&mut self, now: Timestamp) -> Option<Due> {
        self.is_device_offline = true;
        match self.state {
            LinkState::Online => return Some(self.ping(now, PONG_OFFLINE_WITHIN)),
            LinkState::Connecting(_) => {
                self.give_up_at = self.give_up_at.map(|at| at.min(now + PONG_OFFLINE_WITHIN));
            }
            LinkState::Waiting { .. } => self.wait_offline(now),
            LinkState::Offline | LinkState::Stopped { .. } => {}
        }
        None
    }

    /// Waits because the device says that it has no network. It may be wrong, so we try now and then.
    fn wait_offline(&mut self, now: Timestamp) {
        self.attempts = 0;
        self.offline_retry_at = now + OFFLINE_RETRY;
        self.state = LinkState::Offline;
    }

    /// The state as the person should see it.
    pub(crate) fn shown(&self) -> LinkState {
        if self.is_quiet { LinkState::Offline } else { self.state.clone() }
    }

    /// The device has a network, perhaps another one than before.
    pub(crate) fn device_online(&mut self, now: Timestamp) -> Option<Due> {
        self.is_device_offline = false;
        self.is_quiet = false;
        match self.state {
            LinkState::Online => Some(self.ping(now, PONG_AWAKE_WITHIN)),
            LinkState::Waiting { .. } | LinkState::Offline => {
                self.attempts = 0;
                Some(Due::Connect)
            }
            LinkState::Connecting(_) | LinkState::Stopped { .. } => None,
        }
    }

    /// The person is back and the device has a network, which a frozen page may not have been told of.
    pub(crate) fn awake(&mut self, now: Timestamp) -> Option<Due> {
        match &self.state {
            LinkState::Online if now.since(self.heard_at) < CLOCK_EVERY => None,
            LinkState::Waiting { why, .. } => (!is_refusal(why.kind)).then_some(Due::Connect),
            LinkState::Online | LinkState::Connecting(_) | LinkState::Offline | LinkState::Stopped { .. } => {
                self.device_online(now)
            }
        }
    }

    /// The connection ended or could not be made: waits, or stops.
    pub(crate) fn lost(&mut self, now: Timestamp, problem: Problem) {
        let was_good = self.online_since.is_some_and(|since| now.since(since) >= GOOD_AFTER);
        let parting = self.parting.take();
        let has_parting = parting.is_some();
        let problem = parting.unwrap_or(problem);
        self.give_up_at = None;
        self.online_since = None;
        self.is_quiet = false;
        self.may_have_ghost |= std::mem::take(&mut self.is_open);
        // What the server itself said is true, whatever the device says about its network.
        if self.is_device_offline && !has_parting {
            return self.wait_offline(now);
        }
        if self.needs_person(problem.kind) {
            return self.stop(Some(problem), None);
        }
        self.attempts = if was_good { 1 } else { self.attempts.saturating_add(1) };
        let until = now + self.pause(problem.kind);
        self.state = LinkState::Waiting { until, attempt: self.attempts, why: Arc::new(problem) };
    }

    /// Makes no further attempt until the person asks for one.
    pub(crate) fn stop(&mut self, why: Option<Problem>, suggestion: Option<Arc<str>>) {
        self.give_up_at = None;
        self.online_since = None;
        self.is_open = false;
        self.is_quiet = false;
        self.may_have_ghost = false;
        self.attempts = 0;
        self.refused = why.map(|why| Arc::new(why.after(self.refused.as_deref())));
        self.state = LinkState::Stopped { why: self.refused.clone(), suggestion };
    }

    /// Whether another attempt would only fail again. Problems that may pass are retried, except at the very
    /// first attempt: then the address is likely wrong, and the person is there to correct it.
    fn needs_person(&self, kind: ProblemKind) -> bool {
        match kind {
            _ if kind.is_about_nick() => true,
            ProblemKind::AccountNeeded
            | ProblemKind::BadAddress
            | ProblemKind::BadIdentity
            | ProblemKind::BannedFromServer
            | ProblemKind::CertificateChanged
            | ProblemKind::PasswordNeeded
            | ProblemKind::PasswordReadable
            | ProblemKind::EncryptionNeeded
            | ProblemKind::PasswordWrong
            | ProblemKind::SignInNeeded
            | ProblemKind::SignInRefused
            | ProblemKind::SignInUnsupported
            | ProblemKind::WebServer
            | ProblemKind::NotIrc => true,
            ProblemKind::HostNotFound
            | ProblemKind::Refused
            | ProblemKind::TimedOut
            | ProblemKind::NotEncrypted
            | ProblemKind::PlainOnly
            | ProblemKind::WrongCertificateName
            | ProblemKind::BadCertificate
            | ProblemKind::CertificateExpired
            | ProblemKind::CertificateNotYetValid => !self.was_online,
            _ => false,
        }
    }

    fn pause(&mut self, kind: ProblemKind) -> Duration {
        let doublings = self.attempts.saturating_sub(1).min(16);
        let whole = BACKOFF_FIRST.saturating_mul(1 << doublings).min(BACKOFF_LAST);
        // Up to half of it may be cut off.
        let whole = if is_refusal(kind) { whole.max(BACKOFF_AFTER_REFUSAL * 2) } else { whole };
        // xorshift64; pauses do not need a better generator.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let per_mille = u32::try_from(self.random % 501).unwrap_or_default();
        whole - whole * per_mille / 1000
    }

    /// When a server's greeting counts as over if it never says so: once it is silent, or has sent other
    /// things for too long.
    pub(crate) fn greeted_by(&self) -> Option<Timestamp> {
        self.online_since.map(|since| (self.heard_at + GREETING_SILENCE).min(since + GREETING_MAX))
    }

    /// Notes that the person has been connected before, with an earlier client.
    pub(crate) const fn set_online_before(&mut self) {
        self.was_online = true;
    }

    /// Whether nobody has been connected yet: no connection of this person was registered or may have been.
    pub(crate) const fn is_first(&self) -> bool {
        !self.was_online && !self.may_have_ghost
    }

    /// The reason that the server has given for ending the connection soon.
    pub(crate) const fn parting(&self) -> Option<&Problem> {
        self.parting.as_ref()
    }

    /// The server says why it will end the connection.
    pub(crate) fn parts(&mut self, problem: Problem) {
        self.parting = Some(problem);
    }

    /// Sends a line, or tells the person that they are not connected.
    pub(crate) fn ask(&self, buffer: Option<BufferId>, line: Line, turn: &mut Turn<'_>) {
        if self.is_online() {
            turn.send(line);
        } else {
            turn.complain(buffer, Problem::of(ProblemKind::Offline));
        }
    }

    /// Whether the person stopped it, or must do something before another attempt is made.
    pub(crate) const fn is_stopped(&self) -> bool {
        matches!(self.state, LinkState::Stopped { .. })
    }

    /// Whether incoming lines are meant for this client now.
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
            LinkState::Offline => Some(self.offline_retry_at),
            LinkState::Connecting(_) => self.give_up_at,
            LinkState::Online => {
                let next = self.pong_by.unwrap_or_else(|| self.ping_at());
                Some(next.min(self.looked_at + CLOCK_EVERY))
            }
            LinkState::Stopped { .. } => None,
        }
    }

    /// When the silence will have lasted long enough for a PING.
    fn ping_at(&self) -> Timestamp {
        let at = self.heard_at + PING_AFTER;
        self.owed_since.map_or(at, |since| at.min(since + PING_AFTER_SENDING))
    }

    /// What must be done now.
    pub(crate) fn due(&mut self, now: Timestamp) -> Option<Due> {
        match self.state {
            LinkState::Waiting { until, .. } => (until <= now).then_some(Due::Connect),
            LinkState::Offline => {
                self.is_quiet = self.offline_retry_at <= now;
                self.is_quiet.then_some(Due::Connect)
            }
            LinkState::Connecting(_) => self.give_up_at.is_some_and(|at| at <= now).then_some(Due::GiveUp),
            LinkState::Online => match self.pong_by {
                Some(by) => (by <= now).then_some(Due::GiveUp),
                None if self.ping_at() > now => None,
                None if self.owed_since.is_some() => Some(self.ping(now, PONG_AFTER_SENDING_WITHIN)),
                None => Some(self.ping(now, PONG_WITHIN)),
            },
            LinkState::Stopped { .. } => None,
        }
    }
}

/// Whether the server accepts no more connections: one that returns at once is refused again, and counted.
const fn is_refusal(kind: ProblemKind) -> bool {
    matches!(
        kind,
        ProblemKind::ConnectingTooFast
            | ProblemKind::ServerFull
            | ProblemKind::Throttled
            | ProblemKind::TooManyFromAddress
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(kind: ProblemKind) -> Problem {
        Problem::of(kind)
    }

    fn pause_after(link: &mut Link, now: Timestamp) -> Duration {
        pause_after_a(ProblemKind::Lost, link, now)
    }

    fn pause_after_a(kind: ProblemKind, link: &mut Link, now: Timestamp) -> Duration {
        link.lost(now, lost(kind));
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
        link.note_activity(asked + PONG_WITHIN);
        assert_eq!(link.due(asked + PONG_WITHIN), None);
    }

    #[test]
    fn a_server_that_takes_nobody_is_left_alone() {
        let now = Timestamp::from_millis(0);
        for kind in [
            ProblemKind::TooManyFromAddress,
            ProblemKind::ConnectingTooFast,
            ProblemKind::ServerFull,
            ProblemKind::Throttled,
        ] {
            let mut link = Link::new(7, now);
            let pause = pause_after_a(kind, &mut link, now);
            assert!(pause >= BACKOFF_AFTER_REFUSAL && pause <= BACKOFF_LAST, "{kind:?}: {pause:?}");
        }
    }

    fn online(now: Timestamp) -> Link {
        let mut link = Link::new(7, now);
        link.begin(now);
        link.registered(now);
        link
    }

    #[test]
    fn a_clock_that_was_set_back_keeps_nobody_waiting() {
        let (early, late) = (Timestamp::from_millis(0), Timestamp::from_millis(3_600_000));
        let mut link = online(late);
        assert_eq!(link.check_clock(early), None);
        assert_eq!(link.due(early + PING_AFTER), Some(Due::Ping));
        let mut link = Link::new(7, late);
        link.lost(late, lost(ProblemKind::Lost));
        assert_eq!(link.check_clock(early), None);
        assert_eq!(link.due(early + BACKOFF_LAST), Some(Due::Connect));
    }

    #[test]
    fn whoever_slept_asks_before_giving_up() {
        let now = Timestamp::from_millis(0);
        let mut link = online(now);
        assert_eq!(link.due(now + PING_AFTER), Some(Due::Ping));
        link.check_clock(now + PING_AFTER);
        let awake = now + Duration::from_secs(3_600);
        assert_eq!(link.check_clock(awake), Some(Due::Ping));
        assert_eq!(link.due(awake), None, "the answer was due long ago, but nobody was there to hear it");
        assert_eq!(link.due(awake + PONG_AWAKE_WITHIN), Some(Due::GiveUp));
    }
}
