//! A message goes out: in one line, or in the lines of a batch.

use std::sync::Arc;

use parla_proto::{Capabilities, Line};

use super::{Outbox, Outgoing, Transit, Words};
use crate::{
    lines::{self, Piece},
    session::Session,
    state::State,
    text::{hue, shown_name},
    timeline::Anchor,
    turn::Turn,
    view::{Audience, Carries, Content, Delivery, Manner, RowId},
};

/// What one message may hold if it is said so.
pub(crate) fn carries(
    session: &Session,
    target: &str,
    (manner, audience): (Manner, Option<Audience>),
) -> Carries {
    let carries = session.carries(target);
    let around = if manner == Manner::Action { "\u{1}ACTION \u{1}".len() } else { 0 };
    let line_bytes = carries.line_bytes.saturating_sub(around + audience.map_or(0, |it| it.sign.len_utf8()));
    // An action is a request in one line.
    Carries { line_bytes, several: carries.several.filter(|_| manner != Manner::Action) }
}

impl Outbox {
    /// What was to be one message, and cannot be on this connection, becomes several. Says whether there was any.
    pub(super) fn break_up(&mut self, state: &mut State, ready: &[RowId], turn: &mut Turn<'_>) -> bool {
        let mut is_broken = false;
        for row in ready {
            let Some(index) = self.items.iter().position(|item| item.row == *row) else { continue };
            let Some(item) = self.items.get(index) else { continue };
            let Some(buffer) = state.buffers.get(item.buffer) else { continue };
            let carries = carries(&state.session, &buffer.name, (item.manner, item.audience));
            if lines::fits(&item.text, &carries) {
                continue;
            }
            let whole: Vec<String> = item.text.split('\n').map(str::to_owned).collect();
            let (to, manner, audience, written) = (item.buffer, item.manner, item.audience, item.at);
            self.remove(index);
            let mut rows = Vec::new();
            for (behind, text) in lines::messages(&whole, &carries).iter().enumerate() {
                let (outgoing, row) = self.made(state, to, (Words { manner, text, audience }, written));
                self.items.insert(index + behind, outgoing);
                rows.push(row);
            }
            self.renumber_from(index);
            if let Some(buffer) = state.buffers.get_mut(to) {
                buffer.timeline.replace_unconfirmed(*row, rows);
            }
            state.changes.buffer(to);
            is_broken = true;
        }
        if is_broken {
            // Before the first part is sent the whole is kept no more.
            self.store(&state.buffers, turn);
        }
        is_broken
    }

    /// Sends one message, with the number of the PING behind it if that is to confirm it.
    pub(super) fn send(
        &mut self,
        state: &mut State,
        (row, fence): (RowId, Option<u64>),
        turn: &mut Turn<'_>,
    ) {
        let label = state.session.has(Capabilities::LABELED_RESPONSE).then(|| state.session.label());
        let Some(item) = self.get_mut(row) else { return };
        let Some(buffer) = state.buffers.get_mut(item.buffer) else { return };
        let carries = carries(&state.session, &buffer.name, (item.manner, item.audience));
        let pieces = lines::pieces(&item.text, carries.line_bytes);
        let target = match item.audience {
            Some(audience) => format!("{}{}", audience.sign, buffer.name),
            None => buffer.name.to_string(),
        };
        let lines = match pieces.as_slice() {
            [] | [_] => vec![one_line(item, &target, label.as_deref())],
            _ => in_a_batch(item, (&target, &state.session.batch()), label.as_deref(), &pieces),
        };
        item.transit = Transit::Sent { label, fence };
        item.nick = Arc::clone(&state.session.nick);
        item.joined_at = buffer.joined_at;
        let came = buffer.joined_at.map(|at| Anchor { msgid: None, at, row: None });
        item.after = buffer.newest().or(item.after.take()).or(came);
        item.is_stored = true;
        let (id, item) = (item.buffer, item.clone());
        self.allowance = self.allowance.saturating_sub(1);
        let nick = &state.session.nick;
        buffer.timeline.update(row, |row| {
            if let Content::Said(said) = &mut row.content {
                let said = Arc::make_mut(said);
                (said.delivery, said.from, said.hue) = (Delivery::Sent, shown_name(nick), hue(nick));
            }
        });
        state.changes.buffer(id);
        // If the program ends now, it is known that this may have arrived.
        item.keep(&state.buffers, turn);
        lines.into_iter().for_each(|line| turn.send(line));
    }
}

fn labelled(label: Option<&str>) -> Line {
    label.map_or_else(|| Line::tagged(""), |label| Line::tagged(&format!("label={label}")))
}

const fn command(manner: Manner) -> &'static str {
    match manner {
        Manner::Notice => "NOTICE",
        Manner::Message | Manner::Action => "PRIVMSG",
    }
}

fn one_line(item: &Outgoing, target: &str, label: Option<&str>) -> Line {
    let line = labelled(label).command(command(item.manner)).param(target);
    match item.manner {
        Manner::Action => line.text(format_args!("\u{1}ACTION {}\u{1}", item.text)),
        Manner::Message | Manner::Notice => line.text(&item.text),
    }
}

fn in_a_batch(
    item: &Outgoing,
    (target, name): (&str, &str),
    label: Option<&str>,
    pieces: &[Piece<'_>],
) -> Vec<Line> {
    let opening = labelled(label).command("BATCH").param(format_args!("+{name}"));
    let mut lines = vec![opening.param("draft/multiline").param(target)];
    for piece in pieces {
        let concat = if piece.goes_on { ";draft/multiline-concat" } else { "" };
        let line = Line::tagged(&format!("batch={name}{concat}")).command(command(item.manner));
        lines.push(line.param(target).text(piece.text));
    }
    lines.push(Line::bare("BATCH").param(format_args!("-{name}")));
    lines
}
