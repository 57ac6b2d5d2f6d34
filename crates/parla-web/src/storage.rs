//! The browser's storage for small texts, as far as the person allows it. All tabs of an address share it.
//!
//! What is written here survives the page as soon as the call returns, even if the page is closed or crashes
//! right afterwards. The browser itself may be killed some milliseconds later ([`crate::journal`]).

use std::{cell::RefCell, collections::BTreeMap};

use futures_channel::mpsc::UnboundedSender;
use parla_client::tabs::STORED_COMMAND;
use parla_ui::platform::PlatformEvent;
use web_sys::{Storage, StorageEvent, StorageEventInit, window};

use crate::{journal, page};

/// The start of the keys of a client's records.
const RECORD: &str = "record ";
/// The starts of the keys that belong to the network and are deleted with it: records, messages, drafts, and
/// commands that wait.
const OF_NETWORK: [&str; 4] = [RECORD, "said ", "draft ", STORED_COMMAND];

/// The starts of the keys of texts that the person wrote and nobody else has.
const WRITTEN: [&str; 4] = ["draft ", "record out ", "record asked ", STORED_COMMAND];

thread_local! {
    static FAILURES: RefCell<Option<UnboundedSender<PlatformEvent>>> = const { RefCell::new(None) };
}

fn storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}

/// The storage of this tab alone, which lasts as long as the tab.
fn storage_here() -> Option<Storage> {
    window()?.session_storage().ok()?
}

/// The start of all keys: other apps may share the origin, and so may another parla in another folder.
pub(crate) fn prefix() -> String {
    format!("parla{}", page::folder())
}

/// What this tab saved under this key; empty if it deleted the value, and `None` if it did neither.
pub(crate) fn load_here(key: &str) -> Option<String> {
    storage_here()?.get_item(&format!("{}{key}", prefix())).ok()?
}

/// Saves a text for this tab alone, or notes that there is none.
pub(crate) fn save_here(key: &str, value: Option<&str>) {
    if let Some(storage) = storage_here() {
        drop(storage.set_item(&format!("{}{key}", prefix()), value.unwrap_or_default()));
    }
}

/// The text that was saved under this key.
pub(crate) fn load(key: &str) -> Option<String> {
    storage()?.get_item(&full_key(key)).ok()?
}

/// The complete name of one of our keys among everything that the browser stores for this address.
pub(crate) fn full_key(key: &str) -> String {
    format!("{}{key}", prefix())
}

/// Saves or deletes a text. Returns false if the browser has no room for it or no storage; if the person
/// wrote the text and nobody else has it, they are told.
pub(crate) fn save(key: &str, value: Option<&str>) -> bool {
    let is_saved = set(key, value);
    journal::note(key, value);
    if !is_saved && value.is_some() && WRITTEN.iter().any(|beginning| key.starts_with(beginning)) {
        FAILURES.with_borrow(|failures| {
            if let Some(failures) = failures {
                drop(failures.unbounded_send(PlatformEvent::NotSaved));
            }
        });
    }
    is_saved
}

/// Reports to the interface from now on what could not be saved.
pub(crate) fn tell_failures(failures: UnboundedSender<PlatformEvent>) {
    FAILURES.with_borrow_mut(|it| *it = Some(failures));
}

/// Saves or deletes a text in the storage alone, without the journal.
pub(crate) fn set(key: &str, value: Option<&str>) -> bool {
    let Some(storage) = storage() else { return false };
    let key = full_key(key);
    let saved = match value {
        Some(value) => storage.set_item(&key, value),
        None => storage.remove_item(&key),
    };
    saved.is_ok()
}

/// Tells the interface of this tab that something was saved for another one. The browser tells only the
/// others.
pub(crate) fn tell_here(key: &str) {
    let init = StorageEventInit::new();
    init.set_key(Some(&format!("{}{key}", prefix())));
    if let (Some(window), Ok(event)) = (window(), StorageEvent::new_with_event_init_dict("storage", &init)) {
        drop(window.dispatch_event(&event));
    }
}

/// The keys with this beginning, without it.
pub(crate) fn keys(beginning: &str) -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let beginning = format!("{}{beginning}", prefix());
    let count = storage.length().unwrap_or_default();
    let all = (0..count).filter_map(|index| storage.key(index).ok()?);
    all.filter_map(|key| key.strip_prefix(&beginning).map(str::to_owned)).collect()
}

/// The client's records.
pub(crate) fn records() -> BTreeMap<String, String> {
    let record = |key: String| Some((key.clone(), load(&format!("{RECORD}{key}"))?));
    keys(RECORD).into_iter().filter_map(record).collect()
}

/// Stores one record of the client, or deletes it.
pub(crate) fn store(key: &str, value: Option<&str>) -> bool {
    save(&format!("{RECORD}{key}"), value)
}

/// Deletes everything that belongs to the network.
pub(crate) fn forget_network() {
    for beginning in OF_NETWORK {
        for key in keys(beginning) {
            save(&format!("{beginning}{key}"), None);
        }
    }
}
