//! The list on the left: networks, their rooms, and the people with whom the person talks.

use dioxus::prelude::*;
use parla_client::{
    Intent,
    view::{BufferKind, NetworkId},
};

use crate::{
    buffers::List,
    hooks::{use_context, use_effect, use_memo, use_signal},
    icon::{Icon, Picture},
    invitations::invitations,
    platform::{Here, PageAct, ShellKind},
    state::{BufferKey, Dialog, State, wish},
    words::{self, use_words},
};

mod listing;
mod new_form;
mod row;

pub(crate) use listing::BufferItem;
use listing::NetworkRows;
use new_form::NewForm;
use row::RoomRow;
pub(crate) use row::badge;

/// All conversations in the order of the list.
pub(crate) fn order(state: State) -> Vec<BufferItem> {
    let networks =
        listing::listing(&state.views.networks.peek(), &state.views.buffers.peek_list(), *state.words.peek());
    networks.into_iter().flat_map(NetworkRows::in_order).collect()
}

/// Whether the conversation that is shown has members. This does not subscribe to changes.
pub(crate) fn has_members(state: State) -> bool {
    is_room(&state.views.buffers.peek_list(), *state.open.current.peek())
}

/// Whether the conversation that is shown has members, for components.
pub(crate) fn has_members_now(state: State) -> bool {
    is_room(&state.views.buffers.list(), *state.open.current.read())
}

fn is_room(list: &List, key: Option<BufferKey>) -> bool {
    key.and_then(|key| list.get(&key)).is_some_and(|listed| listed.kind == BufferKind::Room)
}

/// The list of networks and conversations.
#[component]
pub(crate) fn RoomList() -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let networks = use_memo(move || {
        listing::listing(&state.views.networks.read(), &state.views.buffers.list(), state.words())
    });
    let on_desktop = here.0.shell_kind() == ShellKind::Desktop;
    use_reveal(state, &here);
    let networks = networks.get();
    // If there is only one network, its name replaces that of the app.
    let alone = networks.first().filter(|_| networks.len() == 1);
    rsx! {
        div { class: "rooms-head",
            if let Some(network) = alone {
                {heading(network)}
            } else {
                p { class: "app-name", "aria-hidden": "true", {words::APP} }
            }
            if !state.announced.journal.read().is_empty() {
                button {
                    id: "open-said",
                    r#type: "button",
                    class: "quiet icon",
                    "aria-label": words.toast_list(),
                    title: words.toast_list(),
                    onclick: move |_| state.open_dialog(Dialog::PastToasts, "open-said"),
                    Icon { picture: Picture::Bubble }
                }
            }
            button {
                id: "open-help",
                r#type: "button",
                class: "quiet icon",
                "aria-label": words.rooms_help(),
                title: words.rooms_help(),
                onclick: move |_| state.open_dialog(Dialog::Help, "open-help"),
                span { "aria-hidden": "true", "?" }
            }
        }
        div { class: "rooms-scroll",
            for rows in networks.iter().cloned() {
                Network { key: "{rows.id.0}", rows, is_alone: networks.len() == 1 }
            }
            if on_desktop {
                button {
                    id: "open-add",
                    r#type: "button",
                    class: "quiet wide",
                    onclick: move |_| state.open_dialog(Dialog::AddNetwork, "open-add"),
                    {words.rooms_add_network()}
                }
            }
        }
    }
}

/// The name of a network and the state of its connection.
fn heading(rows: &NetworkRows) -> Element {
    let name = &rows.name;
    rsx! {
        div { class: "network-head",
            h2 { bdi { title: "{name}", "{name}" } }
            if let Some(link) = rows.link_words {
                span { class: "network-link", {link} }
            }
        }
    }
}

/// Keeps the conversation that is shown in view in the list, however it was chosen.
fn use_reveal(state: State, here: &Here) {
    let here = here.clone();
    let row = use_memo(move || {
        let current = (*state.open.current.read())?;
        state.views.buffers.list().contains_key(&current).then_some(current)
    });
    use_effect(move || {
        if let Some(key) = row.get() {
            here.0.page(PageAct::Reveal(row::row_id(key)));
        }
    });
}

/// One network. It is redrawn when a conversation is added, removed or opened; what is new in a conversation
/// concerns only its row.
#[component]
fn Network(rows: NetworkRows, is_alone: bool) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let heading = (!is_alone).then(|| heading(&rows));
    let NetworkRows { id, name, you, link_words: _, is_disconnected, rooms, people, server } = rows;
    let connecting = here.clone();
    let you_id = you_id(id);
    let back = you_id.clone();
    rsx! {
        section { class: "network", "aria-label": "{name}",
            {heading}
            button {
                id: "{you_id}",
                r#type: "button",
                class: "quiet wide you",
                onclick: move |_| state.open_dialog(Dialog::Nick(id), &back),
                bdi { "{you}" }
            }
            if is_disconnected {
                button {
                    r#type: "button",
                    class: "plain wide",
                    onclick: move |_| wish(&connecting, id, Intent::Reconnect),
                    {words.banner_connect()}
                }
            }
            if !*state.page.narrow.read() {
                {invitations(&here, state, Some(id))}
            }
            if let Some(row) = server {
                ul { class: "room-rows", RoomRow { row: row.clone(), is_current: is_current(state, &row) } }
            }
            Group { title: words.rooms_rooms(), rows: rooms }
            Group { title: words.rooms_people(), rows: people }
            Actions { network: id }
        }
    }
}

/// The id of the button with the person's nick on a network.
pub(crate) fn you_id(network: NetworkId) -> String {
    format!("you-{}", network.0)
}

#[component]
fn Group(title: &'static str, rows: Vec<BufferItem>) -> Element {
    let state = use_context::<State>();
    if rows.is_empty() {
        return rsx! {};
    }
    rsx! {
        h3 { {title} }
        ul { class: "room-rows",
            for row in rows {
                RoomRow { key: "{row.key.buffer.0}", is_current: is_current(state, &row), row }
            }
        }
    }
}

fn is_current(state: State, row: &BufferItem) -> bool {
    *state.open.current.read() == Some(row.key)
}

#[component]
fn Actions(network: NetworkId) -> Element {
    let words = use_words();
    let mut state = use_context::<State>();
    let mut is_open = use_signal(|| false);
    let browse_id = format!("browse-{}", network.0);
    let back = browse_id.clone();
    rsx! {
        button {
            id: "{browse_id}",
            r#type: "button",
            class: "quiet wide",
            onclick: move |_| state.open_dialog(Dialog::Browse(network), &back),
            {words.rooms_browse()}
        }
        button {
            id: "new-{network.0}",
            r#type: "button",
            class: "quiet wide",
            "aria-expanded": if is_open() { "true" } else { "false" },
            onclick: move |_| is_open.toggle(),
            {words.rooms_new()}
        }
        if is_open() {
            NewForm { network, is_open }
        }
    }
}
