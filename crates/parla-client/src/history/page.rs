//! A page of history has arrived or was refused: what is asked next, what is known now, and what is missing.

use std::sync::Arc;

use parla_proto::{FailCode, Timestamp};

use super::{Coverage, History, HistoryRequest, Missing, PAGES_IN_A_ROW, Purpose};
use crate::{
    buffer::Buffer,
    buffers::Buffers,
    session::Session,
    timeline::{Anchor, RowBoundary, Spot},
    view::{BufferId, Earlier, Gap, GapState, RowId},
};

/// A message of a page of history, in its place.
pub(crate) struct PageMessage {
    pub(crate) at: Timestamp,
    pub(crate) msgid: Option<Arc<str>>,
    /// The row of the message.
    pub(crate) row: Option<RowId>,
    /// Whether it was unknown until now.
    pub(crate) is_new: bool,
}

impl PageMessage {
    fn anchor(&self) -> Anchor {
        Anchor { msgid: self.msgid.clone(), at: self.at, row: self.row }
    }
}

/// The parts of one page of history.
pub(crate) struct HistoryPage<'a> {
    pub(crate) messages: &'a [PageMessage],
    /// The number of lines in it, including those that are not messages.
    pub(crate) lines: usize,
    pub(crate) label: Option<&'a str>,
}

impl HistoryPage<'_> {
    /// Whether it has any message that was unknown until now.
    pub(crate) fn is_news(&self) -> bool {
        self.messages.iter().any(|message| message.is_new)
    }

    fn oldest(&self) -> Option<Anchor> {
        self.messages.first().map(PageMessage::anchor)
    }
}

impl History {
    /// A page has arrived, and its messages are in their places. Returns how much is known about messages
    /// that were on their way; `None` if that is still being asked, or nobody asked.
    #[must_use]
    pub(crate) fn answered(
        &mut self,
        buffer: &mut Buffer,
        session: &Session,
        page: &HistoryPage<'_>,
    ) -> Option<Coverage> {
        let HistoryRequest { purpose, limit, .. } = self.take(buffer.id(), page.label)?;
        buffer.changed();
        match purpose {
            Purpose::Earlier => {
                buffer.set_earlier(if page.is_news() { Earlier::Possible } else { Earlier::None });
                None
            }
            Purpose::Latest => {
                let is_empty = page.messages.is_empty();
                buffer.set_earlier(if is_empty { Earlier::None } else { Earlier::Possible });
                buffer.take_missed();
                buffer.end_first_visit();
                Some(match page.oldest().filter(|_| page.lines >= limit) {
                    Some(oldest) => {
                        self.gap_before(buffer, &oldest);
                        Coverage::Since(oldest)
                    }
                    None => Coverage::All,
                })
            }
            Purpose::Missing(missing) => {
                let is_full = page.lines >= limit;
                self.fetched(buffer, session, Fetched { missing, page, is_full })
            }
        }
    }

    /// Adds a gap before this first message of the latest page, if the page does not reach back to what is
    /// known from an earlier connection, or to the read position.
    fn gap_before(&mut self, buffer: &mut Buffer, first: &Anchor) {
        let Some(row) = first.row else { return };
        let timeline = buffer.timeline();
        let read = buffer.read_anchor().filter(|read| {
            timeline.read_boundary().is_none() && (read.msgid.is_some() || first.at > read.at)
        });
        if let Some(from) = read {
            let gap = Gap { from: Some(from.at), to: first.at, state: GapState::Loading };
            let row = Some(buffer.add_gap(Spot::Before(row), gap));
            let missing =
                Missing { to: Some(first.clone()), row, is_from_read: true, ..Missing::since(from) };
            return self.want(buffer, Purpose::Missing(missing));
        }
        let known = timeline.rows().take_while(|known| known.id != row).last().map(|row| row.at);
        if known.is_some() {
            let gap = Gap { from: known, to: first.at, state: GapState::Loadable };
            buffer.add_gap(Spot::Before(row), gap);
        }
    }

    /// A page of missed messages has arrived. Servers that leave lines out of a page do not say so; therefore
    /// only an empty page is the last, or, where we must ask by time, a page without anything new.
    fn fetched(&mut self, buffer: &mut Buffer, session: &Session, fetched: Fetched<'_>) -> Option<Coverage> {
        let Fetched { missing, page, is_full } = fetched;
        let Some(oldest) = page.oldest() else { return Some(self.caught_up(buffer, session, missing)) };
        let is_by_time = missing.from.msgid.is_none() || !session.finds_by_msgid();
        if is_by_time && !page.is_news() {
            return Some(self.caught_up(buffer, session, missing));
        }
        let is_stuck = missing.to.as_ref().is_some_and(|to| (&to.msgid, to.at) == (&oldest.msgid, oldest.at));
        let is_last = missing.pages >= PAGES_IN_A_ROW || is_stuck;
        let mut row = missing.row;
        if row.is_none() && (is_last || is_full) {
            let gap = Gap { from: Some(missing.from.at), to: oldest.at, state: GapState::Loading };
            row = Some(buffer.add_gap(oldest.row.map_or(Spot::Seam, Spot::Before), gap));
        }
        if let Some(row) = row {
            buffer.timeline_mut().update_gap(row, |gap| gap.to = oldest.at);
            // The row marks it from now on.
            buffer.take_missed();
            if missing.is_from_read && !is_by_time && buffer.timeline().read_boundary().is_none() {
                buffer.read_to(RowBoundary::Before(row));
            }
        }
        if !is_last {
            let missing = Missing { to: Some(oldest), row, pages: missing.pages + 1, ..missing };
            self.want(buffer, Purpose::Missing(missing));
            return None;
        }
        if let Some(row) = row {
            buffer.set_gap(row, GapState::Loadable);
        }
        Some(Coverage::Nothing)
    }

    fn caught_up(&mut self, buffer: &mut Buffer, session: &Session, missing: Missing) -> Coverage {
        buffer.take_missed();
        let is_by_msgid = missing.from.msgid.is_some() && session.finds_by_msgid();
        let first = missing.row.or_else(|| buffer.timeline().rows().next().map(|row| row.id));
        if let Some(first) = first.filter(|_| missing.is_from_read && is_by_msgid)
            && buffer.timeline().read_boundary().is_none()
        {
            buffer.read_to(RowBoundary::Before(first));
        }
        if let Some(row) = missing.row {
            buffer.timeline_mut().remove(row);
        }
        buffer.changed();
        // After a restart only the messages since the person's last own message were looked up; there is more
        // to read.
        if buffer.newest().is_none() {
            self.want(buffer, Purpose::Latest);
        }
        Coverage::Since(missing.from)
    }

    /// The server refuses, and says why.
    #[must_use]
    pub(crate) fn refused(
        &mut self,
        buffer: &mut Buffer,
        session: &Session,
        code: Option<FailCode>,
    ) -> Option<Coverage> {
        let request = self.open.remove(&buffer.id())?;
        // A message that the server has forgotten still has its time.
        let by_time = |anchor: Anchor| Anchor { msgid: None, ..anchor };
        let again = match &request.purpose {
            _ if !session.finds_by_msgid() => None,
            Purpose::Missing(missing) if missing.pages == 0 && missing.from.msgid.is_some() => {
                buffer.timeline_mut().forget_msgids(&missing.from);
                let (from, to) = (by_time(missing.from.clone()), missing.to.clone().map(by_time));
                Some(Purpose::Missing(Missing { from, to, ..missing.clone() }))
            }
            Purpose::Earlier
                if matches!(code, Some(FailCode::InvalidParams | FailCode::InvalidMsgrefType)) =>
            {
                let oldest = buffer.timeline().oldest().filter(|oldest| oldest.msgid.is_some());
                oldest.map(|oldest| {
                    buffer.timeline_mut().forget_msgids(&oldest);
                    Purpose::Earlier
                })
            }
            _ => None,
        };
        match again {
            Some(purpose) => {
                self.want(buffer, purpose);
                None
            }
            None => buffer.given_up(request.purpose),
        }
    }

    /// Gives up questions that took too long. Returns the conversations of which nothing will be known.
    #[must_use]
    pub(crate) fn give_up_late(&mut self, buffers: &mut Buffers, now: Timestamp) -> Vec<BufferId> {
        let late = self.open.iter().filter(|(_, request)| request.until <= now);
        let late: Vec<BufferId> = late.map(|(id, _)| *id).collect();
        let given_up = late.into_iter().filter(|id| {
            let purpose = self.open.remove(id).map(|request| request.purpose);
            buffers.get_mut(*id).zip(purpose).and_then(|(buffer, purpose)| buffer.given_up(purpose)).is_some()
        });
        given_up.collect()
    }
}

/// A page of missed messages.
struct Fetched<'a> {
    missing: Missing,
    page: &'a HistoryPage<'a>,
    /// Whether it has as many lines as were requested.
    is_full: bool,
}

impl Buffer {
    /// There is no answer, and none is awaited any more.
    fn given_up(&mut self, purpose: Purpose) -> Option<Coverage> {
        self.changed();
        match purpose {
            Purpose::Earlier => {
                self.set_earlier(Earlier::Possible);
                return None;
            }
            Purpose::Latest => {
                self.take_missed();
                self.give_up_first_visit();
            }
            Purpose::Missing(Missing { row: Some(row), .. }) => self.set_gap(row, GapState::Loadable),
            Purpose::Missing(Missing { from, to, .. }) => {
                let spot = to.as_ref().and_then(|to| to.row).map_or(Spot::Seam, Spot::Before);
                let to = to.map(|to| to.at).or(self.joined_at()).unwrap_or(from.at);
                self.take_missed();
                self.add_gap(spot, Gap { from: Some(from.at), to, state: GapState::Loadable });
            }
        }
        Some(Coverage::Nothing)
    }
}
