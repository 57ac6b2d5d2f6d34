//! The directory of rooms: they are searched while the person types and joined with a click. A name that no
//! room has opens a new room.

use std::{rc::Rc, sync::Arc};

use dioxus::prelude::*;
use parla_client::{
    Intent, Problem,
    view::{BufferKind, Directory, DirectoryRoom, NetworkId},
};

use super::{DialogBox, use_focus_id};
use crate::{
    hooks::{Memo, use_context, use_hook, use_memo, use_signal},
    platform::Here,
    problem_words::ProblemWords,
    state::{State, wish},
    windowed_list::{View, follow, space, visible},
    words::use_words,
};

/// The height of a row in pixels; the stylesheet has the same number.
const ROW_PX: f64 = 56.0;

/// The dialog. It requests the list when it opens.
#[component]
pub(crate) fn Browse(network: NetworkId) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    let needle = use_signal(String::new);
    use_hook(|| wish(&here, network, Intent::ListRooms));
    let rooms = use_memo(move || {
        let directories = state.views.directories.read();
        directories.get(&network).map(|view| view.rooms.clone()).unwrap_or_default()
    });
    let lower = use_memo(move || Lower::of(&rooms.read()));
    let found = use_memo(move || lower.read().find(&needle.read()));
    let joined = use_memo(move || joined(state, network));
    let taken = use_memo(move || taken(&rooms.read(), &found.read(), &needle.read()));
    rsx! {
        DialogBox { title: words.dialog_browse(), class: "browse",
            form {
                role: "search",
                onsubmit: move |event| {
                    event.prevent_default();
                    match &*taken.peek() {
                        Taken::Room(room) => join(state, &here, network, Arc::clone(&room.name)),
                        Taken::New(name) => join(state, &here, network, name.as_str().into()),
                        Taken::OneOfSeveral | Taken::Nothing => {}
                    }
                },
                SearchField { needle, taken }
            }
            NewRoom { network, needle, taken }
            List { network, rooms, found, joined, taken }
            Foot { network, found }
        }
    }
}

#[component]
fn SearchField(needle: Signal<String>, taken: Memo<Taken>) -> Element {
    let words = use_words();
    let focus_id = use_focus_id();
    let enter = match &*taken.read() {
        Taken::Room(room) => words.dialog_browse_enter(&room.shown),
        Taken::New(name) => words.dialog_browse_enter_new(name),
        Taken::OneOfSeveral => words.dialog_browse_enter_several().to_owned(),
        Taken::Nothing => String::new(),
    };
    rsx! {
        div { class: "field",
            label { r#for: focus_id.clone(), {words.dialog_browse_search()} }
            input {
                id: focus_id,
                r#type: "search",
                autocomplete: "off",
                autocapitalize: "off",
                spellcheck: "false",
                dir: "auto",
                "aria-describedby": "browse-enter",
                oninput: move |event| needle.set(event.value()),
            }
            p { id: "browse-enter", class: "hint", bdi { "{enter}" } }
        }
    }
}

/// The offer to create a room that does not exist.
#[component]
fn NewRoom(network: NetworkId, needle: Signal<String>, taken: Memo<Taken>) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    let name = use_memo(move || {
        let name = room_name(&needle.read())?;
        let is_known = matches!(&*taken.read(), Taken::Room(room) if is_called(room, &name));
        (!is_known).then_some(name)
    });
    let Some(name) = name.get() else { return rsx! {} };
    let label = words.dialog_create(&name);
    rsx! {
        button {
            r#type: "button",
            class: "plain wide create",
            onclick: move |_| join(state, &here, network, name.as_str().into()),
            bdi { "{label}" }
        }
    }
}

#[component]
fn List(
    network: NetworkId,
    rooms: Memo<Directory>,
    found: Memo<Found>,
    joined: Memo<Vec<String>>,
    taken: Memo<Taken>,
) -> Element {
    let view = use_signal(View::default);
    let taken = taken.read();
    let rooms = rooms.read();
    let found = found.read();
    let joined = joined.read();
    let range = visible(*view.read(), ROW_PX, found.0.len());
    let before = range.start;
    let after = found.0.len().saturating_sub(range.end);
    rsx! {
        div { class: "browse-scroll", tabindex: "-1", onscroll: move |event| follow(view, &event, ROW_PX),
            ul {
                padding_top: space(before, ROW_PX),
                padding_bottom: space(after, ROW_PX),
                for room in found.0.get(range).unwrap_or_default().iter().filter_map(|at| rooms.0.get(*at as usize)) {
                    RoomLine {
                        key: "{room.name}",
                        network,
                        is_joined: joined.contains(&room.shown.to_lowercase()),
                        is_taken: matches!(&*taken, Taken::Room(taken) if taken.name == room.name),
                        room: room.clone(),
                    }
                }
            }
        }
    }
}

#[component]
fn RoomLine(network: NetworkId, room: DirectoryRoom, is_joined: bool, is_taken: bool) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    let people = words.people_count(room.people);
    rsx! {
        li { class: if is_taken { "room-line taken" } else { "room-line" },
            button {
                r#type: "button",
                onclick: move |_| join(state, &here, network, Arc::clone(&room.name)),
                span { class: "line-name", bdi { title: "{room.shown}", "{room.shown}" } }
                if is_joined {
                    span { class: "line-joined", "✓ " {words.dialog_joined()} }
                }
                span { class: "line-people", {people} }
                span { class: "line-topic",
                    if room.topic.is_empty() { {words.dialog_no_topic()} } else { bdi { "{room.topic}" } }
                }
            }
        }
    }
}

/// The number of rooms, and whether these are all.
#[component]
fn Foot(network: NetworkId, found: Memo<Found>) -> Element {
    let words = use_words();
    let state = use_context::<State>();
    let progress = use_memo(move || {
        let directories = state.views.directories.read();
        let view = directories.get(&network);
        view.map_or((false, false, None), |view| (view.complete, view.cut, view.trouble.clone()))
    });
    let (is_complete, is_cut, trouble) = progress.get();
    if let Some(problem) = trouble {
        return rsx! { NoList { network, problem } };
    }
    let count = found.read().0.len();
    let found = match (count, is_complete) {
        (0, true) => words.dialog_browse_none().to_owned(),
        (_, false) => words.dialog_browse_loading().to_owned(),
        (_, true) => words.room_count(count),
    };
    rsx! {
        p { class: "dim browse-foot", role: "status",
            {found}
            if is_cut {
                " " {words.dialog_browse_cut()}
            }
        }
    }
}

/// Says why the list does not arrive, and requests it again.
#[component]
pub(crate) fn NoList(network: NetworkId, problem: Arc<Problem>) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    rsx! {
        div { class: "ask problem", role: "alert",
            div { class: "banner-words", ProblemWords { problem } }
            button {
                r#type: "button",
                class: "plain",
                onclick: move |_| wish(&here, network, Intent::ListRooms),
                {words.first_again()}
            }
        }
    }
}

/// The rooms in lower case, computed once for each list that arrives. Two are equal if they are the same
/// allocation.
#[derive(Clone)]
struct Lower(Rc<Vec<String>>);

impl PartialEq for Lower {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Lower {
    fn of(rooms: &Directory) -> Self {
        // No name or topic contains a line break, so no match spans both.
        let lower = rooms.0.iter().map(|room| format!("{}\n{}", room.shown, room.topic).to_lowercase());
        Self(Rc::new(lower.collect()))
    }

    fn find(&self, needle: &str) -> Found {
        let needle = needle.trim().to_lowercase();
        let matching = (0_u32..).zip(self.0.iter()).filter(|(_, words)| words.contains(&needle));
        Found(Rc::new(matching.map(|(at, _)| at).collect()))
    }
}

/// The indices of the rooms that match.
#[derive(Clone, PartialEq)]
struct Found(Rc<Vec<u32>>);

/// What the Enter key does with the input.
#[derive(Clone, PartialEq)]
enum Taken {
    /// It joins this room: the one with exactly that name, otherwise the only one that matches.
    Room(DirectoryRoom),
    /// It creates a room of this name.
    New(String),
    /// It does nothing, because several rooms match.
    OneOfSeveral,
    /// It does nothing, because the input cannot be a room name.
    Nothing,
}

fn taken(rooms: &Directory, found: &Found, needle: &str) -> Taken {
    let Some(name) = room_name(needle) else { return Taken::Nothing };
    let exact = rooms.0.iter().find(|room| is_called(room, &name));
    let only = match found.0.as_slice() {
        [only] => rooms.0.get(*only as usize),
        _ => None,
    };
    match exact.or(only) {
        Some(room) => Taken::Room(room.clone()),
        None if found.0.is_empty() => Taken::New(name),
        None => Taken::OneOfSeveral,
    }
}

fn is_called(room: &DirectoryRoom, name: &str) -> bool {
    room.name.to_lowercase() == name.to_lowercase()
}

/// The input as the name of a room; `None` if it cannot be one.
fn room_name(written: &str) -> Option<String> {
    let name = written.split_whitespace().collect::<Vec<_>>().join("-");
    if name.is_empty() || name.contains([',', '\u{7}']) {
        return None;
    }
    Some(if name.starts_with(['#', '&']) { name } else { format!("#{name}") })
}

fn joined(state: State, network: NetworkId) -> Vec<String> {
    let buffers = state.views.buffers.list();
    let rooms = buffers.iter().filter(|(key, room)| key.network == network && room.kind == BufferKind::Room);
    rooms.map(|(_, room)| room.name.to_lowercase()).collect()
}

fn join(mut state: State, here: &Here, network: NetworkId, room: Arc<str>) {
    wish(here, network, Intent::Join { room, key: None });
    state.close_dialog_to(state.place_to_write());
}
