//! JOIN: users enter channels. <https://modern.ircdocs.horse/#join-message>

use bytes::Bytes;
use parla_proto::{AccountName, Capabilities, CommandName, Line, MsgId, command::Join};

use super::{away, markread, metadata, names, topic};
use crate::{
    base::{
        limits::{CHANNELS_MAX, FORWARDS_MAX},
        service,
    },
    context::Context,
    network::{
        ChannelId, Network, UserId, UserRef,
        channel::{Channel, Comer, Rank},
        effects::Effects,
        entry::{self, EntryCommand, Meta},
        refusal::Refusal,
        user::User,
    },
    publish::{LineTags, Publisher, publication::Publication, tagged},
    session::sessions::Receiver,
};

pub(crate) fn run(context: &mut Context<'_>, join: &Join<'_>) -> Result<(), Refusal> {
    let (_, me) = context.me()?;
    if join.channels == "0" {
        for channel in &me.channels {
            if let Some(channel) = context.network.channel(*channel) {
                let part = entry::Part { channel: channel.name().clone(), reason: None };
                context.proposals.push(EntryCommand::Part(part));
            }
        }
        return Ok(());
    }
    // A key belongs to the channel at the same position in the list, even if the list has duplicates.
    let names: Vec<&str> = join.channels.split(',').collect();
    let keys: Vec<&str> = join.keys.unwrap_or_default().split(',').collect();
    for name in context.names(join.channels, CommandName::Join)? {
        let key = names.iter().position(|other| *other == name).and_then(|place| keys.get(place));
        let key = key.filter(|key| !key.is_empty()).map(|key| (*key).to_owned());
        match context.channel_name(name) {
            Ok(channel) => context.propose(EntryCommand::Join(entry::Join { channel, key })),
            Err(refusal) => context.refuse(&refusal),
        }
    }
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    join: entry::Join,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (user_id, user) = network.actor(meta)?;
    let settings = std::sync::Arc::clone(&network.settings);
    network.open_channel(&join.channel)?;
    let known = network.channel_id(&join.channel);
    if known.is_some_and(|channel| user.channels.contains(&channel)) {
        return Ok(());
    }
    if user.channels.len() >= settings.limits.channels_per_client {
        return Err(Refusal::TooManyChannels {
            channel: join.channel,
            why: "You have joined too many channels",
        });
    }
    let channel_id = match known {
        Some(channel) => channel,
        None if network.channel_count() >= CHANNELS_MAX => {
            return Err(Refusal::TooManyChannels {
                channel: join.channel,
                why: "This server has no room for another channel",
            });
        }
        None => {
            let is_autojoin = settings.autojoin.contains(&join.channel);
            let id = ChannelId::from_number(meta.seq);
            let mut channel = Channel::new(id, join.channel, meta.at, settings.channel_modes);
            let owner = network
                .account_id_of(user_id)
                .filter(|account| !is_autojoin && network.may_own_another(*account));
            let owner = owner.filter(|_| network.count_new_channel(user_id));
            if let Some(owner) = owner {
                channel.state.owner = Some(owner);
                channel.state.access.insert(owner, Rank::OPERATOR);
                channel.state.member_since.insert(owner, meta.seq);
            }
            channel.kept = is_autojoin || owner.is_some();
            effects.keep(&channel);
            network.add_channel(channel)
        }
    };
    let attempt = Attempt { user: user_id, channel: channel_id, key: join.key.as_deref(), seq: meta.seq };
    let channel_id = admit(network, attempt, effects)?;
    network.came_in(user_id, channel_id, effects);
    Ok(())
}

/// A user's attempt to enter a channel.
#[derive(Clone, Copy)]
struct Attempt<'a> {
    user: UserId,
    channel: ChannelId,
    /// The key for `+k`.
    key: Option<&'a str>,
    /// The number of the entry.
    seq: u64,
}

/// Admits the user to the channel or to the one it forwards to, and returns the channel that was entered.
fn admit(network: &mut Network, attempt: Attempt<'_>, effects: &mut Effects) -> Result<ChannelId, Refusal> {
    let Attempt { user: user_id, channel: mut channel_id, mut key, seq } = attempt;
    let casemapping = network.casemapping();
    let mut tried = vec![channel_id];
    loop {
        let account = network.account_id_of(user_id);
        let (user, channel) = network.user_at_channel(user_id, channel_id)?;
        let refusal = match channel.entrant(Comer { id: user_id, user, account }, key, casemapping) {
            Ok(entrant) => {
                entrant.enter(seq);
                return Ok(channel_id);
            }
            Err(refusal) => refusal,
        };
        let from = channel.name().clone();
        let forward = channel.state.forward.clone().filter(|_| tried.len() <= FORWARDS_MAX);
        let target = forward.and_then(|to| network.channel_id(&to).map(|id| (to, id)));
        let target = target.filter(|(to, _)| network.closure(to).is_none());
        let is_in = |id: &ChannelId| network.user(user_id).is_some_and(|user| user.channels.contains(id));
        let is_new = |id: &ChannelId| !tried.contains(id) && !is_in(id);
        let Some((to, to_id)) = target.filter(|(_, id)| is_new(id)) else { return Err(refusal) };
        effects.refusals.push(Refusal::Forwarded { from, to });
        // The key was meant for the first channel only.
        (channel_id, key) = (to_id, None);
        tried.push(to_id);
    }
}

pub(crate) fn publish(publisher: &mut Publisher<'_>, user_id: UserId, channel_id: ChannelId) {
    let network = publisher.network;
    let (Some(user), Some(channel)) = (network.user(user_id), network.channel(channel_id)) else { return };
    let others =
        channel.audience(channel.rank(user_id).unwrap_or_default()).filter(|member| *member != user_id);
    let audience: Vec<UserId> = others.chain([user_id]).collect();
    let msgid = Some(network.settings.message_ids.encode(publisher.meta.seq));
    announce(publisher, Entered { user: UserRef { id: user_id, user }, channel, msgid }, &audience);
    announce_ranks(publisher, user_id, channel);
    tell_newcomer(publisher, user_id, channel_id);
    metadata::on_join(publisher, user_id, channel_id);
}

/// Tells the other members which ranks somebody has who has just entered, because the channel remembers them.
/// Whoever entered reads them in the list of names.
fn announce_ranks(publisher: &mut Publisher<'_>, id: UserId, channel: &Channel) {
    let rank = channel.rank(id).unwrap_or_default();
    let Some(user) = publisher.network.user(id).filter(|_| !rank.is_empty()) else { return };
    let by = service::source(service::CHANSERV, &publisher.network.settings.name);
    let letters = rank.letters();
    let mut line = Line::from(&by).command("MODE").param(channel.name()).param(format!("+{letters}"));
    for _ in letters.chars() {
        line = line.param(user.nick());
    }
    let others = channel.audience(rank).filter(|member| *member != id);
    publisher.announce(others, line.finish());
}

/// Sends a user who entered a channel its topic, their read marker and its names.
pub(crate) fn tell_newcomer(publisher: &mut Publisher<'_>, user_id: UserId, channel_id: ChannelId) {
    let network = publisher.network;
    let (Some(user), Some(channel)) = (network.user(user_id), network.channel(channel_id)) else { return };
    let newcomer = Newcomer { of: UserRef { id: user_id, user }, channel: channel_id };
    for receiver in publisher.receivers([user_id].into_iter()) {
        describe(publisher, receiver, newcomer, channel);
    }
}

/// Tells a session that has joined a user who was here already that the user is in a channel.
pub(crate) fn tell_session(
    publisher: &mut Publisher<'_>,
    receiver: Receiver,
    of: UserRef<'_>,
    channel_id: ChannelId,
) {
    let network = publisher.network;
    let Some(channel) = network.channel(channel_id) else { return };
    let [plain, extended] = join_lines(of.user, channel, &of.user.realname);
    let line = if receiver.knows(Capabilities::EXTENDED_JOIN) { extended } else { plain };
    let tags = LineTags { at: publisher.meta.at, account: of.user.account(), ..LineTags::default() };
    publisher.tell(receiver.connection, tagged(&line, tags, receiver.capabilities).into());
    describe(publisher, receiver, Newcomer { of, channel: channel_id }, channel);
}

/// Somebody in a channel who is told about it.
#[derive(Clone, Copy)]
struct Newcomer<'a> {
    of: UserRef<'a>,
    channel: ChannelId,
}

/// Sends one session of a member the channel's topic, the read marker and the names.
fn describe(
    publisher: &mut Publisher<'_>,
    Receiver { connection, capabilities }: Receiver,
    newcomer: Newcomer<'_>,
    channel: &Channel,
) {
    let network = publisher.network;
    let UserRef { id, user } = newcomer.of;
    let mut lines = topic::replies(network, channel, user.nick().as_str());
    lines.extend(markread::after_join(network, id, channel.name(), capabilities));
    for line in lines {
        publisher.tell(connection, line);
    }
    if !capabilities.contains(Capabilities::NO_IMPLICIT_NAMES) {
        let answer = Box::new(names::Rest::of_channel(newcomer.channel, channel));
        publisher.publications.push(Publication::LongAnswer { connection, answer });
    }
}

/// The two forms of the line that says that a user is in a channel: the plain one, and `extended-join` with
/// this real name.
fn join_lines(user: &User, channel: &Channel, realname: &str) -> [Bytes; 2] {
    let line = || Line::from(&user.source()).command("JOIN").param(channel.name());
    let account = user.account().map_or("*", AccountName::as_str);
    [line().finish().into(), line().param(account).text(realname).finish().into()]
}

/// The facts that a JOIN line announces.
#[derive(Clone, Copy)]
pub(crate) struct Entered<'a> {
    pub(crate) user: UserRef<'a>,
    pub(crate) channel: &'a Channel,
    /// The msgid of the line if somebody really entered; `None` if the line only explains something else.
    pub(crate) msgid: Option<MsgId>,
}

/// Tells an audience that a user is in a channel, and whether they are away. Those who may not see texts by
/// this user there get the nick in place of the real name.
pub(crate) fn announce(publisher: &mut Publisher<'_>, entered: Entered<'_>, audience: &[UserId]) {
    let Entered { user: of, channel, msgid: id } = entered;
    let user = of.user;
    let relevant = Capabilities::EXTENDED_JOIN | Capabilities::SERVER_TIME | Capabilities::MESSAGE_TAGS;
    let reach = channel.text_reach(of, &user.realname, publisher.network.casemapping());
    let mut realname = reach.among(user.realname.to_string(), audience.iter().copied());
    if audience.contains(&of.id) {
        realname.add(of.id);
    }
    for (realname, audience) in realname.versions() {
        let [plain, extended] =
            join_lines(user, channel, realname.as_deref().unwrap_or(user.nick().as_str()));
        publisher.each(audience.into_iter(), relevant, |at, capabilities| {
            let line = if capabilities.contains(Capabilities::EXTENDED_JOIN) { &extended } else { &plain };
            Some(tagged(line, LineTags { at, id, ..LineTags::default() }, capabilities))
        });
    }
    away::announce_to(publisher, channel, audience, of);
}
