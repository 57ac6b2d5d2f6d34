//! A server, a driver, and the windows of one test.

use std::{
    cell::RefCell,
    fs,
    panic::{AssertUnwindSafe, resume_unwind},
    thread,
};

use futures_util::FutureExt as _;

use super::{Width, Window, driver::Driver, target};
use crate::support::{Daemon, Folder, config_with_http};

/// Where windows are opened.
pub(crate) struct Browser {
    windows: RefCell<Vec<Window>>,
    driver: Driver,
    daemon: Daemon,
    _folder: Folder,
}

/// Plays `scene` at a server with one room, `#room`, and looks at the consoles of all windows when it is over.
pub(crate) fn visit(scene: impl AsyncFnOnce(&Browser)) {
    visit_with(&config_with_http(""), scene);
}

/// The same at a server with this configuration, which has to have the table `[[http]]`.
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
    // The windows talk to the driver in tasks of the runtime, so that ends first.
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
        Self { windows: RefCell::default(), driver: Driver::start(), daemon, _folder: folder }
    }

    /// A new person's window at the front page.
    pub(crate) async fn open(&self, width: Width) -> Window {
        self.open_at(width, "/").await
    }

    /// A new person's window at this path of the server.
    pub(crate) async fn open_at(&self, width: Width, path: &str) -> Window {
        let number = self.windows.borrow().len();
        let client = self.driver.chromium(number).await;
        let window = Window::new(client);
        self.windows.borrow_mut().push(window.clone());
        window.resize(width).await;
        window.visit(&self.address(path)).await;
        window
    }

    /// The address of this path of the server.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("http://{}{path}", self.daemon.http())
    }

    /// The server, for people with a program of their own.
    pub(crate) const fn daemon(&self) -> &Daemon {
        &self.daemon
    }

    async fn finish(&self) {
        let mut all = String::new();
        for (number, window) in self.windows.take().into_iter().enumerate() {
            for complaint in window.complaints().await {
                all += &format!("window {number}: {complaint}\n");
            }
            window.close().await;
        }
        assert!(all.is_empty(), "in the console\n{all}");
    }

    /// For whoever reads why the test failed.
    async fn show_all(&self) {
        let folder = target().join("browser");
        fs::create_dir_all(&folder).unwrap();
        let test = thread::current().name().unwrap_or("test").replace("::", "-");
        for (number, window) in self.windows.take().into_iter().enumerate() {
            let path = folder.join(format!("{test}-{number}.png"));
            println!("--- window {number}, shown in {}", path.display());
            let shown = AssertUnwindSafe(async {
                println!("{}", window.text().await);
                for complaint in window.complaints().await {
                    println!("console: {complaint}");
                }
                window.screenshot(&path).await;
            });
            // It may be the window that failed.
            let _ = shown.catch_unwind().await;
            let _ = AssertUnwindSafe(window.close()).catch_unwind().await;
        }
    }
}
