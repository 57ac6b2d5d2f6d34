//! The browser as the interface's platform.

use std::{cell::RefCell, future::Future, pin::Pin};

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use gloo_timers::future::TimeoutFuture;
use parla_client::view::Update;
use parla_proto::Timestamp;
use parla_ui::{
    platform::{self, AppCommand, Leave, Notification, PageAct, Platform, ShellKind, Start},
    visits::HistoryAct,
    words::{Language, Words},
};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{EventTarget, window};

use crate::{
    history::{self, History},
    notifications::{self, Notifications},
    page, storage,
    tab::{NAME_KEY, Tab, TabEvent},
    words,
};

/// The keys whose values belong to one tab: the conversation that is open. A new tab starts with what any tab
/// saved last.
const OF_THIS_TAB: [&str; 1] = ["open"];

/// A page in a browser.
pub(crate) struct Browser {
    events: UnboundedSender<TabEvent>,
    updates: RefCell<Option<UnboundedReceiver<Vec<Update>>>>,
    is_returning: bool,
    history: History,
    notifications: Notifications,
    /// Events from outside the components.
    outside: RefCell<Option<UnboundedReceiver<platform::PlatformEvent>>>,
}

impl Browser {
    /// Starts the network side, which lives as long as the page.
    pub(crate) fn start() -> Self {
        let (events, receiver) = unbounded();
        let (updates, views) = unbounded();
        let is_returning = storage::load(NAME_KEY).is_some();
        let tab = Tab::new((events.clone(), receiver), updates);
        wasm_bindgen_futures::spawn_local(tab.run());
        listen(&events);
        let (outside_in, outside) = unbounded();
        storage::tell_failures(outside_in.clone());
        Self {
            events,
            updates: RefCell::new(Some(views)),
            is_returning,
            history: History::listen(outside_in.clone()),
            notifications: Notifications::new(outside_in),
            outside: RefCell::new(Some(outside)),
        }
    }
}

/// Listens to the browser events that concern the connection.
fn listen(events: &UnboundedSender<TabEvent>) {
    let Some(window) = window() else { return };
    // The page may be frozen and kept for the person to come back to; their nick must not stay taken by it.
    on(window.as_ref(), "pagehide", events, || Some(TabEvent::Left));
    on(window.as_ref(), "pageshow", events, || Some(TabEvent::Returned));
    on(window.as_ref(), "offline", events, || Some(TabEvent::Offline));
    on(window.as_ref(), "online", events, || Some(TabEvent::Online));
    if let Some(document) = window.document() {
        on(document.as_ref(), "freeze", events, || Some(TabEvent::Left));
        on(document.as_ref(), "resume", events, || Some(TabEvent::Returned));
        on(document.as_ref(), "visibilitychange", events, seen);
    }
}

/// The event for a change of visibility, which being hidden is as well. A frozen page has not heard of
/// changes of the network.
fn seen() -> Option<TabEvent> {
    let is_seen = window()?.document().is_some_and(|document| !document.hidden());
    is_seen.then(|| if page::is_offline() { TabEvent::Offline } else { TabEvent::Awake })
}

fn on(
    target: &EventTarget,
    name: &str,
    events: &UnboundedSender<TabEvent>,
    what: impl Fn() -> Option<TabEvent> + 'static,
) {
    let events = events.clone();
    let tell = Closure::<dyn FnMut()>::new(move || {
        if let Some(event) = what() {
            drop(events.unbounded_send(event));
        }
    });
    drop(target.add_event_listener_with_callback(name, tell.as_ref().unchecked_ref()));
    // The page and its listeners end together.
    tell.forget();
}

impl Platform for Browser {
    fn shell_kind(&self) -> ShellKind {
        ShellKind::Browser
    }

    fn is_returning(&self) -> bool {
        self.is_returning
    }

    fn command(&self, command: AppCommand) {
        drop(self.events.unbounded_send(TabEvent::Command(command)));
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
        // If the storage is full or forbidden, the person has been told what that means.
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

    fn notify(&self, notification: &Notification) {
        self.notifications.show(notification);
    }

    fn withdraw(&self, tag: &str) {
        self.notifications.withdraw(tag);
    }

    fn leave_to_notify(&self) -> Leave {
        notifications::leave()
    }

    fn ask_leave_to_notify(&self) {
        self.notifications.ask();
    }

    fn start(&self) -> Start {
        History::start()
    }

    fn page_address(&self) -> Option<String> {
        history::page_address()
    }

    fn history(&self, act: HistoryAct) {
        self.history.act(act);
    }

    fn events(&self) -> Option<UnboundedReceiver<platform::PlatformEvent>> {
        self.outside.borrow_mut().take()
    }

    fn page(&self, act: PageAct) {
        let done = match act {
            PageAct::SetComposer { text, caret, over } => {
                page::set_composer(&text, u32::try_from(caret).unwrap_or(u32::MAX), &over)
            }
            PageAct::EditComposer { text, caret, over } => {
                page::edit_composer(&text, u32::try_from(caret).unwrap_or(u32::MAX), &over)
            }
            PageAct::Focus(id) => page::focus(&id),
            PageAct::ScrollToEnd => page::scroll_to_end(),
            PageAct::ScrollToRow(row) => page::scroll_to_row(&row.0.to_string()),
            PageAct::Copy(text) => page::copy(&text),
            PageAct::Reveal(id) => page::reveal(&id),
        };
        // Without the script the app still works, with fewer features.
        drop(done);
    }

    fn languages(&self) -> Vec<String> {
        let languages = window().map(|window| window.navigator().languages()).unwrap_or_default();
        languages.iter().filter_map(|code| code.as_string()).collect()
    }

    fn load_words(&self, language: Language) -> Pin<Box<dyn Future<Output = Option<Words>>>> {
        Box::pin(words::load(language))
    }

    fn speak(&self, words: Words) {
        let page = window().and_then(|window| window.document()?.document_element());
        if let Some(page) = page {
            drop(page.set_attribute("lang", words.language().code()));
        }
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
