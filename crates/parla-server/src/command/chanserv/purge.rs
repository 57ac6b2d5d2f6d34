//! CHANSERV PURGE: operators of the server close a channel, so that nobody can enter it, and open it again. Everything
//! about the channel is kept meanwhile.

use parla_proto::{ChannelName, CommandName, line::fitting, mask::glob};

use super::tell;
use crate::{
    base::{
        limits::{CLOSURES_MAX, REASON_BYTES_MAX},
        settings::Privileges,
    },
    command::room,
    context::Context,
    network::{
        Network,
        closure::Closure,
        effects::Effects,
        entry::{Authority, Close, EntryCommand, Meta},
        event::Event,
        refusal::{
            Refusal,
            account::{AccountFault, AnswerBy},
        },
    },
};

pub(super) fn run(context: &mut Context<'_>, words: &[&str]) -> Result<(), Refusal> {
    context.me()?.1.privileged(Privileges::CHANNELS)?;
    let (command, words) = words.split_first().map_or(("LIST", words), |(command, words)| (*command, words));
    match (command.to_ascii_uppercase().as_str(), words) {
        ("ADD", [channel, reason @ ..]) => {
            let reason = fitting(&reason.join(" "), REASON_BYTES_MAX).to_owned();
            propose(context, channel, Some(reason))
        }
        ("DEL", [channel, ..]) => propose(context, channel, None),
        ("LIST", words) => {
            list(context, words.first().copied());
            Ok(())
        }
        ("ADD" | "DEL", []) => Err(Refusal::NeedMoreParams(CommandName::Chanserv)),
        _ => {
            tell(context, "PURGE takes ADD <room> [<reason>], DEL <room> or LIST [<mask>]");
            Ok(())
        }
    }
}

fn propose(context: &mut Context<'_>, channel: &str, reason: Option<String>) -> Result<(), Refusal> {
    let channel = context.channel_name(channel)?;
    context.propose(EntryCommand::Close(Box::new(Close { channel, reason })));
    Ok(())
}

/// Lists the closed channels. There are not many, so that the answer need not be made in portions.
fn list(context: &mut Context<'_>, mask: Option<&str>) {
    let casemapping = context.settings.casemapping;
    let mut count = 0;
    for (name, closure) in context.network.closures() {
        if mask.is_some_and(|mask| !glob(mask, name.as_str(), casemapping)) {
            continue;
        }
        let Closure { reason, by, at } = closure;
        let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        tell(context, &format!("{name}, by {by} at {at}{reason}"));
        count += 1;
    }
    let rooms = if count == 1 { "room is" } else { "rooms are" };
    tell(context, &format!("{count} {rooms} closed"));
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    close: Close,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let Close { channel, reason } = close;
    let right = network.oversight(meta, Authority::Operator)?;
    let fault = |fault: AccountFault| fault.of(AnswerBy::ChanServ, channel.as_str());
    let Some(reason) = reason else {
        if network.closure(&channel).is_none() {
            return Err(fault(AccountFault::NotClosed));
        }
        network.set_closure(channel.clone(), None, effects);
        effects.audits.push(right.audit("PURGE DEL", channel.to_string(), String::new()));
        effects.events.push(Event::ServiceTold(format!("{channel} is open again")));
        return Ok(());
    };
    if network.settings.autojoin.contains(&channel) {
        return Err(fault(AccountFault::ServersRoom));
    }
    if network.closure(&channel).is_none() && network.closures().len() >= CLOSURES_MAX {
        return Err(fault(AccountFault::TooManyClosed));
    }
    let closure = Closure { reason: reason.clone(), by: right.source.clone(), at: meta.at };
    network.set_closure(channel.clone(), Some(closure), effects);
    empty(network, &channel, &reason, effects);
    effects.audits.push(right.audit("PURGE ADD", channel.to_string(), reason));
    effects.events.push(Event::ServiceTold(format!("{channel} is closed")));
    Ok(())
}

/// Removes everybody from a channel that has just been closed.
fn empty(network: &mut Network, name: &ChannelName, reason: &str, effects: &mut Effects) {
    let Some(id) = network.channel_id(name) else { return };
    let name = &network.channel(id).map_or_else(|| name.clone(), |channel| channel.name().clone());
    let members: Vec<_> =
        network.channel(id).map(|channel| channel.members.keys().copied().collect()).unwrap_or_default();
    if members.is_empty() {
        return;
    }
    let text = "An operator of this server has closed this room".to_owned();
    let text = if reason.is_empty() { text } else { format!("{text}: {reason}") };
    room::announce(network, id, text.clone(), effects);
    for member in members.iter().rev() {
        network.leave(*member, id, effects);
    }
    effects.events.push(Event::ChannelDeleted { channel: name.clone(), members, reason: text });
}
