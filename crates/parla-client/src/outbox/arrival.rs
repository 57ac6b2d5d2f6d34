//! A message has reached the server: the ways in which a server shows that, and what becomes of the message then.

use std::sync::Arc;

use parla_proto::Timestamp;

use super::{FENCE, Outbox, Outgoing, Transit};
use crate::{
    contract::Kept,
    state::State,
    text::{hue, shown_name},
    timeline::{Anchor, Spot},
    turn::Turn,
    view::{BufferId, BufferKind, Content, Delivery, RowId},
};

/// How the server has a message of one's own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival<'a> {
    pub(crate) spot: Spot,
    pub(crate) at: Timestamp,
    /// Its id and the nick under which it was said, if the server has shown it.
    pub(crate) msgid: Option<&'a str>,
    pub(crate) from: Option<&'a str>,
}

impl Arrival<'_> {
    /// It came at the end, and was not shown.
    const fn unseen(at: Timestamp) -> Self {
        Self { spot: Spot::End, at, msgid: None, from: None }
    }
}

impl Outbox {
    /// The server answered a PING: what was sent before it has been dealt with.
    pub(crate) fn passed_fence(&mut self, state: &mut State, token: &str, turn: &mut Turn<'_>) {
        let Some(passed) = token.strip_prefix(FENCE).and_then(|number| number.parse::<u64>().ok()) else {
            return;
        };
        let is_through = |item: &Outgoing| matches!(item.transit, Transit::Sent { fence: Some(fence), .. } if fence <= passed);
        let is_through = self.items.iter().filter(|item| is_through(item));
        let through: Vec<Outgoing> = is_through.cloned().collect();
        for item in through {
            self.forget(item.row);
            if self.confirm(state, (item.buffer, item.row), Arrival::unseen(turn.now)) {
                let now = turn.now;
                state.keep(|| kept(state, &item, now), turn);
            }
        }
    }

    /// The server has nothing to show of a message that it took.
    pub(crate) fn acknowledged(
        &mut self,
        state: &mut State,
        (label, at): (&str, Timestamp),
        turn: &mut Turn<'_>,
    ) {
        let Some(item) = self.items.iter().find(|item| item.has_label(label)).cloned() else { return };
        self.forget(item.row);
        if self.confirm(state, (item.buffer, item.row), Arrival::unseen(at)) {
            state.keep(|| kept(state, &item, at), turn);
        }
    }

    /// The server has the message: it takes its place among the others. False if it is there already.
    pub(crate) fn confirm(
        &mut self,
        state: &mut State,
        (id, row): (BufferId, RowId),
        arrival: Arrival<'_>,
    ) -> bool {
        let Arrival { spot, at, msgid, from } = arrival;
        let Some(buffer) = state.buffers.get_mut(id) else { return false };
        let Some(mut row) = buffer.timeline.take_unconfirmed(row) else { return false };
        row.at = at;
        let mut text = None;
        if let Content::Said(said) = &mut row.content {
            let said = Arc::make_mut(said);
            (said.delivery, said.msgid) = (Delivery::Done, msgid.map(Arc::from));
            // The nick may have changed on the way.
            if let Some(nick) = from {
                (said.from, said.hue) = (shown_name(nick), hue(nick));
            }
            text = Some(Arc::clone(&said.text.plain));
        }
        let is_new = buffer.timeline.insert_at(spot, row, msgid);
        if let Some(text) = text {
            let anchor = Anchor { msgid: msgid.map(Arc::from), at, row: None };
            self.stands_before_equals(id, &text, &anchor);
        }
        state.changes.buffer(id);
        state.came(id);
        is_new
    }
}

/// A message that nobody shows to its sender, as an archive keeps it.
fn kept(state: &State, item: &Outgoing, at: Timestamp) -> Kept {
    let buffer = state.buffers.get(item.buffer);
    let userhost = state.session.userhost.as_deref().map_or_else(String::new, |it| format!("!{it}"));
    Kept {
        kind: buffer.map_or(BufferKind::Server, |buffer| buffer.kind),
        buffer: buffer.map(|buffer| Arc::clone(&buffer.name)).unwrap_or_default(),
        msgid: None,
        at,
        source: format!("{}{userhost}", item.nick).into(),
        manner: item.manner,
        text: Arc::clone(&item.text),
        own: true,
        audience: item.audience,
    }
}
