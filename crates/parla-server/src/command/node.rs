//! Machines come up and are declared dead: what becomes of their users.

use super::quit;
use crate::network::{
    Network,
    effects::Effects,
    entry::{Epoch, Meta, NodeDown, NodeId, NodeUp, Quit},
};

/// What others read of users whose machine is gone.
const LOST: &str = "Lost touch with their server";

/// A machine is up. Of whoever was connected to it in an earlier life nobody is left.
pub(crate) fn come_up(network: &mut Network, meta: &Meta, up: NodeUp, effects: &mut Effects) {
    let node = meta.origin.node;
    remove_users(network, (meta, node), effects);
    network.nodes.begin(node, Epoch(meta.seq), up.run);
}

/// A machine is declared dead, unless it has come up again meanwhile.
pub(crate) fn go_down(network: &mut Network, meta: &Meta, down: NodeDown, effects: &mut Effects) {
    if network.nodes.end(down.node, down.epoch) {
        remove_users(network, (meta, down.node), effects);
    }
}

fn remove_users(network: &mut Network, (meta, node): (&Meta, NodeId), effects: &mut Effects) {
    for user in network.users_of(node) {
        quit::remove(network, (user, meta.at), Quit::Ended(LOST.to_owned()), effects);
    }
}
