//! The composer's suggestions: commands, rooms, people.

use std::sync::Arc;

use dioxus::prelude::ReadableExt;
use parla_client::{
    SortedMap,
    completion::{Candidates, Completion, Trigger, complete},
    slash::SPECS,
    view::{BufferKind, BufferView, Content},
};

use crate::state::{BufferKey, State};

/// The most rows that are searched for who spoke last.
const SPOKE_ROWS_MAX: usize = 200;

/// The suggestions for the text in the composer and its caret.
pub(crate) fn suggest(state: State, at: BufferKey, trigger: Trigger) -> Option<Completion> {
    let written = state.page.composer.read();
    // Text that begins with two slashes is not a command.
    if trigger == Trigger::Typing && written.text.starts_with("//") {
        return None;
    }
    let wants = |sign| trigger == Trigger::Tab || written.text.contains(sign);
    let members = if wants('@') {
        state.views.buffers.read(at).map(|view| people(&view)).unwrap_or_default()
    } else {
        Vec::new()
    };
    let mut rooms = Vec::new();
    if wants('#') {
        let list = state.views.buffers.list();
        let known =
            list.iter().filter(|(key, room)| key.network == at.network && room.kind == BufferKind::Room);
        rooms.extend(known.map(|(key, room)| (*key != at, room.name.clone())));
        rooms.sort_by_key(|(is_other, _)| *is_other);
    }
    let rooms: Vec<Arc<str>> = rooms.into_iter().map(|(_, name)| name).collect();
    let candidates = Candidates { commands: SPECS, members: &members, rooms: &rooms };
    complete(&written.text, byte_of(&written.text, written.caret), trigger, &candidates)
}

/// The members, with whoever spoke last first.
fn people(view: &BufferView) -> Vec<Arc<str>> {
    let mut spoke = SortedMap::default();
    for row in view.timeline.rows().rev().take(SPOKE_ROWS_MAX) {
        if let Content::Message(message) = &row.content
            && !message.author.own
            && !spoke.contains_key(&message.author.nick)
        {
            spoke.insert(&message.author.nick, spoke.len());
        }
    }
    let members = view.members.0.iter();
    let mut names: Vec<(usize, Arc<str>)> = members
        .map(|member| (spoke.get(&member.nick).copied().unwrap_or(usize::MAX), member.name.clone()))
        .collect();
    if view.kind == BufferKind::Direct {
        names.push((0, view.name.clone()));
    }
    names.sort_by_key(|(place, _)| *place);
    names.into_iter().map(|(_, name)| name).collect()
}

/// The byte offset of this UTF-16 unit of the text.
pub(crate) fn byte_of(text: &str, unit: usize) -> usize {
    let mut units = 0;
    for (byte, char) in text.char_indices() {
        if units >= unit {
            return byte;
        }
        units += char.len_utf16();
    }
    text.len()
}

/// The number of UTF-16 units of the text.
pub(crate) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_are_converted() {
        let text = "a😀é";
        for (unit, byte) in [(0, 0), (1, 1), (3, 5), (4, 7), (99, 7)] {
            assert_eq!(byte_of(text, unit), byte, "{unit}");
        }
        assert_eq!(units(text), 4);
    }
}
