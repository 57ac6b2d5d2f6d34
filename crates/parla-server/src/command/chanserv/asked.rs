//! What somebody asks ChanServ about one channel, and by what right; and how members get ranks from it.

use parla_proto::{AccountName, ChannelName};

use crate::{
    base::{service, settings::Privileges},
    network::{
        ChannelId, Network, UserId,
        account::AccountId,
        channel::{Rank, RankChange},
        effects::Effects,
        entry::{AccountAsker, Meta},
        event::{Event, ModeChange},
        refusal::{
            Refusal,
            account::{AccountFault, AnswerBy},
        },
    },
};

/// What somebody asks about one channel, and by what right.
pub(super) struct Asked<'a> {
    pub(super) name: &'a ChannelName,
    pub(super) id: ChannelId,
    pub(super) owner: Option<AccountId>,
    pub(super) right: Right,
    pub(super) way: AnswerBy,
}

/// The right to change whose a channel is, or who has which ranks.
pub(super) enum Right {
    /// Of a member, with the rank that they have and their account.
    Member { rank: Rank, account: Option<AccountId> },
    /// Of somebody who oversees channels, for the record.
    Overseer(String),
}

impl Asked<'_> {
    pub(super) fn fault(&self, fault: AccountFault) -> Refusal {
        fault.of(self.way, self.name.as_str())
    }

    /// Whether they may do what only the owner may.
    pub(super) fn is_owner(&self) -> bool {
        match &self.right {
            Right::Member { account, .. } => self.owner.is_some() && *account == self.owner,
            Right::Overseer(_) => true,
        }
    }

    pub(super) fn only_owner(&self) -> Result<(), Refusal> {
        if self.is_owner() { Ok(()) } else { Err(self.fault(AccountFault::NotTheOwner)) }
    }

    /// Checks that an account may own another channel.
    pub(super) fn has_room(&self, network: &Network, owner: AccountId) -> Result<(), Refusal> {
        if network.may_own_another(owner) {
            return Ok(());
        }
        let is_never = network.channels_owned_max() == 0;
        Err(self.fault(if is_never { AccountFault::NoOwners } else { AccountFault::TooManyChannels }))
    }

    pub(super) fn account(&self, network: &Network, account: &AccountName) -> Result<AccountId, Refusal> {
        let found = network.account(account).map(|account| account.id);
        found.ok_or_else(|| self.fault(AccountFault::NoSuchAccount))
    }
}

/// The channel of this name, with the right of whoever asks.
pub(super) fn right(
    network: &Network,
    meta: &Meta,
    asker: AccountAsker,
    name: &ChannelName,
) -> Result<(ChannelId, Right), Refusal> {
    let overseen = |who| {
        let (id, _) = network.overseen_channel(&network.administrator(), name)?;
        Ok((id, Right::Overseer(who)))
    };
    // Whoever owns or runs a room gives that away only with the password.
    if network.is_by_app_password(meta) {
        return Err(AccountFault::OnlyByPassword.of(AnswerBy::ChanServ, name.as_str()));
    }
    match asker {
        AccountAsker::Operator => overseen(network.actor(meta)?.1.privileged(Privileges::CHANNELS)?.who()),
        AccountAsker::Administrator(_) => overseen(network.administrator().who),
        AccountAsker::Command | AccountAsker::Person | AccountAsker::Visitor(_) => {
            let (actor, _) = network.actor(meta)?;
            let (id, channel) = network.visible_channel_named(actor, name)?;
            let account = network.account_id_of(actor);
            let remembered = account.and_then(|account| channel.state.access.get(&account)).copied();
            let rank = channel.rank(actor).unwrap_or_default() | remembered.unwrap_or_default();
            Ok((id, Right::Member { rank, account }))
        }
    }
}

/// A member of a channel, with ranks.
#[derive(Clone, Copy)]
pub(super) struct Ranked {
    pub(super) channel: ChannelId,
    pub(super) member: UserId,
    pub(super) rank: Rank,
}

/// Gives a member a rank besides those that they have, if they are in the channel.
pub(super) fn promote(
    network: &mut Network,
    meta: &Meta,
    ranked: Ranked,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let Some(before) = network.rank_in(ranked.channel, ranked.member) else { return Ok(()) };
    set_ranks(network, meta, Ranked { rank: before | ranked.rank, ..ranked }, effects)
}

/// Gives a member these ranks and no others, if they are in the channel. All members see it.
pub(super) fn set_ranks(
    network: &mut Network,
    meta: &Meta,
    Ranked { channel: channel_id, member, rank }: Ranked,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let right = network.administrator();
    let Some(nick) = network.user(member).map(|user| user.nick().to_string()) else { return Ok(()) };
    let channel = network.found_channel(channel_id)?;
    let Ok(before) = channel.rank(member) else { return Ok(()) };
    let mut steps = Vec::new();
    for (one, mode, _) in Rank::MODES {
        let set = rank.contains(one);
        if before.contains(one) != set {
            let change = RankChange { member, nick: &nick, rank: one, set };
            channel.overseen_promotion(&right, change)?.carry_out(meta.seq);
            steps.push(ModeChange { set, letter: mode.letter(), param: Some(nick.clone()) });
        }
    }
    network.remember_member(member, channel_id, effects);
    if !steps.is_empty() {
        let by = service::source(service::CHANSERV, &network.settings.name);
        effects.events.push(Event::ModesChanged { by, channel: channel_id, steps });
    }
    Ok(())
}
