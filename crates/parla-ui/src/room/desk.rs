//! The state of the composer: sending, drafts, earlier input, suggestions.
//!
//! The text itself is in the page, where we do not touch it while the person writes. It is reported after
//! every change, and is only ever replaced as a whole.

use std::{cell::Cell, rc::Rc};

use dioxus::prelude::*;
use parla_client::{
    Intent,
    completion::{Completion, Trigger},
    limits::{SUBMIT_BYTES_MAX, SUBMIT_MESSAGES_MAX},
    slash::{self, Slash, Submission},
};

use crate::{
    drafts,
    hooks::{Memo, use_context, use_drop, use_effect, use_hook, use_memo, use_signal},
    platform::{AppCommand, Here, PageAct},
    room::{
        history::History,
        suggest::{suggest, units},
    },
    state::{BufferKey, ComposerText, Dialog, State, wish},
};

/// The id of the field.
pub(crate) const COMPOSER_ID: &str = "composer";
/// The id of the button that answers the warning before many lines are sent.
pub(crate) const ASK_ID: &str = "ask-answer";
/// The most lines that are sent without a warning.
const LINES_UNASKED_MAX: usize = 3;

/// What must be settled before the text is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SendWarning {
    /// Whether to send this many lines as this many messages.
    ManyLines {
        /// The number of lines that are not empty.
        lines: usize,
        /// The number of messages, at least two.
        messages: usize,
    },
    /// The text would become this many messages, which is too many; it can only be shortened.
    TooManyMessages(usize),
    /// The text is too long in any case.
    TooMuchText,
}

/// The state of the composer.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Desk {
    pub(crate) at: ReadSignal<BufferKey>,
    pub(crate) warning: Signal<Option<SendWarning>>,
    /// The suggestions, if they are shown.
    pub(crate) suggestions: Memo<Option<Completion>>,
    /// The index of the marked suggestion.
    pub(crate) chosen: Signal<usize>,
    state: State,
    here: CopyValue<Here>,
    history: Signal<History>,
    /// Whether suggestions for names were requested; otherwise they are not shown.
    asked: Signal<bool>,
    /// The text for which suggestions were dismissed.
    dismissed: Signal<Option<String>>,
}

/// The composer's state, owned by the calling component.
pub(crate) fn use_desk(at: ReadSignal<BufferKey>) -> Desk {
    let state = use_context::<State>();
    let here = use_context::<Here>();
    let here = use_hook(|| CopyValue::new(here));
    let asked = use_signal(|| false);
    let dismissed = use_signal(|| None::<String>);
    let suggestions = use_memo(move || {
        if dismissed.read().as_ref() == Some(&state.page.composer.read().text) {
            return None;
        }
        suggest(state, at(), if asked() { Trigger::Tab } else { Trigger::Typing })
    });
    let desk = Desk {
        at,
        warning: use_signal(|| None),
        suggestions,
        chosen: use_signal(|| 0),
        state,
        here,
        history: use_signal(History::default),
        asked,
        dismissed,
    };
    use_drafts(desk);
    desk
}

impl Desk {
    fn here(&self) -> Here {
        self.here.peek().clone()
    }

    /// Puts a text into the composer.
    fn put(mut self, text: String, caret: usize) {
        let over = self.state.page.composer.peek().text.clone();
        self.shows(&text, caret);
        self.state.page.is_written_here.set(true);
        // This counts as the person's own editing, so they can undo it.
        self.here().0.page(PageAct::EditComposer { text, caret, over });
        drafts::save(self.state, &self.here());
    }

    fn shows(mut self, text: &str, caret: usize) {
        self.asked.set(false);
        self.chosen.set(0);
        self.warning.set(None);
        self.state.page.composer.set(ComposerText { text: text.to_owned(), caret });
        self.state.page.is_written_here.set(false);
    }

    fn put_over(self, text: String, caret: usize, over: String) {
        self.shows(&text, caret);
        self.here().0.page(PageAct::SetComposer { text, caret, over });
    }

    fn put_all(self, text: String) {
        let caret = units(&text);
        self.put(text, caret);
    }

    /// Restores the text of the conversation when the field appears in the page. Even an empty text is put there:
    /// until then, the page takes everything in the field for typed just now, and would keep what was sent.
    pub(crate) fn restore(self) {
        let ComposerText { text, caret } = self.state.page.composer.peek().clone();
        self.here().0.page(PageAct::SetComposer { text, caret, over: String::new() });
    }

    /// Sends the text, or asks first.
    pub(crate) fn submit(mut self) {
        let text = self.state.page.composer.peek().text.clone();
        if text.trim().is_empty() {
            return;
        }
        let lines = line_count(&text);
        let messages = self.messages(&text);
        let warning = if text.len() > SUBMIT_BYTES_MAX {
            Some(SendWarning::TooMuchText)
        } else if messages > SUBMIT_MESSAGES_MAX {
            Some(SendWarning::TooManyMessages(messages))
        } else if messages > 1 && lines > LINES_UNASKED_MAX {
            Some(SendWarning::ManyLines { lines, messages })
        } else {
            None
        };
        match warning {
            // Somebody who presses Enter again has read the warning.
            Some(SendWarning::ManyLines { .. }) if *self.warning.peek() == warning => self.send(),
            None => self.send(),
            Some(warning) => {
                self.warning.set(Some(warning));
                self.here().0.page(PageAct::Focus(ASK_ID.to_owned()));
            }
        }
    }

    /// Sends the text.
    pub(crate) fn send(mut self) {
        let text = self.state.page.composer.peek().text.clone();
        let at = *self.at.peek();
        let here = self.here();
        if self.state.announced.beside.peek().is_some() {
            self.state.announced.beside.set(None);
        }
        if !drafts::holds_password(self.state, at, &text) {
            self.history.write().push(&text);
        }
        match slash::parse(&text) {
            // These two are answered by a dialog, which sends the request itself.
            Submission::Command(Slash::Whois { nick }) => {
                self.state.open_dialog(Dialog::Person(at.network, nick.into()), COMPOSER_ID);
            }
            Submission::Command(Slash::List) => {
                self.state.open_dialog(Dialog::Browse(at.network), COMPOSER_ID);
            }
            _ => wish(&here, at.network, Intent::Submit { buffer: at.buffer, input: text.as_str().into() }),
        }
        self.put_over(String::new(), 0, text);
        if let Some(key) = drafts::key(self.state, at) {
            here.0.command(AppCommand::Save { key, value: None });
        }
        here.0.page(PageAct::ScrollToEnd);
    }

    /// The number of messages that this text would become here.
    fn messages(&self, text: &str) -> usize {
        let view = self.state.views.buffers.peek(*self.at.peek());
        let capacity = view.map(|view| view.capacity).unwrap_or_default();
        parla_client::lines::count(text, &capacity)
    }

    /// The number of lines, if they are many and will become one message.
    pub(crate) fn lines_in_one(&self) -> Option<usize> {
        let written = self.state.page.composer.read();
        let lines = line_count(&written.text);
        (lines > LINES_UNASKED_MAX && self.messages(&written.text) == 1).then_some(lines)
    }

    /// Does not send what was warned about.
    pub(crate) fn cancel(mut self) {
        self.warning.set(None);
        self.focus();
    }

    /// Gives the focus to the field.
    pub(crate) fn focus(self) {
        self.here().0.page(PageAct::Focus(COMPOSER_ID.to_owned()));
    }

    /// Handles a key, unless it is for the page.
    pub(crate) fn press(self, event: &KeyboardEvent) {
        // While a character is composed from several keys, they belong to the input method.
        if event.is_composing() || event.key() == Key::Process {
            return;
        }
        let modifiers = event.modifiers();
        let is_bare = modifiers.is_empty();
        let done = match event.key() {
            Key::ArrowUp if modifiers == Modifiers::CONTROL | Modifiers::ALT => self.call_back(),
            Key::ArrowDown if modifiers == Modifiers::CONTROL | Modifiers::ALT => self.call_on(),
            Key::ArrowUp if is_bare => self.choose_before() || (self.is_browsing() && self.call_back()),
            Key::ArrowDown if is_bare => self.choose_next() || (self.is_browsing() && self.call_on()),
            Key::Tab if is_bare => self.complete(),
            Key::Escape if is_bare => self.escape(),
            Key::Enter if is_bare => {
                if !self.take_if_new() {
                    self.submit();
                }
                true
            }
            _ => false,
        };
        if done {
            event.prevent_default();
            event.stop_propagation();
        }
    }

    fn is_browsing(&self) -> bool {
        let text = &self.state.page.composer.peek().text;
        text.is_empty() || self.history.peek().is_showing(text)
    }

    fn call_back(mut self) -> bool {
        let text = self.state.page.composer.peek().text.clone();
        let entry = self.history.write().back(&text);
        self.show_entry(entry)
    }

    fn call_on(mut self) -> bool {
        let text = self.state.page.composer.peek().text.clone();
        let entry = self.history.write().on(&text);
        self.show_entry(entry)
    }

    fn show_entry(mut self, entry: Option<String>) -> bool {
        let Some(entry) = entry else { return false };
        // A command that was recalled needs no completion.
        self.dismissed.set(Some(entry.clone()));
        self.put_all(entry);
        true
    }

    fn count(&self) -> usize {
        self.suggestions.read().as_ref().map_or(0, |shown| shown.choices.len())
    }

    fn choose_before(mut self) -> bool {
        let count = self.count();
        let before = self.marked().checked_sub(1).unwrap_or(count.saturating_sub(1));
        self.chosen.set(before);
        count > 0
    }

    fn choose_next(mut self) -> bool {
        let count = self.count();
        let next = self.marked() + 1;
        self.chosen.set(if next < count { next } else { 0 });
        count > 0
    }

    /// The index of the marked suggestion; there may be fewer suggestions than before.
    pub(crate) fn marked(&self) -> usize {
        (*self.chosen.read()).min(self.count().saturating_sub(1))
    }

    /// Accepts the marked suggestion. If none are shown, shows them, or accepts the only one.
    fn complete(mut self) -> bool {
        if self.count() == 0 {
            self.dismissed.set(None);
            self.asked.set(true);
            match self.count() {
                0 => {
                    self.asked.set(false);
                    return false;
                }
                1 => {}
                _ => return true,
            }
        }
        self.accept(self.marked());
        true
    }

    /// Accepts the marked suggestion unless it would change nothing.
    fn take_if_new(self) -> bool {
        let is_new = {
            let shown = self.suggestions.read();
            let option = shown.as_ref().and_then(|shown| shown.choices.get(self.marked()));
            let written = self.state.page.composer.peek();
            let range = shown.as_ref().map(|shown| shown.range.clone()).unwrap_or_default();
            let there = written.text.get(range).unwrap_or_default();
            option.is_some_and(|option| option.insert.trim_end() != there.trim_end())
        };
        if is_new {
            self.accept(self.marked());
        }
        is_new
    }

    /// Accepts a suggestion.
    pub(crate) fn accept(self, index: usize) {
        let Some(shown) = self.suggestions.peek().clone() else { return };
        let Some(option) = shown.choices.get(index) else { return };
        let text = self.state.page.composer.peek().text.clone();
        let (Some(before), Some(after)) = (text.get(..shown.range.start), text.get(shown.range.end..)) else {
            return;
        };
        let before = format!("{before}{}", option.insert);
        let caret = units(&before);
        self.put(format!("{before}{after}"), caret);
    }

    /// Closes what is open at the composer.
    fn escape(mut self) -> bool {
        if self.warning.peek().is_some() {
            self.warning.set(None);
            return true;
        }
        if self.count() == 0 {
            return false;
        }
        let text = self.state.page.composer.peek().text.clone();
        self.dismissed.set(Some(text));
        self.asked.set(false);
        true
    }

    /// The text that was written in the conversation that is being left.
    fn left(mut self) -> String {
        let left = self.state.page.left.peek().clone();
        if left.is_some() {
            self.state.page.left.set(None);
        }
        left.unwrap_or_else(|| self.state.page.composer.peek().text.clone())
    }
}

/// The number of lines that are not empty.
fn line_count(text: &str) -> usize {
    text.lines().filter(|line| !line.trim().is_empty()).count()
}

/// Keeps one draft per conversation: it is put away when another conversation is opened, and restored when
/// this one is opened again. The text is also saved at every change ([`drafts::save`]).
fn use_drafts(desk: Desk) {
    let shown = use_hook(|| Rc::new(Cell::new(None)));
    let leaving = shown.clone();
    use_drop(move || {
        if let Some(at) = leaving.get() {
            let text = desk.left();
            drafts::put_away(desk.state, &desk.here(), at, &text);
        }
    });
    use_effect(move || {
        let at = *desk.at.read();
        let before = shown.replace(Some(at));
        if before == Some(at) {
            return;
        }
        // Text that was written since the other conversation was opened does not belong to the previous one.
        let over = desk.left();
        if let Some(before) = before {
            drafts::put_away(desk.state, &desk.here(), before, &over);
        }
        let draft = drafts::load(desk.state, &desk.here(), at);
        let caret = units(&draft);
        desk.put_over(draft, caret, over);
    });
}
