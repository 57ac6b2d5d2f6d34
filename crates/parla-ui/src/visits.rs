//! What the person has seen, in order, for Back and Forward.
//!
//! In a browser the list is the browser's own history; in a window it is [`Visits`]. The interface reports
//! what is shown now, and is told where the person was taken. A dialog or a side that has slid in is an entry
//! of its own after that of its conversation, so that Back closes it. When it is closed in another way its
//! entry stays, and is replaced by whatever is shown next.

use dioxus::prelude::*;

use crate::{
    hooks::{use_effect, use_memo},
    platform::{Here, ShellKind},
    state::{BufferKey, Side, State},
};

/// The most entries in a window's list; the oldest are dropped first.
const VISITS_MAX: usize = 200;

/// One entry of a history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The address of the conversation, see [`crate::address::Address`]; empty if none is open.
    pub fragment: String,
    /// The number of dialogs and sides that are open over the conversation.
    pub layers: u8,
}

/// A direction in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the previous entry.
    Back,
    /// To the next entry.
    On,
}

/// A change of a history, or a step in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryAct {
    /// Add an entry after the current one, and forget those that came after.
    Push(HistoryEntry),
    /// Replace the current entry.
    Replace(HistoryEntry),
    /// Go one step, if possible. The result is reported as [`Arrival::Moved`].
    Go(Step),
}

/// Where the person was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// To one of our entries, by Back or Forward.
    Moved(Step, HistoryEntry),
    /// To an address that somebody wrote, which already has an entry.
    Opened(String),
}

/// A history for an environment that has none of its own.
#[derive(Debug, Default)]
pub struct Visits {
    entries: Vec<HistoryEntry>,
    at: usize,
}

impl Visits {
    /// Carries out a change or a step, and returns where it led.
    pub fn act(&mut self, act: HistoryAct) -> Option<Arrival> {
        match act {
            HistoryAct::Push(entry) => {
                self.entries.truncate(self.at + 1);
                self.entries.push(entry);
                if self.entries.len() > VISITS_MAX {
                    self.entries.remove(0);
                }
                self.at = self.entries.len() - 1;
                None
            }
            HistoryAct::Replace(entry) => {
                self.entries.truncate(self.at + 1);
                match self.entries.get_mut(self.at) {
                    Some(here) => *here = entry,
                    None => self.entries.push(entry),
                }
                None
            }
            HistoryAct::Go(step) => {
                let to = match step {
                    Step::Back => self.at.checked_sub(1)?,
                    Step::On => self.at + 1,
                };
                let entry = self.entries.get(to)?.clone();
                self.at = to;
                Some(Arrival::Moved(step, entry))
            }
        }
    }
}

/// The current entry of the history, and the conversation that it is for; `None` if it is for no known one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Top {
    pub(crate) key: Option<BufferKey>,
    pub(crate) entry: HistoryEntry,
}

/// The changes with which a history at `top` will show `now`. The entry of a conversation that is gone leads
/// nowhere, so it is replaced.
fn missing(top: Option<&Top>, now: &Top, is_gone: bool) -> Vec<HistoryAct> {
    let entry = |layers| HistoryEntry { fragment: now.entry.fragment.clone(), layers };
    let (first, from) = match top {
        Some(top) if top.key == now.key && top.entry.fragment == now.entry.fragment => {
            (None, top.entry.layers)
        }
        // The conversation was renamed.
        Some(top) if top.key == now.key && now.key.is_some() => {
            (Some(HistoryAct::Replace(entry(top.entry.layers))), top.entry.layers)
        }
        Some(top) if top.entry.layers == 0 && top.key.is_some() && !is_gone => {
            (Some(HistoryAct::Push(entry(0))), 0)
        }
        _ => (Some(HistoryAct::Replace(entry(0))), 0),
    };
    let layers = (from.saturating_add(1)..=now.entry.layers).map(|layers| HistoryAct::Push(entry(layers)));
    first.into_iter().chain(layers).collect()
}

/// Keeps the history in step with what is shown.
pub(crate) fn use_visits(state: State, here: &Here) {
    let shell = here.0.shell_kind();
    let here = here.clone();
    let fragment = use_memo(move || {
        let key = (*state.open.current.read())?;
        Some((key, state.views.buffers.list().get(&key)?.address(key, shell).to_fragment()))
    });
    use_effect(move || {
        let shown = fragment.get();
        let _ = (
            state.open.dialogs.read(),
            state.open.side.read(),
            state.open.entered.read(),
            state.open.deep_link.read(),
        );
        reflect(state, &here, shown);
    });
}

fn reflect(mut state: State, here: &Here, shown: Option<(BufferKey, String)>) {
    // Until then, the address is the one that the person came by.
    if !*state.open.entered.peek() || state.open.deep_link.peek().is_some() {
        return;
    }
    // What was open last time may still arrive.
    if shown.is_none() && state.views.networks.peek().is_empty() {
        return;
    }
    let (key, fragment) = shown.map_or_else(Default::default, |(key, fragment)| (Some(key), fragment));
    let entry = HistoryEntry { fragment, layers: layers(state) };
    let now = Top { key, entry };
    let acts = {
        let top = state.open.top.peek();
        let is_gone =
            top.as_ref().and_then(|top| top.key).is_some_and(|key| !state.views.buffers.contains(key));
        missing(top.as_ref(), &now, is_gone)
    };
    for act in acts {
        if let HistoryAct::Push(entry) | HistoryAct::Replace(entry) = &act {
            state.open.top.set(Some(Top { key, entry: entry.clone() }));
        }
        here.0.history(act);
    }
}

/// The number of dialogs and sides that are open over the conversation.
fn layers(state: State) -> u8 {
    let dialogs = u8::try_from(state.open.dialogs.peek().open().len()).unwrap_or(u8::MAX - 1);
    dialogs + u8::from(*state.open.side.peek() != Side::None)
}

/// Shows what the person was taken to.
pub(crate) fn arrive(mut state: State, here: &Here, arrival: Arrival) {
    match arrival {
        Arrival::Moved(step, entry) => moved(state, here, (step, entry)),
        Arrival::Opened(fragment) => {
            // Whatever is shown next will replace that entry.
            state
                .open
                .top
                .set(Some(Top { key: None, entry: HistoryEntry { fragment: fragment.clone(), layers: 0 } }));
            if !state.follow_later(&fragment) {
                reflect(state, here, shown(state, here.0.shell_kind()));
            }
            state.follow(here);
        }
    }
}

fn shown(state: State, shell: ShellKind) -> Option<(BufferKey, String)> {
    let key = (*state.open.current.peek())?;
    Some((key, state.views.buffers.peek_list().get(&key)?.address(key, shell).to_fragment()))
}

fn moved(mut state: State, here: &Here, (step, entry): (Step, HistoryEntry)) {
    let shown = shown(state, here.0.shell_kind());
    let (key, fragment) = shown.map_or_else(Default::default, |(key, fragment)| (Some(key), fragment));
    if entry.fragment == fragment {
        let layers_left = entry.layers;
        let is_seen = layers(state) > layers_left;
        state.open.top.set(Some(Top { key, entry }));
        if is_seen {
            close_down_to(state, layers_left);
        } else {
            // This would look the same as before, which is not what the person wanted.
            here.0.history(HistoryAct::Go(step));
        }
        return;
    }
    match state.find(&entry.fragment) {
        Some(key) => {
            state.open.top.set(Some(Top { key: Some(key), entry }));
            close_down_to(state, 0);
            state.open(key);
        }
        // That conversation was closed; the one before it may still exist.
        None => {
            let entry = HistoryEntry { fragment, layers: layers(state) };
            state.open.top.set(Some(Top { key, entry: entry.clone() }));
            here.0.history(HistoryAct::Replace(entry));
            here.0.history(HistoryAct::Go(step));
        }
    }
}

/// Closes what is on top until only this many layers remain.
fn close_down_to(mut state: State, left: u8) {
    while layers(state) > left && state.has_dialog() {
        state.close_dialog();
    }
    if layers(state) > left {
        state.open.side.set(Side::None);
    }
}

#[cfg(test)]
mod tests {
    use parla_client::view::{BufferId, NetworkId};

    use super::*;

    fn top(buffer: u32, layers: u8) -> Top {
        let key = BufferKey { network: NetworkId(1), buffer: BufferId(buffer) };
        Top { key: Some(key), entry: entry(buffer, layers) }
    }

    fn entry(buffer: u32, layers: u8) -> HistoryEntry {
        HistoryEntry { fragment: format!("#/room/{buffer}"), layers }
    }

    #[test]
    fn what_is_opened_follows_what_was_shown() {
        use HistoryAct::{Push, Replace};
        assert_eq!(missing(None, &top(1, 0), false), [Replace(entry(1, 0))]);
        assert_eq!(missing(Some(&top(1, 0)), &top(1, 0), false), []);
        assert_eq!(missing(Some(&top(1, 0)), &top(2, 0), false), [Push(entry(2, 0))]);
        assert_eq!(missing(Some(&top(1, 0)), &top(2, 0), true), [Replace(entry(2, 0))]);
        assert_eq!(missing(Some(&top(1, 0)), &top(1, 2), false), [Push(entry(1, 1)), Push(entry(1, 2))]);
        // What was chosen in a side replaces the side's entry; after a side is closed, its entry waits to be
        // replaced.
        assert_eq!(missing(Some(&top(1, 1)), &top(1, 0), false), []);
        assert_eq!(missing(Some(&top(1, 1)), &top(1, 1), false), []);
        assert_eq!(missing(Some(&top(1, 1)), &top(2, 0), false), [Replace(entry(2, 0))]);
        let mut renamed = top(1, 0);
        renamed.entry.fragment = "#/room/other".into();
        assert_eq!(missing(Some(&top(1, 0)), &renamed, false), [Replace(renamed.entry.clone())]);
    }

    #[test]
    fn a_list_goes_back_and_on_and_ends() {
        let mut visits = Visits::default();
        assert_eq!(visits.act(HistoryAct::Go(Step::Back)), None);
        visits.act(HistoryAct::Replace(entry(1, 0)));
        for number in 2..=300 {
            visits.act(HistoryAct::Push(entry(number, 0)));
        }
        assert_eq!(visits.act(HistoryAct::Go(Step::On)), None);
        let moved = |step, number| Some(Arrival::Moved(step, entry(number, 0)));
        assert_eq!(visits.act(HistoryAct::Go(Step::Back)), moved(Step::Back, 299));
        assert_eq!(visits.act(HistoryAct::Go(Step::Back)), moved(Step::Back, 298));
        assert_eq!(visits.act(HistoryAct::Go(Step::On)), moved(Step::On, 299));
        visits.act(HistoryAct::Push(entry(7, 0)));
        assert_eq!(visits.act(HistoryAct::Go(Step::On)), None);
        assert_eq!(visits.act(HistoryAct::Go(Step::Back)), moved(Step::Back, 299));
        let left = std::iter::from_fn(|| visits.act(HistoryAct::Go(Step::Back))).count();
        assert_eq!(left, VISITS_MAX - 2);
    }
}
