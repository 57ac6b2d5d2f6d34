//! Invitations, as cards with two answers: in the list of rooms, or above the conversation where the list is
//! hidden.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent, SortedMap,
    view::{BufferView, NetworkId, Presence},
};

use crate::{
    platform::{Here, PageAct},
    state::{BufferKey, State, wish},
};

/// An invitation to a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The network of the room.
    pub network: NetworkId,
    /// The nick of the person who invites.
    pub from: Arc<str>,
    /// The room, as the server knows it.
    pub room: Arc<str>,
}

/// The most invitations that are kept; the oldest are dropped first.
const INVITATIONS_MAX: usize = 8;

impl State {
    /// Removes invitations to rooms that the person has joined.
    pub(crate) fn note_joined(&mut self, buffers: &SortedMap<BufferKey, BufferView>) {
        let is_there = |one: &Invitation| {
            buffers.iter().any(|(key, view)| {
                key.network == one.network && view.presence == Presence::Present && view.name == one.room
            })
        };
        if self.views.invitations.peek().iter().any(is_there) {
            self.views.invitations.write().retain(|one| !is_there(one));
        }
    }

    pub(crate) fn invited(&mut self, one: Invitation) {
        let mut invitations = self.views.invitations.write();
        invitations.retain(|known| (known.network, &known.room) != (one.network, &one.room));
        if invitations.len() >= INVITATIONS_MAX {
            invitations.remove(0);
        }
        invitations.push(one);
    }

    /// Removes an invitation that was accepted or declined.
    pub(crate) fn answered(&mut self, one: &Invitation) {
        self.views.invitations.write().retain(|known| known != one);
    }
}

/// The cards of one network or of all.
pub(crate) fn invitations(here: &Here, state: State, network: Option<NetworkId>) -> Element {
    let all = state.views.invitations.read();
    let of = |one: &&Invitation| network.is_none_or(|network| network == one.network);
    if !all.iter().any(|one| of(&one)) {
        return rsx! {};
    }
    rsx! {
        ul { class: "invitations", "aria-label": state.words().moderation_invitations(),
            for one in all.iter().filter(of).cloned() {
                {card(here, state, one)}
            }
        }
    }
}

fn card(here: &Here, mut state: State, one: Invitation) -> Element {
    let words = state.words();
    let sentence = words.toast_invitation(&one.from, &one.room);
    let (here, other) = (here.clone(), one.clone());
    rsx! {
        li { key: "{one.network.0} {one.room}", class: "invitation",
            p { role: "alert", bdi { "{sentence}" } }
            div { class: "buttons",
                button {
                    r#type: "button",
                    class: "primary",
                    onclick: move |_| {
                        wish(&here, one.network, Intent::Join { room: Arc::clone(&one.room), key: None });
                        state.answered(&one);
                        here.0.page(PageAct::Focus(state.place_to_write().to_owned()));
                    },
                    {words.toast_join()}
                }
                button { r#type: "button", class: "plain", onclick: move |_| state.answered(&other), {words.toast_ignore()} }
            }
        }
    }
}
