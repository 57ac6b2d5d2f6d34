//! How soon a dead connection is noticed: at once where the device knows, and otherwise when an answer is
//! missing.

use std::time::Duration;

use expect_test::expect;
use parla_client::{Input, Intent};

use super::support::Rig;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_message_that_nobody_answers_shows_that_the_connection_is_dead() {
    let mut rig = Rig::in_lobby("");
    rig.pass(10 * SECOND);
    rig.writes("#lobby", "hello");
    rig.sent();
    rig.pass(4 * SECOND);
    rig.sends(expect![[r#"
        PING parla
    "#]]);
    rig.link(expect!["online"]);
    rig.pass(8 * SECOND);
    rig.link(expect!["waiting, attempt 1: TimedOut"]);
}

#[test]
fn so_does_any_other_wish() {
    let mut rig = Rig::online();
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.pass(12 * SECOND);
    rig.link(expect!["waiting, attempt 1: TimedOut"]);
}

#[test]
fn a_server_that_answers_anything_is_there() {
    let mut rig = Rig::in_lobby("");
    rig.writes("#lobby", "hello");
    rig.sent();
    rig.pass(3 * SECOND);
    rig.server(":bob!b@host PRIVMSG #lobby :hi");
    rig.pass(50 * SECOND);
    rig.sends(expect![[""]]);
    rig.link(expect!["online"]);
}

#[test]
fn who_says_nothing_is_asked_rarely() {
    let mut rig = Rig::online();
    rig.pass(59 * SECOND);
    rig.sends(expect![[""]]);
}

#[test]
fn a_device_without_a_network_is_offline_within_two_seconds() {
    let mut rig = Rig::in_lobby("");
    rig.input(Input::Offline);
    rig.sends(expect![[r#"
        PING parla
    "#]]);
    rig.pass(SECOND);
    rig.link(expect!["offline"]);
    rig.writes("#lobby", "later");
    rig.sent();
    rig.input(Input::Online);
    rig.link(expect!["connecting: Finding"]);
    rig.sends(expect![[r#"
        (connect)
    "#]]);
}

#[test]
fn a_server_that_can_be_reached_without_a_network_stays() {
    let mut rig = Rig::online();
    rig.input(Input::Offline);
    rig.server(":s PONG s :parla");
    rig.pass(5 * SECOND);
    rig.link(expect!["online"]);
}

#[test]
fn a_device_that_was_offline_from_the_start_tries_once() {
    let mut rig = Rig::new();
    rig.input(Input::Offline);
    rig.input(Input::Start);
    rig.link(expect!["connecting: Finding"]);
    rig.breaks();
    rig.link(expect!["offline"]);
    rig.wants(Intent::Reconnect);
    rig.link(expect!["connecting: Finding"]);
}

#[test]
fn a_device_that_is_wrong_about_its_network_is_not_believed_for_long() {
    let mut rig = Rig::in_lobby("");
    rig.input(Input::Offline);
    rig.pass(SECOND);
    rig.link(expect!["offline"]);
    rig.sent();
    for _ in 0..3 {
        rig.pass(20 * SECOND);
        rig.sends(expect![[r#"
            (connect)
        "#]]);
        rig.link(expect!["offline"]);
        rig.breaks();
        rig.link(expect!["offline"]);
    }
    // The server is on the device itself.
    rig.pass(20 * SECOND);
    rig.input(Input::Opened);
    rig.greet("", "");
    rig.link(expect!["online"]);
}

#[test]
fn what_was_waited_for_is_not_waited_for_when_the_network_changes() {
    let mut rig = Rig::online();
    for _ in 0..8 {
        rig.reconnects();
        rig.greet("", "");
    }
    rig.breaks();
    rig.input(Input::Offline);
    rig.link(expect!["offline"]);
    rig.input(Input::Online);
    rig.link(expect!["connecting: Finding"]);
    rig.breaks();
    rig.link(expect!["waiting, attempt 1: Lost"]);
    rig.input(Input::Awake);
    rig.link(expect!["connecting: Finding"]);
}

#[test]
fn a_server_that_takes_nobody_is_not_tried_by_everyone_who_looks() {
    let mut rig = Rig::connected();
    rig.server("ERROR :Closing link: 192.0.2.1 (Too many connections from your address)");
    rig.breaks();
    rig.input(Input::Awake);
    rig.link(expect!["waiting, attempt 1: TooManyFromAddress"]);
}

#[test]
fn a_page_that_was_frozen_when_the_network_came_back_finds_it() {
    let mut rig = Rig::online();
    rig.input(Input::Offline);
    rig.pass(SECOND);
    rig.link(expect!["offline"]);
    rig.input(Input::Awake);
    rig.link(expect!["connecting: Finding"]);
    rig.breaks();
    rig.link(expect!["waiting, attempt 1: Lost"]);
}

#[test]
fn a_server_that_says_why_is_believed_whatever_the_device_says() {
    let mut rig = Rig::online();
    rig.input(Input::Offline);
    rig.server("ERROR :Closing link: host (Server is shutting down)");
    rig.breaks();
    rig.link(expect!["waiting, attempt 1: ServerStopping"]);
}

#[test]
fn after_a_sleep_the_server_is_asked_at_once() {
    let mut rig = Rig::online();
    rig.pass(20 * SECOND);
    rig.sent();
    // Nobody wakes the client while the device is asleep.
    rig.now = rig.now + 3_600 * SECOND;
    rig.input(Input::Deadline);
    rig.sends(expect![[r#"
        PING parla
    "#]]);
    rig.link(expect!["online"]);
    rig.pass(5 * SECOND);
    rig.link(expect!["waiting, attempt 1: TimedOut"]);
}

#[test]
fn whoever_comes_back_to_the_page_finds_out_at_once() {
    let mut rig = Rig::online();
    rig.input(Input::Awake);
    rig.sends(expect![[""]]);
    rig.pass(20 * SECOND);
    rig.input(Input::Awake);
    rig.sends(expect![[r#"
        PING parla
    "#]]);
    rig.pass(5 * SECOND);
    rig.link(expect!["waiting, attempt 1: TimedOut"]);
}
