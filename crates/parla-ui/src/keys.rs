//! The keys that work everywhere. The composer and the messages handle their own keys.

use dioxus::prelude::*;

use crate::{
    platform::{Here, PageAct, ShellKind},
    rooms::{self, BufferItem},
    state::{Dialog, Side, State},
    visits::{HistoryAct, Step},
};

/// Which conversations are visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Any,
    Unread,
    Mentioned,
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyAct {
    Room(Step, Which),
    Region(Step),
    Visit(Step),
    Members,
    Help,
    Escape,
}

/// Carries out what a key does.
pub(crate) fn press(event: &KeyboardEvent, state: State, here: &Here) {
    if event.is_composing() {
        return;
    }
    let Some(act) = act_of(&event.key(), event.code(), event.modifiers()) else { return };
    // A browser has its own keys for its history.
    if matches!(act, KeyAct::Visit(_)) && here.0.shell_kind() == ShellKind::Browser {
        return;
    }
    event.prevent_default();
    match act {
        KeyAct::Room(step, which) => walk(state, step, which),
        KeyAct::Region(step) => to_region(state, here, step),
        KeyAct::Visit(step) => here.0.history(HistoryAct::Go(step)),
        KeyAct::Members => toggle_members(state, here),
        KeyAct::Help => toggle_help(state),
        KeyAct::Escape => escape(state, here),
    }
}

fn act_of(key: &Key, code: Code, modifiers: Modifiers) -> Option<KeyAct> {
    let shift = modifiers.shift();
    let alt = modifiers.alt() && !modifiers.ctrl() && !modifiers.meta();
    let main = (modifiers.ctrl() || modifiers.meta()) && !modifiers.alt();
    let step = if shift { Step::Back } else { Step::On };
    let which = if shift { Which::Unread } else { Which::Any };
    match key {
        Key::ArrowUp if alt => Some(KeyAct::Room(Step::Back, which)),
        Key::ArrowDown if alt => Some(KeyAct::Room(Step::On, which)),
        Key::ArrowLeft if alt && !shift => Some(KeyAct::Visit(Step::Back)),
        Key::ArrowRight if alt && !shift => Some(KeyAct::Visit(Step::On)),
        // On a Mac, Option with A produces another letter.
        _ if alt && !shift && code == Code::KeyA => Some(KeyAct::Room(Step::On, Which::Mentioned)),
        Key::F6 if !alt && !main => Some(KeyAct::Region(step)),
        Key::Character(char) if main && char == "." => Some(KeyAct::Members),
        // On many keyboards the slash needs Shift.
        Key::Character(char) if main && char == "/" => Some(KeyAct::Help),
        Key::Escape if !alt && !main && !shift => Some(KeyAct::Escape),
        _ => None,
    }
}

/// Opens the next conversation that qualifies; after the last one, the first.
fn walk(mut state: State, step: Step, which: Which) {
    if state.has_dialog() {
        return;
    }
    let mut rows: Vec<BufferItem> = rooms::order(state);
    if step == Step::Back {
        rows.reverse();
    }
    let current = *state.open.current.peek();
    let at = rows.iter().position(|row| Some(row.key) == current).map_or(0, |at| at + 1);
    let counts = |row: &&BufferItem| match (which, state.views.buffers.peek(row.key)) {
        (Which::Any, _) => true,
        (Which::Unread, Some(view)) => view.unread > 0 || view.mentions > 0,
        (Which::Mentioned, Some(view)) => view.mentions > 0,
        (Which::Unread | Which::Mentioned, None) => false,
    };
    let (before, after) = rows.split_at_checked(at).unwrap_or((&[], &[]));
    let next = after.iter().find(counts).or_else(|| before.iter().find(counts));
    if let Some(row) = next {
        state.open(row.key);
    }
}

const REGIONS: [Region; 3] = [Region::Rooms, Region::Middle, Region::Members];

/// A part of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Region {
    Rooms,
    #[default]
    Middle,
    Members,
}

impl Region {
    /// The id of its element.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Rooms => "region-rooms",
            Self::Middle => "region-room",
            Self::Members => "region-members",
        }
    }
}

fn to_region(mut state: State, here: &Here, step: Step) {
    if state.has_dialog() {
        return;
    }
    let is_narrow = *state.page.narrow.peek();
    let has_members = rooms::has_members(state) && (is_narrow || !state.preferences.peek().hides_members);
    let there: Vec<Region> =
        REGIONS.into_iter().filter(|region| *region != Region::Members || has_members).collect();
    let current = *state.open.region.peek();
    let at = there.iter().position(|region| *region == current).unwrap_or_default();
    let next = match step {
        Step::On => at + 1,
        Step::Back => at + there.len() - 1,
    };
    let Some(region) = there.get(next % there.len()).copied() else { return };
    let writes = region == Region::Middle && state.open.current.peek().is_some();
    let id = if writes { "composer" } else { region.id() };
    // On a narrow screen the sides slide in and take the focus.
    let side = match region {
        Region::Rooms => Side::Rooms,
        Region::Middle => Side::None,
        Region::Members => Side::Members,
    };
    if is_narrow && *state.open.side.peek() != side {
        state.open.focus_back.set((side == Side::None).then(|| id.to_owned()));
        return state.open.side.set(side);
    }
    here.0.page(PageAct::Focus(id.to_owned()));
}

/// Shows or hides the members: beside the conversation if there is room, otherwise over it.
pub(crate) fn toggle_members(mut state: State, here: &Here) {
    if !rooms::has_members(state) {
        return;
    }
    if *state.page.narrow.peek() {
        let side = *state.open.side.peek();
        return state.open.side.set(if side == Side::Members { Side::None } else { Side::Members });
    }
    let hides = !state.preferences.peek().hides_members;
    state.prefer(here, &|preferences| preferences.hides_members = hides);
}

fn toggle_help(mut state: State) {
    let is_help = state.open.dialogs.peek().top().is_some_and(|top| top.dialog == Dialog::Help);
    if is_help {
        state.close_dialog();
    } else if !state.has_dialog() {
        let back = state.place_behind();
        state.open_dialog(Dialog::Help, back);
    }
}

/// Closes whatever is on top; if nothing is open, scrolls to the newest message.
fn escape(mut state: State, here: &Here) {
    if state.has_dialog() {
        state.close_dialog();
    } else if *state.open.side.peek() != Side::None {
        state.open.side.set(Side::None);
    } else {
        here.0.page(PageAct::ScrollToEnd);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read() {
        let letter = |char: &str| Key::Character(char.to_owned());
        let none = Code::Unidentified;
        let table = [
            (Key::ArrowUp, none, Modifiers::ALT, Some(KeyAct::Room(Step::Back, Which::Any))),
            (
                Key::ArrowDown,
                none,
                Modifiers::ALT | Modifiers::SHIFT,
                Some(KeyAct::Room(Step::On, Which::Unread)),
            ),
            (letter("å"), Code::KeyA, Modifiers::ALT, Some(KeyAct::Room(Step::On, Which::Mentioned))),
            (letter("a"), Code::KeyA, Modifiers::CONTROL, None),
            (letter("."), none, Modifiers::META, Some(KeyAct::Members)),
            (letter("/"), none, Modifiers::CONTROL | Modifiers::SHIFT, Some(KeyAct::Help)),
            (Key::F6, none, Modifiers::SHIFT, Some(KeyAct::Region(Step::Back))),
            (Key::ArrowLeft, none, Modifiers::ALT, Some(KeyAct::Visit(Step::Back))),
            (Key::ArrowRight, none, Modifiers::ALT, Some(KeyAct::Visit(Step::On))),
            (Key::ArrowLeft, none, Modifiers::empty(), None),
            (Key::Escape, none, Modifiers::empty(), Some(KeyAct::Escape)),
            (Key::ArrowUp, none, Modifiers::empty(), None),
            (letter("/"), none, Modifiers::empty(), None),
        ];
        for (key, code, modifiers, expected) in table {
            assert_eq!(act_of(&key, code, modifiers), expected, "{key:?} {modifiers:?}");
        }
    }
}
