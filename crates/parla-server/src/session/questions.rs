//! The questions to the daemon that are still open, and the sessions that asked them.

use std::collections::BTreeMap;

use parla_proto::Timestamp;

use super::{
    Session,
    pause::{Asking, Until},
};
use crate::{
    base::connection::ConnectionId,
    contract::{
        output::{Output, Outputs},
        question::{Asker, QuestionId},
    },
};

/// Unanswered questions. The session that asked one waits for its answer and for nothing else.
#[derive(Debug, Default)]
pub(crate) struct Questions {
    /// How many questions were ever asked; it gives each its number.
    count: u64,
    open: BTreeMap<QuestionId, ConnectionId>,
}

impl Questions {
    /// Asks the daemon on behalf of a session, which handles no line before the answer.
    pub(crate) fn ask(&mut self, session: &mut Session, asking: Asking, now: Timestamp, out: &mut Outputs) {
        debug_assert!(!matches!(session.waits_until(), Some(Until::Answered { .. })), "one line asks once");
        self.forget(session, out);
        let Asking { question, exchange } = asking;
        self.count += 1;
        let id = QuestionId::from_number(self.count);
        self.open.insert(id, session.connection);
        session.wait_for_us(Until::Answered { question: id, exchange }, now);
        let asker = Asker { connection: session.connection, address: session.peer.address };
        out.outputs.push(Output::Question { id, asker, question });
    }

    /// Closes an answered question and returns the session that asked it; `None` if nobody waits for the
    /// answer any more.
    pub(crate) fn close(&mut self, id: QuestionId) -> Option<ConnectionId> {
        self.open.remove(&id)
    }

    /// Drops the question of a session that ends.
    pub(crate) fn forget(&mut self, session: &Session, out: &mut Outputs) {
        if let Some(Until::Answered { question, .. }) = session.waits_until() {
            let was_open = self.open.remove(question).is_some();
            debug_assert!(was_open, "a session waits for a question that nobody answers");
            out.outputs.push(Output::Forget(*question));
        }
    }
}
