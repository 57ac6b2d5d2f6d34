//! The build of the app that this page runs, and whether the server hands out another one by now.
//!
//! The name of the WebAssembly file contains a hash of its content.

use std::sync::Arc;

use futures_channel::mpsc::UnboundedSender;
use parla_client::{
    ProblemKind,
    view::{Features, LinkState, NetworkId, NetworkView, Update},
};
use parla_engine::problem;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{PerformanceEntry, RequestCache, RequestInit, Response, window};

use crate::{page, storage, tab::TabEvent};

/// The key under which a tab notes which build it left by reloading its page.
const LEFT_KEY: &str = "left-build";

/// The name of the WebAssembly file that this page runs.
pub(crate) fn name() -> String {
    let loaded = window().and_then(|window| window.performance());
    let loaded = loaded.map(|performance| performance.get_entries_by_type("resource")).unwrap_or_default();
    let mut names = loaded.iter().filter_map(|entry| {
        let address = entry.dyn_into::<PerformanceEntry>().ok()?.name();
        let file = address.rsplit('/').next()?.to_owned();
        file.ends_with(".wasm").then_some(file)
    });
    // The last one counts, because after a failure the file is requested again.
    names.next_back().unwrap_or_else(|| env!("CARGO_PKG_VERSION").to_owned())
}

/// Asks the server whether it still hands out this build. Nothing happens if the server does not answer.
pub(crate) fn ask(build: &str, events: &UnboundedSender<TabEvent>) {
    let (build, events) = (build.to_owned(), events.clone());
    wasm_bindgen_futures::spawn_local(async move {
        if let Ok(text) = front_page().await {
            drop(events.unbounded_send(TabEvent::Build { is_newest: text.contains(&build) }));
        }
    });
}

async fn front_page() -> Result<String, JsValue> {
    let window = window().ok_or(JsValue::NULL)?;
    let options = RequestInit::new();
    options.set_cache(RequestCache::NoStore);
    let folder = page::folder();
    let response = JsFuture::from(window.fetch_with_str_and_init(&folder, &options)).await?;
    let response: Response = response.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::NULL);
    }
    JsFuture::from(response.text()?).await?.as_string().ok_or(JsValue::NULL)
}

/// Reloads the page, to run the build that the server hands out. Returns false if that was already tried in
/// vain.
pub(crate) fn load_anew(build: &str) -> bool {
    if storage::load_here(LEFT_KEY).as_deref() == Some(build) {
        return false;
    }
    storage::save_here(LEFT_KEY, Some(build));
    reload();
    true
}

/// Reloads the page.
pub(crate) fn reload() {
    if let Some(window) = window() {
        drop(window.location().reload());
    }
}

/// What the interface shows on a page that is too old: the network, which it can no longer reach.
pub(crate) fn outdated(nick: Arc<str>) -> Update {
    let why = problem(ProblemKind::PageOutdated, "");
    Update::Network(NetworkView {
        id: NetworkId(1),
        name: "parla".into(),
        address: "parla".into(),
        nick,
        nick_wanted: None,
        login: None,
        away: None,
        link: LinkState::Stopped { why: Some(Arc::new(why)), suggestion: None },
        features: Features::default(),
    })
}
