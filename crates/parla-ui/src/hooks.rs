//! The hooks of Dioxus under their own names, each compiled once per type instead of once per closure.
//!
//! Closures are passed on as pointers, and no code of a hook is inlined into the calling component. This
//! reduces what a browser has to load by a quarter.

use std::{any::Any, future::Future, marker::PhantomData, ops::Deref, pin::Pin, rc::Rc};

use dioxus::prelude as dx;
use dx::{ReadableExt as _, Signal};

/// Like the hook of Dioxus.
pub(crate) fn use_hook<T: Clone + 'static>(make: impl FnOnce() -> T) -> T {
    #[inline(never)]
    fn once<T: Clone + 'static>(make: Box<dyn FnOnce() -> T + '_>) -> T {
        dx::use_hook(make)
    }
    once(Box::new(make))
}

/// Like the hook of Dioxus.
pub(crate) fn use_signal<T: 'static>(make: impl FnOnce() -> T) -> Signal<T> {
    #[inline(never)]
    fn once<T: 'static>(make: Box<dyn FnOnce() -> T + '_>) -> Signal<T> {
        dx::use_signal(make)
    }
    once(Box::new(make))
}

/// Like the hook of Dioxus, but all memos have one type for it, because their values are behind a pointer.
pub(crate) fn use_memo<T: PartialEq + 'static>(mut compute: impl FnMut() -> T + 'static) -> Memo<T> {
    #[inline(never)]
    fn once(compute: Box<dyn FnMut() -> Erased>) -> dx::Memo<Erased> {
        dx::use_memo(compute)
    }
    Memo {
        memo: once(Box::new(move || Erased { value: Rc::new(compute()), same: same::<T> })),
        of: PhantomData,
    }
}

/// A value that is computed again when its inputs change.
pub(crate) struct Memo<T> {
    memo: dx::Memo<Erased>,
    of: PhantomData<fn() -> T>,
}

struct Erased {
    value: Rc<dyn Any>,
    same: fn(&dyn Any, &dyn Any) -> bool,
}

impl PartialEq for Erased {
    fn eq(&self, other: &Self) -> bool {
        (self.same)(&*self.value, &*other.value)
    }
}

fn same<T: PartialEq + 'static>(one: &dyn Any, other: &dyn Any) -> bool {
    one.downcast_ref::<T>() == other.downcast_ref::<T>()
}

impl<T: 'static> Memo<T> {
    /// The current value. The reader is redrawn when it changes.
    pub(crate) fn read(&self) -> Held<T> {
        #[inline(never)]
        fn once(memo: dx::Memo<Erased>) -> Rc<dyn Any> {
            Rc::clone(&memo.read().value)
        }
        typed(once(self.memo))
    }

    /// The current value, without subscribing to changes.
    pub(crate) fn peek(&self) -> Held<T> {
        #[inline(never)]
        fn once(memo: dx::Memo<Erased>) -> Rc<dyn Any> {
            Rc::clone(&memo.peek().value)
        }
        typed(once(self.memo))
    }

    /// A copy of the current value. The reader is redrawn when it changes.
    pub(crate) fn get(&self) -> T
    where
        T: Clone,
    {
        T::clone(&self.read())
    }
}

#[expect(
    clippy::expect_used,
    clippy::ok_expect,
    reason = "a memo is read as what `use_memo` put into it; a browser need not load how the error would be shown"
)]
fn typed<T: 'static>(value: Rc<dyn Any>) -> Held<T> {
    Held(value.downcast().ok().expect("the type of the memo"))
}

/// The value of a memo at the time when it was read.
pub(crate) struct Held<T>(Rc<T>);

impl<T> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Clone for Memo<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Memo<T> {}

impl<T> PartialEq for Memo<T> {
    fn eq(&self, other: &Self) -> bool {
        self.memo == other.memo
    }
}

/// Like the hook of Dioxus.
pub(crate) fn use_effect(act: impl FnMut() + 'static) {
    #[inline(never)]
    fn once(act: Box<dyn FnMut()>) {
        dx::use_effect(act);
    }
    once(Box::new(act));
}

/// Like the hook of Dioxus.
pub(crate) fn use_future<F: Future<Output = ()> + 'static>(mut start: impl FnMut() -> F + 'static) {
    #[inline(never)]
    fn once(start: Box<dyn FnMut() -> Pin<Box<dyn Future<Output = ()>>>>) {
        dx::use_future(start);
    }
    once(Box::new(move || Box::pin(start())));
}

/// Like the hook of Dioxus.
pub(crate) fn use_drop(end: impl FnOnce() + 'static) {
    #[inline(never)]
    fn once(end: Box<dyn FnOnce()>) {
        dx::use_drop(end);
    }
    once(Box::new(end));
}

/// Like the hook of Dioxus.
#[inline(never)]
pub(crate) fn use_context<T: Clone + 'static>() -> T {
    dx::use_context()
}

/// Like the hook of Dioxus.
pub(crate) fn use_context_provider<T: Clone + 'static>(make: impl FnOnce() -> T) -> T {
    #[inline(never)]
    fn once<T: Clone + 'static>(make: Box<dyn FnOnce() -> T + '_>) -> T {
        dx::use_context_provider(make)
    }
    once(Box::new(make))
}
