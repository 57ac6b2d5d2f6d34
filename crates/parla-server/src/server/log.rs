//! Entries: from a session's proposal to what everyone hears of it.

use std::sync::Arc;

use parla_proto::{Nick, mode::UserModes};

use super::Server;
use crate::{
    base::connection::ConnectionId,
    command::{self, cap::offer},
    contract::{
        note::Noted,
        output::{Output, Outputs},
    },
    network::{
        UserId,
        effects::Effects,
        entry::{Entry, EntryCommand, Meta, Origin, Proposal, Quit},
        event::Event,
        refusal::Refusal,
    },
    publish::{Publisher, Sender, delivery::Delivery},
    server::timers::Timer,
    session::{long_answer, pause::Until},
};

/// Who numbers the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogMode {
    /// This server, alone.
    Local {
        /// The number of the next entry; higher than any that was ever given out.
        next_seq: u64,
    },
    /// A log that several servers share: [`Output::Propose`] out, [`crate::Input::Committed`] in.
    Shared,
}

impl Server {
    /// Brings a command into the log.
    pub(super) fn submit(&mut self, origin: Origin, command: EntryCommand, out: &mut Outputs) {
        match &mut self.log {
            LogMode::Local { next_seq } => {
                let meta = Meta { seq: *next_seq, at: self.now, origin };
                *next_seq += 1;
                self.apply(Entry { meta, command }, out);
            }
            LogMode::Shared => {
                out.outputs.push(Output::Propose(Box::new(Proposal { origin, command })));
                if let Some(session) = self.sessions.get_mut(origin.connection) {
                    let before = match session.waits_until() {
                        Some(Until::Committed { entries }) => *entries,
                        _ => 0,
                    };
                    session.wait_for_us(Until::Committed { entries: before + 1 }, self.now);
                }
            }
        }
    }

    /// An entry came back from the log.
    pub(super) fn committed(&mut self, entry: Entry, out: &mut Outputs) {
        self.now = self.now.max(entry.meta.at);
        let origin = entry.meta.origin;
        self.apply(entry, out);
        if origin.node != self.node {
            return;
        }
        let session = self.sessions.get_mut(origin.connection);
        if session.is_some_and(|session| session.committed(self.now)) {
            self.go_on(origin.connection, out);
        }
    }

    /// Commits an entry and tells everyone here what it did.
    fn apply(&mut self, entry: Entry, out: &mut Outputs) {
        let meta = entry.meta;
        let mut effects = Effects::default();
        // A message carries its account itself; only of a program there is more to be said.
        let is_said = matches!(entry.command, EntryCommand::Say(_));
        let asked = entry.command.asked_by_administrator().filter(|_| meta.origin.node == self.node);
        let asked = asked.map(|(id, channel)| (id, channel.to_owned()));
        self.has_proposed_to_forget &=
            !(matches!(entry.command, EntryCommand::ForgetEmpty) && meta.origin.node == self.node);
        let actor = meta.origin.actor.and_then(|actor| self.network.user(actor));
        let sender = actor.filter(|actor| !is_said || actor.is_bot()).and_then(Sender::of);
        command::commit(&mut self.network, entry, &mut effects);
        self.set(Timer::ForgetRooms);
        out.changes.append(&mut effects.changes);
        let local = meta.origin.node == self.node && self.sessions.get(meta.origin.connection).is_some();
        if local {
            for refusal in &effects.refusals {
                self.refused(meta.origin, refusal, out);
            }
        }
        if meta.origin.node == self.node {
            self.record(meta.origin.actor, &mut effects, out);
        }
        let mut deliveries = Vec::new();
        for event in &effects.events {
            let registered = if let Event::Registered(user) = event { Some(*user) } else { None };
            if let Some(user) = registered.filter(|_| local) {
                self.sessions.bind(meta.origin.connection, user);
                self.set_timers(meta.origin.connection);
                self.note_joined(meta.origin.connection, user, out);
            }
            if let Event::Reconfigured { before } = event {
                self.sessions.withdraw(offer::withdrawn(before, &self.network.settings));
            }
            let mut publisher = Publisher {
                network: &self.network,
                sessions: &self.sessions,
                watchers: &self.watchers,
                deliveries: &mut deliveries,
                meta,
                started_at: self.statistics.started_at,
                origin: local.then_some(meta.origin.connection),
                sender: sender.as_ref(),
            };
            command::publish(&mut publisher, event);
            self.deliver(deliveries.drain(..), out);
            match event {
                Event::Killed { user, nick, error, .. } => self.killed((*user, nick), error, out),
                Event::Quit { user, .. } => {
                    self.sessions.forget_user(*user);
                    let left_out = self.moderation.forget(*user);
                    out.outputs.extend(left_out.map(|audit| Output::Audit(Box::new(audit))));
                }
                Event::Renamed { user, old_nick, .. } => self.note_renamed(*user, old_nick, out),
                Event::Reconfigured { .. } => self.settings_changed(),
                _ => {}
            }
            if let Some(user) = registered.filter(|_| meta.origin.node == self.node) {
                self.settle_in(meta.origin, user, local, out);
            }
        }
        if let Some((id, channel)) = asked {
            self.administered(id, &channel, &effects.refusals, out);
        }
    }

    /// Sends what was published.
    fn deliver(&mut self, deliveries: impl Iterator<Item = Delivery>, out: &mut Outputs) {
        let name = &self.network.settings.name;
        for delivery in deliveries {
            match delivery {
                Delivery::Line { to, line } => out.outputs.push(Output::Deliver { to, line }),
                Delivery::Answer { connection, line } => self.sessions.send(connection, line, out),
                Delivery::WholeBatch { connection, lines } => {
                    if let Some(session) = self.sessions.get_mut(connection) {
                        session.send_batch(lines, out);
                    }
                }
                Delivery::Batch { connection, kind, about, lines } => {
                    if let Some(session) = self.sessions.get_mut(connection) {
                        session.send_as_batch(name, (kind, about.as_deref()), lines, out);
                    }
                }
                Delivery::LongAnswer { connection, answer } => {
                    if let Some(session) = self.sessions.get_mut(connection) {
                        long_answer::begin(answer, (&self.network, self.now), session, out);
                    }
                }
            }
        }
    }

    /// Has written down what an entry of this machine did: all that operators do, and of moderation what fits.
    fn record(&mut self, actor: Option<UserId>, effects: &mut Effects, out: &mut Outputs) {
        let mut audits = std::mem::take(&mut effects.audits);
        if let Some(actor) = actor {
            for audit in effects.moderation.drain(..) {
                audits.extend(self.moderation.record(actor, self.now, audit));
            }
        }
        out.outputs.extend(audits.into_iter().map(|audit| Output::Audit(Box::new(audit))));
    }

    /// Ends the connection of a user who is not in the network any more.
    fn killed(&mut self, (user, nick): (UserId, &str), error: &str, out: &mut Outputs) {
        if let Some(receiver) = self.sessions.receiver(user) {
            // The comment is in the record of operators.
            let noted = Noted::Left { who: Some(nick.to_owned()), why: "Killed".to_owned() };
            self.note(receiver.connection, noted, out);
            self.close(receiver.connection, Some(error), out);
        }
    }

    fn note_joined(&self, connection: ConnectionId, user: UserId, out: &mut Outputs) {
        let Some(user) = self.network.user(user) else { return };
        let secure = user.modes.contains(UserModes::SECURE);
        self.note(connection, Noted::Joined { who: user.called(), secure }, out);
    }

    fn note_renamed(&self, user: UserId, from: &Nick, out: &mut Outputs) {
        let (Some(receiver), Some(user)) = (self.sessions.receiver(user), self.network.user(user)) else {
            return;
        };
        let noted = Noted::Renamed { from: from.to_string(), to: user.nick().to_string() };
        self.note(receiver.connection, noted, out);
    }

    /// The network has other settings; from now on the sessions have them too.
    fn settings_changed(&mut self) {
        self.settings = Arc::clone(&self.network.settings);
        for connection in self.sessions.connections() {
            self.set_timers(connection);
        }
    }

    fn refused(&mut self, origin: Origin, refusal: &Refusal, out: &mut Outputs) {
        if let Some(registration) =
            self.sessions.get_mut(origin.connection).and_then(|session| session.registration())
        {
            registration.nick = None;
            registration.submitted = false;
        }
        self.refuse(origin.connection, refusal, out);
    }

    /// Puts a new user into the rooms where everyone is, or takes it away again if its connection is gone.
    fn settle_in(&mut self, origin: Origin, user: UserId, is_there: bool, out: &mut Outputs) {
        // The answer to the line that completed the registration ends with the welcome; from here on others are heard.
        if let Some(session) = self.sessions.get_mut(origin.connection) {
            session.send_response(&self.settings.name, out);
        }
        let origin = Origin { actor: Some(user), ..origin };
        if !is_there {
            self.submit(origin, EntryCommand::Quit(Quit::Ended("Connection closed".to_owned())), out);
            return;
        }
        for channel in self.settings.autojoin.clone() {
            self.submit(origin, EntryCommand::Join(crate::network::entry::Join { channel, key: None }), out);
        }
    }
}
