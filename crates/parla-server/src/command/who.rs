//! WHO: users of a channel, or those whom a mask matches. <https://modern.ircdocs.horse/#who-message>

use parla_proto::{
    Capabilities, Reply,
    command::Who,
    mask::glob,
    name,
    reply::{Severity, StandardReply},
};

use crate::{
    context::Context,
    limits::WHO_REPLIES_MAX,
    network::{UserId, channel::Channel, user::User},
    refusal::Refusal,
};

pub(crate) fn run(context: &mut Context<'_>, who: &Who<'_>) -> Result<(), Refusal> {
    let (me, _) = context.me()?;
    let mask = who.mask.unwrap_or("*");
    let network = context.network;
    if name::is_channel(mask) {
        if let Some((_, channel)) =
            network.find_channel(mask).ok().filter(|(_, channel)| network.sees(me, channel))
        {
            let inside = channel.is_member(me);
            let members = channel.members.keys().filter_map(|id| network.user(*id).map(|user| (*id, user)));
            let seen =
                members.filter(|(id, user)| channel.shows(Some(me), *id) && (inside || !user.is_invisible()));
            show(context, seen, |_, _| Some(channel));
        }
    } else {
        let shared = |id: UserId, user: &User| {
            let mut channels = user.channels.iter().filter_map(|id| network.channel(*id));
            channels.find(|channel| channel.is_member(me) && channel.shows(Some(me), id))
        };
        let casemapping = network.casemapping();
        let fits = |user: &User| {
            [user.nick().as_str(), user.user(), user.host(), &user.realname]
                .into_iter()
                .any(|text| glob(mask, text, casemapping))
        };
        let seen = network.users().filter(|(id, user)| {
            // Someone hidden is found by the exact nick only.
            let open = *id == me || !user.is_invisible() || shared(*id, user).is_some();
            if open { fits(user) } else { network.find_user(mask).is_ok_and(|(found, _)| found == *id) }
        });
        show(context, seen, shared);
    }
    context.reply(Reply::EndOfWho { mask });
    Ok(())
}

fn show<'n>(
    context: &mut Context<'_>,
    users: impl Iterator<Item = (UserId, &'n User)>,
    channel_of: impl Fn(UserId, &User) -> Option<&'n Channel>,
) {
    let server = context.settings.name.clone();
    let multi_prefix = context.session.capabilities.contains(Capabilities::MULTI_PREFIX);
    for (count, (id, user)) in users.enumerate() {
        if count == WHO_REPLIES_MAX {
            context.standard(StandardReply {
                severity: Severity::Warn,
                command: "WHO",
                code: "TRUNCATED",
                context: &[],
                description: "There are more people than one answer can hold.",
            });
            break;
        }
        let channel = channel_of(id, user);
        let rank = channel.and_then(|channel| channel.members.get(&id).copied()).unwrap_or_default();
        let here = if user.away.is_some() { "G" } else { "H" };
        context.reply(Reply::WhoReply {
            channel: channel.map_or("*", |channel| channel.name().as_str()),
            user: user.user(),
            host: user.host(),
            server: &server,
            nick: user.nick().as_str(),
            flags: &format!("{here}{}", rank.signs(multi_prefix)),
            realname: &user.realname,
        });
    }
}
