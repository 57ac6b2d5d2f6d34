//! Tells the networks what the person is looking at.

use std::{cell::Cell, rc::Rc};

use dioxus::prelude::*;
use parla_client::Intent;

use crate::{
    hooks::{use_context, use_drop, use_effect, use_hook},
    platform::Here,
    state::{BufferKey, State, wish},
};

/// Says it whenever it changes, for as long as the calling component shows the conversation.
pub(crate) fn use_look(at: BufferKey, end: Signal<bool>) {
    let mut state = use_context::<State>();
    let here = use_context::<Here>();
    let said = use_hook(|| Rc::new(Cell::new(None)));
    let leaving = here.clone();
    use_effect(move || {
        let at_end = *end.read();
        if *state.at_end.peek() != at_end {
            state.at_end.set(at_end);
        }
        let look = (state.attentive.read().then_some(at.buffer), at_end);
        if said.replace(Some(look)) != Some(look) {
            wish(&here, at.network, Intent::Look { buffer: look.0, at_end });
        }
    });
    use_drop(move || {
        // The next conversation says it of its own network.
        let is_elsewhere =
            state.current.try_peek().is_ok_and(|next| next.is_none_or(|next| next.network != at.network));
        if is_elsewhere {
            wish(&leaving, at.network, Intent::Look { buffer: None, at_end: false });
        }
    });
}
