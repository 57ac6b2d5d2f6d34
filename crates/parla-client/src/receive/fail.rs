//! FAIL: something was refused. <https://ircv3.net/specs/extensions/standard-replies>

use parla_proto::{CommandName, FailCode, NickFault};

use super::{
    Incoming,
    refusal::{self, Refused},
};
use crate::{client::Client, problem::ProblemKind, state::State, turn::Turn};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let command = CommandName::parse(incoming.param(0));
    let code = FailCode::parse(incoming.param(1));
    let words = incoming.message.params.iter().skip(2);
    let target = words.filter_map(|word| client.state.buffers.named(&client.state.session, word)).next();
    if command == Some(CommandName::Chathistory) {
        // Some servers do not say which: then it is the one that waits longest.
        let labelled = incoming.label.as_deref().and_then(|label| client.history.labelled(label));
        if let Some(id) = labelled.or(target).or_else(|| client.history.oldest()) {
            let known = client.history.refused(&mut client.state, id, code);
            client.settle(id, known);
        }
        return;
    }
    // Nothing that the person did is refused: the client asks for display names by itself.
    if matches!(command, Some(CommandName::Metadata | CommandName::Markread)) {
        return;
    }
    if command == Some(CommandName::Nick)
        && let Some(fault) = code.and_then(|code| NickFault::parse(code, incoming.param(3)))
    {
        // The numeric comes behind it.
        client.state.session.nick_fault = Some(fault);
        return;
    }
    let kind = match code {
        Some(FailCode::AccountRequired | FailCode::AccountRequiredToConnect)
            if !client.state.session.is_registered =>
        {
            ProblemKind::SignInNeeded
        }
        Some(FailCode::AccountRequired | FailCode::AccountRequiredToConnect) => ProblemKind::AccountNeeded,
        Some(FailCode::RateLimited) => ProblemKind::Throttled,
        Some(
            FailCode::InvalidUtf8
            | FailCode::MessageTooLong
            | FailCode::MultilineMaxBytes
            | FailCode::MultilineMaxLines,
        ) => ProblemKind::TooLong,
        _ => ProblemKind::Other,
    };
    let problem = client.state.problem(kind, "", incoming.message.params.last().copied().unwrap_or_default());
    if kind == ProblemKind::SignInNeeded {
        return client.stop(Some(problem), None, turn);
    }
    if !client.state.session.is_registered {
        client.state.link.parting = Some(problem);
        return;
    }
    let is_message = matches!(command, Some(CommandName::Privmsg | CommandName::Notice | CommandName::Batch));
    // A message of several lines is refused without the name of its room.
    let is_batch = command == Some(CommandName::Batch);
    let target = target.or_else(|| client.outbox.sent_in_lines().filter(|_| is_batch));
    refusal::of(client, incoming, Refused { buffer: target, problem, is_message });
}

/// NOTE, WARN and WALLOPS: something to know, on the server's own page.
pub(super) fn noted(state: &mut State, incoming: &Incoming<'_>) {
    if CommandName::parse(incoming.param(0)) == Some(CommandName::Metadata) {
        return;
    }
    let from = Some(incoming.from).filter(|_| incoming.is_from_person());
    let words = incoming.message.params.last().copied().unwrap_or_default();
    state.note_server(incoming.at, from, words);
}
