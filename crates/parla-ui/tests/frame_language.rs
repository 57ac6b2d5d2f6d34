//! The language of the app: what the person reads, what they choose, and what happens if it cannot be loaded.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod support;

use parla_client::view::LinkState;
use parla_ui::{App, platform::ShellKind, words::Language};
use support::{
    Fake,
    page::Page,
    sample::{linked, room, shown},
    talk::report,
};

const ENGLISH: &str = "Choose a name, and you are in.";
const ITALIAN: &str = "Scegli un nome e sei dentro.";

fn reading(languages: &[&str]) -> std::rc::Rc<Fake> {
    let fake = Fake::new(ShellKind::Browser);
    fake.languages.replace(languages.iter().map(|code| (*code).to_owned()).collect());
    fake
}

#[test]
fn the_first_language_that_the_person_reads_is_spoken() {
    for (languages, sentence, spoken) in [
        (&["it-CH", "en"][..], ITALIAN, Language::Italian),
        (&["fr", "it"], ITALIAN, Language::Italian),
        (&["en-GB", "it"], ENGLISH, Language::English),
        (&["fr"], ENGLISH, Language::English),
        (&[], ENGLISH, Language::English),
    ] {
        let page = Page::new(App, &reading(languages));
        assert_eq!(page.text(".first-sentence"), sentence, "{languages:?}");
        assert_eq!(*page.fake.speaks.borrow(), Some(spoken));
        let chosen = page.one("option[selected=true]");
        assert_eq!(page.attribute(chosen, "lang").as_deref(), Some(spoken.code()));
    }
}

#[test]
fn what_is_chosen_is_said_at_once_everywhere_and_kept() {
    let mut page = Page::new(App, &reading(&["it"]));
    page.apply(vec![linked(LinkState::Online), shown(room(1, "#rust"))]);
    page.press("Il tuo nome è anna");
    assert_eq!(page.text(".dialog h2"), "Tu su Parla");
    let names: Vec<_> = page.all("#language option").into_iter().map(|option| page.text_of(option)).collect();
    assert_eq!(names, ["English", "Italiano"], "each by its own name");
    page.choose("#language", "en");
    assert_eq!(page.text(".dialog h2"), "You on Parla");
    let html = page.html();
    for italian in
        ["Lingua", "Stanze", "Membri", "Scrivi", "Invia", "Cambia", "Chiudi", "Annulla", "Disconnetti"]
    {
        assert!(!html.contains(italian), "{italian} in {html}");
    }
    assert!(page.fake.saved.borrow()["preferences"].contains(r#""language":"en""#));
    assert_eq!(*page.fake.speaks.borrow(), Some(Language::English));

    let fake = reading(&["it"]);
    fake.saved.borrow_mut().insert("language".to_owned(), "en".to_owned());
    assert_eq!(Page::new(App, &fake).text(".first-sentence"), ENGLISH);
}

#[test]
fn a_language_that_does_not_come_is_told_of_and_can_be_chosen_again() {
    let fake = reading(&["it"]);
    fake.loads.set(Some(false));
    let mut page = Page::new(App, &fake);
    assert_eq!(page.text(".first-sentence"), ENGLISH);
    assert!(page.text(".toasts").contains("Italiano could not be loaded"), "{}", page.html());
    assert_eq!(page.attribute(page.one("option[selected=true]"), "lang").as_deref(), Some("en"));
    page.fake.loads.set(Some(true));
    page.choose("#language", "it");
    assert_eq!(page.text(".first-sentence"), ITALIAN);
    assert!(!page.has(".toast"), "what is true no more is still said: {}", page.html());
    page.apply(vec![linked(LinkState::Online)]);
    assert!(!page.has("#open-said"), "it can still be read");
}

#[test]
fn a_language_that_comes_late_is_spoken_unless_another_was_chosen() {
    for (meanwhile, sentence) in [(None, ITALIAN), (Some("en"), ENGLISH)] {
        let fake = reading(&["it"]);
        fake.loads.set(None);
        let mut page = Page::new(App, &fake);
        assert_eq!(page.text(".first-sentence"), ENGLISH);
        if let Some(code) = meanwhile {
            page.choose("#language", code);
        }
        page.fake.wake();
        page.settle();
        assert_eq!(page.text(".first-sentence"), sentence);
        assert!(!page.has(".toast"));
    }
}

#[test]
fn another_tab_may_choose() {
    let mut page = Page::new(App, &reading(&["en"]));
    page.fake.saved.borrow_mut().insert("preferences".to_owned(), r#"{"language":"it"}"#.to_owned());
    report(&mut page, "stored parla/preferences");
    assert_eq!(page.text(".first-sentence"), ITALIAN);
}
