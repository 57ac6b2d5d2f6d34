//! Who may come in: what the owner of the server decides, and what the configuration says.

use expect_test::expect;
use parla_server::{AccessPolicy, AdminAnswer, AdminRequest, settings::Privileges};

use super::rig::Rig;

fn with_owner() -> Rig {
    let mut rig = Rig::with_account("alice", "correcthorse");
    let code = rig.invites(&[], 1, true);
    rig.connect_as("alice", "alice", "correcthorse");
    rig.says("alice", &format!("INVITATION ACCEPT {code}"));
    assert!(rig.heard.contains("alice> :s 381"), "they have its rights at once: {}", rig.heard);
    rig.heard.clear();
    rig
}

fn is_welcome(rig: &mut Rig) -> bool {
    rig.open("guest");
    rig.says("guest", "NICK guest\nUSER guest 0 * :guest");
    let is_welcome = rig.heard.contains("guest> :s 001");
    rig.says("guest", "QUIT");
    rig.heard.clear();
    is_welcome
}

#[test]
fn the_owner_decides_who_may_come_in() {
    let mut rig = with_owner();
    rig.connect("eve", "");
    rig.says("eve", "ACCESS invite");
    rig.becomes_operator("eve", Privileges::ACCOUNTS);
    rig.says("eve", "ACCESS invite\nACCESS");
    rig.says("alice", "ACCESS invite");
    rig.keeps(|line| line.contains("FAIL") || line.contains("Access"));
    rig.check(expect![[r#"
        eve> :s FAIL ACCESS NO_PERMISSION invite :Only an owner of this server can do that
        eve> :s FAIL ACCESS NO_PERMISSION invite :Only an owner of this server can do that
        eve> :s NOTICE eve :Access is open: everybody may come in, with or without an account
        alice> :s NOTICE alice :Access is invite: everybody signs in, and an invitation is needed to create an account
    "#]]);
    assert!(!is_welcome(&mut rig));
    // Those who are here stay, and cannot create an account without an invitation.
    rig.says("eve", "REGISTER * * correcthorse");
    rig.keeps(|line| line.starts_with("eve"));
    rig.check(expect![[r#"
        eve> :s FAIL REGISTER INVITATION_NEEDED eve :This server is for people who were invited: an invitation is needed
    "#]]);
    rig.restarts();
    assert!(!is_welcome(&mut rig), "it is kept");
    // Reloading a file that says nothing changes nothing.
    rig.reloads(|_| {});
    assert!(!is_welcome(&mut rig));
    rig.connect_as("alice", "alice", "correcthorse");
    rig.says("alice", "ACCESS open");
    assert!(is_welcome(&mut rig));
}

#[test]
fn the_file_wins_and_says_so() {
    let mut rig = with_owner();
    rig.says("alice", "ACCESS invite");
    rig.reloads(|settings| settings.network.access_in_file = Some(AccessPolicy::Open));
    assert!(is_welcome(&mut rig));
    rig.says("alice", "ACCESS invite\nACCESS");
    rig.check(expect![[r#"
        alice> :s FAIL ACCESS SET_IN_FILE invite :The configuration file says who may come in, and it wins: change access.policy or accounts.require there
        alice> :s NOTICE alice :Access is open: everybody may come in, with or without an account; the configuration file says so
    "#]]);
    // What the owner decided counts again when the file says nothing any more.
    rig.reloads(|settings| settings.network.access_in_file = None);
    assert!(!is_welcome(&mut rig));
}

#[test]
fn the_administrator_decides_who_may_come_in() {
    let mut rig = with_owner();
    let access = |policy, is_in_file| AdminAnswer::Access { policy, is_in_file };
    let ask = |policy| AdminRequest::Access { policy };
    assert_eq!(rig.administers(ask(None)), access(AccessPolicy::Open, false));
    let invite = Some(AccessPolicy::Invite);
    assert_eq!(rig.administers(ask(invite)), access(AccessPolicy::Invite, false));
    assert!(!is_welcome(&mut rig));
    rig.reloads(|settings| settings.network.access_in_file = Some(AccessPolicy::Open));
    assert_eq!(rig.administers(ask(None)), access(AccessPolicy::Open, true));
    assert!(matches!(rig.administers(ask(invite)), AdminAnswer::Done { refused, .. } if refused.len() == 1));
}
