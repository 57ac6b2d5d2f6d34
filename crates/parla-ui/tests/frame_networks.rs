//! Several networks: the reason why one cannot be reached is shown, with what can be done about it; input
//! about a network is checked.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::{rc::Rc, sync::Arc};

use parla_client::{
    Intent, ProblemKind,
    view::{Certificate, LinkState, NetworkId, NetworkView, Update},
};
use parla_proto::Timestamp;
use parla_ui::{
    App,
    platform::{AppCommand, NetworkChange, ShellKind},
    state::KEY_NETWORK_LAST,
};
use support::{
    Fake,
    page::Page,
    sample::{linked, network, problem, room, shown},
};

const OTHER: NetworkId = NetworkId(2);

/// Connected and in a room of one network, and stopped by this problem on another.
fn stopped(shell: ShellKind, kind: ProblemKind) -> Page {
    let mut page = Page::new(App, &Fake::new(shell));
    page.apply(vec![linked(LinkState::Online), shown(room(1, "#lobby"))]);
    let link = LinkState::Stopped { why: Some(problem(kind, "")), suggestion: None };
    let address = "irc.example.org".into();
    page.apply(vec![Update::Network(NetworkView {
        id: OTHER,
        name: "Example".into(),
        address,
        ..network(link)
    })]);
    page.fake.take_commands();
    page
}

fn certificate(trusted: Option<&str>) -> Update {
    let certificate = Certificate {
        names: vec!["irc.example.org".into(), "<b>evil</b>".into()],
        issuer: None,
        valid_from: Timestamp::default(),
        valid_until: "2030-01-02T03:04:00Z".parse().unwrap(),
        fingerprint: "AB:CD".into(),
        trusted: trusted.map(Arc::from),
    };
    Update::Certificate(OTHER, Arc::new(certificate))
}

#[test]
fn why_another_network_has_stopped_is_said_with_its_choices() {
    let mut page = stopped(ShellKind::Desktop, ProblemKind::NotEncrypted);
    let words = page.text(".banner");
    assert!(words.contains("About Example") && words.contains("does not use encryption"), "{words}");
    page.press("Connect without encryption");
    assert_eq!(page.fake.take_commands(), [AppCommand::Change(OTHER, NetworkChange::Unencrypted)]);
    page.press("Try again");
    assert_eq!(page.fake.take_intents(), [Intent::Reconnect]);
    page.press("Change the address…");
    page.write("#dialog-focus", "irc.example.org:+7000");
    page.press("Connect there");
    let expected = AppCommand::Change(OTHER, NetworkChange::Address("irc.example.org:+7000".to_owned()));
    assert_eq!(page.fake.take_commands(), [expected]);
    page.press("Not now");
    assert_eq!(page.fake.take_intents(), [Intent::Disconnect { reason: "".into() }]);
}

#[test]
fn a_certificate_of_ones_own_is_chosen_with_the_address() {
    let mut page = stopped(ShellKind::Desktop, ProblemKind::Refused);
    page.press("Change the address…");
    page.write("#identity", "/home/anna/me.pem");
    page.press("Connect there");
    let expected = [
        AppCommand::Change(OTHER, NetworkChange::Identity(Some("/home/anna/me.pem".to_owned()))),
        AppCommand::Change(OTHER, NetworkChange::Address("irc.example.org".to_owned())),
    ];
    assert_eq!(page.fake.take_commands(), expected);
    page.press("Change the address…");
    let field = page.one("#identity");
    assert_eq!(page.attribute(field, "initial_value").as_deref(), Some("/home/anna/me.pem"));
}

#[test]
fn a_network_is_removed_only_after_a_question() {
    let mut page = stopped(ShellKind::Desktop, ProblemKind::Refused);
    page.press("Remove this network");
    assert!(page.text(".sure").contains("deletes its messages"));
    page.press("Keep it");
    assert!(!page.has(".sure"));
    assert_eq!(page.fake.take_commands(), []);
    page.press("Remove this network");
    page.press("Remove it");
    assert_eq!(page.fake.take_commands(), [AppCommand::Forget(OTHER)]);
}

#[test]
fn a_certificate_can_be_looked_at_and_trusted() {
    let mut page = stopped(ShellKind::Desktop, ProblemKind::BadCertificate);
    page.apply(vec![certificate(None)]);
    let words = page.text(".certificate");
    for part in ["irc.example.org, <b>evil</b>", "The server itself", "2 January 2030", "AB:CD"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    page.press("Trust this certificate for this server");
    assert_eq!(page.fake.take_commands(), [AppCommand::Change(OTHER, NetworkChange::Trust("AB:CD".into()))]);
}

#[test]
fn another_certificate_than_the_trusted_one_is_shown_beside_that() {
    let mut page = stopped(ShellKind::Desktop, ProblemKind::CertificateChanged);
    page.apply(vec![certificate(Some("12:34"))]);
    let words = page.text(".banner");
    assert!(words.contains("pretending to be the server"), "{words}");
    assert!(words.contains("AB:CD") && words.contains("12:34"), "{words}");
}

#[test]
fn a_browser_sees_to_encryption_itself() {
    let page = stopped(ShellKind::Browser, ProblemKind::NotEncrypted);
    assert!(!page.html().contains("without encryption<"));
    assert!(!page.html().contains("Change the address"));
}

fn adding(fake: &Rc<Fake>) -> Page {
    let mut page = Page::new(App, fake);
    let view = NetworkView { address: "irc.example.org".into(), ..network(LinkState::Online) };
    page.apply(vec![Update::Network(view), shown(room(1, "#lobby"))]);
    page.press("Add a network");
    page.fake.take_commands();
    page
}

#[test]
fn what_is_written_about_a_network_is_checked_beside_its_field() {
    let fake = Fake::new(ShellKind::Desktop);
    let mut page = adding(&fake);
    for (place, nick, hint, words) in [
        ("", "anna", "#add-hint", "Write where the server is"),
        ("https://example.org", "anna", "#add-hint", "address of a web page"),
        ("irc.example.org:x", "anna", "#add-hint", "a number from 1 to 65535"),
        ("IRC.example.org:6697", "anna", "#add-hint", "already"),
        ("irc.example.net", "", "#add-name-hint", "Write the name"),
        ("irc.example.net", "anna b", "#add-name-hint", "no spaces"),
    ] {
        page.write("#dialog-focus", place);
        page.write("#add-name", nick);
        page.press("Connect");
        assert!(page.text(hint).contains(words), "{place} {nick}: {}", page.text(hint));
        assert_eq!(fake.take_commands(), [], "{place} {nick}");
    }
    // A bouncer has several networks at one address, possibly with the same nick.
    page.write("#dialog-focus", "irc.example.org");
    page.write("#add-name", "anna");
    page.write("#add-username", "anna/oftc");
    page.write("#add-password", "sesame");
    page.press("Connect");
    assert_eq!(fake.take_commands().len(), 1);
    page.press("Add a network");
    page.write("#dialog-focus", "irc.example.org");
    page.write("#add-name", "anna2");
    page.press("Connect");
    assert_eq!(fake.take_commands().len(), 1);
}

#[test]
fn the_number_of_a_network_is_not_used_again() {
    let fake = Fake::new(ShellKind::Desktop);
    fake.saved.borrow_mut().insert(KEY_NETWORK_LAST.to_owned(), "7".to_owned());
    let mut page = adding(&fake);
    page.write("#dialog-focus", "irc.example.net");
    page.press("Connect");
    let commands = fake.take_commands();
    assert!(matches!(&commands[..], [AppCommand::Connect { network: NetworkId(8), .. }]), "{commands:?}");
    assert_eq!(fake.saved.borrow()[KEY_NETWORK_LAST], "8");
}

#[test]
fn an_attempt_of_its_own_leaves_the_form_where_it_is() {
    let fake = Fake::new(ShellKind::Desktop);
    let mut page = Page::new(App, &fake);
    page.write("#name", "anna");
    page.press("Join");
    let why = problem(ProblemKind::Lost, "");
    page.apply(vec![linked(LinkState::Waiting { until: Timestamp::default(), attempt: 1, why })]);
    let field = page.one("#name");
    page.write("#name", "anna the fir");
    page.apply(vec![linked(LinkState::Connecting(parla_client::view::Stage::Finding))]);
    assert!(page.one("#name") == field, "it is another field now");
}

fn several(links: &[LinkState]) -> Page {
    let mut page = Page::new(App, &Fake::new(ShellKind::Desktop));
    let views = links.iter().zip(1..).map(|(link, number)| {
        let (name, login) = ("bouncer.example.org".into(), Some(format!("anna/{number}").into()));
        Update::Network(NetworkView { id: NetworkId(number), name, login, ..network(link.clone()) })
    });
    page.apply(views.collect());
    page.apply(vec![shown(room(1, "#lobby"))]);
    page.fake.take_commands();
    page
}

#[test]
fn networks_of_one_name_say_as_whom_one_is_there() {
    let page = several(&[LinkState::Online, LinkState::Online]);
    let names: Vec<String> =
        page.all(".network-head h2").into_iter().map(|node| page.text_of(node)).collect();
    assert_eq!(names, ["bouncer.example.org (anna/1)", "bouncer.example.org (anna/2)"]);
}

#[test]
fn a_network_that_was_left_can_be_connected_from_the_list() {
    let left = LinkState::Stopped { why: None, suggestion: None };
    let mut page = several(&[LinkState::Online, left]);
    page.press("Connect");
    assert_eq!(page.fake.take_commands(), [AppCommand::Intent(NetworkId(2), Intent::Reconnect)]);
}

#[test]
fn several_networks_that_have_stopped_are_one_line_that_opens() {
    let stopped = || LinkState::Stopped { why: Some(problem(ProblemKind::Refused, "")), suggestion: None };
    let page = several(&[LinkState::Online, stopped()]);
    assert!(!page.has("details.banner-others") && page.has(".banner.problem"));
    let page = several(&[LinkState::Online, stopped(), stopped()]);
    assert!(page.text("summary.banner").starts_with("2 other networks are not connected: bouncer"));
    assert_eq!(page.all("details.banner-others div.banner.problem").len(), 2);
}
