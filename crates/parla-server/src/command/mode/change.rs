//! MODE with letters: changes the modes of a channel step by step. Each step is checked and carried out
//! separately.

use std::sync::Arc;

use parla_proto::{ChannelName, Nick, extban::ListMask, mode::ChannelMode};

use super::read::NOWHERE;
use crate::{
    base::settings::NetworkSettings,
    network::{
        ChannelId, Network, UserId,
        audit::Audit,
        channel::{Act, Channel, ChannelChange, ListEntry, Promotion, Rank, RankChange},
        effects::Effects,
        entry::{self, Meta, ModeStep},
        event::{Event, ModeChange},
        operator::Oversight,
        refusal::Refusal,
    },
};

/// The result of one step.
enum Done {
    /// The mode already was as wanted.
    Nothing,
    /// A rank was given to a member or taken away. Contains the nick as others see it.
    Ranked(UserId, String),
    /// The channel's stored state must change.
    Changes {
        change: ChannelChange,
        /// The parameter as others see it.
        param: Option<String>,
    },
}

impl Done {
    /// A change, unless everything is already as wanted.
    fn if_changed(changes: bool, change: ChannelChange, param: Option<String>) -> Self {
        if changes { Self::Changes { change, param } } else { Self::Nothing }
    }
}

/// Who changes the modes of which channel, and when.
pub(crate) struct Change<'a> {
    pub(crate) channel: ChannelId,
    pub(crate) meta: &'a Meta,
    pub(crate) hand: Hand<'a>,
    /// `nick!user@host`.
    pub(crate) by: &'a str,
    pub(crate) settings: &'a NetworkSettings,
}

/// By what right modes are changed.
#[derive(Clone, Copy)]
pub(crate) enum Hand<'a> {
    /// As a member, with the permissions of their rank.
    Member(UserId),
    /// As somebody who oversees channels.
    Oversight(&'a Oversight),
}

impl Hand<'_> {
    /// Checks that a mode may be changed, and returns the channel to change.
    fn may<'c>(&self, channel: &'c mut Channel, act: Act) -> Result<&'c mut Channel, Refusal> {
        match self {
            Self::Member(actor) => channel.may(*actor, act),
            Self::Oversight(_) => Ok(channel),
        }
    }

    /// Checks that a rank may be given or taken away.
    fn promotion<'c>(
        &self,
        channel: &'c mut Channel,
        wanted: RankChange<'_>,
    ) -> Result<Promotion<'c>, Refusal> {
        match self {
            Self::Member(actor) => channel.promotion(*actor, wanted),
            Self::Oversight(oversight) => channel.overseen_promotion(oversight, wanted),
        }
    }
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    mode: &entry::Mode,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (actor, user) = network.actor(meta)?;
    let (by, who) = (user.source().to_owned(), user.for_record());
    let (channel_id, channel) = network.visible_channel_named(actor, &mode.channel)?;
    channel.rank(actor)?;
    let name = channel.name().to_string();
    let settings = Arc::clone(&network.settings);
    let change =
        Change { channel: channel_id, meta, hand: Hand::Member(actor), by: &by, settings: &settings };
    let steps = change.carry_out(network, &mode.steps, effects);
    if !steps.is_empty() {
        let why = for_record(&steps);
        effects.moderation.push(Audit { who, action: "MODE", whom: name, why });
        effects.events.push(Event::ModesChanged { by, channel: channel_id, steps });
    }
    Ok(())
}

impl Change<'_> {
    /// Checks that the channel may be changed, and returns it.
    fn may<'n>(&self, network: &'n mut Network, act: Act) -> Result<&'n mut Channel, Refusal> {
        self.hand.may(network.found_channel(self.channel)?, act)
    }

    /// Carries out the steps that are allowed, and refuses the others. Returns those that changed something.
    pub(crate) fn carry_out(
        &self,
        network: &mut Network,
        steps: &[ModeStep],
        effects: &mut Effects,
    ) -> Vec<ModeChange> {
        let mut done = Vec::new();
        for step in steps {
            let mut tell = |param| done.push(ModeChange { set: step.sets(), letter: step.letter(), param });
            match apply(network, step, self) {
                Ok(Done::Ranked(member, nick)) => {
                    tell(Some(nick));
                    network.remember_member(member, self.channel, effects);
                }
                Ok(Done::Changes { change, param }) => {
                    if let Some(channel) = network.channel_mut(self.channel) {
                        effects.change(channel, change);
                    }
                    tell(param);
                }
                Ok(Done::Nothing) => {}
                // A missing rank needs to be reported only once.
                Err(refusal) if effects.refusals.contains(&refusal) => {}
                Err(refusal) => effects.refusals.push(refusal),
            }
        }
        done
    }
}

/// The changes as they are recorded, without the key.
pub(crate) fn for_record(steps: &[ModeChange]) -> String {
    let hidden = |step: &ModeChange| {
        let is_key = step.letter == ChannelMode::Key.letter();
        ModeChange { param: if is_key { Some("*".to_owned()) } else { step.param.clone() }, ..step.clone() }
    };
    super::lines(&steps.iter().map(hidden).collect::<Vec<_>>(), usize::MAX).concat()
}

fn apply(network: &mut Network, step: &ModeStep, change: &Change<'_>) -> Result<Done, Refusal> {
    match step {
        ModeStep::Rank { rank, nick, set } => {
            apply_rank(network, RankStep { rank: *rank, nick, set: *set }, change)
        }
        ModeStep::Flag { flag, set } => {
            let channel = change.may(network, Act::ChangeModes)?;
            let mut flags = channel.state.flags;
            flags.set(*flag, *set);
            Ok(Done::if_changed(flags != channel.state.flags, ChannelChange::Flags(flags), None))
        }
        ModeStep::Key(key) => {
            let channel = change.may(network, Act::ChangeModes)?;
            let shown = key.clone().unwrap_or_else(|| "*".to_owned());
            let changes = channel.state.key != *key;
            Ok(Done::if_changed(changes, ChannelChange::Key(key.clone()), Some(shown)))
        }
        ModeStep::Limit(limit) => {
            let channel = change.may(network, Act::ChangeModes)?;
            let shown = limit.map(|limit| limit.to_string());
            Ok(Done::if_changed(channel.state.limit != *limit, ChannelChange::Limit(*limit), shown))
        }
        ModeStep::Forward(None) => {
            let channel = change.may(network, Act::ChangeModes)?;
            Ok(Done::if_changed(channel.state.forward.is_some(), ChannelChange::Forward(None), None))
        }
        ModeStep::Forward(Some(name)) => apply_forward(network, name, change),
        ModeStep::List { mode, mask, set } => {
            let channel = change.may(network, Act::ChangeLists)?;
            if *set {
                add_to_list(channel, *mode, mask, change)
            } else {
                Ok(remove_from_list(channel, *mode, mask, change))
            }
        }
    }
}

/// Makes a channel forward to another, where the actor must be an operator too.
fn apply_forward(network: &mut Network, name: &ChannelName, change: &Change<'_>) -> Result<Done, Refusal> {
    let target = forward_target(network, name, change.hand);
    let channel = change.may(network, Act::ChangeModes)?;
    let invalid = |why| Refusal::InvalidModeParam {
        target: channel.name().to_string(),
        letter: ChannelMode::Forward.letter(),
        param: name.to_string(),
        why,
    };
    let target = target.map_err(|failure| failure.unwrap_or_else(|| invalid(NOWHERE)))?;
    if target == *channel.name() {
        return Err(invalid("A channel cannot forward to itself"));
    }
    let (shown, target) = (Some(target.to_string()), Some(target));
    Ok(Done::if_changed(channel.state.forward != target, ChannelChange::Forward(target), shown))
}

/// The channel that `+f` names.
///
/// # Errors
/// The actor may not forward users there; or, without a refusal, the channel does not exist.
fn forward_target(
    network: &mut Network,
    name: &ChannelName,
    hand: Hand<'_>,
) -> Result<ChannelName, Option<Refusal>> {
    let found = match hand {
        Hand::Member(actor) => network.visible_channel_named(actor, name),
        Hand::Oversight(oversight) => network.overseen_channel(oversight, name),
    };
    let id = found.map_err(|_| None)?.0;
    let channel = network.channel_mut(id).ok_or(None)?;
    let target = channel.name().clone();
    let channel = hand.may(channel, Act::ChangeModes).map_err(|_| Some(Refusal::OperatorNeeded(target)))?;
    Ok(channel.name().clone())
}

/// The list's entry with this mask, however it is spelled.
fn known<'l>(list: &'l [ListEntry], mask: &ListMask, change: &Change<'_>) -> Option<&'l ListEntry> {
    list.iter().find(|entry| entry.mask.is_same(mask, change.settings.casemapping))
}

fn add_to_list(
    channel: &Channel,
    mode: ChannelMode,
    mask: &ListMask,
    change: &Change<'_>,
) -> Result<Done, Refusal> {
    let list = channel.state.list(mode);
    if known(list, mask, change).is_some() {
        return Ok(Done::Nothing);
    }
    if list.len() >= change.settings.limits.list_modes {
        return Err(Refusal::ListFull { channel: channel.name().clone(), letter: mode.letter() });
    }
    let param = Some(mask.to_string());
    let entry = ListEntry { mask: mask.clone(), setter: change.by.to_owned(), at: change.meta.at };
    Ok(Done::Changes { change: ChannelChange::ListEntryAdded { mode, entry }, param })
}

fn remove_from_list(channel: &Channel, mode: ChannelMode, mask: &ListMask, change: &Change<'_>) -> Done {
    let Some(entry) = known(channel.state.list(mode), mask, change) else { return Done::Nothing };
    let (mask, param) = (entry.mask.clone(), Some(entry.mask.to_string()));
    Done::Changes { change: ChannelChange::ListEntryRemoved { mode, mask }, param }
}

/// The contents of [`ModeStep::Rank`].
#[derive(Clone, Copy)]
struct RankStep<'a> {
    rank: Rank,
    nick: &'a Nick,
    set: bool,
}

fn apply_rank(network: &mut Network, step: RankStep<'_>, change: &Change<'_>) -> Result<Done, Refusal> {
    let RankStep { rank, nick, set } = step;
    let target = network.user_named(nick).map(|(id, user)| (id, user.nick().to_string()));
    let (member, nick) = match target {
        Ok(target) => target,
        // Somebody who may not give the rank must not learn who is online.
        Err(refusal) => return Err(change.may(network, Act::Promote(rank)).err().unwrap_or(refusal)),
    };
    let channel = network.found_channel(change.channel)?;
    let promotion = change.hand.promotion(channel, RankChange { member, nick: &nick, rank, set })?;
    let changes = promotion.carry_out(change.meta.seq);
    Ok(if changes { Done::Ranked(member, nick) } else { Done::Nothing })
}
