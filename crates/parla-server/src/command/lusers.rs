//! LUSERS: how many users, channels and connections there are. <https://modern.ircdocs.horse/#lusers-message>
//!
//! Secret channels are counted for everyone, as invisible users are, because a number reveals none of them.
//! Solanum and InspIRCd do the same.

use parla_proto::Reply;

use crate::{
    context::Context,
    network::{Network, UserCounts, refusal::Refusal},
};

pub(crate) fn run(context: &mut Context<'_>) -> Result<(), Refusal> {
    for reply in replies(context.network, context.unregistered) {
        context.reply(reply);
    }
    Ok(())
}

/// The counts as replies. Connections appear in a count of their own only until they have registered.
pub(crate) fn replies(network: &Network, unregistered: usize) -> [Reply<'static>; 7] {
    let UserCounts { users, most, invisible, operators } = network.user_counts();
    [
        Reply::LuserClient { users: users - invisible, invisible },
        Reply::LuserOp { operators },
        Reply::LuserUnknown { connections: unregistered },
        Reply::LuserChannels { channels: network.occupied_channel_count() },
        Reply::LuserMe { clients: users },
        Reply::LocalUsers { users, most },
        Reply::GlobalUsers { users, most },
    ]
}
