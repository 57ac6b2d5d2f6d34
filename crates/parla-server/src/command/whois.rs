//! WHOIS: who someone is. <https://modern.ircdocs.horse/#whois-message>

use parla_proto::{Capabilities, Reply, command::Whois, limits::LINE_BYTES_MAX};

use super::metadata;
use crate::{
    connection::address_text,
    context::Context,
    network::{UserId, user::User},
    refusal::Refusal,
};

pub(crate) fn run(context: &mut Context<'_>, whois: &Whois<'_>) -> Result<(), Refusal> {
    context.me()?;
    let asked = whois.second.or(whois.first).ok_or(Refusal::NoNickGiven)?;
    let asked = asked.split(',').next().unwrap_or_default();
    match context.network.find_user(asked) {
        Ok((id, user)) => {
            tell(context, id, user)?;
            context.reply(Reply::EndOfWhois { nick: user.nick().as_str() });
        }
        Err(refusal) => {
            context.refuse(&refusal);
            context.reply(Reply::EndOfWhois { nick: asked });
        }
    }
    Ok(())
}

fn tell(context: &mut Context<'_>, id: UserId, user: &User) -> Result<(), Refusal> {
    let (me, _) = context.me()?;
    let (settings, now) = (context.settings, context.now);
    let nick = user.nick().as_str();
    context.reply(Reply::WhoisUser { nick, user: user.user(), host: user.host(), realname: &user.realname });
    if id == me {
        let address = address_text(user.address());
        context.reply(Reply::WhoisHost { nick, source: &format!("*@{}", user.host()), address: &address });
    }
    for channels in channel_lines(context, id, user, me) {
        context.reply(Reply::WhoisChannels { nick, channels: &channels });
    }
    context.reply(Reply::WhoisServer { nick, server: &settings.name, description: &settings.description });
    if let Some(reason) = &user.away {
        context.reply(Reply::Away { nick, reason });
    }
    metadata::tell_whois(context, user);
    let idle = now.since(user.spoke_at).as_secs();
    context.reply(Reply::WhoisIdle { nick, idle, signed_on: user.signed_on.as_secs() });
    Ok(())
}

/// The channels that the asker may see, with the user's signs, in pieces that fit.
fn channel_lines(context: &Context<'_>, id: UserId, user: &User, me: UserId) -> Vec<String> {
    let all = context.session.capabilities.contains(Capabilities::MULTI_PREFIX);
    let room = LINE_BYTES_MAX / 2;
    let mut lines: Vec<String> = Vec::new();
    for channel in user.channels.iter().filter_map(|channel| context.network.channel(*channel)) {
        let hidden = user.is_invisible() && id != me && !channel.is_member(me);
        if hidden || !channel.is_visible_to(Some(me)) || !channel.shows(Some(me), id) {
            continue;
        }
        let signs = channel.members.get(&id).map(|rank| rank.signs(all)).unwrap_or_default();
        let word = format!("{signs}{}", channel.name());
        match lines.last_mut().filter(|line| line.len() + word.len() < room) {
            Some(line) => {
                line.push(' ');
                line.push_str(&word);
            }
            None => lines.push(word),
        }
    }
    lines
}
