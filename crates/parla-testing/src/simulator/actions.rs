//! What the simulated clients send: mostly what people send, and sometimes what nobody should.

use std::collections::{BTreeMap, VecDeque};

use parla_proto::{Capabilities, Timestamp, command};

use parla_server::ConnectionId;

use super::{client::Client, phrases::phrase, rng::Rng, store::Store, world::PASSWORD};

/// Rooms in different spellings; the last ones are not valid names.
const ROOMS: &[&str] = &[
    "#rust",
    "#Rust",
    "#RUST",
    "#a",
    "#A",
    "#b[]",
    "#B{}",
    "#caf\u{e9}",
    "#room:with:colons",
    "#rust",
    "#a",
    "#abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-abcdefghi",
    "#",
    "&local",
    "#bell\u{7}",
    "##",
    "",
];

/// Nicks in different spellings; the last ones are not valid.
const NICKS: &[&str] = &[
    "alice",
    "Alice",
    "bob",
    "BOB",
    "carol",
    "dave",
    "erin",
    "frank",
    "grace",
    "heidi",
    "ivan[x]",
    "ivan{x}",
    "judy^",
    "judy~",
    "a-nick-of-thirty-two-bytes-12345",
    "x|y\\z`",
    "_",
    "1digit",
    "#rust",
    "*",
    "",
    "nobody",
    "\u{e9}ve",
];

const TEXTS: &[&str] = &[
    "hello",
    "how are you?",
    ":-)",
    "\u{1}ACTION waves\u{1}",
    "\u{2}bold\u{f} and \u{3}04red",
    "na\u{ef}ve caf\u{e9} \u{1f600}",
    " ",
    "  two spaces",
    "@time=x :fake!a@b PRIVMSG #a :x",
    "",
];

/// The capabilities that clients may request: all but those that would deprive the checkers of the lists of
/// members.
pub(crate) const fn wanted() -> Capabilities {
    Capabilities::all_at_once().difference(Capabilities::NO_IMPLICIT_NAMES)
}

/// Generates lines. It counts the texts that it has made, so that no two are the same.
#[derive(Debug, Default)]
pub(crate) struct Actions {
    texts: u64,
    labels: u64,
    /// The remaining lines of batches that clients have opened.
    unsent: BTreeMap<ConnectionId, VecDeque<String>>,
}

/// Whether a line must be one that people would send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manners {
    Good,
    Bad,
}

impl Actions {
    /// The lines with which a client registers, in one of the usual orders.
    pub(crate) fn registration(rng: &mut Rng) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        let capabilities = if rng.percent(30) {
            wanted()
        } else if rng.percent(15) {
            Capabilities::empty()
        } else {
            Capabilities::from_bits_truncate(rng.bits() | rng.bits()) & wanted()
        };
        // No client has both versions of METADATA; some have the older one.
        let older = capabilities.contains(Capabilities::METADATA) && rng.percent(40);
        let capabilities = if older {
            (capabilities - Capabilities::METADATA) | Capabilities::METADATA_2
        } else {
            capabilities
        };
        if rng.percent(80) {
            lines.push(format!("PASS {}", if rng.percent(90) { PASSWORD } else { "wrong" }));
        }
        let negotiates = !capabilities.is_empty();
        if negotiates {
            lines.push(rng.word(&["CAP LS 302", "CAP LS", "CAP LS 301"]).to_owned());
        }
        let nick = format!("NICK {}", nick(rng, Manners::Good));
        let user = format!(
            "USER {} 0 * :{}",
            rng.word(&["u", "~user", "averyveryverylongusername", "\u{e9}"]),
            rng.word(&["Real Name", "x", ":)"])
        );
        lines.extend(if rng.percent(50) { [nick, user] } else { [user, nick] });
        if negotiates {
            let names: Vec<&str> = capabilities.names().collect();
            lines.push(format!("CAP REQ :{}", names.join(" ")));
            lines.push(rng.word(&["CAP END", "CAP END", "@label=end CAP END"]).to_owned());
        }
        lines.into_iter().map(String::into_bytes).collect()
    }

    /// The next attempt of a client whose registration was refused.
    pub(crate) fn another_nick(rng: &mut Rng) -> Vec<u8> {
        format!("NICK {}", nick(rng, Manners::Good)).into_bytes()
    }

    /// A random line of a client.
    pub(crate) fn line(&mut self, rng: &mut Rng, client: &Client, store: &Store) -> Vec<u8> {
        if rng.once_in(40) {
            return garbage(rng);
        }
        if rng.percent(80)
            && let Some(line) = self.unsent.get_mut(&client.connection).and_then(VecDeque::pop_front)
        {
            return line.into_bytes();
        }
        let manners = if rng.percent(8) { Manners::Bad } else { Manners::Good };
        let mut tags = Vec::new();
        if rng.percent(35) {
            self.labels += 1;
            tags.push(format!("label=l{}", self.labels));
        }
        if rng.percent(10) {
            tags.push(tag(rng, store, manners));
        }
        let body = self.body(rng, client, store, manners);
        let tags = if tags.is_empty() { String::new() } else { format!("@{} ", tags.join(";")) };
        let mut line = format!("{tags}{body}").replace(['\n', '\r'], " ").into_bytes();
        if manners == Manners::Bad && rng.once_in(8) {
            let at = rng.below(line.len());
            let bytes = rng.bytes(4);
            line.splice(at..at, bytes);
        }
        line
    }

    fn body(&mut self, rng: &mut Rng, client: &Client, store: &Store, manners: Manners) -> String {
        if rng.percent(15) {
            return phrase(rng, store, |rng, what| match what {
                "room" => room(rng, client, manners),
                "nick" => nick(rng, manners),
                _ => self.text(rng, manners),
            });
        }
        let (room, other) = (room(rng, client, manners), nick(rng, manners));
        match rng.below(100) {
            0..12 => format!("JOIN {}{}", rooms(rng, manners), rng.word(&["", "", "", " key", " key,key"])),
            12..45 => self.said(rng, client, manners),
            46..50 => format!("TAGMSG {room}"),
            50..55 => format!("PART {room} :{}", self.text(rng, manners)),
            55..58 => format!("NICK {other}"),
            58..65 => mode(rng, &room, &other, manners),
            65..69 => format!(
                "TOPIC {room}{}",
                if rng.percent(75) { format!(" :{}", self.text(rng, manners)) } else { String::new() }
            ),
            69..71 => format!("KICK {room} {other} :{}", self.text(rng, manners)),
            71..72 => format!("KICK {room},{room} {other},{}", nick(rng, manners)),
            72..75 if rng.percent(15) => "INVITE".to_owned(),
            72..75 => format!("INVITE {other} {room}"),
            75..78 => rng.word(&["AWAY", "AWAY :gone", "AWAY :"]).to_owned(),
            78..80 => format!(
                "WHO {}",
                if rng.percent(50) { room } else { rng.word(&["*", "a*", "nobody"]).to_owned() }
            ),
            80..84 => format!("NAMES {}", rooms(rng, manners)),
            84..86 => format!("LIST{}", rng.word(&["", " #rust", " #rust,#a", " >1"])),
            86..88 => format!("WHOIS {other}"),
            88..95 => history(rng, client, store, &room),
            95..96 if rng.percent(30) => "JOIN 0".to_owned(),
            96..97 if rng.percent(50) => format!("QUIT :{}", self.text(rng, manners)),
            97..98 => capabilities(rng),
            98..99 => rng
                .word(&[
                    "LUSERS",
                    "MOTD",
                    "VERSION",
                    "PONG x",
                    "ERROR :x",
                    "USER a b c d",
                    "PASS x",
                    "FROB",
                    "CAP END",
                    "CAP LIST",
                ])
                .to_owned(),
            45 if rng.percent(50) => self.lines(rng, client, manners),
            96 if rng.percent(60) => redact(rng, store, &room, &other),
            99 if rng.percent(50) => markread(rng, store, &room),
            _ => format!("PING {}", self.text(rng, manners).replace(' ', "_")),
        }
    }

    fn said(&mut self, rng: &mut Rng, client: &Client, manners: Manners) -> String {
        let command = rng.word(&["PRIVMSG", "PRIVMSG", "PRIVMSG", "NOTICE", "privmsg"]);
        let signs = rng.word(&["", "", "", "", "", "", "@", "+", "~", "%@"]);
        let target = if rng.percent(75) {
            format!("{signs}{}", room(rng, client, manners))
        } else {
            nick(rng, manners)
        };
        let second = if rng.percent(10) { format!(",{}", nick(rng, manners)) } else { String::new() };
        let third = if rng.percent(10) { format!(",{}", room(rng, client, manners)) } else { String::new() };
        format!("{command} {target}{second}{third} :{}", self.text(rng, manners))
    }

    /// Opens a batch; its lines and its end follow later.
    fn lines(&mut self, rng: &mut Rng, client: &Client, manners: Manners) -> String {
        let command = rng.word(&["PRIVMSG", "PRIVMSG", "NOTICE", "privmsg"]);
        let target = if rng.percent(75) { room(rng, client, manners) } else { nick(rng, manners) };
        let mut unsent = VecDeque::new();
        let most = if rng.once_in(10) { 40 } else { 5 };
        for _ in 0..rng.below(most) {
            let text = if rng.once_in(6) { String::new() } else { self.text(rng, manners) };
            let concat = if rng.once_in(4) { ";draft/multiline-concat" } else { "" };
            unsent.push_back(format!("@batch=r{concat} {command} {target} :{text}"));
        }
        unsent.push_back("BATCH -r".to_owned());
        self.unsent.insert(client.connection, unsent);
        format!("BATCH +r draft/multiline {target}")
    }

    /// A short text that has never been said before.
    pub(crate) fn new_text(&mut self) -> String {
        self.texts += 1;
        format!("w{}", self.texts)
    }

    /// A text that has never been said before.
    fn text(&mut self, rng: &mut Rng, manners: Manners) -> String {
        self.texts += 1;
        let filler = if manners == Manners::Bad || rng.once_in(20) { rng.below(520) } else { 0 };
        let filler = rng.word(&["x", "\u{e9}", "x "]).repeat(filler / 2);
        format!("{} {filler}w{}", rng.word(TEXTS), self.texts)
    }
}

fn room(rng: &mut Rng, client: &Client, manners: Manners) -> String {
    let own: Vec<&String> = client.rooms.keys().collect();
    match rng.pick(&own) {
        Some(own) if rng.percent(80) => (*own).clone(),
        _ if manners == Manners::Bad && rng.once_in(5) => format!("#{}", "y".repeat(rng.below(500))),
        _ => rng.word(ROOMS).to_owned(),
    }
}

fn rooms(rng: &mut Rng, manners: Manners) -> String {
    let most = if manners == Manners::Bad { 30 } else { 3 };
    let count = 1 + rng.below(most);
    (0..count).map(|_| rng.word(ROOMS)).collect::<Vec<_>>().join(",")
}

fn nick(rng: &mut Rng, manners: Manners) -> String {
    if manners == Manners::Bad && rng.once_in(5) {
        "z".repeat(rng.below(500))
    } else {
        rng.word(NICKS).to_owned()
    }
}

fn tag(rng: &mut Rng, store: &Store, manners: Manners) -> String {
    let newest = store.nth(store.len().saturating_sub(1));
    let newest = newest.map_or_else(|| "m1".to_owned(), |spoken| store.ids.encode(spoken.seq).to_string());
    let most = if manners == Manners::Bad { 4100 } else { 20 };
    match rng.below(6) {
        0 => "+typing=active".to_owned(),
        1 => format!("+draft/reply={newest};+draft/react={}", "v".repeat(rng.below(most))),
        2 => "msgid=forged;time=2020-01-01T00:00:00.000Z;account=root".to_owned(),
        3 => format!("label={}", "L".repeat(rng.below(80))),
        4 => "+a=1;+a=2;+=;;+b\\:=\\s\\".to_owned(),
        _ => "batch=b1".to_owned(),
    }
}

fn mode(rng: &mut Rng, room: &str, nick: &str, manners: Manners) -> String {
    let modes = match rng.below(16) {
        12 => rng.word(&["+h", "-h", "+v", "+oh"]),
        13 => rng.word(&["+a", "-a", "+q", "-q"]),
        14 => {
            return format!(
                "MODE {room} {}",
                rng.word(&[
                    "e",
                    "+I",
                    "+e m:bob",
                    "-e m:bob",
                    "+I *",
                    "-I *",
                    "+b m:!a:*",
                    "-b m:!a:*",
                    "+b a:",
                    "+eI x"
                ])
            );
        }
        15 => {
            return format!(
                "MODE {room} {}",
                rng.word(&[
                    "+C", "-C", "+R", "-R", "+M", "-M", "+S", "-S", "+f #a", "+f #rust", "-f", "-CRMS"
                ])
            );
        }
        0 => "+o",
        1 => "-o",
        2 => "+v",
        3 => "-v",
        4 => return format!("MODE {room}"),
        5 => {
            return format!(
                "MODE {room} {}",
                rng.word(&["+b", "-b", "+b *!*@10.0.0.1", "-b *!*@10.0.0.1", "+b bob", "-b bob"])
            );
        }
        6 => {
            return format!(
                "MODE {room} {}",
                rng.word(&["+i", "-i", "+m", "-m", "+n", "-n", "+s", "-s", "+t", "-t", "-ims"])
            );
        }
        7 => {
            return format!(
                "MODE {room} {}",
                rng.word(&["+k key", "-k key", "+l 3", "-l", "+l 0", "+lk 99 key", "-lk"])
            );
        }
        8 => return format!("MODE {nick} {}", rng.word(&["", "+i", "-i", "+x"])),
        9 if manners == Manners::Bad => {
            let masks: Vec<String> =
                (0..12).map(|mask| format!("m{mask}{}!*@*", "n".repeat(rng.below(30)))).collect();
            return format!("MODE {room} +{} {}", "b".repeat(masks.len()), masks.join(" "));
        }
        9 => return format!("MODE {room} +ov-v+b {nick} {nick} {nick} a!b@c"),
        10 => return format!("MODE {room} +zq x"),
        _ => return format!("MODE {room} +b {}", "m".repeat(rng.below(300))),
    };
    format!("MODE {room} {modes} {nick}")
}

fn capabilities(rng: &mut Rng) -> String {
    let set = Capabilities::from_bits_truncate(rng.bits() & rng.bits()) & wanted();
    let sign = rng.word(&["", "", "-"]);
    let names: Vec<String> = set.names().map(|name| format!("{sign}{name}")).collect();
    match rng.below(8) {
        0 => "CAP REQ :batch nonsense".to_owned(),
        1 => "CAP LS 302".to_owned(),
        _ => format!("CAP REQ :{}", names.join(" ")),
    }
}

fn history(rng: &mut Rng, client: &Client, store: &Store, room: &str) -> String {
    // Without batches, a client cannot distinguish history from new messages; only few clients ask all the
    // same.
    if !client.capabilities.contains(Capabilities::BATCH) && !rng.once_in(20) {
        return "CHATHISTORY LATEST".to_owned();
    }
    let (one, two) = (position(rng, store), position(rng, store));
    let limit = rng.word(&["1", "2", "10", "100", "0", "-1", "x", "99999999999999999999"]);
    match rng.below(9) {
        0 | 1 => format!("CHATHISTORY LATEST {room} * {limit}"),
        2 => format!("CHATHISTORY LATEST {room} {one} {limit}"),
        3 => format!("CHATHISTORY BEFORE {room} {one} {limit}"),
        4 => format!("CHATHISTORY AFTER {room} {one} {limit}"),
        5 => format!("CHATHISTORY AROUND {room} {one} {limit}"),
        6 => format!("CHATHISTORY BETWEEN {room} {one} {two} {limit}"),
        7 => format!("CHATHISTORY TARGETS {one} {two} {limit}"),
        _ => format!("CHATHISTORY NOTHING {room} {limit}"),
    }
}

fn markread(rng: &mut Rng, store: &Store, room: &str) -> String {
    let at = if rng.percent(60) { position(rng, store) } else { String::new() };
    format!("MARKREAD {room} {at}")
}

fn redact(rng: &mut Rng, store: &Store, room: &str, nick: &str) -> String {
    let spoken = store.nth(store.len().saturating_sub(1 + rng.below(30)));
    let id = spoken.map_or(1, |spoken| spoken.seq) + u64::from(rng.once_in(4));
    let said_in = spoken.filter(|_| rng.percent(80)).map(|spoken| spoken.target.as_str());
    let target = if rng.once_in(6) { nick } else { said_in.unwrap_or(room) };
    format!("REDACT {target} {}{}", store.ids.encode(id), rng.word(&["", "", " :spam", " :"]))
}

fn position(rng: &mut Rng, store: &Store) -> String {
    let spoken = store.nth(rng.below(store.len()));
    match (rng.below(6), spoken) {
        (0..3, Some(spoken)) => format!("msgid={}", store.ids.encode(spoken.seq)),
        (3..5, Some(spoken)) => format!("timestamp={}", spoken.at),
        (5, _) => rng
            .word(&["*", "msgid=nonsense", "timestamp=2020", "timestamp=9999-12-31T23:59:59.999Z", ""])
            .to_owned(),
        _ => format!("timestamp={}", Timestamp::from_millis(1_600_000_000_000)),
    }
}

/// A command with parameters that do not fit it.
fn nonsense(rng: &mut Rng) -> String {
    let mut line = rng.pick(command::ALL).map_or("", |facts| facts.name).to_owned();
    for _ in 0..rng.below(5) {
        let param = match rng.below(6) {
            0 => rng.word(ROOMS).to_owned(),
            1 => rng.word(NICKS).to_owned(),
            2 => rng.word(TEXTS).to_owned(),
            3 => rng.word(&["x", "\u{e9}", "#", ",", ":", "+", "b", "*"]).repeat(rng.below(500)),
            4 => format!("#{}", "y".repeat(rng.below(70))),
            _ => rng.word(&["LS", "REQ", "0", "irc.test", "*", "+k", "+bbb", "LATEST"]).to_owned(),
        };
        line.push(' ');
        line.push_str(&param);
    }
    line.truncate(line.floor_char_boundary(510));
    line
}

fn garbage(rng: &mut Rng) -> Vec<u8> {
    let line = match rng.below(12) {
        6..12 => nonsense(rng).into_bytes(),
        0 => rng.bytes(40),
        1 => rng.bytes(600),
        2 => b"@".to_vec(),
        3 => format!("{} {}", "Q".repeat(rng.below(505)), rng.below(9)).into_bytes(),
        4 => format!("@+x={} TAGMSG #rust", "y".repeat(rng.below(4600))).into_bytes(),
        _ => b":alice!alice@host PRIVMSG #rust".to_vec(),
    };
    if line.is_empty() { vec![0] } else { line }
}
