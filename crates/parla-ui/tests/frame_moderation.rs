//! Moderation of a room: its settings, its lists, and the ranks of its members.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::sync::Arc;

use parla_client::{
    Intent,
    settings::{ListKind, ListedMask, MaskBy, MaskList, RoomSettings, Setting, Whom},
    view::{BufferId, BufferView, LinkState, Rank, Rights},
};
use parla_proto::Timestamp;
use parla_ui::{App, platform::ShellKind};
use support::{
    Fake,
    page::Page,
    sample::{linked, members, room, shown},
};

const BUFFER: BufferId = BufferId(1);

fn settings() -> RoomSettings {
    let mask = |mask: &str, whom, by: Option<&str>| ListedMask {
        mask: mask.into(),
        whom,
        by: by.map(Arc::from),
        at: by.map(|_| Timestamp::from_millis(1_700_000_000_000)),
    };
    let list = |kind, masks| MaskList { kind, masks, is_complete: true };
    RoomSettings {
        settings: vec![
            (Setting::InvitedOnly, None),
            (Setting::Key, Some("sesame".into())),
            (Setting::Limit, None),
            (Setting::VoicedSpeak, None),
            (Setting::TopicLocked, Some("".into())),
        ],
        is_known: true,
        lists: vec![
            list(
                ListKind::Bans,
                vec![
                    mask("bob!*@*", Whom::Nick("bob".into()), Some("carol")),
                    mask("*!*@bad.host", Whom::Host("bad.host".into()), None),
                ],
            ),
            list(ListKind::Mutes, vec![]),
        ],
        ranks: vec![Rank::Founder, Rank::Operator, Rank::Voice],
    }
}

fn tended(rank: Rank) -> BufferView {
    let mut view = room(1, "#lobby");
    view.members =
        members(&[(Rank::Founder, "olga"), (rank, "anna"), (Rank::Voice, "bob"), (Rank::Member, "carol")]);
    view.rights =
        Rights { set_topic: rank != Rank::Member, kick: rank != Rank::Member, rank, silenced: None };
    view.settings = Arc::new(settings());
    view
}

fn open_as(rank: Rank) -> Page {
    let mut page = Page::new(App, &Fake::new(ShellKind::Browser));
    page.apply(vec![linked(LinkState::Online), shown(tended(rank))]);
    page.fake.take_commands();
    page
}

fn opens_settings(page: &mut Page) {
    let button = page.one("#room-settings");
    page.click(button);
    assert_eq!(page.fake.take_intents(), [Intent::AskLists { buffer: BUFFER }]);
    assert_eq!(page.text("#dialog-focus"), "Settings of #lobby");
}

fn meets(page: &mut Page, nick: &str) {
    let row = page.one(&format!("#member-{nick}"));
    page.click(row);
    page.fake.take_commands();
}

fn buttons(page: &Page) -> Vec<String> {
    page.all("[role=dialog] .buttons button").into_iter().map(|node| page.text_of(node)).collect()
}

#[test]
fn only_what_was_changed_is_saved() {
    let mut page = open_as(Rank::Operator);
    opens_settings(&mut page);
    let labels: Vec<String> = page.all("fieldset label").into_iter().map(|node| page.text_of(node)).collect();
    let expected = [
        "Only people who were invited",
        "Only with this key",
        "At most this many people",
        "Only speakers and operators",
        "Only operators can set the topic",
    ];
    assert_eq!(labels, expected, "what the server does not have is not there");
    let of = |setting: Setting| format!("set-{}", setting as u8);
    let shown = |setting: Setting, attribute: &str| {
        page.attribute(page.one(&format!("#{}", of(setting))), attribute).unwrap_or_default()
    };
    assert_eq!(shown(Setting::Key, "initial_value"), "sesame");
    assert_eq!(shown(Setting::TopicLocked, "initial_checked"), "true");
    assert_eq!(shown(Setting::InvitedOnly, "initial_checked"), "false");
    let form = page.all("[role=dialog] form")[0];
    page.submit_with(
        form,
        &[(&of(Setting::Limit), " 20 "), (&of(Setting::Key), ""), (&of(Setting::TopicLocked), "on")],
    );
    let changed = vec![(Setting::Key, None), (Setting::Limit, Some("20".into()))];
    assert_eq!(page.fake.take_intents(), [Intent::Configure { buffer: BUFFER, settings: changed }]);
    assert!(!page.has("[role=dialog]"));

    opens_settings(&mut page);
    let form = page.all("[role=dialog] form")[0];
    page.submit_with(form, &[(&of(Setting::Key), "sesame"), (&of(Setting::TopicLocked), "on")]);
    assert!(page.fake.take_intents().is_empty(), "nothing has changed");
}

#[test]
fn who_may_not_change_it_reads_it() {
    let mut page = open_as(Rank::Member);
    opens_settings(&mut page);
    assert_eq!(
        page.text(".facts"),
        "Who may enterOnly with this key: sesameWho may writeEveryone.The roomOnly operators can set the topic"
    );
    assert!(!page.has("[role=dialog] input") && !page.has("[role=dialog] form"));
    let lines: Vec<String> = page.all(".masks li").into_iter().map(|node| page.text_of(node)).collect();
    assert_eq!(lines, ["bobby carol, 14 November 2023, 22:13", "Everyone from bad.host"]);
    assert!(!page.html().contains("Muted"), "an empty list says nothing to who cannot change it");
}

#[test]
fn lists_are_changed_in_words() {
    let mut page = open_as(Rank::Operator);
    opens_settings(&mut page);
    page.press("Remove from “Banned”: Everyone from bad.host");
    let removed = Intent::RemoveMask { buffer: BUFFER, list: ListKind::Bans, mask: "*!*@bad.host".into() };
    assert_eq!(page.fake.take_intents(), [removed]);
    let form = page.all("[role=dialog] form")[1];
    page.submit_with(form, &[("list", "0"), ("who", " carol "), ("by", "")]);
    let added =
        Intent::AddMask { buffer: BUFFER, list: ListKind::Bans, who: "carol".into(), by: MaskBy::Nick };
    assert_eq!(page.fake.take_intents(), [added]);
}

#[test]
fn ranks_are_given_by_who_may() {
    let mut page = open_as(Rank::Operator);
    meets(&mut page, "bob");
    assert_eq!(page.text(".person-rank"), "Speaker of #lobby");
    let expected =
        ["Message", "Invite to…", "Make operator", "No longer speaker", "Remove from room", "Ban…", "Mute…"];
    assert_eq!(buttons(&page), expected);
    page.press("Make operator");
    page.press("No longer speaker");
    let rank = |rank, is_given| Intent::SetRank { buffer: BUFFER, nick: "bob".into(), rank, is_given };
    assert_eq!(page.fake.take_intents(), [rank(Rank::Operator, true), rank(Rank::Voice, false)]);
    page.press("Close");
    meets(&mut page, "olga");
    assert_eq!(buttons(&page), ["Message", "Invite to…", "Make operator", "Make speaker"], "she is mightier");
    page.press("Close");
    meets(&mut page, "anna");
    assert_eq!(
        buttons(&page),
        ["Message", "Invite to…", "No longer operator", "Make speaker"],
        "that is oneself"
    );

    let mut page = open_as(Rank::Member);
    meets(&mut page, "bob");
    assert_eq!(buttons(&page), ["Message", "Invite to…"]);
}

#[test]
fn a_ban_can_send_out_too() {
    let mut page = open_as(Rank::Operator);
    meets(&mut page, "carol");
    page.press("Ban…");
    let form = page.one("[role=dialog] form");
    page.submit_with(form, &[("by", ""), ("kick", "on"), ("reason", "spam")]);
    let ban = Intent::AddMask { buffer: BUFFER, list: ListKind::Bans, who: "carol".into(), by: MaskBy::Nick };
    let kick = Intent::Kick { buffer: BUFFER, nick: "carol".into(), reason: "spam".into() };
    assert_eq!(page.fake.take_intents(), [ban, kick]);
    meets(&mut page, "carol");
    page.press("Mute…");
    assert!(!page.has("#kick-reason"));
    page.press("Mute in #lobby");
    let mute =
        Intent::AddMask { buffer: BUFFER, list: ListKind::Mutes, who: "carol".into(), by: MaskBy::Nick };
    assert_eq!(page.fake.take_intents(), [mute]);
}

#[test]
fn who_is_away_or_a_bot_is_marked() {
    let mut view = tended(Rank::Operator);
    let mut members = Vec::clone(&view.members.0);
    members[2].bot = true;
    members[3].away = true;
    view.members.0 = Arc::new(members);
    let mut page = Page::new(App, &Fake::new(ShellKind::Browser));
    page.apply(vec![linked(LinkState::Online), shown(view)]);
    let text = |page: &Page, id: &str| page.text(id);
    assert_eq!(text(&page, "#member-bob"), "bobbot");
    assert_eq!(text(&page, "#member-carol"), "carolaway");
    assert!(page.has("#member-olga svg") && page.has("#member-anna svg") && !page.has("#member-carol svg"));

    let mut talk = support::sample::conversation(2, parla_client::view::BufferKind::Direct, "carol");
    talk.away = Some("gone fishing".into());
    page.apply(vec![shown(talk.clone())]);
    let row = page.one("#room-1-2");
    page.click(row);
    assert_eq!(page.text(".header-away"), "Away: gone fishing");
    talk.away = Some("".into());
    page.apply(vec![shown(talk)]);
    assert_eq!(page.text(".header-away"), "Away");
}
