//! A message has reached the server: the ways in which a server shows that, and what becomes of the message then.

use std::sync::Arc;

use parla_proto::Timestamp;

use super::{FENCE, Outgoing, Transit};
use crate::{
    client::{Client, Turn},
    contract::Kept,
    receive,
    text::{hue, shown_name},
    timeline::{Anchor, Spot},
    view::{BufferId, BufferKind, Content, Delivery, RowId},
};

/// The server answered a PING: what was sent before it has been dealt with.
pub(crate) fn passed_fence(client: &mut Client, token: &str, turn: &mut Turn<'_>) {
    let Some(passed) = token.strip_prefix(FENCE).and_then(|number| number.parse::<u64>().ok()) else {
        return;
    };
    let is_through =
        |item: &Outgoing| matches!(item.transit, Transit::Sent { fence: Some(fence), .. } if fence <= passed);
    let is_through = client.outbox.items.iter().filter(|item| is_through(item));
    let through: Vec<Outgoing> = is_through.cloned().collect();
    for item in through {
        client.outbox.forget(item.row);
        if confirm(client, (item.buffer, item.row), Arrival::unseen(turn.now)) {
            let now = turn.now;
            receive::keep(client, || kept(client, &item, now), turn);
        }
    }
}

/// A message that nobody shows to its sender, as an archive keeps it.
fn kept(client: &Client, item: &Outgoing, at: Timestamp) -> Kept {
    let buffer = client.buffers.get(item.buffer);
    let userhost = client.session.userhost.as_deref().map_or_else(String::new, |it| format!("!{it}"));
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

/// The server has nothing to show of a message that it took.
pub(crate) fn acknowledged(client: &mut Client, label: &str, at: Timestamp, turn: &mut Turn<'_>) {
    let Some(item) = client.outbox.items.iter().find(|item| item.has_label(label)).cloned() else { return };
    client.outbox.forget(item.row);
    if confirm(client, (item.buffer, item.row), Arrival::unseen(at)) {
        receive::keep(client, || kept(client, &item, at), turn);
    }
}

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

/// The server has the message: it takes its place among the others. False if it is there already.
pub(crate) fn confirm(client: &mut Client, (id, row): (BufferId, RowId), arrival: Arrival<'_>) -> bool {
    let Arrival { spot, at, msgid, from } = arrival;
    let Some(buffer) = client.buffers.get_mut(id) else { return false };
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
        client.outbox.stands_before_equals(id, &text, &anchor);
    }
    client.changes.buffer(id);
    client.came(id);
    is_new
}
