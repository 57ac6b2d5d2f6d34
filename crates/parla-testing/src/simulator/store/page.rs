//! Pages of a history, cut out of what may be read.

use std::sync::Arc;

use parla_server::{Page, Position, Spoken};

/// A page of these messages.
pub(super) fn cut<'a>(readable: &[&'a Arc<Spoken>], page: Page, limit: usize) -> Vec<&'a Arc<Spoken>> {
    let part = |from: Option<Position>, to: Option<Position>| -> Vec<&'a Arc<Spoken>> {
        let after = |spoken: &Spoken| from.is_none_or(|from| is_after(spoken, from));
        let before = |spoken: &Spoken| to.is_none_or(|to| is_before(spoken, to));
        readable.iter().copied().filter(|spoken| after(spoken) && before(spoken)).collect()
    };
    match page {
        Page::Latest(after) => last(part(after, None), limit),
        Page::Before(to) => last(part(None, Some(to)), limit),
        Page::After(from) => first(part(Some(from), None), limit),
        Page::Around(at) => {
            let before = last(part(None, Some(at)), limit / 2);
            let rest = readable.iter().copied().filter(|spoken| !is_before(spoken, at)).collect();
            before.into_iter().chain(first(rest, limit - limit / 2)).collect()
        }
        Page::Between(from, to) => {
            let forward = part(Some(from), Some(to));
            if forward.is_empty() { last(part(Some(to), Some(from)), limit) } else { first(forward, limit) }
        }
    }
}

fn is_before(spoken: &Spoken, position: Position) -> bool {
    match position {
        Position::Message(seq) => spoken.seq < seq,
        Position::Time(time) => spoken.at < time,
    }
}

fn is_after(spoken: &Spoken, position: Position) -> bool {
    match position {
        Position::Message(seq) => spoken.seq > seq,
        Position::Time(time) => spoken.at > time,
    }
}

fn first<T>(mut list: Vec<T>, limit: usize) -> Vec<T> {
    list.truncate(limit);
    list
}

fn last<T>(mut list: Vec<T>, limit: usize) -> Vec<T> {
    list.split_off(list.len().saturating_sub(limit))
}
