//! TOPIC: shows or sets a channel's topic. <https://modern.ircdocs.horse/#topic-message>

use parla_proto::{Line, Reply, command, limits::LINE_BYTES_MAX, line::fitting};

use crate::{
    context::Context,
    network::{
        ChannelId, Network, UserRef,
        channel::{Channel, ChannelChange, Topic},
        effects::Effects,
        entry::{self, EntryCommand, Meta},
        event::Event,
        refusal::Refusal,
    },
    publish::Publisher,
};

pub(crate) fn run(context: &mut Context<'_>, topic: &command::Topic<'_>) -> Result<(), Refusal> {
    if let Some(text) = topic.topic {
        let text = fitting(text, context.settings.limits.topic_bytes).to_owned();
        let channel = context.network.read_channel_name(topic.channel)?;
        context.propose(EntryCommand::Topic(entry::Topic { channel, text }));
        return Ok(());
    }
    let (me, user) = context.me()?;
    let (_, channel) = context.network.visible_channel(me, topic.channel)?;
    let lines = replies(context.network, channel, user.nick().as_str());
    if lines.is_empty() {
        context.reply(Reply::NoTopic { channel: channel.name().as_str() });
    }
    for line in lines {
        context.line(line);
    }
    Ok(())
}

/// RPL_TOPIC and RPL_TOPICWHOTIME; nothing if there is no topic.
pub(crate) fn replies(network: &Network, channel: &Channel, target: &str) -> Vec<Vec<u8>> {
    let Some(topic) = &channel.state.topic else { return Vec::new() };
    let (server, name) = (&network.settings.name, channel.name().as_str());
    let text = Reply::Topic { channel: name, topic: &topic.text };
    let setter = Reply::TopicWhoTime { channel: name, setter: &topic.setter, at: topic.at.as_secs() };
    vec![text.encode(server, target), setter.encode(server, target)]
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    topic: &entry::Topic,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (actor, user) = network.actor(meta)?;
    let by = user.source().to_owned();
    let casemapping = network.casemapping();
    let (channel_id, _) = network.visible_channel_named(actor, &topic.channel)?;
    let (user, channel) = network.user_at_channel(actor, channel_id)?;
    let channel = channel.topic(UserRef { id: actor, user }, casemapping)?;
    // Only as much as fits into the line is stored, so that everyone sees the same topic.
    let head = Line::from(&by).command("TOPIC").param(channel.name()).len();
    let bytes_max = LINE_BYTES_MAX.saturating_sub(head + " :\r\n".len());
    let text = fitting(&topic.text, bytes_max).to_owned();
    let is_new = channel.state.topic.as_ref().map_or("", |topic| &topic.text) != text;
    if !is_new {
        return Ok(());
    }
    let topic = Some(Topic { text, setter: by.clone(), at: meta.at }).filter(|topic| !topic.text.is_empty());
    effects.change(channel, ChannelChange::Topic(topic.clone()));
    effects.events.push(Event::TopicChanged { by, channel: channel_id, topic });
    Ok(())
}

pub(crate) fn publish(publisher: &mut Publisher<'_>, by: &str, channel_id: ChannelId, topic: Option<&Topic>) {
    let network = publisher.network;
    let Some(channel) = network.channel(channel_id) else { return };
    let text = topic.map_or("", |topic| &topic.text);
    let line = Line::from(&by).command("TOPIC").param(channel.name()).text(text).finish();
    publisher.announce(channel.members.keys().copied(), line);
}
