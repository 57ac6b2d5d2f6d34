//! The last changes of the storage, written down a second time.
//!
//! What is in a page's local storage survives that page at once, but browsers write it to the disk only some seconds later. If the
//! whole browser ends by force meanwhile, or the machine loses power, those seconds are gone. An IndexedDB database is written
//! at once, only not within the call. So each change goes into both, with a number; the storage also holds the last number
//! of each page. At the next start, changes whose numbers the storage does not have are made again.

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

/// The object store, and what the keys of the last numbers begin with.
const CHANGES: &str = "changes";
const LAST: &str = "journal ";
/// A browser that does not open its database in this time does without.
const OPEN_WITHIN_MS: u32 = 1_500;
/// Browsers have written the storage to the disk by then.
const WRITTEN_AFTER: Duration = Duration::from_secs(120);
/// The last number of a page that was closed is of no use any more.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// Digits of a number, so that keys stand in its order: microseconds of Unix time.
const DIGITS: usize = 17;

thread_local! {
    static JOURNAL: RefCell<Option<Journal>> = const { RefCell::new(None) };
}

struct Journal {
    database: IdbDatabase,
    /// Tells this page's changes from those of others.
    page: String,
    /// The time at which this page began, as a number.
    began: i64,
    last: i64,
    /// Changes that go into the next transaction.
    waiting: Vec<(String, String)>,
}

#[wasm_bindgen]
extern "C" {
    /// `IDBDatabase`, with the options of a transaction, which `web-sys` does not have yet.
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

/// Makes the changes again that the storage has lost, and writes down those to come. Without a database nothing happens.
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

/// Writes down that the text under this key of the storage is another one now, or gone.
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
        // All changes of one moment are one transaction.
        wasm_bindgen_futures::spawn_local(async { drop(write()) });
    }
}

/// Begins to write what waits. It is on the disk some milliseconds later.
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
        // Changes that were made again when this page began are in its storage only since then, however old they are.
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
        // If it cannot be made, opening fails.
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
    // What the storage had when it was written last, before anything is made again.
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
    // Without its last number, the changes of a page that are still here would be made again.
    for page in storage::keys(LAST).into_iter().filter(|page| !had.contains_key(page)) {
        let last = format!("{LAST}{page}");
        if storage::load(&last).and_then(|it| it.parse::<i64>().ok()).is_none_or(|number| number < old) {
            storage::set(&last, None);
        }
    }
    Ok(())
}
