//! Notifications, the clipboard and spell checking on Linux, through GLib, GTK and WebKit. Must be called on
//! the window's thread.

mod notifications;

use std::cell::Cell;

use dioxus::desktop::{DesktopContext, wry::WebViewExtUnix};
use gio::glib;
use gtk::prelude::{DialogExt, GtkWindowExt};
use parla_ui::words::Words;
use webkit2gtk::{
    ContextMenuAction, ContextMenuExt, ContextMenuItem, ContextMenuItemExt, HitTestResultExt, SettingsExt,
    WebContextExt, WebViewExt,
};

use crate::desktop::is_web;

pub(crate) use notifications::{notify, withdraw};

thread_local! {
    static WORDS: Cell<Option<Words>> = const { Cell::new(None) };
}

/// Sets the language of the menu and the notifications.
pub(crate) fn speak(words: Words) {
    WORDS.set(Some(words));
}

fn words() -> Words {
    WORDS.get().unwrap_or_else(Words::english)
}

/// Whether there is a display for a window. Without one, Dioxus would end the program without a message.
pub(crate) fn has_display() -> bool {
    gtk::init().is_ok()
}

/// Shows why the program cannot start, for people who have not started it from a terminal.
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

/// Opens a page in the desktop's browser; returns whether it could. GLib waits for the process that it
/// starts, so that no zombie is left behind.
pub(crate) fn open(href: &str) -> bool {
    match gio::AppInfo::launch_default_for_uri(href, gio::AppLaunchContext::NONE) {
        Ok(()) => true,
        Err(error) => {
            tracing::info!(%error, "the desktop has no browser of its own");
            false
        }
    }
}

/// Puts a text on the clipboard; returns whether it could.
pub(crate) fn copy(text: &str) -> bool {
    let Some(display) = gtk::gdk::Display::default() else { return false };
    let Some(clipboard) = gtk::Clipboard::default(&display) else { return false };
    clipboard.set_text(text);
    // This keeps the text when the program ends, where the desktop supports that.
    clipboard.store();
    true
}

/// Marks misspelt words in the languages of the person's locale. Words are looked up only if there is a
/// dictionary.
pub(crate) fn check_spelling(window: &DesktopContext) {
    let Some(context) = window.webview.webview().context() else { return };
    let names = glib::language_names();
    let languages: Vec<&str> =
        names.iter().map(glib::GString::as_str).filter(|name| is_language(name)).collect();
    context.set_spell_checking_languages(if languages.is_empty() { &["en_US"] } else { &languages });
    context.set_spell_checking_enabled(true);
}

/// The items of the context menu: what can be done with text, links and misspelt words. The web view's other
/// items are for developers, and for pages that lead somewhere.
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

/// Replaces the context menu by ours, without entries for developers.
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
            menu.prepend(&ContextMenuItem::from_gaction(&action, words().menu_open_link(), None));
        }
        // Without items there is no menu.
        menu.n_items() == 0
    });
}

/// Whether this is a language like `de_DE` or `de`, as opposed to `C` or `de_DE.UTF-8`.
fn is_language(name: &str) -> bool {
    name.len() >= 2 && name != "POSIX" && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_from_other_names() {
        for (name, is) in
            [("de_DE", true), ("de", true), ("C", false), ("POSIX", false), ("de_DE.UTF-8", false)]
        {
            assert_eq!(is_language(name), is, "{name}");
        }
    }
}
