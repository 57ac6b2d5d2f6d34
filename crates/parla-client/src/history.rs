//! Earlier messages: what is asked of the server or the archive, and where the answer goes.
//!
//! One question a conversation at a time, and few at once; the others wait. What may be missing is known until it was fetched
//! or is said by a row of its own. <https://ircv3.net/specs/extensions/chathistory>

mod archive;
pub(crate) mod bouncer;

use std::{collections::VecDeque, sync::Arc};

use parla_proto::{Capabilities, FailCode, Line, Timestamp};

use crate::{
    buffer::Missed,
    client::{Client, Turn},
    limits::{HISTORY_OPEN_MAX, HISTORY_PAGE, HISTORY_WITHIN},
    outbox::{self, Known},
    receive::said::Heard,
    sorted_map::SortedMap,
    timeline::{Anchor, Mark, Spot, Timeline},
    view::{BufferId, BufferKind, Content, Earlier, Gap, GapState, Row, RowId},
};

/// Pages that are fetched in a row to close a gap; for more the person is asked.
const PAGES_IN_A_ROW: u32 = 4;

use self::bouncer::Played;

pub(crate) use self::{archive::recalled, bouncer::Came};

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
    /// It begins where the person has read to: what comes was not read.
    is_from_read: bool,
}

/// The parts of one page of history.
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
    fn get(&self, id: BufferId, label: Option<&str>) -> Option<&Request> {
        let request = self.open.get(&id)?;
        let is_other = label.is_some_and(|label| request.label.as_deref() != Some(label));
        if is_other { None } else { Some(request) }
    }

    fn take(&mut self, id: BufferId, label: Option<&str>) -> Option<Request> {
        self.get(id, label)?;
        self.open.remove(&id)
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
pub(crate) fn joined(client: &mut Client, id: BufferId, came: Came) {
    let has_history = client.session.has_history();
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    if has_history {
        if buffer.earlier != Earlier::None || buffer.timeline.newest().is_none() {
            buffer.earlier = Earlier::Possible;
        }
        // If the connection breaks before the answer, what is said until then does not hide what was missed.
        let purpose = match buffer.miss().clone() {
            Missed::Since(from) => {
                let read = buffer.read.as_ref().and_then(|read| read.msgid.as_ref());
                let is_from_read = read.is_some() && read == from.msgid.as_ref();
                Purpose::Missing(Missing { from, to: None, row: None, pages: 0, is_from_read })
            }
            Missed::Nothing | Missed::All => Purpose::Latest,
        };
        return want(client, id, purpose);
    }
    let is_kept = client.settings.archive.keeps(buffer.kind);
    buffer.earlier = if is_kept { Earlier::Possible } else { Earlier::Unavailable };
    let missed = std::mem::take(&mut buffer.missed);
    buffer.played = None;
    if let (Missed::Since(since), Came::ToBouncer) = (&missed, came) {
        buffer.played = Some(Played::nothing_since(since.at));
    } else if let Missed::Since(since) = missed {
        let to = buffer.joined_at.unwrap_or(since.at);
        add_gap(client, (id, Spot::Seam), Gap { from: Some(since.at), to, state: GapState::Lost });
    } else {
        buffer.end_first_visit();
    }
    outbox::settle(client, id, &Known::Nothing);
}

/// Asks again what was said behind this one. False if nobody can be asked.
pub(crate) fn look_up(client: &mut Client, id: BufferId, from: Anchor) -> bool {
    let can = can_ask(client, id);
    if can {
        let missing = Missing { from, to: None, row: None, pages: 0, is_from_read: false };
        want(client, id, Purpose::Missing(missing));
    }
    can
}

/// The person wants what came before.
pub(crate) fn load_earlier(client: &mut Client, id: BufferId, turn: &mut Turn<'_>) {
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    if buffer.earlier != Earlier::Possible {
        return;
    }
    if client.settings.archive.keeps(buffer.kind) {
        buffer.earlier = Earlier::Loading;
        client.changes.buffer(id);
        return archive::recall(client, id, turn);
    }
    if !can_ask(client, id) {
        return;
    }
    // What is missing before the first message comes first.
    match first_gap(client, id) {
        Some((row, GapState::Loadable)) => load_gap(client, id, row),
        Some((_, GapState::Loading)) => {}
        Some((_, GapState::Lost)) | None => want(client, id, Purpose::Earlier),
    }
}

/// A gap before all messages.
fn first_gap(client: &Client, id: BufferId) -> Option<(RowId, GapState)> {
    let rows = client.buffers.get(id)?.timeline.rows();
    let mut before = rows.take_while(|row| !matches!(row.content, Content::Said(_)));
    before.find_map(|row| match row.content {
        Content::Gap(gap) => Some((row.id, gap.state)),
        _ => None,
    })
}

/// The person wants a gap closed.
pub(crate) fn load_gap(client: &mut Client, id: BufferId, row: RowId) {
    let Some(buffer) = client.buffers.get(id).filter(|_| can_ask(client, id)) else { return };
    let Some(Content::Gap(Gap { state: GapState::Loadable, .. })) =
        buffer.timeline.row(row).map(|row| &row.content)
    else {
        return;
    };
    let (before, to) = buffer.timeline.around(row);
    let is_from_read = before.is_none();
    if let Some(from) = before.or_else(|| buffer.read_anchor()) {
        let missing = Missing { from, to, row: Some(row), pages: 0, is_from_read };
        want(client, id, Purpose::Missing(missing));
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
    let limit = match (&purpose, client.session.history_max) {
        // Whether there is any more at all.
        (Purpose::Missing(missing), _) if missing.pages >= PAGES_IN_A_ROW => 1,
        (_, 0) => HISTORY_PAGE,
        (_, max) => max.min(HISTORY_PAGE),
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

/// Where a page belongs of which no message is known. One that nobody has asked for, or no longer, has only its time.
pub(crate) fn wished_spot(
    client: &Client,
    id: BufferId,
    (label, first): (Option<&str>, Option<Timestamp>),
) -> Spot {
    let timeline = client.buffers.get(id).map(|buffer| &buffer.timeline);
    match client.requests.get(id, label).map(|request| &request.purpose) {
        Some(Purpose::Earlier) => Spot::Start,
        Some(Purpose::Missing(Missing { row: Some(row), .. })) => Spot::Behind(*row),
        Some(Purpose::Missing(Missing { to: Some(Anchor { row: Some(row), .. }), .. })) => Spot::Before(*row),
        Some(Purpose::Latest | Purpose::Missing(_)) => Spot::Seam,
        None => match (timeline.and_then(Timeline::oldest), first) {
            (Some(oldest), Some(first)) if first < oldest.at => Spot::Start,
            _ => Spot::Seam,
        },
    }
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
            client.changes.memory |= buffer.end_first_visit();
            let oldest = page.heard.first().map(Heard::anchor);
            let known = match oldest.filter(|_| page.lines >= request.limit) {
                Some(oldest) => {
                    gap_before(client, id, page.heard);
                    Known::Since(oldest)
                }
                None => Known::All,
            };
            outbox::settle(client, id, &known);
        }
        Purpose::Missing(missing) => fetched(client, id, missing, (request.limit, page)),
    }
}

/// The latest page may not reach back to what is known of an earlier connection, or to where the person has read.
fn gap_before(client: &mut Client, id: BufferId, page: &[Heard]) {
    let Some(buffer) = client.buffers.get(id) else { return };
    let Some(first) = page.first() else { return };
    let Some(row) = first.row else { return };
    let read = buffer
        .read_anchor()
        .filter(|read| buffer.timeline.read().is_none() && (read.msgid.is_some() || first.at > read.at));
    if let Some(from) = read {
        let gap = Gap { from: Some(from.at), to: first.at, state: GapState::Loading };
        let row = add_gap(client, (id, Spot::Before(row)), gap);
        let to = Some(first.anchor());
        return want(client, id, Purpose::Missing(Missing { from, to, row, pages: 0, is_from_read: true }));
    }
    let known = buffer.timeline.rows().take_while(|known| known.id != row).last().map(|row| row.at);
    if known.is_some() {
        let gap = Gap { from: known, to: first.at, state: GapState::Loadable };
        add_gap(client, (id, Spot::Before(row)), gap);
    }
}

/// A page of what was missed. Servers that leave lines out of a page do not say so, so only an empty one is the last; of
/// those that are asked by time, one without news.
fn fetched(client: &mut Client, id: BufferId, missing: Missing, (limit, page): (usize, &Page<'_>)) {
    let Some(oldest) = page.heard.first().map(Heard::anchor) else {
        return caught_up(client, id, &missing);
    };
    let is_by_time = missing.from.msgid.is_none() || !client.session.finds_by_msgid;
    if is_by_time && page.heard.iter().all(|heard| !heard.is_new) {
        return caught_up(client, id, &missing);
    }
    let is_stuck = missing.to.as_ref().is_some_and(|to| (&to.msgid, to.at) == (&oldest.msgid, oldest.at));
    let is_last = missing.pages >= PAGES_IN_A_ROW || is_stuck;
    let mut row = missing.row;
    if row.is_none() && (is_last || page.lines >= limit) {
        let gap = Gap { from: Some(missing.from.at), to: oldest.at, state: GapState::Loading };
        let spot = oldest.row.map_or(Spot::Seam, Spot::Before);
        row = add_gap(client, (id, spot), gap);
    }
    if let (Some(row), Some(buffer)) = (row, client.buffers.get_mut(id)) {
        buffer.timeline.update(row, |row| {
            if let Content::Gap(gap) = &mut row.content {
                gap.to = oldest.at;
            }
        });
        // The row says it from now on.
        buffer.missed = Missed::Nothing;
        if missing.is_from_read && !is_by_time && buffer.timeline.read().is_none() {
            buffer.read_to(Mark::Before(row));
        }
    }
    if !is_last {
        let missing = Missing { to: Some(oldest), row, pages: missing.pages + 1, ..missing };
        return want(client, id, Purpose::Missing(missing));
    }
    if let (Some(row), Some(buffer)) = (row, client.buffers.get_mut(id)) {
        set_gap(buffer, row, GapState::Loadable);
    }
    outbox::settle(client, id, &Known::Nothing);
}

fn caught_up(client: &mut Client, id: BufferId, missing: &Missing) {
    if let Some(buffer) = client.buffers.get_mut(id) {
        buffer.missed = Missed::Nothing;
        let is_by_msgid = missing.from.msgid.is_some() && client.session.finds_by_msgid;
        let first = missing.row.or_else(|| buffer.timeline.rows().next().map(|row| row.id));
        if let Some(first) = first.filter(|_| missing.is_from_read && is_by_msgid)
            && buffer.timeline.read().is_none()
        {
            buffer.read_to(Mark::Before(first));
        }
        if let Some(row) = missing.row {
            buffer.timeline.remove(row);
        }
        client.changes.buffer(id);
    }
    outbox::settle(client, id, &Known::Since(missing.from.clone()));
    // After a start only what was said since the last message of one's own was looked up; there is more to read.
    if client.buffers.get(id).is_some_and(|buffer| buffer.timeline.newest().is_none()) {
        want(client, id, Purpose::Latest);
    }
}

/// The server will not answer, and says why.
pub(crate) fn refused(client: &mut Client, id: BufferId, code: Option<FailCode>) {
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
        (Purpose::Earlier, Some(timeline))
            if matches!(code, Some(FailCode::InvalidParams | FailCode::InvalidMsgrefType)) =>
        {
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
        Purpose::Latest => {
            buffer.missed = Missed::Nothing;
            buffer.is_first_visit = false;
        }
        Purpose::Missing(Missing { row: Some(row), .. }) => set_gap(buffer, row, GapState::Loadable),
        Purpose::Missing(Missing { from, to, .. }) => {
            let spot = to.as_ref().and_then(|to| to.row).map_or(Spot::Seam, Spot::Before);
            let to = to.map(|to| to.at).or(buffer.joined_at).unwrap_or(from.at);
            buffer.missed = Missed::Nothing;
            add_gap(client, (id, spot), Gap { from: Some(from.at), to, state: GapState::Loadable });
        }
    }
    outbox::settle(client, id, &Known::Nothing);
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

/// Puts a gap in its place.
fn add_gap(client: &mut Client, (id, spot): (BufferId, Spot), gap: Gap) -> Option<RowId> {
    let row = client.buffers.row_id();
    let buffer = client.buffers.get_mut(id)?;
    let at = gap.from.unwrap_or(gap.to);
    buffer.timeline.insert_at(spot, Row { id: row, at, content: Content::Gap(gap) }, None);
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
