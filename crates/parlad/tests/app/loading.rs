//! The page loads, loads fast, and requests nothing that its own server forbids. Anything that fails to load
//! is requested again, and lasting failures are reported in words: no visit ends in an empty page.

use std::collections::BTreeSet;

use serde_json::json;

use crate::{
    rig::{Fault, Faults, Width, visit, visit_with},
    support::NAME,
};

/// The limit is generous, for a machine with other load; the figure is printed.
const FIRST_CONTENT_MS_MAX: f64 = 3_000.0;

/// The form of the first screen, which the app draws again when it is there.
const FORM: &str = "input#name";
const FORM_OF_APP: &str = "#main input#name";

#[test]
fn the_page_loads() {
    visit(async |browser| {
        for width in [Width::Wide, Width::Narrow] {
            let alice = browser.open(width).await;
            assert_eq!(alice.title().await, "parla");
            let milliseconds = alice.first_content().await;
            println!("{width:?}: first content {milliseconds:.0} ms after the navigation began");
            assert!(milliseconds < FIRST_CONTENT_MS_MAX, "first content after {milliseconds} ms");
            assert_eq!(alice.size().await, width.pixels());
            alice.finds(FORM).await;
            alice.finds_no("#loading").await;
            alice.finds(FORM_OF_APP).await;
        }
    });
}

/// The files that the app consists of, by parts of their names.
const PARTS: [&str; 3] = ["page-", "parla-", ".wasm"];

/// Whether a path is that of any of these files.
fn is_part(path: &str) -> bool {
    path.ends_with(".js") || path.ends_with(".wasm")
}

/// Whether a path is that of this file.
fn is_this(path: &str, part: &str) -> bool {
    match part {
        "parla-" => path.contains(part) && path.ends_with(".js"),
        part => path.contains(part),
    }
}

#[test]
fn a_part_that_fails_once_is_asked_for_again() {
    visit(async |browser| {
        for fault in [Fault::Status(503), Fault::Reset, Fault::Truncated, Fault::WrongContent] {
            let mut failed = BTreeSet::new();
            let faults = Faults::start(browser.http(), move |path| {
                (is_part(path) && failed.insert(path.to_owned())).then_some(fault)
            });
            let window = browser.open_behind(faults.address()).await;
            window.finds(FORM_OF_APP).await;
            window.finds_no("#loading").await;
            println!("{fault:?}: the form is there");
        }
    });
}

#[test]
fn every_second_request_may_fail() {
    visit(async |browser| {
        let mut number = 0;
        let faults = Faults::start(browser.http(), move |path| {
            number += u32::from(is_part(path));
            (is_part(path) && number % 2 == 1).then_some(Fault::Status(503))
        });
        browser.open_behind(faults.address()).await.finds(FORM_OF_APP).await;
    });
}

#[test]
fn what_goes_on_failing_is_said_and_can_be_tried_again() {
    visit(async |browser| {
        for part in PARTS {
            let faults =
                Faults::start(browser.http(), move |path| is_this(path, part).then_some(Fault::Status(503)));
            let window = browser.open_behind(faults.address()).await;
            window.sees("A part of parla could not be loaded.").await;
            window.sees("503").await;
            assert_eq!(window.texts("[role=status]").await.len(), 1, "a screen reader says it");
            window.is_accessible().await;
            window.prefers("prefers-color-scheme", "dark").await;
            window.is_accessible().await;
            faults.change(|_| None);
            window.clicks("Try again").await;
            window.finds(FORM_OF_APP).await;
            window.finds_no("#loading").await;
        }
    });
}

#[test]
fn it_recovers_by_itself_when_the_trouble_is_over() {
    visit(async |browser| {
        let faults = Faults::start(browser.http(), |path| is_part(path).then_some(Fault::Reset));
        let window = browser.open_behind(faults.address()).await;
        window.sees("parla keeps trying.").await;
        faults.change(|_| None);
        window.finds(FORM_OF_APP).await;
    });
}

#[test]
fn content_that_is_not_the_apps_is_said() {
    visit(async |browser| {
        let faults =
            Faults::start(browser.http(), |path| path.ends_with(".wasm").then_some(Fault::WrongContent));
        let window = browser.open_behind(faults.address()).await;
        window.sees("A part of parla arrived, but cannot be used.").await;
    });
}

#[test]
fn a_page_from_before_an_upgrade_is_loaded_anew_once() {
    visit(async |browser| {
        let mut pages = 0;
        let faults = Faults::start(browser.http(), move |path| {
            pages += u32::from(path == "/");
            (path == "/" && pages == 1).then_some(Fault::Stale)
        });
        let window = browser.open_behind(faults.address()).await;
        window.finds(FORM_OF_APP).await;
        assert_eq!(faults.count("/"), 2);

        let faults = Faults::start(browser.http(), |path| (path == "/").then_some(Fault::Stale));
        let window = browser.open_behind(faults.address()).await;
        window.sees("This page does not fit the server").await;
        assert_eq!(faults.count("/"), 2, "it is not loaded again and again");
        faults.change(|_| None);
        window.clicks("Try again").await;
        window.finds(FORM_OF_APP).await;
    });
}

#[test]
fn a_slow_network_is_waited_for_in_words() {
    visit(async |browser| {
        let faults = Faults::start(browser.http(), |path| path.ends_with(".wasm").then_some(Fault::Silence));
        let window = browser.open_behind(faults.address()).await;
        window.finds(FORM).await;
        let colours =
            "return getComputedStyle(document.querySelector('#loading')).backgroundColor === arguments[0]";
        for (theme, colour) in [("light", "rgb(250, 248, 244)"), ("dark", "rgb(28, 27, 25)")] {
            window.prefers("prefers-color-scheme", theme).await;
            window.until("the colours of the app", colours, &[json!(colour)]).await;
        }
        window.sees("The connection seems to be slow.").await;
        window.is_accessible().await;
    });
}

#[test]
fn a_browser_that_cannot_run_the_app_is_told_why() {
    visit(async |browser| {
        let window = browser.open_with("delete window.WebAssembly").await;
        window.sees("This browser cannot run parla. It needs WebAssembly").await;
        window.finds("#loading-again").await;
        window.is_accessible().await;
    });
}

#[test]
fn a_program_that_falls_over_says_so() {
    visit(async |browser| {
        let window = browser
            .open_with(
                "const trap = () => Promise.reject(new WebAssembly.RuntimeError('unreachable'));
                if (!location.hash) WebAssembly.instantiate = trap",
            )
            .await;
        window.sees("parla could not be started.").await;
        window.sees("unreachable").await;
        window.visit(&browser.address("/#well")).await;
        window.reload().await;
        window.finds(FORM_OF_APP).await;

        let trap = "const error = new WebAssembly.RuntimeError('unreachable');
            dispatchEvent(new ErrorEvent('error', { error }))";
        window.run(trap, &[]).await;
        window.sees("parla has stopped because of a fault of its own.").await;
        assert!(window.focus().await.contains("Try again"));
        window.clicks("Try again").await;
        window.finds(FORM_OF_APP).await;
        window.finds_no("#loading").await;
    });
}

#[test]
fn whoever_is_one_too_many_reads_why() {
    let toml = format!(
        "[server]\nname = \"{NAME}\"\ndata_dir = \"data\"\n[[listen]]\naddress = \"127.0.0.1:0\"\n\
         [[http]]\naddress = \"127.0.0.1:0\"\n[channels]\nautojoin = [\"#room\"]\n\
         [connections]\ncloak = false\nmax_per_ip = 2\nmax_rate_per_ip = 100\n"
    );
    visit_with(&toml, async |browser| {
        let (anna, _bob) = (browser.person("anna"), browser.person("bob"));
        let carl = browser.open(Width::Wide).await;
        carl.empties(FORM).await;
        carl.types(FORM, "carl\n").await;
        carl.sees("Too many people are connected from your address.").await;
        carl.sees("ask whoever runs the server to let in more").await;
        carl.sees("Trying again in").await;
        carl.is_accessible().await;
        drop(anna);
        let gets_in = "[...document.querySelectorAll('button')].find(button => button.innerText === 'Try again')?.click();
            return !!document.querySelector('#composer')";
        carl.until("a place", gets_in, &[]).await;
    });
}
