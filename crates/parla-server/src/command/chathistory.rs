//! CHATHISTORY: earlier messages of a channel, for its members, and of two people with accounts, for both.
//! <https://ircv3.net/specs/extensions/chathistory>
//!
//! TARGETS lists channels only.

use bytes::Bytes;
use parla_proto::{
    Capabilities, CommandName, FailCode, Line, Timestamp, command::Chathistory, name::is_channel,
};

use crate::{
    context::Context,
    contract::{
        output::Outputs,
        question::{Page, Position, Query, QueryResult, Question},
    },
    network::{
        Network, UserId,
        conversation::{AccountPair, Conversation},
        refusal::{Failure, Refusal},
        user::User,
    },
    publish::multiline::spoken_lines,
    session::{
        Session,
        long_answer::Moment,
        pause::{Asking, Exchange, HistoryQuestion},
        server_batch::{BatchHead, NamedBatch},
    },
};

pub(crate) fn run(context: &mut Context<'_>, command: &Chathistory<'_>) -> Result<(), Refusal> {
    if !context.session.capabilities.contains(Capabilities::CHATHISTORY) {
        return Err(Refusal::UnknownCommand(CommandName::Chathistory));
    }
    context.me()?;
    let (query, question) = question(context, command)?;
    let (question, exchange) = (Question::Store(query), Exchange::History(Box::new(question)));
    context.session.ask_when_sent(Asking { question, exchange }, context.out);
    Ok(())
}

fn question(context: &Context<'_>, command: &Chathistory<'_>) -> Result<(Query, HistoryQuestion), Refusal> {
    let subcommand = command.subcommand.to_ascii_uppercase();
    let invalid = |extra: &[&str], description| {
        fail(FailCode::InvalidParams, &[&[command.subcommand], extra].concat(), description)
    };
    let position = |text: &str| match text.split_once('=') {
        Some(("msgid", id)) => {
            let seq = context.settings.message_ids.decode(id);
            seq.map(Position::Message).ok_or_else(|| no_such_message(command.subcommand, text))
        }
        Some(("timestamp", time)) => {
            time.parse().map(Position::Time).map_err(|_| invalid(&[text], "Invalid timestamp"))
        }
        _ => {
            let target = command.arguments.first().copied().unwrap_or_default();
            let about = [command.subcommand, target, text];
            Err(fail(FailCode::InvalidMsgrefType, &about, "A position is timestamp=… or msgid=…"))
        }
    };
    let count = |text: &str| match text.parse::<usize>() {
        Ok(limit) if limit > 0 => Ok(limit.min(context.settings.history_reply_max)),
        _ => Err(invalid(&[text], "The limit is a number above 0")),
    };
    if subcommand == "TARGETS" {
        let [from, to, limit] = command.arguments.as_slice() else {
            return Err(invalid(&[], "TARGETS needs two times and a limit"));
        };
        let not_by_id = || invalid(&[], "TARGETS needs times, not message ids");
        if [from, to].iter().any(|bound| bound.starts_with("msgid=")) {
            return Err(not_by_id());
        }
        let (Position::Time(from), Position::Time(to)) = (position(from)?, position(to)?) else {
            return Err(not_by_id());
        };
        return Ok(targets(context, from, to, count(limit)?));
    }
    let (target, page, limit) = match (subcommand.as_str(), command.arguments.as_slice()) {
        ("LATEST", [target, "*", limit]) => (*target, Page::Latest(None), count(limit)?),
        ("LATEST", [target, after, limit]) => (*target, Page::Latest(Some(position(after)?)), count(limit)?),
        ("BEFORE", [target, at, limit]) => (*target, Page::Before(position(at)?), count(limit)?),
        ("AFTER", [target, at, limit]) => (*target, Page::After(position(at)?), count(limit)?),
        ("AROUND", [target, at, limit]) => (*target, Page::Around(position(at)?), count(limit)?),
        ("BETWEEN", [target, from, to, limit]) => {
            (*target, Page::Between(position(from)?, position(to)?), count(limit)?)
        }
        ("LATEST" | "BEFORE" | "AFTER" | "AROUND" | "BETWEEN", _) => {
            return Err(invalid(&[], "Too few or too many parameters"));
        }
        _ => return Err(invalid(&[], "Unknown subcommand")),
    };
    let user = context.session.user();
    let readable = user.and_then(|user| readable(user, context.network, target));
    let (conversation, channel) = readable.ok_or_else(|| not_a_member(command.subcommand, target))?;
    let floor = user.map(|user| context.network.floor(user, &conversation, context.now)).unwrap_or_default();
    let query = Query::History { conversation: conversation.clone(), floor, page, limit };
    Ok((query, HistoryQuestion::Messages { conversation, channel, subcommand, page }))
}

/// The conversation that a user means by this and may read, with its name: that of a channel that they are in,
/// or if they have an account, that with another account, whose person need not be present.
fn readable(user: UserId, network: &Network, target: &str) -> Option<(Conversation, String)> {
    if is_channel(target) {
        let (_, channel) = network.visible_channel(user, target).ok()?;
        return channel.is_member(user).then(|| (channel.state.conversation(), channel.name().to_string()));
    }
    let own = network.account_id_of(user)?;
    let (other, name) = match network.find_user(target) {
        Ok((id, found)) => (network.account_id_of(id)?, found.nick().to_string()),
        Err(_) => network.account_called(target).map(|account| (account.id, account.name.to_string()))?,
    };
    Some((Conversation::Accounts(AccountPair::new(own, other)), name))
}

fn targets(context: &Context<'_>, from: Timestamp, to: Timestamp, limit: usize) -> (Query, HistoryQuestion) {
    let user = context.session.user().and_then(|id| Some((id, context.network.user(id)?)));
    let (mut conversations, mut channels) = (Vec::new(), Vec::new());
    if let Some((id, user)) = user {
        for channel in user.channels.iter().filter_map(|id| context.network.channel(*id)) {
            let conversation = channel.state.conversation();
            let floor = context.network.floor(id, &conversation, context.now);
            conversations.push((conversation, floor));
            channels.push(channel.name().to_string());
        }
    }
    (Query::LatestTimes { conversations }, HistoryQuestion::Targets { channels, from, to, limit })
}

/// The conversation of this name, if the session's user may read it.
fn conversation_of(session: &Session, network: &Network, name: &str) -> Option<Conversation> {
    readable(session.user()?, network, name).map(|(conversation, _)| conversation)
}

/// Reduces a question to what the client may still read now that it has been sent everything; it may have
/// left channels since it asked, or entered them again.
///
/// # Errors
/// Nothing is left that the client may read.
pub(crate) fn still_allowed(
    session: &Session,
    (network, now): (&Network, Timestamp),
    asking: Asking,
) -> Result<Asking, HistoryQuestion> {
    let Asking { question, exchange } = asking;
    let Exchange::History(about) = exchange else { return Ok(Asking { question, exchange }) };
    let floor = |conversation: &Conversation| {
        session.user().map(|user| network.floor(user, conversation, now)).unwrap_or_default()
    };
    match (*about, question) {
        (HistoryQuestion::Messages { conversation, channel, subcommand, page }, question) => {
            let is_allowed = conversation_of(session, network, &channel).as_ref() == Some(&conversation);
            let question = match question {
                Question::Store(Query::History { conversation, page, limit, .. }) => {
                    let floor = floor(&conversation);
                    Question::Store(Query::History { conversation, floor, page, limit })
                }
                other => other,
            };
            let about = HistoryQuestion::Messages { conversation, channel, subcommand, page };
            if !is_allowed {
                return Err(about);
            }
            Ok(Asking { question, exchange: Exchange::History(Box::new(about)) })
        }
        (HistoryQuestion::Targets { channels, from, to, limit }, _) => {
            let here = channels.into_iter().filter_map(|channel| {
                let conversation = conversation_of(session, network, &channel)?;
                let floor = floor(&conversation);
                Some(((conversation, floor), channel))
            });
            let (conversations, channels) = here.unzip();
            let question = HistoryQuestion::Targets { channels, from, to, limit };
            let exchange = Exchange::History(Box::new(question));
            Ok(Asking { question: Question::Store(Query::LatestTimes { conversations }), exchange })
        }
    }
}

/// Sends the session the store's answer.
pub(crate) fn answer(
    session: &mut Session,
    moment: Moment<'_>,
    question: HistoryQuestion,
    result: Option<QueryResult>,
    out: &mut Outputs,
) {
    let network = moment.network;
    // A user who has left meanwhile may not see what was said after that.
    let member_of = |channel: &str| conversation_of(session, network, channel);
    match (question, result) {
        // Another channel may have the name by now.
        (HistoryQuestion::Messages { conversation, channel, subcommand, .. }, Some(_))
            if member_of(&channel).as_ref() != Some(&conversation) =>
        {
            session.refuse(network, &not_a_member(&subcommand, &channel), out);
        }
        (
            HistoryQuestion::Messages { subcommand, page: Page::Around(Position::Message(seq)), .. },
            Some(QueryResult::NoSuchMessage),
        ) => {
            let bound = format!("msgid={}", network.settings.message_ids.encode(seq));
            session.refuse(network, &no_such_message(&subcommand, &bound), out);
        }
        (HistoryQuestion::Messages { channel, page, .. }, Some(QueryResult::History(messages))) => {
            let me = session.user().and_then(|user| network.user(user));
            let name = session.batch_name();
            let capabilities = session.capabilities;
            let batch = capabilities.contains(Capabilities::BATCH).then_some(name.as_str());
            let ids = &network.settings.message_ids;
            let lines = messages.into_iter().map(|mut spoken| {
                let is_to_me = !is_channel(&channel) && spoken.account.as_ref() != me.and_then(User::account);
                let target = me.filter(|_| is_to_me).map_or(channel.as_str(), |me| me.nick().as_str());
                target.clone_into(&mut std::sync::Arc::make_mut(&mut spoken).target);
                spoken_lines(ids, &spoken, batch, capabilities)
            });
            let lines = within(lines.collect(), page, moment.machine.answer_bytes_max);
            let head = BatchHead { kind: "chathistory", about: Some(&channel) };
            session.send_named_batch(&network.settings.name, NamedBatch { name: &name, head }, lines, out);
        }
        (HistoryQuestion::Targets { channels, from, to, limit }, Some(QueryResult::LatestTimes(times))) => {
            let (low, high) = (from.min(to), from.max(to));
            let mut found: Vec<(Timestamp, String)> =
                times.into_iter().zip(channels).filter_map(|(at, channel)| Some((at?, channel))).collect();
            found.retain(|(at, channel)| *at > low && *at < high && member_of(channel).is_some());
            found.sort_unstable();
            if from > to {
                found.reverse();
            }
            found.truncate(limit);
            found.sort_unstable();
            send_targets(session, network, &found, out);
        }
        (HistoryQuestion::Messages { channel, subcommand, .. }, _) => {
            session.refuse(network, &unreadable(&[&subcommand, &channel]), out);
        }
        (HistoryQuestion::Targets { .. }, _) => {
            session.refuse(network, &unreadable(&["TARGETS"]), out);
        }
    }
}

/// The lines of as many messages as fit, starting at the end of the page that the client asked for.
fn within(mut messages: Vec<Vec<Bytes>>, page: Page, bytes_max: usize) -> Vec<Bytes> {
    let from_oldest = match page {
        Page::After(_) => true,
        Page::Between(Position::Time(from), Position::Time(to)) => from < to,
        Page::Between(Position::Message(from), Position::Message(to)) => from < to,
        Page::Latest(_) | Page::Before(_) | Page::Around(_) | Page::Between(..) => false,
    };
    let mut bytes = 0;
    let mut fits = |lines: &Vec<Bytes>| {
        bytes += lines.iter().map(Bytes::len).sum::<usize>();
        bytes <= bytes_max
    };
    if from_oldest {
        let count = messages.iter().take_while(|lines| fits(lines)).count();
        messages.truncate(count);
    } else {
        let count = messages.iter().rev().take_while(|lines| fits(lines)).count();
        messages.drain(..messages.len() - count);
    }
    messages.into_iter().flatten().collect()
}

fn send_targets(session: &mut Session, network: &Network, found: &[(Timestamp, String)], out: &mut Outputs) {
    let name = session.batch_name();
    let server = &network.settings.name;
    let tags = if session.capabilities.contains(Capabilities::BATCH) {
        format!("batch={name}")
    } else {
        String::new()
    };
    let lines = found.iter().map(|(at, channel)| {
        let line = Line::tagged(&tags).source(server).command("CHATHISTORY");
        line.param("TARGETS").param(channel).param(at).finish().into()
    });
    let batch =
        NamedBatch { name: &name, head: BatchHead { kind: "draft/chathistory-targets", about: None } };
    let lines = lines.collect();
    session.send_named_batch(server, batch, lines, out);
}

fn fail(code: FailCode, about: &[&str], description: &'static str) -> Refusal {
    Failure::of(CommandName::Chathistory, code, about, description)
}

fn not_a_member(subcommand: &str, target: &str) -> Refusal {
    let why = "Messages can be read in the channels that you are in, and with people if both have accounts";
    fail(FailCode::InvalidTarget, &[subcommand, target], why)
}

/// There is no message with this id, or it belongs to another conversation.
fn no_such_message(subcommand: &str, bound: &str) -> Refusal {
    fail(FailCode::InvalidParams, &[subcommand, bound], "There is no such message id")
}

fn unreadable(about: &[&str]) -> Refusal {
    let why = "Messages could not be retrieved: the server cannot read its store";
    fail(FailCode::MessageError, about, why)
}
