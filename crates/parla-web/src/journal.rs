//! The latest changes of the storage, written a second time.
//!
//! What is in a page's local storage survives the page at once, but browsers write it to disk only some
//! seconds later. If the whole browser is killed or the machine loses power before that, those seconds are
//! lost. An IndexedDB database is written immediately, though not within the call. So each change goes into
//! both, with a number; the storage also holds the last number of each page. At the next start, changes whose
//! numbers are missing from the storage are applied again.

use std::{cell::RefCell, time::Duration};

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{
    IdbDatabase, IdbKeyRange, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction,
    IdbTransactionMode, window,
};

use crate::{page, storage};

/// The name of the object store.
const CHANGES: &str = "changes";
/// The beginning of the keys of the last numbers.
const LAST: &str = "journal ";
/// If the browser does not open its database in this time, the journal is not used.
const OPEN_WITHIN_MS: u32 = 1_500;
/// By then browsers have written the storage to disk.
const WRITTEN_AFTER: Duration = Duration::from_secs(120);
/// After this time the last number of a page that was closed is no longer needed.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// The digits of a number, so that keys sort by it: microseconds of Unix time.
const DIGITS: usize = 17;

thread_local! {
    static JOURNAL: RefCell<Option<Journal>> = const { RefCell::new(None) };
}

struct Journal {
    database: IdbDatabase,
    /// Distinguishes this page's changes from those of others.
    page: String,
    /// The time at which this page started, as a number.
    began: i64,
    last: i64,
    /// The changes for the next transaction.
    waiting: Vec<(String, String)>,
}

#[wasm_bindgen]
extern "C" {
    /// `IDBDatabase` with transaction options, which `web-sys` does not have yet.
    #[wasm_bindgen(extends = IdbDatabase)]
    type Database;
    #[wasm_bindgen(method, catch, js_name = transaction)]
    fn transaction_with_options(
        this: &Database,
        store: &str,
        mode: &str,
        options: &JsValue,
    ) -> Result<IdbTransaction, JsValue>;
}

/// Applies the changes that the storage has lost, and starts to record new ones. Without a database it does
/// nothing.
pub(crate) async fn begin() {
    let opened = Box::pin(open());
    let Either::Left((Ok(database), _)) = select(opened, TimeoutFuture::new(OPEN_WITHIN_MS)).await else {
        return;
    };
    if recover(&database).await.is_err() {
        return;
    }
    let page = format!("{:08x}", page::seed() >> 32);
    let journal = Journal { database, page, began: number_now(), last: 0, waiting: Vec::new() };
    JOURNAL.with_borrow_mut(|it| *it = Some(journal));
}

/// Records that the text under this key of the storage has changed or been deleted.
pub(crate) fn note(key: &str, value: Option<&str>) {
    let numbered = JOURNAL.with_borrow_mut(|journal| {
        let journal = journal.as_mut()?;
        let is_first = journal.waiting.is_empty();
        journal.last = (journal.last + 1).max(number_now());
        let change = serde_json::to_string(&(key, value)).ok()?;
        journal.waiting.push((format!("{:0DIGITS$} {}", journal.last, journal.page), change));
        Some((format!("{LAST}{}", journal.page), journal.last, is_first))
    });
    let Some((last, number, is_first)) = numbered else { return };
    storage::set(&last, Some(&number.to_string()));
    if is_first {
        // All changes of one moment go into one transaction.
        wasm_bindgen_futures::spawn_local(async { drop(write()) });
    }
}

/// Begins to write the waiting changes, which are on disk some milliseconds later.
fn write() -> Result<(), JsValue> {
    JOURNAL.with_borrow_mut(|journal| {
        let Some(journal) = journal else { return Ok(()) };
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &"strict".into())?;
        let database: &Database = journal.database.unchecked_ref();
        let transaction = database.transaction_with_options(CHANGES, "readwrite", &options)?;
        let store = transaction.object_store(CHANGES)?;
        for (number, change) in journal.waiting.drain(..) {
            store.put_with_key(&change.into(), &number.into())?;
        }
        let written = journal.last - micros(WRITTEN_AFTER);
        // Changes that were applied again when this page started have been in its storage only since then,
        // however old they are.
        if written >= journal.began {
            store.delete(&IdbKeyRange::upper_bound(&format!("{written:0DIGITS$}").into())?.into())?;
        }
        Ok(())
    })
}

/// The number of a change that happens now.
fn number_now() -> i64 {
    page::now().as_millis().saturating_mul(1_000)
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

async fn open() -> Result<IdbDatabase, JsValue> {
    let factory = window().ok_or(JsValue::NULL)?.indexed_db()?.ok_or(JsValue::NULL)?;
    let request: IdbOpenDbRequest = factory.open(&storage::full_key("journal"))?;
    let made = request.clone();
    let make = Closure::once_into_js(move || {
        let database = made.result().ok().and_then(|it| it.dyn_into::<IdbDatabase>().ok());
        // If it cannot be created, opening fails.
        drop(database.map(|database| database.create_object_store(CHANGES)));
    });
    request.set_onupgradeneeded(Some(make.unchecked_ref()));
    answer(&request).await?.dyn_into()
}

/// The result of a request.
async fn answer(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let (tell, told) = oneshot::channel();
    let done = Closure::once_into_js(move || {
        let _ = tell.send(());
    });
    request.set_onsuccess(Some(done.unchecked_ref()));
    request.set_onerror(Some(done.unchecked_ref()));
    told.await.map_err(|_| JsValue::NULL)?;
    request.result()
}

async fn recover(database: &IdbDatabase) -> Result<(), JsValue> {
    let transaction = database.transaction_with_str_and_mode(CHANGES, IdbTransactionMode::Readonly)?;
    let store: IdbObjectStore = transaction.object_store(CHANGES)?;
    let (numbers, changes) = (store.get_all_keys()?, store.get_all()?);
    let numbers: Array = answer(&numbers).await?.dyn_into()?;
    let changes: Array = answer(&changes).await?.dyn_into()?;
    // This is what the storage contained before anything is applied again.
    let mut had = std::collections::BTreeMap::new();
    for (number, change) in numbers.iter().zip(changes.iter()) {
        let (Some(number), Some(change)) = (number.as_string(), change.as_string()) else { continue };
        let Some((number, page)) = number.split_once(' ') else { continue };
        let Ok(number) = number.parse::<i64>() else { continue };
        let last = format!("{LAST}{page}");
        let until = *had.entry(page.to_owned()).or_insert_with(|| {
            storage::load(&last).and_then(|it| it.parse::<i64>().ok()).unwrap_or_default()
        });
        if number <= until {
            continue;
        }
        if let Ok((key, value)) = serde_json::from_str::<(String, Option<String>)>(&change) {
            storage::set(&key, value.as_deref());
            storage::set(&last, Some(&number.to_string()));
        }
    }
    let old = number_now() - micros(FORGOTTEN_AFTER);
    // Without its last number, changes of a page that are still in the journal would be applied again.
    for page in storage::keys(LAST).into_iter().filter(|page| !had.contains_key(page)) {
        let last = format!("{LAST}{page}");
        if storage::load(&last).and_then(|it| it.parse::<i64>().ok()).is_none_or(|number| number < old) {
            storage::set(&last, None);
        }
    }
    Ok(())
}
