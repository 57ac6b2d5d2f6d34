//! FAIL: something was refused. <https://ircv3.net/specs/extensions/standard-replies>

use parla_proto::{CommandName, FailCode, NickFault};

use super::refusal::Refused;
use crate::{
    buffers::Buffers,
    client::Client,
    incoming::Incoming,
    problem::{Problem, ProblemKind},
    session::Session,
    turn::Turn,
    view::BufferId,
};

impl Client {
    /// FAIL.
    pub(super) fn fail(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let command = CommandName::parse(incoming.param(0));
        let code = FailCode::parse(incoming.param(1));
        let words = incoming.message.params.iter().skip(2);
        let target = words.filter_map(|word| self.buffers.named(&self.session, word)).next();
        match command {
            Some(CommandName::Chathistory) => return self.history_refused(target, code, incoming),
            // Nothing that the person did is refused: the client asks for display names by itself.
            Some(CommandName::Metadata | CommandName::Markread) => return,
            _ => {}
        }
        if command == Some(CommandName::Nick)
            && let Some(fault) = code.and_then(|code| NickFault::parse(code, incoming.param(3)))
        {
            return self.session.set_nick_fault(fault);
        }
        let problem = Problem::new(kind(code), "", incoming.last());
        if !self.session.is_registered() {
            if problem.kind == ProblemKind::AccountNeeded {
                let why = Problem { kind: ProblemKind::SignInNeeded, ..problem };
                return self.stop(Some(why), None, turn);
            }
            return self.link.parts(problem);
        }
        let is_message =
            matches!(command, Some(CommandName::Privmsg | CommandName::Notice | CommandName::Batch));
        // A message of several lines is refused without the name of its room.
        let is_batch = command == Some(CommandName::Batch);
        let buffer = target.or_else(|| self.outbox.sent_in_lines().filter(|_| is_batch));
        self.tell_refused(incoming, Refused { buffer, problem, is_message }, turn);
    }

    /// The server gives no page of history. Some do not say of which conversation: then it is the one that waits longest.
    fn history_refused(&mut self, target: Option<BufferId>, code: Option<FailCode>, incoming: &Incoming<'_>) {
        let labelled = incoming.label.as_deref().and_then(|label| self.history.labelled(label));
        let id = labelled.or(target).or_else(|| self.history.oldest());
        if let Some(buffer) = id.and_then(|id| self.buffers.get_mut(id)) {
            let id = buffer.id();
            let coverage = self.history.refused(buffer, &self.session, code);
            self.settle(id, coverage);
        }
    }
}

/// What kind of problem a code tells.
const fn kind(code: Option<FailCode>) -> ProblemKind {
    match code {
        Some(FailCode::AccountRequired | FailCode::AccountRequiredToConnect) => ProblemKind::AccountNeeded,
        Some(FailCode::RateLimited) => ProblemKind::Throttled,
        Some(
            FailCode::InvalidUtf8
            | FailCode::MessageTooLong
            | FailCode::MultilineMaxBytes
            | FailCode::MultilineMaxLines,
        ) => ProblemKind::TooLong,
        _ => ProblemKind::Other,
    }
}

impl Buffers {
    /// NOTE, WARN and WALLOPS: something to know, on the server's own page.
    pub(super) fn noted(&mut self, session: &Session, incoming: &Incoming<'_>) {
        if CommandName::parse(incoming.param(0)) == Some(CommandName::Metadata) {
            return;
        }
        let from = Some(incoming.from).filter(|_| incoming.is_from_person());
        self.note_server(session, incoming.at, from, incoming.last());
    }
}
