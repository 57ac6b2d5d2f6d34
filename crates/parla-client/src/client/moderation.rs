//! Moderation of a channel: its settings, the ranks of its members, and bans.

use std::sync::Arc;

use parla_proto::Line;

use super::Client;
use crate::{
    buffer::Buffer,
    buffers::Buffers,
    intent::Intent,
    problem::{Problem, ProblemKind},
    session::Session,
    settings::MaskBy,
    turn::Turn,
    view::{BufferId, Rank},
};

/// One mode to set or remove.
struct ModeStep<'a> {
    is_set: bool,
    letter: char,
    param: &'a str,
}

impl Client {
    /// Carries out the person's intent for a channel, or tells them why not.
    pub(super) fn moderate(&mut self, intent: &Intent, turn: &mut Turn<'_>) {
        match intent {
            Intent::AskLists { buffer } => self.ask_lists(*buffer, turn),
            Intent::Configure { buffer, .. }
            | Intent::SetRank { buffer, .. }
            | Intent::AddMask { buffer, .. }
            | Intent::RemoveMask { buffer, .. } => {
                let id = *buffer;
                match self.buffers.get(id) {
                    Some(buffer) if buffer.is_room() => {}
                    Some(_) => return turn.complain(Some(id), Problem::of(ProblemKind::NotHere)),
                    None => return turn.complain(None, Problem::of(ProblemKind::ConversationGone)),
                }
                let mut problem = None;
                self.request(id, intent, turn, |client| {
                    let lines = client.mode_lines(id, intent);
                    lines.unwrap_or_else(|why| {
                        problem = Some(why);
                        Vec::new()
                    })
                });
                if let Some(problem) = problem {
                    turn.complain(Some(id), problem);
                }
            }
            _ => {}
        }
    }

    /// The lines that change a channel's modes as the person wants.
    fn mode_lines(&self, id: BufferId, intent: &Intent) -> Result<Vec<Line>, Problem> {
        let Self { session, buffers, .. } = self;
        let unknown = || Problem::of(ProblemKind::BadSetting);
        let Some(room) = buffers.get(id) else { return Ok(Vec::new()) };
        let list_of = |list| session.list_letter(list).ok_or_else(unknown);
        match intent {
            Intent::Configure { settings, .. } => Ok(room.modes().lines(session, room.name(), settings)),
            Intent::SetRank { nick, rank, is_given, .. } => {
                let mut modes = session.member_modes().iter();
                let mode = modes.find(|mode| Rank::of_sign(mode.sign) == *rank).ok_or_else(unknown)?;
                Ok(vec![mode_line(room, &ModeStep { is_set: *is_given, letter: mode.letter, param: nick })])
            }
            Intent::AddMask { list, who, by, .. } => {
                let (letter, prefix) = list_of(*list)?;
                let mask = buffers.mask(session, who.trim(), *by);
                let mask = mask.ok_or_else(|| Problem::new(ProblemKind::NoSuchPerson, who, ""))?;
                let param = &format!("{prefix}{mask}");
                Ok(vec![mode_line(room, &ModeStep { is_set: true, letter, param })])
            }
            Intent::RemoveMask { list, mask, .. } => {
                let (letter, prefix) = list_of(*list)?;
                let param = &format!("{prefix}{mask}");
                Ok(vec![mode_line(room, &ModeStep { is_set: false, letter, param })])
            }
            _ => Ok(Vec::new()),
        }
    }

    fn ask_lists(&mut self, id: BufferId, turn: &mut Turn<'_>) {
        if !self.link.is_online() {
            return;
        }
        let Some(room) = self.buffers.get_mut(id).filter(|buffer| buffer.is_present()) else { return };
        for letter in room.modes_mut().ask_lists(&self.session) {
            turn.send(Line::bare("MODE").param(room.name()).param(letter.to_string()));
        }
    }
}

/// The line that takes this step in a channel.
fn mode_line(room: &Buffer, step: &ModeStep<'_>) -> Line {
    let sign = if step.is_set { '+' } else { '-' };
    let line = Line::bare("MODE").param(room.name()).param(format!("{sign}{}", step.letter));
    line.param(step.param)
}

impl Buffers {
    /// The mask for the person whom the user named; `None` if there is no such person, or if their host is
    /// not known.
    fn mask(&self, session: &Session, who: &str, by: MaskBy) -> Option<String> {
        let is_mask = who.contains(['!', '@', '*', '?']) || is_extended(who);
        if who.is_empty() || who.starts_with(':') || who.contains(char::is_whitespace) {
            return None;
        }
        if is_mask {
            return Some(match who.contains('@') && !who.contains('!') {
                true => format!("*!{who}"),
                false => who.to_owned(),
            });
        }
        if by == MaskBy::Host {
            // Text with a dot or a colon is itself an address, because no nick contains one.
            let is_address = who.contains(['.', ':']);
            let known = || self.iter().find_map(|buffer| buffer.members().host(session, who));
            let host = if is_address { Some(Arc::from(who)) } else { known() };
            return host.map(|host| format!("*!*@{host}"));
        }
        session.is_nick(who).then(|| format!("{who}!*@*"))
    }
}

/// Whether this is an extended ban such as `a:account`, possibly with the prefix that servers put before it.
fn is_extended(who: &str) -> bool {
    let bare = who.trim_start_matches(['~', '$']);
    bare.chars().nth(1) == Some(':') && bare.starts_with(|first: char| first.is_ascii_alphabetic())
}
