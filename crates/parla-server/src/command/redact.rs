//! REDACT: deletes a message, on behalf of its author, of a channel operator who already was one when it was
//! sent, or of an operator of the server. <https://ircv3.net/specs/extensions/message-redaction>
//!
//! The network knows the authors of recent messages ([`RecentMessages`](crate::network::recent_messages));
//! for older ones the store is asked whether they exist. Exactly what was checked is deleted: the commit
//! names the conversation in which the actor may delete the message, and the store deletes it only from that
//! one.

use parla_proto::{
    Capabilities, ChannelName, CommandName, FailCode, Line, Nick, Timestamp, command::Redact, line::fitting,
    name::is_channel,
};

use crate::{
    base::{
        limits::REASON_BYTES_MAX,
        settings::{NetworkSettings, Privileges},
    },
    context::Context,
    contract::question::{Query, QueryResult, Question},
    network::{
        Network, UserId, UserRef,
        audit::Audit,
        change::Change,
        channel::{Channel, NoRedactor},
        conversation::{Conversation, ConversationName},
        effects::Effects,
        entry::{self, EntryCommand, Meta},
        event::{Event, Redacted},
        floor::Floor,
        operator::Privileged,
        recent_messages::SentTo,
        refusal::{Failure, Refusal},
        texts::OwnText,
        user::User,
    },
    publish::{LineTags, Publisher, TAG_CAPABILITIES},
    session::pause::{Asking, Exchange},
};

pub(crate) fn run(context: &mut Context<'_>, redact: &Redact<'_>) -> Result<(), Refusal> {
    if !context.session.capabilities.contains(Capabilities::MESSAGE_REDACTION) {
        return Err(Refusal::UnknownCommand(CommandName::Redact));
    }
    let (id, user) = context.me()?;
    let me = UserRef { id, user };
    let (target, msgid) = (redact.target, redact.msgid);
    let named = context.network.read_conversation(target);
    let named = named.map_err(|_| if is_channel(target) { outside(target) } else { nobody(target) })?;
    let conversation = match &named {
        ConversationName::Channel(name) => Some(channel_of(context.network, me, name)?.state.conversation()),
        ConversationName::User(nick) => {
            context.network.user_named(nick).map_err(|_| nobody(target))?;
            None
        }
    };
    let seq = context.settings.message_ids.decode(msgid).ok_or_else(|| unknown(target, msgid))?;
    let redaction = entry::Redact {
        target: named,
        seq,
        reason: redact.reason.map(|reason| fitting(reason, REASON_BYTES_MAX).to_owned()),
        stored_in: None,
    };
    match conversation.filter(|_| context.settings.history && context.network.author(seq).is_none()) {
        Some(conversation) => {
            let floor = floor(context.network, me, &conversation, context.now);
            let question = Question::Store(Query::Message { conversation: conversation.clone(), floor, seq });
            let exchange = Exchange::Redaction { conversation, redaction: Box::new(redaction) };
            context.session.ask_when_sent(Asking { question, exchange }, context.out);
        }
        None => context.propose(EntryCommand::Redact(Box::new(redaction))),
    }
    Ok(())
}

/// The channel of a message: one that the user is in or, if they oversee messages, one that they may see.
fn channel_of<'n>(network: &'n Network, by: UserRef<'_>, name: &ChannelName) -> Result<&'n Channel, Refusal> {
    let looks_after_messages = looks_after_messages(by.user).is_ok();
    let may_act = |channel: &&Channel| channel.is_member(by.id) || looks_after_messages;
    let channel = network.visible_channel_named(by.id, name).ok().map(|(_, channel)| channel);
    channel.filter(may_act).ok_or_else(|| outside(name.as_str()))
}

/// Checks that the user may still search for a message of this conversation: they may have left the channel,
/// or it may be gone.
pub(crate) fn still_allowed(
    network: &Network,
    user: Option<UserId>,
    conversation: &Conversation,
    redaction: &entry::Redact,
) -> Result<(), Refusal> {
    let me = user.and_then(|id| Some(UserRef { id, user: network.user(id)? }));
    let me = me.ok_or(Refusal::NotRegistered)?;
    let found = match &redaction.target {
        ConversationName::Channel(name) => Some(channel_of(network, me, name)?.state.conversation()),
        ConversationName::User(_) => None,
    };
    let id = || network.settings.message_ids.encode(redaction.seq).to_string();
    let is_there = found.as_ref() == Some(conversation);
    if is_there { Ok(()) } else { Err(unknown(redaction.target.as_str(), &id())) }
}

/// How far back somebody looks for messages: whoever looks after all messages sees all that have not expired.
fn floor(network: &Network, by: UserRef<'_>, conversation: &Conversation, now: Timestamp) -> Floor {
    let floor = network.floor(by.id, conversation, now);
    let sees_all = looks_after_messages(by.user).is_ok();
    Floor { entrance: floor.entrance.filter(|_| !sees_all), ..floor }
}

/// The right of an operator of the server to delete messages of others. Those who may delete a whole channel
/// may delete a single message, too.
fn looks_after_messages(user: &User) -> Result<Privileged<'_>, Refusal> {
    user.privileged(Privileges::HISTORY).or_else(|_| user.privileged(Privileges::CHANNELS))
}

/// The entry that deletes a message the store has found, or the reason for refusing.
pub(crate) fn found(
    settings: &NetworkSettings,
    conversation: Conversation,
    mut redaction: Box<entry::Redact>,
    result: Option<&QueryResult>,
) -> Result<EntryCommand, Refusal> {
    let id = settings.message_ids.encode(redaction.seq).to_string();
    match result {
        Some(QueryResult::IsThere(true)) => {
            redaction.stored_in = Some(conversation);
            Ok(EntryCommand::Redact(redaction))
        }
        Some(QueryResult::IsThere(false)) => Err(unknown(redaction.target.as_str(), &id)),
        _ => Err(fail(
            FailCode::UnknownMsgid,
            &[redaction.target.as_str(), &id],
            "The server cannot read its store",
        )),
    }
}

fn fail(code: FailCode, about: &[&str], description: &'static str) -> Refusal {
    Failure::of(CommandName::Redact, code, about, description)
}

fn outside(target: &str) -> Refusal {
    fail(FailCode::InvalidTarget, &[target], "Messages can be taken back in the channels that you are in")
}

fn nobody(target: &str) -> Refusal {
    fail(FailCode::InvalidTarget, &[target], "There is nobody of this name")
}

fn unknown(target: &str, id: &str) -> Refusal {
    fail(FailCode::UnknownMsgid, &[target, id], "This message does not exist or is too old")
}

/// The right to delete one message.
struct Redactable {
    seq: u64,
    /// The conversation that stores the message, if it is stored.
    conversation: Option<Conversation>,
    /// The target as everyone sees it.
    target: String,
    /// Who is told, and how much of the reason each gets.
    reason: OwnText<UserId>,
    /// The record, if an operator of the server uses their privilege.
    audit: Option<Audit>,
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    redact: &entry::Redact,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (actor, user) = network.actor(meta)?;
    let (by, account) = (user.source().to_owned(), user.account().cloned());
    let who = user.for_record();
    let Redactable { seq, conversation, target, reason, audit } = match &redact.target {
        ConversationName::Channel(name) => in_channel(network, actor, name, redact)?,
        ConversationName::User(nick) => in_private(network, actor, nick, redact)?,
    };
    let author = network.author(seq).map(|(author, _)| author);
    if audit.is_none() && author != Some(actor) {
        let said_by = author.and_then(|author| network.user(author)).map_or("", |user| user.source());
        let id = network.settings.message_ids.encode(seq);
        let whom = format!("{target} {id} {said_by}").trim_end().to_owned();
        let why = redact.reason.clone().unwrap_or_default();
        effects.moderation.push(Audit { who, action: "REDACT", whom, why });
    }
    network.forget_message(seq);
    if let Some(conversation) = conversation.filter(|_| network.settings.history) {
        effects.changes.push(Change::Redacted { conversation, seq });
    }
    effects.audits.extend(audit);
    effects.events.push(Event::Redacted(Redacted { by, account, target, seq, reason }));
    Ok(())
}

/// In a channel, members may delete their own messages, its operators those sent since they became operators,
/// and operators of the server all of them.
fn in_channel(
    network: &Network,
    actor: UserId,
    name: &ChannelName,
    redact: &entry::Redact,
) -> Result<Redactable, Refusal> {
    let (target, seq) = (name.as_str(), redact.seq);
    let id = network.settings.message_ids.encode(seq).to_string();
    let user = network.user(actor).ok_or(Refusal::Gone)?;
    let by = UserRef { id: actor, user };
    let channel = channel_of(network, by, name)?;
    let conversation = Some(channel.state.conversation());
    let author = match network.author(seq) {
        Some((author, SentTo::Channel(channel_id))) if *channel_id == channel.state.id => Some(author),
        None if redact.stored_in == conversation => None,
        _ => return Err(unknown(target, &id)),
    };
    let is_own = author == Some(actor) && channel.is_member(actor);
    let by_rank = if is_own { Ok(()) } else { channel.redactor(actor, seq) };
    let members = channel.members.keys().copied();
    let (reason, audit) = match (by_rank, &redact.reason) {
        (Ok(()), Some(reason)) => {
            let reach = channel.text_reach(by, reason, network.casemapping());
            (reach.among(reason.clone(), members), None)
        }
        (Ok(()), None) => (OwnText::for_all(None, members.collect()), None),
        (Err(why), reason) => {
            let right = looks_after_messages(user).map_err(|_| match why {
                NoRedactor::NoRank => forbidden(target, &id),
                NoRedactor::Newer => fail(
                    FailCode::RedactForbidden,
                    &[target, &id],
                    "This was said before you became an operator of the channel",
                ),
            })?;
            // The operator need not be in the channel, but is told as well.
            let audience = members.chain((!channel.is_member(actor)).then_some(actor)).collect();
            let (whom, why) = (format!("{} {id}", channel.name()), reason.clone().unwrap_or_default());
            let audit = Audit { who: right.who(), action: "REDACT", whom, why };
            (OwnText::for_all(reason.clone(), audience), Some(audit))
        }
    };
    Ok(Redactable { seq, conversation, target: channel.name().to_string(), reason, audit })
}

/// In private, only the author may delete a message, and only in the conversation with its receiver.
fn in_private(
    network: &Network,
    actor: UserId,
    nick: &Nick,
    redact: &entry::Redact,
) -> Result<Redactable, Refusal> {
    let (target, seq) = (nick.as_str(), redact.seq);
    let id = network.settings.message_ids.encode(seq).to_string();
    let (other, user) = network.user_named(nick).map_err(|_| nobody(target))?;
    let accounts = match network.author(seq) {
        Some((author, SentTo::User { receiver, accounts })) if author == actor && *receiver == other => {
            accounts
        }
        Some((author, SentTo::User { receiver, .. })) if author == other && *receiver == actor => {
            return Err(forbidden(target, &id));
        }
        _ => return Err(unknown(target, &id)),
    };
    let conversation = accounts.map(Conversation::Accounts);
    let audience = if other == actor { vec![actor] } else { vec![actor, other] };
    let reason = OwnText::for_all(redact.reason.clone(), audience);
    Ok(Redactable { seq, conversation, target: user.nick().to_string(), reason, audit: None })
}

fn forbidden(target: &str, id: &str) -> Refusal {
    fail(FailCode::RedactForbidden, &[target, id], "You are not authorised to delete this message")
}

/// Tells clients that understand REDACT; the others keep the message on their screens.
pub(crate) fn publish(publisher: &mut Publisher<'_>, redacted: &Redacted) {
    let Redacted { by, account, target, seq, reason } = redacted;
    let id = publisher.network.settings.message_ids.encode(*seq);
    let relevant = TAG_CAPABILITIES | Capabilities::MESSAGE_REDACTION;
    for (reason, audience) in reason.versions() {
        publisher.each(audience.into_iter(), relevant, |at, capabilities| {
            if !capabilities.contains(Capabilities::MESSAGE_REDACTION) {
                return None;
            }
            let tags = LineTags { at, account: account.as_ref(), ..LineTags::default() };
            let line = Line::tagged(&tags.render(capabilities)).source(by).command("REDACT");
            let line = line.param(target).param(id);
            Some(reason.iter().fold(line, |line, reason| line.text(reason)).finish().into())
        });
    }
}
