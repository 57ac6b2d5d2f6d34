//! What people may read of what was said: what newcomers may, and for how long messages are kept.

use std::time::Duration;

use expect_test::expect;
use parla_proto::Timestamp;
use parla_server::{Entrance, Floor, settings::Privileges};

use super::rig::{Rig, with_room};

/// Up to where a client may read back in the room.
fn floor(rig: &mut Rig, client: &str) -> Floor {
    rig.floors.clear();
    rig.says(client, "CHATHISTORY LATEST #tea * 10");
    let [floor] = rig.floors.as_slice() else { panic!("{:?}: {}", rig.floors, rig.heard) };
    *floor
}

fn since(floor: Floor) -> Option<u64> {
    floor.entrance.map(|entrance| entrance.since)
}

fn with_readers() -> Rig {
    let mut rig = with_room();
    rig.connect("eve", "draft/chathistory batch");
    rig.connect_as("bob", "bob", "batterystaple");
    for name in ["alice", "bob"] {
        rig.says(name, "CAP REQ :draft/chathistory batch");
    }
    rig.heard.clear();
    rig
}

#[test]
fn newcomers_read_what_the_owner_lets_them_read() {
    let mut rig = with_readers();
    rig.says("bob", "JOIN #tea");
    rig.says("eve", "JOIN #tea");
    assert_eq!(floor(&mut rig, "eve"), Floor::default(), "everything, if nobody says otherwise");
    rig.heard.clear();
    rig.says("bob", "CS SET #tea HISTORY joined");
    rig.says("alice", "CS SET #tea HISTORY joined\nCS SET #tea HISTORY 10001\nCS SET #tea COLOUR blue");
    rig.check(expect![[r#"
        bob> :ChanServ!ChanServ@s NOTICE bob :Only the owner of the room can do that
        alice, bob, eve> :s NOTICE #tea :Newcomers can read nothing that was said before they came
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea: Newcomers can read nothing that was said before they came
        alice> :ChanServ!ChanServ@s NOTICE alice :SET <room> HISTORY takes all, joined, or a number of messages up to 10000
        alice> :ChanServ!ChanServ@s NOTICE alice :SET takes RETAIN and HISTORY
    "#]]);
    // Those who are there came when they came, and the owner reads everything.
    let came = floor(&mut rig, "bob");
    let guest = floor(&mut rig, "eve");
    assert!(since(came).unwrap() < since(guest).unwrap(), "{came:?}, {guest:?}");
    assert_eq!(floor(&mut rig, "alice"), Floor::default());
    rig.says("alice", "CS SET #tea HISTORY 20");
    let entrance = Entrance { earlier: 20, ..came.entrance.unwrap() };
    assert_eq!(floor(&mut rig, "bob"), Floor { time: None, entrance: Some(entrance) });

    // A member with an account is the same member tomorrow, whatever happens to the server.
    rig.says("bob", "QUIT");
    rig.restarts();
    for name in ["alice", "bob"] {
        let password = if name == "alice" { "correcthorse" } else { "batterystaple" };
        rig.connect_as(if name == "alice" { "alice" } else { "bob" }, name, password);
        rig.says(name, "CAP REQ :draft/chathistory batch\nJOIN #tea");
    }
    assert_eq!(since(floor(&mut rig, "bob")), since(came));
    // A guest comes anew, and so does a member who left for good.
    rig.connect("eve", "draft/chathistory batch");
    rig.says("eve", "JOIN #tea");
    assert!(since(floor(&mut rig, "eve")) > since(guest));
    rig.says("bob", "PART #tea\nJOIN #tea");
    assert!(since(floor(&mut rig, "bob")) > since(came));
    // Operators must be able to moderate.
    rig.says("alice", "MODE #tea +v bob");
    assert!(since(floor(&mut rig, "bob")).is_some());
    rig.says("alice", "MODE #tea +o bob");
    assert_eq!(floor(&mut rig, "bob"), Floor::default());
}

/// Somebody who is offline when they get a rank has not been there.
#[test]
fn whom_the_owner_remembers_is_a_member_since_then() {
    let mut rig = with_readers();
    rig.says("alice", "CS SET #tea HISTORY joined\nCS AMODE #tea +v bob");
    rig.says("eve", "JOIN #tea");
    rig.says("bob", "JOIN #tea");
    let (guest, bob) = (floor(&mut rig, "eve"), floor(&mut rig, "bob"));
    assert!(since(bob).unwrap() < since(guest).unwrap());
    // Whoever signs in was inside before.
    rig.connect("carol", "draft/chathistory batch");
    rig.says("carol", "JOIN #tea");
    let as_guest = floor(&mut rig, "carol");
    rig.says("carol", "REGISTER * * correcthorse");
    assert_eq!(floor(&mut rig, "carol"), as_guest);
}

#[test]
fn a_message_that_one_may_not_read_cannot_be_found_by_its_id() {
    let mut rig = with_readers();
    rig.says("alice", "CS SET #tea HISTORY joined\nMODE #tea +o eve");
    rig.says("eve", "CAP REQ draft/message-redaction\nJOIN #tea");
    rig.connect("oper", "draft/message-redaction");
    rig.becomes_operator("oper", Privileges::CHANNELS);
    rig.looked_for.clear();
    let id = parla_server::MessageIds::new(&[0; 16]).encode(1);
    rig.says("eve", &format!("REDACT #tea {id}"));
    rig.says("oper", &format!("REDACT #tea {id}"));
    let [member, operator] = rig.looked_for.as_slice() else { panic!("{:?}", rig.looked_for) };
    assert!(member.entrance.is_some());
    assert_eq!(*operator, Floor::default(), "operators of the server look after all messages");
}

const DAY: Duration = Duration::from_secs(86_400);

fn after(days: u32) -> Timestamp {
    Timestamp::default() + DAY * days
}

#[test]
fn what_has_expired_is_not_read_and_is_deleted() {
    let mut rig = with_readers();
    assert!(rig.expired.is_empty(), "messages are kept for ever");
    rig.says("alice", "CS SET #tea RETAIN 30d");
    rig.says("alice", "CAP REQ :draft/chathistory batch");
    rig.passes_until(after(40));
    // Whoever is silent for so long is disconnected.
    rig.connect_as("alice", "alice", "correcthorse");
    rig.says("alice", "CAP REQ :draft/chathistory batch\nJOIN #tea");
    assert_eq!(floor(&mut rig, "alice").time, Some(after(10)));
    let [.., (Some(_), before)] = rig.expired.as_slice() else { panic!("{:?}", rig.expired) };
    assert!(*before <= after(10).as_millis() && *before > after(9).as_millis());
    // Now and then, and not all the time.
    let count = rig.expired.len();
    rig.passes_until(after(40) + Duration::from_secs(60));
    assert!(rig.expired.len() <= count + 1);

    // It is so after a restart, too, and the server's own time counts if it is shorter.
    rig.expired.clear();
    rig.reconfigures(|settings| settings.network.retain = Some(DAY * 7));
    rig.restarts();
    rig.passes_until(after(41));
    let [.., (None, before)] = rig.expired.as_slice() else { panic!("{:?}", rig.expired) };
    assert!(*before <= after(34).as_millis() && *before > after(33).as_millis());
    rig.connect_as("alice", "alice", "correcthorse");
    rig.says("alice", "CAP REQ :draft/chathistory batch\nJOIN #tea");
    assert_eq!(floor(&mut rig, "alice").time, Some(after(34)));
    rig.floors.clear();
    rig.says("alice", "CHATHISTORY LATEST bob * 10");
    assert_eq!(rig.floors.first().and_then(|floor| floor.time), Some(after(34)), "private messages, too");
    rig.heard.clear();
    rig.says("alice", "CS INFO #tea");
    rig.keeps(|line| line.contains("kept"));
    rig.check(expect![[r#"
        alice> :ChanServ!ChanServ@s NOTICE alice :Messages are kept for 7 days
    "#]]);
}
