//! CHANSERV SET: how long the messages of a channel are kept, and what newcomers may read of it. Only its owner
//! changes that.

use super::{
    asked::{Asked, Right},
    propose, tell,
};
use crate::{
    base::{
        duration,
        limits::{NEWCOMERS_READ_MAX, RETAIN_MIN},
    },
    command::room,
    context::Context,
    network::{
        Network,
        channel::{Channel, ChannelChange},
        effects::Effects,
        entry::{ChannelSetting, Ownership},
        refusal::{Refusal, account::AccountFault},
    },
};

const RETAIN_SYNTAX: &str =
    "SET <room> RETAIN takes a time of at least a minute, such as 90m, 12h, 30d or 8w; or default";
const HISTORY_SYNTAX: &str = "SET <room> HISTORY takes all, joined, or a number of messages up to 10000";

pub(super) fn run(
    context: &mut Context<'_>,
    channel: &str,
    (name, value): (&str, &str),
) -> Result<(), Refusal> {
    let value = value.to_ascii_lowercase();
    let setting = match name.to_ascii_uppercase().as_str() {
        "RETAIN" => match value.as_str() {
            "default" | "forever" => Ok(ChannelSetting::Retain(None)),
            time => duration::parse(time)
                .filter(|time| *time >= RETAIN_MIN)
                .map(|time| ChannelSetting::Retain(Some(time)))
                .ok_or(RETAIN_SYNTAX),
        },
        "HISTORY" => match value.as_str() {
            "all" => Ok(ChannelSetting::NewcomersRead(None)),
            "joined" => Ok(ChannelSetting::NewcomersRead(Some(0))),
            number => number
                .parse()
                .ok()
                .filter(|count| *count <= NEWCOMERS_READ_MAX)
                .map(|count| ChannelSetting::NewcomersRead(Some(count)))
                .ok_or(HISTORY_SYNTAX),
        },
        _ => Err("SET takes RETAIN and HISTORY"),
    };
    match setting {
        Ok(setting) => propose(context, channel, Ownership::Set(setting)),
        Err(syntax) => {
            tell(context, syntax);
            Ok(())
        }
    }
}

/// Changes a setting, and has the members told what is so now.
pub(super) fn change(
    network: &mut Network,
    asked: &Asked<'_>,
    setting: ChannelSetting,
    effects: &mut Effects,
) -> Result<String, Refusal> {
    if let Right::Member { .. } = asked.right {
        asked.owner.ok_or_else(|| asked.fault(AccountFault::NotOwned))?;
        asked.only_owner()?;
    }
    let channel = network.found_channel(asked.id)?;
    let before = (channel.state.retain, channel.state.newcomers_read);
    match setting {
        ChannelSetting::Retain(retain) => network.set_retention(asked.id, retain, effects),
        ChannelSetting::NewcomersRead(count) if count != channel.state.newcomers_read => {
            effects.change(channel, ChannelChange::NewcomersRead(count));
        }
        ChannelSetting::NewcomersRead(_) => {}
    }
    let channel = network.found_channel(asked.id)?;
    let after = (channel.state.retain, channel.state.newcomers_read);
    let channel = network.channel(asked.id).ok_or(Refusal::Gone)?;
    let text = match setting {
        ChannelSetting::Retain(_) => retention(network, channel),
        ChannelSetting::NewcomersRead(_) => reading(channel),
    };
    if before != after {
        room::announce(network, asked.id, text.clone(), effects);
    }
    Ok(format!("{}: {text}", asked.name))
}

/// How long the messages of a channel are kept, as a sentence.
pub(super) fn retention(network: &Network, channel: &Channel) -> String {
    match network.retained(&channel.state.conversation()) {
        Some(time) => format!("Messages are kept for {}", duration::words(time)),
        None if network.settings.history => "Messages are kept for ever".to_owned(),
        None => "Messages are not kept".to_owned(),
    }
}

/// What newcomers may read, as a sentence.
pub(super) fn reading(channel: &Channel) -> String {
    match channel.state.newcomers_read {
        None => "Newcomers can read what was said before they came".to_owned(),
        Some(0) => "Newcomers can read nothing that was said before they came".to_owned(),
        Some(1) => "Newcomers can read the last message from before they came".to_owned(),
        Some(count) => format!("Newcomers can read the last {count} messages from before they came"),
    }
}
