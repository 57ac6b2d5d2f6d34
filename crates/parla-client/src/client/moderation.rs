//! Moderation of a channel: its settings, the ranks of its members, and bans.

use std::sync::Arc;

use parla_proto::Line;

use super::Client;
use crate::{
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
    /// Capacity out the person's intent for a channel, or tells them why not.
    pub(super) fn moderate(&mut self, intent: &Intent, turn: &mut Turn<'_>) {
        let Self { session, buffers, link, .. } = self;
        match intent {
            Intent::Configure { buffer, settings } => {
                let Some(room) = buffers.get(*buffer) else { return };
                for line in room.modes().lines(session, room.name(), settings) {
                    link.ask(Some(*buffer), line, turn);
                }
            }
            Intent::SetRank { buffer, nick, rank, is_given } => {
                let mut modes = session.member_modes().iter();
                if let Some(mode) = modes.find(|mode| Rank::of_sign(mode.sign) == *rank) {
                    let step = ModeStep { is_set: *is_given, letter: mode.letter, param: nick };
                    self.change_mode(*buffer, &step, turn);
                }
            }
            Intent::AskLists { buffer } => self.ask_lists(*buffer, turn),
            Intent::AddMask { buffer, list, who, by } => {
                let Some((letter, prefix)) = session.list_letter(*list) else { return };
                match buffers.mask(session, who.trim(), *by) {
                    Some(mask) => {
                        let step = ModeStep { is_set: true, letter, param: &format!("{prefix}{mask}") };
                        self.change_mode(*buffer, &step, turn);
                    }
                    None => turn.complain(Some(*buffer), Problem::new(ProblemKind::NoSuchPerson, who, "")),
                }
            }
            Intent::RemoveMask { buffer, list, mask } => {
                let Some((letter, prefix)) = session.list_letter(*list) else { return };
                let step = ModeStep { is_set: false, letter, param: &format!("{prefix}{mask}") };
                self.change_mode(*buffer, &step, turn);
            }
            _ => {}
        }
    }

    fn change_mode(&self, id: BufferId, step: &ModeStep<'_>, turn: &mut Turn<'_>) {
        let Some(room) = self.buffers.get(id).filter(|buffer| buffer.is_room()) else { return };
        let sign = if step.is_set { '+' } else { '-' };
        let line = Line::bare("MODE").param(room.name()).param(format!("{sign}{}", step.letter));
        self.link.ask(Some(id), line.param(step.param), turn);
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
