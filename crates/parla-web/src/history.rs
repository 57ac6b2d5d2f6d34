//! The browser's history: which of its entries are ours, and where Back and Forward lead.
//!
//! The browser stores with each entry its number and how many dialogs or sides were open over the
//! conversation; the rest is in the entry's address. This survives a reload. An entry without a number
//! belongs to an address that somebody opened or typed.

use std::{cell::Cell, rc::Rc};

use futures_channel::mpsc::UnboundedSender;
use parla_ui::{
    platform::{PlatformEvent, Start},
    visits::{Arrival, HistoryAct, HistoryEntry, Step},
};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{EventTarget, window};

/// The start of the data in our entries; others may have stored theirs.
const OURS: &str = "parla";

/// The browser's history.
pub(crate) struct History {
    shared: Rc<Shared>,
}

struct Shared {
    /// The number of the current entry.
    at: Cell<u32>,
    events: UnboundedSender<PlatformEvent>,
}

impl History {
    /// Listens for as long as the page exists.
    pub(crate) fn listen(events: UnboundedSender<PlatformEvent>) -> Self {
        let number = noted().map_or(0, |(number, _)| number);
        let shared = Rc::new(Shared { at: Cell::new(number), events });
        if let Some(window) = window() {
            let target: &EventTarget = window.as_ref();
            let (moved, opened) = (Rc::clone(&shared), Rc::clone(&shared));
            on(target, "popstate", move || moved.moved());
            on(target, "hashchange", move || opened.opened());
        }
        Self { shared }
    }

    /// The address at which the page starts.
    pub(crate) fn start() -> Start {
        match (noted(), fragment()) {
            (Some((_, layers)), fragment) => Start::Again(HistoryEntry { fragment, layers }),
            (None, fragment) if fragment.is_empty() => Start::Anywhere,
            (None, fragment) => Start::Link(fragment),
        }
    }

    /// Carries out an act. A browser that refuses, because there were too many, still shows everything.
    pub(crate) fn act(&self, act: HistoryAct) {
        let Some(history) = window().and_then(|window| window.history().ok()) else { return };
        let done = match act {
            HistoryAct::Push(entry) => {
                self.shared.at.set(self.shared.at.get().saturating_add(1));
                history.push_state_with_url(&self.note(entry.layers), "", Some(&address(&entry)))
            }
            HistoryAct::Replace(entry) => {
                history.replace_state_with_url(&self.note(entry.layers), "", Some(&address(&entry)))
            }
            HistoryAct::Go(Step::Back) => history.back(),
            HistoryAct::Go(Step::On) => history.forward(),
        };
        drop(done);
    }

    fn note(&self, layers: u8) -> JsValue {
        JsValue::from_str(&format!("{OURS} {} {layers}", self.shared.at.get()))
    }
}

impl Shared {
    fn moved(&self) {
        let Some((number, layers)) = noted() else { return };
        let step = if number < self.at.get() { Step::Back } else { Step::On };
        self.at.set(number);
        self.tell(Arrival::Moved(step, HistoryEntry { fragment: fragment(), layers }));
    }

    fn opened(&self) {
        if noted().is_none() {
            self.at.set(self.at.get().saturating_add(1));
            self.tell(Arrival::Opened(fragment()));
        }
    }

    fn tell(&self, arrival: Arrival) {
        drop(self.events.unbounded_send(PlatformEvent::Arrived(arrival)));
    }
}

fn on(target: &EventTarget, event: &str, act: impl FnMut() + 'static) {
    let listener = Closure::<dyn FnMut()>::new(act);
    drop(target.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref()));
    // The page and its listeners end together.
    listener.forget();
}

/// The number of the current entry, and how many dialogs or sides were open over its conversation; `None` if
/// it is not ours.
fn noted() -> Option<(u32, u8)> {
    let state = window()?.history().ok()?.state().ok()?.as_string()?;
    let mut words = state.strip_prefix(OURS)?.split_ascii_whitespace();
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

/// The part of the address that names a conversation.
fn fragment() -> String {
    window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}

/// The address of an entry, from the root of the server.
fn address(entry: &HistoryEntry) -> String {
    let location = window().map(|window| window.location());
    let path = location.as_ref().and_then(|location| location.pathname().ok());
    let search = location.as_ref().and_then(|location| location.search().ok());
    format!("{}{}{}", path.as_deref().unwrap_or("/"), search.unwrap_or_default(), entry.fragment)
}

/// The address of the page, without the part that names a conversation.
pub(crate) fn page_address() -> Option<String> {
    let location = window()?.location();
    Some(format!("{}{}", location.origin().ok()?, location.pathname().ok()?))
}
