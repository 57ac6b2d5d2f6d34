//! The first screen: few fields, one button, and always a way forward.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod support;

use parla_client::{
    Credentials, Intent, Login, ProblemKind, Secret,
    view::{LinkState, NetworkId, Stage, Update},
};
use parla_proto::Timestamp;
use parla_ui::{
    App,
    platform::{AppCommand, PageAct, ShellKind},
};
use support::{
    Fake,
    page::Page,
    sample::{NET, linked, problem, room, shown},
};

fn start(shell: ShellKind) -> Page {
    Page::new(App, &Fake::new(shell))
}

fn visible_inputs(page: &Page) -> usize {
    page.all("input")
        .into_iter()
        .filter(|node| {
            let id = page.attribute(*node, "id").unwrap_or_default();
            // The page's signal is hidden, and the fields for signing in are collapsed.
            id != "page-signal" && !id.starts_with("first-")
        })
        .count()
}

fn connect(network: u32, address: &str, nick: &str, unencrypted: bool) -> AppCommand {
    let (address, nick) = (address.to_owned(), nick.to_owned());
    let credentials = Credentials::default();
    AppCommand::Connect { network: NetworkId(network), address, nick, unencrypted, credentials }
}

fn taken(suggestion: &str) -> Update {
    let why = Some(problem(ProblemKind::NickTaken, "anna"));
    linked(LinkState::Stopped { why, suggestion: Some(suggestion.into()) })
}

#[test]
fn a_browser_asks_for_a_name_and_nothing_else() {
    let page = start(ShellKind::Browser);
    assert_eq!(visible_inputs(&page), 1, "{}", page.html());
    assert_eq!(page.all("button").len(), 1);
    assert_eq!(page.text("h1"), "parla");
    assert_eq!(page.text_of(page.all("label")[0]), "Your name");
    let field = page.one("#name");
    assert_eq!(page.attribute(field, "autocomplete").as_deref(), Some("nickname"));
    assert_eq!(page.fake.take_acts(), [PageAct::Focus("name".into())]);
    assert!(!page.html().contains("config"));
}

#[test]
fn a_name_and_enter_connect() {
    let mut page = start(ShellKind::Browser);
    page.write("#name", " anna ");
    page.enter("#name");
    assert_eq!(page.fake.take_commands(), [connect(1, "", "anna", false)]);
    assert_eq!(page.text("[role=status]"), "Finding the server");
    page.apply(vec![linked(LinkState::Connecting(Stage::SigningIn))]);
    assert_eq!(page.text("[role=status]"), "Signing in");
    page.apply(vec![linked(LinkState::Online)]);
    assert!(page.has(".frame"), "{}", page.html());
    assert!(!page.has("#name"));
}

#[test]
fn no_name_is_advised() {
    let mut page = start(ShellKind::Browser);
    page.press("Join");
    assert_eq!(page.fake.take_commands(), []);
    assert_eq!(page.text("#name-advice"), "Write the name that others will see.");
}

#[test]
fn a_name_with_a_space_gets_a_better_one() {
    let mut page = start(ShellKind::Browser);
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
    let mut page = start(ShellKind::Browser);
    page.write("#name", "anna");
    page.press("Join");
    page.fake.take_commands();
    page.apply(vec![linked(LinkState::Connecting(Stage::SigningIn))]);
    page.apply(vec![taken("anna_")]);
    assert!(page.text("[role=alert]").starts_with("Somebody is already called anna."), "{}", page.html());
    let field = page.one("#name");
    assert_eq!(page.attribute(field, "initial_value").as_deref(), Some("anna_"));
    page.enter("#name");
    assert_eq!(page.fake.take_intents(), [Intent::ChangeNick { nick: "anna_".into() }]);
    // If that one is taken too, another is suggested right away.
    page.apply(vec![taken("anna__")]);
    let field = page.one("#name");
    assert_eq!(page.attribute(field, "initial_value").as_deref(), Some("anna__"));
}

#[test]
fn cancelling_leads_back_to_the_name() {
    let mut page = start(ShellKind::Browser);
    page.write("#name", "anna");
    page.press("Join");
    page.apply(vec![linked(LinkState::Connecting(Stage::Finding))]);
    page.fake.take_commands();
    page.press("Cancel");
    assert_eq!(page.fake.take_commands(), [AppCommand::Forget(NET)]);
    page.apply(vec![Update::NetworkForgotten(NET)]);
    let field = page.one("#name");
    assert_eq!(page.attribute(field, "initial_value").as_deref(), Some("anna"));
    page.press("Join");
    assert_eq!(page.fake.take_commands(), [connect(2, "", "anna", false)]);
}

#[test]
fn a_port_without_encryption_can_be_agreed_to() {
    let mut page = start(ShellKind::Desktop);
    page.write("#name", "anna");
    page.write("#where", "irc.example.org:6667");
    page.press("Join");
    assert_eq!(page.fake.take_commands(), [connect(1, "irc.example.org:6667", "anna", false)]);
    let why = Some(problem(ProblemKind::NotEncrypted, ""));
    page.apply(vec![linked(LinkState::Stopped { why, suggestion: None })]);
    let words = page.text("[role=alert]");
    assert!(words.contains("This port does not use encryption.") && words.contains("6697"), "{words}");
    page.press("Connect without encryption");
    let expected = [AppCommand::Forget(NET), connect(2, "irc.example.org:6667", "anna", true)];
    assert_eq!(page.fake.take_commands(), expected);
}

#[test]
fn the_desktop_starts_with_this_computer() {
    let mut page = start(ShellKind::Desktop);
    assert_eq!(visible_inputs(&page), 2);
    let field = page.one("#where");
    assert_eq!(page.attribute(field, "initial_value").as_deref(), Some("This computer"));
    page.write("#name", "anna");
    page.press("Join");
    assert_eq!(page.fake.take_commands(), [connect(1, "127.0.0.1", "anna", false)]);
}

#[test]
fn waiting_counts_down_and_can_be_cut_short() {
    let mut page = start(ShellKind::Browser);
    page.write("#name", "anna");
    page.press("Join");
    page.fake.take_commands();
    let until = Timestamp::from_millis(page.fake.now.get().as_millis() + 4_200);
    let why = problem(ProblemKind::Refused, "");
    page.apply(vec![linked(LinkState::Waiting { until, attempt: 1, why })]);
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
    let fake = Fake::new(ShellKind::Browser);
    fake.returning.set(true);
    fake.saved.borrow_mut().insert("open".into(), "1 #rust".into());
    let mut page = Page::new(App, &fake);
    assert!(page.has(".frame") && !page.has("#name"), "{}", page.html());
    page.apply(vec![
        linked(LinkState::Connecting(Stage::Finding)),
        shown(room(1, "#lobby")),
        shown(room(2, "#rust")),
    ]);
    assert_eq!(page.text(".banner"), "Parla: Finding the server…");
    assert_eq!(*fake.title.borrow(), "#rust – parla");
}

#[test]
fn each_refused_name_has_its_own_sentence_and_none_is_left_when_it_is_edited() {
    for (kind, sentence) in [
        (ProblemKind::NickCharacter('\''), "A name cannot contain “'”."),
        (ProblemKind::NickStart('7'), "A name cannot start with “7”."),
        (ProblemKind::NickTooLong(16), "The name anna is too long. It can have 16 letters at most."),
        (ProblemKind::NickLetters, "This server takes only the letters a to z in names."),
        (ProblemKind::NickConfusable, "The name anna looks like one that somebody has."),
        (ProblemKind::NickReserved, "The name anna is reserved."),
    ] {
        let mut page = start(ShellKind::Browser);
        page.write("#name", "anna");
        page.press("Join");
        let stopped = LinkState::Stopped { why: Some(problem(kind, "anna")), suggestion: Some("ann".into()) };
        page.apply(vec![linked(stopped)]);
        assert!(page.text("[role=alert]").starts_with(sentence), "{}", page.html());
        let field = page.one("#name");
        assert_eq!(page.attribute(field, "initial_value").as_deref(), Some("ann"));
        assert_eq!(page.text("#name-advice"), "How about this one?");
        page.write("#name", "annabel");
        assert!(!page.has("[role=alert]") && !page.has("#name-advice"), "{}", page.html());
        // No refusal is shown while the next attempt is under way, either.
        page.fake.take_commands();
        page.press("Join");
        assert!(!page.has("[role=alert]"), "{}", page.html());
        assert_eq!(page.fake.take_intents(), [Intent::ChangeNick { nick: "annabel".into() }]);
    }
}

#[test]
fn a_server_that_asks_for_a_password_opens_the_field() {
    let on_desktop = start(ShellKind::Desktop);
    let folded = on_desktop.one("details.more");
    assert_ne!(on_desktop.attribute(folded, "open").as_deref(), Some("true"), "{}", on_desktop.html());
    let mut page = start(ShellKind::Browser);
    assert!(!page.has("details.more"), "the server has not asked for a password yet");
    page.write("#name", "anna");
    page.press("Join");
    let why = Some(problem(ProblemKind::PasswordNeeded, ""));
    page.apply(vec![linked(LinkState::Stopped { why, suggestion: None })]);
    let opened = page.one("details.more");
    assert_eq!(page.attribute(opened, "open").as_deref(), Some("true"), "{}", page.html());
    assert!(page.text("[role=alert]").starts_with("This server asks for a password."));
    let of = |id: &str, name: &str| page.attribute(page.one(id), name).unwrap_or_default();
    assert_eq!(of("#first-username", "autocomplete"), "username");
    assert_eq!(of("#first-password", "autocomplete"), "current-password");
    assert_eq!(of("#first-password", "type"), "password");
    page.fake.take_commands();
    page.write("#first-password", "hunter2");
    page.press("Sign in");
    let server = Some(Secret::new("hunter2".to_owned()));
    let credentials = Credentials { server, ..Credentials::default() };
    assert_eq!(page.fake.take_intents(), [Intent::SignIn { credentials }]);
    assert!(!page.html().contains("hunter2"));
}

#[test]
fn an_account_that_is_asked_for_is_signed_in_to() {
    let mut page = start(ShellKind::Browser);
    page.write("#name", "anna");
    page.press("Join");
    let why = Some(problem(ProblemKind::SignInNeeded, ""));
    page.apply(vec![linked(LinkState::Stopped { why, suggestion: None })]);
    let field = page.one("#first-username");
    assert_eq!(page.attribute(field, "initial_value").as_deref(), Some("anna"));
    page.fake.take_commands();
    page.write("#first-password", "hunter2");
    page.press("Sign in");
    let login = Some(Login { name: "anna".to_owned(), password: Secret::new("hunter2".to_owned()) });
    let credentials = Credentials { login, ..Credentials::default() };
    assert_eq!(page.fake.take_intents(), [Intent::SignIn { credentials }]);
}

#[test]
fn a_password_can_be_given_beforehand_and_is_not_sent_in_the_open_without_a_question() {
    let mut page = start(ShellKind::Desktop);
    page.write("#name", "anna");
    page.write("#where", "irc.example.org");
    page.write("#first-username", "anna");
    page.write("#first-password", "hunter2");
    page.press("Join");
    let [AppCommand::Connect { credentials, .. }] = &page.fake.take_commands()[..] else {
        panic!("no command")
    };
    assert!(credentials.login.is_some());
    let why = Some(problem(ProblemKind::PasswordReadable, ""));
    page.apply(vec![linked(LinkState::Stopped { why, suggestion: None })]);
    page.press("Send it without encryption");
    let credentials = Credentials { readable: true, ..Credentials::default() };
    assert_eq!(page.fake.take_intents(), [Intent::SignIn { credentials }]);
}
