//! A client's BATCH: a message of several lines, which is put together and then sent as one.
//!
//! The label of the opening line is answered when the message is sent or refused. The remaining lines of a
//! refused batch are ignored. <https://ircv3.net/specs/extensions/client-batch>,
//! <https://ircv3.net/specs/extensions/multiline>

use parla_proto::{
    Command, CommandName, FailCode,
    command::{Batch, Notice, Privmsg},
    tag::Tags,
};

use super::privmsg::{self, client_only, fits};
use crate::{
    base::{
        limits::{BATCH_REFERENCE_BYTES_MAX, BATCH_TIMEOUT},
        multiline::{CONCAT, MULTILINE, NEEDED, Piece},
    },
    context::Context,
    contract::output::Outputs,
    network::{
        entry::{Content, Verb},
        refusal::{Failure, Refusal},
    },
    session::{
        Session,
        batch::{ClientBatch, Collected, invalid},
    },
};

pub(crate) fn run(context: &mut Context<'_>, batch: &Batch<'_>, tags: Tags<'_>) -> Result<(), Refusal> {
    if !context.session.capabilities.contains(NEEDED) {
        return Err(Refusal::UnknownCommand(CommandName::Batch));
    }
    if let Some(reference) = batch.reference.strip_prefix('+') {
        open(context, reference, batch, tags);
        return Ok(());
    }
    let open = context.session.batch.as_ref().map(|open| open.reference.as_str());
    match batch.reference.strip_prefix('-') {
        Some(reference) if open == Some(reference) => {
            close(context);
            Ok(())
        }
        _ => Err(bad_reference(batch.reference, "There is no such batch")),
    }
}

fn bad_reference(reference: &str, why: &'static str) -> Refusal {
    Failure::of(CommandName::Batch, FailCode::InvalidRefTag, &[reference], why)
}

fn open(context: &mut Context<'_>, reference: &str, batch: &Batch<'_>, tags: Tags<'_>) {
    let own = context.session.response.take();
    if context.session.batch.as_ref().is_some_and(|before| before.message.is_some()) {
        refuse(context, &invalid("Another batch was opened before this one was closed"));
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let well_formed =
        !reference.is_empty() && reference.len() <= BATCH_REFERENCE_BYTES_MAX && reference.bytes().all(plain);
    let target = batch.params.first().copied().unwrap_or_default();
    let refusal = if !well_formed {
        Some(bad_reference(reference, "A reference is up to 64 letters, digits and hyphens"))
    } else if batch.kind != Some(MULTILINE) {
        let about = [reference, batch.kind.unwrap_or("*")];
        Some(Failure::of(CommandName::Batch, FailCode::UnknownType, &about, "There is no such type of batch"))
    } else if target.is_empty() || target.contains(',') || batch.params.len() > 1 {
        Some(invalid("A multiline batch has one target"))
    } else {
        None
    };
    let mut opened = ClientBatch::new(reference, context.now);
    opened.response = own;
    opened.message = Some(Box::new(Collected::new(target, client_only(context, tags))));
    context.session.batch = Some(Box::new(opened));
    if let Some(refusal) = refusal {
        refuse(context, &refusal);
    }
}

/// The batch reference in a line's tags, if the client has the capabilities for it.
pub(crate) fn reference_of(context: &Context<'_>, tags: Tags<'_>) -> Option<String> {
    if tags.is_empty() || !context.session.capabilities.contains(NEEDED) {
        return None;
    }
    tags.get("batch").map(|reference| reference.into_owned())
}

/// Adds a line to its batch.
pub(crate) fn collect(
    context: &mut Context<'_>,
    reference: &str,
    command: &Command<'_>,
    tags: Tags<'_>,
) -> Result<(), Refusal> {
    let known = context.session.batch.as_ref().is_some_and(|open| open.reference == reference);
    let result = if known {
        add(context, command, tags)
    } else {
        Err(invalid("The line is part of a batch that is not open"))
    };
    match result {
        Ok(()) => Ok(()),
        Err(refusal) if context.session.batch.is_none() => Err(refusal),
        Err(refusal) => {
            refuse(context, &refusal);
            Ok(())
        }
    }
}

fn add(context: &mut Context<'_>, command: &Command<'_>, tags: Tags<'_>) -> Result<(), Refusal> {
    let (_, me) = context.me()?;
    let (now, limits) = (context.now, &context.settings.limits);
    let casemapping = context.settings.casemapping;
    let Some(open) = &mut context.session.batch else { return Ok(()) };
    let Some(message) = &mut open.message else { return Ok(()) };
    let (verb, targets, text) = match command {
        Command::Privmsg(Privmsg { targets, text }) => (Verb::Privmsg, targets, text),
        Command::Notice(Notice { targets, text }) => (Verb::Notice, targets, text),
        Command::Batch(_) => return Err(invalid("A batch cannot be inside another")),
        _ => return Err(invalid("Only PRIVMSG and NOTICE can be in a multiline batch")),
    };
    let (Some(target), Some(text)) = (*targets, *text) else {
        return Err(invalid("A line of the batch has no target or no text"));
    };
    if casemapping.fold(target) != casemapping.fold(&message.target) {
        let about = [message.target.as_str(), target];
        return Err(Failure::of(
            CommandName::Batch,
            FailCode::MultilineInvalidTarget,
            &about,
            "Invalid multiline target",
        ));
    }
    if !fits(me, verb, target, text) {
        return Err(invalid("A line of the batch is too long to be sent on"));
    }
    open.ends_at = now + BATCH_TIMEOUT;
    message.add(verb, Piece { text, goes_on: tags.get(CONCAT).is_some() }, limits)
}

/// Sends the message of a completed batch.
fn close(context: &mut Context<'_>) {
    let Some(message) = context.session.batch.as_mut().and_then(|open| open.message.as_deref()) else {
        context.session.batch = None;
        return;
    };
    if message.lines == 0 {
        refuse(context, &invalid("Invalid multiline batch without lines"));
    } else if message.text.bytes().all(|byte| byte == b'\n') {
        refuse(context, &invalid("Invalid multiline batch with blank lines only"));
    }
    let Some(open) = context.session.batch.take() else { return };
    let Some(message) = open.message else { return };
    // First answer the label of the closing line; from here on the answer belongs to the opening line.
    context.session.send_response(&context.settings.name, context.out);
    context.session.response = open.response;
    let Collected { target, tags, verb, text, cuts, .. } = *message;
    let verb = verb.unwrap_or(Verb::Privmsg);
    privmsg::propose(context, &target, Content { verb, text, tags, cuts });
}

fn refuse(context: &mut Context<'_>, refusal: &Refusal) {
    give_up(context.session, &context.settings.name, refusal, context.out);
}

/// Refuses the open batch and answers the label of its opening line. Its remaining lines are ignored.
pub(crate) fn give_up(session: &mut Session, server: &str, refusal: &Refusal, out: &mut Outputs) {
    let Some(open) = &mut session.batch else { return };
    if open.message.take().is_none() {
        return;
    }
    let own = std::mem::replace(&mut session.response, open.response.take());
    if let Some(line) = refusal.encode(server, "*", session.capabilities) {
        session.send(line.into(), out);
    }
    session.send_response(server, out);
    session.response = own;
}

/// Refuses the open batch because one of its lines could not be read; nobody should get a message with a gap.
pub(crate) fn spoil(session: &mut Session, server: &str, out: &mut Outputs) {
    give_up(session, server, &invalid("A line of the batch could not be read"), out);
}

/// Refuses the open batch because it has been open for too long.
pub(crate) fn time_out(session: &mut Session, server: &str, out: &mut Outputs) {
    let Some(reference) = session.batch.as_ref().map(|open| open.reference.clone()) else { return };
    let why = "The batch was left open for too long";
    give_up(session, server, &Failure::of(CommandName::Batch, FailCode::Timeout, &[&reference], why), out);
}
