//! PRIVMSG, and what it shares with NOTICE and TAGMSG: sending messages to channels and people.
//!
//! <https://modern.ircdocs.horse/#privmsg-message>

use std::sync::Arc;

use parla_proto::{
    Capabilities, ChannelName, Nick, command::Privmsg, limits::LINE_BYTES_MAX, mode::UserModes, name,
    tag::Tags,
};

use super::{chanserv, nickserv};
use crate::{
    base::{
        formatting,
        multiline::{Piece, pieces, push},
        service,
    },
    context::Context,
    network::{
        Network, UserId, UserRef,
        change::{Change, Spoken},
        channel::{Rank, Speaker},
        conversation::{Conversation, ConversationName},
        effects::Effects,
        entry::{Content, EntryCommand, Meta, Say, SayTarget, Verb},
        event::{Event, SaidInChannel},
        recent_messages::SentTo,
        refusal::Refusal,
        user::User,
    },
    publish::Publisher,
    session::sessions::Receiver,
};

/// The parameters that the three commands share.
#[derive(Clone, Copy)]
pub(crate) struct MessageParams<'a> {
    pub(crate) targets: Option<&'a str>,
    pub(crate) text: Option<&'a str>,
    pub(crate) tags: Tags<'a>,
}

pub(crate) fn run(context: &mut Context<'_>, privmsg: &Privmsg<'_>, tags: Tags<'_>) -> Result<(), Refusal> {
    say(context, Verb::Privmsg, MessageParams { targets: privmsg.targets, text: privmsg.text, tags })
}

/// Proposes a message to each target.
pub(crate) fn say(context: &mut Context<'_>, verb: Verb, params: MessageParams<'_>) -> Result<(), Refusal> {
    let (_, me) = context.me()?;
    let targets =
        params.targets.filter(|targets| !targets.is_empty()).ok_or(Refusal::NoRecipient(verb.command()))?;
    let text =
        params.text.filter(|text| verb == Verb::Tagmsg || !text.is_empty()).ok_or(Refusal::NoTextToSend)?;
    let tags = client_only(context, params.tags);
    let targets = targets_of(context, verb, targets);
    if let Some(service) = addressed_service(context, verb, &targets)? {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let is_nickserv = service == service::NICKSERV;
        return if is_nickserv { nickserv::run(context, &words) } else { chanserv::run(context, &words) };
    }
    for target in targets {
        if !fits(me, verb, target, text) {
            return Err(Refusal::InputTooLong);
        }
        let (text, tags, cuts) = (text.to_owned(), tags.clone(), Vec::new());
        propose(context, target, Content { verb, text, tags, cuts });
    }
    Ok(())
}

/// The service that a message is for. It must be the only target, because its answer may take a while.
///
/// # Errors
/// There are other targets.
fn addressed_service(
    context: &Context<'_>,
    verb: Verb,
    targets: &[&str],
) -> Result<Option<&'static str>, Refusal> {
    if verb != Verb::Privmsg || context.settings.accounts.is_none() {
        return Ok(None);
    }
    let mut services = targets.iter().filter_map(|target| service::called(target, &context.settings.name));
    match (services.next(), targets) {
        (Some(_), [_, another, ..]) => Err(Refusal::TooManyTargets((*another).to_owned())),
        (service, _) => Ok(service),
    }
}

/// Proposes a message to an unparsed target, if that can be a name at all.
pub(crate) fn propose(context: &mut Context<'_>, target: &str, content: Content) {
    let StatusTarget { signs, name } = StatusTarget::parse(target);
    let target = match context.network.read_conversation(name) {
        Ok(ConversationName::Channel(name)) => SayTarget::Channel { name, signs: signs.to_owned() },
        Ok(ConversationName::User(nick)) => SayTarget::User(nick),
        Err(_) if content.verb == Verb::Notice => return,
        Err(refusal) => return context.refuse(&refusal),
    };
    context.propose(EntryCommand::Say(Box::new(Say { target, content })));
}

/// The client-only tags to relay, if the sender has the capability for tags.
pub(crate) fn client_only(context: &Context<'_>, given: Tags<'_>) -> String {
    let mut tags = String::new();
    if context.session.capabilities.contains(Capabilities::MESSAGE_TAGS) {
        let denied = &context.settings.denied_client_tags;
        let given: Vec<_> = given.client_only().filter(|tag| !denied.denies(tag.key)).collect();
        // If several tags have the same key, the last one counts.
        let is_last = |sent_to: usize, key| given.iter().skip(sent_to + 1).all(|later| later.key != key);
        for (_, tag) in given.iter().enumerate().filter(|(sent_to, tag)| is_last(*sent_to, tag.key)) {
            let separator = if tags.is_empty() { "" } else { ";" };
            let equals = if tag.escaped.is_empty() { "" } else { "=" };
            tags.extend([separator, tag.key, equals, tag.escaped]);
        }
    }
    tags
}

/// Whether a text fits into the line that others get. A text that does not is refused rather than cut.
pub(crate) fn fits(sender: &User, verb: Verb, target: &str, text: &str) -> bool {
    let bytes = sender.source().len() + verb.as_str().len() + target.len() + text.len() + ":   :\r\n".len();
    bytes <= LINE_BYTES_MAX
}

/// The targets without duplicates. If there are too many, the sender is told, except for NOTICE.
fn targets_of<'t>(context: &mut Context<'_>, verb: Verb, targets: &'t str) -> Vec<&'t str> {
    let most = context.settings.limits.targets;
    if verb == Verb::Notice {
        return context.distinct(targets).into_iter().take(most).collect();
    }
    context.list(targets, most)
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    say: Say,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let Say { target, content } = say;
    let verb = content.verb;
    let sender = network.actor(meta)?.0;
    // Typing notifications are frequent and short-lived, so they are not remembered.
    let can_be_taken_back =
        verb != Verb::Tagmsg || Tags::new(&content.tags).client_only().any(|tag| tag.key != "+typing");
    let result = match target {
        SayTarget::Channel { name, signs } => {
            commit_to_channel(network, meta, ToChannel { name, signs, content }, effects)
        }
        SayTarget::User(nick) => commit_to_user(network, meta, ToUser { nick, content }, effects),
    };
    let sent_to = match result {
        Ok(sent_to) => sent_to,
        // A NOTICE is never answered with an error; otherwise two programs could go on answering each other
        // for ever.
        Err(refusal) => return Err(if verb == Verb::Notice { Refusal::Silent } else { refusal }),
    };
    if let Some(user) = network.user_mut(sender) {
        if let Some(sent_to) = sent_to.filter(|_| can_be_taken_back) {
            user.recent_messages_mut().add(meta.seq, sent_to);
        }
        if verb != Verb::Tagmsg {
            user.spoke_at = meta.at;
        }
    }
    if verb != Verb::Tagmsg {
        network.device_spoke(sender, meta);
    }
    Ok(())
}

/// A target such as `@#rust`; STATUSMSG in ISUPPORT.
struct StatusTarget<'a> {
    /// The signs of the ranks that are addressed; empty for a nick.
    signs: &'a str,
    name: &'a str,
}

impl<'a> StatusTarget<'a> {
    /// Separates the signs of ranks from a target.
    fn parse(target: &'a str) -> Self {
        let name = target.trim_start_matches(|char| Rank::of_sign(char).is_some());
        let signs = target.strip_suffix(name).unwrap_or_default();
        if name::is_channel(name) { Self { signs, name } } else { Self { signs: "", name: target } }
    }
}

/// A message to a channel.
struct ToChannel {
    name: ChannelName,
    /// As in [`SayTarget`].
    signs: String,
    content: Content,
}

fn commit_to_channel(
    network: &mut Network,
    meta: &Meta,
    message: ToChannel,
    effects: &mut Effects,
) -> Result<Option<SentTo>, Refusal> {
    let ToChannel { name, signs, content } = message;
    let (sender, user) = network.actor(meta)?;
    let (channel_id, channel) = network.visible_channel_named(sender, &name)?;
    network.open_channel(&name)?;
    // If there are several signs, the lowest rank counts.
    let meant = signs.chars().filter_map(Rank::of_sign).min();
    let speaker = channel.speaker(UserRef { id: sender, user }, meant, network.casemapping())?;
    let content = let_through(&speaker, content)?;
    let heard_from = speaker.heard_from;
    // A message that only some members got is not stored, so that no other member can read it later or is
    // told of its deletion.
    let sent_to = heard_from.is_none().then_some(SentTo::Channel(channel_id));
    let conversation = heard_from.is_none().then(|| speaker.channel.state.conversation());
    let is_kept = network.settings.history && content.verb != Verb::Tagmsg && heard_from.is_none();
    let receiver = Addressee { target: format!("{signs}{}", channel.name()), conversation };
    let spoken = Arc::new(spoken(network, meta, receiver, content)?);
    if is_kept {
        network.begin_history(sender, channel_id, effects)?;
        effects.changes.push(Change::Message(Arc::clone(&spoken)));
    }
    let message = SaidInChannel { sender, channel: channel_id, spoken, heard_from };
    effects.events.push(Event::SaidInChannel(message));
    Ok(sent_to)
}

/// The text as the channel lets it through. The lines of a multiline message are checked one by one, because
/// some clients get them that way.
fn let_through(speaker: &Speaker<'_>, content: Content) -> Result<Content, Refusal> {
    let Content { verb, text, tags, cuts } = content;
    if cuts.is_empty() && !text.contains('\n') {
        return Ok(Content { verb, text: speaker.text(verb, text)?, tags, cuts });
    }
    let (mut whole, mut new_cuts, mut is_first) = (String::new(), Vec::new(), true);
    for piece in pieces(&text, &cuts) {
        let text = match speaker.text(verb, piece.text.to_owned()) {
            // A line of nothing but formatting becomes a blank line.
            Err(Refusal::NoTextToSend) => String::new(),
            other => other?,
        };
        if is_first {
            whole = text;
        } else if !(piece.goes_on && text.is_empty()) {
            push(&mut whole, &mut new_cuts, Piece { text: &text, ..piece });
        }
        is_first = false;
    }
    let is_blank = whole.bytes().all(|byte| byte == b'\n');
    if is_blank {
        Err(Refusal::NoTextToSend)
    } else {
        Ok(Content { verb, text: whole, tags, cuts: new_cuts })
    }
}

/// Whom a message is for, and where it is stored; both as in [`Spoken`].
struct Addressee {
    target: String,
    conversation: Option<Conversation>,
}

/// The actor's message in the form in which it is stored and delivered.
fn spoken(network: &Network, meta: &Meta, to: Addressee, content: Content) -> Result<Spoken, Refusal> {
    let (_, user) = network.actor(meta)?;
    let Content { verb, text, tags, cuts } = content;
    Ok(Spoken {
        seq: meta.seq,
        at: meta.at,
        verb,
        source: user.source().to_owned(),
        account: user.account().cloned(),
        conversation: to.conversation,
        target: to.target,
        text,
        refers_to: network.settings.message_ids.referred(&tags),
        tags,
        cuts,
    })
}

/// Whether one of the lines is a CTCP other than an action.
fn is_ctcp(content: &Content) -> bool {
    pieces(&content.text, &content.cuts).iter().any(|piece| formatting::is_ctcp_but_action(piece.text))
}

/// A message to one user.
struct ToUser {
    nick: Nick,
    content: Content,
}

fn commit_to_user(
    network: &mut Network,
    meta: &Meta,
    message: ToUser,
    effects: &mut Effects,
) -> Result<Option<SentTo>, Refusal> {
    let ToUser { nick, content } = message;
    let (sender, user) = network.actor(meta)?;
    let (receiver, target) = network.user_named(&nick)?;
    let nick = target.nick().to_string();
    if sender != receiver && !target.hears(sender, user) {
        return Err(Refusal::AccountNeededToSend(nick));
    }
    if target.modes.contains(UserModes::NO_CTCP) && is_ctcp(&content) {
        return Err(Refusal::CtcpUnwanted(nick));
    }
    let (verb, accounts) = (content.verb, network.accounts_of(sender, receiver));
    let conversation = accounts.map(Conversation::Accounts);
    let is_kept = network.settings.history && verb != Verb::Tagmsg && conversation.is_some();
    let addressee = Addressee { target: nick.clone(), conversation };
    let spoken = Arc::new(spoken(network, meta, addressee, content)?);
    if is_kept {
        effects.changes.push(Change::Message(Arc::clone(&spoken)));
    }
    effects.events.push(Event::SaidToUser { sender, receiver, spoken });
    if let Some(reason) = target.away.as_ref().filter(|_| verb == Verb::Privmsg) {
        effects.events.push(Event::ReceiverAway { nick, reason: reason.to_string() });
    }
    let answers_only = |user: &&mut User| user.modes.contains(UserModes::REGISTERED_ONLY);
    if let Some(user) = network.user_mut(sender).filter(answers_only) {
        user.accept(receiver);
    }
    Ok(Some(SentTo::User { receiver, accounts }))
}

/// Sends a message to the members of a channel, or only to those with a certain rank.
pub(crate) fn publish_in_channel(publisher: &mut Publisher<'_>, message: &SaidInChannel) {
    let SaidInChannel { sender, channel, spoken, heard_from } = message;
    let Some(channel) = publisher.network.channel(*channel) else { return };
    let echo = publisher.echo(*sender);
    match heard_from {
        None => {
            let others = channel.members.keys().copied().filter(|member| member != sender);
            publisher.say(publisher.receivers(others).chain(echo), spoken);
        }
        Some(least) => {
            let ranked = channel.members.iter().filter(|(_, rank)| rank.is_at_least(*least));
            let others = ranked.map(|(member, _)| *member).filter(|member| member != sender);
            publisher.say(publisher.receivers(others).chain(echo), spoken);
        }
    }
}

/// Sends a message to one user, and back to the sender's sessions. With echo-message, a message to oneself
/// reaches the sending session twice: once as the labelled answer, and once as a message. The user's other
/// sessions get it once.
pub(crate) fn publish_to_user(
    publisher: &mut Publisher<'_>,
    sender: UserId,
    receiver: UserId,
    spoken: &Spoken,
) {
    let origin = publisher.origin;
    let mut echo: Vec<Receiver> = publisher.echo(sender).collect();
    if sender == receiver {
        echo.retain(|session| Some(session.connection) == origin);
        publisher.say(echo.iter().copied(), spoken);
        publisher.origin = origin.filter(|_| echo.is_empty());
    } else {
        publisher.say(echo.into_iter(), spoken);
    }
    publisher.say(publisher.receivers([receiver].into_iter()), spoken);
    publisher.origin = origin;
}
