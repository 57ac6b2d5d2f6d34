//! Sends a message: in one line, or in the lines of a batch.

use std::sync::Arc;

use parla_proto::{Capabilities, Line};

use super::{Made, MessageBody, Outbox, Outgoing, Transit};
use crate::{
    buffers::Buffers,
    lines::{self, Piece},
    session::Session,
    timeline::Anchor,
    turn::Turn,
    view::{Audience, Capacity, Delivery, Manner, RowId},
};

/// A message that is being sent, and the number of the PING after it if that will confirm it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Departure {
    pub(super) row: RowId,
    pub(super) fence: Option<u64>,
}

/// How much fits into one message that is sent in this manner.
pub(crate) fn capacity(
    session: &Session,
    target: &str,
    manner: Manner,
    audience: Option<Audience>,
) -> Capacity {
    let capacity = session.capacity(target);
    let around = if manner == Manner::Action { "\u{1}ACTION \u{1}".len() } else { 0 };
    let line_bytes = capacity.line_bytes.saturating_sub(around + audience.map_or(0, |it| it.sign.len_utf8()));
    // An action is a CTCP request, which is one line.
    Capacity { line_bytes, several: capacity.several.filter(|_| manner != Manner::Action) }
}

impl Outbox {
    /// Splits a text that cannot be one message on this connection into several. Returns whether there was
    /// any.
    pub(super) fn break_up(
        &mut self,
        buffers: &mut Buffers,
        session: &Session,
        ready: &[RowId],
        turn: &mut Turn<'_>,
    ) -> bool {
        let mut is_broken = false;
        for row in ready {
            let Some(index) = self.items.iter().position(|item| item.row == *row) else { continue };
            let Some(item) = self.items.get(index) else { continue };
            let Some(buffer) = buffers.get_mut(item.buffer) else { continue };
            let capacity = capacity(session, buffer.name(), item.manner, item.audience);
            if lines::fits(&item.text, &capacity) {
                continue;
            }
            let Some(whole) = self.remove(index) else { continue };
            let Outgoing { manner, audience, at, .. } = whole;
            let lines: Vec<String> = whole.text.split('\n').map(str::to_owned).collect();
            let mut rows = Vec::new();
            for (behind, text) in lines::messages(&lines, &capacity).iter().enumerate() {
                let Made { outgoing, row } =
                    self.made(buffer, session, MessageBody { manner, text, audience }, at);
                self.items.insert(index + behind, outgoing);
                rows.push(row);
            }
            self.renumber_from(index);
            buffer.timeline_mut().replace_unconfirmed(*row, rows);
            is_broken = true;
        }
        if is_broken {
            // The whole text is no longer stored before its first part is sent.
            self.store(buffers, turn);
        }
        is_broken
    }

    /// Sends one message.
    pub(super) fn send(
        &mut self,
        buffers: &mut Buffers,
        session: &mut Session,
        departure: Departure,
        turn: &mut Turn<'_>,
    ) {
        let Departure { row, fence } = departure;
        let label = session.has(Capabilities::LABELED_RESPONSE).then(|| session.label());
        let Some(item) = self.get_mut(row) else { return };
        let Some(buffer) = buffers.get_mut(item.buffer) else { return };
        let capacity = capacity(session, buffer.name(), item.manner, item.audience);
        let pieces = lines::pieces(&item.text, capacity.line_bytes);
        let target = match item.audience {
            Some(audience) => format!("{}{}", audience.sign, buffer.name()),
            None => buffer.name().to_string(),
        };
        let lines = match pieces.as_slice() {
            [] | [_] => vec![item.in_one_line(&target, label.as_deref())],
            _ => item.in_a_batch(&target, &session.batch(), label.as_deref(), &pieces),
        };
        item.transit = Transit::Sent { label, fence };
        item.nick = Arc::clone(session.nick());
        item.source = session.source().into();
        item.joined_at = buffer.joined_at();
        let came = item.joined_at.map(|at| Anchor { msgid: None, at, row: None });
        item.after = buffer.newest().or(item.after.take()).or(came);
        item.is_stored = true;
        buffer.timeline_mut().update_message(row, |message| {
            (message.delivery, message.author) = (Delivery::Sent, session.author());
        });
        // If the program ends now, the record says that this may have arrived.
        item.keep(buffer, turn);
        self.allowance = self.allowance.saturating_sub(1);
        lines.into_iter().for_each(|line| turn.send(line));
    }
}

impl Outgoing {
    const fn command(&self) -> &'static str {
        match self.manner {
            Manner::Notice => "NOTICE",
            Manner::Message | Manner::Action => "PRIVMSG",
        }
    }

    fn in_one_line(&self, target: &str, label: Option<&str>) -> Line {
        let line = labelled(label).command(self.command()).param(target);
        match self.manner {
            Manner::Action => line.text(format_args!("\u{1}ACTION {}\u{1}", self.text)),
            Manner::Message | Manner::Notice => line.text(&self.text),
        }
    }

    /// The lines of a batch with this reference.
    fn in_a_batch(&self, target: &str, name: &str, label: Option<&str>, pieces: &[Piece<'_>]) -> Vec<Line> {
        let opening = labelled(label).command("BATCH").param(format_args!("+{name}"));
        let mut lines = vec![opening.param("draft/multiline").param(target)];
        for piece in pieces {
            let concat = if piece.goes_on { ";draft/multiline-concat" } else { "" };
            let line = Line::tagged(&format!("batch={name}{concat}")).command(self.command());
            lines.push(line.param(target).text(piece.text));
        }
        lines.push(Line::bare("BATCH").param(format_args!("-{name}")));
        lines
    }
}

fn labelled(label: Option<&str>) -> Line {
    label.map_or_else(|| Line::tagged(""), |label| Line::tagged(&format!("label={label}")))
}
