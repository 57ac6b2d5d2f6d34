//! Invitations: codes with which people sign up, enter rooms, or own the server.

use std::time::Duration;

use expect_test::expect;
use parla_server::{AdminAnswer, AdminRequest, settings::Privileges};

use super::rig::{Rig, with_room};

/// The code in the NOTE that made an invitation.
fn code(rig: &mut Rig) -> String {
    let heard = std::mem::take(&mut rig.heard);
    let note =
        heard.lines().find(|line| line.contains("INVITATION_CREATED")).unwrap_or_else(|| panic!("{heard}"));
    note.split(' ').nth(6).unwrap().to_owned()
}

/// The lines that one client heard.
fn heard_by(rig: &mut Rig, client: &str) -> String {
    rig.keeps(|line| line.split('>').next().unwrap().split(", ").any(|name| name == client));
    std::mem::take(&mut rig.heard)
}

fn refused(answer: AdminAnswer) -> String {
    match answer {
        AdminAnswer::Refused(why) => why,
        AdminAnswer::Done { refused, .. } => refused.join("; "),
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_an_invitation_nobody_signs_up() {
    let mut rig = Rig::for_the_invited();
    rig.open("eve");
    rig.says("eve", "CAP LS 302\nNICK eve\nUSER eve 0 * :eve\nREGISTER * * correcthorse");
    rig.says("eve", "PASS invite:nonsense\nPASS invite:aaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert!(
        rig.heard.contains("FAIL REGISTER INVITATION_NEEDED eve :This server is for people who were invited")
    );
    assert_eq!(
        rig.heard.matches("FAIL INVITATION INVALID_INVITATION * :There is no such invitation").count(),
        2
    );
    // Guessing ends the connection.
    rig.says("eve", "PASS invite:b\nPASS invite:c\nPASS invite:d");
    assert!(rig.heard.contains("eve> ERROR :"), "{}", rig.heard);
}

#[test]
fn a_client_signs_up_with_an_invitation_and_enters_its_rooms() {
    let mut rig = with_room();
    rig.says("alice", "MODE #tea +i\nINVITATION CREATE 1 1 #tea");
    let code = code(&mut rig);
    rig.open("carol");
    rig.says("carol", &format!("PASS invite:{code}\nCAP LS 302\nNICK carol\nUSER carol 0 * :carol"));
    rig.says("carol", "REGISTER * * batterystaple\nCAP END");
    let heard = heard_by(&mut rig, "carol");
    assert!(heard.contains("REGISTER SUCCESS carol"), "{heard}");
    assert!(heard.contains(":carol!carol@192.0.2.1 JOIN #tea"), "{heard}");

    // It was for one person.
    rig.open("eve");
    rig.says("eve", &format!("PASS invite:{code}"));
    rig.check(expect![[r#"
        eve> :s FAIL INVITATION INVALID_INVITATION * :As many people as may have used this invitation already
    "#]]);

    // The room remembers her, whatever happens to the server.
    rig.says("carol", "QUIT");
    rig.restarts();
    rig.connect_as("carol", "carol", "batterystaple");
    rig.heard.clear();
    rig.says("carol", "JOIN #tea");
    assert!(rig.heard.starts_with("carol> :carol!carol@192.0.2.1 JOIN #tea"), "{}", rig.heard);
}

#[test]
fn a_client_of_twenty_years_signs_up_with_nickserv() {
    let mut rig = with_room();
    rig.says("alice", "MODE #tea +i\nINVITATION CREATE * * #tea");
    let code = code(&mut rig);
    rig.open("carol");
    rig.says("carol", &format!("PASS invite:{code}\nNICK carol\nUSER carol 0 * :carol"));
    rig.heard.clear();
    rig.says("carol", "NICKSERV REGISTER batterystaple");
    let heard = heard_by(&mut rig, "carol");
    assert!(heard.contains(":carol!carol@192.0.2.1 JOIN #tea"), "{heard}");
}

#[test]
fn somebody_with_an_account_uses_an_invitation_on_the_way_in_or_later() {
    let mut rig = with_room();
    rig.says("alice", "JOIN #coffee\nMODE #tea +i\nMODE #coffee +i\nINVITATION CREATE 2 * #tea");
    let tea = code(&mut rig);
    rig.says("alice", "INVITATION CREATE 2 * #coffee");
    let coffee = code(&mut rig);
    rig.open("bob");
    rig.says("bob", &format!("PASS invite:{tea}"));
    rig.connect_signed_in("bob", "batterystaple");
    let heard = heard_by(&mut rig, "bob");
    assert!(heard.contains(":bob!bob@192.0.2.1 JOIN #tea"), "{heard}");
    rig.says("bob", &format!("INVITATION ACCEPT {}", coffee.to_uppercase()));
    let heard = heard_by(&mut rig, "bob");
    assert!(heard.contains(":bob!bob@192.0.2.1 JOIN #coffee"), "{heard}");
    assert!(heard.contains("NOTE INVITATION INVITATION_ACCEPTED"), "{heard}");
    // Guests have nothing that an invitation could be for.
    rig.connect("guest", "");
    rig.says("guest", &format!("INVITATION ACCEPT {coffee}"));
    assert!(rig.heard.contains("You are not signed in to an account"), "{}", rig.heard);
}

#[test]
fn two_people_at_the_same_instant_are_one_too_many() {
    let mut rig = Rig::for_the_invited();
    let code = rig.invites(&[], 1, false);
    let done = rig.signs_up(&code, "carol", "correcthorse");
    assert_eq!(done, AdminAnswer::Done { modes: None, refused: Vec::new() });
    let late = refused(rig.signs_up(&code, "dave", "correcthorse"));
    assert_eq!(late, "As many people as may have used this invitation already");
    // The name of an account, or one like it, is not free with an invitation either.
    let code = rig.invites(&[], 3, false);
    assert!(
        refused(rig.signs_up(&code, "Carol", "correcthorse")).contains("There is an account with this name")
    );
    assert!(
        refused(rig.signs_up(&code, "NickServ", "correcthorse")).contains("No account can have this name")
    );
    assert!(refused(rig.signs_up(&code, "a b", "correcthorse")).contains("No account can have this name"));
    // What was refused is not counted.
    let AdminAnswer::Invitation(left) = rig.administers(AdminRequest::Invitation { code }) else { panic!() };
    assert_eq!(left.uses_left, 3);
}

#[test]
fn an_invitation_ends() {
    let mut rig = Rig::for_the_invited();
    let code = rig.invites(&[], 1, false);
    rig.now = rig.now + Duration::from_secs(7 * 24 * 3600);
    assert_eq!(refused(rig.signs_up(&code, "carol", "correcthorse")), "The time of this invitation is over");
    let code = rig.invites(&[], 1, false);
    let AdminAnswer::Invitations { invitations, has_more } =
        rig.administers(AdminRequest::Invitations { after: None })
    else {
        panic!()
    };
    assert!(
        !has_more && invitations.len() == 2 && invitations[0].over.is_some() && invitations[1].over.is_none()
    );
    let done = rig.administers(AdminRequest::RevokeInvitation { invitation: invitations[1].id });
    assert_eq!(done, AdminAnswer::Done { modes: None, refused: Vec::new() });
    assert_eq!(
        refused(rig.signs_up(&code, "carol", "correcthorse")),
        "There is no such invitation, or it was taken back"
    );
    let again = rig.administers(AdminRequest::RevokeInvitation { invitation: invitations[1].id });
    assert!(refused(again).contains("There is no such invitation"));
}

#[test]
fn only_owners_and_operators_invite() {
    let mut rig = with_room();
    rig.connect_as("bob", "bob", "batterystaple");
    rig.says("bob", "JOIN #tea");
    rig.heard.clear();
    rig.says("bob", "INVITATION CREATE 1 1 #tea\nINVITATION CREATE\nINVITATION CREATE 1 1 #nowhere");
    rig.says(
        "alice",
        "INVITATION CREATE\nINVITATION CREATE 0\nINVITATION CREATE 1 366 #tea\nINVITATION CREATE x",
    );
    rig.says("alice", "INVITATION REVOKE 99\nINVITATION REVOKE x\nINVITATION BURN");
    rig.check(expect![[r#"
        bob> :s FAIL INVITATION INVALID_TARGET * :You can invite people only to rooms that you own
        bob> :s FAIL INVITATION INVALID_TARGET * :You can invite people only to rooms that you own
        bob> :s FAIL INVITATION INVALID_TARGET * :You can invite people only to rooms that you own
        alice> :s FAIL INVITATION INVALID_TARGET * :You can invite people only to rooms that you own
        alice> :s FAIL INVITATION INVALID_PARAMS * :An invitation is for 1 to 1000 people and 1 to 365 days, and for at most 20 rooms
        alice> :s FAIL INVITATION INVALID_PARAMS * :An invitation is for 1 to 1000 people and 1 to 365 days, and for at most 20 rooms
        alice> :s FAIL INVITATION INVALID_PARAMS x :An invitation is for 1 to 1000 people and 1 to 365 days, and for at most 20 rooms
        alice> :s FAIL INVITATION INVALID_INVITATION 99 :There is no such invitation, or it was taken back
        alice> :s FAIL INVITATION INVALID_INVITATION * :There is no such invitation, or it was taken back
        alice> :s FAIL INVITATION INVALID_PARAMS BURN :It is INVITATION CREATE, LIST, REVOKE or ACCEPT; HELP INVITATION says more
    "#]]);
    // Whoever did not make an invitation can neither see it nor take it back.
    rig.says("alice", "INVITATION CREATE 1 1 #tea");
    let heard = std::mem::take(&mut rig.heard);
    let id = heard.split(' ').nth(5).unwrap().to_owned();
    rig.says("bob", &format!("INVITATION LIST\nINVITATION REVOKE {id}"));
    assert!(rig.heard.contains("bob> :s FAIL INVITATION INVALID_INVITATION"), "{}", rig.heard);
    assert!(!rig.heard.contains("INVITATION_LISTED") && rig.heard.contains("INVITATIONS_END"));
    rig.connect("oper", "batch");
    rig.becomes_operator("oper", Privileges::ACCOUNTS);
    rig.heard.clear();
    rig.says("oper", &format!("INVITATION LIST\nINVITATION REVOKE {id}\nINVITATION LIST"));
    let heard = heard_by(&mut rig, "oper");
    assert_eq!(heard.matches("INVITATION_LISTED").count(), 1, "{heard}");
    assert!(heard.contains(&format!("NOTE INVITATION INVITATION_REVOKED {id} :")), "{heard}");
    // Those of an account go with it.
    rig.says("alice", "INVITATION CREATE 1 1 #tea");
    let code = code(&mut rig);
    rig.says("oper", "NS SADROP alice");
    assert!(refused(rig.signs_up(&code, "carol", "correcthorse")).contains("There is no such invitation"));
}

/// A second device that brings an invitation along is told once in which rooms its person is.
#[test]
fn a_device_with_an_invitation_enters_each_room_once() {
    let mut rig = with_room();
    rig.says("alice", "MODE #tea +i\nINVITATION CREATE 5 1 #tea");
    let code = code(&mut rig);
    rig.connect_as("desk", "bob", "batterystaple");
    rig.says("desk", "JOIN #rust");
    rig.open("phone");
    rig.says("phone", &format!("PASS invite:{code}"));
    rig.connect_signed_in_as("phone", "bob", "batterystaple");
    let heard = heard_by(&mut rig, "phone");
    let joins: Vec<&str> = heard.lines().filter(|line| line.contains(" JOIN ")).collect();
    expect![[r#"
        phone> :bob!bob@192.0.2.1 JOIN #rust
        alice, desk, phone> :bob!bob@192.0.2.1 JOIN #tea"#]]
    .assert_eq(&joins.join("\n"));
}

/// Otherwise somebody who had to give a room up could still let people in, or come back themselves.
#[test]
fn an_invitation_to_a_room_ends_when_its_maker_gives_the_room_away() {
    for (gives_up, accepts) in
        [("CS TRANSFER #tea bob", "CS TRANSFER ACCEPT #tea"), ("CS UNREGISTER #tea", "CS INFO #tea")]
    {
        let mut rig = with_room();
        rig.says("alice", "JOIN #rust\nMODE #rust +k key\nMODE #tea +i\nINVITATION CREATE 5 1 #tea,#rust");
        let both = code(&mut rig);
        rig.says("alice", "INVITATION CREATE 5 1 #tea");
        let one = code(&mut rig);
        rig.says("alice", gives_up);
        rig.restarts();
        rig.connect_as("carol", "bob", "batterystaple");
        rig.says("carol", accepts);
        rig.heard.clear();
        rig.says("carol", &format!("INVITATION ACCEPT {one}"));
        rig.check(expect![[r#"
            carol> :s FAIL INVITATION INVALID_INVITATION * :There is no such invitation, or it was taken back
        "#]]);
        rig.says("carol", &format!("INVITATION ACCEPT {both}"));
        rig.check(expect![[r#"
            carol> :bob!bob@192.0.2.1 JOIN #rust
            carol> :s 353 bob = #rust :bob
            carol> :s 366 bob #rust :End of /NAMES list
            carol> :s NOTE INVITATION INVITATION_ACCEPTED 12 :You have used the invitation
        "#]]);
    }
}

#[test]
fn the_first_person_owns_the_server() {
    let mut rig = Rig::for_the_invited();
    let AdminAnswer::Invitation(first) = rig.administers(AdminRequest::SetUp) else { panic!() };
    let AdminAnswer::Invitation(again) = rig.administers(AdminRequest::SetUp) else { panic!() };
    assert!(first == again && first.makes_owner);
    rig.restarts();
    assert_eq!(
        rig.signs_up(&first.code, "zoe", "correcthorse"),
        AdminAnswer::Done { modes: None, refused: Vec::new() }
    );
    assert_eq!(refused(rig.administers(AdminRequest::SetUp)), "The server has an owner");
    assert!(refused(rig.signs_up(&first.code, "eve", "correcthorse")).contains("As many people"));
    rig.restarts();
    rig.connect_as("zoe", "zoe", "correcthorse");
    let heard = heard_by(&mut rig, "zoe");
    assert!(heard.contains(" 381 zoe :") && heard.contains("MODE zoe :+o"), "{heard}");
    // They may do what an operator may.
    rig.says("zoe", "INVITATION CREATE 2 7\nINVITATION LIST");
    assert_eq!(rig.heard.matches("zoe> :s NOTE INVITATION INVITATION_").count(), 3, "{}", rig.heard);
}

#[test]
fn the_administrator_makes_an_owner_and_ends_that() {
    use parla_server::{AccountChange, AccountEdit};
    let mut rig = with_room();
    let grant = |owns| AdminRequest::ChangeAccount {
        name: "alice".to_owned(),
        edit: AccountEdit::Change(AccountChange::ServerOwner(owns)),
    };
    rig.administers(grant(true));
    let heard = heard_by(&mut rig, "alice");
    assert!(heard.contains("MODE alice :+o"), "{heard}");
    rig.administers(grant(false));
    rig.says("alice", "INVITATION CREATE");
    let heard = heard_by(&mut rig, "alice");
    assert!(heard.contains("MODE alice :-o") && heard.contains("INVALID_TARGET"), "{heard}");
    // Nobody makes themselves one.
    rig.says("alice", "NS SET OWNER ON");
    assert!(!rig.heard.contains(" 381 "));
}
