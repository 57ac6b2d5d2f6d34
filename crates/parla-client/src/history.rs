//! Earlier messages: what is asked of the server or the archive, and where the answer goes.
//!
//! One question a conversation at a time. <https://ircv3.net/specs/extensions/chathistory>

use std::{collections::BTreeMap, sync::Arc};

use parla_proto::{Line, Timestamp};

use crate::{
    client::{Client, Turn},
    contract::{Kept, Output},
    limits::{HISTORY_PAGE, HISTORY_WITHIN},
    outbox,
    receive::said::{self, Heard},
    timeline::Anchor,
    view::{BufferId, BufferKind, Content, Earlier, Gap, GapState, Row, RowId},
};

/// Pages that are fetched by themselves to close a gap; for more the person is asked.
const PAGES_UNASKED: u32 = 4;

/// What was asked and not answered yet.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    open: BTreeMap<BufferId, Request>,
}

#[derive(Clone, Debug)]
struct Request {
    purpose: Purpose,
    until: Timestamp,
    limit: usize,
}

/// Why a page was asked for.
#[derive(Clone, Debug)]
pub(crate) enum Purpose {
    /// A conversation of which nothing is known.
    Latest,
    /// What came after the newest that is known.
    CatchUp,
    /// What came before the oldest that is known.
    Earlier,
    /// What is missing at this row; so many pages were asked for already.
    Gap { row: RowId, pages: u32 },
}

impl Requests {
    pub(crate) fn clear(&mut self) {
        self.open.clear();
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.open.values().map(|request| request.until).min()
    }

    /// Whether what comes for this conversation may tell what became of messages that were on their way.
    pub(crate) fn may_confirm(&self, buffer: BufferId) -> bool {
        self.open.get(&buffer).is_some_and(|request| !matches!(request.purpose, Purpose::Earlier))
    }
}

/// An answer that will not come any more can be asked for again.
pub(crate) const fn unasked(earlier: Earlier) -> Earlier {
    match earlier {
        Earlier::Loading => Earlier::Possible,
        other => other,
    }
}

/// The person is in the room now: fetches what he missed.
pub(crate) fn joined(client: &mut Client, id: BufferId, turn: &mut Turn<'_>) {
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    let newest = buffer.timeline.newest();
    let absent_since = buffer.absent_since.take();
    if client.session.has_history() {
        buffer.earlier = Earlier::Possible;
        let purpose = if newest.is_some() { Purpose::CatchUp } else { Purpose::Latest };
        return ask(client, id, purpose, turn);
    }
    if client.settings.archive {
        buffer.earlier = Earlier::Possible;
    } else {
        buffer.earlier = Earlier::Unavailable;
    }
    let from = newest.map(|anchor| anchor.at);
    if from.is_some() && absent_since.is_some() {
        let row = client.buffers.row_id();
        add_gap(client, id, row, Gap { from, to: turn.now, state: GapState::Lost });
    }
    outbox::settle(client, id, false);
}

/// The person wants what came before.
pub(crate) fn load_earlier(client: &mut Client, id: BufferId, turn: &mut Turn<'_>) {
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    if buffer.earlier != Earlier::Possible || client.requests.open.contains_key(&id) {
        return;
    }
    if client.settings.archive {
        let before = buffer.timeline.rows().next().map_or(turn.now, |row| row.at);
        buffer.earlier = Earlier::Loading;
        client.changes.buffer(id);
        let (kind, name) = (buffer.kind, Arc::clone(&buffer.name));
        return turn.outputs.push(Output::Recall { kind, name, before, limit: HISTORY_PAGE });
    }
    ask(client, id, Purpose::Earlier, turn);
}

/// The person wants a gap closed.
pub(crate) fn load_gap(client: &mut Client, id: BufferId, row: RowId, turn: &mut Turn<'_>) {
    if client.session.has_history() && !client.requests.open.contains_key(&id) {
        ask(client, id, Purpose::Gap { row, pages: 0 }, turn);
    }
}

fn ask(client: &mut Client, id: BufferId, purpose: Purpose, turn: &mut Turn<'_>) {
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    let limit = match client.session.history_max {
        0 => HISTORY_PAGE,
        max => max.min(HISTORY_PAGE),
    };
    let line = Line::bare("CHATHISTORY");
    let star = || "*".to_owned();
    let selector = |anchor: Option<Anchor>| anchor.map_or_else(star, |anchor| anchor.selector());
    let line = match &purpose {
        Purpose::Latest => line.param("LATEST").param(&buffer.name).param("*"),
        Purpose::CatchUp => {
            line.param("LATEST").param(&buffer.name).param(selector(buffer.timeline.newest()))
        }
        Purpose::Earlier => match buffer.timeline.oldest() {
            Some(oldest) => line.param("BEFORE").param(&buffer.name).param(oldest.selector()),
            None => line.param("LATEST").param(&buffer.name).param("*"),
        },
        Purpose::Gap { row, .. } => {
            let (Some(before), Some(after)) = buffer.timeline.around(*row) else { return };
            line.param("BETWEEN").param(&buffer.name).param(after.selector()).param(before.selector())
        }
    };
    match purpose {
        Purpose::Earlier => buffer.earlier = Earlier::Loading,
        Purpose::Gap { row, .. } => set_gap(buffer, row, GapState::Loading),
        Purpose::Latest | Purpose::CatchUp => {}
    }
    turn.send(line.param(limit));
    client.requests.open.insert(id, Request { purpose, until: turn.now + HISTORY_WITHIN, limit });
    client.changes.buffer(id);
}

/// A page has come in, and its messages are in their places.
pub(crate) fn answered(client: &mut Client, id: BufferId, heard: &[Heard], turn: &mut Turn<'_>) {
    let Some(request) = client.requests.open.remove(&id) else { return };
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    let is_full = heard.len() >= request.limit;
    client.changes.buffer(id);
    match request.purpose {
        Purpose::Latest | Purpose::Earlier => {
            buffer.earlier = if heard.is_empty() { Earlier::None } else { Earlier::Possible };
            outbox::settle(client, id, true);
        }
        Purpose::CatchUp if is_full => {
            let Some(first) = heard.iter().filter(|heard| heard.is_new).map(|heard| heard.at).min() else {
                return outbox::settle(client, id, true);
            };
            let from = newest_before(buffer, first);
            let row = client.buffers.row_id();
            add_gap(client, id, row, Gap { from, to: first, state: GapState::Loadable });
            ask(client, id, Purpose::Gap { row, pages: 1 }, turn);
        }
        Purpose::CatchUp => outbox::settle(client, id, true),
        Purpose::Gap { row, pages } => close_gap(client, id, (row, pages), (is_full, heard), turn),
    }
}

fn close_gap(
    client: &mut Client,
    id: BufferId,
    (row, pages): (RowId, u32),
    (is_full, heard): (bool, &[Heard]),
    turn: &mut Turn<'_>,
) {
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    let is_progress = heard.iter().any(|heard| heard.is_new);
    if !is_full || !is_progress {
        buffer.timeline.remove(row);
        return outbox::settle(client, id, true);
    }
    let first = heard.iter().map(|heard| heard.at).min();
    buffer.timeline.update(row, |row| {
        if let (Content::Gap(gap), Some(first)) = (&mut row.content, first) {
            gap.to = first;
            gap.state = GapState::Loadable;
        }
    });
    if pages > 0 && pages < PAGES_UNASKED {
        ask(client, id, Purpose::Gap { row, pages: pages + 1 }, turn);
    } else {
        outbox::settle(client, id, false);
    }
}

/// The server will not answer.
pub(crate) fn refused(client: &mut Client, id: BufferId) {
    let Some(request) = client.requests.open.remove(&id) else { return };
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    client.changes.buffer(id);
    match request.purpose {
        Purpose::Earlier => buffer.earlier = Earlier::Possible,
        Purpose::Gap { row, .. } => set_gap(buffer, row, GapState::Loadable),
        Purpose::Latest | Purpose::CatchUp => {}
    }
    outbox::settle(client, id, false);
}

/// Gives up what took too long.
pub(crate) fn give_up_late(client: &mut Client, turn: &mut Turn<'_>) {
    let late: Vec<BufferId> = client
        .requests
        .open
        .iter()
        .filter(|(_, request)| request.until <= turn.now)
        .map(|(id, _)| *id)
        .collect();
    for id in late {
        refused(client, id);
    }
}

/// The archive's answer, or what it gave before the start. Behind the archive's beginning the server may know more.
pub(crate) fn recalled(
    client: &mut Client,
    (kind, name): (BufferKind, &str),
    (messages, more): (&[Kept], bool),
    turn: &mut Turn<'_>,
) {
    let Some(id) = client.buffers.named(&client.session, name) else { return };
    if client.buffers.get(id).is_none_or(|buffer| buffer.kind != kind) {
        return;
    }
    for kept in messages {
        said::restore(client, id, kept);
    }
    let is_end = messages.is_empty() && !more;
    let can_ask = client.link.is_online() && client.session.has_history() && kind == BufferKind::Room;
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    buffer.earlier =
        if is_end && !can_ask && client.link.is_online() { Earlier::None } else { Earlier::Possible };
    client.changes.buffer(id);
    if is_end && can_ask && !client.requests.open.contains_key(&id) {
        ask(client, id, Purpose::Earlier, turn);
    }
}

fn newest_before(buffer: &crate::buffer::Buffer, at: Timestamp) -> Option<Timestamp> {
    buffer.timeline.rows().rev().map(|row| row.at).find(|known| *known < at)
}

/// Puts a gap behind the newest row of its beginning.
fn add_gap(client: &mut Client, id: BufferId, row: RowId, gap: Gap) {
    if let Some(buffer) = client.buffers.get_mut(id) {
        let at = gap.from.unwrap_or(gap.to);
        buffer.timeline.insert(Row { id: row, at, content: Content::Gap(gap) }, None);
        client.changes.buffer(id);
    }
}

fn set_gap(buffer: &mut crate::buffer::Buffer, row: RowId, state: GapState) {
    buffer.timeline.update(row, |row| {
        if let Content::Gap(gap) = &mut row.content {
            gap.state = state;
        }
    });
}
