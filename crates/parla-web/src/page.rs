//! What the browser provides that concerns no component: its clock, its address, and `page.js`.

use js_sys::Date;
use parla_proto::Timestamp;
use wasm_bindgen::prelude::*;
use web_sys::{Window, window};

#[wasm_bindgen]
extern "C" {
    /// The functions of `parla-ui`'s `page.js`. It may have failed to load, so each call can fail.
    #[wasm_bindgen(catch, js_namespace = parla, js_name = setComposer)]
    pub(crate) fn set_composer(text: &str, caret: u32, over: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = parla, js_name = editComposer)]
    pub(crate) fn edit_composer(text: &str, caret: u32, over: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = parla, js_name = focus)]
    pub(crate) fn focus(id: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = parla, js_name = scrollToEnd)]
    pub(crate) fn scroll_to_end() -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = parla, js_name = scrollToRow)]
    pub(crate) fn scroll_to_row(row: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = parla, js_name = copy)]
    pub(crate) fn copy(text: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = parla, js_name = reveal)]
    pub(crate) fn reveal(id: &str) -> Result<(), JsValue>;
}

/// The time by the clock of the person's machine.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(millis(Date::now()))
}

/// The offset of the person's time zone at that moment, in seconds east of UTC.
pub(crate) fn utc_offset_seconds(at: Timestamp) -> i32 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "JavaScript counts milliseconds so; exact for 285,000 years"
    )]
    let date = Date::new(&JsValue::from_f64(at.as_millis() as f64));
    let minutes_west = date.get_timezone_offset();
    i32::try_from(millis(minutes_west)).map_or(0, |minutes| -minutes * 60)
}

/// A JavaScript number as an integer; zero if it is not one.
#[expect(clippy::cast_possible_truncation, reason = "a cast from f64 stops at the borders of i64")]
const fn millis(number: f64) -> i64 {
    number as i64
}

/// Whether the browser knows that the device has no network. A network that leads nowhere goes unnoticed.
pub(crate) fn is_offline() -> bool {
    window().is_some_and(|window| !window.navigator().on_line())
}

/// A seed that makes pauses differ between browsers.
pub(crate) fn seed() -> u64 {
    js_sys::Math::random().to_bits()
}

/// A number that no other page has.
pub(crate) fn number() -> u64 {
    seed().rotate_left(32) ^ seed()
}

/// Whether the person may be looking at the page.
pub(crate) fn is_visible() -> bool {
    window().and_then(|window| window.document()).is_some_and(|document| !document.hidden())
}

/// The folder of the page on its server.
pub(crate) fn folder() -> String {
    let path = window().and_then(|window| window.location().pathname().ok());
    parla_client::endpoint::folder_of(path.as_deref().unwrap_or("/")).to_owned()
}

/// The address at which the server that handed out the page accepts connections: beside the page, which a
/// proxy may serve under its own path.
pub(crate) fn server_url(window: &Window) -> Result<String, JsValue> {
    let location = window.location();
    let scheme = if location.protocol()? == "https:" { "wss" } else { "ws" };
    let path = location.pathname()?;
    Ok(format!("{scheme}://{}{}irc", location.host()?, parla_client::endpoint::folder_of(&path)))
}

/// Whether nobody on the way can read the connection.
pub(crate) fn is_private(window: &Window) -> bool {
    let location = window.location();
    let is_encrypted = location.protocol().is_ok_and(|protocol| protocol == "https:");
    let host = location.hostname().unwrap_or_default();
    is_encrypted || host == "localhost" || host.starts_with("127.") || host == "[::1]"
}

/// A text in another Unicode normalisation form, for which the browser has the tables.
pub(crate) fn normalized(text: &str, form: &str) -> String {
    js_sys::JsString::from(text).normalize(form).into()
}
