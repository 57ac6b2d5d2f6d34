//! A page of history has come in, or will not: what is asked next, what is known now, and what is missing.

use std::sync::Arc;

use parla_proto::{FailCode, Timestamp};

use super::{History, Known, Missing, PAGES_IN_A_ROW, Purpose, set_gap};
use crate::{
    buffer::Missed,
    state::State,
    timeline::{Anchor, Mark, Spot},
    view::{BufferId, Content, Earlier, Gap, GapState, RowId},
};

/// A message of a page of history.
pub(crate) struct Heard {
    pub(crate) at: Timestamp,
    pub(crate) msgid: Option<Arc<str>>,
    /// Where it is.
    pub(crate) row: Option<RowId>,
    /// It was not known.
    pub(crate) is_new: bool,
}

impl Heard {
    pub(crate) fn anchor(&self) -> Anchor {
        Anchor { msgid: self.msgid.clone(), at: self.at, row: self.row }
    }
}

/// The parts of one page of history.
pub(crate) struct Page<'a> {
    pub(crate) heard: &'a [Heard],
    /// All that came in it, messages or not.
    pub(crate) lines: usize,
    pub(crate) label: Option<&'a str>,
}

impl History {
    /// A page has come in, and its messages are in their places. Gives what is known now of what was on its way; none if that
    /// is still being asked, or was not asked.
    #[must_use]
    pub(crate) fn answered(&mut self, state: &mut State, id: BufferId, page: &Page<'_>) -> Option<Known> {
        let request = self.take(id, page.label)?;
        let buffer = state.buffers.get_mut(id)?;
        state.changes.buffer(id);
        match request.purpose {
            Purpose::Earlier => {
                let is_new = page.heard.iter().any(|heard| heard.is_new);
                buffer.earlier = if is_new { Earlier::Possible } else { Earlier::None };
                None
            }
            Purpose::Latest => {
                buffer.earlier = if page.heard.is_empty() { Earlier::None } else { Earlier::Possible };
                buffer.missed = Missed::Nothing;
                state.changes.memory |= buffer.end_first_visit();
                let oldest = page.heard.first().map(Heard::anchor);
                Some(match oldest.filter(|_| page.lines >= request.limit) {
                    Some(oldest) => {
                        self.gap_before(state, id, page.heard);
                        Known::Since(oldest)
                    }
                    None => Known::All,
                })
            }
            Purpose::Missing(missing) => self.fetched(state, id, (missing, request.limit, page)),
        }
    }

    /// The latest page may not reach back to what is known of an earlier connection, or to where the person has read.
    fn gap_before(&mut self, state: &mut State, id: BufferId, page: &[Heard]) {
        let Some(buffer) = state.buffers.get(id) else { return };
        let Some(first) = page.first() else { return };
        let Some(row) = first.row else { return };
        let read = buffer
            .read_anchor()
            .filter(|read| buffer.timeline.read().is_none() && (read.msgid.is_some() || first.at > read.at));
        if let Some(from) = read {
            let gap = Gap { from: Some(from.at), to: first.at, state: GapState::Loading };
            let row = state.add_gap((id, Spot::Before(row)), gap);
            let missing = Missing { from, to: Some(first.anchor()), row, pages: 0, is_from_read: true };
            return self.want(state, id, Purpose::Missing(missing));
        }
        let known = buffer.timeline.rows().take_while(|known| known.id != row).last().map(|row| row.at);
        if known.is_some() {
            let gap = Gap { from: known, to: first.at, state: GapState::Loadable };
            state.add_gap((id, Spot::Before(row)), gap);
        }
    }

    /// A page of what was missed. Servers that leave lines out of a page do not say so, so only an empty one is the last; of
    /// those that are asked by time, one without news.
    fn fetched(
        &mut self,
        state: &mut State,
        id: BufferId,
        (missing, limit, page): (Missing, usize, &Page<'_>),
    ) -> Option<Known> {
        let Some(oldest) = page.heard.first().map(Heard::anchor) else {
            return Some(self.caught_up(state, id, missing));
        };
        let is_by_time = missing.from.msgid.is_none() || !state.session.finds_by_msgid;
        if is_by_time && page.heard.iter().all(|heard| !heard.is_new) {
            return Some(self.caught_up(state, id, missing));
        }
        let is_stuck = missing.to.as_ref().is_some_and(|to| (&to.msgid, to.at) == (&oldest.msgid, oldest.at));
        let is_last = missing.pages >= PAGES_IN_A_ROW || is_stuck;
        let mut row = missing.row;
        if row.is_none() && (is_last || page.lines >= limit) {
            let gap = Gap { from: Some(missing.from.at), to: oldest.at, state: GapState::Loading };
            let spot = oldest.row.map_or(Spot::Seam, Spot::Before);
            row = state.add_gap((id, spot), gap);
        }
        if let (Some(row), Some(buffer)) = (row, state.buffers.get_mut(id)) {
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
            self.want(state, id, Purpose::Missing(missing));
            return None;
        }
        if let (Some(row), Some(buffer)) = (row, state.buffers.get_mut(id)) {
            set_gap(buffer, row, GapState::Loadable);
        }
        Some(Known::Nothing)
    }

    fn caught_up(&mut self, state: &mut State, id: BufferId, missing: Missing) -> Known {
        if let Some(buffer) = state.buffers.get_mut(id) {
            buffer.missed = Missed::Nothing;
            let is_by_msgid = missing.from.msgid.is_some() && state.session.finds_by_msgid;
            let first = missing.row.or_else(|| buffer.timeline.rows().next().map(|row| row.id));
            if let Some(first) = first.filter(|_| missing.is_from_read && is_by_msgid)
                && buffer.timeline.read().is_none()
            {
                buffer.read_to(Mark::Before(first));
            }
            if let Some(row) = missing.row {
                buffer.timeline.remove(row);
            }
            state.changes.buffer(id);
        }
        // After a start only what was said since the last message of one's own was looked up; there is more to read.
        if state.buffers.get(id).is_some_and(|buffer| buffer.timeline.newest().is_none()) {
            self.want(state, id, Purpose::Latest);
        }
        Known::Since(missing.from)
    }

    /// The server will not answer, and says why.
    #[must_use]
    pub(crate) fn refused(
        &mut self,
        state: &mut State,
        id: BufferId,
        code: Option<FailCode>,
    ) -> Option<Known> {
        let request = self.open.remove(&id)?;
        // A message that was forgotten there still has its time.
        let by_time = |anchor: Anchor| Anchor { msgid: None, ..anchor };
        let timeline = state.buffers.get_mut(id).map(|buffer| &mut buffer.timeline);
        let again = match (&request.purpose, timeline) {
            _ if !state.session.finds_by_msgid => None,
            (Purpose::Missing(missing), Some(timeline))
                if missing.pages == 0 && missing.from.msgid.is_some() =>
            {
                timeline.forget_msgids(&missing.from);
                let (from, to) = (by_time(missing.from.clone()), missing.to.clone().map(by_time));
                Some(Purpose::Missing(Missing { from, to, ..missing.clone() }))
            }
            (Purpose::Earlier, Some(timeline))
                if matches!(code, Some(FailCode::InvalidParams | FailCode::InvalidMsgrefType)) =>
            {
                let oldest = timeline.oldest().filter(|oldest| oldest.msgid.is_some());
                oldest.map(|oldest| {
                    timeline.forget_msgids(&oldest);
                    Purpose::Earlier
                })
            }
            _ => None,
        };
        match again {
            Some(purpose) => {
                self.want(state, id, purpose);
                None
            }
            None => given_up(state, id, request.purpose),
        }
    }

    /// Gives up what took too long. Gives the conversations of which nothing will be known.
    #[must_use]
    pub(crate) fn give_up_late(&mut self, state: &mut State, now: Timestamp) -> Vec<(BufferId, Known)> {
        let late = self.open.iter().filter(|(_, request)| request.until <= now);
        let late: Vec<BufferId> = late.map(|(id, _)| *id).collect();
        let given_up = late.into_iter().filter_map(|id| {
            let request = self.open.remove(&id)?;
            Some((id, given_up(state, id, request.purpose)?))
        });
        given_up.collect()
    }
}

/// There is no answer, and none is waited for any more.
fn given_up(state: &mut State, id: BufferId, purpose: Purpose) -> Option<Known> {
    let buffer = state.buffers.get_mut(id)?;
    state.changes.buffer(id);
    match purpose {
        Purpose::Earlier => {
            buffer.earlier = Earlier::Possible;
            return None;
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
            state.add_gap((id, spot), Gap { from: Some(from.at), to, state: GapState::Loadable });
        }
    }
    Some(Known::Nothing)
}
