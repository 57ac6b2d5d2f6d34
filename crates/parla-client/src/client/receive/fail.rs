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
    /// FAIL: something was refused. Tells the person, unless the client had asked for it by itself.
    pub(super) fn fail(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let command = CommandName::parse(incoming.param(0));
        let code = FailCode::parse(incoming.param(1));
        let words = incoming.message.params.iter().skip(2);
        let target = words.filter_map(|word| self.buffers.named(&self.session, word)).next();
        match command {
            Some(CommandName::Chathistory) => return self.history_refused(target, code, incoming),
            // The person did nothing that could be refused, because the client sends these by itself.
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
        if command == Some(CommandName::List) {
            return self.directory.refused(problem);
        }
        let is_message =
            matches!(command, Some(CommandName::Privmsg | CommandName::Notice | CommandName::Batch));
        // The refusal of a message of several lines does not name its channel.
        let is_batch = command == Some(CommandName::Batch);
        let buffer = target.or_else(|| self.outbox.sent_in_lines().filter(|_| is_batch));
        self.tell_refused(incoming, Refused { buffer, problem, is_message }, turn);
    }

    /// The server refuses a page of history. Some servers do not say for which conversation; then it is the
    /// one that has waited longest.
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

/// The kind of problem that a code stands for.
const fn kind(code: Option<FailCode>) -> ProblemKind {
    match code {
        Some(FailCode::AccountRequired | FailCode::AccountRequiredToConnect) => ProblemKind::AccountNeeded,
        Some(FailCode::RateLimited) => ProblemKind::Throttled,
        Some(FailCode::StorageFull) => ProblemKind::ServerStorageFull,
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
    /// NOTE, WARN and WALLOPS: something worth knowing, which is shown in the server's own conversation.
    pub(super) fn noted(&mut self, session: &Session, incoming: &Incoming<'_>) {
        if CommandName::parse(incoming.param(0)) == Some(CommandName::Metadata) {
            return;
        }
        let from = Some(incoming.from).filter(|_| incoming.is_from_person());
        self.note_server(session, incoming.at, from, incoming.last());
    }
}
