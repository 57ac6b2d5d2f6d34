//! FAIL: something was refused. <https://ircv3.net/specs/extensions/standard-replies>

use parla_proto::NickFault;

use super::{
    Incoming,
    refusal::{self, Refused},
};
use crate::{
    client::{Client, Turn},
    history,
    problem::ProblemKind,
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let (command, code) = (incoming.param(0), incoming.param(1));
    let words = incoming.message.params.iter().skip(2);
    let target = words.filter_map(|word| client.buffers.named(&client.session, word)).next();
    if command.eq_ignore_ascii_case("CHATHISTORY") {
        // Some servers do not say which: then it is the one that waits longest.
        let labelled = incoming.label.as_deref().and_then(|label| client.requests.labelled(label));
        if let Some(id) = labelled.or(target).or_else(|| client.requests.oldest()) {
            history::refused(client, id, code);
        }
        return;
    }
    // Nothing that the person did is refused: the client asks for display names by itself.
    if command.eq_ignore_ascii_case("METADATA") || command.eq_ignore_ascii_case("MARKREAD") {
        return;
    }
    if command.eq_ignore_ascii_case("NICK")
        && let Some(fault) = NickFault::parse(code, incoming.param(3))
    {
        // The numeric comes behind it.
        client.session.nick_fault = Some(fault);
        return;
    }
    let kind = match code {
        "ACCOUNT_REQUIRED" | "ACCOUNT_REQUIRED_TO_CONNECT" if !client.session.is_registered => {
            ProblemKind::SignInNeeded
        }
        "ACCOUNT_REQUIRED" | "ACCOUNT_REQUIRED_TO_CONNECT" => ProblemKind::AccountNeeded,
        "RATE_LIMITED" => ProblemKind::Throttled,
        "INVALID_UTF8" | "MESSAGE_TOO_LONG" | "MULTILINE_MAX_BYTES" | "MULTILINE_MAX_LINES" => {
            ProblemKind::TooLong
        }
        _ => ProblemKind::Other,
    };
    let problem = client.problem(kind, "", incoming.message.params.last().copied().unwrap_or_default());
    if kind == ProblemKind::SignInNeeded {
        return client.stop(Some(problem), None, turn);
    }
    if !client.session.is_registered {
        client.link.parting = Some(problem);
        return;
    }
    let is_message = matches!(command, "PRIVMSG" | "NOTICE" | "BATCH");
    // A message of several lines is refused without the name of its room.
    let target = if command == "BATCH" { target.or_else(|| client.outbox.sent_in_lines()) } else { target };
    refusal::of(client, incoming, Refused { buffer: target, problem, is_message });
}

/// NOTE, WARN and WALLOPS: something to know, on the server's own page.
pub(super) fn noted(client: &mut Client, incoming: &Incoming<'_>) {
    if incoming.param(0) == "METADATA" {
        return;
    }
    let from = Some(incoming.from).filter(|_| incoming.is_from_person());
    let words = incoming.message.params.last().copied().unwrap_or_default();
    client.note_server(incoming.at, from, words);
}
