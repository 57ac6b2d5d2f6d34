//! What belongs to a person rather than to a connection: how far they have read, what they say about themselves,
//! and the modes of those who stay.

use expect_test::expect;
use parla_proto::Timestamp;
use parla_server::AlwaysOn;

use super::rig::Rig;

/// Alice and bob have accounts and are in a room of alice's; an hour has passed since 1970.
fn with_room(always_on: AlwaysOn) -> Rig {
    let mut rig = Rig::with(always_on);
    rig.now = Timestamp::from_millis(3_600_000);
    rig.connect("alice", "draft/read-marker");
    rig.says("alice", "REGISTER * * correcthorse\nJOIN #tea\nCS REGISTER #tea");
    rig.connect("bob", "draft/read-marker");
    rig.says("bob", "REGISTER * * batterystaple\nJOIN #tea");
    rig.heard.clear();
    rig
}

const AT: [&str; 3] = ["1970-01-01T00:10:00.000Z", "1970-01-01T00:20:00.000Z", "1970-01-01T00:30:00.000Z"];

fn read(rig: &mut Rig, client: &str, name: &str, at: &str) {
    rig.says(client, &format!("MARKREAD {name} timestamp={at}"));
}

#[test]
fn a_marker_belongs_to_the_account() {
    let mut rig = with_room(AlwaysOn::Off);
    for (name, at) in [("#tea", AT[0]), ("bob", AT[1]), ("alice", AT[2])] {
        read(&mut rig, "alice", name, at);
    }
    // Nobody is there, and so nobody has a marker of their own any more.
    rig.says("alice", "QUIT");
    rig.says("bob", "QUIT");
    for restarts in [false, true] {
        if restarts {
            rig.restarts();
        }
        rig.connect_as("phone", "alice", "correcthorse");
        rig.heard.clear();
        rig.says("phone", "MARKREAD #tea\nMARKREAD bob\nMARKREAD alice\nMARKREAD nobody\nQUIT");
        rig.keeps(|line| line.contains("MARKREAD"));
        rig.check(expect![[r#"
            phone> :s MARKREAD #tea timestamp=1970-01-01T00:10:00.000Z
            phone> :s MARKREAD bob timestamp=1970-01-01T00:20:00.000Z
            phone> :s MARKREAD alice timestamp=1970-01-01T00:30:00.000Z
            phone> :s MARKREAD nobody *
        "#]]);
    }
}

/// Names change, conversations stay what they are.
#[test]
fn a_marker_follows_what_it_is_about() {
    let mut rig = with_room(AlwaysOn::OptOut);
    read(&mut rig, "alice", "#tea", AT[0]);
    read(&mut rig, "alice", "bob", AT[1]);
    rig.says("alice", "RENAME #tea #coffee");
    rig.says("bob", "NICK robert");
    rig.heard.clear();
    rig.says("alice", "MARKREAD #coffee\nMARKREAD #tea\nMARKREAD robert\nMARKREAD bob");
    rig.keeps(|line| line.contains("MARKREAD"));
    rig.check(expect![[r#"
        alice> :s MARKREAD #coffee timestamp=1970-01-01T00:10:00.000Z
        alice> :s MARKREAD #tea *
        alice> :s MARKREAD robert timestamp=1970-01-01T00:20:00.000Z
        alice> :s MARKREAD bob timestamp=1970-01-01T00:20:00.000Z
    "#]]);
}

#[test]
fn what_a_guest_had_read_counts_when_they_sign_in() {
    let mut rig = with_room(AlwaysOn::Off);
    read(&mut rig, "alice", "#tea", AT[1]);
    read(&mut rig, "alice", "bob", AT[0]);
    rig.says("alice", "QUIT");
    rig.connect("guest", "draft/read-marker");
    rig.says("guest", "JOIN #tea");
    read(&mut rig, "guest", "#tea", AT[0]);
    read(&mut rig, "guest", "bob", AT[2]);
    rig.heard.clear();
    rig.says("guest", "NS IDENTIFY alice correcthorse\nMARKREAD #tea\nMARKREAD bob");
    rig.keeps(|line| line.contains("MARKREAD"));
    rig.check(expect![[r#"
        guest> :s MARKREAD #tea timestamp=1970-01-01T00:20:00.000Z
        guest> :s MARKREAD bob timestamp=1970-01-01T00:30:00.000Z
    "#]]);
}

/// Whoever gets a number or a name later must not get anybody's markers with it.
#[test]
fn markers_are_gone_with_what_they_are_about() {
    let mut rig = with_room(AlwaysOn::Off);
    read(&mut rig, "alice", "bob", AT[0]);
    read(&mut rig, "bob", "alice", AT[1]);
    read(&mut rig, "bob", "#tea", AT[2]);
    assert_eq!(rig.markers("alice"), 1);
    assert_eq!(rig.markers("bob"), 2);
    rig.says("alice", "NS DROP correcthorse");
    assert_eq!(rig.markers("bob"), 1);
    // The room belongs to nobody now, and is deleted.
    rig.says("bob", "PART #tea");
    rig.says("alice", "PART #tea");
    rig.connect("chris", "");
    rig.becomes_operator("chris", parla_server::settings::Privileges::CHANNELS);
    rig.says("chris", "ROOM DELETE #tea");
    assert_eq!(rig.markers("bob"), 0);
}

/// A channel that is not kept would leave its markers behind.
#[test]
fn what_is_not_kept_has_no_kept_marker() {
    let mut rig = Rig::with(AlwaysOn::Off);
    rig.connect("guest", "");
    rig.says("guest", "JOIN #new");
    rig.connect("alice", "");
    rig.says("alice", "REGISTER * * correcthorse\nJOIN #new");
    read(&mut rig, "alice", "#new", AT[0]);
    read(&mut rig, "alice", "#nowhere", AT[0]);
    read(&mut rig, "alice", "guest", AT[0]);
    assert_eq!(rig.markers("alice"), 0);
}

#[test]
fn what_somebody_says_about_themselves_belongs_to_the_account() {
    let mut rig = with_room(AlwaysOn::Off);
    rig.says("alice", "METADATA * SET display-name :Alice L\nMETADATA * SET url :https://alice.example");
    rig.says("alice", "QUIT");
    rig.restarts();
    rig.connect("watcher", "draft/metadata-3 batch");
    rig.says("watcher", "METADATA * SUB display-name\nMONITOR + alice\nJOIN #tea");
    rig.heard.clear();
    // They are back, with what they said before and what they say now.
    rig.open("phone");
    rig.says("phone", "CAP REQ :batch draft/metadata-3");
    rig.says("phone", "METADATA * SET url :https://new.example");
    rig.connect_signed_in_as("phone", "alice", "correcthorse");
    rig.keeps(|line| line.contains(" 761 ") || line.contains(" 730 "));
    rig.check(expect![[r#"
        phone> :s 761 * * url * :https://new.example
        phone> @batch=b1 :s 761 alice alice display-name * :Alice L
        phone> @batch=b1 :s 761 alice alice url * :https://new.example
        watcher> :s 730 * :alice!alice@192.0.2.1
        watcher> @batch=b3 :s 761 watcher alice display-name * :Alice L
    "#]]);
    rig.says("phone", "METADATA * CLEAR\nQUIT");
    rig.restarts();
    rig.connect_as("phone", "alice", "correcthorse");
    rig.heard.clear();
    rig.says("phone", "METADATA * LIST");
    rig.keeps(|line| line.contains(" 761 "));
    rig.check(expect![[""]]);
}

#[test]
fn others_are_told_what_changes_about_somebody_who_signs_in_or_out() {
    let mut rig = with_room(AlwaysOn::Off);
    rig.says(
        "alice",
        "METADATA * SET display-name :Alice L\nMETADATA * SET url :https://alice.example\nQUIT",
    );
    rig.connect("watcher", "draft/metadata-3 batch");
    rig.says("watcher", "METADATA * SUB display-name url status\nJOIN #tea");
    rig.connect("guest", "draft/metadata-3 batch");
    rig.says("guest", "METADATA * SET status :here\nMETADATA * SET url :https://guest.example\nJOIN #tea");
    rig.heard.clear();
    let of_interest =
        |line: &str| line.contains(" 761 ") || line.contains(" 766 ") || line.contains(" NICK ");
    rig.says("guest", "NICK alicia\nNS IDENTIFY alice correcthorse");
    rig.keeps(of_interest);
    rig.check(expect![[r#"
        bob, guest, watcher> :guest!guest@192.0.2.1 NICK :alicia
        guest> @batch=b3 :s 761 alicia alicia display-name * :Alice L
        watcher> :s 761 watcher alicia display-name * :Alice L
    "#]]);
    // A device that comes later is told the same.
    rig.connect("second", "draft/metadata-3 batch");
    rig.says("second", "METADATA * SET status :elsewhere");
    rig.heard.clear();
    rig.says("second", "NS IDENTIFY alice correcthorse");
    rig.keeps(of_interest);
    rig.check(expect![[r#"
        watcher> :s 761 watcher alicia status * :elsewhere
        second> :second!second@192.0.2.1 NICK :alicia
        second> @batch=b2 :s 761 alicia alicia display-name * :Alice L
        second> @batch=b2 :s 761 alicia alicia status * :elsewhere
        second> @batch=b2 :s 761 alicia alicia url * :https://guest.example
    "#]]);
    rig.says("guest", "NS DROP correcthorse");
    rig.keeps(of_interest);
    rig.check(expect![[r#"
        guest> @batch=b4 :s 766 alicia alicia display-name :Key not set
        guest> @batch=b4 :s 766 alicia alicia status :Key not set
        guest> @batch=b4 :s 766 alicia alicia url :Key not set
        watcher> :s 766 watcher alicia display-name :Key not set
        watcher> :s 766 watcher alicia status :Key not set
        watcher> :s 766 watcher alicia url :Key not set
    "#]]);
}

/// The limits hold for what is brought along, too.
#[test]
fn nobody_brings_along_more_than_they_may_say() {
    let mut rig = with_room(AlwaysOn::Off);
    for number in 0..99 {
        rig.says("alice", &format!("METADATA * SET key{number} :x"));
    }
    rig.says("alice", "QUIT");
    rig.connect("guest", "");
    for name in ["key7", "more1", "more2"] {
        rig.says("guest", &format!("METADATA * SET {name} :new"));
    }
    rig.heard.clear();
    rig.says("guest", "NS IDENTIFY alice correcthorse\nMETADATA * GET key7 more1 more2 key8");
    rig.keeps(|line| line.contains(" 761 ") || line.contains(" 766 "));
    rig.check(expect![[r#"
        guest> :s 761 guest guest key7 * :new
        guest> :s 761 guest guest more1 * :new
        guest> :s 766 guest guest more2 :Key not set
        guest> :s 761 guest guest key8 * :x
    "#]]);
}

#[test]
fn those_who_stay_keep_the_modes_that_they_have_chosen() {
    let mut rig = with_room(AlwaysOn::OptOut);
    rig.says("alice", "MODE alice +iBR\nMODE alice -B");
    rig.says("bob", "MODE bob +B");
    rig.restarts();
    rig.connect_as("alice", "alice", "correcthorse");
    rig.connect_as("bob", "bob", "batterystaple");
    rig.heard.clear();
    rig.says("alice", "MODE alice");
    rig.says("bob", "MODE bob");
    rig.check(expect![[r#"
        alice> :s 221 alice +irR
        bob> :s 221 bob +Br
    "#]]);
}

/// Each change of somebody who stays costs as much as it is worth.
#[test]
fn what_changes_about_somebody_who_stays_is_one_change() {
    let mut rig = with_room(AlwaysOn::OptOut);
    for line in [
        "AWAY :lunch",
        "AWAY",
        "NICK alicia",
        "SETNAME :Alice L",
        "MODE alicia +B",
        "MARKREAD #tea timestamp=1970-01-01T00:10:00.000Z",
        "METADATA * SET url :https://alice.example",
    ] {
        rig.changes = 0;
        rig.says("alice", line);
        assert_eq!(rig.changes, 1, "{line}");
    }
    for line in ["AWAY", "MODE alicia +B", "MARKREAD #tea timestamp=1970-01-01T00:09:00.000Z"] {
        rig.changes = 0;
        rig.says("alice", line);
        assert_eq!(rig.changes, 0, "{line}");
    }
}

#[test]
fn what_would_have_to_be_kept_is_refused_while_the_disk_is_full() {
    let mut rig = with_room(AlwaysOn::Off);
    rig.connect("guest", "");
    rig.heard.clear();
    rig.disk_is_full();
    for client in ["alice", "guest"] {
        rig.says(client, "METADATA * SET url :https://somebody.example");
    }
    rig.says("alice", "METADATA ALICE CLEAR\nMETADATA bob SET url :https://bob.example");
    rig.check(expect![[r#"
        alice> :s FAIL METADATA STORAGE_FULL alice :The server's disk is nearly full, so this cannot be kept. Try again later
        guest> :s 761 guest guest url * :https://somebody.example
        alice> :s FAIL METADATA STORAGE_FULL alice :The server's disk is nearly full, so this cannot be kept. Try again later
        alice> :s FAIL METADATA KEY_NO_PERMISSION bob url :You may not do that
    "#]]);
}
