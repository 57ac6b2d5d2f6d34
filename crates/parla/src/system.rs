//! What the desktop's system provides: notifications, the clipboard, spell checking.
//!
//! On Linux this uses the libraries that come with the web view. On other systems nothing is implemented yet,
//! and the page does what it can.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::{check_spelling, copy, has_display, make_menu, notify, open, say, speak, withdraw};

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::rc::Rc;

    use dioxus::desktop::DesktopContext;
    use parla_ui::{platform::Notification, state::BufferKey, words::Words};

    pub(crate) fn has_display() -> bool {
        true
    }

    pub(crate) fn notify(_notification: &Notification, _chosen: &Rc<dyn Fn(BufferKey)>) {}

    pub(crate) fn withdraw(_tag: &str) {}

    pub(crate) fn copy(_text: &str) -> bool {
        false
    }

    pub(crate) fn open(_href: &str) -> bool {
        false
    }

    pub(crate) fn say(_text: &str) {}

    pub(crate) fn speak(_words: Words) {}

    pub(crate) fn make_menu(_window: &DesktopContext) {}

    pub(crate) fn check_spelling(_window: &DesktopContext) {}
}
#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::{
    check_spelling, copy, has_display, make_menu, notify, open, say, speak, withdraw,
};
