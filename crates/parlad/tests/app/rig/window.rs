//! One window of one Chromium, below the meaning of what the app shows: pages, sizes, the console,
//! screenshots.

use std::{cell::RefCell, fs, path::Path, rc::Rc, time::Instant};

use fantoccini::{
    Client,
    error::CmdError,
    wd::{WebDriverCompatibleCommand, WindowHandle},
};
use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use crate::support::PATIENCE;

/// How often to look for something that should appear.
const PAUSE: Duration = Duration::from_millis(20);

/// The width of a window: a laptop's or a phone's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    Wide,
    Narrow,
}

impl Width {
    /// Width and height.
    pub(crate) const fn pixels(self) -> (u64, u64) {
        match self {
            Self::Wide => (1280, 720),
            Self::Narrow => (390, 844),
        }
    }
}

/// A person's window. Clones refer to the same one.
#[derive(Clone)]
pub(crate) struct Window {
    client: Client,
    /// The number of its browser, as the driver counts them.
    number: usize,
    /// Which tab of its browser it is; `None` if it has never had others.
    tab: Option<WindowHandle>,
    /// Lines that the test expects in the console.
    expected: Rc<RefCell<Vec<String>>>,
}

impl Window {
    pub(super) fn new(client: Client, number: usize) -> Self {
        Self { client, number, tab: None, expected: Rc::default() }
    }

    pub(super) const fn number(&self) -> usize {
        self.number
    }

    /// Opens another tab in the same browser, which is in front from now on. Returns this tab as well, so
    /// that the test can return to it.
    pub(crate) async fn opens_tab(&self, address: &str) -> (Self, Self) {
        let here = self.client.window().await.unwrap();
        let there = self.client.new_window(true).await.unwrap().handle;
        let tab = |handle| Self { tab: Some(handle), ..self.clone() };
        let tabs = (tab(here), tab(there));
        tabs.1.comes_to_front().await;
        tabs.1.visit(address).await;
        tabs
    }

    /// Turns to this tab, to which everything that follows applies.
    pub(crate) async fn comes_to_front(&self) {
        let handle = self.tab.clone().unwrap_or_else(|| panic!("this window has one tab only"));
        self.client.switch_to_window(handle).await.unwrap();
        self.devtools("Page.bringToFront", json!({})).await;
    }

    /// Closes this tab, which is in front, and turns to another one.
    pub(crate) async fn closes_for(&self, next: &Self) {
        self.client.close_window().await.unwrap();
        next.comes_to_front().await;
    }

    /// Freezes the tab in front, as browsers do to save power, or wakes it: `"frozen"`, `"active"`.
    pub(crate) async fn set_lifecycle(&self, state: &str) {
        self.devtools("Page.setWebLifecycleState", json!({ "state": state })).await;
    }

    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    /// Opens an address and waits until the page and its scripts are loaded.
    pub(crate) async fn visit(&self, address: &str) {
        self.client.goto(address).await.unwrap();
    }

    pub(crate) async fn reload(&self) {
        self.client.refresh().await.unwrap();
    }

    /// Puts somebody new in front of the window, who finds nothing of the person before.
    pub(crate) async fn starts_over(&self, width: Width) {
        self.resize(width).await;
        let mut url = self.client.current_url().await.unwrap();
        // They follow no link.
        url.set_fragment(None);
        // The page must not write anything after that.
        self.visit("about:blank").await;
        let everything = json!({ "origin": url.origin().ascii_serialization(), "storageTypes": "all" });
        self.devtools("Storage.clearDataForOrigin", everything).await;
        self.visit(url.as_str()).await;
    }

    /// Changes the size that the page takes its window to have. A narrow one is a touch screen.
    pub(crate) async fn resize(&self, width: Width) {
        let is_narrow = width == Width::Narrow;
        self.emulate(width.pixels(), is_narrow).await;
        self.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": is_narrow })).await;
    }

    /// The same for any size, without touch. If everything is twice as large, half as much fits into the
    /// window.
    pub(crate) async fn measure(&self, x: u64, y: u64) {
        self.emulate((x, y), false).await;
    }

    async fn emulate(&self, (x, y): (u64, u64), mobile: bool) {
        let metrics = json!({ "width": x, "height": y, "deviceScaleFactor": 1, "mobile": mobile });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Width and height, as the page sees them.
    pub(crate) async fn size(&self) -> (u64, u64) {
        let size = self.run("return [innerWidth, innerHeight]", &[]).await;
        (size[0].as_u64().unwrap(), size[1].as_u64().unwrap())
    }

    /// Runs this script in every new page, before the page's own scripts.
    pub(crate) async fn begins_with(&self, script: &str) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    }

    /// Turns the page's network off or on. A WebSocket is cut off only if it was opened after the first call
    /// of this.
    pub(crate) async fn set_offline(&self, offline: bool) {
        let conditions =
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.enable", json!({})).await;
        self.devtools("Network.emulateNetworkConditions", conditions).await;
        let is_known = "return navigator.onLine !== arguments[0]";
        self.until("the browser's word on its network", is_known, &[json!(offline)]).await;
    }

    /// Makes the page believe that the user prefers this: `("prefers-color-scheme", "dark")`.
    pub(crate) async fn prefers(&self, feature: &str, value: &str) {
        let features = json!({ "features": [{ "name": feature, "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    pub(crate) async fn title(&self) -> String {
        self.client.title().await.unwrap()
    }

    /// The visible text of the page.
    pub(crate) async fn text(&self) -> String {
        self.run("return document.body.innerText", &[]).await.as_str().unwrap_or_default().to_owned()
    }

    /// The time from the start of the navigation to the first drawn content, in milliseconds.
    pub(crate) async fn first_content(&self) -> f64 {
        let script = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
        self.eventually("the first content", async || self.run(script, &[]).await.as_f64()).await
    }

    /// Saves a screenshot of the page as a PNG.
    pub(crate) async fn screenshot(&self, path: &Path) {
        fs::write(path, self.client.screenshot().await.unwrap()).unwrap();
    }

    /// Permits lines in the console that contain this.
    pub(crate) fn expects_in_console(&self, part: &str) {
        self.expected.borrow_mut().push(part.to_owned());
    }

    /// The errors and warnings in the console since the last call: scripts that failed, what the policy
    /// refused, and what could not be loaded.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let entries = self.issue(Extension { path: "se/log", body: json!({ "type": "browser" }) }).await;
        let expected = self.expected.borrow();
        let lines = entries
            .as_array()
            .unwrap()
            .iter()
            .filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")));
        lines
            .map(|entry| {
                format!("{} {}", entry["level"].as_str().unwrap(), entry["message"].as_str().unwrap())
            })
            .filter(|line| !expected.iter().any(|part| line.contains(part)))
            .collect()
    }

    /// Runs the body of a function in the page.
    pub(crate) async fn run(&self, script: &str, arguments: &[Value]) -> Value {
        let outcome = self.client.execute(script, arguments.to_vec()).await;
        outcome.unwrap_or_else(|error| panic!("`{script}` failed: {error}"))
    }

    /// Waits until `look` finds something.
    pub(crate) async fn eventually<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        self.eventually_within(PATIENCE, what, look).await
    }

    /// The same, for tests in which more happens at once than usual.
    pub(crate) async fn eventually_within<T>(
        &self,
        patience: Duration,
        what: &str,
        look: impl AsyncFn() -> Option<T>,
    ) -> T {
        let begin = Instant::now();
        loop {
            if let Some(found) = look().await {
                return found;
            }
            if begin.elapsed() > patience {
                let text = self.text().await;
                panic!("waited in vain for {what}; the page shows\n{text}");
            }
            sleep(PAUSE).await;
        }
    }

    /// Sends a command of Chromium's own protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.issue(Extension { path: "goog/cdp/execute", body }).await
    }

    pub(super) async fn close(self) {
        self.client.close().await.unwrap();
    }

    async fn issue(&self, command: Extension) -> Value {
        let spelled = format!("{command:?}");
        let answer: Result<Value, CmdError> = self.client.issue_cmd(command).await;
        answer.unwrap_or_else(|error| panic!("{spelled} failed: {error}"))
    }
}

/// A command that only chromedriver has.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (hyper::Method, Option<String>) {
        (hyper::Method::POST, Some(self.body.to_string()))
    }
}
