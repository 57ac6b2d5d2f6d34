//! The composer, in which the person writes.
//!
//! The field never gets a value from a component: the text belongs to the person, and whatever we put there
//! goes through the page.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Problem, ProblemKind,
    completion::ChoiceKind,
    limits::{SUBMIT_BYTES_MAX, SUBMIT_MESSAGES_MAX},
    view::{BufferEvent, BufferKind, BufferView, Content, Presence},
};

use crate::{
    hooks::{use_context, use_memo, use_signal},
    room::beside::{BesideComposer, UndoneRequests, WaitingMessages},
    room::desk::{ASK_ID, COMPOSER_ID, Desk, SendWarning, use_desk},
    room::shut_out::ShutOut,
    state::{BufferKey, State},
    words::{Words, use_words},
};

/// The id of the list of suggestions, and the start of the ids of its options.
const SUGGESTIONS_ID: &str = "suggestions";
/// The id of the note that says why the person cannot write here.
const SILENCED_ID: &str = "silenced";

/// What the composer must know of its conversation.
#[derive(Clone, PartialEq)]
struct Target {
    kind: BufferKind,
    name: Arc<str>,
    /// The name as the server knows it.
    room: Arc<str>,
    presence: Presence,
    is_online: bool,
    /// Why nobody would get what the person writes here, if that is known.
    silenced: Option<ProblemKind>,
    /// The people who could invite the person, if they need an invitation.
    can_invite: Arc<[Arc<str>]>,
    /// Whether the last row above already tells of the removal that keeps the person out.
    is_told: bool,
}

/// Whether the person was removed and the last row says by whom and why.
fn tells_of_removal(view: &BufferView) -> bool {
    let is_removed =
        matches!(&view.presence, Presence::Absent(Some(why)) if why.kind == ProblemKind::KickedOut);
    let last = view.timeline.rows().next_back();
    is_removed && last.is_some_and(|row| matches!(row.content, Content::Event(BufferEvent::Kicked { .. })))
}

/// Says why nobody would get what the person writes, and what they can do.
fn silenced(words: Words, kind: ProblemKind, room: &str) -> String {
    let told = words.problem(&Problem::new(kind, room, ""));
    format!("{} {}", told.title, told.remedy)
}

/// The composer, or what replaces it.
#[component]
pub(crate) fn Composer(at: ReadSignal<BufferKey>) -> Element {
    let words = use_words();
    let state = use_context::<State>();
    let desk = use_desk(at);
    let tried = use_signal(|| None);
    let target = use_memo(move || {
        let at = at();
        let view = state.views.buffers.read(at)?;
        let is_online = state.is_online(at.network);
        let (name, room) = (view.name.clone(), view.target.clone());
        Some(Target {
            kind: view.kind,
            name,
            room,
            presence: view.presence.clone(),
            is_online,
            silenced: view.rights.silenced,
            can_invite: Arc::clone(&view.can_invite),
            is_told: tells_of_removal(&view),
        })
    });
    let target = target.read();
    let Some(target) = target.as_ref() else { return rsx! {} };
    if let Presence::Absent(why) = &target.presence {
        let why = why.as_ref().filter(|_| !target.is_told);
        return rsx! {
            ShutOut {
                at: at(),
                name: target.name.to_string(),
                room: target.room.clone(),
                why: why.cloned(),
                can_invite: target.can_invite.clone(),
                tried,
            }
        };
    }
    rsx! {
        div { class: "composer",
            if !target.is_online {
                p { class: "composer-note", role: "status", {words.room_offline()} }
            }
            if let Some(kind) = target.silenced {
                p { id: SILENCED_ID, class: "composer-note", role: "status", {silenced(words, kind, &target.name)} }
            }
            UndoneRequests { at: at() }
            BesideComposer { at: at() }
            WaitingMessages { at: at() }
            Ask { desk }
            Popup { desk }
            InOne { desk }
            div { class: "composer-line",
                Field {
                    desk,
                    label: words.composer(target.kind, &target.name),
                    is_silenced: target.silenced.is_some(),
                }
                button {
                    r#type: "button",
                    class: "send primary",
                    onclick: move |_| {
                        desk.submit();
                        desk.focus();
                    },
                    {words.room_send()}
                }
            }
        }
    }
}

#[component]
fn Field(desk: Desk, label: String, is_silenced: bool) -> Element {
    let suggestions = desk.suggestions.read();
    let is_open = suggestions.is_some();
    rsx! {
        textarea {
            id: COMPOSER_ID,
            class: "composer-field",
            rows: "1",
            dir: "auto",
            spellcheck: "true",
            autocomplete: "off",
            enterkeyhint: "send",
            placeholder: "{label}",
            "aria-label": "{label}",
            "aria-describedby": is_silenced.then_some(SILENCED_ID),
            "aria-autocomplete": "list",
            "aria-haspopup": "listbox",
            "aria-controls": is_open.then_some(SUGGESTIONS_ID),
            "aria-activedescendant": is_open.then(|| option_id(desk.marked())),
            onmounted: move |_| desk.restore(),
            onkeydown: move |event| desk.press(&event),
        }
    }
}

fn option_id(index: usize) -> String {
    format!("{SUGGESTIONS_ID}-{index}")
}

/// The list of suggestions.
#[component]
fn Popup(desk: Desk) -> Element {
    let words = use_words();
    let suggestions = desk.suggestions.read();
    let Some(suggestions) = suggestions.as_ref() else { return rsx! {} };
    let marked = desk.marked();
    rsx! {
        ul {
            id: SUGGESTIONS_ID,
            class: "choices",
            role: "listbox",
            tabindex: "0",
            "aria-label": words.room_suggestions(),
            for (n, choice) in suggestions.choices.iter().enumerate() {
                li {
                    key: "{n}",
                    id: option_id(n),
                    role: "option",
                    "aria-selected": if n == marked { "true" } else { "false" },
                    // This keeps the focus in the field.
                    onmousedown: move |event| event.prevent_default(),
                    onclick: move |_| desk.accept(n),
                    bdi { "{choice.shown}" }
                    if let ChoiceKind::Command(spec) = &choice.kind {
                        span { class: "dim", " {words.written_behind(spec)} " }
                        span { class: "about", {words.command(spec.name).unwrap_or_default()} }
                    }
                }
            }
        }
    }
}

/// Says that many lines will become one message.
#[component]
fn InOne(desk: Desk) -> Element {
    let words = use_words();
    match desk.lines_in_one() {
        Some(lines) => rsx! { p { class: "dim in-one", {words.room_one_message(lines)} } },
        None => rsx! {},
    }
}

/// The warning before many lines are sent.
#[component]
fn Ask(desk: Desk) -> Element {
    let words = use_words();
    let state = use_context::<State>();
    let warning = *desk.warning.read();
    let Some(warning) = warning else { return rsx! {} };
    let preview: Vec<String> = {
        let written = state.page.composer.read();
        let lines = written.text.lines().filter(|line| !line.trim().is_empty());
        lines.take(PREVIEW_LINES).map(str::to_owned).collect()
    };
    let (sentence, count) = match warning {
        SendWarning::ManyLines { lines, messages } => {
            (words.many_lines(lines, messages), Some((lines, messages)))
        }
        SendWarning::TooManyMessages(count) => {
            (words.problem_too_many_messages(count, SUBMIT_MESSAGES_MAX).title, None)
        }
        SendWarning::TooMuchText => (words.problem_too_much_text(SUBMIT_BYTES_MAX / 1024).title, None),
    };
    rsx! {
        div { class: "ask", role: "group", "aria-labelledby": "ask-sentence",
            p { id: "ask-sentence", role: "status", "{sentence}" }
            if let Some((lines, messages)) = count {
                pre { class: "preview", dir: "auto",
                    for line in preview {
                        "{line}\n"
                    }
                    if lines > PREVIEW_LINES { "…" }
                }
                button {
                    id: ASK_ID,
                    r#type: "button",
                    class: "primary",
                    onclick: move |_| {
                        desk.send();
                        desk.focus();
                    },
                    {words.room_send_lines(messages)}
                }
                " "
            }
            button {
                id: count.is_none().then_some(ASK_ID),
                r#type: "button",
                class: "plain",
                onclick: move |_| desk.cancel(),
                {words.cancel()}
            }
        }
    }
}

/// The number of lines that the warning shows.
const PREVIEW_LINES: usize = 5;
