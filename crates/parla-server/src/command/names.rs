//! NAMES: who is in a channel. <https://modern.ircdocs.horse/#names-message>

use parla_proto::{Capabilities, Reply, command::Names, limits::LINE_BYTES_MAX};

use crate::{
    context::Context,
    network::{
        Network, UserId,
        channel::{Act, Channel, Flags},
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
    let mut answered = Vec::new();
    for name in context.list(channels, usize::MAX) {
        match network.visible_channel(me, name) {
            Ok((_, channel)) => {
                for line in replies(network, channel, Some(me), context.session.capabilities) {
                    context.line(line);
                }
                answered.push(channel.name().as_str());
            }
            Err(_) => answered.push(name),
        }
    }
    for channel in ends(&answered) {
        context.reply(Reply::EndOfNames { channel: &channel });
    }
    Ok(())
}

/// What RPL_ENDOFNAMES names: all that was asked for, as one question has one answer; in pieces if that is too long.
fn ends(names: &[&str]) -> Vec<String> {
    let mut ends: Vec<String> = Vec::new();
    for name in names {
        match ends.last_mut().filter(|end| end.len() + name.len() < LINE_BYTES_MAX / 2) {
            Some(end) => {
                end.push(',');
                end.push_str(name);
            }
            None => ends.push((*name).to_owned()),
        }
    }
    if ends.is_empty() { vec!["*".to_owned()] } else { ends }
}

/// The members and the end of the list, as after a JOIN.
pub(crate) fn replies_with_end(
    network: &Network,
    channel: &Channel,
    asker: UserId,
    capabilities: Capabilities,
) -> Vec<Vec<u8>> {
    let mut lines = replies(network, channel, Some(asker), capabilities);
    let target = network.user(asker).map_or("*", |user| user.nick().as_str());
    lines.push(Reply::EndOfNames { channel: channel.name().as_str() }.encode(&network.settings.name, target));
    lines
}

/// RPL_NAMREPLY, as often as needed.
fn replies(
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
    let sees_crowd = asker.is_some_and(|asker| channel.rank(asker).is_ok_and(|rank| rank.may(Act::SeeCrowd)));
    let inside = asker.is_some_and(|asker| channel.is_member(asker));

    let mut lines = Vec::new();
    let mut names = String::new();
    for (member, rank) in &channel.members {
        let Some(user) = network.user(*member) else { continue };
        // Of the crowd of +u not even oneself is in the list, as in Ergo; one knows that one is there.
        let is_crowd = channel.has(Flags::AUDITORIUM) && !rank.may(Act::SeeCrowd);
        if (is_crowd && !sees_crowd) || (user.is_invisible() && !inside) {
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
    lines
}
