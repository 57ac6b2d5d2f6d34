//! Entries: from a session's proposal to the lines that everyone gets.

use parla_proto::{Capabilities, Timestamp, mode::UserModes};

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
        entry::{AccountAsker, EndReason, Entry, EntryCommand, Origin, Proposal, Proposer},
        event::{Event, Killed, Renamed, SessionsEnded},
        refusal::Refusal,
    },
    publish::{Publisher, Sender, publication::Publication},
    server::timers::Timer,
    session::{
        Session,
        long_answer::{self, Moment},
        pause::Until,
        server_batch::BatchHead,
    },
};

impl Server {
    /// Submits a command to the log. A server that is alone commits it at once; one of several commits it
    /// when it comes back.
    pub(super) fn submit(&mut self, by: Proposer, command: EntryCommand, out: &mut Outputs) {
        self.submit_all(by, vec![command], out);
    }

    /// Like [`Self::submit`], with everything that one line asks for.
    pub(super) fn submit_all(&mut self, by: Proposer, commands: Vec<EntryCommand>, out: &mut Outputs) {
        if commands.is_empty() {
            return;
        }
        if self.membership.is_alone() {
            if let Some(proposal) = self.membership.propose(by, commands) {
                let is_carried_out = self.apply(self.now, proposal, out);
                debug_assert!(is_carried_out, "nothing is lost or repeated on the way");
            }
            return;
        }
        if let Some(session) = by.session.and_then(|session| self.sessions.get_mut(session)) {
            let before = match session.waits_until() {
                Some(Until::Committed { proposals }) => *proposals,
                _ => 0,
            };
            session.wait_for_us(Until::Committed { proposals: before + 1 }, self.now);
        }
        let proposal = self.membership.propose(by, commands);
        out.outputs.extend(proposal.map(|proposal| Output::Propose(Box::new(proposal))));
    }

    /// Handles a proposal that the log has ordered.
    pub(super) fn committed(&mut self, at: Timestamp, proposal: Proposal, out: &mut Outputs) {
        self.now = self.now.max(at);
        let origin = proposal.origin;
        let (is_own, is_own_arrival) = (self.membership.is_own(origin), self.is_own_arrival(&proposal));
        if !self.apply(at, proposal, out) {
            if is_own_arrival {
                self.came_too_late(out);
            }
            return;
        }
        let Some(connection) = origin.session.filter(|_| is_own) else { return };
        let session = self.sessions.get_mut(connection);
        if session.is_some_and(|session| session.committed(self.now)) {
            self.go_on(connection, out);
        }
    }

    /// Commits a proposal and tells everyone here what it did. Returns whether the proposal counted.
    fn apply(&mut self, at: Timestamp, proposal: Proposal, out: &mut Outputs) -> bool {
        if !self.network.nodes.admit(&proposal) {
            return false;
        }
        let Proposal { origin, actor, commands, .. } = proposal;
        for command in commands {
            let is_of_nodes = matches!(command, EntryCommand::NodeUp(_) | EntryCommand::NodeDown(_));
            let meta = self.network.number(at, origin, actor);
            self.commit(Entry { meta, command }, out);
            if is_of_nodes {
                self.standing_changed(out);
            }
        }
        true
    }

    fn commit(&mut self, entry: Entry, out: &mut Outputs) {
        let meta = entry.meta;
        let is_own = self.membership.is_own(meta.origin);
        let local = self.session_of(meta.origin);
        let mut effects = Effects::default();
        // A message carries its sender's account itself, so only the bot tag is left to add.
        let is_said = matches!(entry.command, EntryCommand::Say(_));
        let asked = entry.command.asked_by_administrator(meta.seq).filter(|_| is_own);
        self.has_proposed_to_forget &= !(matches!(entry.command, EntryCommand::ForgetEmpty) && is_own);
        self.has_proposed_to_expire &= !(matches!(entry.command, EntryCommand::Expire) && is_own);
        let actor = meta.actor.and_then(|actor| self.network.user(actor));
        // An entry that changes the account speaks of both, and none is the sender's.
        let is_of_accounts = entry.command.is_of_accounts();
        let sender =
            actor.filter(|actor| !is_of_accounts && (!is_said || actor.is_bot())).and_then(Sender::of);
        command::commit(&mut self.network, entry, &mut effects);
        self.set(Timer::Network);
        out.changes.append(&mut effects.changes);
        if let Some(connection) = local {
            for refusal in &effects.refusals {
                self.refused(connection, refusal, out);
            }
        }
        if is_own {
            self.record(meta.actor, &mut effects, out);
        }
        let mut publications = Vec::new();
        for event in &effects.events {
            let registered = match event {
                Event::Registered(user) | Event::SessionBegan { user, .. } => Some(*user),
                Event::SessionMoved(moved) => Some(moved.user),
                Event::SignedOut(out) => Some(out.user),
                _ => None,
            };
            if let (
                Event::AccountCreated { name, asker: AccountAsker::Command | AccountAsker::Person },
                Some(connection),
            ) = (event, local)
            {
                self.signed_up(connection, name);
            }
            if let (Some(user), Some(connection)) = (registered, local) {
                self.begin_session(connection, user, out);
            }
            if let Event::Reconfigured { before } = event {
                self.sessions.withdraw(offer::withdrawn(before, &self.network.settings));
            }
            let mut publisher = Publisher {
                network: &self.network,
                machine: &self.machine,
                sessions: &self.sessions,
                watchers: &self.watchers,
                publications: &mut publications,
                meta,
                started_at: self.statistics.started_at,
                origin: local,
                sender: sender.as_ref(),
                left_out: Capabilities::empty(),
            };
            command::publish(&mut publisher, event);
            self.deliver(local, publications.drain(..), out);
            self.published(event, out);
            if let Some(user) = registered.filter(|_| is_own) {
                let is_new = matches!(event, Event::Registered(_));
                self.settle_in(meta.origin, user, is_new, out);
            }
        }
        if let Some((id, about)) = asked {
            self.administered(id, &about, &effects.refusals, out);
        }
    }

    /// Does what an event means for this machine once everybody has been told.
    fn published(&mut self, event: &Event, out: &mut Outputs) {
        match event {
            Event::Killed(killed) => self.killed(killed, out),
            Event::SessionsEnded(ended) => self.sessions_ended(ended, out),
            Event::Quit { user, .. } => {
                self.sessions.forget_user(*user);
                let left_out = self.moderation.forget(*user);
                out.outputs.extend(left_out.map(|audit| Output::Audit(Box::new(audit))));
            }
            Event::Renamed(renamed) => self.note_renamed(renamed, out),
            Event::Reconfigured { .. } => self.change_allowances(),
            _ => {}
        }
    }

    /// Makes a connection one of a user's sessions.
    pub(super) fn begin_session(&mut self, connection: ConnectionId, user: UserId, out: &mut Outputs) {
        self.sessions.unbind(connection);
        self.sessions.bind(connection, user);
        self.set_timers(connection);
        self.note_joined(connection, user, out);
    }

    /// Sends what was published for an entry that this session proposed. What other sessions get is not an
    /// answer to their labels.
    fn deliver(
        &mut self,
        origin: Option<ConnectionId>,
        publications: impl Iterator<Item = Publication>,
        out: &mut Outputs,
    ) {
        let moment = Moment { network: &self.network, machine: &self.machine, now: self.now };
        for publication in publications {
            let to = publication.session();
            match (publication, to.and_then(|to| self.sessions.get_mut(to))) {
                (Publication::Line { to, line }, _) => out.outputs.push(Output::Deliver { to, line }),
                (publication, Some(session)) if to == origin => deliver_to(session, publication, moment, out),
                (publication, Some(session)) => {
                    let own = session.put_aside();
                    deliver_to(session, publication.unasked(), moment, out);
                    session.take_back(own);
                }
                (_, None) => {}
            }
        }
    }

    /// Records what an entry of this machine did: all that operators did, and as much of the moderation as
    /// fits.
    fn record(&mut self, actor: Option<UserId>, effects: &mut Effects, out: &mut Outputs) {
        let mut audits = std::mem::take(&mut effects.audits);
        if let Some(actor) = actor {
            for audit in effects.moderation.drain(..) {
                audits.extend(self.moderation.record(actor, self.now, audit));
            }
        }
        out.outputs.extend(audits.into_iter().map(|audit| Output::Audit(Box::new(audit))));
    }

    /// Ends every connection here of a user who is no longer in the network.
    fn killed(&mut self, killed: &Killed, out: &mut Outputs) {
        for receiver in self.sessions.receivers(killed.user).to_vec() {
            // The operator's comment is in the record of operators.
            let noted = Noted::Left { who: Some(killed.nick.clone()), why: "Killed".to_owned() };
            self.note(receiver.connection, noted, out);
            self.close(receiver.connection, Some(&killed.error), out);
        }
    }

    /// Ends connections that another device of their user, or whoever looks after accounts, has signed out.
    fn sessions_ended(&mut self, ended: &SessionsEnded, out: &mut Outputs) {
        let node = self.membership.node();
        for session in ended.sessions.iter().filter(|session| session.node == node) {
            let noted = Noted::Left { who: Some(ended.nick.clone()), why: ended.error.clone() };
            self.note(session.connection, noted, out);
            self.close(session.connection, Some(&ended.error), out);
        }
    }

    fn note_joined(&self, connection: ConnectionId, user: UserId, out: &mut Outputs) {
        let Some(user) = self.network.user(user) else { return };
        let secure = user.modes.contains(UserModes::SECURE);
        self.note(connection, Noted::Joined { who: user.called(), secure }, out);
    }

    fn note_renamed(&self, renamed: &Renamed, out: &mut Outputs) {
        let Some(now) = self.network.user(renamed.user) else { return };
        for receiver in self.sessions.receivers(renamed.user) {
            let noted = Noted::Renamed { from: renamed.old_nick.to_string(), to: now.nick().to_string() };
            self.note(receiver.connection, noted, out);
        }
    }

    fn refused(&mut self, connection: ConnectionId, refusal: &Refusal, out: &mut Outputs) {
        // A new account that is refused does not cost the client its nick.
        if let Some(registration) =
            self.sessions.get_mut(connection).and_then(|session| session.registration())
            && registration.submitted
        {
            registration.nick = None;
            registration.submitted = false;
        }
        self.refuse(connection, refusal, out);
    }

    /// Joins a new user to the automatic channels; or ends a new session at once if its connection is gone.
    fn settle_in(&mut self, origin: Origin, user: UserId, is_new: bool, out: &mut Outputs) {
        let session = self.session_of(origin);
        // The labelled answer to the line that completed registration ends with the welcome; everything from
        // here on is separate.
        if let Some(session) = session.and_then(|session| self.sessions.get_mut(session)) {
            session.send_response(&self.network.settings.name, out);
        }
        let by = Proposer { session, actor: Some(user) };
        if let (None, Some(gone)) = (session, origin.session) {
            self.propose_end(gone, user, EndReason::Servers("Connection closed".to_owned()), out);
            return;
        }
        for channel in self.network.settings.autojoin.clone().into_iter().filter(|_| is_new) {
            self.submit(by, EntryCommand::Join(crate::network::entry::Join { channel, key: None }), out);
        }
    }
}

/// Sends one session its part, as part of a labelled answer if the session is collecting one.
fn deliver_to(session: &mut Session, publication: Publication, moment: Moment<'_>, out: &mut Outputs) {
    match publication {
        Publication::Line { to, line } => out.outputs.push(Output::Deliver { to, line }),
        Publication::Answer { line, .. } => session.send(line, out),
        Publication::WholeBatch { lines, .. } => session.send_batch(lines, out),
        Publication::Batch { kind, about, lines, .. } => {
            let head = BatchHead { kind, about: about.as_deref() };
            session.send_as_batch(&moment.network.settings.name, head, lines, out);
        }
        Publication::LongAnswer { answer, .. } => long_answer::begin(answer, moment, session, out),
    }
}
