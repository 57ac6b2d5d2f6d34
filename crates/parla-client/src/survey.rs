//! What is asked about a room when the person has come in: how it is set up, and where its people are.
//!
//! One question at a time, so that a person in many rooms is not taken for a flood.

use std::collections::VecDeque;

use parla_proto::{Line, Timestamp};

use crate::{
    client::{Client, Turn},
    limits::{SURVEY_PEOPLE_MAX, SURVEY_WITHIN},
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
}

/// The answer has come in, whether it was this that was asked or not.
pub(crate) fn answered(client: &mut Client, id: BufferId, question: Question, turn: &mut Turn<'_>) {
    if client.survey.open.take_if(|(of, asked, _)| *of == id && *asked == question).is_none() {
        return;
    }
    let people = client.buffers.get(id).map_or(0, |buffer| buffer.members.len());
    // In a crowd nobody looks for who is away; the server tells what changes.
    if question == Question::Modes && people <= SURVEY_PEOPLE_MAX {
        ask(client, id, Question::People, turn);
    }
}

/// Asks what is to be asked next.
pub(crate) fn ask_next(client: &mut Client, turn: &mut Turn<'_>) {
    while client.survey.open.is_none()
        && client.link.is_online()
        && let Some(id) = client.survey.waiting.pop_front()
    {
        ask(client, id, Question::Modes, turn);
    }
}

fn ask(client: &mut Client, id: BufferId, question: Question, turn: &mut Turn<'_>) {
    let Some(room) = client.buffers.get(id).filter(|buffer| buffer.is_present()) else { return };
    let command = match question {
        Question::Modes => "MODE",
        Question::People => "WHO",
    };
    turn.send(Line::bare(command).param(&room.name));
    client.survey.open = Some((id, question, turn.now + SURVEY_WITHIN));
}
