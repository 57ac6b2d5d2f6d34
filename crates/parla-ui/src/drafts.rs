//! Drafts, which the platform stores: one text per conversation, saved at every change.

use dioxus::prelude::*;
use parla_client::secrets;

use crate::{
    platform::{Here, PageAct},
    state::{BufferKey, ComposerText, State},
};

/// A longer draft is not stored. It could not be sent either.
const DRAFT_BYTES_MAX: usize = 1 << 20;

/// The key under which the platform stores the draft of a conversation, if the conversation exists.
pub(crate) fn key(state: State, at: BufferKey) -> Option<String> {
    state.mark(at).map(|mark| format!("draft {mark}"))
}

/// Saves the text of the composer for the conversation that is shown.
pub(crate) fn save(state: State, here: &Here) {
    // A text from before another conversation was opened belongs to the earlier one; see `put_away`.
    if state.page.left.peek().is_some() {
        return;
    }
    if let Some(at) = *state.open.current.peek() {
        put_away(state, here, at, &state.page.composer.peek().text);
    }
}

/// Saves the draft of a conversation. A draft with a password in it is not stored.
pub(crate) fn put_away(state: State, here: &Here, at: BufferKey, text: &str) {
    if text.len() <= DRAFT_BYTES_MAX
        && let Some(key) = key(state, at)
    {
        here.0.save(&key, Some(text).filter(|text| !text.is_empty() && !holds_password(state, at, text)));
    }
}

/// Moves the draft of a conversation that was renamed.
pub(crate) fn follow(before: &str, now: &str, here: &Here) {
    let (old, new) = (format!("draft {before}"), format!("draft {now}"));
    if let Some(text) = here.0.load(&old) {
        here.0.save(&new, Some(&text));
        here.0.save(&old, None);
    }
}

/// Whether storing this text would store a password.
pub(crate) fn holds_password(state: State, at: BufferKey, text: &str) -> bool {
    let buffers = state.views.buffers.peek_list();
    secrets::hides_input(buffers.get(&at).map_or("", |listed| &*listed.name), text)
}

/// The draft of a conversation; empty if there is none.
pub(crate) fn load(state: State, here: &Here, at: BufferKey) -> String {
    key(state, at).and_then(|key| here.0.load(&key)).unwrap_or_default()
}

/// Whether the person is writing here at this moment, and nowhere else.
fn is_being_written(state: State) -> bool {
    *state.page.attentive.peek() && *state.page.is_written_here.peek()
}

/// Another tab has changed what is stored under this key, or perhaps anything. If it is the draft that is
/// shown, shows the newer text.
pub(crate) fn take_up(mut state: State, here: &Here, stored: &str) {
    let Some(at) = *state.open.current.peek() else { return };
    let Some(key) = key(state, at).filter(|key| stored.is_empty() || stored.ends_with(key.as_str())) else {
        return;
    };
    let kept = here.0.load(&key);
    // A draft that is too long is not stored, and some browsers store nothing at all.
    if state.page.left.peek().is_some() || (stored.is_empty() && kept.is_none()) {
        return;
    }
    let text = kept.unwrap_or_default();
    let over = state.page.composer.peek().text.clone();
    // The other tab has sent or discarded an earlier draft, before it could know of this one.
    if text.is_empty() && is_being_written(state) {
        return save(state, here);
    }
    if text != over && over.len() <= DRAFT_BYTES_MAX {
        state.page.is_written_here.set(false);
        let caret = text.encode_utf16().count();
        state.page.composer.set(ComposerText { text: text.clone(), caret });
        here.0.page(PageAct::SetComposer { text, caret, over });
    }
}
