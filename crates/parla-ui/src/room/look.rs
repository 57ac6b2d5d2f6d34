//! Tells the networks what the person is looking at.

use std::{cell::Cell, rc::Rc};

use dioxus::prelude::*;
use parla_client::Intent;

use crate::{
    hooks::{use_context, use_drop, use_effect, use_hook},
    platform::Here,
    room::scroll::Scroll,
    state::{BufferKey, State, wish},
};

/// Reports it at every change while the calling component shows the conversation, and once more when missed
/// messages have arrived and are in view.
pub(crate) fn use_look(at: BufferKey, scroll: Scroll) {
    let mut state = use_context::<State>();
    let here = use_context::<Here>();
    let reported = use_hook(|| Rc::new(Cell::new(None)));
    let leaving = here.clone();
    use_effect(move || {
        let at_end = *scroll.end.read();
        if *state.page.at_end.peek() != at_end {
            state.page.at_end.set(at_end);
        }
        let look = (state.page.attentive.read().then_some(at.buffer), at_end);
        let is_new = scroll.view.read().as_ref().is_some_and(|view| view.unread > 0);
        // The place where the unread messages begin is shown first.
        let is_seen = is_new && at_end && look.0.is_some() && *scroll.landed.read();
        if reported.replace(Some(look)) != Some(look) || is_seen {
            wish(&here, at.network, Intent::Look { buffer: look.0, at_end });
        }
    });
    use_drop(move || {
        // The next conversation reports to its own network.
        let is_elsewhere = state
            .open
            .current
            .try_peek()
            .is_ok_and(|next| next.is_none_or(|next| next.network != at.network));
        if is_elsewhere {
            wish(&leaving, at.network, Intent::Look { buffer: None, at_end: false });
        }
    });
}
