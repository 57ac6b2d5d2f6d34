//! The first screen is there before the app, and the app continues with what was begun in it: nothing typed
//! is lost, and nothing jumps.

use serde_json::json;

use crate::rig::{Browser, Fault, Faults, Key, Width, Window, visit};

/// The field as the page itself draws it.
const OF_PAGE: &str = "#loading #name";
/// The same field as the app draws it.
const OF_APP: &str = "#main #name";

/// Opens a page where the app itself does not arrive until [`comes`].
async fn opens_without_the_app(browser: &Browser, fragment: &str) -> (Faults, Window) {
    let faults = Faults::start(browser.http(), |path| path.ends_with(".wasm").then_some(Fault::Status(503)));
    let window = browser.open_behind(faults.address()).await;
    if !fragment.is_empty() {
        window.visit("about:blank").await;
        window.visit(&format!("http://{}/{fragment}", faults.address())).await;
    }
    window.finds(OF_PAGE).await;
    (faults, window)
}

/// Lets the app arrive and take over.
async fn comes(faults: &Faults, window: &Window) {
    faults.change(|_| None);
    window.finds_no("#loading").await;
}

async fn value(window: &Window, field: &str) -> String {
    let value = window.run("return document.querySelector(arguments[0]).value", &[json!(field)]).await;
    value.as_str().unwrap().to_owned()
}

#[test]
fn what_is_typed_before_the_app_is_there_is_kept() {
    visit(async |browser| {
        let (faults, window) = opens_without_the_app(browser, "").await;
        assert_eq!(window.focus().await, "input#name");
        window.presses("ana").await;
        window.hits(Key::Left).await;
        window.is_accessible().await;
        comes(&faults, &window).await;
        window.finds(OF_APP).await;
        assert_eq!(value(&window, OF_APP).await, "ana");
        assert_eq!(window.focus().await, "input#name");
        // The caret is where it was, and the app knows what is in the field.
        window.presses("n").await;
        assert_eq!(value(&window, OF_APP).await, "anna");
        window.hits(Key::Enter).await;
        window.finds("#composer").await;
        window.sees("You are anna").await;
    });
}

#[test]
fn whoever_enters_before_the_app_is_there_enters_once() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let (faults, window) = opens_without_the_app(browser, "").await;
        window.presses("anna").await;
        window.hits(Key::Enter).await;
        window.sees("Finding the server").await;
        window.finds_no("#name").await;
        window.is_accessible().await;
        window.clicks("Cancel").await;
        assert_eq!(value(&window, OF_PAGE).await, "anna");
        assert_eq!(window.focus().await, "input#name");
        window.clicks("Join").await;
        window.sees("Finding the server").await;
        comes(&faults, &window).await;
        window.finds("#composer").await;
        window.say("here I am").await;
        let lines = bob.until(|line| line.ends_with(":here I am"));
        let joins = lines.iter().filter(|line| line.contains(":anna!") && line.contains("JOIN")).count();
        assert_eq!(joins, 1, "{lines:?}");
    });
}

#[test]
fn a_name_that_does_not_work_is_answered_by_the_app() {
    visit(async |browser| {
        let (faults, window) = opens_without_the_app(browser, "").await;
        window.hits(Key::Enter).await;
        window.sees("Write the name that others will see.").await;
        window.is_accessible().await;
        comes(&faults, &window).await;
        window.sees("Write the name that others will see.").await;
        assert_eq!(window.focus().await, "input#name");

        let (faults, window) = opens_without_the_app(browser, "").await;
        window.presses("mary ann").await;
        window.hits(Key::Enter).await;
        comes(&faults, &window).await;
        window.sees("A name cannot contain spaces.").await;
        assert_eq!(value(&window, OF_APP).await, "mary_ann");
        window.until("the focus", "return document.activeElement.id === 'name'", &[]).await;
    });
}

#[test]
fn the_focus_stays_where_it_is() {
    visit(async |browser| {
        let (faults, window) = opens_without_the_app(browser, "").await;
        window.presses("anna").await;
        window.hits(Key::Tab).await;
        assert_eq!(window.focus().await, "button \"Join\"");
        comes(&faults, &window).await;
        assert_eq!(window.focus().await, "button \"Join\"");
        window.hits(Key::Enter).await;
        window.finds("#composer").await;
    });
}

#[test]
fn a_word_of_an_input_method_is_finished_first() {
    visit(async |browser| {
        let (faults, window) = opens_without_the_app(browser, "").await;
        let word = json!({ "text": "xiao", "selectionStart": 4, "selectionEnd": 4 });
        window.devtools("Input.imeSetComposition", word).await;
        faults.change(|_| None);
        window.until("the app's field", "return !!document.querySelector('#main #name')", &[]).await;
        assert_eq!(value(&window, OF_PAGE).await, "xiao");
        assert_eq!(window.focus().await, "input#name");
        window.devtools("Input.insertText", json!({ "text": "小明" })).await;
        window.finds_no("#loading").await;
        assert_eq!(value(&window, OF_APP).await, "小明");
        window.hits(Key::Enter).await;
        window.sees("You are 小明").await;
    });
}

#[test]
fn nothing_jumps_when_the_app_takes_over() {
    // The choice of language comes with the app, in a place that was empty.
    let look = "return [...document.querySelectorAll('main.first, main.first *:not(.language, .language *)')].filter(thing =>
            thing.checkVisibility() && getComputedStyle(thing).display !== 'contents').map(thing => {
        const { x, y, width, height } = thing.getBoundingClientRect();
        const { color, backgroundColor, font, borderColor, borderRadius } = getComputedStyle(thing);
        return JSON.stringify([thing.tagName, thing.className, x, y, width, height, color, backgroundColor, font,
            borderColor, borderRadius, thing.childElementCount ? '' : thing.textContent]);
    })";
    visit(async |browser| {
        for (width, fragment) in [(Width::Wide, ""), (Width::Narrow, ""), (Width::Wide, "#/room/%C3%BCben")] {
            let (faults, window) = opens_without_the_app(browser, fragment).await;
            window.resize(width).await;
            let before = window.run(look, &[]).await;
            comes(&faults, &window).await;
            let after = window.run(look, &[]).await;
            assert!(before.as_array().unwrap().len() >= 8, "{before:#}");
            assert_eq!(before, after);
        }
    });
}

#[test]
fn the_sentence_says_where_a_link_leads() {
    visit(async |browser| {
        for (fragment, at_once, at_last) in [
            (
                "#/room/%C3%BCben",
                "Choose a name, and you are in #üben.",
                "Choose a name, and you are in #üben.",
            ),
            ("#/room/%23%23c", "Choose a name, and you are in ##c.", "Choose a name, and you are in ##c."),
            (
                "#/person/%D0%92%D0%BB%D0%B0%D0%B4",
                "Choose a name, and write to Влад.",
                "Choose a name, and write to Влад.",
            ),
            // Deceptive text is shown by the app only, and an invalid address counts as none.
            ("#/room/a%E2%80%AEb", "Choose a name, and you are in.", "Choose a name, and you are in #a�b."),
            ("#/room/a%20b", "Choose a name, and you are in.", "Choose a name, and you are in."),
            ("#/room/%FF", "Choose a name, and you are in.", "Choose a name, and you are in."),
            ("#/elsewhere/x", "Choose a name, and you are in.", "Choose a name, and you are in."),
        ] {
            let (faults, window) = opens_without_the_app(browser, fragment).await;
            assert_eq!(window.texts(".first-sentence").await, [at_once], "{fragment}");
            comes(&faults, &window).await;
            assert_eq!(window.texts(".first-sentence").await, [at_last], "{fragment}");
        }
    });
}

#[test]
fn whoever_comes_back_does_not_see_it() {
    let script = "const look = () => {
            if (document.querySelector('#name')?.checkVisibility()) globalThis.sawTheForm = true;
            requestAnimationFrame(look);
        };
        requestAnimationFrame(look)";
    visit(async |browser| {
        let window = browser.open_with(script).await;
        window.until("the form", "return !!globalThis.sawTheForm", &[]).await;
        window.join_as("anna").await;
        window.reload().await;
        window.finds("#composer").await;
        assert_eq!(window.run("return !!globalThis.sawTheForm", &[]).await, json!(false));
    });
}

#[test]
fn what_was_begun_outlives_a_reload() {
    visit(async |browser| {
        let faults = Faults::start(browser.http(), |path| (path == "/").then_some(Fault::Stale));
        let window = browser.open_behind(faults.address()).await;
        window.sees("This page does not fit the server").await;
        window.presses("anna").await;
        faults.change(|path| path.ends_with(".wasm").then_some(Fault::Status(503)));
        window.clicks("Try again").await;
        let is_back = "return document.querySelector('#loading #name')?.value === 'anna'";
        window.until("the name", is_back, &[]).await;
        window.hits(Key::Enter).await;
        comes(&faults, &window).await;
        window.finds("#composer").await;
    });
}
