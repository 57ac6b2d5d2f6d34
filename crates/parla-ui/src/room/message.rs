//! The row of a message.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent, Problem, ProblemKind,
    view::{BufferView, Content, Delivery, Manner, MessageView, RowId, UNCONFIRMED_CHUNK},
};

use crate::{
    hooks::{use_context, use_future, use_signal},
    platform::Here,
    problem_words::RawWords,
    room::{
        around::{Folded, ForSome, Reactions, ReplyChip, TakenBack},
        arrange::Lead,
        beside::Waits,
        chunk::Shared,
        colour,
    },
    state::{BufferKey, Dialog, State, wish},
    words::use_words,
};

/// A message that is confirmed within this time shows no delivery status, in milliseconds.
const LATE_MS: u32 = 3_000;
/// Servers slow down a client that sends more lines than this at once.
const MANY_LINES: usize = 10;

/// A message, a notice or an action.
#[component]
pub(crate) fn MessageRow(
    shared: Shared,
    id: RowId,
    time: String,
    message: Arc<MessageView>,
    lead: Lead,
) -> Element {
    let words = use_words();
    let at = shared.at;
    let is_named = lead == Lead::Named;
    let kind = match message.manner {
        Manner::Message => "message",
        Manner::Notice => "notice",
        Manner::Action => "action",
    };
    rsx! {
        div {
            class: "row is-{kind}",
            class: if is_named { "lead" },
            class: if message.mention { "mention" },
            class: if message.author.own { "own" },
            class: if message.audience.is_some() { "for-some" },
            class: if message.deleted.is_some() { "deleted" },
            class: "{delivery_class(&message.delivery)}",
            role: "listitem",
            "data-row": "{id.0}",
            "data-kind": kind,
            "data-nick": "{message.author.nick}",
            "data-time": "{time}",
            time { class: "at", "{time}" }
            " "
            div { class: "said",
                if let Some(audience) = message.audience {
                    ForSome { at, audience }
                }
                if let Some(reply) = &message.reply {
                    ReplyChip { shared, reply: reply.clone() }
                }
                if message.mention {
                    span { class: "sr-only", "{words.room_mentions_you()} " }
                }
                if is_named {
                    Nick { at, id, message: message.clone() }
                } else {
                    span { class: "sr-only", "{words.room_says(&message.author.nick)} " }
                }
                if let Some(deleted) = &message.deleted {
                    TakenBack { deleted: deleted.clone() }
                } else {
                    Folded { shared, id, text: message.text.clone() }
                }
                if !message.reactions.is_empty() {
                    Reactions { reactions: message.reactions.clone() }
                }
                Underway { at, id, delivery: message.delivery.clone() }
            }
        }
    }
}

fn delivery_class(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Done => "",
        Delivery::Queued | Delivery::Sent => "pending",
        Delivery::Failed(_) => "failed",
    }
}

/// The sender's nick; a click shows more about them.
#[component]
fn Nick(at: BufferKey, id: RowId, message: Arc<MessageView>) -> Element {
    let words = use_words();
    let mut state = use_context::<State>();
    let button = format!("nick-{}", id.0);
    let focus_back = button.clone();
    let author = &message.author;
    let from = author.nick.clone();
    let open = move |_| state.open_dialog(Dialog::Person(at.network, from.clone()), &focus_back);
    rsx! {
        span { class: "nick",
            if message.manner == Manner::Action {
                span { "aria-hidden": "true", "* " }
            }
            button { r#type: "button", id: button, onclick: open,
                if let Some(called) = &author.called {
                    bdi { color: colour::nick(author.hue), "{called}" }
                    " "
                    bdi { class: "true-nick", "{author.nick}" }
                } else {
                    bdi { color: colour::nick(author.hue), "{author.nick}" }
                }
            }
            if author.bot {
                span { class: "bot", {words.moderation_bot()} }
            }
        }
        " "
    }
}

/// The delivery status of the person's own message, unless it has arrived.
#[component]
fn Underway(at: BufferKey, id: RowId, delivery: Delivery) -> Element {
    match delivery {
        Delivery::Done => rsx! {},
        Delivery::Queued => rsx! {
            div { class: "underway",
                Waits { at }
                Discard { at, id }
            }
        },
        Delivery::Sent => rsx! { Sent { at } },
        Delivery::Failed(problem) => rsx! { Failed { at, id, problem } },
    }
}

/// A message that was sent and is not confirmed. If that takes long, the reason is given.
#[component]
fn Sent(at: BufferKey) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let state = use_context::<State>();
    let mut is_late = use_signal(|| false);
    use_future(move || {
        let here = here.clone();
        async move {
            here.0.sleep(LATE_MS).await;
            is_late.set(true);
        }
    });
    if !is_late() {
        return rsx! { span { class: "sr-only", " {words.room_sending()}" } };
    }
    let is_much = state.views.buffers.read(at).is_some_and(|view| sent_lines(&view) > MANY_LINES);
    let sentence = if is_much { words.room_slowed() } else { words.room_not_confirmed() };
    rsx! { div { class: "underway", role: "status", {sentence} } }
}

/// The number of lines that were sent to a conversation and are not confirmed.
fn sent_lines(view: &BufferView) -> usize {
    let own = view.timeline.chunks.last().filter(|chunk| chunk.0.id == UNCONFIRMED_CHUNK);
    let rows = own.into_iter().flat_map(|chunk| &chunk.0.rows);
    let lines = rows.filter_map(|row| match &row.content {
        Content::Message(message) if message.delivery == Delivery::Sent => {
            Some(message.text.plain.lines().count())
        }
        _ => None,
    });
    lines.sum()
}

#[component]
fn Failed(at: BufferKey, id: RowId, problem: Arc<Problem>) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let retry = move |_| wish(&here, at.network, Intent::Retry { buffer: at.buffer, row: id });
    let told = words.problem(&problem);
    rsx! {
        div { class: "underway",
            // A message that may have arrived is not called lost.
            if problem.kind != ProblemKind::MaybeLost {
                span { class: "failure", "{words.room_not_sent()} " }
            }
            span { "{told.title} {told.meaning} {told.remedy} " }
            button { r#type: "button", class: "plain", onclick: retry, {words.room_retry()} }
            " "
            Discard { at, id }
            RawWords { raw: problem.details.clone() }
        }
    }
}

#[component]
fn Discard(at: BufferKey, id: RowId) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let discard = move |_| wish(&here, at.network, Intent::Discard { buffer: at.buffer, row: id });
    rsx! { button { r#type: "button", class: "plain", onclick: discard, {words.room_delete()} } }
}
