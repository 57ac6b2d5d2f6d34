//! CHANSERV CLEAR: removes the members of a channel, their ranks, or the entries of its lists, for its owner.

use parla_proto::{ChannelName, Line, limits::LINE_BYTES_MAX, line::fitting, mode::ChannelMode};

use super::asked::{Asked, Ranked, Right, set_ranks};
use crate::{
    base::{limits::CLEARED_TOLD_MAX, service},
    command::join::{self, Entered},
    network::{
        ChannelId, Network, UserId, UserRef,
        account::AccountId,
        audit::Audit,
        channel::{ChannelChange, Rank},
        effects::Effects,
        entry::{Clearance, Meta},
        event::{ChannelCleared, Event, ModeChange},
        refusal::{Refusal, account::AccountFault},
    },
    publish::Publisher,
};

pub(super) fn clear(
    network: &mut Network,
    meta: &Meta,
    asked: &Asked<'_>,
    what: &Clearance,
    effects: &mut Effects,
) -> Result<String, Refusal> {
    if let Right::Member { .. } = asked.right {
        asked.owner.ok_or_else(|| asked.fault(AccountFault::NotOwned))?;
        asked.only_owner()?;
        let who = network.actor(meta)?.1.for_record();
        let (word, why) = match what {
            Clearance::Users(reason) => ("USERS", reason.clone().unwrap_or_default()),
            Clearance::Access => ("ACCESS", String::new()),
            Clearance::List(mode) => (list_name(*mode), String::new()),
        };
        let whom = format!("{} {word}", asked.name);
        effects.moderation.push(Audit { who, action: "CLEAR", whom, why });
    }
    match what {
        Clearance::Users(reason) => users(network, meta, asked, reason.as_deref(), effects),
        Clearance::Access => access(network, meta, asked, effects),
        Clearance::List(mode) => list(network, asked, *mode, effects),
    }
}

/// Removes everybody but the actor. Members with a rank are still remembered; the others need an invitation to a
/// private channel.
fn users(
    network: &mut Network,
    meta: &Meta,
    asked: &Asked<'_>,
    reason: Option<&str>,
    effects: &mut Effects,
) -> Result<String, Refusal> {
    let channel = network.found_channel(asked.id)?;
    let members: Vec<UserId> =
        channel.members.keys().copied().filter(|member| Some(*member) != meta.actor).collect();
    // From the end, so that nobody has to move up.
    for member in members.iter().rev() {
        network.forget_member(*member, asked.id, effects);
        network.leave(*member, asked.id, effects);
    }
    let count = members.len();
    let reason = reason.unwrap_or("The owner has cleared the room").to_owned();
    let stays = meta.actor.filter(|actor| network.rank_in(asked.id, *actor).is_some());
    let cleared = ChannelCleared { channel: asked.name.clone(), removed: members, stays, reason };
    effects.events.push(Event::ChannelCleared(Box::new(cleared)));
    Ok(format!("People who were removed from {}: {count}", asked.name))
}

/// Takes away all ranks but those of the owner, and forgets the members who are elsewhere.
fn access(
    network: &mut Network,
    meta: &Meta,
    asked: &Asked<'_>,
    effects: &mut Effects,
) -> Result<String, Refusal> {
    let channel = network.found_channel(asked.id)?;
    let ranked: Vec<UserId> =
        channel.members.iter().filter(|(_, rank)| !rank.is_empty()).map(|(member, _)| *member).collect();
    let remembered: Vec<AccountId> = channel.state.access.keys().copied().collect();
    for member in ranked {
        let account = network.account_id_of(member);
        if account.is_none() || account != asked.owner {
            set_ranks(network, meta, Ranked { channel: asked.id, member, rank: Rank::empty() }, effects)?;
        }
    }
    let mut count = 0;
    for account in remembered.into_iter().filter(|account| Some(*account) != asked.owner) {
        let present = network.account_by_id(account).and_then(|found| network.user_of_account(&found.name));
        let is_inside = present.is_some_and(|user| network.rank_in(asked.id, user).is_some());
        if is_inside {
            network.remember(asked.id, account, Some(Rank::empty()), effects);
        } else {
            network.remember(asked.id, account, None, effects);
            count += 1;
        }
    }
    Ok(format!("Only the owner of {} has a rank now; accounts that it has forgotten: {count}", asked.name))
}

fn list(
    network: &mut Network,
    asked: &Asked<'_>,
    mode: ChannelMode,
    effects: &mut Effects,
) -> Result<String, Refusal> {
    let by = service::source(service::CHANSERV, &network.settings.name);
    let channel = network.found_channel(asked.id)?;
    let masks: Vec<_> = channel.state.list(mode).iter().map(|entry| entry.mask.clone()).collect();
    let steps: Vec<ModeChange> = masks
        .iter()
        .map(|mask| ModeChange { set: false, letter: mode.letter(), param: Some(mask.to_string()) })
        .collect();
    let count = masks.len();
    for mask in masks {
        effects.change(channel, ChannelChange::ListEntryRemoved { mode, mask });
    }
    if !steps.is_empty() {
        effects.events.push(Event::ModesChanged { by, channel: asked.id, steps });
    }
    Ok(format!(
        "Entries that were removed from the list of {} of {}: {count}",
        list_name(mode).to_lowercase(),
        asked.name
    ))
}

const fn list_name(mode: ChannelMode) -> &'static str {
    match mode {
        ChannelMode::BanException => "EXCEPTIONS",
        ChannelMode::InviteException => "INVITES",
        _ => "BANS",
    }
}

/// Tells those who were removed about themselves, and whoever stays about all of them. If there are very many, the
/// client of whoever stays reads the new list of names instead.
pub(crate) fn publish(publisher: &mut Publisher<'_>, cleared: &ChannelCleared) {
    let ChannelCleared { channel, removed, stays, reason } = cleared;
    let network = publisher.network;
    let by = service::source(service::CHANSERV, &network.settings.name);
    let tells_all = removed.len() <= CLEARED_TOLD_MAX;
    for member in removed {
        let Some(nick) = network.user(*member).map(|user| user.nick()) else { continue };
        let head = Line::from(&by).command("KICK").param(channel).param(nick).len();
        let reason = fitting(reason, LINE_BYTES_MAX.saturating_sub(head + " :\r\n".len()));
        let line = Line::from(&by).command("KICK").param(channel).param(nick).text(reason).finish();
        let witness = stays.filter(|_| tells_all);
        publisher.announce(witness.into_iter().chain([*member]), line);
    }
    if let Some(stays) = stays.filter(|_| !tells_all) {
        enter_again(publisher, stays, channel);
    }
}

/// Makes the clients of somebody leave a channel and enter it again, seen by them only.
fn enter_again(publisher: &mut Publisher<'_>, member: UserId, name: &ChannelName) {
    let network = publisher.network;
    let found: Option<ChannelId> = network.channel_id(name);
    let Some((user, channel)) = network.user(member).zip(found.and_then(|id| network.channel(id))) else {
        return;
    };
    let part = Line::from(&user.source()).command("PART").param(name).finish();
    publisher.announce([member].into_iter(), part);
    let entered = Entered { user: UserRef { id: member, user }, channel, msgid: None };
    join::announce(publisher, entered, &[member]);
    join::tell_newcomer(publisher, member, channel.state.id);
}
