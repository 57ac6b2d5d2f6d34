//! Notifications on Linux through the session bus: one per conversation; a click on it opens the
//! conversation.
//!
//! <https://specifications.freedesktop.org/notification-spec/>. Must be called on the window's thread.
//! Without a bus, or without a notification service on it, there are none.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use gio::glib::{self, ToVariant, Variant, VariantTy, markup_escape_text};
use parla_ui::{platform::Notification, state::BufferKey};

/// How long the bus may take to answer, in milliseconds. Nobody waits for that.
const BUS_MS: i32 = 5_000;
const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// The action of a click on the notification itself.
const CLICK: &str = "default";
/// Neither low, which some desktops do not show at once, nor critical, which stays until it is clicked.
const URGENCY_NORMAL: u8 = 1;

thread_local! {
    static ALL: RefCell<All> = RefCell::default();
}

/// Called when the person clicks a notification.
type Chosen = Rc<dyn Fn(BufferKey)>;

#[derive(Default)]
struct All {
    shown: Shown,
    chosen: Option<Chosen>,
    is_listening: bool,
}

/// What is shown and what will be shown next, by tag.
#[derive(Debug, Default)]
struct Shown(BTreeMap<String, One>);

#[derive(Debug)]
struct One {
    about: BufferKey,
    /// The id that the bus gave it, with which it can be replaced; zero if there is none yet.
    id: u32,
    /// Whether it is on its way to the screen. Until it is there, only the newest replacement waits.
    is_busy: bool,
    next: Option<Notification>,
    /// Whether it must be closed as soon as its id is known.
    is_unwanted: bool,
}

impl Shown {
    /// Adds a notification to show.
    fn add(&mut self, notification: Notification) {
        let about = notification.about;
        let one = self.0.entry(notification.tag.clone());
        let one = one.or_insert(One { about, id: 0, is_busy: false, next: None, is_unwanted: false });
        (one.about, one.next, one.is_unwanted) = (about, Some(notification), false);
    }

    /// What must be sent to the bus now, and the id that it replaces.
    fn take(&mut self, tag: &str) -> Option<(u32, Notification)> {
        let one = self.0.get_mut(tag).filter(|one| !one.is_busy)?;
        let next = one.next.take()?;
        one.is_busy = true;
        Some((one.id, next))
    }

    /// The bus has given it this id, or none. Returns the id that must be closed.
    fn arrived(&mut self, tag: &str, id: Option<u32>) -> Option<u32> {
        let one = self.0.get_mut(tag)?;
        one.is_busy = false;
        one.id = id.unwrap_or(0);
        if one.is_unwanted || (one.id == 0 && one.next.is_none()) {
            self.0.remove(tag);
            return id;
        }
        None
    }

    /// Withdraws a notification. Returns the id that must be closed.
    fn withdraw(&mut self, tag: &str) -> Option<u32> {
        let one = self.0.get_mut(tag)?;
        one.next = None;
        if one.is_busy {
            one.is_unwanted = true;
            return None;
        }
        self.0.remove(tag).map(|one| one.id)
    }

    /// The person or the desktop has closed it.
    fn closed(&mut self, id: u32) {
        self.0.retain(|_, one| one.id != id || one.is_busy || one.next.is_some());
    }

    fn about(&self, id: u32) -> Option<BufferKey> {
        self.0.values().find(|one| one.id == id && id != 0).map(|one| one.about)
    }
}

/// Shows a notification; `chosen` is called when the person clicks it.
pub(crate) fn notify(notification: &Notification, chosen: &Chosen) {
    ALL.with_borrow_mut(|all| {
        all.chosen = Some(Rc::clone(chosen));
        all.shown.add(notification.clone());
    });
    show_next(notification.tag.clone());
}

/// Withdraws a notification.
pub(crate) fn withdraw(tag: &str) {
    if let Some(id) = ALL.with_borrow_mut(|all| all.shown.withdraw(tag)) {
        close(id);
    }
}

fn show_next(tag: String) {
    let Some((replaces, notification)) = ALL.with_borrow_mut(|all| all.shown.take(&tag)) else { return };
    let parameters = parameters(replaces, &notification);
    gio::bus_get(gio::BusType::Session, gio::Cancellable::NONE, move |bus| match bus {
        Ok(bus) => {
            listen(&bus);
            call(&bus, "Notify", &parameters, move |answer| arrived(tag, answer));
        }
        Err(error) => arrived(tag, Err(error)),
    });
}

fn call(
    bus: &gio::DBusConnection,
    method: &str,
    parameters: &Variant,
    then: impl FnOnce(Result<Variant, glib::Error>) + 'static,
) {
    let reply = if method == "Notify" { VariantTy::new("(u)").ok() } else { None };
    let none = gio::Cancellable::NONE;
    bus.call(
        Some(NAME),
        PATH,
        NAME,
        method,
        Some(parameters),
        reply,
        gio::DBusCallFlags::NONE,
        BUS_MS,
        none,
        then,
    );
}

fn arrived(tag: String, answer: Result<Variant, glib::Error>) {
    if let Err(error) = &answer {
        tracing::debug!(%error, "no notification");
    }
    let id = answer.ok().and_then(|answer| answer.child_value(0).get::<u32>());
    if let Some(id) = ALL.with_borrow_mut(|all| all.shown.arrived(&tag, id)) {
        close(id);
    }
    show_next(tag);
}

fn close(id: u32) {
    if id == 0 {
        return;
    }
    gio::bus_get(gio::BusType::Session, gio::Cancellable::NONE, move |bus| {
        if let Ok(bus) = bus {
            call(&bus, "CloseNotification", &(id,).to_variant(), |_| {});
        }
    });
}

/// Listens for clicks and closed notifications; once for the whole program.
fn listen(bus: &gio::DBusConnection) {
    if ALL.with_borrow_mut(|all| std::mem::replace(&mut all.is_listening, true)) {
        return;
    }
    for signal in ["ActionInvoked", "NotificationClosed"] {
        let flags = gio::DBusSignalFlags::NONE;
        bus.signal_subscribe(
            Some(NAME),
            Some(NAME),
            Some(signal),
            Some(PATH),
            None,
            flags,
            |_, _, _, _, signal, told| {
                handle_signal(signal, told);
            },
        );
    }
}

fn handle_signal(signal: &str, told: &Variant) {
    let Some(id) = told.try_child_value(0).and_then(|id| id.get::<u32>()) else { return };
    if signal == "NotificationClosed" {
        return ALL.with_borrow_mut(|all| all.shown.closed(id));
    }
    let is_click = told.try_child_value(1).is_some_and(|action| action.str() == Some(CLICK));
    let found = ALL.with_borrow(|all| Some((all.shown.about(id)?, all.chosen.clone()?)));
    if let Some((about, chosen)) = found.filter(|_| is_click) {
        chosen(about);
    }
}

/// The parameters of the call: program name, id to replace, icon, title, body, actions, hints and timeout,
/// which is left to the desktop.
fn parameters(replaces: u32, notification: &Notification) -> Variant {
    let hints: HashMap<String, Variant> = HashMap::from([
        ("category".to_owned(), "im.received".to_variant()),
        ("desktop-entry".to_owned(), "parla".to_variant()),
        ("urgency".to_owned(), URGENCY_NORMAL.to_variant()),
    ]);
    let actions = vec![CLICK.to_owned(), super::words().alert_open().to_owned()];
    // A body may contain markup; text that somebody wrote is escaped.
    let body = markup_escape_text(&notification.body).to_string();
    ("parla", replaces, "parla", &notification.title, body, actions, hints, -1_i32).to_variant()
}

#[cfg(test)]
mod tests {
    use parla_client::view::{BufferId, NetworkId};

    use super::*;

    fn notification(buffer: u32, body: &str) -> Notification {
        Notification {
            about: BufferKey { network: NetworkId(1), buffer: BufferId(buffer) },
            tag: format!("tag {buffer}"),
            title: "alice".to_owned(),
            body: body.to_owned(),
        }
    }

    #[test]
    fn a_notification_has_the_form_that_the_bus_wants() {
        let parameters = parameters(7, &notification(1, "<b>1 & 2</b>"));
        assert_eq!(parameters.type_().as_str(), "(susssasa{sv}i)");
        assert_eq!(parameters.child_value(1).get::<u32>(), Some(7));
        assert_eq!(parameters.child_value(4).str(), Some("&lt;b&gt;1 &amp; 2&lt;/b&gt;"));
        assert_eq!(parameters.child_value(5).get::<Vec<String>>().unwrap().first().unwrap(), CLICK);
        let hints: HashMap<String, Variant> = parameters.child_value(6).get().unwrap();
        assert_eq!(hints["urgency"].get::<u8>(), Some(URGENCY_NORMAL));
    }

    #[test]
    fn there_is_one_for_each_conversation() {
        let mut shown = Shown::default();
        shown.add(notification(1, "one"));
        shown.add(notification(2, "other"));
        assert_eq!(shown.take("tag 1"), Some((0, notification(1, "one"))));
        // While the bus is busy, only the newest notification waits.
        shown.add(notification(1, "two"));
        shown.add(notification(1, "three"));
        assert_eq!(shown.take("tag 1"), None);
        assert_eq!(shown.arrived("tag 1", Some(41)), None);
        assert_eq!(shown.take("tag 1"), Some((41, notification(1, "three"))));
        assert_eq!(shown.arrived("tag 1", Some(41)), None);
        assert_eq!(shown.take("tag 2"), Some((0, notification(2, "other"))));
        assert_eq!(shown.arrived("tag 2", Some(42)), None);
        assert_eq!(shown.about(41), Some(notification(1, "").about));
        assert_eq!(shown.about(42), Some(notification(2, "").about));
        shown.closed(42);
        assert_eq!(shown.about(42), None);
        assert_eq!(shown.withdraw("tag 1"), Some(41));
        assert_eq!(shown.withdraw("tag 1"), None);
    }

    #[test]
    fn what_was_read_before_it_was_shown_is_taken_away() {
        let mut shown = Shown::default();
        shown.add(notification(1, "one"));
        shown.take("tag 1").unwrap();
        assert_eq!(shown.withdraw("tag 1"), None);
        assert_eq!(shown.arrived("tag 1", Some(5)), Some(5));
        assert!(shown.0.is_empty());
        // Without a bus nothing is remembered.
        shown.add(notification(1, "one"));
        shown.take("tag 1").unwrap();
        assert_eq!(shown.arrived("tag 1", None), None);
        assert!(shown.0.is_empty());
    }
}
