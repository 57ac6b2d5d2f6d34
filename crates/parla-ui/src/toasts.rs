//! What is said once: beside what it is about, or in the corner, from where it leaves by itself. All of it can be read again.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent, Problem, ProblemKind,
    view::{BufferId, NetworkId, Notice, Presence},
};

use crate::{
    hooks::{use_context, use_future, use_signal},
    platform::Here,
    problem_words::ProblemWords,
    room::beside::Beside,
    state::{BufferKey, State, wish},
    words::{Language, use_words},
};

/// A message to the person that goes away by itself or by a click.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// Counts up.
    pub id: u64,
    /// From which network.
    pub network: NetworkId,
    /// About which conversation.
    pub buffer: Option<BufferId>,
    /// What it says.
    pub kind: ToastKind,
}

/// What a toast says.
#[derive(Clone, Debug, PartialEq)]
pub enum ToastKind {
    /// What a network told.
    Notice(Notice),
    /// The person left this room, and can go back.
    Left(Arc<str>),
    /// The person closed the conversation with this person, and can open it again.
    Closed(Arc<str>),
    /// A link is on the clipboard.
    Copied,
    /// The link that the person came by is no address.
    NoAddress,
    /// The browser shows no notifications, as the person wanted it.
    NotificationsRefused,
    /// A file was to be sent, and no conversation is open.
    NoFiles,
    /// The sentences of this language could not be loaded.
    LanguageMissing(Language),
}

/// How long a confirmation stays.
const CONFIRMATION_MS: u32 = 6_000;
/// How long something stays that wants to be read with care.
const PROBLEM_MS: u32 = 12_000;

/// The corner.
#[component]
pub(crate) fn Toasts() -> Element {
    let words = use_words();
    let state = use_context::<State>();
    rsx! {
        section { class: "toasts", "aria-label": words.toast_label(), role: "region", "aria-live": "polite",
            for toast in state.announced.toasts.read().iter() {
                Card { key: "{toast.id}", toast: toast.clone() }
            }
        }
    }
}

/// Toasts that are shown; older ones go first.
const TOASTS_MAX: usize = 5;
/// Toasts that can be read again; older ones go first.
const JOURNAL_MAX: usize = 50;

impl State {
    /// Says what a network tells: above the composer if it is about what was done there, else in the corner.
    pub(crate) fn tell(&mut self, network: NetworkId, buffer: Option<BufferId>, notice: Notice) {
        let here = buffer
            .map(|buffer| BufferKey { network, buffer })
            .filter(|key| *self.open.current.peek() == Some(*key));
        let is_covered = self.has_dialog();
        let (Some(key), Notice::Problem(problem), false) = (here, &notice, is_covered) else {
            return self.toast(network, buffer, ToastKind::Notice(notice));
        };
        let is_shut_out = self
            .views
            .buffers
            .peek(key)
            .is_some_and(|view| matches!(view.presence, Presence::Absent(Some(_))));
        let problem = Arc::clone(problem);
        self.note(network, buffer, ToastKind::Notice(notice.clone()));
        // What stands in the place of the composer says it already.
        if !is_shut_out {
            self.announced.beside.set(Some((key, Beside::Problem(problem))));
        }
    }

    /// Says something in the corner.
    pub fn toast(&mut self, network: NetworkId, buffer: Option<BufferId>, kind: ToastKind) {
        let toast = self.note(network, buffer, kind);
        let mut toasts = self.announced.toasts.write();
        toasts.push_back(toast);
        while toasts.len() > TOASTS_MAX {
            toasts.pop_front();
        }
    }

    /// What the person writes cannot be saved. Whoever knows it need not hear it with each letter.
    pub(crate) fn tell_not_saved(&mut self) {
        let is_told = self.announced.journal.peek().iter().any(|toast| match &toast.kind {
            ToastKind::Notice(Notice::Problem(problem)) => problem.kind == ProblemKind::BrowserFull,
            _ => false,
        });
        if !is_told {
            let problem = Problem { kind: ProblemKind::BrowserFull, about: "".into(), details: "".into() };
            self.toast(NetworkId(0), None, ToastKind::Notice(Notice::Problem(Arc::new(problem))));
        }
    }

    /// Keeps what is said, to be read again.
    fn note(&mut self, network: NetworkId, buffer: Option<BufferId>, kind: ToastKind) -> Toast {
        let mut journal = self.announced.journal.write();
        let id = journal.back().map_or(0, |toast| toast.id + 1);
        let toast = Toast { id, network, buffer, kind };
        journal.push_back(toast.clone());
        while journal.len() > JOURNAL_MAX {
            journal.pop_front();
        }
        toast
    }

    /// The person sees the conversation now, which says itself why they are not in it.
    pub(crate) fn is_seen(&mut self, key: BufferKey) {
        let presence = self.views.buffers.peek(key).map(|view| view.presence.clone());
        let Some(Presence::Absent(Some(why))) = presence else { return };
        let says_so = |toast: &Toast| {
            let ToastKind::Notice(Notice::Problem(problem)) = &toast.kind else { return false };
            (toast.network, toast.buffer) == (key.network, Some(key.buffer)) && problem.kind == why.kind
        };
        if self.announced.toasts.peek().iter().any(says_so) {
            self.announced.toasts.write().retain(|toast| !says_so(toast));
        }
    }

    /// Takes back what is true no more. It is not to be read again either.
    pub(crate) fn withdraw(&mut self, kind: &ToastKind) {
        for said in [&mut self.announced.toasts, &mut self.announced.journal] {
            if said.peek().iter().any(|toast| toast.kind == *kind) {
                said.write().retain(|toast| toast.kind != *kind);
            }
        }
    }

    /// Takes a toast away.
    pub fn dismiss(&mut self, id: u64) {
        self.announced.toasts.write().retain(|toast| toast.id != id);
    }

    /// Somebody wants to send a file.
    pub(crate) fn refuse_file(&mut self) {
        let current = *self.open.current.peek();
        match current.filter(|_| *self.open.entered.peek()) {
            Some(key) => self.announced.beside.set(Some((key, Beside::NoFiles))),
            None => self.toast(NetworkId(0), None, ToastKind::NoFiles),
        }
    }
}

/// How long a toast stays.
const fn stays_ms(kind: &ToastKind) -> u32 {
    match kind {
        ToastKind::Notice(Notice::Problem(_) | Notice::Forwarded { .. })
        | ToastKind::NotificationsRefused
        | ToastKind::LanguageMissing(_)
        | ToastKind::NoAddress
        | ToastKind::NoFiles => PROBLEM_MS,
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
        | ToastKind::Copied => CONFIRMATION_MS,
    }
}

#[component]
fn Card(toast: Toast) -> Element {
    let words = use_words();
    let here = use_context::<Here>();
    let mut state = use_context::<State>();
    let mut is_held = use_signal(|| false);
    let id = toast.id;
    let is_problem = matches!(toast.kind, ToastKind::Notice(Notice::Problem(_)));
    let stays = stays_ms(&toast.kind);
    use_future(move || {
        let here = here.clone();
        async move {
            // While the pointer or the focus is on it, somebody reads it.
            while !is_over(&here, stays, is_held).await {}
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
                "aria-label": words.toast_dismiss(),
                title: words.toast_dismiss(),
                onclick: move |_| state.dismiss(id),
                span { "aria-hidden": "true", "×" }
            }
        }
    }
}

/// Lets a toast's time pass. It is over unless somebody is at it.
async fn is_over(here: &Here, stays_ms: u32, is_held: Signal<bool>) -> bool {
    here.0.sleep(stays_ms).await;
    !*is_held.peek()
}

/// The words of one.
#[component]
pub(crate) fn Said(toast: Toast) -> Element {
    let words = use_words();
    match &toast.kind {
        ToastKind::Notice(Notice::Problem(problem)) => rsx! { ProblemWords { problem: Arc::clone(problem) } },
        ToastKind::Notice(Notice::Forwarded { from, to }) => plain(words.toast_forwarded(from, to)),
        ToastKind::Notice(Notice::Invited { who, room }) => plain(words.toast_invited(room, who)),
        ToastKind::Notice(Notice::NickChanged(nick)) => plain(words.toast_renamed(nick)),
        ToastKind::Notice(Notice::Away(true)) => plain(words.toast_away().to_owned()),
        ToastKind::Notice(Notice::Away(false)) => plain(words.toast_back().to_owned()),
        ToastKind::Notice(Notice::Invitation { .. } | Notice::NickRefused { .. } | Notice::Help) => rsx! {},
        ToastKind::Left(room) => {
            let intent = Some(Intent::Join { room: Arc::clone(room), key: None });
            undo(words.toast_left(room), words.toast_rejoin(), intent, &toast)
        }
        ToastKind::Closed(nick) => {
            let intent = Some(Intent::OpenDirect { nick: Arc::clone(nick) });
            undo(words.toast_closed(nick), words.toast_reopen(), intent, &toast)
        }
        ToastKind::Copied => plain(words.toast_copied().to_owned()),
        ToastKind::NoAddress => plain(words.toast_no_address().to_owned()),
        ToastKind::NoFiles => plain(words.room_no_files().to_owned()),
        ToastKind::NotificationsRefused => plain(words.alert_refused().to_owned()),
        ToastKind::LanguageMissing(language) => plain(words.language_missing(language.name())),
    }
}

fn plain(said: String) -> Element {
    rsx! { p { bdi { "{said}" } } }
}

fn undo(said: String, label: &'static str, intent: Option<Intent>, toast: &Toast) -> Element {
    rsx! {
        p { bdi { "{said}" } }
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
