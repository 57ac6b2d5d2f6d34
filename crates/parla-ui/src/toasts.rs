//! Messages that are shown once: beside what they are about, or in the corner, from where they disappear by
//! themselves. All can be read again.

use std::sync::Arc;

use dioxus::prelude::*;
use parla_client::{
    Intent, Problem, ProblemKind,
    view::{Announcement, BufferId, NetworkId, Presence},
};

use crate::{
    hooks::{use_context, use_future, use_signal},
    platform::Here,
    problem_words::ProblemWords,
    room::beside::Beside,
    state::{BufferKey, State, wish},
    words::{Language, use_words},
};

/// A message to the person that disappears by itself or with a click.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// The id; each is higher than the one before.
    pub id: u64,
    /// The network that it is from.
    pub network: NetworkId,
    /// The conversation that it is about.
    pub buffer: Option<BufferId>,
    /// What the toast says.
    pub kind: ToastKind,
}

/// The content of a toast.
#[derive(Clone, Debug, PartialEq)]
pub enum ToastKind {
    /// An announcement of a network.
    Announcement(Announcement),
    /// The person left this room, and can go back.
    Left(Arc<str>),
    /// The person closed the conversation with this person, and can open it again.
    Closed(Arc<str>),
    /// A link was copied.
    Copied,
    /// The link that the person came by is not a valid address.
    NoAddress,
    /// The browser shows no notifications, because the person has blocked them.
    NotificationsRefused,
    /// The person tried to send a file while no conversation was open.
    NoFiles,
    /// The sentences of this language could not be loaded.
    LanguageMissing(Language),
}

/// How long a confirmation stays, in milliseconds.
const CONFIRMATION_MS: u32 = 6_000;
/// How long a message stays that needs to be read carefully, in milliseconds.
const PROBLEM_MS: u32 = 12_000;

/// The corner with the toasts.
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

/// The most toasts that are shown; the oldest disappear first.
const TOASTS_MAX: usize = 5;
/// The most toasts that can be read again; the oldest are dropped first.
const JOURNAL_MAX: usize = 50;

impl State {
    /// Shows an announcement of a network: above the composer if it is about what was done there, otherwise in
    /// the corner.
    pub(crate) fn tell(&mut self, network: NetworkId, buffer: Option<BufferId>, announcement: Announcement) {
        let here = buffer
            .map(|buffer| BufferKey { network, buffer })
            .filter(|key| *self.open.current.peek() == Some(*key));
        let is_covered = self.has_dialog();
        let (Some(key), Announcement::Problem(problem), false) = (here, &announcement, is_covered) else {
            return self.toast(network, buffer, ToastKind::Announcement(announcement));
        };
        let is_shut_out = self
            .views
            .buffers
            .peek(key)
            .is_some_and(|view| matches!(view.presence, Presence::Absent(Some(_))));
        let problem = Arc::clone(problem);
        self.note(network, buffer, ToastKind::Announcement(announcement.clone()));
        // The sentence that replaces the composer already says it.
        if !is_shut_out {
            self.announced.beside.set(Some((key, Beside::Problem(problem))));
        }
    }

    /// Shows a message in the corner.
    pub fn toast(&mut self, network: NetworkId, buffer: Option<BufferId>, kind: ToastKind) {
        let toast = self.note(network, buffer, kind);
        let mut toasts = self.announced.toasts.write();
        toasts.push_back(toast);
        while toasts.len() > TOASTS_MAX {
            toasts.pop_front();
        }
    }

    /// What the person writes cannot be saved. They need not be told again with every letter.
    pub(crate) fn tell_not_saved(&mut self) {
        let is_told = self.announced.journal.peek().iter().any(|toast| match &toast.kind {
            ToastKind::Announcement(Announcement::Problem(problem)) => {
                problem.kind == ProblemKind::BrowserFull
            }
            _ => false,
        });
        if !is_told {
            let problem = Problem::of(ProblemKind::BrowserFull);
            self.toast(NetworkId(0), None, ToastKind::Announcement(Announcement::Problem(Arc::new(problem))));
        }
    }

    /// Keeps a message so that it can be read again.
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

    /// The person now sees the conversation, which itself says why they are not in it.
    pub(crate) fn is_seen(&mut self, key: BufferKey) {
        let presence = self.views.buffers.peek(key).map(|view| view.presence.clone());
        let Some(Presence::Absent(Some(why))) = presence else { return };
        let says_so = |toast: &Toast| {
            let ToastKind::Announcement(Announcement::Problem(problem)) = &toast.kind else { return false };
            (toast.network, toast.buffer) == (key.network, Some(key.buffer)) && problem.kind == why.kind
        };
        if self.announced.toasts.peek().iter().any(says_so) {
            self.announced.toasts.write().retain(|toast| !says_so(toast));
        }
    }

    /// Withdraws a message that is no longer true. It cannot be read again either.
    pub(crate) fn withdraw(&mut self, kind: &ToastKind) {
        for toasts in [&mut self.announced.toasts, &mut self.announced.journal] {
            if toasts.peek().iter().any(|toast| toast.kind == *kind) {
                toasts.write().retain(|toast| toast.kind != *kind);
            }
        }
    }

    /// Removes a toast.
    pub fn dismiss(&mut self, id: u64) {
        self.announced.toasts.write().retain(|toast| toast.id != id);
    }

    /// Says that files cannot be sent.
    pub(crate) fn refuse_file(&mut self) {
        let current = *self.open.current.peek();
        match current.filter(|_| *self.open.entered.peek()) {
            Some(key) => self.announced.beside.set(Some((key, Beside::NoFiles))),
            None => self.toast(NetworkId(0), None, ToastKind::NoFiles),
        }
    }
}

/// How long a toast stays, in milliseconds.
const fn stays_ms(kind: &ToastKind) -> u32 {
    match kind {
        ToastKind::Announcement(Announcement::Problem(_) | Announcement::Forwarded { .. })
        | ToastKind::NotificationsRefused
        | ToastKind::LanguageMissing(_)
        | ToastKind::NoAddress
        | ToastKind::NoFiles => PROBLEM_MS,
        ToastKind::Announcement(
            Announcement::Invitation { .. }
            | Announcement::Invited { .. }
            | Announcement::NickChanged(_)
            | Announcement::NickRefused { .. }
            | Announcement::Away(_)
            | Announcement::Help,
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
    let is_problem = matches!(toast.kind, ToastKind::Announcement(Announcement::Problem(_)));
    let stays = stays_ms(&toast.kind);
    use_future(move || {
        let here = here.clone();
        async move {
            // While the pointer or the focus is on it, somebody is reading it.
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
            div { class: "toast-words", ToastText { toast } }
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

/// Waits for a toast's time. Returns false if somebody is pointing at it or has focused it.
async fn is_over(here: &Here, stays_ms: u32, is_held: Signal<bool>) -> bool {
    here.0.sleep(stays_ms).await;
    !*is_held.peek()
}

/// The text of a toast.
#[component]
pub(crate) fn ToastText(toast: Toast) -> Element {
    let words = use_words();
    match &toast.kind {
        ToastKind::Announcement(Announcement::Problem(problem)) => {
            rsx! { ProblemWords { problem: Arc::clone(problem) } }
        }
        ToastKind::Announcement(Announcement::Forwarded { from, to }) => {
            plain(words.toast_forwarded(from, to))
        }
        ToastKind::Announcement(Announcement::Invited { who, room }) => plain(words.toast_invited(room, who)),
        ToastKind::Announcement(Announcement::NickChanged(nick)) => plain(words.toast_renamed(nick)),
        ToastKind::Announcement(Announcement::Away(true)) => plain(words.toast_away().to_owned()),
        ToastKind::Announcement(Announcement::Away(false)) => plain(words.toast_back().to_owned()),
        ToastKind::Announcement(
            Announcement::Invitation { .. } | Announcement::NickRefused { .. } | Announcement::Help,
        ) => rsx! {},
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

fn plain(sentence: String) -> Element {
    rsx! { p { bdi { "{sentence}" } } }
}

fn undo(sentence: String, label: &'static str, intent: Option<Intent>, toast: &Toast) -> Element {
    rsx! {
        p { bdi { "{sentence}" } }
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
