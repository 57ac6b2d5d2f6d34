//! Earlier messages: what is asked of the server or the archive, and where the answer goes.
//!
//! One question a conversation at a time, and few at once; the others wait. What may be missing is known until it was fetched
//! or is said by a row of its own. <https://ircv3.net/specs/extensions/chathistory>

use std::{collections::VecDeque, sync::Arc};

use parla_proto::{Capabilities, Line, Timestamp};

use crate::{
    buffer::Missed,
    client::{Client, Turn},
    contract::{Kept, Output},
    limits::{HISTORY_OPEN_MAX, HISTORY_PAGE, HISTORY_WITHIN},
    outbox::{self, Known},
    receive::said::{self, Heard},
    sorted_map::SortedMap,
    timeline::Anchor,
    view::{BufferId, BufferKind, Content, Earlier, Gap, GapState, Row, RowId},
};

/// Pages that are fetched in a row to close a gap; for more the person is asked.
const PAGES_IN_A_ROW: u32 = 4;

/// What was asked and not answered yet, and what will be asked.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    open: SortedMap<BufferId, Request>,
    waiting: VecDeque<(BufferId, Purpose)>,
}

#[derive(Clone, Debug)]
struct Request {
    purpose: Purpose,
    until: Timestamp,
    limit: usize,
    label: Option<String>,
}

/// Why a page is asked for.
#[derive(Clone, Debug)]
enum Purpose {
    /// A conversation of which nothing is known.
    Latest,
    /// What came before the oldest that is known.
    Earlier,
    /// What came in between.
    Missing(Missing),
}

/// Messages that were missed: from the newest to the oldest, page by page.
#[derive(Clone, Debug)]
struct Missing {
    /// Behind this one.
    from: Anchor,
    /// Before this one; none: up to now.
    to: Option<Anchor>,
    /// The row that says so, if there is one.
    row: Option<RowId>,
    /// So many pages have come in already.
    pages: u32,
}

/// What of a page of history is whose.
pub(crate) struct Page<'a> {
    pub(crate) heard: &'a [Heard],
    /// All that came in it, messages or not.
    pub(crate) lines: usize,
    pub(crate) label: Option<&'a str>,
}

impl Requests {
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.open.values().map(|request| request.until).min()
    }

    /// Whether what comes for this conversation may tell what became of messages that were on their way.
    pub(crate) fn may_confirm(&self, buffer: BufferId) -> bool {
        self.open.get(&buffer).is_some_and(|request| !matches!(request.purpose, Purpose::Earlier))
    }

    /// Whether the page that comes may begin long before what one has said oneself.
    pub(crate) fn is_open_ended(&self, buffer: BufferId) -> bool {
        self.open.get(&buffer).is_some_and(|request| matches!(request.purpose, Purpose::Latest))
    }

    /// The conversation whose question has this label.
    pub(crate) fn labelled(&self, label: &str) -> Option<BufferId> {
        self.open.iter().find(|(_, request)| request.label.as_deref() == Some(label)).map(|(id, _)| *id)
    }

    /// The conversation whose question is the oldest.
    pub(crate) fn oldest(&self) -> Option<BufferId> {
        self.open.iter().min_by_key(|(_, request)| request.until).map(|(id, _)| *id)
    }

    /// The question that a page answers. A label tells a late answer from the one that is waited for.
    fn take(&mut self, id: BufferId, label: Option<&str>) -> Option<Request> {
        let request = self.open.get(&id)?;
        let is_other = label.is_some_and(|label| request.label.as_deref() != Some(label));
        if is_other { None } else { self.open.remove(&id) }
    }
}

/// No answer will come any more. All can be asked again.
pub(crate) fn connection_lost(client: &mut Client) {
    let requests = std::mem::take(&mut client.requests);
    let open = requests.open.into_iter().map(|(id, request)| (id, request.purpose));
    for (id, purpose) in open.chain(requests.waiting) {
        let Some(buffer) = client.buffers.get_mut(id) else { continue };
        if let Purpose::Missing(Missing { row: Some(row), .. }) = purpose {
            set_gap(buffer, row, GapState::Loadable);
        }
    }
    for buffer in client.buffers.iter_mut() {
        if buffer.earlier == Earlier::Loading {
            buffer.earlier = Earlier::Possible;
        }
    }
}

/// The person is in the room now: fetches what he missed.
pub(crate) fn joined(client: &mut Client, id: BufferId, at: Timestamp) {
    let has_history = client.session.has_history();
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    if has_history {
        if buffer.earlier != Earlier::None || buffer.timeline.newest().is_none() {
            buffer.earlier = Earlier::Possible;
        }
        // If the connection breaks before the answer, what is said until then does not hide what was missed.
        let purpose = match buffer.miss().clone() {
            Missed::Since(from) => Purpose::Missing(Missing { from, to: None, row: None, pages: 0 }),
            Missed::Nothing | Missed::All => Purpose::Latest,
        };
        return want(client, id, purpose);
    }
    let is_kept = client.settings.archive.keeps(buffer.kind);
    buffer.earlier = if is_kept { Earlier::Possible } else { Earlier::Unavailable };
    if let Missed::Since(since) = std::mem::take(&mut buffer.missed) {
        add_gap(client, id, Gap { from: Some(since.at), to: at, state: GapState::Lost });
    }
    outbox::settle(client, id, Known::Nothing);
}

/// The person wants what came before.
pub(crate) fn load_earlier(client: &mut Client, id: BufferId, turn: &mut Turn<'_>) {
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    if buffer.earlier != Earlier::Possible {
        return;
    }
    if client.settings.archive.keeps(buffer.kind) {
        let before = buffer.timeline.rows().next().map_or(turn.now, |row| row.at);
        buffer.earlier = Earlier::Loading;
        client.changes.buffer(id);
        let (kind, name) = (buffer.kind, Arc::clone(&buffer.name));
        return turn.outputs.push(Output::Recall { kind, name, before, limit: HISTORY_PAGE });
    }
    if can_ask(client, id) {
        want(client, id, Purpose::Earlier);
    }
}

/// The person wants a gap closed.
pub(crate) fn load_gap(client: &mut Client, id: BufferId, row: RowId) {
    let Some(buffer) = client.buffers.get(id).filter(|_| can_ask(client, id)) else { return };
    let is_loadable = |row: &Row| matches!(row.content, Content::Gap(gap) if gap.state == GapState::Loadable);
    if !buffer.timeline.rows().any(|known| known.id == row && is_loadable(known)) {
        return;
    }
    if let (Some(from), to) = buffer.timeline.around(row) {
        want(client, id, Purpose::Missing(Missing { from, to, row: Some(row), pages: 0 }));
    }
}

/// Whether the server can be asked for the messages of this conversation.
fn can_ask(client: &Client, id: BufferId) -> bool {
    let buffer = client.buffers.get(id);
    let is_there = buffer.is_some_and(|buffer| buffer.kind == BufferKind::Room && buffer.is_present());
    is_there && client.link.is_online() && client.session.has_history()
}

/// Asks as soon as it is this question's turn.
fn want(client: &mut Client, id: BufferId, purpose: Purpose) {
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    match purpose {
        Purpose::Earlier => buffer.earlier = Earlier::Loading,
        Purpose::Missing(Missing { row: Some(row), .. }) => set_gap(buffer, row, GapState::Loading),
        Purpose::Latest | Purpose::Missing(_) => {}
    }
    client.requests.waiting.push_back((id, purpose));
    client.changes.buffer(id);
}

/// Asks what waits to be asked.
pub(crate) fn ask_next(client: &mut Client, turn: &mut Turn<'_>) {
    let mut held = VecDeque::new();
    while client.requests.open.len() < HISTORY_OPEN_MAX
        && let Some((id, purpose)) = client.requests.waiting.pop_front()
    {
        if client.requests.open.contains_key(&id) {
            held.push_back((id, purpose));
        } else if client.buffers.get(id).is_some() {
            ask(client, id, purpose, turn);
        }
    }
    held.append(&mut client.requests.waiting);
    client.requests.waiting = held;
}

fn ask(client: &mut Client, id: BufferId, purpose: Purpose, turn: &mut Turn<'_>) {
    let Some(buffer) = client.buffers.get(id) else { return };
    let limit = match client.session.history_max {
        0 => HISTORY_PAGE,
        max => max.min(HISTORY_PAGE),
    };
    let by_id = client.session.finds_by_msgid;
    let (name, oldest) = (Arc::clone(&buffer.name), buffer.timeline.oldest());
    let label = client.session.has(Capabilities::LABELED_RESPONSE).then(|| client.session.label());
    let line = match &label {
        Some(label) => Line::tagged(&format!("label={label}")),
        None => Line::tagged(""),
    };
    let line = line.command("CHATHISTORY");
    let line = match (&purpose, oldest) {
        (Purpose::Earlier, Some(oldest)) => line.param("BEFORE").param(name).param(oldest.before(by_id)),
        (Purpose::Latest | Purpose::Earlier, _) => line.param("LATEST").param(name).param("*"),
        (Purpose::Missing(Missing { from, to: None, .. }), _) => {
            line.param("LATEST").param(name).param(from.after(by_id))
        }
        (Purpose::Missing(Missing { from, to: Some(to), .. }), _) => {
            line.param("BETWEEN").param(name).param(to.before(by_id)).param(from.after(by_id))
        }
    };
    turn.send(line.param(limit));
    let request = Request { purpose, until: turn.now + HISTORY_WITHIN, limit, label };
    client.requests.open.insert(id, request);
}

/// The row behind which the page that is waited for begins, if there is one.
pub(crate) fn row_before(client: &Client, id: BufferId) -> Option<RowId> {
    let request = client.requests.open.get(&id)?;
    let Purpose::Missing(missing) = &request.purpose else { return None };
    client.buffers.get(id)?.timeline.row_of(missing.from.msgid.as_deref()?)
}

/// A page has come in, and its messages are in their places.
pub(crate) fn answered(client: &mut Client, id: BufferId, page: &Page<'_>) {
    let Some(request) = client.requests.take(id, page.label) else { return };
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    client.changes.buffer(id);
    match request.purpose {
        Purpose::Earlier => {
            let is_new = page.heard.iter().any(|heard| heard.is_new);
            buffer.earlier = if is_new { Earlier::Possible } else { Earlier::None };
        }
        Purpose::Latest => {
            buffer.earlier = if page.heard.is_empty() { Earlier::None } else { Earlier::Possible };
            buffer.missed = Missed::Nothing;
            let oldest = page.heard.iter().map(|heard| heard.at).min();
            let known = match oldest.filter(|_| page.lines >= request.limit) {
                Some(oldest) => {
                    gap_before(client, id, page.heard);
                    Known::Since(oldest)
                }
                None => Known::All,
            };
            outbox::settle(client, id, known);
        }
        Purpose::Missing(missing) => fetched(client, id, missing, (request.limit, page)),
    }
}

/// What was said since an earlier connection may reach back farther than a page.
fn gap_before(client: &mut Client, id: BufferId, page: &[Heard]) {
    let Some(buffer) = client.buffers.get(id) else { return };
    let Some(to) = page.iter().map(|heard| heard.at).min() else { return };
    let known = buffer.timeline.rows().rev().find(|row| row.at < to).map(|row| row.at);
    if known.is_some() {
        add_gap(client, id, Gap { from: known, to, state: GapState::Loadable });
    }
}

/// A page of what was missed. Servers that leave lines out of a page do not say so, so only an empty one is the last; of
/// those that are asked by time, one without news.
fn fetched(client: &mut Client, id: BufferId, missing: Missing, (limit, page): (usize, &Page<'_>)) {
    let Some(oldest) = page.heard.iter().min_by_key(|heard| heard.at).map(Heard::anchor) else {
        return caught_up(client, id, (missing.from.at, missing.row));
    };
    let is_by_time = missing.from.msgid.is_none() || !client.session.finds_by_msgid;
    if is_by_time && page.heard.iter().all(|heard| !heard.is_new) {
        return caught_up(client, id, (missing.from.at, missing.row));
    }
    let is_stuck = missing.to.as_ref() == Some(&oldest);
    let is_last = missing.pages + 1 >= PAGES_IN_A_ROW || is_stuck;
    let mut row = missing.row;
    if row.is_none() && (is_last || page.lines >= limit) {
        let gap = Gap { from: Some(missing.from.at), to: oldest.at, state: GapState::Loading };
        row = add_gap(client, id, gap);
    }
    if let (Some(row), Some(buffer)) = (row, client.buffers.get_mut(id)) {
        buffer.timeline.update(row, |row| {
            if let Content::Gap(gap) = &mut row.content {
                gap.to = oldest.at;
            }
        });
        // The row says it from now on.
        buffer.missed = Missed::Nothing;
    }
    if !is_last {
        let missing = Missing { to: Some(oldest), row, pages: missing.pages + 1, ..missing };
        return want(client, id, Purpose::Missing(missing));
    }
    if let (Some(row), Some(buffer)) = (row, client.buffers.get_mut(id)) {
        set_gap(buffer, row, GapState::Loadable);
    }
    outbox::settle(client, id, Known::Nothing);
}

fn caught_up(client: &mut Client, id: BufferId, (since, row): (Timestamp, Option<RowId>)) {
    if let Some(buffer) = client.buffers.get_mut(id) {
        buffer.missed = Missed::Nothing;
        if let Some(row) = row {
            buffer.timeline.remove(row);
        }
        client.changes.buffer(id);
    }
    outbox::settle(client, id, Known::Since(since));
    // After a start only what was said since the last message of one's own was looked up; there is more to read.
    if client.buffers.get(id).is_some_and(|buffer| buffer.timeline.newest().is_none()) {
        want(client, id, Purpose::Latest);
    }
}

/// The server will not answer, and says why.
pub(crate) fn refused(client: &mut Client, id: BufferId, code: &str) {
    let Some(request) = client.requests.open.remove(&id) else { return };
    // A message that was forgotten there still has its time.
    let by_time = |anchor: Anchor| Anchor { msgid: None, ..anchor };
    let timeline = client.buffers.get_mut(id).map(|buffer| &mut buffer.timeline);
    match (&request.purpose, timeline) {
        _ if !client.session.finds_by_msgid => {}
        (Purpose::Missing(missing), Some(timeline)) if missing.pages == 0 && missing.from.msgid.is_some() => {
            timeline.forget_msgids(&missing.from);
            let (from, to) = (by_time(missing.from.clone()), missing.to.clone().map(by_time));
            return want(client, id, Purpose::Missing(Missing { from, to, ..missing.clone() }));
        }
        (Purpose::Earlier, Some(timeline)) if matches!(code, "INVALID_PARAMS" | "INVALID_MSGREFTYPE") => {
            if let Some(oldest) = timeline.oldest().filter(|oldest| oldest.msgid.is_some()) {
                timeline.forget_msgids(&oldest);
                return want(client, id, Purpose::Earlier);
            }
        }
        _ => {}
    }
    given_up(client, id, request.purpose);
}

/// There is no answer, and none is waited for any more.
fn given_up(client: &mut Client, id: BufferId, purpose: Purpose) {
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    client.changes.buffer(id);
    match purpose {
        Purpose::Earlier => {
            buffer.earlier = Earlier::Possible;
            return;
        }
        Purpose::Latest => buffer.missed = Missed::Nothing,
        Purpose::Missing(Missing { row: Some(row), .. }) => set_gap(buffer, row, GapState::Loadable),
        Purpose::Missing(Missing { from, to, .. }) => {
            let to = to.map(|to| to.at).or(buffer.joined_at).unwrap_or(from.at);
            buffer.missed = Missed::Nothing;
            add_gap(client, id, Gap { from: Some(from.at), to, state: GapState::Loadable });
        }
    }
    outbox::settle(client, id, Known::Nothing);
}

/// Gives up what took too long.
pub(crate) fn give_up_late(client: &mut Client, turn: &Turn<'_>) {
    let late = client.requests.open.iter().filter(|(_, request)| request.until <= turn.now);
    let late: Vec<BufferId> = late.map(|(id, _)| *id).collect();
    for id in late {
        if let Some(request) = client.requests.open.remove(&id) {
            given_up(client, id, request.purpose);
        }
    }
}

/// The archive's answer, or what it gave before the start. Behind the archive's beginning the server may know more.
pub(crate) fn recalled(
    client: &mut Client,
    (kind, name): (BufferKind, &str),
    (messages, more): (&[Kept], bool),
) {
    let id = match kind {
        BufferKind::Room => client.buffers.room(&client.session, name),
        BufferKind::Direct => client.buffers.direct(&client.session, name),
        BufferKind::Server => None,
    };
    let Some(id) = id else { return };
    let mut before = None;
    for kept in messages {
        before = said::restore(client, (id, before), kept).or(before);
    }
    client.changes.buffer(id);
    let is_end = messages.is_empty() && !more;
    if is_end && can_ask(client, id) {
        return want(client, id, Purpose::Earlier);
    }
    let is_all = is_end && (kind == BufferKind::Direct || client.link.is_online());
    if let Some(buffer) = client.buffers.get_mut(id) {
        buffer.earlier = if is_all { Earlier::None } else { Earlier::Possible };
    }
}

/// Puts a gap behind the newest row of its beginning.
fn add_gap(client: &mut Client, id: BufferId, gap: Gap) -> Option<RowId> {
    let row = client.buffers.row_id();
    let buffer = client.buffers.get_mut(id)?;
    let at = gap.from.unwrap_or(gap.to);
    buffer.timeline.insert(Row { id: row, at, content: Content::Gap(gap) }, None);
    client.changes.buffer(id);
    Some(row)
}

fn set_gap(buffer: &mut crate::buffer::Buffer, row: RowId, state: GapState) {
    buffer.timeline.update(row, |row| {
        if let Content::Gap(gap) = &mut row.content {
            gap.state = state;
        }
    });
}
