//! One tab shows what another one does.

use std::sync::Arc;

use parla_proto::{Timestamp, isupport::Token};

use super::*;
use crate::{
    buffer::Buffer,
    problem::{Problem, ProblemKind},
    room_modes::ReportedMask,
    session::Session,
    settings::ListKind,
    tabs::{Ids, Letter, Mirror, Recipients, TabId, TabMessage},
    text::Text,
    timeline::RowBoundary,
    view::{
        Alert, Announcement, Author, BufferEvent, BufferKind, Certificate, Content, Deleted, Delivery as Way,
        DirectoryRoom, Features, Gap, GapState, LinkState, Manner, MessageView, ModeChange, NetworkView,
        NickHolder, Person, Rank, Reaction, Reply, Row, RowId, Stage, WantedNick,
    },
};

const NETWORK: NetworkId = NetworkId(1);
const TAB: TabId = TabId(u64::MAX - 1);

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1_000)
}

fn said(id: u64, text: &str, delivery: Way) -> Row {
    let deleted = Deleted { by: "mod".into(), own: false, reason: Some(Text::parse("why")) };
    let author = Author {
        own: true,
        bot: true,
        account: Some("zoe".into()),
        called: Some("Zoë Z.".into()),
        ..Author::new("zoë")
    };
    let said = MessageView {
        mention: true,
        delivery,
        msgid: Some("m1".into()),
        audience: Some(crate::view::Audience::of('@')),
        reply: Some(Arc::new(Reply { to: "m0".into(), quoted: None })),
        reactions: [Reaction { text: "👍".into(), by: ["bob".into()].into(), own: false }].into(),
        deleted: Some(Arc::new(deleted)),
        ..MessageView::by(author, Manner::Action, Text::parse(text))
    };
    Row { id: RowId(id), at: at(id.cast_signed()), content: Content::Message(Arc::new(said)) }
}

fn problem() -> Arc<Problem> {
    Arc::new(Problem::new(ProblemKind::KeyNeeded, "#a", ":irc 475 \"x\""))
}

fn room(id: u32, name: &str, rows: u64) -> Buffer {
    let mut buffer = Buffer::new(BufferId(id), BufferKind::Room, name);
    assert!(buffer.enter(name, at(0)));
    for row in 1..=rows {
        buffer.timeline_mut().insert(said(row, &format!("line {row}"), Way::Done), None);
    }
    buffer
}

fn network() -> Update {
    Update::Network(NetworkView {
        id: NETWORK,
        name: "Example".into(),
        address: "chat.example.net".into(),
        nick: "zoë".into(),
        login: None,
        nick_wanted: Some(WantedNick { nick: "zoé".into(), holder: NickHolder::LostConnection }),
        away: Some("lunch".into()),
        link: LinkState::Waiting { until: at(9), attempt: 3, why: problem() },
        features: Features { history: true, private: false },
    })
}

/// The session of a server that has lists.
fn session() -> Session {
    let mut session = Session::default();
    session.support(&Token::parse("CHANMODES=beI,k,fl,imnst"));
    session
}

/// Gives a channel a key, a topic that everybody may set, and a ban.
fn set_up(buffer: &mut Buffer, session: &Session) {
    let modes = buffer.modes_mut();
    modes.begin_report();
    modes.apply('k', Some(Some("secret")));
    assert!(!modes.ask_lists(session).is_empty());
    modes.add_to_list(session, 'b', ReportedMask { mask: "bob!*@*", by: Some("zoë"), at: Some(at(7)) });
    modes.complete_list(session, 'b');
}

fn directory() -> Update {
    let view = DirectoryView {
        rooms: Directory(Arc::new(vec![DirectoryRoom {
            shown: "#a".into(),
            name: "#a".into(),
            people: 3,
            topic: "t".into(),
        }])),
        complete: true,
        cut: false,
        trouble: None,
    };
    Update::Directory(NETWORK, view)
}

fn certificate() -> Update {
    Update::Certificate(
        NETWORK,
        Arc::new(Certificate {
            names: vec!["chat.example.net".into()],
            issuer: Some("Example CA".into()),
            valid_from: at(1),
            valid_until: at(2),
            fingerprint: "AB:CD".into(),
            trusted: Some("12:34".into()),
        }),
    )
}

/// The message after its way through the browser, and its length.
fn carried(delivery: Delivery) -> (Delivery, usize) {
    let letter = Letter { build: "b".into(), from: TabId(1), to: Some(TAB) };
    let text = letter.write(&TabMessage::Told { delivery, due: Some(at(1)) }).unwrap();
    let (opened, body) = Letter::open(&text).unwrap();
    assert_eq!(opened, letter);
    match TabMessage::parse(body).unwrap() {
        TabMessage::Told { delivery, due } => {
            assert_eq!(due, Some(at(1)));
            (delivery, text.len())
        }
        other => panic!("{other:?}"),
    }
}

fn pull(mirror: &mut Mirror, replica: &mut Replica) -> (Option<Arrived>, usize) {
    let (delivery, bytes) = carried(mirror.deliver(at(0), TAB, replica.had()));
    (replica.apply(delivery), bytes)
}

/// Views count as equal only if they are the same allocation; this compares their content.
fn spelled(updates: &[Update]) -> String {
    format!("{updates:#?}")
}

#[test]
fn everything_is_the_same_in_the_other_tab() {
    let mut buffer = room(1, "#a", 120);
    let other = MessageView::new(Manner::Message, "bob", Text::parse("not read"));
    let rows = [
        Row { id: RowId(199), at: at(199), content: Content::Message(Arc::new(other)) },
        said(200, "\u{2}bold\u{2} https://example.net \u{3}4,5red", Way::Failed(problem())),
        Row {
            id: RowId(201),
            at: at(201),
            content: Content::Event(BufferEvent::ModeSet {
                by: "bob".into(),
                changes: vec![ModeChange::Rank { who: "zoë".into(), rank: Rank::Voice, is_given: true }]
                    .into(),
            }),
        },
        Row {
            id: RowId(202),
            at: at(202),
            content: Content::Gap(Gap { from: None, to: at(3), state: GapState::Loading }),
        },
        Row { id: RowId(203), at: at(203), content: Content::Server(Text::parse("hello")) },
    ];
    for row in rows {
        buffer.timeline_mut().insert(row, None);
    }
    buffer.timeline_mut().add_unconfirmed(said(300, "waits", Way::Queued));
    let session = session();
    buffer.members_mut().insert(&session, "Zoë", "@");
    buffer.read_to(RowBoundary::Behind(RowId(4)));
    set_up(&mut buffer, &session);
    let direct = Buffer::new(BufferId(2), BufferKind::Direct, "bob");
    let views = [
        network(),
        Update::Buffer(NETWORK, buffer.view(&session)),
        Update::Buffer(NETWORK, direct.view(&session)),
        directory(),
    ];
    let events = [
        Update::Person(
            NETWORK,
            Arc::new(Person { nick: "bob".into(), since: Some(at(1)), ..Person::default() }),
        ),
        Update::Announcement(NETWORK, Some(BufferId(1)), Announcement::Problem(problem())),
        Update::Show(NETWORK, BufferId(2)),
        Update::Alert(
            NETWORK,
            BufferId(1),
            Alert { from: "bob".into(), room: None, text: "hi".into(), row: RowId(1) },
        ),
        certificate(),
    ];
    let (mut mirror, mut replica) = (Mirror::default(), Replica::default());
    mirror.apply(&views);
    let (arrived, _) = pull(&mut mirror, &mut replica);
    let arrived = arrived.unwrap();
    assert!(arrived.is_whole);
    assert_eq!(spelled(&arrived.updates), spelled(&views));
    let there = view(arrived, BufferId(1));
    assert!(there.settings.is_known && there.settings.offers(ListKind::Bans));
    assert_eq!(there.settings.lists[0].masks.len(), 1, "what is compared has something in it");
    assert_eq!((there.unread, there.divider), (1, Some(RowId(199))));
    events.iter().for_each(|event| mirror.say(Recipients::One(TAB), event));
    mirror.say(Recipients::One(TabId(5)), &events[0]);
    let (arrived, _) = pull(&mut mirror, &mut replica);
    assert_eq!(spelled(&arrived.unwrap().updates), spelled(&events));
}

#[test]
fn only_what_is_new_travels() {
    let mut buffer = room(1, "#a", 20_000);
    let session = Session::default();
    for n in 0..500 {
        buffer.members_mut().insert(&session, &format!("member{n}"), "");
    }
    let (mut mirror, mut replica) = (Mirror::default(), Replica::default());
    mirror.apply(&[network(), Update::Buffer(NETWORK, buffer.view(&session))]);
    assert!(!mirror.call(at(0)), "there is nobody to be called");
    let (whole, bytes) = pull(&mut mirror, &mut replica);
    let before = view(whole.unwrap(), BufferId(1));
    assert!(bytes > 1_000_000, "{bytes}");

    buffer.timeline_mut().insert(said(20_001, "one more", Way::Done), None);
    mirror.apply(&[Update::Buffer(NETWORK, buffer.view(&session))]);
    assert!(mirror.call(at(0)) && !mirror.call(at(0)), "it is called once");
    let (new, bytes) = pull(&mut mirror, &mut replica);
    let after = view(new.unwrap(), BufferId(1));
    assert!(bytes < 30_000, "{bytes} bytes for one message among 20,000");
    let is_kept = |chunk: &&ChunkRef| before.timeline.chunks.contains(chunk);
    assert_eq!(after.timeline.chunks.iter().filter(is_kept).count(), before.timeline.chunks.len());
    assert_eq!(after.timeline.len, 20_001);
    assert_eq!((&after.members, &after.settings), (&before.members, &before.settings));

    let (nothing, bytes) = pull(&mut mirror, &mut replica);
    assert!(nothing.unwrap().updates.is_empty() && bytes < 300);
}

fn view(arrived: Arrived, id: BufferId) -> BufferView {
    let mut views = arrived.updates.into_iter().filter_map(|update| match update {
        Update::Buffer(_, view) if view.id == id => Some(view),
        _ => None,
    });
    views.next_back().unwrap()
}

#[test]
fn what_is_gone_is_gone_in_the_other_tab_too() {
    let session = session();
    let mut buffer = room(1, "#a", 10);
    let (mut mirror, mut replica) = (Mirror::default(), Replica::default());
    let rooms = Directory(Arc::new(Vec::new()));
    let directory =
        Update::Directory(NETWORK, DirectoryView { rooms, complete: true, cut: false, trouble: None });
    mirror.apply(&[network(), Update::Buffer(NETWORK, buffer.view(&session)), directory.clone()]);
    assert!(pull(&mut mirror, &mut replica).0.unwrap().is_whole);
    for gone in [Update::BufferClosed(NETWORK, BufferId(1)), Update::NetworkForgotten(NETWORK)] {
        mirror.apply(std::slice::from_ref(&gone));
        let arrived = pull(&mut mirror, &mut replica).0.unwrap();
        assert_eq!((arrived.is_whole, spelled(&arrived.updates)), (false, spelled(&[gone])));
        // If it comes back, nothing of it may count as known.
        buffer.timeline_mut().insert(said(20, "again", Way::Done), None);
        let again = [network(), Update::Buffer(NETWORK, buffer.view(&session)), directory.clone()];
        mirror.apply(&again);
        let arrived = pull(&mut mirror, &mut replica).0;
        let arrived = arrived.expect("it fits to what came before");
        assert_eq!((arrived.is_whole, spelled(&arrived.updates)), (false, spelled(&again)));
    }
}

#[test]
fn only_a_new_setting_travels_with_a_room() {
    let session = session();
    let mut buffer = room(1, "#a", 10);
    let (mut mirror, mut replica) = (Mirror::default(), Replica::default());
    mirror.apply(&[network(), Update::Buffer(NETWORK, buffer.view(&session))]);
    let before = view(pull(&mut mirror, &mut replica).0.unwrap(), BufferId(1));
    set_up(&mut buffer, &session);
    let now = buffer.view(&session);
    mirror.apply(&[Update::Buffer(NETWORK, now.clone())]);
    let after = view(pull(&mut mirror, &mut replica).0.unwrap(), BufferId(1));
    assert_eq!(format!("{:?}", after.settings), format!("{:?}", now.settings));
    assert_ne!(after.settings, before.settings);
    assert_eq!((&after.timeline, &after.members), (&before.timeline, &before.members));
}

#[test]
fn who_missed_something_gets_everything() {
    let session = Session::default();
    let buffer = room(1, "#a", 10);
    let (mut mirror, mut replica) = (Mirror::default(), Replica::default());
    mirror.apply(&[network(), Update::Buffer(NETWORK, buffer.view(&session))]);
    let (_, _) = pull(&mut mirror, &mut replica);
    for _ in 0..2 {
        mirror.apply(&[network()]);
        // It is lost on the way.
        drop(mirror.deliver(at(0), TAB, replica.had()));
    }
    let (arrived, _) = pull(&mut mirror, &mut replica);
    assert!(arrived.unwrap().is_whole);
    // A tab that was silent for long is forgotten, and is served when it comes back.
    assert!(!mirror.call(at(600)));
    assert_eq!(mirror.followers(), []);
    let (arrived, _) = pull(&mut mirror, &mut replica);
    assert!(arrived.unwrap().is_whole);
    // A delivery that does not follow is not accepted.
    let mut other = Replica::default();
    let (delivery, _) = carried(mirror.deliver(at(601), TAB, replica.had()));
    mirror.apply(&[network()]);
    drop(delivery);
    let (delivery, _) = carried(mirror.deliver(at(601), TAB, replica.had()));
    assert!(other.apply(delivery).is_none());
}

#[test]
fn what_is_done_comes_together_with_what_it_caused() {
    let show = Update::Show(NETWORK, BufferId(1));
    let (mut mirror, mut replica) = (Mirror::default(), Replica::default());
    mirror.apply(&[network()]);
    let told = |mirror: &mut Mirror, replica: &mut Replica| {
        let arrived = pull(mirror, replica).0.unwrap();
        let shows = arrived.updates.iter().filter(|update| matches!(update, Update::Show(..))).count();
        (arrived.is_whole, arrived.done, shows)
    };
    // The leader has not heard of the tab yet, or not for long; what the tab asked for must reach it
    // nevertheless.
    mirror.done(at(0), TAB, 3);
    mirror.say(Recipients::One(TAB), &show);
    assert!(mirror.call(at(0)));
    assert_eq!(told(&mut mirror, &mut replica), (true, Some(3), 1));
    assert_eq!(told(&mut mirror, &mut replica), (false, None, 0));
    // The tab asks a second time because the first answer is late. The second answer has the events in
    // between.
    mirror.apply(&[network()]);
    drop(mirror.deliver(at(1), TAB, replica.had()));
    mirror.say(Recipients::One(TAB), &show);
    mirror.done(at(1), TAB, 4);
    assert_eq!(told(&mut mirror, &mut replica), (true, Some(4), 1));
}

#[test]
fn a_conversation_stays_the_same_under_another_leader() {
    let session = Session::default();
    let view = |id, name: &str| Update::Buffer(NETWORK, room(id, name, 1).view(&session));
    let mut ids = Ids::default();
    let first = ids.whole(vec![network(), view(1, "#a"), view(2, "#b"), view(3, "#c")]);
    let shown = |updates: &[Update]| -> Vec<String> {
        let line = |update: &Update| match update {
            Update::Buffer(_, view) => format!("{} {}", view.name, view.id.0),
            Update::Conversations(_, ids) => format!("{ids:?}"),
            Update::Show(_, id) => format!("show {}", id.0),
            Update::NetworkForgotten(id) => format!("forgotten {}", id.0),
            other => format!("{other:?}").chars().take(7).collect(),
        };
        updates.iter().map(line).collect()
    };
    assert_eq!(shown(&first), ["Network", "#a 1", "#b 2", "#c 3", "[BufferId(1), BufferId(2), BufferId(3)]"]);
    let next = ids.whole(vec![
        Update::Show(NETWORK, BufferId(4)),
        network(),
        view(4, "#c"),
        view(1, "#b"),
        view(7, "#d"),
    ]);
    assert_eq!(
        shown(&next),
        ["Network", "#c 3", "#b 2", "#d 4", "[BufferId(2), BufferId(3), BufferId(4)]", "show 3"]
    );
    assert_eq!(ids.theirs(NETWORK, BufferId(3)), Some(BufferId(4)));
    assert_eq!(ids.theirs(NETWORK, BufferId(1)), None);
    // A channel that is renamed keeps its id.
    assert_eq!(shown(&ids.some(vec![view(7, "#e")])), ["#e 4"]);
    assert_eq!(shown(&ids.whole(Vec::new())), ["forgotten 1"]);
}

#[test]
fn every_state_of_a_connection_travels() {
    let states = [
        LinkState::Connecting(Stage::Securing),
        LinkState::Online,
        LinkState::Stopped { why: None, suggestion: Some("zoe".into()) },
    ];
    for link in states {
        let Update::Network(view) = network() else { unreachable!() };
        let update = Update::Network(NetworkView { link, ..view });
        let (mut mirror, mut replica) = (Mirror::default(), Replica::default());
        mirror.apply(std::slice::from_ref(&update));
        let (arrived, _) = pull(&mut mirror, &mut replica);
        assert_eq!(arrived.unwrap().updates, [update]);
    }
}
