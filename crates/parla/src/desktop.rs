//! What the interface needs from its environment, provided by a window on the desktop.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::{Future, ready},
    pin::Pin,
    rc::Rc,
    thread,
    time::Duration,
};

use dioxus::desktop::DesktopContext;
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::StreamExt;
use jiff::tz::TimeZone;
use parla_client::view::Update;
use parla_proto::Timestamp;
use parla_ui::{
    platform::{AppCommand, Leave, Notification, PageAct, Platform, PlatformEvent, ShellKind, Start},
    state::BufferKey,
    visits::{HistoryAct, Visits},
    words::{Language, Words},
};

use crate::{clock, instance::Requests, keyring::Keyring, network_thread::NetworkOrders, system};

/// The available zoom levels, in per cent.
const ZOOMS: [u16; 15] = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300, 400, 500];
const ZOOM_KEY: &str = "zoom";

/// What the program provides for its window.
pub(crate) struct Parts {
    pub(crate) orders: NetworkOrders,
    pub(crate) updates: UnboundedReceiver<Vec<Update>>,
    /// The values that had been saved when the program started.
    pub(crate) values: BTreeMap<String, String>,
    /// Whether networks are remembered, or one was named on the command line.
    pub(crate) is_returning: bool,
    pub(crate) keyring: Keyring,
    /// The requests of other programs to show this window.
    pub(crate) requests: Requests,
}

/// The window as the interface's platform.
pub(crate) struct Desktop {
    window: DesktopContext,
    orders: NetworkOrders,
    updates: RefCell<Option<UnboundedReceiver<Vec<Update>>>>,
    values: RefCell<BTreeMap<String, String>>,
    is_returning: bool,
    keyring: Keyring,
    requests: RefCell<Option<Requests>>,
    zone: TimeZone,
    zoom: Cell<u16>,
    visits: RefCell<Visits>,
    /// Events from outside the components.
    outside: UnboundedSender<PlatformEvent>,
    events: RefCell<Option<UnboundedReceiver<PlatformEvent>>>,
    /// Called with the conversation whose notification the person clicked.
    chosen: Rc<dyn Fn(BufferKey)>,
}

/// How the zoom level should change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zoom {
    Larger,
    Smaller,
    Normal,
}

impl Desktop {
    pub(crate) fn new(window: DesktopContext, parts: Parts) -> Self {
        let saved = parts.values.get(ZOOM_KEY).and_then(|text| text.parse().ok());
        let (outside, events) = unbounded();
        let (to_front, told) = (window.clone(), outside.clone());
        let chosen = move |about| {
            to_front.set_minimized(false);
            to_front.set_focus();
            // The interface ends with the window.
            let _ = told.unbounded_send(PlatformEvent::Chosen(about));
        };
        let desktop = Self {
            window,
            orders: parts.orders,
            updates: RefCell::new(Some(parts.updates)),
            values: RefCell::new(parts.values),
            is_returning: parts.is_returning,
            keyring: parts.keyring,
            requests: RefCell::new(Some(parts.requests)),
            zone: TimeZone::system(),
            zoom: Cell::new(100),
            visits: RefCell::default(),
            outside,
            events: RefCell::new(Some(events)),
            chosen: Rc::new(chosen),
        };
        if let Some(per_cent) = saved.filter(|per_cent| ZOOMS.contains(per_cent)) {
            desktop.set_zoom(per_cent);
        }
        desktop
    }

    /// Brings the window to the front whenever another program asks for it.
    pub(crate) async fn show_when_asked(&self) {
        let Some(mut requests) = self.requests.take() else { return };
        while requests.next().await.is_some() {
            self.window.set_minimized(false);
            self.window.set_visible(true);
            self.window.set_focus();
        }
    }

    /// Zooms in or out, and remembers the level.
    pub(crate) fn zoom(&self, zoom: Zoom) {
        let per_cent = zoomed(self.zoom.get(), zoom);
        if per_cent != self.zoom.get() {
            self.set_zoom(per_cent);
            self.save(ZOOM_KEY, (per_cent != 100).then(|| per_cent.to_string()).as_deref());
        }
    }

    fn tell(&self, event: PlatformEvent) {
        // The interface ends with the window.
        let _ = self.outside.unbounded_send(event);
    }

    fn set_zoom(&self, per_cent: u16) {
        self.zoom.set(per_cent);
        self.window.set_zoom_level(f64::from(per_cent) / 100.0);
    }

    /// Remembers a saved value so that it can be loaded again. Returns false if it has not changed.
    fn note(&self, key: &str, value: Option<&str>) -> bool {
        let mut values = self.values.borrow_mut();
        let is_other = values.get(key).map(String::as_str) != value;
        match value {
            Some(value) => values.insert(key.to_owned(), value.to_owned()),
            None => values.remove(key),
        };
        is_other
    }

    fn evaluate(&self, script: &str) {
        if let Err(error) = self.window.webview.evaluate_script(script) {
            tracing::error!(%error, "the page did not take a script");
        }
    }
}

impl Platform for Desktop {
    fn shell_kind(&self) -> ShellKind {
        ShellKind::Desktop
    }

    fn is_returning(&self) -> bool {
        self.is_returning
    }

    fn keeps_passwords(&self) -> bool {
        self.keyring.is_there()
    }

    fn command(&self, command: AppCommand) {
        if let AppCommand::Save { key, value } = &command {
            self.note(key, value.as_deref());
        }
        self.orders.command(command);
    }

    fn updates(&self) -> Option<UnboundedReceiver<Vec<Update>>> {
        self.updates.take()
    }

    fn load(&self, key: &str) -> Option<String> {
        self.values.borrow().get(key).cloned()
    }

    fn save(&self, key: &str, value: Option<&str>) {
        // It goes the same way as the commands, so that a draft is never deleted while its message is still
        // on its way there.
        if self.note(key, value) {
            let (key, value) = (key.to_owned(), value.map(str::to_owned));
            self.orders.command(AppCommand::Save { key, value });
        }
    }

    fn now(&self) -> Timestamp {
        clock::now()
    }

    fn utc_offset_seconds(&self, at: Timestamp) -> i32 {
        let at = jiff::Timestamp::from_millisecond(at.as_millis());
        at.map_or(0, |at| self.zone.to_offset(at).seconds())
    }

    fn open_link(&self, href: &str) {
        if !is_web(href) {
            tracing::warn!("a link that leads to no page was not opened");
            return;
        }
        if system::open(href) {
            return;
        }
        let href = href.to_owned();
        // Some browsers block the process that starts them.
        let opened = thread::Builder::new().name("link".to_owned()).spawn(move || {
            if let Err(error) = webbrowser::open(&href) {
                tracing::error!(%error, "no browser opened the link");
            }
        });
        if let Err(error) = opened {
            tracing::error!(%error, "no thread to open a link");
        }
    }

    fn notify(&self, notification: &Notification) {
        system::notify(notification, &self.chosen);
    }

    fn withdraw(&self, tag: &str) {
        system::withdraw(tag);
    }

    fn leave_to_notify(&self) -> Leave {
        // The desktop's settings decide what is shown.
        Leave::Given
    }

    fn ask_leave_to_notify(&self) {}

    fn start(&self) -> Start {
        Start::Anywhere
    }

    fn page_address(&self) -> Option<String> {
        None
    }

    fn history(&self, act: HistoryAct) {
        let arrival = self.visits.borrow_mut().act(act);
        if let Some(arrival) = arrival {
            self.tell(PlatformEvent::Arrived(arrival));
        }
    }

    fn events(&self) -> Option<UnboundedReceiver<PlatformEvent>> {
        self.events.take()
    }

    fn page(&self, act: PageAct) {
        if let PageAct::Copy(text) = &act
            && system::copy(text)
        {
            return;
        }
        self.evaluate(&script(&act));
    }

    fn languages(&self) -> Vec<String> {
        sys_locale::get_locales().collect()
    }

    fn load_words(&self, language: Language) -> Pin<Box<dyn Future<Output = Option<Words>>>> {
        Box::pin(ready(Some(Words::embedded(language))))
    }

    fn speak(&self, words: Words) {
        self.evaluate(&format!("document.documentElement.lang = {}", literal(words.language().code())));
        system::speak(words);
    }

    fn set_title(&self, title: &str) {
        self.window.set_title(title);
    }

    fn sleep(&self, millis: u32) -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(tokio::time::sleep(Duration::from_millis(millis.into())))
    }
}

/// Whether only a browser would open this, and no file manager, mail or other program.
pub(crate) fn is_web(href: &str) -> bool {
    let starts =
        |scheme: &str| href.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    (starts("https://") || starts("http://")) && !href.contains(|char: char| char.is_control() || char == ' ')
}

fn zoomed(from: u16, zoom: Zoom) -> u16 {
    let found = match zoom {
        Zoom::Larger => ZOOMS.iter().find(|step| **step > from),
        Zoom::Smaller => ZOOMS.iter().rfind(|step| **step < from),
        Zoom::Normal => Some(&100),
    };
    found.copied().unwrap_or(from)
}

/// The call of the page's own script.
fn script(act: &PageAct) -> String {
    match act {
        PageAct::SetComposer { text, caret, over } => {
            format!("parla.setComposer({}, {caret}, {})", literal(text), literal(over))
        }
        PageAct::EditComposer { text, caret, over } => {
            format!("parla.editComposer({}, {caret}, {})", literal(text), literal(over))
        }
        PageAct::Focus(id) => format!("parla.focus({})", literal(id)),
        PageAct::ScrollToEnd => "parla.scrollToEnd()".to_owned(),
        PageAct::ScrollToRow(row) => format!("parla.scrollToRow(\"{}\")", row.0),
        PageAct::Copy(text) => format!("parla.copy({})", literal(text)),
        PageAct::Reveal(id) => format!("parla.reveal({})", literal(id)),
    }
}

/// A text as a JavaScript literal. That is JSON, except for two line separators that older engines do not
/// accept.
fn literal(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use parla_client::view::RowId;

    use super::*;

    #[test]
    fn only_pages_are_opened() {
        for page in ["https://example.org/a?b#c", "HTTP://example.org", "https://例え.jp/"] {
            assert!(is_web(page), "{page}");
        }
        for other in [
            "",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "mailto:a@b",
            "/bin/sh",
            "https:/x",
            "https://a b",
            "http://a\n",
            "é",
        ] {
            assert!(!is_web(other), "{other}");
        }
    }

    #[test]
    fn what_goes_to_the_page_is_a_text_there() {
        let act = PageAct::SetComposer {
            text: "a\"b\\c\n\u{2028}'`${x}</script>".to_owned(),
            caret: 3,
            over: "x".to_owned(),
        };
        assert_eq!(script(&act), r#"parla.setComposer("a\"b\\c\n\u2028'`${x}</script>", 3, "x")"#);
        assert_eq!(
            script(&PageAct::ScrollToRow(RowId(u64::MAX))),
            "parla.scrollToRow(\"18446744073709551615\")"
        );
        assert_eq!(script(&PageAct::Focus("a\u{2029}".to_owned())), "parla.focus(\"a\\u2029\")");
    }

    #[test]
    fn zoom_goes_in_steps_and_ends() {
        assert_eq!(zoomed(100, Zoom::Larger), 110);
        assert_eq!(zoomed(100, Zoom::Smaller), 90);
        assert_eq!(zoomed(500, Zoom::Larger), 500);
        assert_eq!(zoomed(50, Zoom::Smaller), 50);
        assert_eq!(zoomed(300, Zoom::Normal), 100);
    }
}
