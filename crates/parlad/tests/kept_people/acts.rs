//! What people do at random, what an administrator does meanwhile, and people who are new.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering},
};

use super::{
    found::Reader,
    person::{Act, Facts, News, PASSWORD, Person, enters},
    support::{Client, Folder, daemon::parlad},
};

/// How many of each thing a person has at most.
const ROOMS_MAX: usize = 30;
const BANS_MAX: usize = 10;
const INVITATIONS_MAX: usize = 12;
const CERTIFICATES_MAX: usize = 8;

fn is(key: String, value: impl Into<String>) -> News {
    (key, Some(value.into()))
}

fn is_not(key: String) -> News {
    (key, None)
}

impl Person {
    /// What they do next.
    pub(crate) fn next_act(&mut self, round: u64) -> Act {
        self.count += 1;
        let rooms = self.all("owner ");
        let room = rooms[self.random.usize(..rooms.len())].clone();
        match self.random.u32(..100) {
            0..5 if rooms.len() < ROOMS_MAX => {
                let room = format!("#{}r{}", self.name, self.count);
                self.makes(&room)
            }
            5..15 => {
                let topic = format!("topic {}", self.count);
                Act::new(format!("TOPIC {room} :{topic}"), [is(format!("topic {room}"), topic)])
            }
            15..25 => self.bans(&room),
            25..35 => self.ranks(&room),
            35..55 => self.reads(&room),
            55..67 => self.describes(),
            67..70 => self.invites(&room),
            70..76 => self.moves(),
            76..80 => self.changes_modes(),
            _ => self.says(round),
        }
    }

    /// The names of all facts that begin like this, without that beginning.
    pub(crate) fn all(&self, beginning: &str) -> Vec<String> {
        self.facts.keys().filter_map(|key| key.strip_prefix(beginning)).map(str::to_owned).collect()
    }

    fn has(&self, key: &str) -> bool {
        self.facts.contains_key(key)
    }

    pub(crate) fn makes(&self, room: &str) -> Act {
        let name = &self.name;
        let news = [
            is(format!("in {room}"), ""),
            is(format!("owner {room}"), name),
            is(format!("rank {room} {name}"), "+o"),
        ];
        Act::new(format!("JOIN {room}"), news)
    }

    fn bans(&mut self, room: &str) -> Act {
        let bans = self.all(&format!("ban {room} "));
        if bans.len() < BANS_MAX && self.random.bool() || bans.is_empty() {
            let mask = format!("bad{}!*@*", self.count);
            return Act::new(format!("MODE {room} +b {mask}"), [is(format!("ban {room} {mask}"), "")]);
        }
        let mask = &bans[self.random.usize(..bans.len())];
        Act::new(format!("MODE {room} -b {mask}"), [is_not(format!("ban {room} {mask}"))])
    }

    fn ranks(&mut self, room: &str) -> Act {
        let key = format!("rank {room} p{}", self.other());
        let other = key.rsplit(' ').next().unwrap_or_default().to_owned();
        if self.has(&key) {
            return Act::new(format!("CS AMODE {room} - {other}"), [is_not(key)]);
        }
        let rank = ["+v", "+h", "+o"][self.random.usize(..3)];
        Act::new(format!("CS AMODE {room} {rank} {other}"), [is(key, rank)])
    }

    /// A marker only moves forward, and so does the number in it.
    fn reads(&mut self, room: &str) -> Act {
        let name = if self.random.bool() { room.to_owned() } else { format!("p{}", self.other()) };
        let (seconds, minutes) = (self.count % 60, self.count / 60);
        let (hours, minutes) = (minutes / 60, minutes % 60);
        let (days, hours) = (1 + hours / 24, hours % 24);
        let at = format!("timestamp=2026-01-{days:02}T{hours:02}:{minutes:02}:{seconds:02}.000Z");
        let mut act = Act::new(format!("MARKREAD {name} {at}"), [is(format!("read {name}"), at)]);
        act.for_both = true;
        act
    }

    fn describes(&mut self) -> Act {
        let key = format!("key{}", self.random.u32(..6));
        match self.random.u32(..10) {
            0 => {
                let values = self.all("value ");
                let gone = values.iter().map(|key| is_not(format!("value {key}")));
                Act::new("METADATA * CLEAR".to_owned(), gone)
            }
            1..3 => Act::new(format!("METADATA * SET {key}"), [is_not(format!("value {key}"))]),
            _ => {
                let value = format!("value {}", self.count);
                Act::new(format!("METADATA * SET {key} :{value}"), [is(format!("value {key}"), value)])
            }
        }
    }

    fn invites(&mut self, room: &str) -> Act {
        let invitations = self.all("invitation ");
        if invitations.len() < INVITATIONS_MAX {
            return Act::new(format!("INVITATION CREATE 1 7 {room}"), [is("invitation ?".to_owned(), room)]);
        }
        let id = &invitations[self.random.usize(..invitations.len())];
        Act::new(format!("INVITATION REVOKE {id}"), [is_not(format!("invitation {id}"))])
    }

    /// Goes to the home of somebody, or leaves it.
    fn moves(&mut self) -> Act {
        let home = Self::home(self.other());
        let key = format!("in {home}");
        if self.has(&key) {
            Act::new(format!("PART {home}"), [is_not(key)])
        } else {
            Act::new(format!("JOIN {home}"), [is(key, "")])
        }
    }

    fn changes_modes(&mut self) -> Act {
        let letter = ['B', 'i', 'w'][self.random.usize(..3)];
        let mut modes: BTreeSet<char> = self.facts["modes"].chars().collect();
        let sign = if modes.remove(&letter) { '-' } else { '+' };
        if sign == '+' {
            modes.insert(letter);
        }
        let modes: String = modes.into_iter().collect();
        Act::new(format!("MODE {} {sign}{letter}", self.name), [is("modes".to_owned(), modes)])
    }
}

/// People who create accounts, and leave.
#[derive(Default)]
pub(crate) struct Newcomers {
    /// Those who were told that they have one.
    pub(crate) names: Vec<String>,
    /// Somebody who was not told.
    doubt: Option<String>,
    /// How many were there before this round.
    before: usize,
}

impl Newcomers {
    /// Lets people come until the server is gone.
    pub(crate) fn come(&mut self, address: SocketAddr, round: u64) {
        self.before = self.names.len();
        for number in 0.. {
            let name = format!("new{round}x{number}");
            match registers(address, &name) {
                Some(()) => self.names.push(name),
                None => {
                    self.doubt = Some(name);
                    return;
                }
            }
        }
    }

    /// Checks that everybody who came in the last round, and some of those before, can sign in. Returns how many
    /// were not told that they have an account, and have none.
    pub(crate) fn settle(&mut self, address: SocketAddr, round: u64) -> usize {
        let mut random = fastrand::Rng::with_seed(round);
        let some = (0..self.before.min(3)).map(|_| random.usize(..self.before));
        let last = self.before..self.names.len();
        for number in some.chain(last) {
            enters(&mut Client::open(address), &self.names[number]);
        }
        let Some(name) = self.doubt.take() else { return 0 };
        let is_there = Client::open(address).sign_in(&name, PASSWORD) == "903";
        if is_there {
            self.names.push(name);
        }
        usize::from(!is_there)
    }
}

/// Creates an account; `None` if the server is gone before it says so.
fn registers(address: SocketAddr, name: &str) -> Option<()> {
    let mut client = Client::try_open(address)?;
    let lines =
        format!("CAP LS 302\r\nNICK {name}\r\nUSER {name} 0 * :{name}\r\nREGISTER * * {PASSWORD}\r\n");
    client.try_send(lines.as_bytes()).ok()?;
    loop {
        let line = client.line()?;
        assert!(!line.contains(" FAIL "), "{line}");
        if line.contains(" REGISTER SUCCESS ") {
            return Some(());
        }
    }
}

/// Whoever runs the server: gives people certificates, and takes them away.
pub(crate) struct Administrator {
    random: fastrand::Rng,
    /// Those that were added.
    facts: Facts,
    doubt: Option<News>,
    pub(crate) done: usize,
}

impl Administrator {
    pub(crate) fn new(seed: u64) -> Self {
        Self { random: fastrand::Rng::with_seed(seed), facts: Facts::new(), doubt: None, done: 0 }
    }

    /// Adds certificates and removes them, until the server is gone. What they ask for just then may be done without
    /// it.
    pub(crate) fn adds_certificates(&mut self, folder: &Folder, is_gone: &AtomicBool) {
        let config = folder.path().join("parlad.toml");
        let config = config.to_str().unwrap_or_default();
        while !is_gone.load(Ordering::Relaxed) {
            let name = format!("p{}", self.random.usize(..super::PEOPLE));
            let beginning = format!("certificate {name} ");
            let had: Vec<String> =
                self.facts.keys().filter_map(|key| key.strip_prefix(&beginning)).map(str::to_owned).collect();
            let (verb, fingerprint) = if had.len() >= CERTIFICATES_MAX {
                ("remove", had[self.random.usize(..had.len())].clone())
            } else {
                ("add", (0..32).map(|_| format!("{:02x}", self.random.u8(..))).collect())
            };
            let key = format!("{beginning}{fingerprint}");
            let news = if verb == "add" { is(key, "") } else { is_not(key) };
            let ended =
                parlad(&["account", "--config", config, "certificate", verb, &name, &fingerprint], "");
            if ended.code != Some(0) {
                assert!(!ended.stderr.contains("error:"), "{ended:?}");
                self.doubt = Some(news);
                return;
            }
            self.done += 1;
            match news {
                (key, Some(value)) => self.facts.insert(key, value),
                (key, None) => self.facts.remove(&key),
            };
        }
    }

    /// Checks that people have the certificates that they were given.
    pub(crate) fn settle(&mut self, address: SocketAddr, people: &[Person]) {
        let mut found = Facts::new();
        for person in people {
            let mut reader = Reader::enter(address, &person.name);
            let beginning = format!("certificate {}", person.name);
            found.extend(
                reader
                    .certificates()
                    .into_iter()
                    .map(|found| (format!("{beginning} {found}"), String::new())),
            );
        }
        let mut as_doubted = self.facts.clone();
        match self.doubt.take() {
            Some((key, Some(value))) => as_doubted.insert(key, value),
            Some((key, None)) => as_doubted.remove(&key),
            None => None,
        };
        assert!(found == self.facts || found == as_doubted, "{found:?} and not {:?}", self.facts);
        self.facts = found;
    }
}
