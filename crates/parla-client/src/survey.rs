//! The questions about a channel that the person has joined: its settings, and where its members are from.
//!
//! Only one question is open at a time, so that a person in many channels does not look like a flood.

use std::collections::VecDeque;

use parla_proto::{Line, Timestamp};

use crate::{
    buffer::Buffer,
    buffers::Buffers,
    limits::{SURVEY_PEOPLE_MAX, SURVEY_WITHIN},
    turn::Turn,
    view::BufferId,
};

/// The questions of one connection.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    waiting: VecDeque<BufferId>,
    /// The question that has not been answered yet.
    open: Option<Asked>,
}

/// A question that was sent.
#[derive(Clone, Copy, Debug)]
struct Asked {
    room: BufferId,
    step: SurveyStep,
    /// When it is given up.
    until: Timestamp,
}

/// What is asked of a channel, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SurveyStep {
    Modes,
    People,
}

impl Survey {
    /// Queues the questions for a channel that the person has joined.
    pub(crate) fn joined(&mut self, id: BufferId) {
        if !self.waiting.contains(&id) {
            self.waiting.push_back(id);
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.open.map(|asked| asked.until)
    }

    /// Gives up a question that was not answered in time.
    pub(crate) fn give_up_late(&mut self, now: Timestamp) {
        self.open.take_if(|asked| asked.until <= now);
    }

    /// An answer has arrived, whether or not it was to the open question.
    pub(crate) fn answered(&mut self, room: &Buffer, step: SurveyStep, turn: &mut Turn<'_>) {
        let is_it = |asked: &mut Asked| asked.room == room.id() && asked.step == step;
        if self.open.take_if(is_it).is_none() {
            return;
        }
        // In a large channel nobody looks for who is away, and the server reports changes anyway.
        if step == SurveyStep::Modes && room.members().len() <= SURVEY_PEOPLE_MAX {
            self.ask(room, SurveyStep::People, turn);
        }
    }

    /// Sends the next question.
    pub(crate) fn ask_next(&mut self, buffers: &Buffers, turn: &mut Turn<'_>) {
        while self.open.is_none()
            && let Some(id) = self.waiting.pop_front()
        {
            if let Some(room) = buffers.get(id) {
                self.ask(room, SurveyStep::Modes, turn);
            }
        }
    }

    fn ask(&mut self, room: &Buffer, step: SurveyStep, turn: &mut Turn<'_>) {
        if !room.is_present() {
            return;
        }
        let command = match step {
            SurveyStep::Modes => "MODE",
            SurveyStep::People => "WHO",
        };
        turn.send(Line::bare(command).param(room.name()));
        self.open = Some(Asked { room: room.id(), step, until: turn.now + SURVEY_WITHIN });
    }
}
