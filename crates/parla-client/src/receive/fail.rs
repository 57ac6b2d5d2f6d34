//! FAIL: something was refused. <https://ircv3.net/specs/extensions/standard-replies>

use super::{Incoming, refusal};
use crate::{client::Client, history, problem::ProblemKind};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    let (command, code) = (incoming.param(0), incoming.param(1));
    let words = incoming.message.params.iter().skip(2);
    let targets: Vec<_> = words.filter_map(|word| client.buffers.named(&client.session, word)).collect();
    if command.eq_ignore_ascii_case("CHATHISTORY") {
        // The sentence at the end names no conversation; a word before it may.
        return targets.into_iter().for_each(|id| history::refused(client, id));
    }
    let kind = match code {
        "ACCOUNT_REQUIRED" | "ACCOUNT_REQUIRED_TO_CONNECT" => ProblemKind::AccountNeeded,
        "RATE_LIMITED" => ProblemKind::Throttled,
        "INVALID_UTF8" | "MESSAGE_TOO_LONG" => ProblemKind::TooLong,
        _ => ProblemKind::Other,
    };
    let problem = client.problem(kind, "", incoming.message.params.last().copied().unwrap_or_default());
    refusal::of(client, incoming, (targets.first().copied(), problem));
}
