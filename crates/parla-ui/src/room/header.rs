//! The bar above a conversation: its name, its topic, and the buttons for the lists beside it.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::view::{BufferKind, BufferView, Presence, Topic};

use crate::{
    address::{LinkEncryption, irc_link},
    hooks::{use_context, use_memo},
    icon::{Icon, Picture},
    keys::{self, Region},
    members::MemberCount,
    platform::{Here, PageAct},
    room::text::Words,
    rooms::badge,
    state::{BufferKey, Dialog, Side, State},
    toasts::ToastKind,
    words::{New, use_words},
};

/// The ids of the buttons to which the focus returns.
const ROOMS_ID: &str = "show-rooms";
const MEMBERS_ID: &str = "toggle-members";
const TOPIC_ID: &str = "change-topic";
const SETTINGS_ID: &str = "room-settings";
const COPY_LINK_ID: &str = "copy-link";

/// The parts of a conversation that the bar shows. Messages are not among them.
#[derive(Clone, PartialEq)]
struct Bar {
    name: Arc<str>,
    topic: Option<Arc<Topic>>,
    can_set_topic: bool,
    /// The reason why the other person is away, if they are.
    away: Option<Arc<str>>,
    /// Whether this is a room that the person is in, so that they can see its settings.
    is_in_room: bool,
    /// The number of members, as far as it is known; `None` where there are no members.
    members: Option<MemberCount>,
}

impl Bar {
    fn of(view: &BufferView) -> Self {
        let is_room = view.kind == BufferKind::Room;
        Self {
            name: view.name.clone(),
            topic: view.topic.clone(),
            can_set_topic: is_room && view.rights.set_topic,
            away: view.away.clone(),
            is_in_room: is_room && view.presence == Presence::Present,
            members: is_room.then(|| MemberCount::of(view)),
        }
    }
}

/// The button that slides in the list of rooms, with what is new in the conversations listed there.
#[component]
fn ShowRooms(at: ReadSignal<BufferKey>) -> Element {
    let words = use_words();
    let mut state = use_context::<State>();
    let elsewhere = use_memo(move || {
        let (at, buffers) = (at(), state.views.buffers.read_all());
        let others = buffers.iter().filter(|(key, view)| *key != at && view.kind != BufferKind::Server);
        let new = others.map(|(_, view)| New::of(view.kind, view.unread, view.mentions));
        new.fold(New::default(), New::and)
    });
    let new = elsewhere.get();
    rsx! {
        button {
            r#type: "button",
            class: "icon narrow-only",
            "aria-label": words.show_rooms(new),
            id: ROOMS_ID,
            "aria-controls": Region::Rooms.id(),
            onclick: move |_| {
                state.open.focus_back.set(Some(ROOMS_ID.to_owned()));
                state.open.side.set(Side::Rooms);
            },
            Icon { picture: Picture::Rooms }
            {badge(new.unread, new.mentions.saturating_add(new.direct))}
        }
    }
}

/// The bar above the conversation.
#[component]
pub(crate) fn Header(at: ReadSignal<BufferKey>) -> Element {
    let words = use_words();
    let mut state = use_context::<State>();
    let bar = use_memo(move || state.views.buffers.read(at()).map(|view| Bar::of(&view)));
    let bar = bar.read();
    let Some(bar) = bar.as_ref() else { return rsx! {} };
    rsx! {
        header { class: "room-header",
            if *state.page.narrow.read() {
                ShowRooms { at: at() }
            }
            h2 { id: "room-name", title: "{bar.name}", bdi { "{bar.name}" } }
            if let Some(away) = &bar.away {
                div { class: "topic",
                    p { class: "header-away", role: "status", bdi { {words.away_because(away)} } }
                }
            } else {
                TopicLine { at: at(), topic: bar.topic.clone(), can_set: bar.can_set_topic }
            }
            CopyLink { at: at() }
            if bar.is_in_room {
                button {
                    r#type: "button",
                    id: SETTINGS_ID,
                    class: "icon",
                    "aria-label": words.moderation_settings(),
                    title: words.moderation_settings(),
                    onclick: move |_| state.open_dialog(Dialog::Settings(at()), SETTINGS_ID),
                    Icon { picture: Picture::Sliders }
                }
            }
            if let Some(count) = bar.members {
                Members { count }
            }
        }
    }
}

/// Copies the address of the conversation: that of the page if there is one, otherwise a link for other
/// programs.
#[component]
fn CopyLink(at: BufferKey) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let copy = move |_| {
        let link = link_to(state, at, &here);
        if let Some(link) = link {
            here.0.page(PageAct::Copy(link));
            state.toast(at.network, None, ToastKind::Copied);
        }
    };
    let is_server =
        state.views.buffers.peek_list().get(&at).is_none_or(|listed| listed.kind == BufferKind::Server);
    if is_server {
        return rsx! {};
    }
    rsx! {
        button {
            r#type: "button",
            id: COPY_LINK_ID,
            class: "icon",
            "aria-label": words.room_copy_link(),
            title: words.room_copy_link(),
            onclick: copy,
            Icon { picture: Picture::Link }
        }
    }
}

fn link_to(state: State, at: BufferKey, here: &Here) -> Option<String> {
    let buffers = state.views.buffers.peek_list();
    let listed = buffers.get(&at)?;
    if let Some(page) = here.0.page_address() {
        return Some(page + &listed.address(at, here.0.shell_kind()).to_fragment());
    }
    let networks = state.views.networks.peek();
    let network = networks.get(&at.network)?;
    let is_near = ["127.", "localhost", "[::1]"].iter().any(|near| network.address.starts_with(near));
    let encryption =
        if network.features.private && !is_near { LinkEncryption::Always } else { LinkEncryption::Perhaps };
    irc_link(&network.address, &listed.target(), encryption)
}

/// The topic of the room, in one line.
#[component]
fn TopicLine(at: BufferKey, topic: Option<Arc<Topic>>, can_set: bool) -> Element {
    let words = use_words();
    let mut state = use_context::<State>();
    let label = if topic.is_some() { words.room_change_topic() } else { words.room_add_topic() };
    rsx! {
        div { class: "topic",
            if let Some(topic) = &topic {
                p { title: "{topic.text.plain}", Words { at, text: topic.text.clone() } }
            }
            if can_set {
                button {
                    r#type: "button",
                    id: TOPIC_ID,
                    class: if topic.is_some() { "icon" } else { "link" },
                    "aria-label": label,
                    title: label,
                    onclick: move |_| state.open_dialog(Dialog::Topic(at), TOPIC_ID),
                    if topic.is_some() { Icon { picture: Picture::Pencil } } else { "{label}" }
                }
            }
        }
    }
}

/// The button that shows and hides the members, with their number.
#[component]
fn Members(count: MemberCount) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let label = match count {
        MemberCount::Known(count) => words.people_count(count),
        MemberCount::Unknown => words.members_label().to_owned(),
    };
    rsx! {
        button {
            r#type: "button",
            class: "icon members-toggle",
            "aria-label": "{label}",
            title: "{label}",
            id: MEMBERS_ID,
            "aria-controls": Region::Members.id(),
            onclick: move |_| {
                state.open.focus_back.set(Some(MEMBERS_ID.to_owned()));
                keys::toggle_members(state, &here);
            },
            Icon { picture: Picture::People }
            if let MemberCount::Known(count) = count {
                span { "aria-hidden": "true", "{count}" }
            }
        }
    }
}
