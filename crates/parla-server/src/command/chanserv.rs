//! CHANSERV, and messages to ChanServ: whose a channel is, which ranks accounts have in it, and what only its owner
//! decides.
//!
//! A channel with an owner stays when it is empty, and remembers its members and their ranks by account. MODE
//! changes those ranks too; this service does so for people who are elsewhere.

mod asked;
mod clear;
mod listing;
mod ownership;
mod purge;
mod setting;

use parla_proto::{AccountName, CommandName, line::fitting, mode::ChannelMode};

pub(crate) use self::{
    clear::publish as publish_clearance,
    ownership::{commit, recognize},
    purge::commit as commit_closing,
};
use crate::{
    base::{service, settings::Privileges},
    context::Context,
    network::{
        UserId,
        channel::{Act, Channel, Rank},
        entry::{AccountAsker, Clearance, EntryCommand, OwnChannel, Ownership},
        refusal::{
            Refusal,
            account::{AccountFault, AnswerBy},
        },
    },
    publish::Publisher,
};

/// The commands, with what they do.
const HELP: [(&str, &str); 20] = [
    (
        "LIST",
        "lists the rooms that you own, those in which you have a rank, and those that are offered to you",
    ),
    ("REGISTER <room>", "makes you the owner of a room that has none and of which you are an operator"),
    ("UNREGISTER <room>", "gives up a room; it has no owner then"),
    ("TRANSFER <room> <account>", "offers your room to another account, which owns it once it accepts"),
    ("TRANSFER ACCEPT <room>", "makes you the owner of a room that is offered to you"),
    ("TRANSFER DECLINE <room>", "declines a room that is offered to you, or takes back your own offer"),
    (
        "AMODE <room> <+ or - and letters of ranks> <account>",
        "gives an account ranks, or takes them away, wherever its person is",
    ),
    ("AMODE <room> - <account>", "forgets an account, which then needs an invitation where others do"),
    ("AMODE <room>", "lists the accounts that have a rank"),
    ("INFO <room>", "tells whose a room is, how long its messages are kept, and what newcomers may read"),
    (
        "SET <room> RETAIN <time or default>",
        "keeps the messages of your room only for a time, such as 12h or 30d",
    ),
    (
        "SET <room> HISTORY <all, joined or a number>",
        "lets newcomers read everything that was said, nothing from before they came, or so many messages from before",
    ),
    ("CLEAR <room> USERS [<reason>]", "removes everybody but you from your room"),
    ("CLEAR <room> ACCESS", "takes away all ranks but yours, and forgets the members who are elsewhere"),
    (
        "CLEAR <room> BANS, EXCEPTIONS or INVITES",
        "empties the list of bans (+b), of exceptions from bans (+e) or from +i (+I)",
    ),
    ("LIST <mask>", "for operators of the server: lists all rooms of these names"),
    (
        "PURGE ADD <room> [<reason>]",
        "for operators of the server: closes a room, so that nobody can enter it",
    ),
    ("PURGE DEL <room>", "for operators of the server: opens it again"),
    ("PURGE LIST [<mask>]", "for operators of the server: lists the rooms that are closed"),
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
        ("TRANSFER", [act, channel, ..]) if act.eq_ignore_ascii_case("ACCEPT") => {
            answer_offer(context, channel, Ownership::Accept)?;
        }
        ("TRANSFER", [act, channel, ..])
            if ["DECLINE", "CANCEL"].iter().any(|word| act.eq_ignore_ascii_case(word)) =>
        {
            answer_offer(context, channel, Ownership::Decline)?;
        }
        ("TRANSFER", [channel, account, ..]) => {
            let account = read_account(context, account)?;
            propose(context, channel, Ownership::Transfer(account))?;
        }
        ("AMODE", [channel]) => list(context, channel)?,
        ("AMODE", [channel, letters, account, ..]) => change_ranks(context, channel, letters, account)?,
        ("INFO", [channel, ..]) => listing::info(context, channel)?,
        ("LIST", words) => listing::run(context, words.first().copied())?,
        ("SET", [channel, name, value, ..]) => setting::run(context, channel, (name, value))?,
        ("CLEAR", [channel, what, reason @ ..]) => clear(context, channel, what, reason)?,
        ("PURGE", words) => purge::run(context, words)?,
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

/// Accepts or declines a channel that is offered to somebody who need not see it otherwise.
fn answer_offer(context: &mut Context<'_>, channel: &str, act: Ownership) -> Result<(), Refusal> {
    let channel = context.network.read_channel_name(channel)?;
    let own = OwnChannel { asker: AccountAsker::Person, channel, act };
    context.propose(EntryCommand::OwnChannel(Box::new(own)));
    Ok(())
}

fn clear(context: &mut Context<'_>, channel: &str, what: &str, reason: &[&str]) -> Result<(), Refusal> {
    let what = match what.to_ascii_uppercase().as_str() {
        "USERS" => {
            let limit = context.settings.limits.kick_bytes;
            let reason = fitting(&reason.join(" "), limit).to_owned();
            Clearance::Users(Some(reason).filter(|reason| !reason.is_empty()))
        }
        "ACCESS" => Clearance::Access,
        "BANS" => Clearance::List(ChannelMode::Ban),
        "EXCEPTIONS" => Clearance::List(ChannelMode::BanException),
        "INVITES" => Clearance::List(ChannelMode::InviteException),
        _ => {
            tell(context, "CLEAR takes USERS, ACCESS, BANS, EXCEPTIONS or INVITES");
            return Ok(());
        }
    };
    propose(context, channel, Ownership::Clear(what))
}

/// Tells whoever asked ChanServ that it is done.
pub(crate) fn publish(publisher: &mut Publisher<'_>, done: &str) {
    let network = publisher.network;
    let Some(user) = publisher.meta.actor.and_then(|actor| network.user(actor)) else { return };
    let server = &network.settings.name;
    publisher.answer(service::notice(service::CHANSERV, server, user.nick().as_str(), done));
}

/// Tells somebody who has not asked ChanServ for anything.
pub(crate) fn publish_to(publisher: &mut Publisher<'_>, user: UserId, text: &str) {
    let network = publisher.network;
    let Some(nick) = network.user(user).map(|user| user.nick().as_str()) else { return };
    let line = service::notice(service::CHANSERV, &network.settings.name, nick, text);
    publisher.announce([user].into_iter(), line);
}
