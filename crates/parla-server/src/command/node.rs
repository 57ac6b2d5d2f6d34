//! Machines coming up and being declared dead, and what happens to the users who had sessions there.

use super::quit;
use crate::network::{
    Network,
    effects::Effects,
    entry::{EndReason, Epoch, Meta, NodeDown, NodeId, NodeUp},
};

/// The reason that others read for users whose machine is gone.
const LOST: &str = "Lost touch with their server";

/// Brings a machine up. Sessions of its earlier runs have ended.
pub(crate) fn come_up(network: &mut Network, meta: &Meta, up: NodeUp, effects: &mut Effects) {
    let node = meta.origin.node;
    end_sessions(network, node, effects);
    network.nodes.begin(node, Epoch(meta.seq), up.run);
}

/// Declares a machine dead, unless it has come up again in the meantime.
pub(crate) fn go_down(network: &mut Network, down: NodeDown, effects: &mut Effects) {
    if network.nodes.end(down.node, down.epoch) {
        end_sessions(network, down.node, effects);
    }
}

fn end_sessions(network: &mut Network, node: NodeId, effects: &mut Effects) {
    for user in network.users_of(node) {
        if network.end_sessions(user, |session| session.node == node) {
            quit::remove(network, user, EndReason::Servers(LOST.to_owned()), effects);
        } else {
            network.left_alone(user, effects);
        }
    }
}
