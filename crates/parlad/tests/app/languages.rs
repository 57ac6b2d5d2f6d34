//! The language of the app, in a browser that says which languages its user reads.

use serde_json::json;

use crate::rig::{Browser, Fault, Faults, Width, Window, visit};

const ENGLISH: &str = "Choose a name, and you are in.";
const ITALIAN: &str = "Scegli un nome e sei dentro.";

/// A browser whose user reads Italian.
const READS_ITALIAN: &str =
    "for (const [name, value] of [['languages', ['it-IT', 'it', 'en']], ['language', 'it-IT']])
    Object.defineProperty(Navigator.prototype, name, { get: () => value, configurable: true })";

/// Whether a path is that of the file with the Italian sentences.
fn is_italian(path: &str) -> bool {
    path.contains("words-it")
}

/// Waits until the page says that it is in this language.
async fn is_in_language(window: &Window, code: &str) {
    let script = "return document.documentElement.lang === arguments[0]";
    window.until(&format!("the language {code}"), script, &[json!(code)]).await;
}

/// Chooses a language where there is a choice.
async fn chooses(window: &Window, code: &str) {
    window.finds("select#language").await;
    let script = "const field = document.querySelector('select#language'); field.value = arguments[0];
        field.dispatchEvent(new Event('change', { bubbles: true }))";
    window.run(script, &[json!(code)]).await;
}

async fn behind(browser: &Browser, faults: &Faults) -> Window {
    let window = browser.open_behind(browser.http()).await;
    window.begins_with(READS_ITALIAN).await;
    window.expects_in_console(&faults.address().to_string());
    window.visit(&format!("http://{}/", faults.address())).await;
    window
}

#[test]
fn the_language_of_the_browser_is_spoken_and_another_can_be_chosen() {
    visit(async |browser| {
        let anna = browser.open_with(READS_ITALIAN).await;
        anna.sees(ITALIAN).await;
        anna.finds("#main #name").await;
        anna.finds_no("#loading").await;
        anna.sees(ITALIAN).await;
        anna.sees_no("Choose a name").await;
        is_in_language(&anna, "it").await;
        anna.is_accessible().await;

        anna.join_as("anna").await;
        anna.sees("Il tuo nome è anna").await;
        let bob = browser.person("bob");
        anna.hears("bob ha raggiunto la stanza").await;
        anna.sees("2 membri").await;
        anna.run("window.isTheSamePage = true", &[]).await;
        for width in [Width::Wide, Width::Narrow] {
            anna.resize(width).await;
            anna.is_accessible().await;
        }
        anna.resize(Width::Wide).await;

        // The list, the log, the composer, the members and the dialog itself all change at once, without a
        // reload.
        anna.clicks("Il tuo nome è anna").await;
        chooses(&anna, "en").await;
        for text in ["You are anna", "bob joined", "2 members", "Change name", "Language"] {
            anna.sees(text).await;
        }
        for text in ["Il tuo nome", "ha raggiunto", "2 membri", "Cambia", "Lingua"] {
            anna.sees_no(text).await;
        }
        is_in_language(&anna, "en").await;
        chooses(&anna, "it").await;
        anna.sees("Il tuo nome è anna").await;
        is_in_language(&anna, "it").await;
        chooses(&anna, "en").await;
        anna.sees("You are anna").await;
        let same = anna.run("return window.isTheSamePage", &[]).await;
        assert_eq!(same, json!(true), "nothing was loaded anew");

        anna.reload().await;
        anna.finds("#composer").await;
        anna.sees("You are anna").await;
        anna.sees_no("Il tuo nome").await;
        is_in_language(&anna, "en").await;
        drop(bob);
    });
}

#[test]
fn who_reads_english_loads_no_other_language() {
    visit(async |browser| {
        let faults = Faults::start(browser.http(), |_| None);
        let window = browser.open_behind(faults.address()).await;
        window.finds("#main #name").await;
        window.sees(ENGLISH).await;
        is_in_language(&window, "en").await;
        let script = "return performance.getEntriesByType('resource').filter(entry => entry.name.includes('words-')).length";
        assert_eq!(window.run(script, &[]).await, json!(0));
        chooses(&window, "it").await;
        window.sees(ITALIAN).await;
        assert_eq!(window.run(script, &[]).await, json!(1));
    });
}

#[test]
fn a_language_that_cannot_be_loaded_leaves_english_and_says_so() {
    visit(async |browser| {
        let faults = Faults::start(browser.http(), |path| is_italian(path).then_some(Fault::Status(503)));
        let window = behind(browser, &faults).await;
        window.finds("#main #name").await;
        window.sees("Italiano could not be loaded").await;
        window.sees(ENGLISH).await;
        is_in_language(&window, "en").await;
        window.is_accessible().await;
        faults.change(|_| None);
        chooses(&window, "it").await;
        window.sees(ITALIAN).await;
        is_in_language(&window, "it").await;
    });
}

#[test]
fn what_goes_wrong_before_the_app_is_there_is_said_in_italian_too() {
    visit(async |browser| {
        let faults =
            Faults::start(browser.http(), |path| path.ends_with(".wasm").then_some(Fault::Status(503)));
        let window = behind(browser, &faults).await;
        window.sees(ITALIAN).await;
        window.sees("Una parte di parla non si è potuta caricare.").await;
        window.sees("Riprova").await;
        is_in_language(&window, "it").await;
        window.types("#loading #name", "anna\n").await;
        window.sees("Ricerca del server").await;
        faults.change(|_| None);
        window.finds("#composer").await;
        window.sees("Il tuo nome è anna").await;
    });
}
