//! What a session waits for before it takes the next line, and the lines that came meanwhile.

use std::{collections::VecDeque, mem};

use parla_proto::Timestamp;

use super::Session;
use crate::{
    contract::{
        output::{Output, Outputs},
        question::{Page, Question, QuestionId},
    },
    network::{conversation::Conversation, entry::Redact},
};

/// Why a session takes no line now.
#[derive(Debug)]
pub(crate) struct Pause {
    until: Until,
    /// Since when the client has been waiting for us; none if it waits for something else.
    waits_for_us_since: Option<Timestamp>,
    pub(crate) lines: VecDeque<WaitingLine>,
}

/// What ends a pause.
#[derive(Debug)]
pub(crate) enum Until {
    /// The allowance is used up until then.
    Time(Timestamp),
    /// The client has been sent everything.
    Sent {
        /// What the daemon is asked then. Its answer may be large, and is made when there is room for it.
        then_ask: Option<Box<Asking>>,
    },
    /// Proposals of this session come back from the log.
    Committed { proposals: usize },
    /// The daemon has answered a question.
    Answered {
        question: QuestionId,
        /// What the answer is for.
        exchange: Exchange,
    },
}

/// A question to the daemon, and what its answer is for.
#[derive(Debug)]
pub(crate) struct Asking {
    pub(crate) question: Question,
    pub(crate) exchange: Exchange,
}

/// What a session asks the daemon for, and what it needs again when the answer comes. One of several steps asks the next
/// question with what the last answer was.
#[derive(Debug)]
pub(crate) enum Exchange {
    /// The server's password, without which nobody is let in.
    ServerPassword,
    /// The password of the operator of this name.
    Operator { name: String },
    /// Whether whoever says so is a gateway.
    Gateway,
    /// The configuration is read again, or the server is started again.
    Configuration,
    /// A page of history, or the channels that have some.
    History(Box<HistoryQuestion>),
    /// Whether a message that is to be taken back is in this conversation.
    Redaction { conversation: Conversation, redaction: Box<Redact> },
}

/// What CHATHISTORY needs again when the answer comes.
#[derive(Debug)]
pub(crate) enum HistoryQuestion {
    Messages { conversation: Conversation, channel: String, subcommand: String, page: Page },
    Targets { channels: Vec<String>, from: Timestamp, to: Timestamp, limit: usize },
}

/// A line that came while the session could not take it.
#[derive(Debug)]
pub(crate) enum WaitingLine {
    Line(Box<[u8]>),
    TooLong,
    Endless,
    /// What is no line and costs like one.
    Blank,
    /// The client will send nothing more.
    End,
}

impl Session {
    /// What the session waits for; none if it takes lines.
    pub(crate) fn waits_until(&self) -> Option<&Until> {
        self.pause.as_ref().map(|pause| &pause.until)
    }

    /// Takes no line until then. The session's clocks go on: it is the client who is waited for, or who can still show that it
    /// is there.
    pub(crate) fn pause(&mut self, until: Until) {
        debug_assert!(
            !matches!(until, Until::Committed { .. } | Until::Answered { .. }),
            "that is ours to do"
        );
        self.pause_since(until, None);
    }

    /// Takes no line until we have done something for the client. None of the session's clocks runs meanwhile.
    pub(crate) fn wait_for_us(&mut self, until: Until, now: Timestamp) {
        debug_assert!(
            matches!(until, Until::Committed { .. } | Until::Answered { .. }),
            "that is not ours to do"
        );
        let since = self.pause.as_ref().and_then(|pause| pause.waits_for_us_since);
        self.pause_since(until, since.or(Some(now)));
    }

    fn pause_since(&mut self, until: Until, waits_for_us_since: Option<Timestamp>) {
        match &mut self.pause {
            Some(pause) => (pause.until, pause.waits_for_us_since) = (until, waits_for_us_since),
            None => {
                let lines = VecDeque::new();
                self.pause = Some(Box::new(Pause { until, waits_for_us_since, lines }));
            }
        }
    }

    /// What the session waited for has come; gives what that was. The pause lasts until it is taken away, and the clocks go on
    /// from where they stood when it began.
    pub(crate) fn answered(&mut self, now: Timestamp) -> Option<Until> {
        let pause = self.pause.as_mut()?;
        let until = mem::replace(&mut pause.until, Until::Time(now));
        if let Some(since) = pause.waits_for_us_since.take() {
            self.postpone(now.since(since), now);
        }
        Some(until)
    }

    /// A proposal of the session came back from the log; gives whether it was the last one that the session waits for.
    pub(crate) fn committed(&mut self, now: Timestamp) -> bool {
        let Some(Until::Committed { proposals }) = self.pause.as_mut().map(|pause| &mut pause.until) else {
            return false;
        };
        *proposals -= 1;
        let is_last = *proposals == 0;
        if is_last {
            self.answered(now);
        }
        is_last
    }

    /// Whether the client waits for something of ours.
    pub(crate) fn waits_for_us(&self) -> bool {
        self.pause.as_ref().is_some_and(|pause| pause.waits_for_us_since.is_some())
    }

    /// Whether the client has said nothing beyond what the server must check before it lets it in. If it hangs up now, there
    /// is nobody to let in and nothing to carry out.
    pub(crate) fn waits_to_be_let_in(&self) -> bool {
        let is_checked = |until: &Until| {
            matches!(until, Until::Answered { exchange: Exchange::ServerPassword | Exchange::Gateway, .. })
        };
        self.pause.as_ref().is_some_and(|pause| is_checked(&pause.until) && pause.lines.is_empty())
    }

    /// Whether lines of the client wait for us to be carried out. A client that does not read what it is sent has only itself
    /// to wait for.
    pub(crate) fn has_lines_waiting(&self) -> bool {
        self.pause.as_ref().is_some_and(|pause| !pause.lines.is_empty()) && !self.waits_until_sent()
    }

    /// Takes no line until the client has been sent everything, if there is a reason: more of an answer is to come, or much
    /// was caused already.
    pub(crate) fn wait_if_behind(&mut self, portion_bytes: usize, out: &mut Outputs) {
        if self.owes_answers() || self.unsent as usize >= portion_bytes {
            self.wait_until_sent(out);
        }
    }

    /// Whether no line is taken because the client has not been sent everything.
    pub(crate) fn waits_until_sent(&self) -> bool {
        matches!(self.waits_until(), Some(Until::Sent { .. }))
    }

    /// Takes no line until the client has been sent everything. What the session waits for already comes first.
    pub(crate) fn wait_until_sent(&mut self, out: &mut Outputs) {
        if matches!(self.waits_until(), None | Some(Until::Time(_))) {
            self.pause(Until::Sent { then_ask: None });
            out.outputs.push(Output::TellWhenSent { connection: self.connection });
        }
    }

    /// Asks the daemon for something large when the client has been sent everything, and takes no line before the answer.
    pub(crate) fn ask_when_sent(&mut self, asking: Asking, out: &mut Outputs) {
        debug_assert!(!self.waits_for_us(), "a session waits for one thing at a time");
        self.pause(Until::Sent { then_ask: Some(Box::new(asking)) });
        out.outputs.push(Output::TellWhenSent { connection: self.connection });
    }

    /// The client has been sent everything: the pause lasts until it is taken away. Gives what is to be asked now.
    pub(crate) fn take_asking(&mut self, now: Timestamp) -> Option<Box<Asking>> {
        let pause = self.pause.as_mut()?;
        match mem::replace(&mut pause.until, Until::Time(now)) {
            Until::Sent { then_ask } => then_ask,
            until => {
                debug_assert!(false, "the session waits for something else");
                pause.until = until;
                None
            }
        }
    }
}
