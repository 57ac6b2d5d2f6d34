//! The machines of a network: which of them are up, and which of their proposals are carried out.
//!
//! A proposal counts only if its machine is up in the epoch that the proposal names, and if it is that
//! machine's next one. So a proposal that the log delivers twice is carried out once, and a machine that was
//! declared dead cannot act for sessions that have ended.

use std::collections::BTreeMap;

use super::{Network, UserId};
use crate::network::entry::{EntryCommand, Epoch, Meta, NodeId, NodeUp, Origin, Proposal};
use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

/// Every machine that has ever been up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Nodes {
    nodes: BTreeMap<NodeId, Node>,
}

/// One machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Node {
    /// Its latest epoch.
    epoch: Epoch,
    /// The number of the process that came up in that epoch.
    run: u64,
    /// Whether it has not been declared dead since.
    is_up: bool,
    /// How many of its proposals were carried out in this epoch.
    carried_out: u64,
}

impl Nodes {
    /// The latest epoch of a machine.
    pub(crate) fn last_epoch(&self, node: NodeId) -> Option<Epoch> {
        self.nodes.get(&node).map(|node| node.epoch)
    }

    /// The epoch of a machine that is up, and the number of its process.
    pub(crate) fn up(&self, node: NodeId) -> Option<(Epoch, u64)> {
        self.nodes.get(&node).filter(|node| node.is_up).map(|node| (node.epoch, node.run))
    }

    /// Whether a proposal counts. If so, its machine's next one is expected from now on.
    pub(crate) fn admit(&mut self, proposal: &Proposal) -> bool {
        let origin = proposal.origin;
        if let [EntryCommand::NodeUp(up)] = proposal.commands.as_slice() {
            return up.after == self.last_epoch(origin.node);
        }
        let Some(node) = self.nodes.get_mut(&origin.node) else { return false };
        let counts = node.is_up
            && node.epoch == origin.epoch
            && Some(proposal.number) == node.carried_out.checked_add(1);
        node.carried_out += u64::from(counts);
        counts
    }

    /// Records that a machine has come up.
    pub(crate) fn begin(&mut self, node: NodeId, epoch: Epoch, run: u64) {
        debug_assert!(self.last_epoch(node).is_none_or(|last| last < epoch), "epochs only grow");
        self.nodes.insert(node, Node { epoch, run, is_up: true, carried_out: 0 });
    }

    /// Declares a machine dead in this epoch. Returns whether that is new.
    pub(crate) fn end(&mut self, node: NodeId, epoch: Epoch) -> bool {
        let Some(node) = self.nodes.get_mut(&node).filter(|node| node.is_up && node.epoch == epoch) else {
            return false;
        };
        node.is_up = false;
        true
    }
}

impl Network {
    /// Numbers the next entry. The time never goes back, whatever the log says.
    pub(crate) fn number(&mut self, at: Timestamp, origin: Origin, actor: Option<UserId>) -> Meta {
        let meta = Meta { seq: self.next_seq, at: at.max(self.at), origin, actor };
        self.next_seq += 1;
        meta
    }

    /// The number that the next entry will get.
    pub(crate) const fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// Brings up the only machine of a network without an entry, and returns its epoch, which is higher than
    /// any before.
    pub(crate) fn begin_alone(&mut self, node: NodeId) -> Epoch {
        let epoch = Epoch(self.next_seq);
        self.nodes.begin(node, epoch, 0);
        epoch
    }

    /// What a machine proposes when it comes up.
    pub(crate) fn coming_up(&self, node: NodeId, run: u64) -> NodeUp {
        NodeUp { run, after: self.nodes.last_epoch(node) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: NodeId = NodeId(1);

    fn proposal(epoch: u64, number: u64) -> Proposal {
        let origin = Origin { node: A, epoch: Epoch(epoch), session: None };
        Proposal { origin, number, actor: None, commands: vec![EntryCommand::ForgetEmpty] }
    }

    fn up(after: Option<u64>) -> Proposal {
        let command = EntryCommand::NodeUp(NodeUp { run: 7, after: after.map(Epoch) });
        Proposal { commands: vec![command], ..proposal(0, 0) }
    }

    #[test]
    fn what_comes_twice_or_out_of_order_does_not_count() {
        let mut nodes = Nodes::default();
        assert!(!nodes.admit(&proposal(1, 1)), "the machine has never been up");
        nodes.begin(A, Epoch(1), 7);
        for (number, counts) in
            [(2, false), (1, true), (1, false), (3, false), (2, true), (1, false), (3, true)]
        {
            assert_eq!(nodes.admit(&proposal(1, number)), counts, "{number}");
        }
    }

    #[test]
    fn the_dead_do_not_speak() {
        let mut nodes = Nodes::default();
        nodes.begin(A, Epoch(1), 7);
        assert!(!nodes.end(A, Epoch(0)), "that was an earlier life");
        assert!(nodes.end(A, Epoch(1)) && !nodes.end(A, Epoch(1)));
        assert!(!nodes.admit(&proposal(1, 1)));
        nodes.begin(A, Epoch(5), 8);
        assert!(!nodes.admit(&proposal(1, 1)), "what was under way when it died");
        assert!(nodes.admit(&proposal(5, 1)));
    }

    #[test]
    fn a_machine_comes_up_after_its_last_life_only() {
        let mut nodes = Nodes::default();
        assert!(nodes.admit(&up(None)) && !nodes.admit(&up(Some(1))));
        nodes.begin(A, Epoch(3), 7);
        assert!(!nodes.admit(&up(None)), "the same once more");
        assert!(!nodes.admit(&up(Some(2))) && nodes.admit(&up(Some(3))));
    }
}
