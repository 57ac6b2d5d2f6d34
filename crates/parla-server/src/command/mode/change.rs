//! MODE with letters: what holds in a channel changes, step by step. Each step is checked and taken for itself.

use std::sync::Arc;

use parla_proto::{
    ChannelName,
    extban::{ListMask, Reach},
    mode::ChannelMode,
};

use crate::{
    base::settings::NetworkSettings,
    network::{
        ChannelId, Network, UserId,
        audit::Audit,
        channel::{Act, Channel, ChannelChange, Flags, ListEntry, Promotion, Rank, RankChange},
        effects::Effects,
        entry::{self, Meta, ModeStep},
        event::{Event, ModeChange},
        operator::Oversight,
        refusal::Refusal,
    },
};

/// What a step comes to.
enum Done {
    /// It holds already.
    Nothing,
    /// A rank was given or taken. With the nick that others see.
    Ranked(String),
    /// What is kept of the channel is to change.
    Changes {
        change: ChannelChange,
        /// The parameter that others see.
        param: Option<String>,
    },
}

impl Done {
    /// A change, if it is one.
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

/// By whose right modes are changed.
#[derive(Clone, Copy)]
pub(crate) enum Hand<'a> {
    /// A member's, as far as their rank goes.
    Member(UserId),
    /// That of whoever looks after channels.
    Oversight(&'a Oversight),
}

impl Hand<'_> {
    /// Lets a mode be changed: what comes back is the channel to change.
    fn may<'c>(&self, channel: &'c mut Channel, act: Act) -> Result<&'c mut Channel, Refusal> {
        match self {
            Self::Member(actor) => channel.may(*actor, act),
            Self::Oversight(_) => Ok(channel),
        }
    }

    /// Lets a rank be given or taken.
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
    /// Takes the steps that may be taken, and refuses the others. Gives those that changed something.
    pub(crate) fn carry_out(
        &self,
        network: &mut Network,
        steps: &[ModeStep],
        effects: &mut Effects,
    ) -> Vec<ModeChange> {
        let mut done = Vec::new();
        for step in steps {
            let mut tell = |param| done.push(ModeChange { set: step.set, letter: step.mode.letter(), param });
            match apply(network, step, self) {
                Ok(Done::Ranked(nick)) => tell(Some(nick)),
                Ok(Done::Changes { change, param }) => {
                    if let Some(channel) = network.channel_mut(self.channel) {
                        effects.change(channel, change);
                    }
                    tell(param);
                }
                Ok(Done::Nothing) => {}
                // Once is enough to be told of a rank that is missing.
                Err(refusal) if effects.refusals.contains(&refusal) => {}
                Err(refusal) => effects.refusals.push(refusal),
            }
        }
        done
    }
}

/// The changes as they are written down, without the key.
pub(crate) fn for_record(steps: &[ModeChange]) -> String {
    let hidden = |step: &ModeChange| {
        let is_key = step.letter == ChannelMode::Key.letter();
        ModeChange { param: if is_key { Some("*".to_owned()) } else { step.param.clone() }, ..step.clone() }
    };
    super::lines(&steps.iter().map(hidden).collect::<Vec<_>>(), usize::MAX).concat()
}

fn apply(network: &mut Network, step: &ModeStep, change: &Change<'_>) -> Result<Done, Refusal> {
    if let Some(rank) = Rank::of_mode(step.mode) {
        return apply_rank(network, step, rank, change);
    }
    let forward =
        if step.mode == ChannelMode::Forward { forward(network, step, change.hand) } else { Ok(None) };
    let channel = network.found_channel(change.channel)?;
    let channel = change.hand.may(channel, Act::change(step.mode))?;
    if let Some(flag) = Flags::of_mode(step.mode) {
        return Ok(apply_flag(channel, step, flag));
    }
    let invalid = |why| invalid(channel.name(), step, why);
    match step.mode {
        ChannelMode::Key => {
            let key = step.param.as_deref().unwrap_or_default();
            let is_bad = key.is_empty()
                || key.contains([',', ' ', ':'])
                || key.len() > change.settings.limits.key_bytes;
            if step.set && is_bad {
                return Err(invalid("A key has no space, comma or colon, and is not too long"));
            }
            Ok(apply_key(channel, step.set.then(|| key.to_owned())))
        }
        ChannelMode::Limit => {
            let limit = step.param.as_deref().and_then(|param| param.parse().ok()).filter(|limit| *limit > 0);
            if step.set && limit.is_none() {
                return Err(invalid("A limit is a number above 0"));
            }
            let limit: Option<u32> = limit.filter(|_| step.set);
            let shown = limit.map(|limit| limit.to_string());
            Ok(Done::if_changed(channel.state.limit != limit, ChannelChange::Limit(limit), shown))
        }
        ChannelMode::Forward => {
            let forward = forward.map_err(|failure| match failure {
                Some(refusal) => refusal,
                None => invalid("There is no such channel to forward to"),
            })?;
            if forward.as_ref() == Some(channel.name()) {
                return Err(invalid("A channel cannot forward to itself"));
            }
            let shown = forward.as_ref().map(ToString::to_string);
            let changes = channel.state.forward != forward;
            Ok(Done::if_changed(changes, ChannelChange::Forward(forward), shown))
        }
        _ => apply_list(channel, step, change),
    }
}

fn invalid(channel: &ChannelName, step: &ModeStep, why: &'static str) -> Refusal {
    let param = step.param.as_deref().unwrap_or_default();
    Refusal::InvalidModeParam {
        target: channel.to_string(),
        letter: step.mode.letter(),
        // A key is nobody else's business, even a bad one.
        param: if step.mode == ChannelMode::Key { "*" } else { param }.to_owned(),
        why,
    }
}

fn apply_flag(channel: &Channel, step: &ModeStep, flag: Flags) -> Done {
    let mut flags = channel.state.flags;
    flags.set(flag, step.set);
    Done::if_changed(flags != channel.state.flags, ChannelChange::Flags(flags), None)
}

fn apply_key(channel: &Channel, key: Option<String>) -> Done {
    let shown = key.clone().unwrap_or_else(|| "*".to_owned());
    Done::if_changed(channel.state.key != key, ChannelChange::Key(key), Some(shown))
}

/// The channel that `+f` names, where the actor must be an operator too; `-f` names none.
///
/// # Errors
/// The actor may not send people there, or, without a refusal, it is not there.
fn forward(
    network: &mut Network,
    step: &ModeStep,
    hand: Hand<'_>,
) -> Result<Option<ChannelName>, Option<Refusal>> {
    if !step.set {
        return Ok(None);
    }
    let name = step.param.as_deref().unwrap_or_default();
    let name = network.read_channel_name(name).map_err(|_| None)?;
    let found = match hand {
        Hand::Member(actor) => network.visible_channel_named(actor, &name),
        Hand::Oversight(oversight) => network.overseen_channel(oversight, &name),
    };
    let id = found.map_err(|_| None)?.0;
    let channel = network.channel_mut(id).ok_or(None)?;
    let target = channel.name().clone();
    let channel = hand.may(channel, Act::ChangeModes).map_err(|_| Some(Refusal::OperatorNeeded(target)))?;
    Ok(Some(channel.name().clone()))
}

fn apply_list(channel: &mut Channel, step: &ModeStep, change: &Change<'_>) -> Result<Done, Refusal> {
    let name = channel.name().clone();
    let limits = &change.settings.limits;
    let mode = step.mode;
    let lists = channel.state.lists();
    let Some((_, list)) = lists.into_iter().find(|(listed, _)| *listed == mode) else {
        return Ok(Done::Nothing);
    };
    let mask = ListMask::parse(step.param.as_deref().unwrap_or_default());
    let mask = mask.map_err(|bad| invalid(&name, step, bad.why()))?;
    if step.mode == ChannelMode::InviteException && mask.reach() == Reach::Speech {
        return Err(invalid(&name, step, "An m: means nothing in the list of those who need no invitation"));
    }
    // To match what is hidden would tell, step by step, where somebody is.
    if step.set && change.settings.addresses_hidden && mask.is_over_addresses() {
        return Err(invalid(
            &name,
            step,
            "Addresses are hidden here; ban the host that others see, as WHOIS shows it",
        ));
    }
    let known = list.iter().find(|entry| entry.mask.is_same(&mask, change.settings.casemapping));
    match (step.set, known) {
        (true, Some(_)) | (false, None) => Ok(Done::Nothing),
        (false, Some(entry)) => {
            let param = Some(entry.mask.to_string());
            Ok(Done::Changes {
                change: ChannelChange::ListEntryRemoved { mode, mask: entry.mask.clone() },
                param,
            })
        }
        (true, None) if list.len() >= limits.list_modes => {
            Err(Refusal::ListFull { channel: name, letter: step.mode.letter() })
        }
        (true, None) => {
            let param = Some(mask.to_string());
            let entry = ListEntry { mask, setter: change.by.to_owned(), at: change.meta.at };
            Ok(Done::Changes { change: ChannelChange::ListEntryAdded { mode, entry }, param })
        }
    }
}

fn apply_rank(
    network: &mut Network,
    step: &ModeStep,
    rank: Rank,
    change: &Change<'_>,
) -> Result<Done, Refusal> {
    let wanted = step.param.as_deref().unwrap_or_default();
    let target = network.find_user(wanted).map(|(id, user)| (id, user.nick().to_string()));
    let channel = network.found_channel(change.channel)?;
    let (member, nick) = match target {
        Ok(target) => target,
        // Who may not give the rank need not learn who is there.
        Err(refusal) => return Err(change.hand.may(channel, Act::Promote(rank)).err().unwrap_or(refusal)),
    };
    let promotion =
        change.hand.promotion(channel, RankChange { member, nick: &nick, rank, set: step.set })?;
    let changes = promotion.carry_out(change.meta.seq);
    Ok(if changes { Done::Ranked(nick) } else { Done::Nothing })
}
