//! Moderation of a channel: its settings, its lists and the ranks of its members; also who is away or a bot.

use std::{fmt::Write as _, sync::Arc};

use expect_test::{Expect, expect};
use parla_client::{
    Intent, ProblemKind,
    settings::{ListKind, MaskBy, Setting},
    view::Rank,
};

use super::support::{ALL, Rig};

const TOKENS: &str =
    "CASEMAPPING=ascii PREFIX=(qaohv)~&@%+ CHANMODES=beI,k,fl,CMRSimnstu MODES=4 EXTBAN=~,am BOT=B";

/// A person who has joined #lobby, on a server with all modes.
fn arrived() -> Rig {
    arrived_on(TOKENS)
}

fn arrived_on(tokens: &str) -> Rig {
    arrived_with(&format!("{ALL} sasl"), tokens)
}

fn arrived_with(capabilities: &str, tokens: &str) -> Rig {
    let mut rig = Rig::on_server(capabilities, tokens);
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.server(
        ":alice!a@host JOIN #lobby
         :s 353 alice = #lobby :@alice bob
         :s 366 alice #lobby :End",
    );
    rig
}

/// The settings on offer, with `-` before those that are off, and the lists.
fn settings(rig: &Rig) -> String {
    let settings = &rig.buffer("#lobby").settings;
    let mut shown = String::new();
    for (setting, value) in &settings.settings {
        let _ = match value.as_deref() {
            None => write!(shown, "-{setting:?} "),
            Some("") => write!(shown, "{setting:?} "),
            Some(value) => write!(shown, "{setting:?}={value} "),
        };
    }
    for list in &settings.lists {
        let _ = write!(shown, "\n{:?}{}", list.kind, if list.is_complete { ":" } else { "…" });
        for mask in &list.masks {
            let by = mask.by.as_deref().unwrap_or("?");
            let _ = write!(shown, " {:?} by {by} at {:?}", mask.whom, mask.at.map(|at| at.as_millis()));
        }
    }
    shown.push('\n');
    shown
}

fn is_set_up(rig: &Rig, expected: Expect) {
    expected.assert_eq(&settings(rig));
}

/// A setting that would lock everybody out is not offered; but one that is set can be removed.
#[test]
fn settings_about_accounts_are_for_servers_with_accounts() {
    let has = |rig: &Rig, name: &str| settings(rig).contains(name);
    let mut rig = arrived_with(ALL, TOKENS);
    rig.server(":s 324 alice #lobby +n");
    assert!(!has(&rig, "Accounts") && has(&rig, "NoOutsiders"), "{}", settings(&rig));
    rig.server(":bob!b@host MODE #lobby +R");
    assert!(has(&rig, " AccountsOnly") && !has(&rig, "AccountsSpeak"), "{}", settings(&rig));
    let buffer = rig.id("#lobby");
    rig.sent();
    rig.wants(Intent::Configure { buffer, settings: vec![(Setting::AccountsOnly, None)] });
    assert!(rig.sent().contains("MODE #lobby -R"));
    rig.server(":alice!a@host MODE #lobby -R\n:s 900 alice alice!a@host alice :You are now logged in");
    rig.server(":bob!b@host MODE #lobby +s");
    assert!(has(&rig, "-AccountsOnly") && has(&rig, "-AccountsSpeak"), "{}", settings(&rig));
}

#[test]
fn a_room_is_asked_how_it_is_and_where_its_people_are() {
    let mut rig = arrived();
    rig.sends(expect![[r#"
        JOIN #lobby
        @label=1 CHATHISTORY LATEST #lobby * 50
        MODE #lobby
    "#]]);
    assert!(!rig.buffer("#lobby").settings.is_known);
    rig.server(":s 324 alice #lobby +klf sesame 20 #other\n:s 329 alice #lobby 1");
    rig.sends(expect![[r#"
        WHO #lobby
    "#]]);
    rig.server(
        ":s 352 alice #lobby b bobs.host s bob GB :0 Bob
         :s 352 alice #lobby a host s alice H@ :0 Alice
         :s 315 alice #lobby :End",
    );
    assert_eq!(rig.members("#lobby"), "@alice, bob (away)");
    let members = &rig.buffer("#lobby").members.0;
    assert_eq!(members.iter().map(|member| member.bot).collect::<Vec<_>>(), [false, true]);
    assert_eq!(rig.buffer("#lobby").settings.ranks.len(), 5);
    is_set_up(
        &rig,
        expect![[r#"
            -InvitedOnly -AccountsOnly Key=sesame Limit=20 Forward=#other -VoicedSpeak -AccountsSpeak -NoOutsiders -PlainText -TopicLocked -Hidden 
            Bans…
            Mutes…
            Exceptions…
            Invited…
        "#]],
    );
}

#[test]
fn one_room_after_the_other_is_asked() {
    let mut rig = arrived();
    rig.server(":alice!a@host JOIN #tea\n:alice!a@host JOIN #chess\n:alice!a@host PART #chess");
    rig.sent();
    rig.server(":s 324 alice #lobby +nt\n:s 315 alice #lobby :End");
    rig.sends(expect![[r#"
        WHO #lobby
        MODE #tea
    "#]]);
    // An unanswered question is given up after a while, and a channel that was left is not asked about.
    rig.pass(std::time::Duration::from_secs(11));
    rig.sends(expect![[""]]);
    rig.server(":alice!a@host JOIN #chess");
    rig.sends(expect![[r#"
        MODE #chess
    "#]]);
}

#[test]
fn who_may_set_the_topic_is_known_at_once() {
    let mut rig = arrived();
    rig.server(":bob!b@host MODE #lobby -o alice");
    assert!(!rig.buffer("#lobby").rights.set_topic, "nobody has told yet");
    rig.server(":s 324 alice #lobby +n");
    assert!(rig.buffer("#lobby").rights.set_topic);
    rig.server(":bob!b@host MODE #lobby +t");
    assert!(!rig.buffer("#lobby").rights.set_topic);
    rig.server(":alice!a@host PART #lobby\n:alice!a@host JOIN #lobby");
    assert!(!rig.buffer("#lobby").rights.set_topic, "it may be another by now");
}

#[test]
fn what_changes_is_followed() {
    let mut rig = arrived();
    rig.server(
        ":s 324 alice #lobby +nt
         :bob!b@host MODE #lobby +iRk-t+m *
         :bob!b@host MODE #lobby +lv-i 30 bob
         :bob!b@host MODE #lobby -l+S",
    );
    is_set_up(
        &rig,
        expect![[r#"
            -InvitedOnly AccountsOnly Key=* -Limit -Forward VoicedSpeak -AccountsSpeak NoOutsiders PlainText -TopicLocked -Hidden 
            Bans…
            Mutes…
            Exceptions…
            Invited…
        "#]],
    );
}

#[test]
fn what_is_to_change_is_one_line() {
    let mut rig = arrived();
    rig.server(":s 324 alice #lobby +ntk sesame");
    rig.sent();
    let buffer = rig.id("#lobby");
    let on = || Some(Arc::from(""));
    let mut configure = |settings: &[(Setting, Option<Arc<str>>)]| {
        rig.wants(Intent::Configure { buffer, settings: settings.to_vec() });
        let sent = rig.sent();
        let without_label = |line: &str| match line.strip_prefix('@').and_then(|line| line.split_once(' ')) {
            Some((_, line)) => format!("{line}\n"),
            None => format!("{line}\n"),
        };
        sent.lines().map(without_label).collect::<String>()
    };
    let sent = configure(&[
        (Setting::InvitedOnly, on()),
        (Setting::TopicLocked, None),
        (Setting::NoOutsiders, on()),
        (Setting::Limit, Some("20".into())),
    ]);
    assert_eq!(sent, "MODE #lobby -t+il 20\n");
    assert_eq!(configure(&[(Setting::Key, None)]), "MODE #lobby -k sesame\n");
    assert_eq!(configure(&[(Setting::Key, Some("new".into()))]), "MODE #lobby +k new\n");
    assert_eq!(configure(&[(Setting::Limit, None)]), "", "nothing changes");
    assert_eq!(configure(&[(Setting::Forward, Some("#a".into()))]), "MODE #lobby +f #a\n");
    let all = [
        Setting::InvitedOnly,
        Setting::AccountsOnly,
        Setting::VoicedSpeak,
        Setting::Hidden,
        Setting::PlainText,
    ];
    let sent = configure(&all.map(|setting| (setting, on())));
    assert_eq!(sent, "MODE #lobby +iRms\nMODE #lobby +S\n", "four at once, says the server");
}

#[test]
fn what_a_server_does_not_have_is_neither_shown_nor_sent() {
    let mut rig = arrived_on("CHANMODES=b,k,l,imnpst PREFIX=(ov)@+");
    rig.sent();
    let buffer = rig.id("#lobby");
    is_set_up(
        &rig,
        expect![[r#"
            -InvitedOnly -Key -Limit -VoicedSpeak -NoOutsiders -TopicLocked -Hidden 
            Bans…
        "#]],
    );
    rig.wants(Intent::Configure { buffer, settings: vec![(Setting::PlainText, Some("".into()))] });
    rig.wants(Intent::SetRank { buffer, nick: "bob".into(), rank: Rank::HalfOperator, is_given: true });
    rig.wants(Intent::AddMask { buffer, list: ListKind::Mutes, who: "bob".into(), by: MaskBy::Nick });
    rig.sends(expect![[""]]);
}

#[test]
fn lists_are_asked_for_and_followed() {
    let mut rig = arrived();
    rig.server(":bob!b@host MODE #lobby +b early!*@*");
    rig.sent();
    let buffer = rig.id("#lobby");
    rig.wants(Intent::AskLists { buffer });
    rig.wants(Intent::AskLists { buffer });
    rig.sends(expect![[r#"
        MODE #lobby b
        MODE #lobby e
        MODE #lobby I
    "#]]);
    rig.server(
        ":s 367 alice #lobby early!*@* bob!b@host 1600000000
         :s 367 alice #lobby *!*@bad.host
         :s 367 alice #lobby ~m:loud!*@* bob 1600000001
         :s 367 alice #lobby ~a:spammer bob x
         :s 368 alice #lobby :End
         :s 348 alice #lobby carol!*@* bob 1600000002
         :s 482 alice #lobby :You may not see that
         @10:30 :bob!b@host MODE #lobby +bI dave!*@* *!*@*
         :bob!b@host MODE #lobby -b early!*@*",
    );
    is_set_up(
        &rig,
        expect![[r#"
            -InvitedOnly -AccountsOnly -Key -Limit -Forward -VoicedSpeak -AccountsSpeak -NoOutsiders -PlainText -TopicLocked -Hidden 
            Bans: Host("bad.host") by ? at None Account("spammer") by bob at None Nick("dave") by bob at Some(1767263400000)
            Mutes: Nick("loud") by bob at Some(1600000001000)
            Exceptions: Nick("carol") by bob at Some(1600000002000)
            Invited… Everyone by bob at Some(1767263400000)
        "#]],
    );
    rig.says(expect![[r#"
        show #lobby
    "#]]);
    rig.wants(Intent::RemoveMask { buffer, list: ListKind::Mutes, mask: "loud!*@*".into() });
    rig.wants(Intent::RemoveMask { buffer, list: ListKind::Bans, mask: "~a:spammer".into() });
    rig.sends(expect![[r#"
        @label=2 MODE #lobby -b ~m:loud!*@*
        @label=3 MODE #lobby -b ~a:spammer
    "#]]);
}

#[test]
fn people_are_kept_out_by_name_and_by_address() {
    let mut rig = arrived();
    rig.server(
        ":carol!c@carols.host JOIN #lobby
         :s 324 alice #lobby +nt
         :s 352 alice #lobby b 192.0.2.7 s bob H :0 Bob",
    );
    rig.sent();
    let buffer = rig.id("#lobby");
    for (who, by) in [
        ("bob", MaskBy::Nick),
        ("BOB", MaskBy::Host),
        (" carol ", MaskBy::Host),
        ("bad.example", MaskBy::Host),
        ("*!*@*.example", MaskBy::Nick),
        ("u@host", MaskBy::Host),
        ("~a:dave", MaskBy::Host),
        ("nobody", MaskBy::Host),
        ("two words", MaskBy::Nick),
        ("", MaskBy::Nick),
    ] {
        rig.wants(Intent::AddMask { buffer, list: ListKind::Bans, who: who.into(), by });
    }
    rig.wants(Intent::AddMask { buffer, list: ListKind::Mutes, who: "bob".into(), by: MaskBy::Host });
    rig.sends(expect![[r#"
        @label=2 MODE #lobby +b bob!*@*
        @label=3 MODE #lobby +b *!*@192.0.2.7
        @label=4 MODE #lobby +b *!*@carols.host
        @label=5 MODE #lobby +b *!*@bad.example
        @label=6 MODE #lobby +b *!*@*.example
        @label=7 MODE #lobby +b *!u@host
        @label=8 MODE #lobby +b ~a:dave
        @label=9 MODE #lobby +b ~m:*!*@192.0.2.7
    "#]]);
    rig.says(expect![[r#"
        show #lobby
        #lobby: problem NoSuchPerson nobody
        #lobby: problem NoSuchPerson two words
        #lobby: problem NoSuchPerson
    "#]]);
}

#[test]
fn mutes_of_another_family_have_a_list_of_their_own() {
    let mut rig = arrived_on("CHANMODES=eIbq,k,flj,CFLMPQScgimnprstuz EXTBAN=$,ajrxz");
    rig.sent();
    let buffer = rig.id("#lobby");
    rig.wants(Intent::AskLists { buffer });
    rig.wants(Intent::AddMask { buffer, list: ListKind::Mutes, who: "bob".into(), by: MaskBy::Nick });
    rig.sends(expect![[r#"
        MODE #lobby b
        MODE #lobby q
        MODE #lobby e
        MODE #lobby I
        @label=2 MODE #lobby +q bob!*@*
    "#]]);
    rig.server(":s 728 alice #lobby q $a:bob carol!c@host 1600000000\n:s 729 alice #lobby q :End");
    let list = &rig.buffer("#lobby").settings.lists[1];
    assert_eq!((list.kind, list.masks.len(), list.is_complete), (ListKind::Mutes, 1, true));
}

#[test]
fn ranks_are_given_and_taken() {
    let mut rig = arrived();
    rig.sent();
    let buffer = rig.id("#lobby");
    for (rank, is_given) in [(Rank::Operator, true), (Rank::Voice, false), (Rank::Founder, true)] {
        rig.wants(Intent::SetRank { buffer, nick: "bob".into(), rank, is_given });
    }
    rig.sends(expect![[r#"
        @label=2 MODE #lobby +o bob
        @label=3 MODE #lobby -v bob
        @label=4 MODE #lobby +q bob
    "#]]);
    rig.server(":alice!a@host MODE #lobby +ov bob bob");
    let bob = rig.buffer("#lobby").members.0[1].clone();
    assert!(bob.has(Rank::Operator) && bob.has(Rank::Voice) && !bob.has(Rank::HalfOperator));
    let rights = rig.buffer("#lobby").rights;
    assert!(
        rights.may_give(Rank::Operator) && rights.may_give(Rank::Voice) && !rights.may_give(Rank::Founder)
    );
    assert!(rights.may_remove(Rank::Operator) && !rights.may_remove(Rank::Founder));
    rig.server(":bob!b@host MODE #lobby -o+h alice alice");
    let rights = rig.buffer("#lobby").rights;
    assert!(rights.may_give(Rank::Voice) && !rights.may_give(Rank::HalfOperator));
    assert!(rights.may_remove(Rank::Member) && !rights.may_remove(Rank::HalfOperator));
}

#[test]
fn a_program_is_known_by_its_messages() {
    let mut rig = arrived();
    rig.server("@bot;10:01 :bob!b@host PRIVMSG #lobby :beep");
    assert!(rig.buffer("#lobby").members.0[1].bot);
    // After a change of nick it is still a bot.
    rig.server(":bob!b@host NICK robert");
    assert!(rig.buffer("#lobby").members.0[1].bot);
}

#[test]
fn that_the_other_is_away_is_known_in_a_conversation() {
    let mut rig = arrived();
    rig.wants(Intent::OpenDirect { nick: "bob".into() });
    let away = |rig: &Rig| rig.buffer("bob").away.as_deref().map(str::to_owned);
    assert_eq!(away(&rig), None);
    rig.server(":bob!b@host AWAY :\x02gone\x02 fishing");
    assert_eq!(away(&rig).as_deref(), Some("gone fishing"));
    rig.server(":bob!b@host PRIVMSG alice :no fish");
    assert_eq!(away(&rig).as_deref(), Some("gone fishing"));
    rig.server(":bob!b@host AWAY");
    assert_eq!(away(&rig), None);
    rig.server(":s 352 alice #lobby b host s bob G :0 Bob");
    assert_eq!(away(&rig).as_deref(), Some(""));
    rig.server(":s 301 alice bob :asleep");
    assert_eq!(away(&rig).as_deref(), Some("asleep"));
    rig.server(":s 352 alice #lobby b host s bob H :0 Bob");
    assert_eq!(away(&rig), None);
}

/// What somebody without a rank is told when the channel refuses their message, after these lines of the
/// server. The server's text must not matter to the client, so it is in another language.
fn silenced_after(lines: &str) -> String {
    let mut rig = arrived();
    rig.server(":s 324 alice #lobby +nt\n:op!o@host MODE #lobby -o alice");
    rig.server(lines);
    rig.writes("#lobby", "\u{2}hello\u{2}");
    rig.server(":s 404 alice #lobby :Das geht hier nicht (+x)");
    let rows = rig.rows("#lobby");
    let last = rows.lines().last().unwrap();
    last.rsplit_once("(failed: ").unwrap().1.trim_end_matches(')').to_owned()
}

#[test]
fn why_one_may_not_speak_is_seen_in_the_room_and_not_in_the_servers_words() {
    for (lines, expected) in [
        ("", "CannotSpeak"),
        (":op!o@host MODE #lobby +m", "VoiceNeeded"),
        (":s 324 alice #lobby +mnt", "VoiceNeeded"),
        (":op!o@host MODE #lobby +mv alice", "CannotSpeak"),
        (":op!o@host MODE #lobby +m\n:op!o@host MODE #lobby -m", "CannotSpeak"),
        (":op!o@host MODE #lobby +M", "AccountNeededToSpeak"),
        (":op!o@host MODE #lobby +M\n:s 900 alice alice!a@host alice :logged in", "CannotSpeak"),
        (":op!o@host MODE #lobby +c", "NotTaken"),
        (":op!o@host MODE #lobby +b *!*@host", "SilencedInRoom"),
        (":op!o@host MODE #lobby +b m:alice!*@*", "CannotSpeak"),
        (":op!o@host MODE #lobby +b ~m:alice!*@*", "SilencedInRoom"),
        (":op!o@host MODE #lobby +b bob!*@*", "CannotSpeak"),
        (":op!o@host MODE #lobby +e *!*@host", "CannotSpeak"),
        (":op!o@host MODE #lobby +b *!*@host\n:op!o@host MODE #lobby -b *!*@host", "CannotSpeak"),
    ] {
        assert_eq!(silenced_after(lines), expected, "{lines}");
    }
}

#[test]
fn what_else_is_refused_is_told_apart() {
    let mut rig = arrived();
    rig.server(
        ":s 404 alice #lobby :Cannot send to channel
         :s 481 alice :Permission denied
         :s 696 alice #lobby k * :Invalid key
         :s 478 alice #lobby b :Channel ban list is full
         :alice!a@host PART #lobby
         :s 404 alice #lobby :Cannot send to channel",
    );
    rig.says(expect![[r##"
        show #lobby
        #lobby: problem CannotSpeak #lobby
        problem NotServerOperator
        #lobby: problem BadSetting #lobby
        #lobby: problem ListFull #lobby
        #lobby: problem OutsideRoom #lobby
    "##]]);
}

#[test]
fn who_is_sent_on_is_told() {
    let mut rig = Rig::online();
    rig.wants(Intent::Join { room: "#full".into(), key: None });
    rig.server(":s 470 alice #full #other :Forwarding to another channel\n:alice!a@host JOIN #other");
    rig.says(expect![[r##"
        show #full
        #other: sent on from #full to #other
    "##]]);
    rig.lists(expect![[r#"
        #other present, more before
    "#]]);
}

#[test]
fn whoever_cannot_speak_knows_it_before_they_try() {
    let mut rig = Rig::online();
    rig.server(":s 005 alice CHANMODES=b,k,l,imMnst :are supported");
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.server(":alice!a@host JOIN #lobby\n:s 353 alice = #lobby :alice @op\n:s 366 alice #lobby :End");
    let silenced = |rig: &Rig| rig.buffer("#lobby").rights.silenced;
    // Nothing is said before the server has told the modes.
    assert_eq!(silenced(&rig), None);
    rig.server(":s 324 alice #lobby +mnt");
    assert_eq!(silenced(&rig), Some(ProblemKind::VoiceNeeded));
    rig.server(":op!o@host MODE #lobby +v alice");
    assert_eq!(silenced(&rig), None);
    rig.server(":op!o@host MODE #lobby -v alice");
    assert_eq!(silenced(&rig), Some(ProblemKind::VoiceNeeded));
    rig.server(":op!o@host MODE #lobby -m+M");
    assert_eq!(silenced(&rig), Some(ProblemKind::AccountNeededToSpeak));
    rig.server(":s 900 alice alice!a@host alice :You are now logged in");
    assert_eq!(silenced(&rig), None);
    rig.server(":s 901 alice alice!a@host :You are now logged out");
    assert_eq!(silenced(&rig), Some(ProblemKind::AccountNeededToSpeak));
    rig.server(":op!o@host MODE #lobby -M");
    assert_eq!(silenced(&rig), None);
    // There may be an exception from the ban.
    rig.server(":op!o@host MODE #lobby +b alice!*@*");
    assert_eq!(silenced(&rig), None);
    rig.server(":op!o@host MODE #lobby +m\n:op!o@host KICK #lobby alice");
    assert_eq!(silenced(&rig), None, "the bar below says that alice is not there");
}
