//! The open dialogs, one above the other. Each keeps what was entered until it is closed, and remembers which
//! element had the focus before it.

use std::mem::discriminant;

use dioxus::prelude::*;
use parla_client::view::NetworkId;

use crate::state::{BufferKey, Dialog, State};

/// The open dialogs and the focus.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Stack {
    /// The dialogs from the bottom up.
    open: Vec<Opened>,
    /// The element that has the focus since a dialog was last opened or closed.
    focus: Focus,
}

/// An open dialog, and where the focus goes when it is closed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Opened {
    pub(crate) dialog: Dialog,
    pub(crate) level: Level,
    /// The id of the element that gets the focus when the dialog is closed.
    focus_back: String,
}

/// Distinguishes the elements of a dialog from those of other open dialogs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Level(pub(crate) u8);

/// The id of an element that gets the focus. It comes with a counter, because the same element may get it
/// twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Focus {
    pub(crate) count: u32,
    pub(crate) id: Option<String>,
}

impl Focus {
    fn set(&mut self, id: String) {
        *self = Self { count: self.count.wrapping_add(1), id: Some(id) };
    }
}

impl Level {
    /// The id of this part of the dialog.
    pub(crate) fn id(self, part: &str) -> String {
        if self.0 == 0 { part.to_owned() } else { format!("{part}-{}", self.0) }
    }

    /// The id of the element that has the focus at first.
    pub(crate) fn focus_id(self) -> String {
        self.id("dialog-focus")
    }
}

impl Stack {
    /// All open dialogs, from the bottom up.
    pub(crate) fn open(&self) -> &[Opened] {
        &self.open
    }

    /// The dialog on top, which is the only one that can be used.
    pub(crate) fn top(&self) -> Option<&Opened> {
        self.open.last()
    }

    /// Whether any dialog is open.
    pub(crate) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// The element that has the focus since a dialog was last opened or closed.
    pub(crate) fn focus(&self) -> &Focus {
        &self.focus
    }

    /// Puts a dialog on top. Only one of a kind can be open: it replaces an open one about something else.
    fn push(&mut self, dialog: Dialog, focus_back: &str) {
        let known = self.open.iter().position(|one| discriminant(&one.dialog) == discriminant(&dialog));
        let opened = match known {
            Some(at) => {
                let known = self.open.remove(at);
                if let Some(above) = self.open.get_mut(at) {
                    above.focus_back.clone_from(&known.focus_back);
                }
                Opened { dialog, ..known }
            }
            None => {
                let level = self.open.iter().map(|one| one.level.0 + 1).max().unwrap_or_default();
                Opened { dialog, level: Level(level), focus_back: focus_back.to_owned() }
            }
        };
        // What is covered cannot have the focus.
        let below = self.top().map(|top| top.level.focus_id());
        let focus_back = below.unwrap_or(opened.focus_back);
        self.focus.set(opened.level.focus_id());
        self.open.push(Opened { focus_back, ..opened });
    }

    /// Closes the dialog on top.
    fn pop(&mut self) -> Option<Opened> {
        let closed = self.open.pop()?;
        self.focus.set(closed.focus_back.clone());
        Some(closed)
    }

    /// Closes the dialogs about something that is gone. A dialog above one of them then returns the focus to
    /// where that one would have.
    fn close(&mut self, is_gone: &dyn Fn(&Dialog) -> bool) {
        let top = self.top().map(|top| top.level);
        let mut inherited = None;
        for mut one in std::mem::take(&mut self.open) {
            if is_gone(&one.dialog) {
                inherited = inherited.or(Some(one.focus_back));
                continue;
            }
            if let Some(focus_back) = inherited.take() {
                one.focus_back = focus_back;
            }
            self.open.push(one);
        }
        if let Some(focus_back) = inherited.filter(|_| self.top().map(|top| top.level) != top) {
            self.focus.set(focus_back);
        }
    }
}

impl Dialog {
    /// The network that it is about, if any.
    pub(crate) fn network(&self) -> Option<NetworkId> {
        match self {
            Self::Browse(network)
            | Self::Person(network, _)
            | Self::Nick(network)
            | Self::Address(network) => Some(*network),
            Self::Invite(at) | Self::Topic(at) | Self::Settings(at) => Some(at.network),
            Self::AddNetwork | Self::Help | Self::PastToasts => None,
        }
    }

    /// The conversation that it is about, if any.
    pub(crate) fn conversation(&self) -> Option<BufferKey> {
        match self {
            Self::Invite(at) | Self::Topic(at) | Self::Settings(at) => Some(*at),
            Self::Browse(_) | Self::Person(..) | Self::Nick(_) | Self::Address(_) => None,
            Self::AddNetwork | Self::Help | Self::PastToasts => None,
        }
    }
}

impl State {
    /// Whether a dialog is open. This does not subscribe to changes.
    pub(crate) fn has_dialog(&self) -> bool {
        self.open.dialogs.peek().is_open()
    }

    /// Opens a dialog. When it is closed, the element with this id gets the focus, or the dialog below.
    pub fn open_dialog(&mut self, dialog: Dialog, focus_back: &str) {
        self.open.dialogs.write().push(dialog, focus_back);
    }

    /// Closes the dialog on top, if one is open.
    pub fn close_dialog(&mut self) {
        if !self.has_dialog() {
            return;
        }
        let closed = self.open.dialogs.write().pop();
        let is_about_nick = closed.is_some_and(|closed| matches!(closed.dialog, Dialog::Nick(_)));
        if is_about_nick && self.open.nick_refused.peek().is_some() {
            self.open.nick_refused.set(None);
        }
    }

    /// Closes the dialog on top. The element with this id then gets the focus, unless another dialog is open.
    pub(crate) fn close_dialog_to(&mut self, focus: &str) {
        self.close_dialog();
        if !self.has_dialog() {
            self.open.dialogs.write().focus.set(focus.to_owned());
        }
    }

    /// Closes all dialogs, because the person goes elsewhere.
    pub(crate) fn close_dialogs(&mut self) {
        while self.has_dialog() {
            self.close_dialog();
        }
    }

    /// Closes the dialogs about something that is gone.
    pub(crate) fn close_dialogs_about(&mut self, is_gone: &dyn Fn(&Dialog) -> bool) {
        if self.open.dialogs.peek().open.iter().any(|one| is_gone(&one.dialog)) {
            self.open.dialogs.write().close(is_gone);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NET: NetworkId = NetworkId(1);

    fn person(nick: &str) -> Dialog {
        Dialog::Person(NET, nick.into())
    }

    /// Checks the open dialogs and which element has the focus.
    fn check(stack: &Stack, open: &[Dialog], focus: &str) {
        let dialogs: Vec<Dialog> = stack.open.iter().map(|one| one.dialog.clone()).collect();
        assert_eq!((&*dialogs, stack.focus.id.as_deref()), (open, Some(focus)));
    }

    #[test]
    fn each_gives_the_focus_back_to_what_it_covered() {
        let mut stack = Stack::default();
        stack.push(Dialog::Help, "open-help");
        check(&stack, &[Dialog::Help], "dialog-focus");
        stack.push(Dialog::Nick(NET), "composer");
        check(&stack, &[Dialog::Help, Dialog::Nick(NET)], "dialog-focus-1");
        stack.pop();
        check(&stack, &[Dialog::Help], "dialog-focus");
        stack.pop();
        check(&stack, &[], "open-help");
        assert_eq!(stack.pop(), None);
    }

    #[test]
    fn there_is_one_of_a_kind() {
        let mut stack = Stack::default();
        stack.push(person("bob"), "nick-1");
        let before = stack.focus().clone();
        stack.push(person("eve"), "nick-2");
        check(&stack, &[person("eve")], "dialog-focus");
        assert_ne!(*stack.focus(), before, "it takes the focus");
        stack.push(Dialog::Help, "open-help");
        stack.push(person("bob"), "nick-1");
        check(&stack, &[Dialog::Help, person("bob")], "dialog-focus");
        stack.pop();
        check(&stack, &[Dialog::Help], "dialog-focus-1");
        stack.pop();
        check(&stack, &[], "nick-1");
    }

    #[test]
    fn what_is_gone_from_below_leaves_the_focus_where_it_is() {
        let mut stack = Stack::default();
        stack.push(Dialog::Browse(NET), "browse-1");
        stack.push(Dialog::Help, "open-help");
        stack.close(&|dialog| *dialog != Dialog::Help);
        check(&stack, &[Dialog::Help], "dialog-focus-1");
        stack.pop();
        check(&stack, &[], "browse-1");
        stack.push(person("bob"), "nick-1");
        stack.close(&|_| true);
        check(&stack, &[], "nick-1");
    }
}
