//! Browser notifications: one per conversation, and a click opens it.
//!
//! <https://notifications.spec.whatwg.org/>. In browsers on phones, only a service worker may show
//! notifications, and a page that tries gets an error.

use std::{cell::RefCell, rc::Rc};

use futures_channel::mpsc::UnboundedSender;
use parla_client::SortedMap;
use parla_ui::platform::{Leave, Notification as Told, PlatformEvent};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{Notification, NotificationOptions, NotificationPermission, window};

/// The notifications that are shown, by tag.
type Shown = Rc<RefCell<SortedMap<String, (Notification, Closure<dyn FnMut()>)>>>;

/// The notifications of this page.
pub(crate) struct Notifications {
    shown: Shown,
    events: UnboundedSender<PlatformEvent>,
}

impl Notifications {
    pub(crate) fn new(events: UnboundedSender<PlatformEvent>) -> Self {
        Self { shown: Shown::default(), events }
    }

    /// Shows a notification if the person has allowed it.
    pub(crate) fn show(&self, told: &Told) {
        if leave() != Leave::Given {
            return;
        }
        let options = NotificationOptions::new();
        options.set_body(&told.body);
        options.set_tag(&told.tag);
        // Alerts the person again even if the notification replaces an older one.
        options.set_renotify(true);
        let Ok(notification) = Notification::new_with_options(&told.title, &options) else { return };
        let (events, about, tag) = (self.events.clone(), told.about, told.tag.clone());
        let shown = Rc::downgrade(&self.shown);
        let choose = Closure::<dyn FnMut()>::new(move || {
            if let Some(window) = window() {
                drop(window.focus());
            }
            drop(events.unbounded_send(PlatformEvent::Chosen(about)));
            let closed = shown.upgrade().and_then(|shown| Some(shown.borrow().get(&tag)?.0.clone()));
            if let Some(notification) = closed {
                notification.close();
            }
        });
        notification.set_onclick(Some(choose.as_ref().unchecked_ref()));
        self.shown.borrow_mut().insert(told.tag.clone(), (notification, choose));
    }

    /// Removes a notification.
    pub(crate) fn withdraw(&self, tag: &str) {
        if let Some((notification, _)) = self.shown.borrow_mut().remove(tag) {
            notification.set_onclick(None);
            notification.close();
        }
    }

    /// Asks the person for permission; the browser words the question.
    pub(crate) fn ask(&self) {
        let Ok(answer) = Notification::request_permission() else { return };
        let events = self.events.clone();
        wasm_bindgen_futures::spawn_local(async move {
            drop(wasm_bindgen_futures::JsFuture::from(answer).await);
            drop(events.unbounded_send(PlatformEvent::Answered(leave())));
        });
    }
}

/// Whether notifications can be shown.
pub(crate) fn leave() -> Leave {
    let Some(window) = window() else { return Leave::Impossible };
    let has_them = js_sys::Reflect::has(&window, &JsValue::from_str("Notification")).unwrap_or(false);
    if !has_them || !window.is_secure_context() {
        return Leave::Impossible;
    }
    match Notification::permission() {
        NotificationPermission::Granted => Leave::Given,
        NotificationPermission::Denied => Leave::Refused,
        // Without permission nothing is shown, but the object can be created wherever notifications exist.
        _ if Notification::new("").is_ok() => Leave::NotAsked,
        _ => Leave::Impossible,
    }
}
