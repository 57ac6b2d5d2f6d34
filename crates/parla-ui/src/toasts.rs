//! What is said once, in the corner. A problem and a question stay until they are answered; a confirmation goes by itself.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{Intent, view::Notice};

use crate::{
    hooks::{use_context, use_future, use_signal},
    platform::Here,
    problem_words::ProblemWords,
    state::{State, Toast, ToastKind, wish},
    words::{self, toast as said},
};

/// How long a confirmation stays.
const CONFIRMATION_MS: u32 = 6_000;

/// The corner.
#[component]
pub(crate) fn Toasts() -> Element {
    let state = use_context::<State>();
    rsx! {
        section { class: "toasts", "aria-label": said::LABEL, role: "region", "aria-live": "polite",
            for toast in state.toasts.read().iter() {
                Card { key: "{toast.id}", toast: toast.clone() }
            }
        }
    }
}

/// How long a toast stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stays {
    UntilDismissed,
    AWhile,
}

fn stays(kind: &ToastKind) -> Stays {
    match kind {
        ToastKind::Notice(Notice::Problem(_) | Notice::Forwarded { .. }) => Stays::UntilDismissed,
        ToastKind::Notice(
            Notice::Invitation { .. }
            | Notice::Invited { .. }
            | Notice::NickChanged(_)
            | Notice::NickRefused { .. }
            | Notice::Away(_)
            | Notice::Help,
        )
        | ToastKind::Left(_)
        | ToastKind::Closed(_)
        | ToastKind::Copied => Stays::AWhile,
    }
}

#[component]
fn Card(toast: Toast) -> Element {
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let mut is_held = use_signal(|| false);
    let id = toast.id;
    let is_problem = matches!(toast.kind, ToastKind::Notice(Notice::Problem(_)));
    let stay = stays(&toast.kind);
    use_future(move || {
        let here = here.clone();
        async move {
            if stay == Stays::UntilDismissed {
                return;
            }
            // While the pointer or the focus is on it, somebody reads it.
            while !is_over(&here, is_held).await {}
            state.dismiss(id);
        }
    });
    rsx! {
        div {
            class: if is_problem { "toast problem" } else { "toast" },
            role: if is_problem { "alert" } else { "status" },
            onmouseenter: move |_| is_held.set(true),
            onmouseleave: move |_| is_held.set(false),
            onfocusin: move |_| is_held.set(true),
            onfocusout: move |_| is_held.set(false),
            div { class: "toast-words", Said { toast } }
            button {
                r#type: "button",
                class: "quiet icon",
                "aria-label": said::DISMISS,
                title: said::DISMISS,
                onclick: move |_| state.dismiss(id),
                span { "aria-hidden": "true", "×" }
            }
        }
    }
}

/// Lets a confirmation's time pass. It is over unless somebody is at it.
async fn is_over(here: &Here, is_held: Signal<bool>) -> bool {
    here.0.sleep(CONFIRMATION_MS).await;
    !*is_held.peek()
}

#[component]
fn Said(toast: Toast) -> Element {
    match &toast.kind {
        ToastKind::Notice(Notice::Problem(problem)) => rsx! { ProblemWords { problem: Arc::clone(problem) } },
        ToastKind::Notice(Notice::Forwarded { from, to }) => plain(words::moderation::forwarded(from, to)),
        ToastKind::Notice(Notice::Invited { who, room }) => plain(said::invited(who, room)),
        ToastKind::Notice(Notice::NickChanged(nick)) => plain(said::renamed(nick)),
        ToastKind::Notice(Notice::Away(true)) => plain(said::AWAY.to_owned()),
        ToastKind::Notice(Notice::Away(false)) => plain(said::BACK.to_owned()),
        ToastKind::Notice(Notice::Invitation { .. } | Notice::NickRefused { .. } | Notice::Help) => rsx! {},
        ToastKind::Left(room) => {
            let intent = Some(Intent::Join { room: Arc::clone(room), key: None });
            undo(said::left(room), said::REJOIN, intent, &toast)
        }
        ToastKind::Closed(nick) => {
            let intent = Some(Intent::OpenDirect { nick: Arc::clone(nick) });
            undo(said::closed(nick), said::REOPEN, intent, &toast)
        }
        ToastKind::Copied => plain(said::COPIED.to_owned()),
    }
}

fn plain(words: String) -> Element {
    rsx! { p { bdi { "{words}" } } }
}

fn undo(words: String, label: &'static str, intent: Option<Intent>, toast: &Toast) -> Element {
    rsx! {
        p { bdi { "{words}" } }
        div { class: "buttons", Offer { toast: toast.clone(), label, intent } }
    }
}

/// The button that does what the toast offers.
#[component]
fn Offer(toast: Toast, label: &'static str, intent: Option<Intent>) -> Element {
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let id = toast.id;
    rsx! {
        button {
            r#type: "button",
            class: "plain",
            onclick: move |_| {
                if let Some(intent) = intent.clone() {
                    wish(&here, toast.network, intent);
                }
                state.dismiss(id);
            },
            {label}
        }
    }
}
