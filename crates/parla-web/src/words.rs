//! Loads the sentences of a language other than English: a file of the server, requested when somebody needs
//! it.

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::Reflect;
use parla_ui::words::{Language, Words};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, window};

/// How long one attempt may take, in milliseconds.
const ATTEMPT_MS: u32 = 10_000;
/// The pause before the second attempt, in milliseconds.
const PAUSE_MS: u32 = 1_000;

/// Loads the sentences; `None` if they do not arrive, or belong to another version of the app.
pub(crate) async fn load(language: Language) -> Option<Words> {
    if let Some(words) = Words::loaded(language) {
        return Some(words);
    }
    let address = address(language)?;
    if let Some(words) = attempt(language, &address).await {
        return Some(words);
    }
    TimeoutFuture::new(PAUSE_MS).await;
    // This address is new to the browser, which may have cached a wrong answer.
    attempt(language, &format!("{address}?again={}", js_sys::Date::now())).await
}

async fn attempt(language: Language, address: &str) -> Option<Words> {
    let (loading, patience) = (Box::pin(fetch(address)), TimeoutFuture::new(ATTEMPT_MS));
    match select(loading, patience).await {
        Either::Left((text, _)) => Words::load(language, &text.ok()?),
        Either::Right(_) => None,
    }
}

async fn fetch(address: &str) -> Result<String, JsValue> {
    let window = window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_str(address)).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::NULL);
    }
    JsFuture::from(response.text()?).await?.as_string().ok_or(JsValue::NULL)
}

/// The address of the file, as `loading.js` knows it.
fn address(language: Language) -> Option<String> {
    let of = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).ok();
    let languages = of(window()?.as_ref(), "parlaLanguages")?;
    of(&of(&languages, language.code())?, "table")?.as_string()
}
