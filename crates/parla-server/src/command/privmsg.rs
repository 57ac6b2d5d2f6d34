//! PRIVMSG, and what it shares with NOTICE and TAGMSG: something is said to channels and people.
//!
//! <https://modern.ircdocs.horse/#privmsg-message>

use std::sync::Arc;

use parla_proto::{Capabilities, command::Privmsg, limits::LINE_BYTES_MAX, mode::UserModes, name, tag::Tags};

use crate::{
    base::{
        formatting,
        message_ids::MessageIds,
        multiline::{Piece, pieces, push},
    },
    context::Context,
    network::{
        ChannelId, Network, UserId, UserRef,
        change::{Change, Spoken},
        channel::{Rank, Speaker},
        conversation::{Conversation, ConversationName},
        effects::Effects,
        entry::{EntryCommand, Meta, Say, Verb},
        event::Event,
        refusal::Refusal,
        said::Place,
        user::User,
    },
    publish::Publisher,
    session::sessions::Receiver,
};

/// The parameters that the three commands share.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    pub(crate) targets: Option<&'a str>,
    pub(crate) text: Option<&'a str>,
    pub(crate) tags: Tags<'a>,
}

pub(crate) fn run(context: &mut Context<'_>, privmsg: &Privmsg<'_>, tags: Tags<'_>) -> Result<(), Refusal> {
    say(context, Verb::Privmsg, Words { targets: privmsg.targets, text: privmsg.text, tags })
}

/// Proposes a message to each target.
pub(crate) fn say(context: &mut Context<'_>, verb: Verb, words: Words<'_>) -> Result<(), Refusal> {
    let (_, me) = context.me()?;
    let targets =
        words.targets.filter(|targets| !targets.is_empty()).ok_or(Refusal::NoRecipient(verb.command()))?;
    let text =
        words.text.filter(|text| verb == Verb::Tagmsg || !text.is_empty()).ok_or(Refusal::NoTextToSend)?;
    let tags = client_only(context, words.tags);
    for target in targets_of(context, verb, targets) {
        if !fits(me, verb, (target, text)) {
            return Err(Refusal::InputTooLong);
        }
        let (text, tags, cuts) = (text.to_owned(), tags.clone(), Vec::new());
        propose(context, verb, target, |target, signs| Say { verb, target, signs, text, tags, cuts });
    }
    Ok(())
}

/// Proposes a message to a target as a client wrote it, if it can be the name of anything.
pub(crate) fn propose(
    context: &mut Context<'_>,
    verb: Verb,
    target: &str,
    say: impl FnOnce(ConversationName, String) -> Say,
) {
    let (signs, name) = status_target(target);
    match context.network.read_conversation(name) {
        Ok(target) => context.propose(EntryCommand::Say(Box::new(say(target, signs.to_owned())))),
        Err(_) if verb == Verb::Notice => {}
        Err(refusal) => context.refuse(&refusal),
    }
}

/// The tags of a message that are for those who get it, if its sender knows of tags.
pub(crate) fn client_only(context: &Context<'_>, given: Tags<'_>) -> String {
    let mut tags = String::new();
    if context.session.capabilities.contains(Capabilities::MESSAGE_TAGS) {
        let denied = &context.settings.denied_client_tags;
        let given: Vec<_> = given.client_only().filter(|tag| !denied.denies(tag.key)).collect();
        // Of several with one key, the last one counts.
        let is_last = |place: usize, key| given.iter().skip(place + 1).all(|later| later.key != key);
        for (_, tag) in given.iter().enumerate().filter(|(place, tag)| is_last(*place, tag.key)) {
            let separator = if tags.is_empty() { "" } else { ";" };
            let equals = if tag.escaped.is_empty() { "" } else { "=" };
            tags.extend([separator, tag.key, equals, tag.escaped]);
        }
    }
    tags
}

/// Whether a text fits in the line that others get. What does not is refused whole rather than cut.
pub(crate) fn fits(sender: &User, verb: Verb, (target, text): (&str, &str)) -> bool {
    let bytes = sender.source().len() + verb.as_str().len() + target.len() + text.len() + ":   :\r\n".len();
    bytes <= LINE_BYTES_MAX
}

/// The targets, each once; only of a NOTICE nobody hears that there were too many.
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
    let verb = say.verb;
    let sender = network.actor(meta)?.0;
    // Who types sends many of those; they are over when they come.
    let can_be_taken_back =
        verb != Verb::Tagmsg || Tags::new(&say.tags).client_only().any(|tag| tag.key != "+typing");
    let result = match &say.target {
        ConversationName::Channel(_) => commit_to_channel(network, meta, say, effects),
        ConversationName::User(_) => commit_to_user(network, meta, say, effects),
    };
    let place = match result {
        Ok(place) => place,
        // A NOTICE is never answered: two programs could go on for ever.
        Err(refusal) => return Err(if verb == Verb::Notice { Refusal::Silent } else { refusal }),
    };
    if let Some(user) = network.user_mut(sender) {
        if let Some(place) = place.filter(|_| can_be_taken_back) {
            user.said_mut().add(meta.seq, place);
        }
        if verb != Verb::Tagmsg {
            user.spoke_at = meta.at;
        }
    }
    Ok(())
}

/// Takes the signs of ranks off a target such as `@#rust`; STATUSMSG of ISUPPORT.
fn status_target(target: &str) -> (&str, &str) {
    let channel = target.trim_start_matches(|char| Rank::of_sign(char).is_some());
    let signs = target.strip_suffix(channel).unwrap_or_default();
    if name::is_channel(channel) { (signs, channel) } else { ("", target) }
}

fn commit_to_channel(
    network: &mut Network,
    meta: &Meta,
    say: Say,
    effects: &mut Effects,
) -> Result<Option<Place>, Refusal> {
    let ConversationName::Channel(name) = &say.target else {
        debug_assert!(false, "the target has decided what is called");
        return Err(Refusal::Silent);
    };
    let (sender, user) = network.actor(meta)?;
    let (channel_id, channel) = network.visible_channel_named(sender, name)?;
    // Of several signs the lowest counts: whoever has that rank is meant.
    let meant = say.signs.chars().filter_map(Rank::of_sign).min();
    let speaker = channel.speaker(UserRef { id: sender, user }, meant, network.casemapping())?;
    let target = format!("{}{}", say.signs, channel.name());
    let (text, cuts) = let_through(&speaker, (say.verb, say.text, say.cuts))?;
    let say = Say { text, cuts, ..say };
    let heard_from = speaker.heard_from;
    // What not every member heard is not kept, so that no member can read it later; nor is everyone told that it was taken back.
    let place = heard_from.is_none().then_some(Place::Channel(channel_id));
    let is_kept = network.settings.history && say.verb != Verb::Tagmsg && heard_from.is_none();
    let spoken = said_in(&speaker, &network.settings.message_ids, user, (meta, say));
    let spoken = Arc::new(Spoken { target, ..spoken });
    if is_kept {
        network.begin_history(sender, channel_id, effects)?;
        effects.changes.push(Change::Message(Arc::clone(&spoken)));
    }
    effects.events.push(Event::SaidInChannel { sender, channel: channel_id, spoken, heard_from });
    Ok(place)
}

/// A text as the channel lets it through. Each line of several is looked at by itself, as some get it by itself.
fn let_through(
    speaker: &Speaker<'_>,
    (verb, text, cuts): (Verb, String, Vec<u32>),
) -> Result<(String, Vec<u32>), Refusal> {
    if cuts.is_empty() && !text.contains('\n') {
        return Ok((speaker.text(verb, text)?, cuts));
    }
    let (mut whole, mut new_cuts, mut is_first) = (String::new(), Vec::new(), true);
    for piece in pieces(&text, &cuts) {
        let text = match speaker.text(verb, piece.text.to_owned()) {
            // What was nothing but formatting is a blank line.
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
    if is_blank { Err(Refusal::NoTextToSend) } else { Ok((whole, new_cuts)) }
}

/// What a speaker says; its target is left empty. Only who may speak can make a channel's message.
fn said_in(speaker: &Speaker<'_>, ids: &MessageIds, user: &User, said: (&Meta, Say)) -> Spoken {
    let conversation = speaker.heard_from.is_none().then(|| speaker.channel.state.conversation());
    spoken(user, ids, conversation, said)
}

/// A message as it is kept and delivered; its target is left empty.
fn spoken(
    user: &User,
    ids: &MessageIds,
    conversation: Option<Conversation>,
    (meta, say): (&Meta, Say),
) -> Spoken {
    Spoken {
        seq: meta.seq,
        at: meta.at,
        verb: say.verb,
        source: user.source().to_owned(),
        account: user.account().cloned(),
        conversation,
        target: String::new(),
        text: say.text,
        refers_to: ids.referred(&say.tags),
        tags: say.tags,
        cuts: say.cuts,
    }
}

/// Whether one of the lines is a CTCP other than an action.
fn is_ctcp(say: &Say) -> bool {
    pieces(&say.text, &say.cuts).iter().any(|piece| formatting::is_ctcp_but_action(piece.text))
}

fn commit_to_user(
    network: &mut Network,
    meta: &Meta,
    say: Say,
    effects: &mut Effects,
) -> Result<Option<Place>, Refusal> {
    let ConversationName::User(nick) = &say.target else {
        debug_assert!(false, "the target has decided what is called");
        return Err(Refusal::Silent);
    };
    let (sender, user) = network.actor(meta)?;
    let (receiver, target): (UserId, _) = network.user_named(nick)?;
    let nick = target.nick().to_string();
    if sender != receiver && !target.hears(sender, user) {
        return Err(Refusal::AccountNeededToSend(nick));
    }
    if target.modes.contains(UserModes::NO_CTCP) && is_ctcp(&say) {
        return Err(Refusal::CtcpUnwanted(nick));
    }
    let (verb, accounts) = (say.verb, network.accounts_of(sender, receiver));
    let conversation = accounts.clone().map(Conversation::Accounts);
    let is_kept = network.settings.history && verb != Verb::Tagmsg && conversation.is_some();
    let spoken = spoken(user, &network.settings.message_ids, conversation, (meta, say));
    let spoken = Arc::new(Spoken { target: nick.clone(), ..spoken });
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
    Ok(Some(Place::User { receiver, accounts }))
}

/// Sends a message to the members of a channel, or to those of them who are of a rank.
pub(crate) fn publish_in_channel(
    publisher: &mut Publisher<'_>,
    (sender, spoken): (UserId, &Spoken),
    channel: ChannelId,
    heard_from: Option<Rank>,
) {
    let Some(channel) = publisher.network.channel(channel) else { return };
    let echo = publisher.echo(sender);
    match heard_from {
        None => {
            let others = channel.members.keys().copied().filter(|member| *member != sender);
            publisher.say(publisher.receivers(others).chain(echo), spoken);
        }
        Some(least) => {
            let ranked = channel.members.iter().filter(|(_, rank)| rank.is_at_least(least));
            let others = ranked.map(|(member, _)| *member).filter(|member| *member != sender);
            publisher.say(publisher.receivers(others).chain(echo), spoken);
        }
    }
}

/// Sends a message to one user, and back to the sender's sessions. A message to oneself reaches the sending session twice
/// if it has echo-message: once as the labelled answer, once as a message. Other sessions get it once.
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
