//! ROOM: how a channel is deleted, reset, or given to another owner.

use parla_proto::{Nick, mode::ChannelMode};

use super::announce;
use crate::{
    command::mode,
    network::{
        ChannelId, Network, UserId,
        channel::{Channel, ChannelChange, Rank, RankChange},
        effects::Effects,
        entry::{self, Meta, Repair},
        event::{Event, ModeChange},
        operator::Oversight,
        refusal::Refusal,
    },
};

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    room: entry::Room,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let right = network.oversight(meta, room.authority)?;
    let (channel, _) = network.overseen_channel(&right, &room.channel)?;
    let overseen = Overseen { right: &right, channel };
    match room.repair {
        Repair::Delete(reason) => delete(network, overseen, reason.as_deref(), effects),
        Repair::Reset => reset(network, overseen, effects),
        Repair::Give(nick) => give(network, overseen, Gift { to: &nick, seq: meta.seq }, effects),
    }
}

/// A channel to be repaired, and the right to do so.
#[derive(Clone, Copy)]
struct Overseen<'a> {
    right: &'a Oversight,
    channel: ChannelId,
}

/// The member to become the channel's owner, and the number of the entry.
#[derive(Clone, Copy)]
struct Gift<'a> {
    to: &'a Nick,
    seq: u64,
}

fn delete(
    network: &mut Network,
    Overseen { right, channel: channel_id }: Overseen<'_>,
    reason: Option<&str>,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let channel = network.found_channel(channel_id)?;
    let (name, members) = (channel.name().clone(), channel.members.keys().copied().collect::<Vec<_>>());
    let why = reason.unwrap_or_default().to_owned();
    effects.audits.push(right.audit("ROOM DELETE", name.to_string(), why));
    let text = format!("{} has deleted this room", right.shown);
    let text = reason.iter().fold(text, |text, reason| format!("{text}: {reason}"));
    announce(network, channel_id, text.clone(), effects);
    for member in &members {
        network.leave(*member, channel_id, effects);
    }
    // A channel that is not kept has already gone with its last member.
    network.forget_channel(channel_id, effects);
    effects.events.push(Event::ChannelDeleted { channel: name, members, reason: text });
    Ok(())
}

/// Gives a channel the modes of a new one, and removes everything that can keep people out. Members keep
/// their ranks.
fn reset(
    network: &mut Network,
    Overseen { right, channel: channel_id }: Overseen<'_>,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (by, new) = (network.settings.name.clone(), network.settings.channel_modes);
    let channel = network.found_channel(channel_id)?;
    let (name, state) = (channel.name().to_string(), &channel.state);
    let mut changes = Vec::new();
    let mut steps = Vec::new();
    let mut add = |set, letter, param| steps.push(ModeChange { set, letter, param });
    for (set, flags) in [(true, new - state.flags), (false, state.flags - new)] {
        flags.letters().chars().for_each(|letter| add(set, letter, None));
    }
    if state.flags != new {
        changes.push(ChannelChange::Flags(new));
    }
    if state.key.is_some() {
        changes.push(ChannelChange::Key(None));
        add(false, ChannelMode::Key.letter(), Some("*".to_owned()));
    }
    if state.limit.is_some() {
        changes.push(ChannelChange::Limit(None));
        add(false, ChannelMode::Limit.letter(), None);
    }
    if state.forward.is_some() {
        changes.push(ChannelChange::Forward(None));
        add(false, ChannelMode::Forward.letter(), None);
    }
    for (mode, entries) in state.lists() {
        for entry in entries {
            changes.push(ChannelChange::ListEntryRemoved { mode, mask: entry.mask.clone() });
            add(false, mode.letter(), Some(entry.mask.to_string()));
        }
    }
    effects.audits.push(right.audit("ROOM RESET", name, mode::for_record(&steps)));
    if !steps.is_empty() {
        changes.into_iter().for_each(|change| effects.change(channel, change));
        effects.events.push(Event::ModesChanged { by, channel: channel_id, steps });
    }
    announce(network, channel_id, format!("{} has reset the modes of this room", right.shown), effects);
    Ok(())
}

/// Makes a member the owner of a channel, and takes all other members' ranks except voice.
fn give(
    network: &mut Network,
    Overseen { right, channel: channel_id }: Overseen<'_>,
    gift: Gift<'_>,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (owner, user) = network.user_named(gift.to)?;
    let (nick, source) = (user.nick().to_string(), user.source().to_owned());
    let by = network.settings.name.clone();
    let Some(channel) = network.channel(channel_id) else { return Err(Refusal::Gone) };
    let name = channel.name().clone();
    if !channel.is_member(owner) {
        return Err(Refusal::UserNotInChannel { nick, channel: name });
    }
    let wanted = changes_of_hands(network, channel, owner);
    let channel = network.found_channel(channel_id)?;
    let mut steps = Vec::new();
    let mut changed = Vec::new();
    for Wanted { member, nick, rank, mode, set } in wanted {
        let change = RankChange { member, nick: &nick, rank, set };
        if channel.overseen_promotion(right, change)?.carry_out(gift.seq) {
            steps.push(ModeChange { set, letter: mode.letter(), param: Some(nick) });
            changed.push(member);
        }
    }
    if !network.settings.autojoin.contains(&name) {
        let owner = network.account_id_of(owner).filter(|_| network.channels_owned_max() > 0);
        network.give_to(channel_id, owner, effects);
    }
    changed.into_iter().for_each(|member| network.remember_member(member, channel_id, effects));
    effects.audits.push(right.audit("ROOM GIVE", name.to_string(), source));
    if !steps.is_empty() {
        effects.events.push(Event::ModesChanged { by, channel: channel_id, steps });
    }
    announce(network, channel_id, format!("{} has given this room to {nick}", right.shown), effects);
    Ok(())
}

/// A rank that must be given or taken away, with its mode.
struct Wanted {
    member: UserId,
    nick: String,
    rank: Rank,
    mode: ChannelMode,
    set: bool,
}

/// The ranks that must be given and taken away so that a member becomes the only owner, with the members
/// concerned.
fn changes_of_hands(network: &Network, channel: &Channel, owner: UserId) -> Vec<Wanted> {
    let wanted = |member, rank, mode, set| {
        let nick = network.user(member)?.nick().to_string();
        Some(Wanted { member, nick, rank, mode, set })
    };
    let others = channel.members.iter().filter(|(member, _)| **member != owner);
    let taken = others.flat_map(|(member, ranks)| {
        let taken = Rank::MODES.iter().filter(|(rank, _, _)| ranks.contains(*rank) && *rank != Rank::VOICE);
        taken.filter_map(|(rank, mode, _)| wanted(*member, *rank, *mode, false))
    });
    let given = wanted(owner, Rank::FOUNDER, ChannelMode::Founder, true);
    given.into_iter().chain(taken).collect()
}
