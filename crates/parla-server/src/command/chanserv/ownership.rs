//! CHANSERV REGISTER, UNREGISTER, TRANSFER and AMODE: whose a channel is, and which ranks accounts have in it.

use parla_proto::{AccountName, ChannelName};

use super::{
    asked::{Asked, Ranked, Right, promote, right, set_ranks},
    clear, setting,
};
use crate::{
    base::limits::ACCESS_MAX,
    network::{
        ChannelId, Network, UserId,
        account::AccountId,
        audit::Audit,
        channel::{Act, ChannelChange, Rank},
        effects::Effects,
        entry::{AccountAsker, Meta, OwnChannel, Ownership},
        event::Event,
        refusal::{
            Refusal,
            account::{AccountFault, AnswerBy},
        },
    },
};

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    own: OwnChannel,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let OwnChannel { asker, channel, act } = own;
    let is_about_offer = matches!(act, Ownership::Accept | Ownership::Decline);
    let (id, right) = match offered(network, meta, &channel).filter(|_| is_about_offer) {
        // Whoever is offered a secret channel need not see it otherwise.
        Some(offered) => offered,
        None => right(network, meta, asker, &channel)?,
    };
    let owner = network.channel(id).and_then(|channel| channel.state.owner);
    let way = if let AccountAsker::Administrator(_) = asker { asker.into() } else { AnswerBy::ChanServ };
    let asked = Asked { name: &channel, id, owner, right, way };
    // The server's operators look after its own rooms, but give them to nobody.
    let is_for_servers = matches!(act, Ownership::Set(_) | Ownership::Clear(_));
    let may_be_servers = is_for_servers && matches!(asked.right, Right::Overseer(_));
    if network.settings.autojoin.contains(&channel) && !may_be_servers {
        return Err(asked.fault(AccountFault::ServersRoom));
    }
    let done = match &act {
        Ownership::Register => register(network, meta, &asked, effects)?,
        Ownership::Unregister => {
            let owner = owner.ok_or_else(|| asked.fault(AccountFault::NotOwned))?;
            asked.only_owner()?;
            network.disown(id, owner, effects);
            format!("{channel} has no owner now")
        }
        Ownership::Transfer(to) => transfer(network, meta, &asked, to, effects)?,
        Ownership::Accept => accept(network, meta, &asked, effects)?,
        Ownership::Decline => decline(network, &asked, effects)?,
        Ownership::Set(setting) => setting::change(network, &asked, *setting, effects)?,
        Ownership::Clear(what) => clear::clear(network, meta, &asked, what, effects)?,
        Ownership::Access { account, rank } => {
            let wanted = Wanted { account, rank: *rank };
            change_access(network, meta, &asked, wanted, effects)?
        }
    };
    if let Right::Overseer(who) = asked.right {
        let why = done.clone();
        effects.audits.push(Audit { who, action: "CHANSERV", whom: channel.to_string(), why });
    }
    effects.events.push(Event::ServiceTold(done));
    Ok(())
}

/// Makes an operator of a channel without an owner its owner.
fn register(
    network: &mut Network,
    meta: &Meta,
    asked: &Asked<'_>,
    effects: &mut Effects,
) -> Result<String, Refusal> {
    let Right::Member { rank, account } = &asked.right else {
        return Err(asked.fault(AccountFault::NotOperator));
    };
    let account = account.ok_or_else(|| asked.fault(AccountFault::NotSignedIn))?;
    if asked.owner.is_some_and(|owner| owner != account) {
        return Err(asked.fault(AccountFault::Owned));
    }
    if !rank.may(Act::ChangeModes) {
        return Err(asked.fault(AccountFault::NotOperator));
    }
    if asked.owner.is_none() {
        asked.has_room(network, account)?;
    }
    let member = network.actor(meta)?.0;
    let is_kept = network.channel(asked.id).is_some_and(|channel| channel.kept);
    if !is_kept && !network.count_new_channel(member) {
        return Err(asked.fault(AccountFault::TooManyNewChannels));
    }
    network.own(asked.id, account, effects);
    promote(network, meta, Ranked { channel: asked.id, member, rank: Rank::FOUNDER }, effects)?;
    Ok(format!("{} is yours now", asked.name))
}

/// Makes another account the owner, or offers it the channel. Nobody gets one without wanting it: it counts
/// against how many they may own.
fn transfer(
    network: &mut Network,
    meta: &Meta,
    asked: &Asked<'_>,
    account: &AccountName,
    effects: &mut Effects,
) -> Result<String, Refusal> {
    let to = asked.account(network, account)?;
    asked.only_owner()?;
    if asked.owner == Some(to) {
        return Ok(format!("{} belongs to {account}", asked.name));
    }
    if let Right::Overseer(_) = asked.right {
        if network.channels_owned_max() == 0 {
            return Err(asked.fault(AccountFault::NoOwners));
        }
        hand_over(network, meta, asked, to, effects)?;
        return Ok(format!("{} belongs to {account} now", asked.name));
    }
    let owner = asked.owner.and_then(|owner| network.account_by_id(owner));
    let owner = owner.map(|owner| owner.name.to_string()).unwrap_or_default();
    let channel = network.found_channel(asked.id)?;
    let is_new = channel.state.offered_to != Some(to);
    if is_new {
        effects.change(channel, ChannelChange::OfferedTo(Some(to)));
    }
    if let Some(user) = network.user_of_account(account).filter(|_| is_new) {
        let name = asked.name;
        let text = format!(
            "{owner} offers you the room {name}. CHANSERV TRANSFER ACCEPT {name} makes it yours, and CHANSERV TRANSFER DECLINE {name} does not"
        );
        effects.events.push(Event::ToldByChanServ { user, text });
    }
    Ok(format!("{} is offered to {account}, who can accept it with CHANSERV TRANSFER ACCEPT", asked.name))
}

/// The channel of this name with the right of whoever acts, if it is offered to them.
fn offered(network: &Network, meta: &Meta, name: &ChannelName) -> Option<(ChannelId, Right)> {
    let (actor, _) = network.actor(meta).ok()?;
    let account = network.account_id_of(actor).filter(|_| !network.is_by_app_password(meta))?;
    let channel = network.channel(network.channel_id(name)?)?;
    let right = Right::Member { rank: Rank::empty(), account: Some(account) };
    (channel.state.offered_to == Some(account)).then_some((channel.state.id, right))
}

/// Makes the account of the actor the owner of a channel that is offered to it.
fn accept(
    network: &mut Network,
    meta: &Meta,
    asked: &Asked<'_>,
    effects: &mut Effects,
) -> Result<String, Refusal> {
    let offered_to = network.channel(asked.id).and_then(|channel| channel.state.offered_to);
    let account = match asked.right {
        Right::Member { account: Some(account), .. } if offered_to == Some(account) => account,
        _ => return Err(asked.fault(AccountFault::NotOffered)),
    };
    asked.has_room(network, account)?;
    let previous = asked.owner.and_then(|owner| network.account_by_id(owner)).map(|owner| owner.name.clone());
    hand_over(network, meta, asked, account, effects)?;
    let by = network.account_by_id(account).map(|account| account.name.to_string()).unwrap_or_default();
    if let Some(user) = previous.and_then(|previous| network.user_of_account(&previous)) {
        let text = format!("{by} has accepted {}, which belongs to {by} now", asked.name);
        effects.events.push(Event::ToldByChanServ { user, text });
    }
    Ok(format!("{} is yours now", asked.name))
}

/// Ends an offer, for its owner or for whom it was made to.
fn decline(network: &mut Network, asked: &Asked<'_>, effects: &mut Effects) -> Result<String, Refusal> {
    let offered_to = network.channel(asked.id).and_then(|channel| channel.state.offered_to);
    let Some(to) = offered_to else { return Err(asked.fault(AccountFault::NotOffered)) };
    let is_to_actor = matches!(asked.right, Right::Member { account, .. } if account == Some(to));
    if !is_to_actor {
        asked.only_owner()?;
    }
    network.withdraw_offer(asked.id, to, effects);
    let owner = asked.owner.and_then(|owner| network.account_by_id(owner)).map(|owner| owner.name.clone());
    let declined_by =
        network.account_by_id(to).filter(|_| is_to_actor).map(|account| account.name.to_string());
    if let Some((user, by)) = owner.and_then(|owner| network.user_of_account(&owner)).zip(declined_by) {
        let text = format!("{by} does not want {}", asked.name);
        effects.events.push(Event::ToldByChanServ { user, text });
    }
    Ok(format!("{} is offered to nobody now", asked.name))
}

/// Makes another account the owner.
fn hand_over(
    network: &mut Network,
    meta: &Meta,
    asked: &Asked<'_>,
    to: AccountId,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let channel = asked.id;
    let previous = asked.owner.filter(|owner| *owner != to);
    network.own(channel, to, effects);
    if let Some(previous) = previous {
        let before = network.remembered_rank(channel, previous).unwrap_or_default();
        network.remember(channel, previous, Some(before - Rank::FOUNDER), effects);
        let name = network.account_by_id(previous).map(|account| account.name.clone());
        if let Some(member) = name.and_then(|name| network.user_of_account(&name)) {
            let rank = network.rank_in(channel, member).unwrap_or_default() - Rank::FOUNDER;
            set_ranks(network, meta, Ranked { channel, member, rank }, effects)?;
        }
    }
    let before = network.remembered_rank(channel, to).unwrap_or_default();
    network.remember(channel, to, Some(before | Rank::FOUNDER), effects);
    let name = network.account_by_id(to).map(|account| account.name.clone());
    if let Some(member) = name.and_then(|name| network.user_of_account(&name)) {
        promote(network, meta, Ranked { channel, member, rank: Rank::FOUNDER }, effects)?;
    }
    Ok(())
}

/// The ranks that an account is to have; `None` if it is to be forgotten.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    account: &'a AccountName,
    rank: Option<Rank>,
}

fn change_access(
    network: &mut Network,
    meta: &Meta,
    asked: &Asked<'_>,
    Wanted { account, rank }: Wanted<'_>,
    effects: &mut Effects,
) -> Result<String, Refusal> {
    let to = asked.account(network, account)?;
    if asked.owner.is_none() {
        return Err(asked.fault(AccountFault::NotOwned));
    }
    if asked.owner == Some(to) {
        asked.only_owner()?;
    }
    let Some(access) = network.channel(asked.id).map(|channel| &channel.state.access) else {
        return Err(Refusal::Gone);
    };
    let before = access.get(&to).copied();
    if before.is_none() && access.len() >= ACCESS_MAX {
        return Err(asked.fault(AccountFault::TooManyMembers));
    }
    if let Right::Member { rank: own, .. } = &asked.right {
        let present = network.user_of_account(account);
        let live = present.and_then(|user| network.rank_in(asked.id, user));
        let before = before.unwrap_or_default();
        let changed = before.symmetric_difference(rank.unwrap_or_default());
        let outranks = own.outranks(before | live.unwrap_or_default());
        let mut steps = Rank::MODES.iter().filter(|(rank, _, _)| changed.contains(*rank));
        let may_change = steps.all(|(rank, _, _)| own.may(Act::Promote(*rank))) && outranks;
        if !(asked.is_owner() || may_change) {
            return Err(asked.fault(AccountFault::RankTooLow));
        }
    }
    network.remember(asked.id, to, rank, effects);
    // The owner stays an operator.
    let rank = network.remembered_rank(asked.id, to);
    if let Some(member) = network.user_of_account(account) {
        // A member may have ranks that the channel does not remember.
        let live = network.rank_in(asked.id, member).unwrap_or_default();
        let (before, wanted) = (before.unwrap_or_default(), rank.unwrap_or_default());
        let rank = (live - (before - wanted)) | (wanted - before);
        set_ranks(network, meta, Ranked { channel: asked.id, member, rank }, effects)?;
    }
    let kept = network.remembered_rank(asked.id, to);
    Ok(match kept.filter(|rank| !rank.is_empty()) {
        Some(rank) => format!("{account} has +{} in {}", rank.letters(), asked.name),
        None => format!("{account} has no rank in {}", asked.name),
    })
}

/// Gives somebody who has signed in the ranks that the channels that they are in remember, and has those remember
/// them. A channel that would not let them in now, because their account is banned, does neither.
pub(crate) fn recognize(
    network: &mut Network,
    meta: &Meta,
    member: UserId,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let Some(account) = network.account_id_of(member) else { return Ok(()) };
    for channel in network.user(member).map(|user| user.channels.clone()).unwrap_or_default() {
        let Some((found, user)) = network.channel(channel).zip(network.user(member)) else { continue };
        let rank = found.remembered(account).unwrap_or_default().rank;
        if found.state.owner.is_some() && !found.keeps_out(user, rank, network.casemapping()) {
            promote(network, meta, Ranked { channel, member, rank }, effects)?;
        }
    }
    Ok(())
}
