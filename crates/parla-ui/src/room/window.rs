//! Which chunks of a long conversation are in the page: those near the visible part and those with a
//! selection.
//!
//! All others are blank space with the height that they last had, or an estimate. The loops run over chunks,
//! never over rows. Uses no component.

use std::ops::RangeInclusive;

use parla_client::{
    SortedMap,
    view::{ChunkRef, Row, RowId, Timeline},
};

/// The assumed height of a row that was never drawn, in CSS pixels.
const ROW_GUESS: f64 = 28.0;
/// How far beyond the visible part rows are drawn on either side, in CSS pixels.
const MARGIN: f64 = 800.0;
/// The most chunks that stay in the page because something in them is selected.
pub(crate) const KEPT_CHUNKS_MAX: usize = 40;

/// Where the reader is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum ScrollPosition {
    /// At the newest row, and staying there when more arrive.
    #[default]
    End,
    /// Inside a chunk.
    At {
        /// The id of the chunk at the top of the visible part.
        chunk: u64,
        /// The distance from the top of the chunk to the top of the visible part, in CSS pixels; may be
        /// negative.
        offset: f64,
    },
}

/// What determines which chunks are drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Eye {
    /// Where the reader is.
    pub(crate) position: ScrollPosition,
    /// The height of the visible part, in CSS pixels.
    pub(crate) height: f64,
    /// The ids of the first and the last chunk in which something is selected.
    pub(crate) kept: Option<(u64, u64)>,
}

/// A part of the log, in order from top to bottom.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Segment {
    /// Blank space of this height, in CSS pixels.
    Blank(f64),
    /// A chunk, and the row before it.
    Chunk(ChunkRef, Option<Row>),
}

/// The heights of chunks that were measured, in CSS pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Heights(SortedMap<u64, f64>);

impl Heights {
    /// Stores the height of a chunk.
    pub(crate) fn measure(&mut self, chunk: u64, height: f64) {
        self.0.insert(chunk, height);
    }

    /// Whether this height differs from the stored one.
    pub(crate) fn differs(&self, chunk: u64, height: f64) -> bool {
        self.0.get(&chunk).is_none_or(|before| (before - height).abs() > 0.5)
    }

    /// Forgets all heights, because the width has changed.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    fn of(&self, chunk: &ChunkRef) -> f64 {
        let guess = || ROW_GUESS * count(chunk.0.rows.len());
        self.0.get(&chunk.0.id).copied().unwrap_or_else(guess)
    }

    /// The position that is `top` pixels below the beginning.
    pub(crate) fn locate(&self, chunks: &[ChunkRef], top: f64) -> ScrollPosition {
        let mut begin = 0.0;
        let mut position = ScrollPosition::End;
        for chunk in chunks {
            if begin > top && position != ScrollPosition::End {
                break;
            }
            position = ScrollPosition::At { chunk: chunk.0.id, offset: top - begin };
            begin += self.of(chunk);
        }
        position
    }
}

/// The parts of the log for this visible part.
pub(crate) fn segments(timeline: &Timeline, heights: &Heights, eye: &Eye) -> Vec<Segment> {
    let chunks = &timeline.chunks;
    let seen = seen(chunks, heights, eye);
    let kept = kept(chunks, eye.kept);
    let mut segments = Vec::new();
    let mut blank = 0.0;
    let mut before: Option<&ChunkRef> = None;
    for (index, chunk) in chunks.iter().enumerate() {
        if seen.contains(&index) || kept.as_ref().is_some_and(|kept| kept.contains(&index)) {
            if blank > 0.0 {
                segments.push(Segment::Blank(blank));
                blank = 0.0;
            }
            let previous = before.and_then(|before| before.0.rows.last()).cloned();
            segments.push(Segment::Chunk(chunk.clone(), previous));
        } else {
            blank += heights.of(chunk);
        }
        before = Some(chunk);
    }
    if blank > 0.0 {
        segments.push(Segment::Blank(blank));
    }
    segments
}

/// The chunks near the visible part.
fn seen(chunks: &[ChunkRef], heights: &Heights, eye: &Eye) -> RangeInclusive<usize> {
    let top = match eye.position {
        ScrollPosition::End => chunks.iter().map(|chunk| heights.of(chunk)).sum::<f64>() - eye.height,
        ScrollPosition::At { chunk, offset } => {
            let before = chunks.iter().take_while(|other| other.0.id != chunk);
            let begin: f64 = before.map(|chunk| heights.of(chunk)).sum();
            // It may be higher than is known here, and is visible in any case.
            let height =
                chunks.iter().find(|other| other.0.id == chunk).map_or(0.0, |chunk| heights.of(chunk));
            begin + offset.min(height)
        }
    };
    let (from, to) = (top - MARGIN, top + eye.height + MARGIN);
    let (mut first, mut last) = (None, 0);
    let mut begin = 0.0;
    for (index, chunk) in chunks.iter().enumerate() {
        let end = begin + heights.of(chunk);
        // The last chunk is nearest to everything below it.
        if first.is_none() && (end > from || index + 1 == chunks.len()) {
            first = Some(index);
        }
        if begin <= to {
            last = index;
        }
        begin = end;
    }
    let first = first.unwrap_or(0);
    first..=last.max(first)
}

/// The chunks in which something is selected.
fn kept(chunks: &[ChunkRef], ids: Option<(u64, u64)>) -> Option<RangeInclusive<usize>> {
    let (first, last) = ids?;
    let first = chunks.iter().position(|chunk| chunk.0.id == first)?;
    let last = chunks.iter().position(|chunk| chunk.0.id == last)?;
    let (first, last) = (first.min(last), first.max(last));
    Some(first..=last.min(first + KEPT_CHUNKS_MAX - 1))
}

/// The chunk that contains this row, searched from the end.
pub(crate) fn chunk_of(chunks: &[ChunkRef], row: RowId) -> Option<u64> {
    let holds = |chunk: &&ChunkRef| chunk.0.rows.iter().any(|other| other.id == row);
    chunks.iter().rev().find(holds).map(|chunk| chunk.0.id)
}

fn count(rows: usize) -> f64 {
    u32::try_from(rows).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parla_client::{
        text::Text,
        view::{Chunk, Content},
    };
    use parla_proto::Timestamp;

    use super::*;

    fn timeline(chunks: u64) -> Timeline {
        let row =
            |id| Row { id: RowId(id), at: Timestamp::default(), content: Content::Server(Text::default()) };
        let chunk = |id| ChunkRef(Arc::new(Chunk { id, rows: (0..50).map(|n| row(id * 50 + n)).collect() }));
        Timeline { chunks: (0..chunks).map(chunk).collect(), len: usize::try_from(chunks * 50).unwrap() }
    }

    /// The ids of chunks, with `_` for blank space.
    fn shown(
        timeline: &Timeline,
        heights: &Heights,
        position: ScrollPosition,
        kept: Option<(u64, u64)>,
    ) -> String {
        let eye = Eye { position, height: 700.0, kept };
        let segments = segments(timeline, heights, &eye);
        let words = segments.iter().map(|segment| match segment {
            Segment::Blank(_) => "_".to_owned(),
            Segment::Chunk(chunk, _) => chunk.0.id.to_string(),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_long_conversation_is_mostly_blank() {
        let (timeline, heights) = (timeline(1000), Heights::default());
        assert_eq!(shown(&timeline, &heights, ScrollPosition::End, None), "_ 998 999");
        let position = ScrollPosition::At { chunk: 500, offset: 0.0 };
        assert_eq!(shown(&timeline, &heights, position, None), "_ 499 500 501 _");
        assert_eq!(shown(&timeline, &heights, ScrollPosition::At { chunk: 0, offset: -40.0 }, None), "0 1 _");
    }

    #[test]
    fn what_is_read_is_drawn_however_high_it_is() {
        let (timeline, heights) = (timeline(1000), Heights::default());
        let position = ScrollPosition::At { chunk: 500, offset: 6000.0 };
        assert_eq!(shown(&timeline, &heights, position, None), "_ 500 501 502 _");
    }

    #[test]
    fn what_is_selected_stays() {
        let (timeline, heights) = (timeline(1000), Heights::default());
        assert_eq!(shown(&timeline, &heights, ScrollPosition::End, Some((10, 12))), "_ 10 11 12 _ 998 999");
        let all = shown(&timeline, &heights, ScrollPosition::End, Some((0, 900)));
        assert_eq!(all.split(' ').count(), KEPT_CHUNKS_MAX + 3);
    }

    #[test]
    fn a_place_is_found_again() {
        let (timeline, mut heights) = (timeline(10), Heights::default());
        heights.measure(0, 1000.0);
        assert!(!heights.differs(0, 1000.2) && heights.differs(0, 1001.0) && heights.differs(1, 1000.0));
        assert_eq!(heights.locate(&timeline.chunks, 1100.0), ScrollPosition::At { chunk: 1, offset: 100.0 });
        assert_eq!(heights.locate(&timeline.chunks, -5.0), ScrollPosition::At { chunk: 0, offset: -5.0 });
        assert_eq!(heights.locate(&[], 0.0), ScrollPosition::End);
    }

    #[test]
    fn low_chunks_are_followed_by_more() {
        let (timeline, mut heights) = (timeline(100), Heights::default());
        for chunk in 95..100 {
            heights.measure(chunk, 24.0);
        }
        assert_eq!(shown(&timeline, &heights, ScrollPosition::End, None), "_ 94 95 96 97 98 99");
    }
}
