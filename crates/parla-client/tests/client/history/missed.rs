//! What was said while the person was gone is fetched back to its beginning, or marked by a gap.

use std::time::Duration;

use expect_test::expect;
use parla_client::Intent;

use super::{back_in_lobby, known, lines};
use crate::support::{ALL, Rig};

#[test]
fn what_was_missed_is_fetched_to_its_beginning() {
    let mut rig = known();
    back_in_lobby(&mut rig);
    rig.sends(expect![[r#"
        @label=1 CHATHISTORY LATEST #lobby msgid=known 50
        MODE #lobby
    "#]]);
    rig.server("@13:01;msgid=live :bob!b@host PRIVMSG #lobby :live");
    rig.history("#lobby", &lines(0..2));
    rig.sends(expect![[r#"
        @label=2 CHATHISTORY BETWEEN #lobby msgid=m0 msgid=known 50
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        ---- new
        <bob> 0
        <bob> 1
        <bob> live
    "#]],
    );
    rig.history("#lobby", "");
    rig.sends(expect![[""]]);
}

#[test]
fn a_full_page_leaves_a_gap_until_the_rest_has_come() {
    let mut rig = known();
    back_in_lobby(&mut rig);
    rig.history("#lobby", &lines(50..100));
    assert!(
        rig.rows("#lobby").starts_with("<bob> known\n== gap 09:58–11:00:50 loading\n---- new\n<bob> 50\n")
    );
    rig.sends(expect![[r#"
        @label=2 CHATHISTORY BETWEEN #lobby msgid=m50 msgid=known 50
    "#]]);
    rig.history("#lobby", &lines(0..50));
    rig.history("#lobby", "");
    assert!(rig.rows("#lobby").starts_with("<bob> known\n---- new\n<bob> 0\n<bob> 1\n"));
    assert_eq!(rig.buffer("#lobby").unread, 100);
}

#[test]
fn a_long_gap_is_stated_and_fetched_when_the_person_wants() {
    let mut rig = known();
    back_in_lobby(&mut rig);
    for page in (2..6).rev() {
        rig.history("#lobby", &lines(page * 50..page * 50 + 50));
    }
    // One message is requested, to see whether any are missing at all.
    rig.sends(expect![[r#"
        @label=5 CHATHISTORY BETWEEN #lobby msgid=m100 msgid=known 1
    "#]]);
    rig.history("#lobby", &lines(99..100));
    rig.sends(expect![[""]]);
    assert!(rig.rows("#lobby").contains("<bob> known\n== gap 09:58–11:01:39 loadable\n---- new\n<bob> 99\n"));
    rig.lists(expect![[r#"
        #lobby present, 201+ unread, more before
    "#]]);
    let (buffer, row) = (rig.id("#lobby"), rig.row("#lobby", "== gap"));
    rig.wants(Intent::LoadGap { buffer, row });
    rig.wants(Intent::LoadGap { buffer, row });
    rig.sends(expect![[r#"
        @label=6 CHATHISTORY BETWEEN #lobby msgid=m99 msgid=known 50
    "#]]);
    rig.history("#lobby", &lines(0..99));
    rig.history("#lobby", "");
    assert!(!rig.rows("#lobby").contains("gap"));
    assert!(rig.rows("#lobby").starts_with("<bob> known\n---- new\n<bob> 0\n<bob> 1\n"));
    rig.lists(expect![[r#"
        #lobby present, 300 unread, more before
    "#]]);
    rig.wants(Intent::LoadGap { buffer, row });
    rig.sends(expect![[""]]);
}

#[test]
fn a_gap_that_the_server_will_not_fill_stays() {
    let mut rig = known();
    back_in_lobby(&mut rig);
    rig.sends(expect![[r#"
        @label=1 CHATHISTORY LATEST #lobby msgid=known 50
        MODE #lobby
    "#]]);
    // The server is asked by msgid first, and then by time.
    rig.server("@label=1 :s FAIL CHATHISTORY INVALID_MSGREFTYPE LATEST #lobby msgid=known :No");
    rig.sends(expect![[r#"
        @label=2 CHATHISTORY LATEST #lobby timestamp=2026-01-01T09:57:59.000Z 50
    "#]]);
    rig.server(":s FAIL CHATHISTORY MESSAGE_ERROR LATEST #lobby :No");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        == gap 09:58–13:00 loadable
    "#]],
    );
    rig.sends(expect![[""]]);
}

#[test]
fn a_server_that_says_how_it_can_be_asked_is_asked_so() {
    let mut rig = known();
    rig.reconnects();
    rig.greet(ALL, "CHATHISTORY=20 MSGREFTYPES=timestamp");
    rig.server(":alice!a@host JOIN #lobby");
    rig.sends(expect![[r#"
        @label=1 CHATHISTORY LATEST #lobby timestamp=2026-01-01T09:57:59.000Z 20
        MODE #lobby
    "#]]);
}

#[test]
fn a_server_that_does_not_answer_leaves_a_gap() {
    let mut rig = known();
    back_in_lobby(&mut rig);
    rig.pass(Duration::from_secs(31));
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        == gap 09:58–13:00 loadable
    "#]],
    );
    rig.sent();
    // It is too late, but welcome.
    rig.server(
        "@label=1 :s BATCH +h chathistory #lobby
         @batch=h;10:30;msgid=x :bob!b@host PRIVMSG #lobby :late
         :s BATCH -h",
    );
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        == gap 09:58–13:00 loadable
        ---- new
        <bob> late
    "#]],
    );
}

#[test]
fn a_connection_that_breaks_before_the_answer_hides_nothing() {
    let mut rig = known();
    back_in_lobby(&mut rig);
    rig.server("@13:01;msgid=live :bob!b@host PRIVMSG #lobby :live");
    back_in_lobby(&mut rig);
    rig.sends(expect![[r#"
        @label=1 CHATHISTORY LATEST #lobby msgid=known 50
        MODE #lobby
    "#]]);
}

#[test]
fn without_history_a_gap_is_stated() {
    let mut rig = Rig::on_server("server-time", "");
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.server("@10:00 :alice!a@host JOIN #lobby\n@10:02 :bob!b@host PRIVMSG #lobby :before");
    rig.reconnects();
    rig.greet("server-time", "");
    rig.server("@10:05 :alice!a@host JOIN #lobby\n@10:06 :bob!b@host PRIVMSG #lobby :after");
    rig.shows(
        "#lobby",
        expect![[r#"
        ---- new
        <bob> before
        == gap 10:02–10:05 lost
        <bob> after
    "#]],
    );
    rig.lists(expect![[r#"
        #lobby present, 2 unread
    "#]]);
}

#[test]
fn what_was_missed_is_found_by_time_where_the_server_does_not_know_the_id() {
    let mut rig = known();
    back_in_lobby(&mut rig);
    rig.server("@label=1 :s FAIL CHATHISTORY INVALID_PARAMS LATEST msgid=known :There is no such message id");
    rig.sent();
    rig.history(
        "#lobby",
        "@09:58;msgid=other :bob!b@host PRIVMSG #lobby :known
         @10:30;msgid=missed :bob!b@host PRIVMSG #lobby :missed",
    );
    assert_eq!(rig.rows("#lobby").matches("<bob> known").count(), 1);
    assert!(rig.rows("#lobby").contains("<bob> missed"));
}
