//! WHOIS: details about a user. <https://modern.ircdocs.horse/#whois-message>

use parla_proto::{
    Reply,
    command::Whois,
    limits::LINE_BYTES_MAX,
    line::packed,
    mode::{UserModes, user_letters},
    source::address_text,
};

use super::{metadata, motd::check_server};
use crate::{
    context::Context,
    network::{UserId, UserRef, refusal::Refusal},
};

pub(crate) fn run(context: &mut Context<'_>, whois: &Whois<'_>) -> Result<(), Refusal> {
    let (me, _) = context.me()?;
    let (server, nicks) = match (whois.first, whois.second) {
        (server, Some(nicks)) => (server, nicks),
        (first, None) => (None, first.ok_or(Refusal::NoNickGiven)?),
    };
    if let Err(refusal) = check_server(context, server) {
        context.refuse(&refusal);
        context.reply(Reply::EndOfWhois { nick: nicks });
        return Ok(());
    }
    let network = context.network;
    for asked in context.list(nicks, context.settings.limits.targets) {
        let nick = match network.find_user(asked) {
            Ok((id, user)) => {
                tell(context, me, UserRef { id, user });
                user.nick().as_str()
            }
            Err(refusal) => {
                context.refuse(&refusal);
                asked
            }
        };
        context.reply(Reply::EndOfWhois { nick });
    }
    Ok(())
}

fn tell(context: &mut Context<'_>, me: UserId, found: UserRef<'_>) {
    let UserRef { id, user } = found;
    let settings = context.settings;
    let nick = user.nick().as_str();
    context.reply(Reply::WhoisUser { nick, user: user.user(), host: user.host(), realname: &user.realname });
    if context.network.sees_through(me, id) {
        let address = &address_text(user.address());
        let source = format!("{}@{address}", user.user());
        context.reply(Reply::WhoisHost { nick, source: &format!("*@{address}"), address });
        context.reply(Reply::WhoisActually { nick, source: &source, address });
        context.reply(Reply::WhoisModes { nick, modes: &user_letters(user.modes) });
    }
    for channels in channel_lines(context, me, found) {
        context.reply(Reply::WhoisChannels { nick, channels: &channels });
    }
    context.reply(Reply::WhoisServer { nick, server: &settings.name, description: &settings.description });
    if let Some(grant) = user.operator() {
        context.reply(Reply::WhoisOperator { nick, title: &grant.title });
    }
    if user.modes.contains(UserModes::SECURE) {
        context.reply(Reply::WhoisSecure { nick });
    }
    if user.modes.contains(UserModes::BOT) {
        context.reply(Reply::WhoisBot { nick, network: &settings.network_name });
    }
    if let Some(account) = user.account() {
        context.reply(Reply::WhoisAccount { nick, account: account.as_str() });
    }
    if let Some(reason) = &user.away {
        context.reply(Reply::Away { nick, reason });
    }
    metadata::tell_whois(context, found);
    let idle = context.now.since(user.spoke_at).as_secs();
    context.reply(Reply::WhoisIdle { nick, idle, signed_on: user.signed_on.as_secs() });
}

/// The channels that the asker may see, with the user's signs, divided into lines.
fn channel_lines(context: &Context<'_>, me: UserId, of: UserRef<'_>) -> Vec<String> {
    let UserRef { id, user } = of;
    let capabilities = context.session.capabilities;
    let channels = user.channels.iter().filter_map(|channel| context.network.channel(*channel));
    let seen = channels.filter(|channel| {
        let hidden = user.is_invisible() && id != me && !channel.is_member(me);
        !hidden && context.network.sees(me, channel) && channel.shows(Some(me), id)
    });
    let words = seen.map(|channel| {
        let signs = channel.members.get(&id).map(|rank| rank.signs_for(capabilities)).unwrap_or_default();
        format!("{signs}{}", channel.name())
    });
    packed(words, LINE_BYTES_MAX / 2)
}
