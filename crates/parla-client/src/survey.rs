//! What is asked about a room when the person has come in: how it is set up, and where its people are.
//!
//! One question at a time, so that a person in many rooms is not taken for a flood.

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
    /// What was asked and not answered.
    open: Option<Asked>,
}

/// A question that was asked.
#[derive(Clone, Copy, Debug)]
struct Asked {
    room: BufferId,
    question: Question,
    /// When it is given up.
    until: Timestamp,
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
        self.open.map(|asked| asked.until)
    }

    /// Gives up what is not answered.
    pub(crate) fn give_up_late(&mut self, now: Timestamp) {
        self.open.take_if(|asked| asked.until <= now);
    }

    /// The answer has come in, whether it was this that was asked or not.
    pub(crate) fn answered(&mut self, room: &Buffer, question: Question, turn: &mut Turn<'_>) {
        let is_it = |asked: &mut Asked| asked.room == room.id() && asked.question == question;
        if self.open.take_if(is_it).is_none() {
            return;
        }
        // In a crowd nobody looks for who is away; the server tells what changes.
        if question == Question::Modes && room.members().len() <= SURVEY_PEOPLE_MAX {
            self.ask(room, Question::People, turn);
        }
    }

    /// Asks what is to be asked next.
    pub(crate) fn ask_next(&mut self, buffers: &Buffers, turn: &mut Turn<'_>) {
        while self.open.is_none()
            && let Some(id) = self.waiting.pop_front()
        {
            if let Some(room) = buffers.get(id) {
                self.ask(room, Question::Modes, turn);
            }
        }
    }

    fn ask(&mut self, room: &Buffer, question: Question, turn: &mut Turn<'_>) {
        if !room.is_present() {
            return;
        }
        let command = match question {
            Question::Modes => "MODE",
            Question::People => "WHO",
        };
        turn.send(Line::bare(command).param(room.name()));
        self.open = Some(Asked { room: room.id(), question, until: turn.now + SURVEY_WITHIN });
    }
}
