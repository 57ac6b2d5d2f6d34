//! MARKREAD: how far the user has read a conversation, which only they are told.
//! <https://ircv3.net/specs/extensions/read-marker>
//!
//! Markers of guests belong to a name, whether or not it exists, so that an answer reveals nothing about channels
//! and people. Markers of users with an account belong to a conversation, if they may see one of that name, and
//! are kept.

use bytes::Bytes;
use parla_proto::{Capabilities, ChannelName, CommandName, FailCode, Line, Timestamp, command::Markread};

use crate::{
    context::Context,
    network::{
        Network, UserId,
        conversation::ConversationName,
        effects::Effects,
        entry::{self, EntryCommand, Meta},
        event::{Event, MarkedRead},
        refusal::{Failure, Refusal},
    },
    publish::Publisher,
};

pub(crate) fn run(context: &mut Context<'_>, markread: &Markread<'_>) -> Result<(), Refusal> {
    let (me, _) = context.me()?;
    let target = markread.target.ok_or_else(|| fail(FailCode::NeedMoreParams, &[], "Missing parameters"))?;
    let name = ConversationName::parse(target, &context.settings.name_rules()).map_err(|_| {
        fail(FailCode::InvalidParams, &[target], "This is the name of neither a channel nor a user")
    })?;
    let Some(timestamp) = markread.timestamp else {
        let at = context.network.read_up_to(me, &name);
        context.line(line(&context.settings.name, &name, at));
        return Ok(());
    };
    let at = timestamp.strip_prefix("timestamp=").and_then(|time| time.parse().ok()).ok_or_else(|| {
        fail(FailCode::InvalidParams, &[target, timestamp], "A place is timestamp=YYYY-MM-DDThh:mm:ss.sssZ")
    })?;
    context.propose(EntryCommand::Markread(entry::Markread { name, at }));
    Ok(())
}

fn fail(code: FailCode, about: &[&str], description: &'static str) -> Refusal {
    Failure::of(CommandName::Markread, code, about, description)
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    markread: entry::Markread,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (user, _) = network.actor(meta)?;
    let entry::Markread { name, at } = markread;
    // Nobody has read what has not been written yet; without this, a wrong clock could mark a conversation as
    // read for ever.
    let at = at.min(meta.at);
    let (at, moved) = network.mark_read(user, &name, at, effects);
    effects.events.push(Event::MarkedRead(MarkedRead { user, name, at, moved }));
    Ok(())
}

/// Answers, and tells the user's other clients if the marker moved.
pub(crate) fn publish(publisher: &mut Publisher<'_>, marked: &MarkedRead) {
    let MarkedRead { user, name, at, moved } = marked;
    let line = Bytes::from(line(&publisher.network.settings.name, name, Some(*at)));
    let origin = publisher.origin.and_then(|origin| publisher.sessions.get(origin));
    let told = *moved && origin.is_some_and(|origin| origin.capabilities.contains(Capabilities::READ_MARKER));
    if !told {
        publisher.answer(line.to_vec());
    }
    if *moved {
        publisher.each([*user].into_iter(), Capabilities::READ_MARKER, |_, capabilities| {
            capabilities.contains(Capabilities::READ_MARKER).then(|| line.clone())
        });
    }
}

/// The line that follows a JOIN, for clients that want it.
pub(crate) fn after_join(
    network: &Network,
    user: UserId,
    channel: &ChannelName,
    capabilities: Capabilities,
) -> Option<Vec<u8>> {
    if !capabilities.contains(Capabilities::READ_MARKER) {
        return None;
    }
    let name = ConversationName::Channel(channel.clone());
    let at = network.read_up_to(user, &name);
    Some(line(&network.settings.name, &name, at))
}

fn line(server: &str, name: &ConversationName, at: Option<Timestamp>) -> Vec<u8> {
    let line = Line::from(&server).command("MARKREAD").param(name.as_str());
    match at {
        Some(at) => line.param(format_args!("timestamp={at}")),
        None => line.param("*"),
    }
    .finish()
}
