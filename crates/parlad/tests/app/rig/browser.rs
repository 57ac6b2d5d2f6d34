//! A server, a driver, and the windows of one test.

use std::{
    cell::{Cell, RefCell},
    fs,
    net::SocketAddr,
    panic::{AssertUnwindSafe, resume_unwind},
    thread,
};

use futures_util::FutureExt as _;

use super::{Width, Window, driver::Driver, target};
use crate::support::{Client, Daemon, Folder, config_with_http};

/// For tests that send much at once.
const WITHOUT_FLOOD: &str = "[flood]\nburst = 10000\nrate = 1000\n";

/// A browser in which windows can be opened.
pub(crate) struct Browser {
    windows: RefCell<Vec<Window>>,
    /// How many windows were ever opened.
    opened: Cell<usize>,
    driver: Driver,
    server: RefCell<Option<Daemon>>,
    /// The addresses for lines and for pages on which the server listens, or will again when it is back.
    addresses: (SocketAddr, SocketAddr),
    toml: String,
    folder: Folder,
}

/// Runs `scene` with a server that has one room, `#room`, and checks the consoles of all windows afterwards.
pub(crate) fn visit(scene: impl AsyncFnOnce(&Browser)) {
    visit_with(&config_with_http(WITHOUT_FLOOD), scene);
}

/// The same with this configuration, which must have the tables `[[listen]]` and `[[http]]`, in this order.
pub(crate) fn visit_with(toml: &str, scene: impl AsyncFnOnce(&Browser)) {
    let browser = Browser::start(toml);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outcome = runtime.block_on(async {
        let outcome = AssertUnwindSafe(scene(&browser)).catch_unwind().await;
        match outcome {
            Ok(()) => AssertUnwindSafe(browser.finish()).catch_unwind().await,
            Err(cause) => {
                browser.show_all().await;
                Err(cause)
            }
        }
    });
    // The windows talk to the driver in tasks of the runtime, so that must end first.
    drop(runtime);
    drop(browser);
    if let Err(cause) = outcome {
        resume_unwind(cause);
    }
}

impl Browser {
    fn start(toml: &str) -> Self {
        let folder = Folder::new();
        let daemon = Daemon::start(&folder, toml);
        assert!(
            !daemon.log().contains("lacks the app"),
            "this parlad was built without the app; type `cargo xtask web`, which builds it into target/web, and \
             run the test again (`cargo xtask test` does both)"
        );
        let addresses = (daemon.address(), daemon.http());
        // The next server listens on the same ports.
        let [lines, pages] = [addresses.0, addresses.1].map(|address| address.to_string());
        let toml = toml.replacen("127.0.0.1:0", &lines, 1).replacen("127.0.0.1:0", &pages, 1);
        let server = RefCell::new(Some(daemon));
        let (windows, opened) = (RefCell::default(), Cell::default());
        Self { windows, opened, driver: Driver::start(), server, addresses, toml, folder }
    }

    /// Kills the server, as a power cut does. Windows may complain about that.
    pub(crate) fn kill_server(&self) {
        for window in self.windows.borrow().iter() {
            window.expects_in_console("ERR_CONNECTION_REFUSED");
        }
        self.server.take().unwrap().kill();
    }

    /// Starts the server again, with the same data on the same ports.
    pub(crate) fn start_server(&self) {
        self.server.replace(Some(Daemon::start(&self.folder, &self.toml)));
    }

    /// Somebody with an IRC client, who is in `#room`.
    pub(crate) fn person(&self, nick: &str) -> Client {
        self.person_with(nick, "")
    }

    /// The same with capabilities.
    pub(crate) fn person_with(&self, nick: &str, capabilities: &str) -> Client {
        Client::register(self.addresses.0, nick, capabilities)
    }

    /// Opens a window for a new person, at the front page.
    pub(crate) async fn open(&self, width: Width) -> Window {
        self.open_at(width, "/").await
    }

    /// Opens a window for a new person, at this path of the server.
    pub(crate) async fn open_at(&self, width: Width, path: &str) -> Window {
        self.open_page(width, &self.address(path)).await
    }

    /// Opens a window for a new person, at a page of another server.
    pub(crate) async fn open_elsewhere(&self, width: Width, address: SocketAddr) -> Window {
        self.open_page(width, &format!("http://{address}/")).await
    }

    /// Opens a window for a new person, at the front page behind a proxy, about which its console may
    /// complain.
    pub(crate) async fn open_behind(&self, proxy: SocketAddr) -> Window {
        let window = self.open_blank().await;
        window.expects_in_console(&proxy.to_string());
        window.visit(&format!("http://{proxy}/")).await;
        window
    }

    /// Opens a window for a new person, at the front page, and runs this script in every page before any
    /// script of the page.
    pub(crate) async fn open_with(&self, script: &str) -> Window {
        let window = self.open_blank().await;
        window.begins_with(script).await;
        window.visit(&self.address("/")).await;
        window
    }

    /// Opens a window for a new person, which shows nothing yet.
    pub(crate) async fn open_blank(&self) -> Window {
        self.open_page(Width::Wide, "about:blank").await
    }

    async fn open_page(&self, width: Width, page: &str) -> Window {
        let number = self.opened.replace(self.opened.get() + 1);
        let window = self.start_chromium(number).await;
        window.resize(width).await;
        window.visit(page).await;
        window
    }

    async fn start_chromium(&self, number: usize) -> Window {
        let window = Window::new(self.driver.chromium(number).await, number);
        self.windows.borrow_mut().push(window.clone());
        window
    }

    /// Kills the browser of this window with all its tabs, and starts it again. The new window shows nothing
    /// yet.
    pub(crate) async fn crashes(&self, window: Window) -> Window {
        let number = window.number();
        self.driver.kill_chromium(number);
        self.windows.borrow_mut().retain(|other| other.number() != number);
        // The driver must know this before it starts another one.
        let _ = window.client().clone().close().await;
        self.start_chromium(number).await
    }

    /// The address of the pages.
    pub(crate) const fn http(&self) -> SocketAddr {
        self.addresses.1
    }

    /// The address of this path of the server.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("http://{}{path}", self.addresses.1)
    }

    /// Checks the consoles of all windows, and closes the windows.
    pub(crate) async fn finish(&self) {
        let mut all = String::new();
        for window in self.windows.take() {
            for complaint in window.complaints().await {
                all += &format!("window {}: {complaint}\n", window.number());
            }
            window.close().await;
        }
        assert!(all.is_empty(), "in the console\n{all}");
    }

    /// Prints what the windows show, for whoever reads why the test failed.
    async fn show_all(&self) {
        let folder = target().join("browser");
        fs::create_dir_all(&folder).unwrap();
        let test = thread::current().name().unwrap_or("test").replace("::", "-");
        for window in self.windows.take() {
            let number = window.number();
            let path = folder.join(format!("{test}-{number}.png"));
            println!("--- window {number}, shown in {}", path.display());
            let shown = AssertUnwindSafe(async {
                println!("{}", window.text().await);
                for complaint in window.complaints().await {
                    println!("console: {complaint}");
                }
                window.screenshot(&path).await;
            });
            // The window itself may have failed.
            let _ = shown.catch_unwind().await;
            let _ = AssertUnwindSafe(window.close()).catch_unwind().await;
        }
    }
}
