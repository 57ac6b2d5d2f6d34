//! A connection that breaks at every possible point: what the person sends arrives exactly once, and nothing
//! that others send is lost.
//!
//! `SEED=7` plays one run of the random test again, `STEPS=100000` makes it longer.

use std::{env, time::Duration};

use parla_client::{
    ProblemKind,
    view::{BufferView, Content, Delivery},
};

use super::support::{ALL, Bend, Cut, Rig, World};

const LOBBY: &str = "#lobby";
/// Longer than any pause of the client and any timeout of the server.
const LONG: Duration = Duration::from_secs(400);

/// Who said what, as somebody sees it who was there from the beginning.
fn seen(view: &BufferView) -> Vec<(String, String)> {
    let said = view.timeline.rows().filter_map(|row| match &row.content {
        Content::Message(said) if said.delivery == Delivery::Done => Some(said),
        _ => None,
    });
    said.map(|said| (said.author.nick.to_string(), said.text.plain.to_string())).collect()
}

fn failed(rig: &Rig, name: &str) -> Vec<(String, ProblemKind)> {
    let rows = rig.model.find(name).into_iter().flat_map(|view| view.timeline.rows());
    let failed = rows.filter_map(|row| match &row.content {
        Content::Message(said) => match &said.delivery {
            Delivery::Failed(problem) => Some((said.text.plain.to_string(), problem.kind)),
            Delivery::Done => None,
            pending => panic!("{:?} is still {pending:?}", said.text.plain),
        },
        _ => None,
    });
    failed.collect()
}

fn texts<'a>(said: &'a [(String, String)], nicks: &[&str]) -> Vec<&'a str> {
    let by = said.iter().filter(|(nick, _)| {
        nicks.contains(&nick.trim_end_matches(|sign: char| sign == '_' || sign.is_ascii_digit()))
    });
    by.map(|(_, text)| &**text).collect()
}

/// Everything that alice and bob said must be stored once and in order, and both must see it that way.
fn check(world: &World, alice_said: &[&str], bob_said: &[&str], what: &str) {
    let kept = world.server.said(LOBBY);
    assert_eq!(texts(&kept, &["alice"]), alice_said, "{what}: kept of alice");
    assert_eq!(texts(&kept, &["bob"]), bob_said, "{what}: kept of bob");
    for wire in &world.wires {
        let rig = &wire.rig;
        assert_eq!(failed(rig, LOBBY), [], "{what}: failed for {}", rig.client_nick());
        assert_eq!(
            seen(rig.buffer(LOBBY)),
            kept,
            "{what}: seen by {}\n{}",
            rig.client_nick(),
            rig.rows(LOBBY)
        );
    }
}

impl Rig {
    fn client_nick(&self) -> String {
        self.model.network.as_ref().unwrap().nick.to_string()
    }
}

/// Wherever the program ends, what alice wrote before and after must be stored once and in order, and she
/// must see the end of it.
fn check_restarts(cuts: &[(usize, Cut)], what: &str) {
    let mut world = World::usual();
    let bob = world.add_to(LOBBY, "bob");
    let alice = world.add("alice");
    (world.wires[alice].restarts, world.wires[alice].cuts) = (true, cuts.iter().copied().collect());
    world.wires[alice].rig.input(parla_client::Input::Start);
    world.wants(alice, parla_client::Intent::Join { room: LOBBY.into(), key: None });
    let mut written = Vec::new();
    for round in 0..4 {
        for text in [format!("a{round}"), "same".to_owned(), "same".to_owned()] {
            world.says(alice, LOBBY, &text);
            written.push(text);
        }
        world.says(bob, LOBBY, &format!("b{round}"));
        world.settle();
        world.pass(Duration::from_millis(700));
    }
    world.pass(LONG);
    let kept = world.server.said(LOBBY);
    let rig = &world.wires[alice].rig;
    assert_eq!(texts(&kept, &["alice"]), written, "{what}\n{}", rig.rows(LOBBY));
    assert_eq!(texts(&kept, &["bob"]), ["b0", "b1", "b2", "b3"], "{what}");
    assert_eq!(failed(rig, LOBBY), [], "{what}");
    assert!(
        kept.ends_with(&seen(rig.buffer(LOBBY))),
        "{what}\n{}\n{kept:?}\n{:?}",
        rig.rows(LOBBY),
        seen(rig.buffer(LOBBY))
    );
    assert!(rig.records.keys().all(|key| !key.starts_with("out")), "{what}: {:?}", rig.records);
}

#[test]
fn nothing_is_lost_or_doubled_whenever_the_program_ends() {
    for how in Cut::ALL {
        for after in 0..60 {
            check_restarts(&[(after, how)], &format!("{how:?} after {after}"));
        }
    }
}

#[test]
fn nothing_is_lost_or_doubled_when_it_ends_again_and_again() {
    let seed = env::var("SEED").ok().map(|seed| seed.parse::<u64>().unwrap());
    let runs = env::var("STEPS").map_or(300, |steps| steps.parse().unwrap());
    for seed in seed.map_or(0..runs, |seed| seed..seed + 1) {
        let mut rng = fastrand::Rng::with_seed(seed);
        let cuts: Vec<_> =
            (0..rng.usize(2..7)).map(|_| (rng.usize(0..60), Cut::ALL[rng.usize(0..4)])).collect();
        check_restarts(&cuts, &format!("SEED={seed} {cuts:?}"));
    }
}

/// A day of alice and bob, with cuts of alice's wire. Returns the number of lines that passed after the last
/// cut.
fn day(cuts: &[(usize, Cut)]) -> (World, usize) {
    bent_day(World::usual(), cuts, |line| vec![line])
}

/// The same day, with the server's lines to alice changed by `bend`.
fn bent_day(mut world: World, cuts: &[(usize, Cut)], bend: Bend) -> (World, usize) {
    let bob = world.add_to(LOBBY, "bob");
    world.says(bob, LOBBY, "b1");
    let alice = world.add("alice");
    world.wires[alice].cuts.extend(cuts);
    world.wires[alice].bend = bend;
    world.wires[alice].rig.input(parla_client::Input::Start);
    world.wants(alice, parla_client::Intent::Join { room: LOBBY.into(), key: None });
    world.says(alice, LOBBY, "a1");
    world.settle();
    world.says(bob, LOBBY, "b2");
    world.says(alice, LOBBY, "a2");
    world.says(alice, LOBBY, "same");
    world.says(alice, LOBBY, "same");
    world.settle();
    world.pass(Duration::from_millis(700));
    world.says(bob, LOBBY, "b3");
    world.says(alice, LOBBY, "/me a3");
    world.settle();
    world.pass(Duration::from_secs(5));
    world.says(bob, LOBBY, "b4");
    world.says(alice, LOBBY, "a4");
    world.settle();
    let lines = world.wires[alice].lines;
    world.pass(LONG);
    (world, lines)
}

const ALICE: [&str; 6] = ["a1", "a2", "same", "same", "\u{1}ACTION a3\u{1}", "a4"];
const BOB: [&str; 4] = ["b1", "b2", "b3", "b4"];

fn check_day(world: &World, what: &str) {
    let kept = world.server.said(LOBBY);
    let alice = &world.wires[1].rig;
    assert_eq!(
        texts(&kept, &["alice"]),
        ALICE,
        "{what}: kept of alice, who was told {:?} and sees\n{}",
        alice.model.said,
        alice.rows(LOBBY)
    );
    assert_eq!(texts(&kept, &["bob"]), BOB, "{what}: kept of bob");
    let kept: Vec<_> = kept
        .into_iter()
        .map(|(nick, text)| (nick, text.replace("\u{1}ACTION ", "").replace('\u{1}', "")))
        .collect();
    for wire in &world.wires {
        let rig = &wire.rig;
        let who = rig.client_nick();
        assert_eq!(failed(rig, LOBBY), [], "{what}: failed for {who}\n{}", rig.rows(LOBBY));
        assert_eq!(seen(rig.buffer(LOBBY)), kept, "{what}: seen by {who}\n{}", rig.rows(LOBBY));
    }
}

#[test]
fn nothing_is_lost_or_doubled_wherever_the_wire_is_cut() {
    let (world, lines) = day(&[]);
    check_day(&world, "no cut");
    assert!(lines > 30, "{lines} lines");
    for how in Cut::ALL {
        for after in 0..=lines {
            let (world, _) = day(&[(after, how)]);
            check_day(&world, &format!("{how:?} after {after}"));
        }
    }
}

#[test]
fn nothing_is_lost_or_doubled_when_it_is_cut_again_and_again() {
    let seed = env::var("SEED").ok().map(|seed| seed.parse::<u64>().unwrap());
    let runs = env::var("STEPS").map_or(300, |steps| steps.parse().unwrap());
    for seed in seed.map_or(0..runs, |seed| seed..seed + 1) {
        let mut rng = fastrand::Rng::with_seed(seed);
        let cuts: Vec<_> =
            (0..rng.usize(2..7)).map(|_| (rng.usize(0..60), Cut::ALL[rng.usize(0..4)])).collect();
        let (world, _) = day(&cuts);
        check_day(&world, &format!("SEED={seed} {cuts:?}"));
    }
}

/// Removes a tag from a line.
fn without(tag: &str, line: Vec<u8>) -> Vec<Vec<u8>> {
    let line = String::from_utf8(line).unwrap();
    let Some((tags, rest)) = line.strip_prefix('@').and_then(|line| line.split_once(' ')) else {
        return vec![line.into_bytes()];
    };
    let tags: Vec<&str> = tags.split(';').filter(|it| !it.starts_with(tag)).collect();
    let tags = if tags.is_empty() { String::new() } else { format!("@{} ", tags.join(";")) };
    vec![format!("{tags}{rest}").into_bytes()]
}

#[test]
fn servers_without_ids_or_labels_or_that_say_all_twice_lose_and_double_nothing() {
    let bends: [Bend; 3] =
        [|line| without("msgid=", line), |line| without("label=", line), |line| vec![line.clone(), line]];
    // Without msgids, messages of the same moment have no order.
    let world = || {
        let mut world = World::usual();
        world.server.is_ticking = true;
        world
    };
    for bend in bends {
        let (talked, lines) = bent_day(world(), &[], bend);
        check_day(&talked, "no cut");
        for how in Cut::ALL {
            for after in (0..=lines).step_by(3) {
                let (talked, _) = bent_day(world(), &[(after, how)], bend);
                check_day(&talked, &format!("{how:?} after {after}"));
            }
        }
    }
}

/// Bob sends more than fits into a page while alice is away.
#[test]
fn a_long_absence_is_made_good_or_stated() {
    for (count, states_gap) in [(60, false), (150, false), (400, true)] {
        let mut world = World::usual();
        let alice = world.add_to(LOBBY, "alice");
        let bob = world.add_to(LOBBY, "bob");
        world.says(alice, LOBBY, "before");
        world.settle();
        world.wires[alice].is_dead = true;
        world.cut(alice, Cut::Everything);
        let said: Vec<String> = (0..count).map(|number| format!("b{number}")).collect();
        for text in &said {
            world.says(bob, LOBBY, text);
            world.pass(Duration::from_millis(600));
        }
        world.wires[alice].is_dead = false;
        world.pass(LONG);
        let rig = &world.wires[alice].rig;
        assert_eq!(rig.rows(LOBBY).contains("== gap"), states_gap, "{count}\n{}", rig.rows(LOBBY));
        while world.wires[alice].rig.rows(LOBBY).contains("== gap") {
            let rig = &world.wires[alice].rig;
            let (buffer, row) = (rig.id(LOBBY), rig.row(LOBBY, "== gap"));
            world.wants(alice, parla_client::Intent::LoadGap { buffer, row });
            world.settle();
        }
        let bobs: Vec<&str> = said.iter().map(String::as_str).collect();
        check(&world, &["before"], &bobs, &format!("{count} missed"));
    }
}

#[test]
fn a_server_that_starts_anew_keeps_what_it_had() {
    let mut world = World::usual();
    let alice = world.add_to(LOBBY, "alice");
    let bob = world.add_to(LOBBY, "bob");
    for round in ["1", "2", "3"] {
        world.says(alice, LOBBY, &format!("a{round}"));
        world.says(bob, LOBBY, &format!("b{round}"));
        world.server.restart();
        world.says(alice, LOBBY, &format!("a{round}'"));
        world.pass(LONG);
    }
    let kept = world.server.said(LOBBY);
    assert_eq!(texts(&kept, &["alice"]), ["a1", "a1'", "a2", "a2'", "a3", "a3'"]);
    for wire in &world.wires {
        assert_eq!(failed(&wire.rig, LOBBY), []);
        assert_eq!(seen(wire.rig.buffer(LOBBY)), kept);
    }
}

#[test]
fn without_history_the_person_is_told_that_it_may_be_lost() {
    let mut settings = parla_server::Settings::named("irc.example.org");
    settings.network.history = false;
    for how in Cut::ALL {
        for after in 0..12 {
            let mut world = World::new(settings.clone());
            let alice = world.add_to(LOBBY, "alice");
            let bob = world.add_to(LOBBY, "bob");
            world.wires[alice].lines = 0;
            world.wires[alice].cuts.push_back((after, how));
            for text in ["a1", "a2", "a3"] {
                world.says(alice, LOBBY, text);
            }
            world.settle();
            world.pass(LONG);
            let rig = &world.wires[alice].rig;
            let mut texts: Vec<String> = seen(rig.buffer(LOBBY)).into_iter().map(|(_, text)| text).collect();
            for (text, why) in failed(rig, LOBBY) {
                assert_eq!(why, ProblemKind::MaybeLost);
                texts.push(text);
            }
            texts.sort_unstable();
            assert_eq!(texts, ["a1", "a2", "a3"], "{how:?} after {after}");
            let heard = seen(world.wires[bob].rig.buffer(LOBBY));
            for text in texts {
                assert!(heard.iter().filter(|(_, heard)| *heard == text).count() <= 1, "{text} came twice");
            }
        }
    }
}

#[test]
fn of_a_direct_message_the_person_is_told_that_it_may_be_lost() {
    for how in Cut::ALL {
        for after in 0..8 {
            let mut world = World::usual();
            let alice = world.add_to(LOBBY, "alice");
            let bob = world.add_to(LOBBY, "bob");
            world.wires[alice].lines = 0;
            world.wires[alice].cuts.push_back((after, how));
            world.says(alice, LOBBY, "/msg bob d1");
            world.says(alice, "bob", "d2");
            world.settle();
            world.pass(LONG);
            let heard: Vec<(String, String)> =
                world.wires[bob].rig.model.find("alice").map(seen).unwrap_or_default();
            let rig = &world.wires[alice].rig;
            let failed = failed(rig, "bob");
            for text in ["d1", "d2"] {
                let shown = seen(rig.buffer("bob")).iter().filter(|(_, shown)| shown == text).count();
                let lost = failed.iter().filter(|(lost, why)| lost == text && *why == ProblemKind::MaybeLost);
                assert_eq!(shown + lost.count(), 1, "{how:?} after {after}: {text}");
                let arrived = heard.iter().filter(|(_, heard)| heard == text).count();
                assert!(arrived <= 1 && arrived >= shown, "{how:?} after {after}: {text}");
            }
        }
    }
}

#[test]
fn lines_that_come_twice_count_once() {
    let mut world = World::usual();
    let alice = world.add("alice");
    world.wires[alice].bend = |line| vec![line.clone(), line];
    world.wires[alice].rig.input(parla_client::Input::Start);
    world.wants(alice, parla_client::Intent::Join { room: LOBBY.into(), key: None });
    let bob = world.add_to(LOBBY, "bob");
    for text in ["same", "same", "a3"] {
        world.says(alice, LOBBY, text);
    }
    world.says(bob, LOBBY, "b1");
    world.settle();
    world.pass(LONG);
    check(&world, &["same", "same", "a3"], &["b1"], "doubled");
}

#[test]
fn a_dead_server_is_not_stormed() {
    let mut world = World::usual();
    let alice = world.add_to(LOBBY, "alice");
    world.wires[alice].is_dead = true;
    world.cut(alice, Cut::Everything);
    world.wires[alice].connects = 0;
    world.pass(Duration::from_secs(3600));
    let connects = world.wires[alice].connects;
    assert!((60..=130).contains(&connects), "{connects} attempts in an hour");
}

#[test]
fn a_server_that_takes_everyone_in_and_throws_him_out_is_not_stormed() {
    let mut rig = Rig::new();
    rig.connect();
    let mut connects = 0;
    let until = rig.now + Duration::from_secs(3600);
    while rig.now < until {
        rig.input(parla_client::Input::Opened);
        rig.greet(ALL, "CHATHISTORY=100");
        rig.server("ERROR :Closing link");
        rig.breaks();
        rig.sent();
        let next = rig.client.next_deadline().unwrap();
        rig.pass(next.since(rig.now));
        connects += rig.sent().matches("(connect)").count();
    }
    assert!((60..=130).contains(&connects), "{connects} attempts in an hour");
}
