//! The first screen: one field, one button, and always a way on.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod support;

use parla_client::{
    Credentials, Intent, ProblemKind,
    view::{LinkState, NetworkId, Stage, Update},
};
use parla_proto::Timestamp;
use parla_ui::{
    App,
    platform::{Command, PageAct, Place},
};
use support::{
    Fake,
    page::Page,
    sample::{NET, linked, problem, room, shown},
};

fn start(place: Place) -> Page {
    Page::new(App, &Fake::new(place))
}

fn visible_inputs(page: &Page) -> usize {
    page.all("input")
        .into_iter()
        .filter(|node| page.attribute(*node, "id").as_deref() != Some("page-signal"))
        .count()
}

fn connect(network: u32, address: &str, nick: &str, unencrypted: bool) -> Command {
    let (address, nick) = (address.to_owned(), nick.to_owned());
    let credentials = Credentials::default();
    Command::Connect { network: NetworkId(network), address, nick, unencrypted, credentials }
}

fn taken(suggestion: &str) -> Update {
    let why = Some(problem(ProblemKind::NickTaken, "anna"));
    linked(LinkState::Stopped { why, suggestion: Some(suggestion.into()) })
}

#[test]
fn a_browser_asks_for_a_name_and_nothing_else() {
    let page = start(Place::Browser);
    assert_eq!(visible_inputs(&page), 1, "{}", page.html());
    assert_eq!(page.all("button").len(), 1);
    assert_eq!(page.text("h1"), "parla");
    assert_eq!(page.text("label"), "Your name");
    let field = page.one("#name");
    assert_eq!(page.attribute(field, "autocomplete").as_deref(), Some("nickname"));
    assert_eq!(page.fake.take_acts(), [PageAct::Focus("name".into())]);
    assert!(!page.html().contains("config"));
}

#[test]
fn a_name_and_enter_connect() {
    let mut page = start(Place::Browser);
    page.write("#name", " anna ");
    page.enter("#name");
    assert_eq!(page.fake.take_commands(), [connect(1, "", "anna", false)]);
    assert_eq!(page.text("[role=status]"), "Finding the server");
    page.hear(vec![linked(LinkState::Connecting(Stage::SigningIn))]);
    assert_eq!(page.text("[role=status]"), "Signing in");
    page.hear(vec![linked(LinkState::Online)]);
    assert!(page.has(".frame"), "{}", page.html());
    assert!(!page.has("#name"));
}

#[test]
fn no_name_is_advised() {
    let mut page = start(Place::Browser);
    page.press("Join");
    assert_eq!(page.fake.take_commands(), []);
    assert_eq!(page.text("#name-advice"), "Write the name that others will see.");
}

#[test]
fn a_name_with_a_space_gets_a_better_one() {
    let mut page = start(Place::Browser);
    page.write("#name", "Anna Maria");
    page.press("Join");
    assert_eq!(page.fake.take_commands(), []);
    let field = page.one("#name");
    assert_eq!(page.attribute(field, "initial_value").as_deref(), Some("Anna_Maria"));
    page.press("Join");
    assert_eq!(page.fake.take_commands(), [connect(1, "", "Anna_Maria", false)]);
}

#[test]
fn a_taken_name_is_one_enter_away_from_a_free_one() {
    let mut page = start(Place::Browser);
    page.write("#name", "anna");
    page.press("Join");
    page.fake.take_commands();
    page.hear(vec![linked(LinkState::Connecting(Stage::SigningIn))]);
    page.hear(vec![taken("anna_")]);
    assert!(page.text("[role=alert]").starts_with("Somebody is already called anna."), "{}", page.html());
    let field = page.one("#name");
    assert_eq!(page.attribute(field, "initial_value").as_deref(), Some("anna_"));
    page.enter("#name");
    assert_eq!(page.fake.take_intents(), [Intent::ChangeNick { nick: "anna_".into() }]);
    // And if that is taken too, without a step between:
    page.hear(vec![taken("anna__")]);
    let field = page.one("#name");
    assert_eq!(page.attribute(field, "initial_value").as_deref(), Some("anna__"));
}

#[test]
fn cancelling_leads_back_to_the_name() {
    let mut page = start(Place::Browser);
    page.write("#name", "anna");
    page.press("Join");
    page.hear(vec![linked(LinkState::Connecting(Stage::Finding))]);
    page.fake.take_commands();
    page.press("Cancel");
    assert_eq!(page.fake.take_commands(), [Command::Forget(NET)]);
    page.hear(vec![Update::NetworkForgotten(NET)]);
    let field = page.one("#name");
    assert_eq!(page.attribute(field, "initial_value").as_deref(), Some("anna"));
    page.press("Join");
    assert_eq!(page.fake.take_commands(), [connect(2, "", "anna", false)]);
}

#[test]
fn a_port_without_encryption_can_be_agreed_to() {
    let mut page = start(Place::Desktop);
    page.write("#name", "anna");
    page.write("#where", "irc.example.org:6667");
    page.press("Join");
    assert_eq!(page.fake.take_commands(), [connect(1, "irc.example.org:6667", "anna", false)]);
    let why = Some(problem(ProblemKind::NotEncrypted, ""));
    page.hear(vec![linked(LinkState::Stopped { why, suggestion: None })]);
    let words = page.text("[role=alert]");
    assert!(words.contains("This port does not use encryption.") && words.contains("6697"), "{words}");
    page.press("Connect without encryption");
    let expected = [Command::Forget(NET), connect(2, "irc.example.org:6667", "anna", true)];
    assert_eq!(page.fake.take_commands(), expected);
}

#[test]
fn the_desktop_starts_with_this_computer() {
    let mut page = start(Place::Desktop);
    assert_eq!(visible_inputs(&page), 2);
    let field = page.one("#where");
    assert_eq!(page.attribute(field, "initial_value").as_deref(), Some("This computer"));
    page.write("#name", "anna");
    page.press("Join");
    assert_eq!(page.fake.take_commands(), [connect(1, "127.0.0.1", "anna", false)]);
}

#[test]
fn waiting_counts_down_and_can_be_cut_short() {
    let mut page = start(Place::Browser);
    page.write("#name", "anna");
    page.press("Join");
    page.fake.take_commands();
    let until = Timestamp::from_millis(page.fake.now.get().as_millis() + 4_200);
    let why = problem(ProblemKind::Refused, "");
    page.hear(vec![linked(LinkState::Waiting { until, attempt: 1, why })]);
    assert_eq!(page.text(".countdown"), "Trying again in 5 s.");
    page.fake.now.set(Timestamp::from_millis(until.as_millis() - 1_000));
    page.fake.wake();
    page.settle();
    assert_eq!(page.text(".countdown"), "Trying again in 1 s.");
    page.press("Try again");
    assert_eq!(page.fake.take_intents(), [Intent::Reconnect]);
}

#[test]
fn who_returns_sees_his_rooms_at_once() {
    let fake = Fake::new(Place::Browser);
    fake.returning.set(true);
    fake.saved.borrow_mut().insert("open".into(), "1 #rust".into());
    let mut page = Page::new(App, &fake);
    assert!(page.has(".frame") && !page.has("#name"), "{}", page.html());
    page.hear(vec![
        linked(LinkState::Connecting(Stage::Finding)),
        shown(room(1, "#lobby")),
        shown(room(2, "#rust")),
    ]);
    assert_eq!(page.text(".banner"), "Parla: Finding the server…");
    assert_eq!(*fake.title.borrow(), "#rust – parla");
}
