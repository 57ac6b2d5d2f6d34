//! CHANSERV, and messages to ChanServ: whose a channel is, and which ranks accounts have in it.
//!
//! A channel with an owner stays when it is empty, and remembers its members and their ranks by account. MODE
//! changes those ranks too; this service does so for people who are elsewhere.

use parla_proto::{AccountName, ChannelName, CommandName};

use crate::{
    base::{limits::ACCESS_MAX, service, settings::Privileges},
    context::Context,
    network::{
        ChannelId, Network, UserId,
        account::AccountId,
        audit::Audit,
        channel::{Act, Channel, Rank, RankChange},
        effects::Effects,
        entry::{AccountAsker, EntryCommand, Meta, OwnChannel, Ownership},
        event::{Event, ModeChange},
        refusal::{
            Refusal,
            account::{AccountFault, AnswerBy},
        },
    },
    publish::Publisher,
};

/// The commands, with what they do.
const HELP: [(&str, &str); 8] = [
    ("REGISTER <room>", "makes you the owner of a room that has none and of which you are an operator"),
    ("UNREGISTER <room>", "gives up a room; it has no owner then"),
    ("TRANSFER <room> <account>", "makes another account the owner of your room"),
    (
        "AMODE <room> <+ or - and letters of ranks> <account>",
        "gives an account ranks, or takes them away, wherever its person is",
    ),
    ("AMODE <room> - <account>", "forgets an account, which then needs an invitation where others do"),
    ("AMODE <room>", "lists the accounts that have a rank"),
    ("INFO <room>", "tells whose a room is"),
    ("HELP", "lists these commands"),
];

/// Handles the words of a command to the service.
pub(crate) fn run(context: &mut Context<'_>, words: &[&str]) -> Result<(), Refusal> {
    if context.settings.accounts.is_none() {
        return Err(Refusal::UnknownCommand(CommandName::Chanserv));
    }
    context.me()?;
    let (command, words) = words.split_first().map_or(("HELP", words), |(command, words)| (*command, words));
    match (command.to_ascii_uppercase().as_str(), words) {
        ("HELP", _) => {
            tell(context, "ChanServ takes these commands, as CHANSERV <command> or as a message:");
            for (syntax, help) in HELP {
                tell(context, &format!("{syntax}: {help}"));
            }
        }
        ("REGISTER", [channel, ..]) => propose(context, channel, Ownership::Register)?,
        ("UNREGISTER" | "DROP", [channel, ..]) => propose(context, channel, Ownership::Unregister)?,
        ("TRANSFER", [channel, account, ..]) => {
            let account = read_account(context, account)?;
            propose(context, channel, Ownership::Transfer(account))?;
        }
        ("AMODE", [channel]) => list(context, channel)?,
        ("AMODE", [channel, letters, account, ..]) => change_ranks(context, channel, letters, account)?,
        ("INFO", [channel, ..]) => info(context, channel)?,
        _ => tell(
            context,
            "ChanServ does not understand that, or something is missing; CHANSERV HELP lists what it can do",
        ),
    }
    Ok(())
}

fn tell(context: &mut Context<'_>, text: &str) {
    let line = service::notice(service::CHANSERV, &context.settings.name, &context.target(), text);
    context.line(line);
}

fn propose(context: &mut Context<'_>, channel: &str, act: Ownership) -> Result<(), Refusal> {
    let (me, user) = context.me()?;
    let (_, found) = context.network.visible_channel(me, channel)?;
    // An operator of the server asks for others, except for a room of their own.
    let own = context.network.account_id_of(me);
    let is_owner = own.is_some() && own == found.state.owner;
    let is_for_others = !is_owner && !matches!(act, Ownership::Register);
    let is_operator = is_for_others && user.has_privilege(Privileges::CHANNELS);
    let asker = if is_operator { AccountAsker::Operator } else { AccountAsker::Person };
    let own = OwnChannel { asker, channel: found.name().clone(), act };
    context.propose(EntryCommand::OwnChannel(Box::new(own)));
    Ok(())
}

/// Whether a user has any rank with which they can do something here themselves.
fn may_own(channel: &Channel, user: UserId) -> bool {
    channel.rank(user).is_ok_and(|rank| rank.may(Act::ChangeModes))
}

fn read_account(context: &Context<'_>, account: &str) -> Result<AccountName, Refusal> {
    let found = context.network.account_called(account).map(|account| account.name.clone());
    found.ok_or_else(|| AccountFault::NoSuchAccount.of(AnswerBy::ChanServ, account))
}

fn change_ranks(
    context: &mut Context<'_>,
    channel: &str,
    letters: &str,
    account: &str,
) -> Result<(), Refusal> {
    let (me, _) = context.me()?;
    let (_, found) = context.network.visible_channel(me, channel)?;
    let name = read_account(context, account)?;
    let id = context.network.account(&name).map(|account| account.id);
    let before = id.and_then(|id| found.state.access.get(&id)).copied();
    let (set, letters) = match letters.split_at_checked(1) {
        Some(("+", letters)) => (true, letters),
        Some(("-", letters)) => (false, letters),
        _ => (true, letters),
    };
    if (set, letters) == (false, "") {
        return propose(context, channel, Ownership::Access { account: name, rank: None });
    }
    let Some(ranks) = Rank::from_letters(letters) else {
        tell(
            context,
            "The letters of ranks are q (owner), a (protected), o (operator), h (half-operator) and v (voice)",
        );
        return Ok(());
    };
    let mut rank = before.unwrap_or_default();
    rank.set(ranks, set);
    propose(context, channel, Ownership::Access { account: name, rank: Some(rank) })
}

fn list(context: &mut Context<'_>, channel: &str) -> Result<(), Refusal> {
    let (me, user) = context.me()?;
    let (_, channel) = context.network.visible_channel(me, channel)?;
    if !(user.has_privilege(Privileges::CHANNELS) || may_own(channel, me)) {
        return Err(AccountFault::NotOperator.of(AnswerBy::ChanServ, ""));
    }
    let ranked = channel.state.access.iter().filter(|(_, rank)| !rank.is_empty());
    for (account, rank) in ranked {
        if let Some(account) = context.network.account_by_id(*account) {
            tell(context, &format!("{}: +{}", account.name, rank.letters()));
        }
    }
    tell(context, &format!("{} remembers {} accounts", channel.name(), channel.state.access.len()));
    Ok(())
}

fn info(context: &mut Context<'_>, channel: &str) -> Result<(), Refusal> {
    let (me, _) = context.me()?;
    let (_, channel) = context.network.visible_channel(me, channel)?;
    let owner = channel.state.owner.and_then(|owner| context.network.account_by_id(owner));
    let text = match owner {
        Some(owner) => format!("{} belongs to {}", channel.name(), owner.name),
        // Somebody may be called nobody.
        None => format!("{} has no owner", channel.name()),
    };
    tell(context, &text);
    Ok(())
}

/// What somebody asks about one channel, and by what right.
struct Asked<'a> {
    name: &'a ChannelName,
    id: ChannelId,
    owner: Option<AccountId>,
    right: Right,
    way: AnswerBy,
}

/// The right to change whose a channel is, or who has which ranks.
enum Right {
    /// Of a member, with the rank that they have and their account.
    Member { rank: Rank, account: Option<AccountId> },
    /// Of somebody who oversees channels, for the record.
    Overseer(String),
}

impl Asked<'_> {
    fn fault(&self, fault: AccountFault) -> Refusal {
        fault.of(self.way, self.name.as_str())
    }

    /// Whether they may do what only the owner may.
    fn is_owner(&self) -> bool {
        match &self.right {
            Right::Member { account, .. } => self.owner.is_some() && *account == self.owner,
            Right::Overseer(_) => true,
        }
    }

    fn only_owner(&self) -> Result<(), Refusal> {
        if self.is_owner() { Ok(()) } else { Err(self.fault(AccountFault::NotTheOwner)) }
    }

    /// Checks that an account may own another channel.
    fn has_room(&self, network: &Network, owner: AccountId) -> Result<(), Refusal> {
        if network.may_own_another(owner) {
            return Ok(());
        }
        let is_never = network.channels_owned_max() == 0;
        Err(self.fault(if is_never { AccountFault::NoOwners } else { AccountFault::TooManyChannels }))
    }

    fn account(&self, network: &Network, account: &AccountName) -> Result<AccountId, Refusal> {
        let found = network.account(account).map(|account| account.id);
        found.ok_or_else(|| self.fault(AccountFault::NoSuchAccount))
    }
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    own: OwnChannel,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let OwnChannel { asker, channel, act } = own;
    let (id, right) = right(network, meta, asker, &channel)?;
    let owner = network.channel(id).and_then(|channel| channel.state.owner);
    let way = if let AccountAsker::Administrator(_) = asker { asker.into() } else { AnswerBy::ChanServ };
    let asked = Asked { name: &channel, id, owner, right, way };
    if network.settings.autojoin.contains(&channel) {
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

/// Makes another account the owner.
fn transfer(
    network: &mut Network,
    meta: &Meta,
    asked: &Asked<'_>,
    account: &AccountName,
    effects: &mut Effects,
) -> Result<String, Refusal> {
    let to = asked.account(network, account)?;
    asked.only_owner()?;
    if asked.owner != Some(to) {
        asked.has_room(network, to)?;
    }
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
    if let Some(member) = network.user_of_account(account) {
        promote(network, meta, Ranked { channel, member, rank: Rank::FOUNDER }, effects)?;
    }
    Ok(format!("{} belongs to {account} now", asked.name))
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

fn right(
    network: &Network,
    meta: &Meta,
    asker: AccountAsker,
    name: &ChannelName,
) -> Result<(ChannelId, Right), Refusal> {
    let overseen = |who| {
        let (id, _) = network.overseen_channel(&network.administrator(), name)?;
        Ok((id, Right::Overseer(who)))
    };
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
struct Ranked {
    channel: ChannelId,
    member: UserId,
    rank: Rank,
}

/// Gives somebody who has signed in the ranks that the channels that they are in remember, and has those remember
/// them.
pub(super) fn recognize(
    network: &mut Network,
    meta: &Meta,
    member: UserId,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let Some(account) = network.account_id_of(member) else { return Ok(()) };
    for channel in network.user(member).map(|user| user.channels.clone()).unwrap_or_default() {
        let Some(state) = network.channel(channel).map(|channel| &channel.state) else { continue };
        if state.owner.is_some() {
            let rank = state.access.get(&account).copied().unwrap_or_default();
            promote(network, meta, Ranked { channel, member, rank }, effects)?;
        }
    }
    Ok(())
}

/// Gives a member a rank besides those that they have, if they are in the channel.
fn promote(network: &mut Network, meta: &Meta, ranked: Ranked, effects: &mut Effects) -> Result<(), Refusal> {
    let Some(before) = network.rank_in(ranked.channel, ranked.member) else { return Ok(()) };
    set_ranks(network, meta, Ranked { rank: before | ranked.rank, ..ranked }, effects)
}

/// Gives a member these ranks and no others, if they are in the channel. All members see it.
fn set_ranks(
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

/// Tells whoever asked ChanServ that it is done.
pub(crate) fn publish(publisher: &mut Publisher<'_>, done: &str) {
    let network = publisher.network;
    let Some(user) = publisher.meta.actor.and_then(|actor| network.user(actor)) else { return };
    let server = &network.settings.name;
    publisher.answer(service::notice(service::CHANSERV, server, user.nick().as_str(), done));
}
