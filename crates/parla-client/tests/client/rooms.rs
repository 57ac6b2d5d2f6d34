//! Channels: joining, being refused, leaving, being removed.

use expect_test::expect;
use parla_client::{
    Intent, ProblemKind,
    view::{BufferKind, Presence},
};

use super::support::{ALL, Rig, settings};

fn join(rig: &mut Rig, room: &str) {
    rig.wants(Intent::Join { room: room.into(), key: None });
}

#[test]
fn a_room_shows_at_once_and_fills_up() {
    let mut rig = Rig::online();
    join(&mut rig, "lobby");
    rig.lists(expect![[r#"
        #lobby joining, more before
    "#]]);
    rig.says(expect![[r#"
        show #lobby
    "#]]);
    rig.sends(expect![[r#"
        JOIN #lobby
    "#]]);
    rig.server(
        ":alice!a@host JOIN #lobby
         :s 332 alice #lobby :All about \u{2}rust\u{2}
         :s 333 alice #lobby bob!b@host 1700000000
         :s 353 alice = #lobby :@bob alice
         :s 366 alice #lobby :End",
    );
    rig.sends(expect![[r#"
        @label=1 CHATHISTORY LATEST #lobby * 50
        MODE #lobby
    "#]]);
    rig.history("#lobby", "@09:58;msgid=1 :bob!b@host PRIVMSG #lobby :earlier");
    rig.lists(expect![[r#"
        #lobby present, more before
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> earlier
    "#]],
    );
    let topic = rig.buffer("#lobby").topic.clone().unwrap();
    assert_eq!((&*topic.text.plain, topic.by.as_deref()), ("All about rust", Some("bob")));
    assert_eq!(topic.at.unwrap().as_secs(), 1_700_000_000);
}

#[test]
fn the_name_of_a_room_is_the_servers() {
    let mut rig = Rig::online();
    join(&mut rig, "#Lobby");
    rig.server(":alice!a@host JOIN #lobby");
    rig.lists(expect![[r#"
        #lobby present, more before
    "#]]);
}

#[test]
fn a_refusal_says_why() {
    for number in [403, 405, 437, 471, 473, 474, 475, 476, 477, 489, 520] {
        let mut rig = Rig::online();
        join(&mut rig, "#lobby");
        rig.server(&format!(":s {number} alice #lobby :Cannot join"));
        rig.says(expect![[r#"
            show #lobby
        "#]]);
        let words = match number {
            403 | 476 => "NoSuchRoom",
            405 => "TooManyRooms",
            471 => "RoomFull",
            473 => "InviteOnly",
            474 => "BannedFromRoom",
            475 => "KeyNeeded",
            477 => "AccountNeeded",
            _ => "Other",
        };
        assert_eq!(rig.list(), format!("#lobby absent: {words} #lobby, more before\n"), "{number}");
    }
}

#[test]
fn a_room_with_a_key_can_be_tried_again() {
    let mut rig = Rig::online();
    join(&mut rig, "#lobby");
    rig.server(":s 475 alice #lobby :Cannot join (+k)");
    rig.wants(Intent::Join { room: "#lobby".into(), key: Some("sesame".into()) });
    rig.sends(expect![[r#"
        JOIN #lobby
        JOIN #lobby sesame
    "#]]);
    rig.server(":alice!a@host JOIN #lobby");
    rig.lists(expect![[r#"
        #lobby present, more before
    "#]]);
    rig.keeps(expect![[r#"
        room #lobby: {"key":"sesame","read_until":1767261600000}
    "#]]);
}

/// Why the person is kept out of a room, and how often in a row.
fn kept_out(rig: &Rig, room: &str) -> (ProblemKind, u32) {
    match &rig.buffer(room).presence {
        Presence::Absent(Some(why)) => (why.kind, why.tries),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_wrong_key_is_called_wrong_and_counted() {
    let mut rig = Rig::online();
    let refused = ":s 475 alice #lobby :Cannot join (+k)";
    join(&mut rig, "#lobby");
    rig.server(refused);
    assert_eq!(kept_out(&rig, "#lobby"), (ProblemKind::KeyNeeded, 1));
    for tries in 1..=3 {
        rig.wants(Intent::Join { room: "#lobby".into(), key: Some("sesam".into()) });
        rig.server(refused);
        assert_eq!(kept_out(&rig, "#lobby"), (ProblemKind::KeyWrong, tries));
    }
    // A wrong key is not kept, so it is not tried again.
    rig.keeps(expect![[r#"
        room #lobby: {}
    "#]]);
    rig.wants(Intent::Join { room: "#lobby".into(), key: Some("sesame".into()) });
    rig.server(":alice!a@host JOIN #lobby\n:bob!b@host KICK #lobby alice :out");
    assert_eq!(kept_out(&rig, "#lobby"), (ProblemKind::KickedOut, 1));
    // The key was changed meanwhile.
    join(&mut rig, "#lobby");
    rig.server(refused);
    assert_eq!(kept_out(&rig, "#lobby"), (ProblemKind::KeyWrong, 1));
}

#[test]
fn a_refusal_that_is_repeated_says_so() {
    let mut rig = Rig::online();
    for tries in 1..=3 {
        join(&mut rig, "#lobby");
        rig.server(":s 474 alice #lobby :Banned");
        assert_eq!(kept_out(&rig, "#lobby"), (ProblemKind::BannedFromRoom, tries));
    }
    join(&mut rig, "#lobby");
    rig.server(":s 471 alice #lobby :Full");
    assert_eq!(kept_out(&rig, "#lobby"), (ProblemKind::RoomFull, 1));
}

/// A guest reloads the page in a room that has become private.
#[test]
fn whoever_is_not_recognised_is_told_so_and_whom_to_ask() {
    let mut rig = Rig::online();
    join(&mut rig, "#lobby");
    rig.server(
        ":alice!a@host JOIN #lobby
         :s 353 alice = #lobby :@alice ~zoe +bob %carol dave
         :s 366 alice #lobby :End
         :zoe!z@host MODE #lobby +o dave",
    );
    rig.keeps(expect![[r#"
        room #lobby: {"read_until":1767261600000,"inviters":["zoe","dave","carol"]}
    "#]]);
    let mut rig = rig.restarts();
    rig.go_online(ALL, "");
    rig.server(":s 473 alice #lobby :Cannot join (+i)");
    assert_eq!(kept_out(&rig, "#lobby"), (ProblemKind::NotRecognised, 1));
    let inviters = |rig: &Rig| rig.buffer("#lobby").can_invite.join(" ");
    assert_eq!(inviters(&rig), "zoe dave carol");
    // Nobody is asked for an invitation where one would not help.
    join(&mut rig, "#lobby");
    rig.server(":s 474 alice #lobby :Banned");
    assert_eq!(inviters(&rig), "");
    // Whoever has never been there is no stranger to anybody.
    join(&mut rig, "#other");
    rig.server(":s 473 alice #other :Cannot join (+i)");
    assert_eq!(kept_out(&rig, "#other"), (ProblemKind::InviteOnly, 1));
    assert_eq!(rig.buffer("#other").can_invite.len(), 0);
}

/// Somebody with an account would be recognised, so the room does not want them.
#[test]
fn whoever_has_an_account_needs_an_invitation_like_anybody() {
    let mut rig = Rig::in_lobby("");
    rig.server(":s 900 alice alice!a@host alice :You are now logged in\n:bob!b@host KICK #lobby alice");
    join(&mut rig, "#lobby");
    rig.server(":s 473 alice #lobby :Cannot join (+i)");
    assert_eq!(kept_out(&rig, "#lobby"), (ProblemKind::InviteOnly, 1));
}

/// Names cannot contain spaces, and people write some anyway.
#[test]
fn spaces_in_a_name_become_hyphens() {
    let mut rig = Rig::online();
    join(&mut rig, " gita al  mare ");
    rig.sends(expect![[r#"
        JOIN #gita-al-mare
    "#]]);
}

#[test]
fn bad_names_are_not_sent() {
    let mut rig = Rig::online();
    for room in ["", "#", "a,b", "a\u{7}b", &"x".repeat(600)] {
        join(&mut rig, room);
    }
    rig.sends(expect![[""]]);
    rig.lists(expect![[""]]);
}

#[test]
fn leaving_closes_a_room_when_the_server_agrees() {
    let mut rig = Rig::in_lobby("");
    let buffer = rig.id("#lobby");
    rig.wants(Intent::Leave { buffer });
    rig.sends(expect![[r#"
        PART #lobby
    "#]]);
    rig.lists(expect![[r#"
        #lobby present
    "#]]);
    rig.server(":alice!a@host PART #lobby");
    rig.lists(expect![[""]]);
    rig.keeps(expect![[""]]);
}

#[test]
fn leaving_before_the_answer_leaves() {
    let mut rig = Rig::online();
    join(&mut rig, "#lobby");
    let buffer = rig.id("#lobby");
    rig.wants(Intent::Leave { buffer });
    rig.sends(expect![[r#"
        JOIN #lobby
        PART #lobby
    "#]]);
    rig.server(":alice!a@host JOIN #lobby\n:alice!a@host PART #lobby");
    rig.lists(expect![[""]]);
}

#[test]
fn a_room_that_was_left_is_not_joined_again_after_a_lost_connection() {
    let mut rig = Rig::in_lobby("");
    let buffer = rig.id("#lobby");
    rig.wants(Intent::Leave { buffer });
    rig.reconnects();
    rig.greet(ALL, "");
    rig.lists(expect![[""]]);
}

#[test]
fn leaving_a_room_that_one_is_not_in_closes_it() {
    let mut rig = Rig::in_lobby("");
    let buffer = rig.id("#lobby");
    rig.wants(Intent::Leave { buffer });
    rig.server(":s 442 alice #lobby :You're not on that channel");
    rig.lists(expect![[""]]);
    join(&mut rig, "#lobby");
    rig.server(":s 474 alice #lobby :Banned");
    let buffer = rig.id("#lobby");
    rig.wants(Intent::Leave { buffer });
    rig.lists(expect![[""]]);
}

#[test]
fn who_changes_his_mind_is_back() {
    let mut rig = Rig::in_lobby("");
    let buffer = rig.id("#lobby");
    rig.wants(Intent::Leave { buffer });
    join(&mut rig, "#lobby");
    rig.sends(expect![[r#"
        PART #lobby
        JOIN #lobby
    "#]]);
    rig.server(":alice!a@host PART #lobby");
    rig.server(":alice!a@host JOIN #lobby");
    rig.lists(expect![[r#"
        #lobby present, more before
    "#]]);
}

#[test]
fn being_sent_out_is_told_and_stays() {
    let mut rig = Rig::in_lobby("");
    rig.server("@10:05 :bob!b@host KICK #lobby alice :out");
    rig.lists(expect![[r#"
        #lobby absent: KickedOut #lobby
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        -- alice kicked by bob: out
    "#]],
    );
    rig.says(expect![[r#"
        #lobby: problem KickedOut #lobby
    "#]]);
    assert_eq!(rig.members("#lobby"), "");
    rig.writes("#lobby", "hello?");
    rig.says(expect![[r#"
        #lobby: problem NotInRoom #lobby
    "#]]);
    rig.reconnects();
    rig.greet(ALL, "");
    rig.sends(expect![[""]]);
    rig.lists(expect![[r#"
        #lobby absent: KickedOut #lobby
    "#]]);
}

#[test]
fn whoever_was_removed_does_not_walk_in_again_after_a_restart() {
    let mut rig = Rig::in_lobby("");
    rig.server("@10:05 :bob!b@host KICK #lobby alice :out");
    let mut rig = rig.restarts();
    rig.lists(expect![[r#"
        #lobby absent: KickedOut #lobby, more before
    "#]]);
    rig.connect();
    rig.greet(ALL, "");
    let presence = rig.buffer("#lobby").presence.clone();
    let Presence::Absent(Some(why)) = presence else { panic!("{presence:?}") };
    assert_eq!(&*why.details, "bob: out");
    // Joining a second time leaves the person joined.
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.server(":alice!a@host JOIN #lobby");
    let rig = rig.restarts();
    rig.lists(expect![[r#"
        #lobby joining, more before
    "#]]);
}

#[test]
fn others_are_sent_out_too() {
    let mut rig = Rig::in_lobby("");
    rig.server(":alice!a@host KICK #lobby bob\n:alice!a@host KICK #lobby nobody :x");
    rig.shows(
        "#lobby",
        expect![[r#"
        -- bob kicked by alice
    "#]],
    );
    assert_eq!(rig.members("#lobby"), "@alice");
}

#[test]
fn a_forwarded_room_takes_the_new_name() {
    let mut rig = Rig::online();
    join(&mut rig, "#old");
    rig.server(":s 470 alice #old ##new :Forwarding to another channel\n:alice!a@host JOIN ##new");
    rig.lists(expect![[r#"
        ##new present, more before
    "#]]);
}

#[test]
fn a_room_forwarded_to_one_that_is_open_is_absent() {
    let mut rig = Rig::in_lobby("");
    join(&mut rig, "#old");
    rig.server(":s 470 alice #old #lobby :Forwarding to another channel");
    rig.lists(expect![[r#"
        #lobby present
        #old absent: Other #old, more before
    "#]]);
}

#[test]
fn the_server_may_put_the_person_into_rooms() {
    let mut rig = Rig::online();
    rig.server(":alice!a@host JOIN #welcome");
    rig.lists(expect![[r#"
        #welcome present, more before
    "#]]);
    rig.says(expect![[""]]);
}

#[test]
fn remembered_rooms_are_joined_in_few_lines() {
    let room = |number: usize| {
        let key = if number % 7 == 3 { format!("{{\"key\":\"key{number}\"}}") } else { "{}".to_owned() };
        (format!("room #room{number:02}"), key)
    };
    let records: Vec<(String, String)> = (0..23).map(room).collect();
    let records: Vec<(&str, &str)> = records.iter().map(|(key, value)| (&**key, &**value)).collect();
    let mut rig = Rig::with(settings(), &records);
    rig.connect();
    rig.server(":s 001 alice :Welcome\n:s 422 alice :No MOTD");
    rig.sends(expect![[r#"
        JOIN #room03,#room10,#room17,#room00,#room01,#room02,#room04,#room05,#room06,#room07 key3,key10,key17
        JOIN #room08,#room09,#room11,#room12,#room13,#room14,#room15,#room16,#room18,#room19
        JOIN #room20,#room21,#room22
    "#]]);
    rig.server(":s 422 alice :No MOTD again");
    rig.sends(expect![[""]]);
}

#[test]
fn records_may_be_damaged() {
    let too_long = format!("room {}", "#x".repeat(400));
    let records = [
        ("", "{}"),
        ("room", "{}"),
        ("room ", "{}"),
        ("person ", "{}"),
        ("room #a b", "{}"),
        ("room no-room", "{}"),
        ("person #no-nick", "{}"),
        (&too_long, "{}"),
        ("room #good", "{\"read_until\":\"never\"}"),
        ("room #GOOD", ""),
        ("person bob", "\0"),
        ("thing of another version", "{}"),
        ("out", "{}"),
        ("out x", "{\"to\":\"#good\",\"text\":\"x\",\"at\":1}"),
        ("out 1", "{\"to\":\"\",\"text\":\"x\",\"at\":1}"),
        ("out 2", "{\"to\":\"#good\"}"),
        ("out 18446744073709551615", "{\"to\":\"#good\",\"text\":\"still there\",\"at\":1}"),
    ];
    let mut rig = Rig::with(settings(), &records);
    rig.connect();
    rig.lists(expect![[r#"
        bob present
        #GOOD joining, more before
    "#]]);
    assert!(rig.model.buffers.values().all(|view| view.kind != BufferKind::Server));
}

#[test]
fn a_topic_is_set_and_cleared() {
    let mut rig = Rig::in_lobby("");
    let buffer = rig.id("#lobby");
    rig.wants(Intent::SetTopic { buffer, topic: "new words".into() });
    rig.sends(expect![[r#"
        @label=2 TOPIC #lobby :new words
    "#]]);
    rig.server(":alice!a@host TOPIC #lobby :new words\n:bob!b@host TOPIC #lobby :");
    rig.shows(
        "#lobby",
        expect![[r#"
        -- alice set the topic: new words
        -- bob cleared the topic
    "#]],
    );
    assert_eq!(rig.buffer("#lobby").topic, None);
    rig.server(":s 332 alice #lobby :again\n:s 331 alice #lobby :No topic");
    assert_eq!(rig.buffer("#lobby").topic, None);
}

#[test]
fn what_happens_in_other_rooms_is_nobodys_business() {
    let mut rig = Rig::in_lobby("");
    rig.server(
        ":bob!b@host JOIN #other
         :bob!b@host PART #other
         :bob!b@host TOPIC #other :x
         :bob!b@host KICK #other carol
         :bob!b@host MODE #other +o bob
         :s 353 alice = #other :a b c
         :s 332 alice #other :x
         :alice!a@host PART #other
         :bob!b@host KICK #other alice",
    );
    rig.lists(expect![[r#"
        #lobby present
    "#]]);
}
