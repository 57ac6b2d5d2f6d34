//! What a session waits for before it handles the next line, and the lines that arrive meanwhile.

use std::{collections::VecDeque, mem};

use parla_proto::{AccountName, Timestamp};

use super::Session;
use crate::{
    base::{scram::ClientFirst, secret::Secret},
    contract::{
        output::{Output, Outputs},
        question::{Page, Question, QuestionId},
    },
    network::{
        account::AccountId,
        conversation::Conversation,
        entry::{AccountAsker, Redact},
        refusal::account::AnswerBy,
    },
};

/// Why a session currently handles no lines.
#[derive(Debug)]
pub(crate) struct Pause {
    until: Until,
    /// Since when the client has been waiting for us; `None` if the session waits for something else.
    waits_for_us_since: Option<Timestamp>,
    pub(crate) lines: VecDeque<WaitingLine>,
}

/// What ends a pause.
#[derive(Debug)]
pub(crate) enum Until {
    /// The allowance is used up until this time.
    Time(Timestamp),
    /// The client has been sent everything.
    Sent {
        /// A question to ask the daemon then. Its answer may be large, so it is only requested once there is
        /// room for it.
        then_ask: Option<Box<Asking>>,
    },
    /// The session's proposals have come back from the log.
    Committed { proposals: usize },
    /// The daemon has answered a question.
    Answered {
        question: QuestionId,
        /// The purpose of the question.
        exchange: Exchange,
    },
}

/// A question to the daemon, and its purpose.
#[derive(Debug)]
pub(crate) struct Asking {
    pub(crate) question: Question,
    pub(crate) exchange: Exchange,
}

/// Why a session asks the daemon, with what it needs again when the answer comes. An exchange of several
/// steps asks its next question with the result of the last.
#[derive(Debug)]
pub(crate) enum Exchange {
    /// Check the server's password, without which nobody is admitted.
    ServerPassword,
    /// The password of the operator of this name.
    Operator { name: String },
    /// Something about an account.
    Account(Box<AccountExchange>),
    /// Check whether the peer is the gateway that it claims to be.
    Gateway,
    /// Read the configuration again, or restart the server.
    Configuration,
    /// Fetch a page of history, or the conversations that have some.
    History(Box<HistoryQuestion>),
    /// Find out whether a message that is to be deleted is in this conversation.
    Redaction { conversation: Conversation, redaction: Box<Redact> },
}

/// Why a session that has to do with an account asks the daemon.
#[derive(Debug)]
pub(crate) enum AccountExchange {
    /// Check the password with which a client wants to sign in.
    SignIn {
        /// The account's name, as the client wrote it.
        name: String,
        /// `None` if there is no such account.
        id: Option<AccountId>,
        /// What was kept of its password when the comparison began.
        hash: Option<Box<str>>,
        way: AnswerBy,
        /// What the client calls itself.
        device: Option<String>,
        /// If it may also be the server's own password: all that the client gave.
        or_servers: Option<Secret>,
    },
    /// Get a nonce for a client that has sent its first message of SCRAM.
    Nonce(ClientFirst),
    /// Make what is kept of a new account's password.
    Create { name: AccountName, asker: AccountAsker },
    /// Make what is kept of an account's new password.
    NewPassword { id: AccountId },
    /// Make an app password of this name.
    AppPassword { id: AccountId, name: String },
    /// Check the password of the account that a user is signed in to, before something that only its person
    /// may do.
    Confirm { id: AccountId, then: Confirmed },
}

/// What is done when a user has given their password once more.
#[derive(Debug)]
pub(crate) enum Confirmed {
    /// Their account gets this new password.
    NewPassword(Secret),
    /// Their account is deleted.
    Delete,
}

/// What CHATHISTORY needs again when the answer comes.
#[derive(Debug)]
pub(crate) enum HistoryQuestion {
    Messages { conversation: Conversation, channel: String, subcommand: String, page: Page },
    Targets { channels: Vec<String>, from: Timestamp, to: Timestamp, limit: usize },
}

/// A line that arrived while the session could not handle it.
#[derive(Debug)]
pub(crate) enum WaitingLine {
    Line(Box<[u8]>),
    TooLong,
    Endless,
    /// Something that is not a line but counts like one.
    Blank,
    /// The client will send nothing more.
    End,
}

impl Session {
    /// What the session waits for; `None` if it handles lines.
    pub(crate) fn waits_until(&self) -> Option<&Until> {
        self.pause.as_ref().map(|pause| &pause.until)
    }

    /// Stops handling lines until then. The session's time-outs keep running, because it waits for the
    /// client, or the client can still show that it is there.
    pub(crate) fn pause(&mut self, until: Until) {
        debug_assert!(
            !matches!(until, Until::Committed { .. } | Until::Answered { .. }),
            "that is ours to do"
        );
        self.pause_since(until, None);
    }

    /// Stops handling lines until we have done something for the client. The session's time-outs are
    /// suspended meanwhile.
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

    /// Ends the wait and returns what the session was waiting for. The session handles no lines until the
    /// pause is removed, but its time-outs continue from where they were suspended.
    pub(crate) fn answered(&mut self, now: Timestamp) -> Option<Until> {
        let pause = self.pause.as_mut()?;
        let until = mem::replace(&mut pause.until, Until::Time(now));
        if let Some(since) = pause.waits_for_us_since.take() {
            self.postpone(now.since(since), now);
        }
        Some(until)
    }

    /// Notes that one of the session's proposals has come back from the log, and returns whether it was the
    /// last one that the session waits for.
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

    /// Whether the client is waiting for something that we have to do.
    pub(crate) fn waits_for_us(&self) -> bool {
        self.pause.as_ref().is_some_and(|pause| pause.waits_for_us_since.is_some())
    }

    /// Whether the client has sent nothing beyond what the server must check before admitting it. If it
    /// disconnects now, there is nobody to admit and no command to handle.
    pub(crate) fn waits_to_be_let_in(&self) -> bool {
        let is_checked = |until: &Until| {
            matches!(until, Until::Answered { exchange: Exchange::ServerPassword | Exchange::Gateway, .. })
        };
        self.pause.as_ref().is_some_and(|pause| is_checked(&pause.until) && pause.lines.is_empty())
    }

    /// Whether lines of the client are waiting for us. They do not count if the client delays them itself by
    /// not reading what it is sent.
    pub(crate) fn has_lines_waiting(&self) -> bool {
        self.pause.as_ref().is_some_and(|pause| !pause.lines.is_empty()) && !self.waits_until_sent()
    }

    /// Stops handling lines until the client has been sent everything, if more of an answer is to come or its
    /// commands have already caused a lot of output.
    pub(crate) fn wait_if_behind(&mut self, portion_bytes: usize, out: &mut Outputs) {
        if self.owes_answers() || self.unsent as usize >= portion_bytes {
            self.wait_until_sent(out);
        }
    }

    /// Whether the session waits until the client has been sent everything.
    pub(crate) fn waits_until_sent(&self) -> bool {
        matches!(self.waits_until(), Some(Until::Sent { .. }))
    }

    /// Stops handling lines until the client has been sent everything, unless the session is already waiting
    /// for something else.
    pub(crate) fn wait_until_sent(&mut self, out: &mut Outputs) {
        if matches!(self.waits_until(), None | Some(Until::Time(_))) {
            self.pause(Until::Sent { then_ask: None });
            out.outputs.push(Output::TellWhenSent { connection: self.connection });
        }
    }

    /// Asks the daemon for something large once the client has been sent everything, and handles no line
    /// before the answer.
    pub(crate) fn ask_when_sent(&mut self, asking: Asking, out: &mut Outputs) {
        debug_assert!(!self.waits_for_us(), "a session waits for one thing at a time");
        self.pause(Until::Sent { then_ask: Some(Box::new(asking)) });
        out.outputs.push(Output::TellWhenSent { connection: self.connection });
    }

    /// Ends the wait for the client to be sent everything, and returns the question to ask now. The session
    /// handles no lines until the pause is removed.
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
