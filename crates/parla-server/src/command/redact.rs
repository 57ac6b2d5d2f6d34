//! REDACT: a message is taken back, by who said it or by an operator of the channel.
//! <https://ircv3.net/specs/extensions/message-redaction>
//!
//! Who said what lately is known ([`Said`](crate::network::said)); of what was said before, the store says whether it is
//! there. What is deleted is what was checked: the commit names the message by the record of the channel whose operator
//! asks, and the store deletes none but of that record.

use parla_proto::{Capabilities, Line, MsgId, command::Redact, line::fitting, name::is_channel};

use crate::{
    audit::Audit,
    change::Change,
    context::Context,
    effects::Effects,
    entry::{self, EntryCommand, Meta},
    event::Event,
    limits::REASON_BYTES_MAX,
    network::{Network, UserId, said::Place},
    output::{Output, Query, QueryResult},
    publish::{LineTags, Publisher, TAG_CAPABILITIES},
    refusal::{Failure, Refusal},
    session::Until,
};

pub(crate) fn run(context: &mut Context<'_>, redact: &Redact<'_>) -> Result<(), Refusal> {
    if !context.session.capabilities.contains(Capabilities::MESSAGE_REDACTION) {
        return Err(Refusal::UnknownCommand("REDACT"));
    }
    let (me, _) = context.me()?;
    let (target, msgid) = (redact.target, redact.msgid);
    let channel = if is_channel(target) { Some(channel_of(context.network, me, target)?) } else { None };
    let id = MsgId::parse(msgid).map_err(|_| unknown(target, msgid))?;
    let redaction = entry::Redact {
        target: target.to_owned(),
        id,
        reason: redact.reason.map(|reason| fitting(reason, REASON_BYTES_MAX).to_owned()),
        stored_in: None,
    };
    match channel.filter(|_| context.settings.history && context.network.author(id.seq()).is_none()) {
        Some(record) => {
            let connection = context.session.connection;
            context.out.outputs.push(Output::Query { connection, query: Query::Message { record, id } });
            context.session.pause(Until::Found { record, redaction: Box::new(redaction) });
        }
        None => context.propose(EntryCommand::Redact(Box::new(redaction))),
    }
    Ok(())
}

/// The record of a channel that the user is in.
fn channel_of(network: &Network, user: UserId, target: &str) -> Result<u64, Refusal> {
    let channel = network.visible_channel(user, target).ok().map(|(_, channel)| channel);
    let channel = channel.filter(|channel| channel.is_member(user));
    channel.map(|channel| channel.state.record).ok_or_else(|| {
        fail("INVALID_TARGET", &[target], "Messages can be taken back in the channels that you are in")
    })
}

/// What the store said of a message, in the entry that takes it back; or why there is none.
pub(crate) fn found(
    record: u64,
    mut redaction: Box<entry::Redact>,
    result: Option<&QueryResult>,
) -> Result<EntryCommand, Refusal> {
    let id = redaction.id.to_string();
    match result {
        Some(QueryResult::IsThere(true)) => {
            redaction.stored_in = Some(record);
            Ok(EntryCommand::Redact(redaction))
        }
        Some(QueryResult::IsThere(false)) => Err(unknown(&redaction.target, &id)),
        _ => Err(fail("UNKNOWN_MSGID", &[&redaction.target, &id], "The server cannot read its store")),
    }
}

fn fail(code: &'static str, about: &[&str], description: &'static str) -> Refusal {
    Failure::of("REDACT", code, about, description)
}

fn unknown(target: &str, id: &str) -> Refusal {
    fail("UNKNOWN_MSGID", &[target, id], "This message does not exist or is too old")
}

/// The right to take one message back.
struct Redactable {
    seq: u64,
    /// The channel's record, if the message is in one.
    record: Option<u64>,
    /// As it is called for everyone.
    target: String,
    audience: Vec<UserId>,
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    redact: entry::Redact,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (actor, user) = network.actor(meta)?;
    let by = (user.source().to_owned(), user.account().map(str::to_owned));
    let who = user.for_record();
    let Redactable { seq, record, target, audience } = if is_channel(&redact.target) {
        in_channel(network, actor, &redact)?
    } else {
        in_private(network, actor, &redact)?
    };
    let author = network.author(seq).map(|(author, _)| author);
    if author != Some(actor) {
        let said_by = author.and_then(|author| network.user(author)).map_or("", |user| user.source());
        let whom = format!("{target} {} {said_by}", redact.id).trim_end().to_owned();
        let why = redact.reason.clone().unwrap_or_default();
        effects.moderation.push(Audit { who, action: "REDACT", whom, why });
    }
    network.forget_said(seq);
    if let Some(record) = record.filter(|_| network.settings.history) {
        effects.changes.push(Change::Redacted { record, id: redact.id });
    }
    let (id, reason) = (redact.id, redact.reason);
    effects.events.push(Event::Redacted { by, audience, target, id, reason });
    Ok(())
}

/// In a channel, its members may take back what they said, and its operators everything.
fn in_channel(network: &mut Network, actor: UserId, redact: &entry::Redact) -> Result<Redactable, Refusal> {
    let (target, id, seq) = (redact.target.as_str(), redact.id.to_string(), redact.id.seq());
    let record = channel_of(network, actor, target)?;
    let author = match network.author(seq) {
        Some((author, Place::Channel(place))) if place == record => Some(author),
        None if redact.stored_in == Some(record) => None,
        _ => return Err(unknown(target, &id)),
    };
    let (channel_id, _) = network.visible_channel(actor, target)?;
    let Some(channel) = network.channel_mut(channel_id) else { return Err(Refusal::Gone) };
    let channel = if author == Some(actor) {
        channel
    } else {
        channel.operator(actor).map_err(|_| forbidden(target, &id))?
    };
    Ok(Redactable {
        seq,
        record: Some(channel.state.record),
        target: channel.name().to_string(),
        audience: channel.members.keys().copied().collect(),
    })
}

/// In private, only who said something may take it back, and only from whom it was said to.
fn in_private(network: &Network, actor: UserId, redact: &entry::Redact) -> Result<Redactable, Refusal> {
    let (target, id, seq) = (redact.target.as_str(), redact.id.to_string(), redact.id.seq());
    let (other, user) = network
        .find_user(target)
        .map_err(|_| fail("INVALID_TARGET", &[target], "There is nobody of this name"))?;
    match network.author(seq) {
        Some((author, Place::User(receiver))) if author == actor && receiver == other => {}
        Some((author, Place::User(receiver))) if author == other && receiver == actor => {
            return Err(forbidden(target, &id));
        }
        _ => return Err(unknown(target, &id)),
    }
    let audience = if other == actor { vec![actor] } else { vec![actor, other] };
    Ok(Redactable { seq, record: None, target: user.nick().to_string(), audience })
}

fn forbidden(target: &str, id: &str) -> Refusal {
    fail("REDACT_FORBIDDEN", &[target, id], "You are not authorised to delete this message")
}

/// Tells those who understand it; the others keep what they have read.
pub(crate) fn publish(publisher: &mut Publisher<'_>, event: &Event) {
    let Event::Redacted { by: (source, account), audience, target, id, reason } = event else { return };
    let relevant = TAG_CAPABILITIES | Capabilities::MESSAGE_REDACTION;
    publisher.each(audience.iter().copied(), relevant, |at, capabilities| {
        if !capabilities.contains(Capabilities::MESSAGE_REDACTION) {
            return None;
        }
        let tags = LineTags { at, account: account.as_deref(), ..LineTags::default() };
        let line = Line::tagged(&tags.render(capabilities)).source(source).command("REDACT");
        let line = line.param(target).param(id);
        Some(reason.iter().fold(line, |line, reason| line.text(reason)).finish().into())
    });
}
