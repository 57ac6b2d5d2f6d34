//! What is asked about a room when the person has come in: how it is set up, and where its people are.
//!
//! One question at a time, so that a person in many rooms is not taken for a flood.

use std::collections::VecDeque;

use parla_proto::{Line, Timestamp};

use crate::{
    buffers::Buffers,
    limits::{SURVEY_PEOPLE_MAX, SURVEY_WITHIN},
    turn::Turn,
    view::BufferId,
};

/// The questions of one connection.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    waiting: VecDeque<BufferId>,
    /// What was asked, and when it is given up.
    open: Option<(BufferId, Question, Timestamp)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    Modes,
    People,
}

impl Survey {
    /// The person has come into a room.
    pub(crate) fn joined(&mut self, id: BufferId) {
        if !self.waiting.contains(&id) {
            self.waiting.push_back(id);
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.open.map(|(.., until)| until)
    }

    /// Gives up what is not answered.
    pub(crate) fn give_up_late(&mut self, now: Timestamp) {
        self.open.take_if(|(.., until)| *until <= now);
    }

    /// The answer has come in, whether it was this that was asked or not.
    pub(crate) fn answered(
        &mut self,
        buffers: &Buffers,
        (id, question): (BufferId, Question),
        turn: &mut Turn<'_>,
    ) {
        if self.open.take_if(|(of, asked, _)| *of == id && *asked == question).is_none() {
            return;
        }
        let people = buffers.get(id).map_or(0, |buffer| buffer.members.len());
        // In a crowd nobody looks for who is away; the server tells what changes.
        if question == Question::Modes && people <= SURVEY_PEOPLE_MAX {
            self.ask(buffers, (id, Question::People), turn);
        }
    }

    /// Asks what is to be asked next.
    pub(crate) fn ask_next(&mut self, buffers: &Buffers, turn: &mut Turn<'_>) {
        while self.open.is_none()
            && let Some(id) = self.waiting.pop_front()
        {
            self.ask(buffers, (id, Question::Modes), turn);
        }
    }

    fn ask(&mut self, buffers: &Buffers, (id, question): (BufferId, Question), turn: &mut Turn<'_>) {
        let Some(room) = buffers.get(id).filter(|buffer| buffer.is_present()) else { return };
        let command = match question {
            Question::Modes => "MODE",
            Question::People => "WHO",
        };
        turn.send(Line::bare(command).param(&room.name));
        self.open = Some((id, question, turn.now + SURVEY_WITHIN));
    }
}
