//! NAMES: who is in a channel. <https://modern.ircdocs.horse/#names-message>

use parla_proto::{Capabilities, Reply, command::Names, limits::LINE_BYTES_MAX};

use crate::{
    context::Context,
    network::{
        Network, UserId,
        channel::{Channel, Flags},
    },
    refusal::Refusal,
};

pub(crate) fn run(context: &mut Context<'_>, names: &Names<'_>) -> Result<(), Refusal> {
    let (me, _) = context.me()?;
    let Some(channels) = names.channels else {
        context.reply(Reply::EndOfNames { channel: "*" });
        return Ok(());
    };
    let network = context.network;
    for name in context.list(channels, usize::MAX) {
        match network.find_channel(name) {
            Ok((_, channel)) if channel.is_visible_to(Some(me)) => {
                for line in replies(network, channel, Some(me), context.session.capabilities) {
                    context.line(line);
                }
            }
            _ => context.reply(Reply::EndOfNames { channel: name }),
        }
    }
    Ok(())
}

/// RPL_NAMREPLY, as often as needed, and RPL_ENDOFNAMES.
pub(crate) fn replies(
    network: &Network,
    channel: &Channel,
    asker: Option<UserId>,
    capabilities: Capabilities,
) -> Vec<Vec<u8>> {
    let server = &network.settings.name;
    let target = asker.and_then(|asker| network.user(asker)).map_or("*", |user| user.nick().as_str());
    let symbol = if channel.has(Flags::SECRET) { '@' } else { '=' };
    let name = channel.name().as_str();
    let head = Reply::Names { symbol, channel: name, names: "" }.encode(server, target).len();
    let room = LINE_BYTES_MAX.saturating_sub(head);
    let inside = asker.is_some_and(|asker| channel.is_member(asker));

    let mut lines = Vec::new();
    let mut names = String::new();
    for (member, rank) in &channel.members {
        let Some(user) = network.user(*member) else { continue };
        if user.is_invisible() && !inside {
            continue;
        }
        let signs = rank.signs(capabilities.contains(Capabilities::MULTI_PREFIX));
        let full = capabilities.contains(Capabilities::USERHOST_IN_NAMES);
        let shown = if full { user.source() } else { user.nick().as_str() };
        if !names.is_empty() && names.len() + signs.len() + shown.len() + 1 > room {
            lines.push(Reply::Names { symbol, channel: name, names: &names }.encode(server, target));
            names.clear();
        }
        if !names.is_empty() {
            names.push(' ');
        }
        names.push_str(&signs);
        names.push_str(shown);
    }
    if !names.is_empty() {
        lines.push(Reply::Names { symbol, channel: name, names: &names }.encode(server, target));
    }
    lines.push(Reply::EndOfNames { channel: name }.encode(server, target));
    lines
}
