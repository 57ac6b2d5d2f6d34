//! Why the person is kept out of a channel, and whom they could ask to let them in.

use std::sync::Arc;

use super::Buffer;
use crate::{
    problem::{Problem, ProblemKind},
    session::Session,
    view::{Presence, Rank},
};

/// The most members who are remembered because they can let people in.
const INVITERS_MAX: usize = 3;

/// What is remembered of a channel in case that it keeps the person out.
#[derive(Debug, Default)]
pub(super) struct KeptOut {
    /// Why the person was last kept out; `None` once they have joined.
    why: Option<Problem>,
    /// The nicks of members with a rank, when they were last known.
    inviters: Arc<[Arc<str>]>,
}

impl KeptOut {
    /// The person has joined after all.
    pub(super) fn entered(&mut self) {
        self.why = None;
    }
}

impl Buffer {
    /// The server refuses to let the person in, or somebody removed them. Returns the problem as they should be
    /// told of it.
    pub(crate) fn why_shut_out(&mut self, session: &Session, problem: Problem) -> Problem {
        let kind = match problem.kind {
            ProblemKind::KeyNeeded if self.key.is_some() => ProblemKind::KeyWrong,
            ProblemKind::InviteOnly if self.read_at().is_some() && !session.is_logged_in() => {
                ProblemKind::NotRecognised
            }
            kind => kind,
        };
        if kind == ProblemKind::KeyWrong {
            self.set_key(None);
        }
        let problem = Problem { kind, ..problem }.after(self.kept_out.why.as_ref());
        self.kept_out.why = Some(problem.clone());
        problem
    }

    /// Remembers who could let the person in again, now that the members are known.
    pub(crate) fn note_inviters(&mut self, session: &Session) {
        let members = self.members.view();
        let ranked = members.0.iter().take_while(|member| member.rank <= Rank::HalfOperator);
        let others = ranked.filter(|member| !session.is_own(&member.name));
        let inviters: Arc<[_]> = others.take(INVITERS_MAX).map(|member| Arc::clone(&member.name)).collect();
        if self.kept_out.inviters != inviters {
            self.kept_out.inviters = inviters;
            self.is_stored = false;
        }
    }

    /// Restores who could let the person in.
    pub(crate) fn restore_inviters(&mut self, inviters: impl Iterator<Item = Arc<str>>) {
        self.kept_out.inviters = inviters.take(INVITERS_MAX).collect();
    }

    /// The nicks of members who could let the person in, as far as they were known.
    pub(crate) const fn inviters(&self) -> &Arc<[Arc<str>]> {
        &self.kept_out.inviters
    }

    /// Those of them whom the person can ask for an invitation, if they need one.
    pub(super) fn can_invite(&self, session: &Session) -> Arc<[Arc<str>]> {
        let needs_one =
            |why: &Problem| matches!(why.kind, ProblemKind::InviteOnly | ProblemKind::NotRecognised);
        match &self.presence {
            Presence::Absent(Some(why)) if needs_one(why) => {
                let others = self.inviters().iter().filter(|nick| !session.is_own(nick));
                others.map(Arc::clone).collect()
            }
            _ => Arc::default(),
        }
    }
}
