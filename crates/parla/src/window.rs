//! The window: one page in the system's web view, from which no link leads away.
#![allow(unused_qualifications, reason = "the macros of dioxus write out whole paths")]

use std::{
    cell::{Cell, RefCell},
    path::PathBuf,
    rc::Rc,
};

use dioxus::{
    desktop::{
        Config, LogicalSize, WindowBuilder, icon_from_memory, launch::launch_virtual_dom, tao::event::Event,
        window,
    },
    prelude::*,
};
use parla_ui::{App, platform::Here};

use crate::{
    desktop::{Desktop, Parts, Zoom},
    page, system,
};

/// The icon of the window, which is also shown in the list of windows.
const ICON: &[u8] = include_bytes!("../assets/icon.png");
const SIZE: LogicalSize<f64> = LogicalSize::new(1100.0, 720.0);
/// The smallest size that the interface is made for.
const SIZE_MIN: LogicalSize<f64> = LogicalSize::new(320.0, 320.0);

/// What the window is opened with.
pub(crate) struct Opening {
    pub(crate) parts: Parts,
    /// The folder for the web view's own data.
    pub(crate) web_view: PathBuf,
    /// Called once, when the window is closed.
    pub(crate) end: Box<dyn FnOnce()>,
}

/// The parts until the root component takes them.
#[derive(Clone)]
struct Waiting(Rc<RefCell<Option<Parts>>>);

/// Shows the window. The program ends with it.
pub(crate) fn show(opening: Opening) -> ! {
    let Opening { parts, web_view, end } = opening;
    let end = Cell::new(Some(end));
    let config = Config::new()
        .with_window(
            WindowBuilder::new()
                .with_title("parla")
                .with_inner_size(SIZE)
                .with_min_inner_size(SIZE_MIN)
                .with_window_icon(icon_from_memory(ICON).ok())
                .with_always_on_top(false),
        )
        .with_menu(None)
        .with_custom_index(page::index())
        .with_data_directory(web_view)
        // Where we do not replace it, it has entries for developers.
        .with_disable_context_menu(cfg!(not(target_os = "linux")))
        .with_disable_drag_drop_handler(true)
        // Dioxus shows its own page once and passes `http`, `https` and `mailto` to the browser; it asks here
        // about everything else.
        .with_navigation_handler(|_| false)
        .with_custom_event_handler(move |event, _| {
            if matches!(event, Event::LoopDestroyed)
                && let Some(end) = end.take()
            {
                end();
            }
        });
    let dom = VirtualDom::new(Root).with_root_context(Waiting(Rc::new(RefCell::new(Some(parts)))));
    launch_virtual_dom(dom, config)
}

#[component]
fn Root() -> Element {
    let desktop = use_hook(|| {
        let window = window();
        system::check_spelling(&window);
        system::make_menu(&window);
        let parts = consume_context::<Waiting>().0.take();
        parts.map(|parts| Rc::new(Desktop::new(window, parts)))
    });
    // These were created just before, so they exist.
    let Some(desktop) = desktop else { return rsx! {} };
    use_context_provider(|| Here(desktop.clone()));
    let shown = desktop.clone();
    use_future(move || {
        let shown = shown.clone();
        async move { shown.show_when_asked().await }
    });
    rsx! {
        div {
            display: "contents",
            onkeydown: move |event| {
                if let Some(zoom) = zoom(&event.key(), event.modifiers()) {
                    event.prevent_default();
                    desktop.zoom(zoom);
                }
            },
            App {}
        }
    }
}

/// The keys with which every browser zooms.
fn zoom(key: &Key, modifiers: Modifiers) -> Option<Zoom> {
    let main = modifiers.ctrl() && !modifiers.alt() && !modifiers.meta();
    match key {
        Key::Character(char) if main => match char.as_str() {
            "+" | "=" => Some(Zoom::Larger),
            "-" => Some(Zoom::Smaller),
            "0" => Some(Zoom::Normal),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_can_be_read() {
        icon_from_memory::<dioxus::desktop::tao::window::Icon>(ICON).unwrap();
    }

    #[test]
    fn keys_zoom_with_control_only() {
        let key = |char: &str| Key::Character(char.to_owned());
        assert_eq!(zoom(&key("+"), Modifiers::CONTROL | Modifiers::SHIFT), Some(Zoom::Larger));
        assert_eq!(zoom(&key("0"), Modifiers::CONTROL), Some(Zoom::Normal));
        assert_eq!(zoom(&key("-"), Modifiers::empty()), None);
        assert_eq!(zoom(&key("-"), Modifiers::CONTROL | Modifiers::ALT), None);
    }
}
