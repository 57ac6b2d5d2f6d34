//! Everything that happens because time has passed.
//!
//! A timer never goes off too late, but may go off too early, as what it waits for moves with every line of a client. Then it
//! is set again. A timer that changes the network proposes an entry.

use std::collections::{BTreeMap, BTreeSet};

use parla_proto::{Line, Timestamp};

use super::Server;
use crate::{
    base::connection::ConnectionId,
    command,
    contract::output::Outputs,
    network::entry::{EntryCommand, Proposer},
};

/// What happens at a time. Those of one time go off in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// Channels in which nobody has been for a while are forgotten.
    ForgetChannels,
    /// The batch that a session has opened is given up.
    Batch(ConnectionId),
    /// The allowance of a session has room for the next line.
    Allowance(ConnectionId),
    /// A session that has not registered is ended.
    Registration(ConnectionId),
    /// A session that has been silent is asked whether it is there, or ended.
    Ping(ConnectionId),
}

impl Timer {
    /// Those of a session.
    const fn of_session(connection: ConnectionId) -> [Self; 4] {
        [
            Self::Batch(connection),
            Self::Allowance(connection),
            Self::Registration(connection),
            Self::Ping(connection),
        ]
    }

    /// Whose it is; none if it is the network's.
    const fn session(self) -> Option<ConnectionId> {
        match self {
            Self::ForgetChannels => None,
            Self::Batch(connection)
            | Self::Allowance(connection)
            | Self::Registration(connection)
            | Self::Ping(connection) => Some(connection),
        }
    }
}

/// The timers that are set, each to one time.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    /// From the earliest.
    queue: BTreeSet<(Timestamp, Timer)>,
    set: BTreeMap<Timer, Timestamp>,
}

impl Timers {
    /// Has a timer go off at this time, or earlier if it is set to an earlier one.
    fn set_by(&mut self, timer: Timer, at: Timestamp) {
        match self.set.get_mut(&timer) {
            Some(before) if *before <= at => return,
            Some(before) => {
                self.queue.remove(&(*before, timer));
                *before = at;
            }
            None => drop(self.set.insert(timer, at)),
        }
        self.queue.insert((at, timer));
        self.check();
    }

    /// Has a timer not go off.
    fn stop(&mut self, timer: Timer) {
        if let Some(at) = self.set.remove(&timer) {
            self.queue.remove(&(at, timer));
            self.check();
        }
    }

    /// When the next one goes off.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.queue.first().map(|(at, _)| *at)
    }

    /// The next one whose time has come. It is not set any more.
    fn take_due(&mut self, now: Timestamp) -> Option<Timer> {
        let (_, timer) = self.queue.first().copied().filter(|(at, _)| *at <= now)?;
        self.stop(timer);
        Some(timer)
    }

    fn check(&self) {
        debug_assert_eq!(self.queue.len(), self.set.len(), "each timer that is set is in the queue once");
    }
}

impl Server {
    /// Does what the time has come for, until there is nothing left: what one timer does may set another to a time that is past.
    /// Whatever goes off waits for a later time afterwards, or for none, so this ends.
    pub(super) fn deadlines(&mut self, out: &mut Outputs) {
        while let Some(timer) = self.timers.take_due(self.now) {
            if let Some(session) = timer.session().and_then(|connection| self.sessions.get_mut(connection)) {
                session.count_waiting_lines_as_heard(self.now);
            }
            if self.due(timer).is_some_and(|at| at <= self.now) {
                self.go_off(timer, out);
            }
            self.set(timer);
        }
    }

    /// Sets the timers of a session to what it waits for now. Those of one that is gone are stopped.
    pub(super) fn set_timers(&mut self, connection: ConnectionId) {
        Timer::of_session(connection).into_iter().for_each(|timer| self.set(timer));
    }

    /// Sets a timer to what it waits for now.
    pub(super) fn set(&mut self, timer: Timer) {
        match self.due(timer) {
            Some(at) => self.timers.set_by(timer, at),
            None => self.timers.stop(timer),
        }
    }

    /// When there is something to do; never if there is nothing to wait for.
    fn due(&self, timer: Timer) -> Option<Timestamp> {
        let Some(connection) = timer.session() else {
            return self.network.next_forgetting().filter(|_| !self.has_proposed_to_forget);
        };
        let deadlines = self.sessions.get(connection)?.deadlines(&self.machine.timeouts);
        match timer {
            Timer::ForgetChannels => None,
            Timer::Batch(_) => deadlines.batch,
            Timer::Allowance(_) => deadlines.allowance,
            Timer::Registration(_) => deadlines.registration,
            Timer::Ping(_) => deadlines.ping,
        }
    }

    fn go_off(&mut self, timer: Timer, out: &mut Outputs) {
        match timer {
            Timer::ForgetChannels => {
                self.has_proposed_to_forget = true;
                self.submit(Proposer::default(), EntryCommand::ForgetEmpty, out);
            }
            Timer::Batch(connection) => {
                if let Some(session) = self.sessions.get_mut(connection) {
                    command::batch::time_out(session, &self.network.settings.name, out);
                }
            }
            Timer::Allowance(connection) => self.resume(connection, out),
            Timer::Registration(connection) => {
                self.end(connection, Some("Registration timed out"), None, out);
            }
            Timer::Ping(connection) => self.ping(connection, out),
        }
    }

    /// Asks a silent client whether it is there; ends the session of one that was asked and has not answered.
    fn ping(&mut self, connection: ConnectionId, out: &mut Outputs) {
        let Some(session) = self.sessions.get_mut(connection) else { return };
        if session.pinged_at.is_some() {
            let silence = self.now.since(session.heard_at).as_secs();
            let reason = format!("Ping timeout: {silence} seconds");
            return self.end(connection, Some(&reason), None, out);
        }
        session.pinged_at = Some(self.now);
        // Bots look for PING at the start of a line, so nobody is named as its source.
        let line = Line::bare("PING").text(&self.network.settings.name).finish();
        out.deliver(connection, line.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    #[test]
    fn a_timer_is_set_once_and_to_the_earlier_time() {
        let [alice, bob] = [1, 2].map(ConnectionId::from_number);
        let mut timers = Timers::default();
        timers.set_by(Timer::Ping(alice), at(30));
        timers.set_by(Timer::Ping(alice), at(40));
        timers.set_by(Timer::Ping(bob), at(20));
        timers.set_by(Timer::Batch(alice), at(20));
        assert_eq!(timers.next(), Some(at(20)));
        timers.set_by(Timer::Ping(alice), at(10));
        assert_eq!(timers.next(), Some(at(10)));
        let mut due = |now| std::iter::from_fn(|| timers.take_due(at(now))).collect::<Vec<_>>();
        assert_eq!(due(9), []);
        assert_eq!(due(20), [Timer::Ping(alice), Timer::Batch(alice), Timer::Ping(bob)]);
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn a_timer_that_is_stopped_does_not_go_off() {
        let alice = ConnectionId::from_number(1);
        let mut timers = Timers::default();
        for timer in Timer::of_session(alice) {
            assert_eq!(timer.session(), Some(alice));
            timers.set_by(timer, at(10));
        }
        timers.stop(Timer::Registration(alice));
        timers.stop(Timer::ForgetChannels);
        let due: Vec<_> = std::iter::from_fn(|| timers.take_due(at(10))).collect();
        assert_eq!(due, [Timer::Batch(alice), Timer::Allowance(alice), Timer::Ping(alice)]);
    }
}
