//! The browser as the interface's platform.

use std::{cell::RefCell, future::Future, pin::Pin};

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use gloo_timers::future::TimeoutFuture;
use parla_client::view::Update;
use parla_proto::Timestamp;
use parla_ui::platform::{Command, PageAct, Place, Platform};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{EventTarget, Notification, NotificationOptions, NotificationPermission, window};

use crate::{
    engine::{Engine, Happening, NAME_KEY},
    page, storage,
};

/// What each tab has of its own: the conversation that is open, and whether the members are hidden. A new tab begins with what
/// was saved last in any.
const OF_THIS_TAB: [&str; 2] = ["open", "members"];

/// A page in a browser.
pub(crate) struct Browser {
    happenings: UnboundedSender<Happening>,
    updates: RefCell<Option<UnboundedReceiver<Vec<Update>>>>,
    is_returning: bool,
}

impl Browser {
    /// Starts the network side; it lives as long as the page.
    pub(crate) fn start() -> Self {
        let (happenings, receiver) = unbounded();
        let (updates, views) = unbounded();
        let is_returning = storage::load(NAME_KEY).is_some();
        let engine = Engine::new((happenings.clone(), receiver), updates);
        wasm_bindgen_futures::spawn_local(engine.run());
        listen(&happenings);
        Self { happenings, updates: RefCell::new(Some(views)), is_returning }
    }
}

/// Hears of the browser what concerns the connection.
fn listen(happenings: &UnboundedSender<Happening>) {
    let Some(window) = window() else { return };
    // The page may be kept, frozen, for the person to come back to; their name must not stay taken by it.
    on(window.as_ref(), "pagehide", happenings, || Some(Happening::Left));
    on(window.as_ref(), "pageshow", happenings, || Some(Happening::Returned));
    on(window.as_ref(), "offline", happenings, || Some(Happening::Offline));
    on(window.as_ref(), "online", happenings, || Some(Happening::Online));
    if let Some(document) = window.document() {
        on(document.as_ref(), "freeze", happenings, || Some(Happening::Left));
        on(document.as_ref(), "resume", happenings, || Some(Happening::Returned));
        on(document.as_ref(), "visibilitychange", happenings, seen);
    }
}

/// To be hidden is a change of visibility, too. A page that was frozen has not heard of the network.
fn seen() -> Option<Happening> {
    let is_seen = window()?.document().is_some_and(|document| !document.hidden());
    is_seen.then(|| if page::is_offline() { Happening::Offline } else { Happening::Awake })
}

fn on(
    target: &EventTarget,
    event: &str,
    happenings: &UnboundedSender<Happening>,
    what: impl Fn() -> Option<Happening> + 'static,
) {
    let happenings = happenings.clone();
    let tell = Closure::<dyn FnMut()>::new(move || {
        if let Some(happening) = what() {
            drop(happenings.unbounded_send(happening));
        }
    });
    drop(target.add_event_listener_with_callback(event, tell.as_ref().unchecked_ref()));
    // The page and its listeners end together.
    tell.forget();
}

impl Platform for Browser {
    fn place(&self) -> Place {
        Place::Browser
    }

    fn is_returning(&self) -> bool {
        self.is_returning
    }

    fn command(&self, command: Command) {
        drop(self.happenings.unbounded_send(Happening::Command(command)));
    }

    fn updates(&self) -> Option<UnboundedReceiver<Vec<Update>>> {
        self.updates.borrow_mut().take()
    }

    fn load(&self, key: &str) -> Option<String> {
        let here = if OF_THIS_TAB.contains(&key) { storage::load_here(key) } else { None };
        match here {
            Some(value) => Some(value).filter(|value| !value.is_empty()),
            None => storage::load(key),
        }
    }

    fn save(&self, key: &str, value: Option<&str>) {
        if OF_THIS_TAB.contains(&key) {
            storage::save_here(key, value);
        }
        // A full or forbidden storage costs what the interface remembers, and nothing else.
        let _ = storage::save(key, value);
    }

    fn now(&self) -> Timestamp {
        page::now()
    }

    fn utc_offset_seconds(&self, at: Timestamp) -> i32 {
        page::utc_offset_seconds(at)
    }

    fn open_link(&self, href: &str) {
        let is_page = href.starts_with("https://") || href.starts_with("http://");
        if let Some(window) = window().filter(|_| is_page) {
            drop(window.open_with_url_and_target_and_features(href, "_blank", "noopener,noreferrer"));
        }
    }

    fn notify(&self, title: &str, body: &str) {
        if Notification::permission() == NotificationPermission::Granted {
            let options = NotificationOptions::new();
            options.set_body(body);
            drop(Notification::new_with_options(title, &options));
        }
    }

    fn page(&self, act: PageAct) {
        let done = match act {
            PageAct::SetComposer { text, caret, over } => {
                page::set_composer(&text, u32::try_from(caret).unwrap_or(u32::MAX), &over)
            }
            PageAct::Focus(id) => page::focus(&id),
            PageAct::ScrollToEnd => page::scroll_to_end(),
            PageAct::ScrollToRow(row) => page::scroll_to_row(&row.0.to_string()),
            PageAct::Copy(text) => page::copy(&text),
        };
        // Without the script the app still works, less well.
        drop(done);
    }

    fn set_title(&self, title: &str) {
        if let Some(document) = window().and_then(|window| window.document()) {
            document.set_title(title);
        }
    }

    fn sleep(&self, millis: u32) -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(TimeoutFuture::new(millis))
    }
}
