//! Delivers what servers send to the clients, in the order of the log, and checks it.

use std::collections::BTreeSet;

use parla_server::{ConnectionId, Conversation, Output, Outputs, Query};

use super::{OPERATOR, Order, World, closed, questions::Asked};
use crate::simulator::{
    checkers::{self, Checked, ensure},
    client::{Client, Scene, number},
    machine::{Condition, Machine, Turn},
};

/// How the record names the administrator.
const ADMINISTRATOR: &str = "the administrator, at the server's computer";

/// A private message that has come back to its sender, and must reach its receiver.
#[derive(Debug)]
pub(super) struct Owed {
    turn: Turn,
    to: ConnectionId,
    /// The text and the receiver's nick, folded.
    message: (String, String),
}

impl World {
    /// Delivers the waiting outputs with the earliest turn, unless a machine has not got there yet.
    pub(crate) fn deliver(&mut self) -> Checked<bool> {
        let alive =
            || self.machines.iter().enumerate().filter(|(_, machine)| machine.condition != Condition::Dead);
        let waiting = alive().filter_map(|(which, machine)| Some((machine.next_written()?, which)));
        let Some((turn, which)) = waiting.min() else { return Ok(false) };
        if alive().any(|(_, machine)| machine.earliest() < turn) {
            return Ok(false);
        }
        self.come_to(turn)?;
        let Outputs { outputs, changes } =
            self.machines.get_mut(which).map(Machine::take_written).unwrap_or_default();
        self.trace.add(|| format!("  of {which}, {turn}:"));
        self.people_are_told(&changes);
        for output in outputs {
            self.release((which, turn), output)?;
        }
        Ok(true)
    }

    fn release(&mut self, (which, turn): (usize, Turn), output: Output) -> Checked {
        match output {
            Output::Deliver { to, line } => {
                let to: Vec<ConnectionId> =
                    to.iter().map(|local| self.client_of(which, *local)).collect::<Checked<_>>()?;
                let names = || to.iter().map(|to| number(*to).to_string()).collect::<Vec<_>>().join(",");
                self.trace.add(|| format!("  {} <- {}", names(), checkers::shown(&line)));
                let once: BTreeSet<_> = to.iter().collect();
                ensure(once.len() == to.len() && !to.is_empty(), "recipients", || format!("{to:?}"))?;
                let message = checkers::line(&line)?;
                if let Err(finding) = checkers::size(&line, &message) {
                    self.pass_over(finding, message.command)?;
                }
                for connection in to {
                    self.summary.lines_delivered += 1;
                    let client = self.clients.get_mut(connection.key()).ok_or_else(|| closed(connection))?;
                    if let Err(finding) = client.hear(&line, &message, &mut self.scene) {
                        self.pass_over(finding, message.command)?;
                    }
                    let confirmed = self.clients.get_mut(connection.key()).and_then(Client::take_confirmed);
                    self.owe(turn, confirmed);
                    self.move_others_along(connection)?;
                }
            }
            Output::Close { connection: local } => {
                let connection = self.client_of(which, local)?;
                self.trace.add(|| format!("  {} closed", number(connection)));
                let client = self.clients.get(connection.key()).ok_or_else(|| closed(connection))?;
                client.closed(&self.scene)?;
                self.clients.remove(connection.key());
                if let Some(machine) = self.machines.get_mut(which) {
                    machine.connections.remove(local.key());
                }
            }
            Output::LineTaken { connection, .. } => {
                let connection = self.client_of(which, connection)?;
                let client = self.clients.get_mut(connection.key()).ok_or_else(|| closed(connection))?;
                let line = client.sent.front().cloned();
                client.line_taken(&self.scene)?;
                self.people_come_to_line(connection)?;
                self.come_to_line(line.as_ref());
            }
            Output::TellWhenSent { connection } => {
                let connection = self.client_of(which, connection)?;
                self.asked.push(Asked::Sent(which, connection));
            }
            Output::Note(_) | Output::Administered { .. } => {}
            Output::Audit(audit) => {
                let operator = format!("({OPERATOR})");
                let is_open_to_all = ["OPER", "MODE", "KICK", "CLEAR", "REDACT", "RENAME", "MODERATION"]
                    .contains(&audit.action);
                let is_administrators = self.scene.people.is_some() && audit.who == ADMINISTRATOR;
                let is_known = audit.who.ends_with(&operator) || is_open_to_all || is_administrators;
                ensure(is_known, "operators", || format!("{audit:?} by no operator"))?;
            }
            output @ Output::Shutdown => {
                return ensure(false, "operators", || format!("{output:?} without the privilege"));
            }
            Output::Question { id, asker, question } => self.question((which, id), asker, question)?,
            // Its answer is on its way already, and must be ignored.
            Output::Forget(_) => {}
            Output::Propose(proposal) => {
                return ensure(false, "log", || format!("{proposal:?} has not left before"));
            }
        }
        Ok(())
    }

    /// Notes that a private message has come back, so that whoever has the nick now must get it by the same
    /// turn.
    fn owe(&mut self, turn: Turn, confirmed: Option<(String, String)>) {
        let Some(message) = confirmed else { return };
        let has_it = |client: &&Client| client.nick.is_some() && client.folded_nick(&self.scene) == message.1;
        let to = self.clients.values().find(has_it).map(|client| client.connection);
        self.owed.extend(to.map(|to| Owed { turn, to, message }));
    }

    /// Checks that everything before a turn, or everything at all, has arrived, including private messages,
    /// unless their receivers are gone.
    pub(super) fn is_received(&mut self, before: Option<Turn>) -> Checked {
        let is_over =
            |owed: &mut Owed| self.order == Order::Alone || before.is_none_or(|turn| owed.turn < turn);
        let over: Vec<Owed> = self.owed.extract_if(.., is_over).collect();
        for Owed { to, message, .. } in over {
            let receiver = self.clients.get(to.key()).filter(|client| !client.left);
            let came = receiver.is_none() || self.scene.private.contains(&message);
            ensure(came, "missed", || {
                format!("{message:?} came back to its sender, and not to its receiver")
            })?;
        }
        Ok(())
    }

    /// Corrects the positions of others after somebody received an event that those who have read on could
    /// not get.
    fn move_others_along(&mut self, reader: ConnectionId) -> Checked {
        let mut inserted: Vec<(String, usize)> = Vec::new();
        for (name, journal) in &mut self.scene.journals {
            inserted.extend(journal.take_inserted().into_iter().map(|place| (name.clone(), place)));
        }
        for (name, place) in inserted {
            for client in self.clients.values_mut().filter(|client| client.connection != reader) {
                client.moves_along(&name, place, &self.scene)?;
            }
        }
        Ok(())
    }

    /// The client with this connection id on a machine.
    pub(super) fn client_of(&self, which: usize, local: ConnectionId) -> Checked<ConnectionId> {
        let machine = self.machines.get(which);
        let found = machine.and_then(|machine| machine.connections.get(local.key()));
        found.copied().ok_or_else(|| closed(local))
    }
}

/// How far the clocks of servers may be apart.
const CLOCK_DIFFERENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// Checks that a client may read a room's history, which only members may. Operators of the server may ask
/// for a message in order to delete it.
pub(super) fn may_ask(client: &Client, query: &Query, scene: &Scene) -> Checked {
    if client.may_be_operator(scene) && matches!(query, Query::Message { .. }) {
        return Ok(());
    }
    let conversations = match query {
        Query::History { conversation, floor, .. } | Query::Message { conversation, floor, .. } => {
            vec![(conversation, floor)]
        }
        Query::LatestTimes { conversations } => {
            conversations.iter().map(|(conversation, floor)| (conversation, floor)).collect()
        }
    };
    for (conversation, floor) in conversations {
        let retain = scene.settings.network.retain;
        let hides_old = |retain: std::time::Duration| {
            floor.time.is_some_and(|time| time + retain + CLOCK_DIFFERENCE >= scene.store.latest())
        };
        ensure(retain.is_none_or(hides_old), "expired", || {
            format!("{} reads up to {floor:?}", client.name())
        })?;
        let channel = match conversation {
            Conversation::Channel(channel) => channel,
            Conversation::Accounts(pair) => {
                let is_own = client.person.account.is_some_and(|own| pair.ids().contains(&own));
                ensure(is_own, "outside", || format!("{} reads {conversation:?}", client.name()))?;
                continue;
            }
        };
        let mut names = scene.store.names_of(*channel).peekable();
        let is_kept = names.peek().is_some();
        ensure(!is_kept || names.any(|name| client.rooms.contains_key(name)), "outside", || {
            format!("{} reads the history of {:?}", client.name(), scene.store.channel(*channel))
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use parla_server::{Peer, Settings};

    use super::*;
    use crate::simulator::{disk::Disk, trace::Trace};

    #[test]
    fn what_came_back_must_have_come() {
        let settings = Settings::named("a.b");
        let mut world = World::new(settings, Order::Alone, (Disk::Memory(None), Trace::new(0)));
        let peer = Peer::at(std::net::Ipv4Addr::LOCALHOST.into());
        let bob = world.connect(peer, 0).unwrap();
        let message = ("hello".to_owned(), "bob".to_owned());
        let owed = |to| Owed { turn: Turn { place: 0, is_after: true }, to, message: message.clone() };
        world.owed.push(owed(bob));
        assert_eq!(world.is_received(None).unwrap_err().checker, "missed");
        world.scene.private.insert(message.clone());
        world.owed.push(owed(bob));
        assert!(world.is_received(None).is_ok() && world.owed.is_empty());
    }
}
