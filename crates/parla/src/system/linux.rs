//! Notifications, the clipboard and spelling on Linux, by GLib, GTK and WebKit. Must be called on the window's thread.

use std::{cell::RefCell, collections::HashMap};

use dioxus::desktop::{DesktopContext, wry::WebViewExtUnix};
use gio::glib::{self, ToVariant, Variant, VariantTy, markup_escape_text};
use gtk::prelude::{DialogExt, GtkWindowExt};
use parla_ui::words::menu::OPEN_LINK;
use webkit2gtk::{
    ContextMenuAction, ContextMenuExt, ContextMenuItem, ContextMenuItemExt, HitTestResultExt, SettingsExt,
    WebContextExt, WebViewExt,
};

use crate::desktop::is_web;

/// The bus has so long for an answer that nobody waits for.
const BUS_MS: i32 = 5_000;

/// What the person is shown, and what he is to be shown next.
#[derive(Default)]
struct Notifications {
    /// The last one, which the next one takes the place of: a hundred mentions are one notification.
    last: u32,
    /// It is being shown; until it is, what comes waits, and only the newest.
    is_busy: bool,
    next: Option<(String, String)>,
}

thread_local! {
    static NOTIFICATIONS: RefCell<Notifications> = RefCell::default();
}

/// Whether there is a display on which a window can be. Dioxus would end the program over it without a word.
pub(crate) fn has_display() -> bool {
    gtk::init().is_ok()
}

/// Says why the program cannot start, to people who have not started it from a terminal.
pub(crate) fn say(text: &str) {
    let dialog = gtk::MessageDialog::new(
        None::<&gtk::Window>,
        gtk::DialogFlags::empty(),
        gtk::MessageType::Error,
        gtk::ButtonsType::Close,
        text,
    );
    dialog.set_title("parla");
    dialog.run();
}

/// Opens a page in the browser of the desktop; says whether it could. GLib sees to the end of what it starts: nothing of it stays
/// behind as a process that has ended and is not waited for.
pub(crate) fn open(href: &str) -> bool {
    match gio::AppInfo::launch_default_for_uri(href, gio::AppLaunchContext::NONE) {
        Ok(()) => true,
        Err(error) => {
            tracing::info!(%error, "the desktop has no browser of its own");
            false
        }
    }
}

/// Shows a notification. Without a bus, or without anything that shows them, there is none.
///
/// <https://specifications.freedesktop.org/notification-spec/>
pub(crate) fn notify(title: &str, body: &str) {
    NOTIFICATIONS.with_borrow_mut(|all| all.next = Some((title.to_owned(), body.to_owned())));
    show_next();
}

fn show_next() {
    let taken = NOTIFICATIONS.with_borrow_mut(|all| {
        let next = all.next.take_if(|_| !all.is_busy)?;
        all.is_busy = true;
        Some((all.last, next))
    });
    let Some((replaces, (title, body))) = taken else { return };
    let parameters = parameters(replaces, &title, &body);
    gio::bus_get(gio::BusType::Session, gio::Cancellable::NONE, move |bus| match bus {
        Ok(bus) => bus.call(
            Some("org.freedesktop.Notifications"),
            "/org/freedesktop/Notifications",
            "org.freedesktop.Notifications",
            "Notify",
            Some(&parameters),
            VariantTy::new("(u)").ok(),
            gio::DBusCallFlags::NONE,
            BUS_MS,
            gio::Cancellable::NONE,
            |answer| shown(answer.map(|id| id.child_value(0).get().unwrap_or(0))),
        ),
        Err(error) => shown(Err(error)),
    });
}

fn shown(answer: Result<u32, glib::Error>) {
    if let Err(error) = &answer {
        tracing::debug!(%error, "no notification");
    }
    NOTIFICATIONS.with_borrow_mut(|all| {
        all.last = answer.unwrap_or(0);
        all.is_busy = false;
    });
    show_next();
}

/// Name of the program, notification to replace, icon, title, body, actions, hints, time to show it: the server's choice.
fn parameters(replaces: u32, title: &str, body: &str) -> Variant {
    let hints: HashMap<String, Variant> = HashMap::from([
        ("category".to_owned(), "im.received".to_variant()),
        ("desktop-entry".to_owned(), "parla".to_variant()),
    ]);
    let actions: Vec<String> = Vec::new();
    // A body may have markup; what somebody wrote has none.
    let body = markup_escape_text(body).to_string();
    ("parla", replaces, "parla", title, body, actions, hints, -1_i32).to_variant()
}

/// Puts a text on the clipboard; says whether it could.
pub(crate) fn copy(text: &str) -> bool {
    let Some(display) = gtk::gdk::Display::default() else { return false };
    let Some(clipboard) = gtk::Clipboard::default(&display) else { return false };
    clipboard.set_text(text);
    // So that it outlives the program, where the desktop keeps clipboards.
    clipboard.store();
    true
}

/// Marks misspelt words, in the languages of the person's locale. Words are only looked up if there is a dictionary.
pub(crate) fn check_spelling(window: &DesktopContext) {
    let Some(context) = window.webview.webview().context() else { return };
    let names = glib::language_names();
    let languages: Vec<&str> =
        names.iter().map(glib::GString::as_str).filter(|name| is_language(name)).collect();
    context.set_spell_checking_languages(if languages.is_empty() { &["en_US"] } else { &languages });
    context.set_spell_checking_enabled(true);
}

/// What a right click offers: what can be done with text, links and misspelt words. What else the web view would offer is for
/// developers and for pages that lead somewhere.
const MENU: [ContextMenuAction; 10] = [
    ContextMenuAction::SpellingGuess,
    ContextMenuAction::NoGuessesFound,
    ContextMenuAction::IgnoreSpelling,
    ContextMenuAction::LearnSpelling,
    ContextMenuAction::Cut,
    ContextMenuAction::Copy,
    ContextMenuAction::Paste,
    ContextMenuAction::Delete,
    ContextMenuAction::SelectAll,
    ContextMenuAction::CopyLinkToClipboard,
];

/// Makes the menu of a right click ours, and leaves nothing for developers.
pub(crate) fn make_menu(window: &DesktopContext) {
    let view = window.webview.webview();
    if let Some(settings) = WebViewExt::settings(&view) {
        settings.set_enable_developer_extras(false);
    }
    view.connect_context_menu(|_, menu, _, hit| {
        for item in menu.items() {
            if !MENU.contains(&item.stock_action()) {
                menu.remove(&item);
            }
        }
        if let Some(uri) = hit.link_uri().filter(|uri| is_web(uri)) {
            let action = gio::SimpleAction::new("open-link", None);
            action.connect_activate(move |_, _| {
                open(&uri);
            });
            menu.prepend(&ContextMenuItem::from_gaction(&action, OPEN_LINK, None));
        }
        // Without anything to offer there is no menu.
        menu.n_items() == 0
    });
}

/// `de_DE` or `de`, but not `C` or `de_DE.UTF-8`.
fn is_language(name: &str) -> bool {
    name.len() >= 2 && name != "POSIX" && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_has_the_form_that_the_bus_wants() {
        let parameters = parameters(7, "alice", "<b>1 & 2</b>");
        assert_eq!(parameters.type_().as_str(), "(susssasa{sv}i)");
        assert_eq!(parameters.child_value(4).str(), Some("&lt;b&gt;1 &amp; 2&lt;/b&gt;"));
    }

    #[test]
    fn languages_are_told_from_other_names() {
        for (name, is) in
            [("de_DE", true), ("de", true), ("C", false), ("POSIX", false), ("de_DE.UTF-8", false)]
        {
            assert_eq!(is_language(name), is, "{name}");
        }
    }
}
