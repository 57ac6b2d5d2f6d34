//! What is shown above the composer because it concerns it: why the last action failed, and which messages
//! are waiting.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent, Problem,
    view::{BufferView, Content, Delivery, Presence, UNCONFIRMED_CHUNK},
};

use crate::{
    hooks::{use_context, use_memo},
    platform::Here,
    problem_words::ProblemWords,
    state::{BufferKey, State, wish},
    words::{WaitsFor, use_words},
};

/// Why something failed that the person did in a conversation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Beside {
    /// The network reported this problem.
    Problem(Arc<Problem>),
    /// The person tried to send a file.
    NoFiles,
}

/// The number of waiting messages from which they can be cancelled together.
const CANCEL_FROM: usize = 2;

/// Why something failed, until the person dismisses it, sends something or goes elsewhere.
#[component]
pub(crate) fn BesideComposer(at: BufferKey) -> Element {
    let words = use_words();
    let mut state = use_context::<State>();
    let beside = state.announced.beside.read().clone();
    let Some((_, beside)) = beside.filter(|(key, _)| *key == at) else { return rsx! {} };
    rsx! {
        div { class: "ask problem beside", role: "alert",
            div { class: "banner-words",
                match beside {
                    Beside::Problem(problem) => rsx! { ProblemWords { problem } },
                    Beside::NoFiles => rsx! { p { {words.room_no_files()} } },
                }
            }
            button {
                r#type: "button",
                class: "quiet icon",
                "aria-label": words.toast_dismiss(),
                title: words.toast_dismiss(),
                onclick: move |_| state.announced.beside.set(None),
                span { "aria-hidden": "true", "×" }
            }
        }
    }
}

/// What the person has asked of the room and was not done, until they repeat or discard it.
#[component]
pub(crate) fn UndoneRequests(at: BufferKey) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    let undone = use_memo(use_reactive!(|at| {
        state.views.buffers.read(at).map(|view| view.undone.clone()).unwrap_or_default()
    }));
    let undone = undone.read();
    if undone.is_empty() {
        return rsx! {};
    }
    let requests = undone.iter().map(|request| {
        let why = if request.may_be_done { words.room_undone_perhaps() } else { words.room_undone() };
        let (row, retrying, discarding) = (request.row, here.clone(), here.clone());
        let retry = move |_| wish(&retrying, at.network, Intent::Retry { buffer: at.buffer, row });
        let discard = move |_| wish(&discarding, at.network, Intent::Discard { buffer: at.buffer, row });
        rsx! {
            li { key: "{row.0}",
                span { "{why} " }
                bdi { {words.request(&request.intent)} }
                " "
                button { r#type: "button", class: "plain", onclick: retry, {words.room_retry()} }
                " "
                button { r#type: "button", class: "plain", onclick: discard, {words.toast_dismiss()} }
            }
        }
    });
    rsx! { ul { class: "composer-note undone", role: "status", {requests} } }
}

/// The messages that wait in a conversation, and what they wait for.
#[derive(Clone, PartialEq)]
struct Queue {
    count: usize,
    waits_for: WaitsFor,
}

/// The number of waiting messages, and the button that cancels all of them.
#[component]
pub(crate) fn WaitingMessages(at: BufferKey) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    let queue = use_memo(use_reactive!(|at| {
        let view = state.views.buffers.read(at)?;
        Some(Queue { count: queued(&view), waits_for: waits_for(state, at, &view) })
    }));
    let Some(queue) = queue.get().filter(|queue| queue.count >= CANCEL_FROM) else { return rsx! {} };
    let sentence = words.waiting(queue.count, queue.waits_for);
    rsx! {
        div { class: "composer-note waiting",
            span { role: "status", {sentence} }
            button {
                r#type: "button",
                class: "plain",
                onclick: move |_| wish(&here, at.network, Intent::DiscardQueued { buffer: at.buffer }),
                {words.room_cancel_all()}
            }
        }
    }
}

fn queued(view: &BufferView) -> usize {
    let own = view.timeline.chunks.last().filter(|chunk| chunk.0.id == UNCONFIRMED_CHUNK);
    let is_queued = |content: &Content| matches!(content, Content::Message(message) if message.delivery == Delivery::Queued);
    own.map_or(0, |chunk| chunk.0.rows.iter().filter(|row| is_queued(&row.content)).count())
}

/// What the messages of a conversation are waiting for.
pub(crate) fn waits_for(state: State, at: BufferKey, view: &BufferView) -> WaitsFor {
    match view.presence {
        _ if !state.is_online(at.network) => WaitsFor::Connection,
        Presence::Joining => WaitsFor::Room,
        Presence::Present | Presence::Absent(_) => WaitsFor::Turn,
    }
}

/// What a message that has not been sent yet is waiting for.
#[component]
pub(crate) fn Waits(at: BufferKey) -> Element {
    let words = use_words();
    let state = use_context::<State>();
    let what = use_memo(use_reactive!(|at| {
        state.views.buffers.read(at).map_or(WaitsFor::Connection, |view| waits_for(state, at, &view))
    }));
    let sentence = words.waits(what.get());
    rsx! { "{sentence} " }
}
