//! The root component: updates from the networks go into the state, and what the state determines outside the
//! components (the title, what is stored) goes to the platform.

use dioxus::prelude::*;
use futures_util::StreamExt;
use parla_client::view::BufferKind;

use crate::{
    address::Address,
    alert,
    dialogs::Dialogs,
    drafts,
    first_screen::FirstScreen,
    frame::Frame,
    hooks::{use_context, use_effect, use_future, use_hook, use_memo},
    keys,
    page_signal::{self, PAGE_SIGNAL_ID, PageSignal},
    platform::{Here, PlatformEvent, Start},
    state::{Pointer, State, Wanted},
    toasts::Toasts,
    visits::{self, HistoryEntry, Top, use_visits},
    words::{self, use_language},
};

/// The most batches that are taken in together when several have arrived.
const BATCHES_MAX: usize = 64;
/// The key under which the platform stores which conversation was open.
pub(crate) const KEY_OPEN: &str = "open";

/// The whole interface. It expects [`Here`] in its context.
#[component]
pub fn App() -> Element {
    let here = use_context::<Here>();
    let state = State::provide();
    use_hook(|| remember(state, &here));
    use_updates(state, &here);
    use_language(state, &here);
    use_platform_events(state, &here);
    use_title(state, &here);
    use_memory(state, &here);
    use_visits(state, &here);
    let first = use_memo(move || {
        let talks = |kind| matches!(kind, BufferKind::Room | BufferKind::Direct);
        !*state.open.entered.read() && !state.views.buffers.list().values().any(|listed| talks(listed.kind))
    });
    let writer = here.clone();
    rsx! {
        div {
            class: "app",
            id: "app",
            tabindex: "-1",
            onkeydown: move |event| keys::press(&event, state, &here),
            onpointerdown: move |event| note_pointer(&event.pointer_type(), state),
            if first.get() {
                FirstScreen {}
            } else {
                Frame {}
                Dialogs {}
            }
            Toasts {}
            // This is not a field for anybody: keyboard, password managers and screen readers do not find it.
            input {
                id: PAGE_SIGNAL_ID,
                r#type: "hidden",
                oninput: move |event| {
                    if let Some(signal) = PageSignal::parse(&event.value()) {
                        page_signal::take_in(state, signal.clone());
                        match signal {
                            PageSignal::Composer(_) => drafts::save(state, &writer),
                            PageSignal::Stored(key) => {
                                drafts::take_up(state, &writer, &key);
                                words::follow_choice(state, &writer, &key);
                            }
                            _ => {}
                        }
                    }
                },
            }
        }
    }
}

fn note_pointer(kind: &str, mut state: State) {
    let pointer = if kind == "touch" { Pointer::Finger } else { Pointer::Fine };
    if *state.page.pointer.peek() != pointer {
        state.page.pointer.set(pointer);
    }
}

/// Restores what was stored at the last start.
fn remember(mut state: State, here: &Here) {
    if here.0.is_returning() {
        state.open.entered.set(true);
    }
    match here.0.start() {
        Start::Anywhere => state.open.wanted.set(here.0.load(KEY_OPEN).map(Wanted::Marked)),
        Start::Again(entry) if here.0.is_returning() => {
            let at = Address::parse(&entry.fragment).map(Wanted::At);
            state.open.wanted.set(at.or_else(|| here.0.load(KEY_OPEN).map(Wanted::Marked)));
            state.open.top.set(Some(Top { key: None, entry }));
        }
        Start::Link(fragment) | Start::Again(HistoryEntry { fragment, .. }) => {
            state.open.wanted.set(here.0.load(KEY_OPEN).map(Wanted::Marked));
            state.follow_later(&fragment);
        }
    }
    state.preferences.set(here.0.preferences());
}

/// Takes in everything that is ready as one batch, with one write.
fn use_updates(state: State, here: &Here) {
    let here = here.clone();
    use_future(move || {
        let here = here.clone();
        async move {
            let Some(updates) = here.0.updates() else { return };
            let mut updates = updates.ready_chunks(BATCHES_MAX);
            while let Some(batches) = updates.next().await {
                state.apply(batches.into_iter().flatten().collect(), &here);
            }
        }
    });
}

/// Handles events from outside the components.
fn use_platform_events(state: State, here: &Here) {
    let here = here.clone();
    use_future(move || {
        let here = here.clone();
        let mut state = state;
        async move {
            let Some(mut events) = here.0.events() else { return };
            while let Some(event) = events.next().await {
                match event {
                    PlatformEvent::Arrived(arrival) => visits::arrive(state, &here, arrival),
                    PlatformEvent::Chosen(key) => {
                        state.close_dialogs();
                        if state.views.buffers.contains(key) {
                            state.open(key);
                        }
                    }
                    PlatformEvent::Answered(leave) => alert::answered(state, leave, &here),
                    PlatformEvent::NotSaved => state.tell_not_saved(),
                }
            }
        }
    });
}

fn use_title(state: State, here: &Here) {
    let here = here.clone();
    let title = use_memo(move || {
        let buffers = state.views.buffers.read_all();
        let mentions = buffers.iter().fold(0_u32, |sum, (_, view)| sum.saturating_add(view.mentions));
        let current = state.open.current.read().and_then(|key| state.views.buffers.list().get(&key).cloned());
        words::title(mentions, current.as_ref().map(|listed| &*listed.name))
    });
    use_effect(move || here.0.set_title(&title.read()));
}

fn use_memory(state: State, here: &Here) {
    let saver = here.clone();
    use_effect(move || {
        let current = *state.open.current.read();
        if let Some(mark) = current.and_then(|key| state.mark(key)) {
            saver.0.save(KEY_OPEN, Some(&mark));
        }
    });
}
