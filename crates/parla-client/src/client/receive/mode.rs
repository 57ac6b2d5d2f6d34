//! MODE: the settings of a channel, and the ranks of its members.

use parla_proto::Numeric;

use crate::{
    buffer::Buffer,
    buffers::Buffers,
    incoming::Incoming,
    room_modes::{ReportedMask, whom},
    session::Session,
    settings::SETTINGS,
    survey::{Survey, SurveyStep},
    text::shown_name,
    turn::Turn,
    view::{BufferEvent, ModeChange, Rank},
};

/// One mode letter, and its parameter if it has one.
struct ModeStep<'a> {
    is_set: bool,
    letter: char,
    param: Option<&'a str>,
}

impl Buffers {
    /// MODE: the modes of a channel or of the person have changed.
    pub(super) fn mode(&mut self, session: &Session, incoming: &Incoming<'_>) {
        let params = incoming.message.params.as_slice();
        let Some(buffer) = self.room_mut(session, incoming.param(0)) else {
            // The person's own modes, as the server reports them.
            if session.is_own(incoming.param(0)) {
                self.note_server(session, incoming.at, None, &format!("MODE {}", params.join(" ")));
            }
            return;
        };
        let Some((letters, params)) = params.get(1..).and_then(|rest| rest.split_first()) else { return };
        let steps = session.mode_steps(letters, params);
        buffer.apply_modes(session, &steps, incoming);
        let changes = steps.iter().map(|step| session.mode_change(step)).collect();
        buffer.happened(incoming.at, BufferEvent::ModeSet { by: shown_name(incoming.from), changes });
    }

    /// RPL_CHANNELMODEIS: all modes of a channel except its lists.
    pub(super) fn modes_told(
        &mut self,
        session: &Session,
        survey: &mut Survey,
        incoming: &Incoming<'_>,
        turn: &mut Turn<'_>,
    ) {
        let Some(buffer) = self.room_mut(session, incoming.param(1)) else { return };
        let params = incoming.message.params.as_slice();
        let Some((letters, params)) = params.get(2..).and_then(|rest| rest.split_first()) else { return };
        buffer.modes_mut().begin_report();
        let steps = session.mode_steps(letters, params);
        buffer.apply_modes(session, &steps, incoming);
        survey.answered(buffer, SurveyStep::Modes, turn);
    }
}

/// A numeric about one of a channel's lists.
pub(super) struct ListNumeric {
    letter: char,
    line: ListLine,
}

enum ListLine {
    /// One entry: the mask is the parameter at this index, followed by who set it and when.
    Entry {
        mask_at: usize,
    },
    End,
}

impl ListNumeric {
    /// `None` if the numeric is about something else.
    pub(super) const fn of(numeric: Numeric) -> Option<Self> {
        const ENTRY: ListLine = ListLine::Entry { mask_at: 2 };
        let (letter, line) = match numeric {
            Numeric::InviteExceptionList => ('I', ENTRY),
            Numeric::EndOfInviteExceptionList => ('I', ListLine::End),
            Numeric::BanExceptionList => ('e', ENTRY),
            Numeric::EndOfBanExceptionList => ('e', ListLine::End),
            Numeric::BanList => ('b', ENTRY),
            Numeric::EndOfBanList => ('b', ListLine::End),
            // This one names its letter before the mask.
            Numeric::QuietList => ('q', ListLine::Entry { mask_at: 3 }),
            Numeric::EndOfQuietList => ('q', ListLine::End),
            _ => return None,
        };
        Some(Self { letter, line })
    }

    pub(super) fn receive(self, buffers: &mut Buffers, session: &Session, incoming: &Incoming<'_>) {
        let Some(buffer) = buffers.room_mut(session, incoming.param(1)) else { return };
        match self.line {
            ListLine::Entry { mask_at } => {
                let reported = ReportedMask {
                    mask: incoming.param(mask_at),
                    by: Some(incoming.param(mask_at + 1)).filter(|by| !by.is_empty()),
                    at: incoming.seconds(mask_at + 2),
                };
                buffer.modes_mut().add_to_list(session, self.letter, reported);
            }
            ListLine::End => buffer.modes_mut().complete_list(session, self.letter),
        }
    }
}

impl Session {
    /// The letters of a MODE, each with its parameter.
    fn mode_steps<'a>(&self, letters: &str, params: &[&'a str]) -> Vec<ModeStep<'a>> {
        let modes = self.modes();
        let mut params = params.iter().copied();
        let mut is_set = true;
        let mut steps = Vec::new();
        for letter in letters.chars() {
            match letter {
                '+' => is_set = true,
                '-' => is_set = false,
                letter => {
                    let takes = modes.lists.contains(letter)
                        || modes.always.contains(letter)
                        || (is_set && modes.when_set.contains(letter))
                        || self.sign_of(letter).is_some();
                    let param = if takes { params.next() } else { None };
                    steps.push(ModeStep { is_set, letter, param });
                }
            }
        }
        steps
    }

    /// What a step means to people.
    fn mode_change(&self, step: &ModeStep<'_>) -> ModeChange {
        let ModeStep { is_set, letter, param } = *step;
        let rank = self.sign_of(letter).map(Rank::of_sign).filter(|rank| *rank != Rank::Member);
        if let (Some(rank), Some(nick)) = (rank, param) {
            return ModeChange::Rank { who: shown_name(nick), rank, is_given: is_set };
        }
        if let Some((list, mask)) = param.and_then(|mask| self.list_of(letter, mask)) {
            return ModeChange::Listed { list, whom: whom(mask), is_added: is_set };
        }
        if let Some(setting) =
            SETTINGS.into_iter().find(|setting| self.modes().letter(*setting) == Some(letter))
        {
            let value = setting.has_value().then_some(param).flatten();
            return ModeChange::Setting(setting, is_set.then(|| shown_name(value.unwrap_or_default())));
        }
        let param = param.map_or_else(String::new, |param| format!(" {param}"));
        ModeChange::Other(shown_name(&format!("{}{letter}{param}", if is_set { '+' } else { '-' })))
    }
}

impl Buffer {
    /// Applies the modes to the channel.
    fn apply_modes(&mut self, session: &Session, steps: &[ModeStep<'_>], incoming: &Incoming<'_>) {
        for ModeStep { is_set, letter, param } in steps {
            if let Some(sign) = session.sign_of(*letter) {
                if let Some(nick) = param {
                    self.members_mut().set_prefix(session, nick, sign, *is_set);
                    self.note_inviters(session);
                }
                continue;
            }
            if session.modes().lists.contains(*letter) {
                match param {
                    Some(mask) if *is_set => {
                        let reported = ReportedMask { mask, by: Some(incoming.from), at: Some(incoming.at) };
                        self.modes_mut().add_to_list(session, *letter, reported);
                    }
                    Some(mask) => self.modes_mut().remove_from_list(session, *letter, mask),
                    None => {}
                }
                continue;
            }
            // Some servers do not reveal the key.
            if *letter == 'k' && !(*is_set && *param == Some("*")) {
                self.set_key(param.filter(|_| *is_set));
            }
            self.modes_mut().apply(*letter, is_set.then_some(*param));
        }
    }
}
