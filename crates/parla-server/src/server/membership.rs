//! This machine among those that share a log: how it comes up, what it proposes, and what happens to its
//! clients if the others declared it dead.
//!
//! Until it is up, its clients' proposals are held back, because a proposal without an epoch does not count.

use super::Server;
use crate::{
    base::connection::ConnectionId,
    contract::output::{Output, Outputs},
    network::{
        Network,
        entry::{EntryCommand, Epoch, NodeDown, NodeId, Origin, Proposal, Proposer},
    },
    server::timers::Timer,
};

/// Sent to clients of a machine that was declared dead.
const LOST: &str = "This server has lost touch with the others; please connect again";

/// Sent to clients when another process has taken this one's place.
const REPLACED: &str = "This server has been replaced; please connect again";

/// This machine's place among those that share a log.
#[derive(Debug)]
pub(super) struct Membership {
    node: NodeId,
    standing: Standing,
    /// The number of its proposals in this epoch.
    proposed: u64,
    /// The number that identifies this process; `None` if the server is alone.
    run: Option<u64>,
    /// Proposals that wait until the machine is up, from the oldest. Each session has only few here, because
    /// it handles no further line meanwhile.
    held: Vec<(Proposer, Vec<EntryCommand>)>,
}

/// How far the machine has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// It still has to announce itself.
    Silent,
    /// It has announced itself, and waits for the entry.
    Announced,
    /// It is up, in this epoch.
    Up(Epoch),
    /// Another process of the same name is up, so this one must end.
    Replaced,
}

impl Membership {
    /// The membership of a server that is its network's only one.
    pub(super) const fn alone(node: NodeId, epoch: Epoch) -> Self {
        Self { node, standing: Standing::Up(epoch), proposed: 0, run: None, held: Vec::new() }
    }

    /// The membership of a server that shares a log.
    pub(super) const fn shared(node: NodeId, run: u64) -> Self {
        Self { node, standing: Standing::Silent, proposed: 0, run: Some(run), held: Vec::new() }
    }

    /// The machine's id.
    pub(super) const fn node(&self) -> NodeId {
        self.node
    }

    pub(super) const fn is_alone(&self) -> bool {
        self.run.is_none()
    }

    /// Whether it still has to announce itself.
    pub(super) fn must_come_up(&self) -> bool {
        self.standing == Standing::Silent
    }

    /// Whether this machine proposed something, in its present epoch.
    pub(super) fn is_own(&self, origin: Origin) -> bool {
        origin.node == self.node && self.standing == Standing::Up(origin.epoch)
    }

    /// Makes the next proposal. If the machine is not up, holds the commands back and returns `None`.
    pub(super) fn propose(&mut self, by: Proposer, commands: Vec<EntryCommand>) -> Option<Proposal> {
        let Standing::Up(epoch) = self.standing else {
            self.held.push((by, commands));
            return None;
        };
        self.proposed += 1;
        let origin = Origin { node: self.node, epoch, session: by.session };
        Some(Proposal { origin, number: self.proposed, actor: by.actor, commands })
    }

    /// The standing that the network now gives this machine.
    fn standing_in(&self, network: &Network) -> Standing {
        match (network.nodes.up(self.node), self.standing) {
            (_, Standing::Replaced) => Standing::Replaced,
            (Some((epoch, run)), _) if Some(run) == self.run => Standing::Up(epoch),
            (Some(_), Standing::Up(_)) => Standing::Replaced,
            // These are runs of earlier processes, which are replayed before this machine's own entry comes.
            (_, Standing::Up(_)) => Standing::Silent,
            (_, before) => before,
        }
    }
}

impl Server {
    /// Announces this machine, if that has not been done.
    pub(super) fn come_up(&mut self, out: &mut Outputs) {
        let Some(run) = self.membership.run.filter(|_| self.membership.must_come_up()) else { return };
        self.membership.standing = Standing::Announced;
        let node = self.membership.node;
        let command = EntryCommand::NodeUp(self.network.coming_up(node, run));
        let origin = Origin { node, epoch: Epoch(0), session: None };
        out.outputs.push(Output::Propose(Box::new(Proposal {
            origin,
            number: 0,
            actor: None,
            commands: vec![command],
        })));
    }

    /// Proposes to declare a machine dead, if it is up.
    pub(super) fn declare_dead(&mut self, node: NodeId, out: &mut Outputs) {
        if let Some((epoch, _)) = self.network.nodes.up(node).filter(|_| node != self.membership.node) {
            self.submit(Proposer::default(), EntryCommand::NodeDown(NodeDown { node, epoch }), out);
        }
    }

    /// Handles that the entry by which this process wanted to come up was too late, because the machine has
    /// had another run since.
    pub(super) fn came_too_late(&mut self, out: &mut Outputs) {
        if self.membership.standing == Standing::Announced {
            self.membership.standing = Standing::Silent;
            self.come_up(out);
        }
    }

    /// Handles that a machine came up or was declared dead, which may decide what happens to this machine's
    /// clients.
    pub(super) fn standing_changed(&mut self, out: &mut Outputs) {
        let before = self.membership.standing;
        let after = self.membership.standing_in(&self.network);
        self.membership.standing = after;
        if before == after {
            return;
        }
        if let Standing::Up(_) = before {
            (self.has_proposed_to_forget, self.has_proposed_to_expire) = (false, false);
            self.set(Timer::Network);
            self.membership.held.clear();
            let why = if after == Standing::Replaced { REPLACED } else { LOST };
            for connection in self.sessions.connections() {
                self.note_left(connection, why, out);
                self.close(connection, Some(why), out);
            }
        }
        match after {
            Standing::Up(_) => {
                self.membership.proposed = 0;
                for (by, commands) in std::mem::take(&mut self.membership.held) {
                    let proposal = self.membership.propose(by, commands);
                    out.outputs.extend(proposal.map(|proposal| Output::Propose(Box::new(proposal))));
                }
            }
            Standing::Replaced => out.outputs.push(Output::Shutdown),
            Standing::Silent => self.come_up(out),
            Standing::Announced => {}
        }
    }

    /// Whether this is the `NodeUp` that this process proposed.
    pub(super) fn is_own_arrival(&self, proposal: &Proposal) -> bool {
        let is_mine = |command: &EntryCommand| matches!(command, EntryCommand::NodeUp(up) if Some(up.run) == self.membership.run);
        proposal.origin.node == self.membership.node && proposal.commands.iter().any(is_mine)
    }

    /// The session of this machine that an entry came from, if it still exists.
    pub(super) fn session_of(&self, origin: Origin) -> Option<ConnectionId> {
        let session = origin.session.filter(|_| self.membership.is_own(origin))?;
        self.sessions.get(session).map(|session| session.connection)
    }
}
