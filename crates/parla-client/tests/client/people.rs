//! People: direct conversations, WHOIS, invitations, and being away.

use expect_test::expect;
use parla_client::{Intent, view::Delivery};

use super::support::Rig;

#[test]
fn a_conversation_is_opened_and_found_again() {
    let mut rig = Rig::online();
    rig.wants(Intent::OpenDirect { nick: "Bob".into() });
    rig.writes("Bob", "hello");
    rig.server("@msgid=1;10:01 :bob!b@host PRIVMSG alice :hi");
    rig.says(expect![[r#"
        show Bob
        alert <bob> hi
    "#]]);
    rig.shows(
        "Bob",
        expect![[r#"
        ---- new
        <bob> hi
        <me> hello (sent)
    "#]],
    );
    let buffer = rig.id("Bob");
    rig.wants(Intent::Leave { buffer });
    rig.server("@label=1;msgid=3 :alice!a@host PRIVMSG Bob :hello");
    rig.lists(expect![[""]]);
    rig.server("@msgid=2;10:02 :bob!b@host PRIVMSG alice :still there?");
    rig.lists(expect![[r#"
        bob present, 1 unread (1 for me)
    "#]]);
}

#[test]
fn what_is_no_name_is_not_talked_to() {
    let mut rig = Rig::online();
    for nick in ["", "#room", "a b", "a,b", "a!b", "a@b", ":a", "a\u{3}b"] {
        rig.wants(Intent::OpenDirect { nick: nick.into() });
    }
    rig.lists(expect![[""]]);
    rig.sends(expect![[""]]);
}

#[test]
fn a_conversation_follows_a_new_name_and_sees_a_parting() {
    let mut rig = Rig::online();
    rig.server(
        "@10:01 :bob!b@host PRIVMSG alice :hi
         @10:02 :bob!b@host NICK robert
         @10:03 :robert!b@host PRIVMSG alice :it is me
         @10:04 :robert!b@host QUIT :bye",
    );
    rig.shows(
        "robert",
        expect![[r#"
        ---- new
        <bob> hi
        -- bob is robert
        <robert> it is me
        -- robert quit: bye
    "#]],
    );
}

#[test]
fn two_conversations_never_become_one() {
    let mut rig = Rig::online();
    rig.server(
        ":bob!b@host PRIVMSG alice :hi
         :carol!c@host PRIVMSG alice :hi
         :bob!b@host NICK carol
         :carol!c@host NICK #room
         :carol!c@host NICK :",
    );
    rig.lists(expect![[r#"
        bob present, 1 unread (1 for me)
        carol present, 1 unread (1 for me)
    "#]]);
}

#[test]
fn a_message_from_another_device_is_in_its_conversation() {
    let mut rig = Rig::online();
    rig.server("@msgid=1;10:01 :alice!a@host PRIVMSG bob :from my telephone");
    rig.shows(
        "bob",
        expect![[r#"
        <me> from my telephone
    "#]],
    );
    rig.says(expect![[""]]);
}

#[test]
fn a_notice_opens_no_conversation_but_is_in_one_that_is_open() {
    let mut rig = Rig::online();
    rig.server("@10:01 :NickServ!n@services NOTICE alice :This nickname is registered");
    rig.shows(
        "",
        expect![[r#"
        ** <NickServ> This nickname is registered
    "#]],
    );
    rig.wants(Intent::OpenDirect { nick: "NickServ".into() });
    rig.server("@10:02 :NickServ!n@services NOTICE alice :Password accepted");
    rig.shows(
        "NickServ",
        expect![[r#"
        ---- new
        -NickServ- Password accepted
    "#]],
    );
}

#[test]
fn requests_to_programs_are_not_for_people() {
    let mut rig = Rig::in_lobby("");
    rig.server(
        ":bob!b@host PRIVMSG alice :\u{1}VERSION\u{1}
         :bob!b@host NOTICE alice :\u{1}PING 1\u{1}
         :bob!b@host PRIVMSG #lobby :\u{1}DCC SEND x\u{1}
         :bob!b@host PRIVMSG #lobby :\u{1}ACTION waves
         :bob!b@host PRIVMSG #lobby :\u{1}ACTION\u{1}",
    );
    rig.lists(expect![[r#"
        #lobby present, 2 unread
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        ---- new
        * bob waves
        * bob 
    "#]],
    );
    rig.sends(expect![[""]]);
}

#[test]
fn someone_is_asked_about() {
    let mut rig = Rig::online();
    rig.wants(Intent::Whois { nick: "BOB".into() });
    rig.sends(expect![[r#"
        WHOIS BOB
    "#]]);
    rig.server(
        ":s 311 alice bob b host * :Bob the Builder
         :s 319 alice bob :@#lobby +#rust
         :s 319 alice bob :#more
         :s 317 alice bob 42 1700000000 :seconds idle, signon time
         :s 330 alice bob bobby :is logged in as
         :s 301 alice bob :gone fishing
         :s 313 alice bob :is an IRC operator
         :s 312 alice bob s :Server
         :s 671 alice bob :is using a secure connection
         :s 318 alice BOB :End of /WHOIS",
    );
    let person = rig.model.people.pop().unwrap();
    expect![[r##"
        Person {
            nick: "bob",
            name: "bob",
            called: None,
            realname: "Bob the Builder",
            host: "b@host",
            account: Some(
                "bobby",
            ),
            away: Some(
                "gone fishing",
            ),
            rooms: [
                RoomOf {
                    shown: "#lobby",
                    name: "#lobby",
                    rank: Operator,
                },
                RoomOf {
                    shown: "#rust",
                    name: "#rust",
                    rank: Voice,
                },
                RoomOf {
                    shown: "#more",
                    name: "#more",
                    rank: Member,
                },
            ],
            idle_seconds: Some(
                42,
            ),
            since: Some(
                Timestamp(
                    1700000000000,
                ),
            ),
            operator: true,
            bot: false,
            complete: true,
            missing: false,
        }
    "##]]
    .assert_debug_eq(&person);
    rig.lists(expect![[""]]);
}

#[test]
fn signs_before_a_room_are_ranks() {
    let mut rig = Rig::on_server(super::support::ALL, "PREFIX=(qaohv)~&@%+ CHANTYPES=#&");
    rig.wants(Intent::Whois { nick: "bob".into() });
    rig.server(
        ":s 311 alice bob b host * :Bob
         :s 319 alice bob :@+#two &#admin &local &&both ?#hidden !@#old #+ @nothing
         :s 318 alice bob :End",
    );
    let person = rig.model.people.pop().unwrap();
    let rooms: Vec<_> = person.rooms.iter().map(|room| format!("{:?} {}", room.rank, room.name)).collect();
    let expected = [
        "Operator #two",
        "Protected #admin",
        "Member &local",
        "Protected &both",
        "Member #hidden",
        "Operator #old",
        "Member #+",
        "Member @nothing",
    ];
    assert_eq!(rooms, expected);
}

#[test]
fn nobody_is_nobody() {
    let mut rig = Rig::online();
    rig.wants(Intent::Whois { nick: "nobody".into() });
    rig.server(":s 401 alice nobody :No such nick\n:s 318 alice nobody :End of /WHOIS");
    assert_eq!(rig.model.people.len(), 1);
    assert!(rig.model.people[0].missing && rig.model.people[0].complete);
    rig.says(expect![[""]]);
    // Some servers only send the end of the answer.
    rig.wants(Intent::Whois { nick: "nobody".into() });
    rig.server(":s 318 alice nobody :End of /WHOIS");
    assert!(rig.model.people[1].missing);
}

#[test]
fn what_nobody_asked_about_is_not_shown() {
    let mut rig = Rig::online();
    for number in 0..100 {
        rig.server(&format!(":s 311 alice x{number} b host * :X\n:s 318 alice x{number} :End"));
    }
    assert!(rig.model.people.is_empty());
}

#[test]
fn an_invitation_is_a_question() {
    let mut rig = Rig::in_lobby("");
    rig.server(
        ":bob!b@host INVITE alice #secret\n:bob!b@host INVITE carol #lobby\n:bob!b@host INVITE alice nothing",
    );
    rig.says(expect![[r#"
        bob invites to #secret
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        -- bob invited carol
    "#]],
    );
    let buffer = rig.id("#lobby");
    rig.wants(Intent::Invite { buffer, nick: "carol".into() });
    rig.sends(expect![[r#"
        @label=2 INVITE carol #lobby
    "#]]);
    rig.server(":s 341 alice carol #lobby");
    rig.wants(Intent::Invite { buffer, nick: "bob".into() });
    rig.server(":s 443 alice bob #lobby :is already on channel");
    rig.says(expect![[r#"
        #lobby: carol invited to #lobby
        #lobby: problem AlreadyInRoom #lobby
    "#]]);
}

#[test]
fn the_person_is_away_and_stays_so_on_the_next_connection() {
    let mut rig = Rig::online();
    rig.wants(Intent::Away { reason: Some("lunch".into()) });
    rig.sends(expect![[r#"
        AWAY :lunch
    "#]]);
    rig.server(":s 306 alice :You have been marked as being away");
    assert_eq!(rig.model.network.as_ref().unwrap().away.as_deref(), Some("lunch"));
    rig.reconnects();
    assert_eq!(rig.model.network.as_ref().unwrap().away, None);
    rig.sent();
    rig.server(":s 001 alice :Welcome\n:s 422 alice :No MOTD");
    rig.sends(expect![[r#"
        AWAY :lunch
    "#]]);
    rig.server(":s 306 alice :x");
    rig.wants(Intent::Away { reason: None });
    rig.sends(expect![[r#"
        AWAY
    "#]]);
    rig.server(":s 305 alice :You are no longer marked as being away");
    assert_eq!(rig.model.network.as_ref().unwrap().away, None);
    rig.says(expect![[r#"
        away
        away
        back
    "#]]);
}

#[test]
fn another_name_is_had_when_the_server_gives_it() {
    let mut rig = Rig::online();
    rig.wants(Intent::ChangeNick { nick: "alicia".into() });
    rig.sends(expect![[r#"
        NICK alicia
    "#]]);
    rig.server(":s 433 alice alicia :In use");
    rig.says(expect![[r#"
        problem NickTaken alicia, perhaps alicia2
    "#]]);
    rig.reconnects();
    rig.sends(expect![[r#"
        CAP LS 302
        NICK alice
        USER alice 0 * :alice
    "#]]);
    rig.greet("", "");
    rig.wants(Intent::ChangeNick { nick: "alicia".into() });
    rig.server(":alice!a@host NICK alicia");
    rig.says(expect![[r#"
        now alicia
    "#]]);
    rig.reconnects();
    rig.sends(expect![[r#"
        CAP LS 302
        NICK alicia
        USER alicia 0 * :alicia
    "#]]);
    rig.wants(Intent::ChangeNick { nick: "a b".into() });
    rig.says(expect![[r#"
        problem NickCharacter(' ') a b, perhaps a_b
    "#]]);
}

#[test]
fn a_message_knows_the_account_of_its_author() {
    let mut rig = Rig::in_lobby("@09:01;account=Robert :bob!b@host PRIVMSG #lobby :earlier");
    rig.server(
        "@account=Robert :bob!b@host PRIVMSG #lobby :now
         :bob!b@host PRIVMSG #lobby :logged out
         @account= :bob!b@host PRIVMSG #lobby :empty",
    );
    let account = |rig: &Rig, text: &str| rig.said(rig.row("#lobby", text)).author.account.clone();
    assert_eq!(account(&rig, "earlier").as_deref(), Some("Robert"));
    assert_eq!(account(&rig, "now").as_deref(), Some("Robert"));
    assert_eq!((account(&rig, "logged out"), account(&rig, "empty")), (None, None));
    // The person's own message has it from the beginning, so that it looks the same when it is confirmed.
    rig.server(":s 900 alice alice!a@host Alicia :You are now logged in as Alicia");
    rig.writes("#lobby", "mine");
    assert_eq!(account(&rig, "mine").as_deref(), Some("Alicia"));
    let sent = rig.sent();
    let label = sent.strip_prefix("@label=").and_then(|sent| sent.split_once(' ')).unwrap().0;
    rig.server(&format!("@label={label};account=Alicia :alice!a@host PRIVMSG #lobby :mine"));
    let mine = rig.said(rig.row("#lobby", "mine"));
    assert_eq!((&mine.delivery, mine.author.account.as_deref()), (&Delivery::Done, Some("Alicia")));
    assert!(mine.author.own);
}
