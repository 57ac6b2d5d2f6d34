//! The frame: rooms, conversation and members side by side; on a narrow screen the sides slide in over the
//! middle.

use dioxus::prelude::*;

use crate::{
    alert::Offer,
    banner::Banner,
    hooks::{use_context, use_effect, use_memo, use_signal},
    invitations::invitations,
    keys::Region,
    members::Members,
    platform::{Here, PageAct},
    room::Room,
    rooms::{self, RoomList},
    state::{Side, State},
    welcome::Welcome,
    words::{self, use_words},
};

/// The frame with its three parts.
#[component]
pub(crate) fn Frame() -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    use_side_focus(state, &here);
    let has_members = use_memo(move || rooms::has_members_now(state));
    let side = match *state.open.side.read() {
        Side::None => "",
        Side::Rooms => "side-rooms",
        Side::Members => "side-members",
    };
    let members = match (has_members.get(), state.preferences.read().hides_members) {
        (false, _) => "no-members",
        (true, true) => "members-hidden",
        (true, false) => "",
    };
    // The value does not matter: `inert` takes effect as soon as the attribute is present.
    let inert = state.open.dialogs.read().is_open().then_some("true");
    rsx! {
        div { class: "frame {side} {members}", inert,
            // The app's name in the list of rooms is not always there.
            header { class: "sr-only", h1 { {words::APP} } }
            nav {
                id: Region::Rooms.id(),
                class: "rooms",
                "aria-label": words.rooms_label(),
                tabindex: "-1",
                onfocusin: move |_| note(state, Region::Rooms),
                RoomList {}
            }
            main {
                id: Region::Middle.id(),
                class: "middle",
                tabindex: "-1",
                // What a side covers cannot be reached until the side is closed.
                inert: (!side.is_empty()).then_some("true"),
                onfocusin: move |_| note(state, Region::Middle),
                Banner {}
                Offer {}
                if *state.page.narrow.read() {
                    {invitations(&here, state, None)}
                }
                Middle {}
            }
            if has_members.get() {
                aside {
                    id: Region::Members.id(),
                    class: "members",
                    "aria-label": words.members_label(),
                    tabindex: "-1",
                    onfocusin: move |_| note(state, Region::Members),
                    Members {}
                }
            }
            button {
                class: "scrim",
                r#type: "button",
                "aria-label": words.to_conversation(),
                onclick: move |_| state.open.side.set(Side::None),
            }
        }
    }
}

/// The conversation, or what to do without one. It is redrawn only when another conversation is opened.
#[component]
fn Middle() -> Element {
    let here = use_context::<Here>();
    let state = use_context::<State>();
    let shown = use_memo(move || {
        let current = *state.open.current.read();
        current.filter(|key| state.views.buffers.list().contains_key(key))
    });
    let is_there = use_memo(move || shown.get().is_some());
    use_effect(move || {
        if is_there.get() && !state.has_dialog() {
            here.0.page(PageAct::Focus(state.place_to_write().to_owned()));
        }
    });
    match shown.get() {
        Some(at) => rsx! { Room { at } },
        None => rsx! { Welcome {} },
    }
}

fn note(mut state: State, region: Region) {
    if *state.open.region.peek() != region {
        state.open.region.set(region);
    }
}

/// Gives the focus to a side that slides in, and returns it afterwards.
fn use_side_focus(mut state: State, here: &Here) {
    let here = here.clone();
    let mut before = use_signal(Side::default);
    use_effect(move || {
        let side = *state.open.side.read();
        let was = *before.peek();
        if side == was {
            return;
        }
        before.set(side);
        let id = match side {
            Side::Rooms => Region::Rooms.id().to_owned(),
            Side::Members => Region::Members.id().to_owned(),
            Side::None => state.open.focus_back.take().unwrap_or_else(|| Region::Middle.id().to_owned()),
        };
        here.0.page(PageAct::Focus(id));
    });
}
