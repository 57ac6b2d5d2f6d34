//! The first screen as it is contained in the browser's page, for use before the app is there (`loading.js`
//! of `parla-web`).
//!
//! It is what the components draw, so nothing is written twice and nothing jumps when the app takes over.
//! After a change of the first screen, `UPDATE_EXPECT=1 cargo test -p parla-ui` rewrites the file.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod support;

use expect_test::expect_file;
use parla_ui::{
    App,
    platform::{ShellKind, Start},
};
use support::{Fake, page::Page};

/// What surrounds the form in `index.html`.
const CARD: &str = "<main class=\"first\"><div class=\"first-card\"><h1>parla</h1>";
const CARD_END: &str = "</div></main>";
/// The same in the app, where something follows that the page does without until then: the choice of the
/// language.
const CARD_END_OF_APP: &str = "</div><div class=\"language\">";

fn start(fragment: &str) -> Page {
    let fake = Fake::new(ShellKind::Browser);
    if !fragment.is_empty() {
        fake.start.replace(Start::Link(fragment.to_owned()));
    }
    Page::new(App, &fake)
}

/// The part of the page between `begin` and `end`, without these.
#[track_caller]
fn between(page: &Page, begin: &str, end: &str) -> String {
    let html = page.html();
    let (_, rest) = html.split_once(begin).unwrap_or_else(|| panic!("no {begin} in {html}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end} in {html}")).0.to_owned()
}

fn card(page: &Page) -> String {
    between(page, CARD, CARD_END_OF_APP)
}

/// The sentence for somebody who came by a link, without the name in it.
fn sentence(fragment: &str) -> String {
    let begin = "<p class=\"first-sentence\">";
    let words = between(&start(fragment), begin, "</p>");
    let (before, rest) = words.split_once("<bdi>").unwrap();
    format!("{before}<bdi>{}", &rest[rest.find("</bdi>").unwrap()..])
}

#[test]
fn the_page_has_the_first_screen_in_it() {
    let mut page = start("");
    let form = card(&page);
    page.press("Join");
    let nameless = between(&page, "<p id=\"name-advice\" class=\"hint\" role=\"alert\">", "</p>");
    page.write("#name", "anna");
    page.press("Join");
    let entering = card(&page);
    let parts = [
        format!("<div id=\"loading-form\" hidden>{form}</div>"),
        format!("<template id=\"loading-entering\">{entering}</template>"),
        format!("<template id=\"loading-nameless\">{nameless}</template>"),
        format!("<template id=\"loading-room\">{}</template>", sentence("/room/chess")),
        format!("<template id=\"loading-person\">{}</template>", sentence("/person/bob")),
    ];
    // The text is split into lines for readability; spaces between these elements are not visible. The value
    // of a field is not part of HTML.
    let text = parts.map(|part| part.replace("><", ">\n<") + "\n").concat();
    let text = text.replace("<bdi>\n</bdi>", "<bdi></bdi>").replace(" initial_value=\"\"", "");
    expect_file!["../../parla-web/assets/first-screen.html"].assert_eq(&text);
}

#[test]
fn the_page_has_the_same_card_around_it() {
    assert!(start("").html().contains(CARD));
    let index = include_str!("../../parla-web/assets/index.html").replace('\n', "");
    assert!(index.contains(&format!("{CARD}{{{{inline first-screen.html}}}}")), "{index}");
    assert!(index.contains(CARD_END), "{index}");
}
