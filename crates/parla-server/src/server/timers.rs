//! Everything that happens because time has passed.
//!
//! A timer never fires too late, but it may fire too early, because every line of a client can move the time
//! that it is for. Then it is set again. A timer that changes the network proposes an entry.

use std::collections::BTreeSet;

use parla_proto::{Line, Timestamp};
use slotmap::{DefaultKey, SecondaryMap};

use super::Server;
use crate::{
    base::connection::ConnectionId,
    command,
    contract::output::Outputs,
    network::entry::{EntryCommand, Proposer},
    session::Deadlines,
};

/// The timers, in the order in which those of the same time fire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// Forget channels that have been empty for a while, and delete messages that are too old.
    Network,
    /// Do what is due for a session.
    Session(ConnectionId),
}

/// What can be due for a session, in the order in which it is done.
#[derive(Clone, Copy, Debug)]
enum Task {
    /// Its open batch times out.
    Batch,
    /// Its allowance has room for the next line.
    Allowance,
    /// It has not registered in time, and is ended.
    Registration,
    /// It has been silent, so it is sent a PING or ended.
    Ping,
}

impl Task {
    const ALL: [Self; 4] = [Self::Batch, Self::Allowance, Self::Registration, Self::Ping];

    /// When the task is due.
    const fn of(self, deadlines: &Deadlines) -> Option<Timestamp> {
        match self {
            Self::Batch => deadlines.batch,
            Self::Allowance => deadlines.allowance,
            Self::Registration => deadlines.registration,
            Self::Ping => deadlines.ping,
        }
    }
}

/// The timers that are set. A session has a single one for everything that it waits for, so that many idle
/// sessions cost little.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    /// Timers by time, starting with the earliest.
    queue: BTreeSet<(Timestamp, Timer)>,
    network: Option<Timestamp>,
    sessions: SecondaryMap<DefaultKey, Timestamp>,
}

impl Timers {
    /// Makes a timer fire at this time, or earlier if it is already set to an earlier one.
    fn set_by(&mut self, timer: Timer, at: Timestamp) {
        let before = match timer {
            Timer::Network => self.network,
            Timer::Session(connection) => self.sessions.get(connection.0).copied(),
        };
        if before.is_some_and(|before| before <= at) {
            return;
        }
        self.stop(timer);
        match timer {
            Timer::Network => self.network = Some(at),
            Timer::Session(connection) => drop(self.sessions.insert(connection.0, at)),
        }
        self.queue.insert((at, timer));
        self.check();
    }

    /// Stops a timer.
    fn stop(&mut self, timer: Timer) {
        let before = match timer {
            Timer::Network => self.network.take(),
            Timer::Session(connection) => self.sessions.remove(connection.0),
        };
        if let Some(at) = before {
            self.queue.remove(&(at, timer));
            self.check();
        }
    }

    /// When the next timer fires.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.queue.first().map(|(at, _)| *at)
    }

    /// Takes the next timer that is due, which is then no longer set.
    fn take_due(&mut self, now: Timestamp) -> Option<Timer> {
        let (_, timer) = self.queue.first().copied().filter(|(at, _)| *at <= now)?;
        self.stop(timer);
        Some(timer)
    }

    fn check(&self) {
        let set = self.sessions.len() + usize::from(self.network.is_some());
        debug_assert_eq!(self.queue.len(), set, "each timer that is set is in the queue once");
    }
}

impl Server {
    /// Fires all timers that are due, including those that are set to a past time meanwhile. This ends,
    /// because every timer that fires is set to a later time or not at all.
    pub(super) fn deadlines(&mut self, out: &mut Outputs) {
        while let Some(timer) = self.timers.take_due(self.now) {
            match timer {
                Timer::Network => {
                    self.forget_channels(out);
                    self.expire_messages(out);
                }
                Timer::Session(connection) => self.go_off(connection, out),
            }
            self.set(timer);
        }
    }

    /// Sets a session's timer to what the session waits for now. The timer of a session that is gone is
    /// stopped.
    pub(super) fn set_timers(&mut self, connection: ConnectionId) {
        self.set(Timer::Session(connection));
    }

    /// Sets a timer to the time that is due now, or stops it.
    pub(super) fn set(&mut self, timer: Timer) {
        let due = match timer {
            Timer::Network => [self.forgetting_due(), self.expiry_due()].into_iter().flatten().min(),
            Timer::Session(connection) => {
                let deadlines = self.deadlines_of(connection);
                Task::ALL.into_iter().filter_map(|task| task.of(&deadlines)).min()
            }
        };
        match due {
            Some(at) => self.timers.set_by(timer, at),
            None => self.timers.stop(timer),
        }
    }

    /// When channels are due to be forgotten, unless that has been proposed already.
    fn forgetting_due(&self) -> Option<Timestamp> {
        self.network.next_forgetting().filter(|_| !self.has_proposed_to_forget)
    }

    /// When old messages are due to be deleted, unless that has been proposed already.
    fn expiry_due(&self) -> Option<Timestamp> {
        self.network.next_expiry().filter(|_| !self.has_proposed_to_expire)
    }

    /// When something is due for a session; never for one that is gone.
    fn deadlines_of(&self, connection: ConnectionId) -> Deadlines {
        let session = self.sessions.get(connection);
        session.map(|session| session.deadlines(&self.machine.timeouts)).unwrap_or_default()
    }

    fn forget_channels(&mut self, out: &mut Outputs) {
        if self.forgetting_due().is_some_and(|at| at <= self.now) {
            self.has_proposed_to_forget = true;
            self.submit(Proposer::default(), EntryCommand::ForgetEmpty, out);
        }
    }

    fn expire_messages(&mut self, out: &mut Outputs) {
        if self.expiry_due().is_some_and(|at| at <= self.now) {
            self.has_proposed_to_expire = true;
            self.submit(Proposer::default(), EntryCommand::Expire, out);
        }
    }

    /// Does everything that is due for a session.
    fn go_off(&mut self, connection: ConnectionId, out: &mut Outputs) {
        for task in Task::ALL {
            if let Some(session) = self.sessions.get_mut(connection) {
                session.count_waiting_lines_as_heard(self.now);
            }
            if task.of(&self.deadlines_of(connection)).is_some_and(|at| at <= self.now) {
                self.perform(task, connection, out);
            }
        }
    }

    fn perform(&mut self, task: Task, connection: ConnectionId, out: &mut Outputs) {
        match task {
            Task::Batch => {
                if let Some(session) = self.sessions.get_mut(connection) {
                    command::batch::time_out(session, &self.network.settings.name, out);
                }
            }
            Task::Allowance => self.resume(connection, out),
            Task::Registration => {
                self.end(connection, Some("Registration timed out"), None, out);
            }
            Task::Ping => self.ping(connection, out),
        }
    }

    /// Sends a silent client a PING, or ends the session if the client has not answered the last one.
    fn ping(&mut self, connection: ConnectionId, out: &mut Outputs) {
        let Some(session) = self.sessions.get_mut(connection) else { return };
        if session.pinged_at.is_some() {
            let silence = self.now.since(session.heard_at).as_secs();
            let reason = format!("Ping timeout: {silence} seconds");
            return self.end(connection, Some(&reason), None, out);
        }
        session.pinged_at = Some(self.now);
        // Bots look for PING at the start of a line, so the line has no source.
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
        let [alice, bob] = [1, 2].map(ConnectionId::from_number).map(Timer::Session);
        let mut timers = Timers::default();
        timers.set_by(alice, at(30));
        timers.set_by(alice, at(40));
        timers.set_by(bob, at(20));
        timers.set_by(Timer::Network, at(20));
        assert_eq!(timers.next(), Some(at(20)));
        timers.set_by(alice, at(10));
        assert_eq!(timers.next(), Some(at(10)));
        let mut due = |now| std::iter::from_fn(|| timers.take_due(at(now))).collect::<Vec<_>>();
        assert_eq!(due(9), []);
        assert_eq!(due(20), [alice, Timer::Network, bob]);
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn a_timer_that_is_stopped_does_not_go_off() {
        let [alice, bob] = [1, 2].map(ConnectionId::from_number).map(Timer::Session);
        let mut timers = Timers::default();
        for timer in [alice, bob, Timer::Network] {
            timers.set_by(timer, at(10));
        }
        timers.stop(alice);
        timers.stop(Timer::Network);
        let due: Vec<_> = std::iter::from_fn(|| timers.take_due(at(10))).collect();
        assert_eq!(due, [bob]);
    }

    /// Ten thousand idle users have one of these each.
    #[test]
    fn a_timer_is_small() {
        assert_eq!(size_of::<(Timestamp, Timer)>(), 16);
    }
}
