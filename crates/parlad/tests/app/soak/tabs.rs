//! Two or three tabs of one browser, in which somebody does random things for an hour. They are one person:
//! what one tab does is seen in all, and nothing is undone, lost or doubled, whichever tab is closed and
//! however often the connection breaks.
//!
//! Bob, who is in all rooms, sees the order in which the server has the messages. Direct messages are left
//! out: those of guests are not stored, so they are lost if a connection breaks while they are on their way.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use serde::Deserialize;
use tokio::time::sleep;

use super::{Steps, number, random};
use crate::{
    rig::{Browser, Faults, Key, Width, Window, visit},
    support::{Client, PATIENCE, client::ReceivedMessage},
};

/// Everybody joins the first room automatically, so nobody leaves it.
const ROOMS: [&str; 5] = ["#room", "#chess", "#garden", "#music", "#tea"];
const TABS_MAX: usize = 3;
/// At least how many of a room's newest messages a tab must show.
const SHOWN_MIN: usize = 20;
/// How often the test reports its progress.
const TELL_EVERY: Duration = Duration::from_secs(600);

/// What a tab shows, with the end of its conversation in view.
const LOOK: &str = "
    const log = document.getElementById('log');
    if (log) log.scrollTop = log.scrollHeight;
    const all = selector => [...document.querySelectorAll(selector)];
    const texts = selector => all(selector).map(thing => thing.textContent);
    const visible = all('.banner, .problem, .pending, [role=alert], #loading').filter(thing => thing.checkVisibility());
    return {
        room: document.querySelector('#room-name')?.textContent ?? '',
        rooms: texts('.room-link .room-name'),
        unread: texts('.room-row.unread .room-name'),
        rows: all('#log [data-row][data-nick]')
            .map(row => `${row.dataset.nick}: ${row.querySelector('.body').textContent}`),
        draft: document.querySelector('#composer')?.value ?? '',
        wrong: visible.map(thing => `${thing.className}: ${thing.innerText}`),
    };";

/// Somebody who reads that it is taking long presses the button.
const HURRY: &str = "
    const seconds = Number(document.querySelector('.banner')?.innerText.match(/again in (\\d+) s/)?.[1] ?? 0);
    const buttons = [...document.querySelectorAll('.banner button')];
    if (seconds > 2) buttons.find(button => button.innerText === 'Try now')?.click();";

#[derive(Debug, Deserialize)]
struct Look {
    room: String,
    rooms: Vec<String>,
    unread: Vec<String>,
    rows: Vec<String>,
    draft: String,
    /// Texts that a working page does not show once nothing is on its way.
    wrong: Vec<String>,
}

#[test]
#[ignore = "takes an hour; see CONTRIBUTING"]
fn tabs_stay_one_person() {
    let length = Duration::from_secs(60 * number("PARLA_SOAK_MINUTES", 60));
    let random = random();
    visit(async |browser| {
        let begin = Instant::now();
        let mut scene = Scene::begin(browser, random).await;
        let mut told = Duration::ZERO;
        while begin.elapsed() < length {
            scene.step().await;
            scene.holds().await;
            if begin.elapsed() >= told + TELL_EVERY {
                told += TELL_EVERY;
                println!("{} min, {}", told.as_secs() / 60, scene.steps);
            }
        }
        scene.reads_everything().await;
        let heard: usize = scene.heard.values().map(Vec::len).sum();
        println!("{}; {heard} messages, each once and in order", scene.steps);
    });
}

/// Whether the next step follows at once, while something may still be on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Nothing,
    Reload,
    Close,
    Break,
}

struct Scene {
    random: fastrand::Rng,
    faults: Faults,
    address: String,
    bob: Client,
    tabs: Vec<Window>,
    /// The rooms that alice is in, and how much had been said there before.
    joined: BTreeMap<&'static str, usize>,
    /// Alice's messages.
    said: BTreeMap<&'static str, Vec<String>>,
    /// Everybody's messages, as the server has them: `bob: hello`.
    heard: BTreeMap<&'static str, Vec<String>>,
    drafts: BTreeMap<&'static str, String>,
    steps: Steps,
}

impl Scene {
    async fn begin(browser: &Browser, random: fastrand::Rng) -> Self {
        let faults = Faults::start(browser.http(), |_| None);
        let mut bob = browser.person_with("bob", "echo-message");
        bob.send(&format!("JOIN {}", ROOMS.join(",")));
        bob.sync();
        let alice = browser.open_elsewhere(Width::Wide, faults.address()).await;
        // A connection that broke, or was abandoned while it was being made.
        alice.expects_in_console("WebSocket");
        alice.join_as("alice").await;
        let address = format!("http://{}/", faults.address());
        let (one, two) = alice.opens_tab(&address).await;
        let empty = || ROOMS.map(|room| (room, Vec::new())).into_iter().collect();
        let mut scene = Self {
            random,
            faults,
            address,
            bob,
            tabs: vec![one, two],
            joined: BTreeMap::from([(ROOMS[0], 0)]),
            said: empty(),
            heard: empty(),
            drafts: BTreeMap::new(),
            steps: Steps::default(),
        };
        scene.holds().await;
        scene
    }

    /// Performs a random step.
    async fn step(&mut self) {
        let tab = self.random.usize(..self.tabs.len());
        self.tabs[tab].comes_to_front().await;
        match self.random.u32(..20) {
            0 | 1 => self.join(tab).await,
            2 => self.leave(tab).await,
            3..=5 => self.enter(tab).await,
            6..=8 => self.write(tab).await,
            9..=12 => self.say(tab).await,
            13..=15 => self.bob_talks(),
            16 => self.go_on(tab, Then::Reload).await,
            17 => self.go_on(tab, Then::Close).await,
            18 => self.open(tab).await,
            _ => self.go_on(tab, Then::Break).await,
        }
    }

    async fn join(&mut self, tab: usize) {
        let others: Vec<_> = ROOMS.into_iter().filter(|room| !self.joined.contains_key(room)).collect();
        let Some(room) = self.random.choice(others) else { return };
        let from = self.room_in(tab).await;
        self.steps.take("join", &format!("{room} in tab {tab}, which shows {from}"));
        self.submit(tab, from, &format!("/join {room}")).await;
        self.tabs[tab].is_in(room).await;
        self.joined.insert(room, self.heard[room].len());
    }

    async fn leave(&mut self, tab: usize) {
        let rooms: Vec<_> = self.joined.keys().copied().filter(|room| *room != ROOMS[0]).collect();
        let Some(room) = self.random.choice(rooms) else { return };
        let from = self.room_in(tab).await;
        self.steps.take("leave", &format!("{room} in tab {tab}, which shows {from}"));
        self.submit(tab, from, &format!("/part {room}")).await;
        self.joined.remove(room);
    }

    async fn enter(&mut self, tab: usize) {
        let Some(room) = self.random.choice(self.joined.keys().copied().collect::<Vec<_>>()) else { return };
        self.steps.take("enter", &format!("{room} in tab {tab}"));
        self.tabs[tab].enter(room).await;
    }

    async fn write(&mut self, tab: usize) {
        let room = self.room_in(tab).await;
        let text = format!("draft {}", self.steps.count);
        self.steps.take("write", &format!("`{text}` in tab {tab}, in {room}"));
        self.tabs[tab].empties("#composer").await;
        self.tabs[tab].write(&text).await;
        self.drafts.insert(room, text);
        self.sometimes(tab).await;
    }

    async fn say(&mut self, tab: usize) {
        let room = self.room_in(tab).await;
        let text = format!("message {}", self.steps.count);
        self.steps.take("say", &format!("`{text}` in tab {tab}, in {room}"));
        self.submit(tab, room, &text).await;
        self.said.get_mut(room).unwrap().push(format!("alice: {text}"));
        self.sometimes(tab).await;
    }

    fn bob_talks(&mut self) {
        let room = ROOMS[self.random.usize(..ROOMS.len())];
        let text = format!("message {}", self.steps.count);
        self.steps.take("bob talks", &format!("`{text}` in {room}"));
        self.bob.send(&format!("PRIVMSG {room} :{text}"));
    }

    async fn open(&mut self, tab: usize) {
        if self.tabs.len() < TABS_MAX {
            self.steps.take("open", "another tab");
            let (_, new) = self.tabs[tab].opens_tab(&self.address).await;
            self.tabs.push(new);
        }
    }

    /// Decides at random whether the next step follows at once.
    async fn sometimes(&mut self, tab: usize) {
        let then = [Then::Nothing, Then::Nothing, Then::Nothing, Then::Reload, Then::Close, Then::Break];
        let then = then[self.random.usize(..then.len())];
        self.go_on(tab, then).await;
    }

    async fn go_on(&mut self, tab: usize, then: Then) {
        match then {
            Then::Reload => {
                self.steps.take("reload", &format!("tab {tab}"));
                self.tabs[tab].reload().await;
            }
            Then::Close if self.tabs.len() > 1 => {
                self.steps.take("close", &format!("tab {tab}"));
                let closed = self.tabs.remove(tab);
                closed.closes_for(&self.tabs[0]).await;
            }
            Then::Break => {
                self.steps.take("break", "the connection");
                self.faults.breaks_connections();
                if self.random.bool() {
                    self.bob_talks();
                }
            }
            Then::Nothing | Then::Close => {}
        }
    }

    /// Writes and sends a message in the room that the tab shows.
    async fn submit(&mut self, tab: usize, room: &'static str, text: &str) {
        self.tabs[tab].empties("#composer").await;
        self.tabs[tab].write(text).await;
        assert_eq!(self.tabs[tab].draft().await, text, "tab {tab} has something else than was typed");
        self.tabs[tab].hits(Key::Enter).await;
        self.drafts.remove(room);
    }

    async fn room_in(&self, tab: usize) -> &'static str {
        let shown = look(&self.tabs[tab]).await.room;
        ROOMS.into_iter().find(|room| *room == shown).unwrap()
    }

    /// Waits until everything is as it should be, outside and in each tab.
    async fn holds(&mut self) {
        self.is_heard().await;
        let mut read = BTreeSet::new();
        for number in 0..self.tabs.len() {
            let tab = &self.tabs[number];
            tab.comes_to_front().await;
            let begin = Instant::now();
            loop {
                let seen = look(tab).await;
                let Err(fault) = self.check(&seen, &read) else {
                    read.insert(seen.room);
                    break;
                };
                tab.run(HURRY, &[]).await;
                assert!(begin.elapsed() < PATIENCE, "tab {number}: {fault}; it shows {seen:#?}");
                sleep(Duration::from_millis(20)).await;
            }
        }
    }

    /// Waits until others have received each of alice's messages once and in order, and until alice is in the
    /// right rooms, once each.
    async fn is_heard(&mut self) {
        let begin = Instant::now();
        loop {
            let rooms = ROOMS.map(|room| (room, self.people(room)));
            let is_alone = |(room, people): &(&str, Vec<String>)| {
                let expected: &[&str] =
                    if self.joined.contains_key(room) { &["alice", "bob"] } else { &["bob"] };
                people == expected
            };
            let own = |room: &str| -> Vec<&String> {
                self.heard[room].iter().filter(|line| !line.starts_with("bob: ")).collect()
            };
            let is_heard = |room: &&str| own(room).into_iter().eq(&self.said[room]);
            if rooms.iter().all(is_alone) && ROOMS.iter().all(is_heard) {
                return;
            }
            self.tabs[0].run(HURRY, &[]).await;
            let wrong = ROOMS.into_iter().find(|room| !is_heard(room));
            assert!(
                begin.elapsed() < PATIENCE,
                "outside: {rooms:?}, alice should be in {:?}; said and heard: {:#?}",
                self.joined.keys(),
                wrong.map(|room| (room, &self.said[room], own(room)))
            );
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// The members of a room as bob sees them, who receives messages meanwhile.
    fn people(&mut self, room: &str) -> Vec<String> {
        self.bob.send(&format!("NAMES {room}"));
        let lines = self.bob.until(|line| line.contains(" 366 "));
        for heard in lines.iter().filter_map(|line| ReceivedMessage::parse(line)) {
            let room = self.heard.get_mut(&*heard.target).unwrap();
            room.push(format!("{}: {}", heard.sender, heard.text));
        }
        let is_coming =
            |line: &&String| [" JOIN ", " PART ", " QUIT "].iter().any(|word| line.contains(word));
        lines.iter().filter(is_coming).for_each(|line| self.steps.see(line));
        let names = lines.iter().filter(|line| line.contains(" 353 "));
        let names = names.filter_map(|line| line.rsplit(':').next()).flat_map(str::split_whitespace);
        let mut names: Vec<String> =
            names.map(|name| name.trim_start_matches(['~', '&', '@', '%', '+']).to_owned()).collect();
        names.sort();
        names
    }

    /// What is wrong in a tab. Messages that were `read` in another tab are not new in this one.
    fn check(&self, seen: &Look, read: &BTreeSet<String>) -> Result<(), String> {
        let room = self.joined.get_key_value(&*seen.room);
        let (room, before) = room.ok_or("it shows no room that alice is in")?;
        let heard = &self.heard[room];
        let new = heard.len() - before;
        let rooms: BTreeSet<&str> = seen.rooms.iter().map(|room| &**room).collect();
        let ensure = |holds: bool, fault: &str| if holds { Ok(()) } else { Err(fault.to_owned()) };
        ensure(seen.wrong.is_empty(), "it complains")?;
        ensure(
            seen.rooms.len() == rooms.len() && rooms.into_iter().eq(self.joined.keys().copied()),
            "other rooms",
        )?;
        ensure(heard.ends_with(&seen.rows), "other messages")?;
        ensure(seen.rows.len() >= new.min(SHOWN_MIN), "too few messages")?;
        ensure(seen.draft == self.drafts.get(room).map_or("", |draft| draft), "another draft")?;
        let is_new = |room: &String| seen.unread.contains(room);
        ensure(!read.iter().any(is_new) && !is_new(&seen.room), "what was read is new")
    }

    /// Reads each room from its end to its beginning.
    async fn reads_everything(&self) {
        let tab = &self.tabs[0];
        tab.comes_to_front().await;
        for room in self.joined.keys() {
            tab.enter(room).await;
            let shown = tab.reads_all().await;
            let read: BTreeSet<&String> = shown.iter().collect();
            let heard: BTreeSet<&String> = self.heard[room].iter().collect();
            assert_eq!(read, heard, "{room}");
            assert_eq!(shown.len(), heard.len(), "{room}: something stands there twice");
        }
    }
}

async fn look(tab: &Window) -> Look {
    serde_json::from_value(tab.run(LOOK, &[]).await).unwrap()
}
