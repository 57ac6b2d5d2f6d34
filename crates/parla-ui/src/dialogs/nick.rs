//! Who the person is on a network: their nick, whether they are away, and how to disconnect.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent,
    view::{LinkState, NetworkId, NetworkView},
};

use super::{DialogBox, use_focus_id, written};
use crate::{
    forget::Forget,
    hooks::use_context,
    language_chooser::LanguageChooser,
    platform::{Here, ShellKind},
    state::{State, wish},
    words::use_words,
};

/// The dialog about the person on this network.
#[component]
pub(crate) fn Nick(network: NetworkId) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    let focus_id = use_focus_id();
    let Some(view) = state.views.networks.read().get(&network).cloned() else { return rsx! {} };
    rsx! {
        DialogBox { title: words.dialog_nick_title(&view.name),
            {name_form(here.clone(), state, (&view, focus_id))}
            {away_form(here.clone(), state, (network, view.away.clone()))}
            LanguageChooser {}
            {ways_out(here, state, &view)}
        }
    }
}

fn name_form(here: Here, mut state: State, (view, focus_id): (&NetworkView, String)) -> Element {
    let words = state.words();
    let suggestion = match &view.link {
        LinkState::Stopped { suggestion, .. } => suggestion.clone(),
        LinkState::Connecting(_) | LinkState::Offline | LinkState::Online | LinkState::Waiting { .. } => None,
    };
    let refused = state.open.nick_refused.read().clone();
    let why = refused.as_ref().map(|(why, _)| words.problem(why));
    let suggestion = refused.map(|(_, suggestion)| suggestion).or(suggestion);
    let initial = suggestion.unwrap_or_else(|| Arc::clone(&view.nick)).to_string();
    let network = view.id;
    rsx! {
        form {
            class: "one-line",
            onsubmit: move |event| {
                event.prevent_default();
                let nick = written(&event, "nick");
                if !nick.is_empty() {
                    wish(&here, network, Intent::ChangeNick { nick: nick.into() });
                    state.close_dialog();
                }
            },
            div { class: "field",
                label { r#for: focus_id.clone(), {words.dialog_nick_field()} }
                input {
                    id: focus_id,
                    name: "nick",
                    r#type: "text",
                    autocomplete: "nickname",
                    autocapitalize: "off",
                    spellcheck: "false",
                    dir: "auto",
                    "aria-describedby": why.as_ref().map(|_| "nick-advice"),
                    initial_value: initial,
                    // What was said about another nick does not apply to this one.
                    oninput: move |_| {
                        if state.open.nick_refused.peek().is_some() {
                            state.open.nick_refused.set(None);
                        }
                    },
                }
            }
            button { r#type: "submit", class: "primary", {words.dialog_nick_save()} }
            if let Some(why) = &why {
                p { id: "nick-advice", class: "hint", role: "alert", bdi { "{why.title} {why.meaning}" } }
            }
        }
    }
}

fn away_form(here: Here, mut state: State, (network, away): (NetworkId, Option<Arc<str>>)) -> Element {
    let words = state.words();
    if let Some(away) = away {
        return rsx! {
            div { class: "one-line",
                p { class: "field", dir: "auto", "{away}" }
                button {
                    r#type: "button",
                    class: "plain",
                    onclick: move |_| {
                        wish(&here, network, Intent::Away { reason: None });
                        state.close_dialog();
                    },
                    {words.dialog_away_clear()}
                }
            }
        };
    }
    rsx! {
        form {
            class: "one-line",
            onsubmit: move |event| {
                event.prevent_default();
                let reason = written(&event, "reason");
                let reason = if reason.is_empty() { words.dialog_away_default().to_owned() } else { reason };
                wish(&here, network, Intent::Away { reason: Some(reason.into()) });
                state.close_dialog();
            },
            div { class: "field",
                label { r#for: "away-reason", {words.dialog_away_field()} }
                input {
                    id: "away-reason",
                    name: "reason",
                    r#type: "text",
                    autocomplete: "off",
                    placeholder: words.dialog_away_default(),
                    dir: "auto",
                }
            }
            button { r#type: "submit", class: "plain", {words.dialog_away_set()} }
        }
    }
}

fn ways_out(here: Here, mut state: State, view: &NetworkView) -> Element {
    let words = state.words();
    let network = view.id;
    let is_on = !matches!(view.link, LinkState::Stopped { .. });
    let can_forget = here.0.shell_kind() == ShellKind::Desktop;
    rsx! {
        div { class: "buttons ways-out",
            if is_on {
                button {
                    r#type: "button",
                    class: "plain",
                    onclick: move |_| {
                        wish(&here, network, Intent::Disconnect { reason: "".into() });
                        state.close_dialog();
                    },
                    {words.dialog_disconnect()}
                }
            }
            if can_forget {
                Forget { network }
            }
        }
    }
}
