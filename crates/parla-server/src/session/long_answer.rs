//! Long answers, made in portions: each is made once the client has been sent the one before.
//!
//! LIST, WHO and NAMES can be as long as the network is large. A session keeps only a cursor into the rest of
//! such an answer, so that a client that asks without reading costs neither memory nor time.

use std::fmt;

use parla_proto::{Reply, Timestamp};

use crate::{
    base::{
        limits::{PORTION_STEPS, STEPS_PER_BYTE},
        settings::MachineSettings,
    },
    contract::output::Outputs,
    network::Network,
    session::Session,
};

/// An answer that is not finished, and remembers where to go on.
pub(crate) trait LongAnswer: fmt::Debug + Send {
    /// Adds to a portion until it is full or the answer is complete, and returns whether it is complete.
    fn go_on(&mut self, portion: &mut Portion<'_>) -> bool;
}

/// What an answer is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment<'a> {
    /// The network as it is now.
    pub(crate) network: &'a Network,
    /// The limits on what a client may be sent.
    pub(crate) machine: &'a MachineSettings,
    pub(crate) now: Timestamp,
}

/// What a client is sent at once of its unfinished answers.
pub(crate) struct Portion<'a> {
    pub(crate) network: &'a Network,
    pub(crate) session: &'a mut Session,
    pub(crate) now: Timestamp,
    out: &'a mut Outputs,
    bytes_left: usize,
    steps_left: usize,
}

impl Portion<'_> {
    pub(crate) fn reply(&mut self, reply: Reply<'_>) {
        let line = reply.encode(&self.network.settings.name, &self.session.target(self.network));
        self.line(line);
    }

    pub(crate) fn line(&mut self, line: Vec<u8>) {
        self.bytes_left = self.bytes_left.saturating_sub(line.len());
        self.session.send(line.into(), self.out);
    }

    /// Counts the steps of a search, which cost the client something even if nothing is found.
    pub(crate) fn count_steps(&mut self, steps: usize) {
        self.steps_left = self.steps_left.saturating_sub(steps);
        self.session.count_cost(steps / STEPS_PER_BYTE);
    }

    /// Whether the rest must wait.
    pub(crate) const fn is_full(&self) -> bool {
        self.bytes_left == 0 || self.steps_left == 0
    }
}

/// An answer to a client that did not ask for it: another of its user's devices did, or an operator.
#[derive(Debug)]
pub(crate) struct Unasked(pub(crate) Box<dyn LongAnswer>);

impl LongAnswer for Unasked {
    fn go_on(&mut self, portion: &mut Portion<'_>) -> bool {
        let own = portion.session.put_aside();
        let is_complete = self.0.go_on(portion);
        portion.session.take_back(own);
        is_complete
    }
}

/// Starts an answer: sends what fits into one portion, and keeps the rest for later.
pub(crate) fn begin(
    answer: Box<dyn LongAnswer>,
    moment: Moment<'_>,
    session: &mut Session,
    out: &mut Outputs,
) {
    let is_first = !session.owes_answers();
    session.owe(answer);
    // An answer must not overtake an earlier one.
    if is_first {
        go_on(moment, session, out);
    }
}

/// Sends the next portion of the session's unfinished answers. If there is more, the session waits until this
/// one has been sent.
pub(crate) fn go_on(moment: Moment<'_>, session: &mut Session, out: &mut Outputs) {
    let Moment { network, machine, now } = moment;
    let (bytes_left, steps_left) = (machine.portion_bytes, PORTION_STEPS);
    let mut owed = session.take_owed();
    let mut portion = Portion { network, session, now, out, bytes_left, steps_left };
    while let Some(answer) = owed.front_mut() {
        if !answer.go_on(&mut portion) {
            break;
        }
        owed.pop_front();
    }
    session.give_back_owed(owed);
    if session.owes_answers() {
        session.send_collected(&network.settings.name, out);
        session.wait_until_sent(out);
    }
}
