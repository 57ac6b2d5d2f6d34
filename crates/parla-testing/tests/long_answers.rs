//! Long answers come in portions, each once the client has been sent the one before; no answer is cut off.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::{IpAddr, Ipv4Addr};

use parla_proto::Timestamp;
use parla_server::{ConnectionId, Input, NodeId, Output, Outputs, Peer, Server, Settings, Start};

/// A server where one person asks for a lot.
struct Crowd {
    server: Server,
    now: Timestamp,
}

const ANSWER_BYTES_MAX: usize = 4096;
const PORTION_BYTES: usize = 1024;
/// The maximum length of a line.
const LINE: usize = 512;

/// The effects of an input for one client.
#[derive(Debug, Default)]
struct Delivered {
    lines: Vec<String>,
    /// Whether the server wants to know when all of it has been sent.
    waits: bool,
}

impl Delivered {
    fn bytes(&self) -> usize {
        self.lines.iter().map(String::len).sum()
    }

    fn count(&self, part: &str) -> usize {
        self.lines.iter().filter(|line| line.contains(part)).count()
    }
}

impl Crowd {
    /// A server with people in rooms of their own with long topics, and all of them in `#all`.
    fn new(people: u64) -> Self {
        let now = Timestamp::from_millis(1_700_000_000_000);
        let mut settings = Settings::named("irc.example.org");
        settings.machine.answer_bytes_max = ANSWER_BYTES_MAX;
        settings.machine.portion_bytes = PORTION_BYTES;
        let server = Server::new(NodeId::ALONE, settings, Start::alone(1), now);
        let mut crowd = Self { server, now };
        for number in 1..=people {
            let connection = ConnectionId::from_number(number);
            crowd.connect(connection, true);
            crowd.ask(connection, &format!("NICK nick{number}"));
            crowd.ask(connection, &format!("USER user 0 * :{}", "r".repeat(150)));
            crowd.ask(connection, &format!("JOIN #room{number},#all"));
            crowd.ask(connection, &format!("TOPIC #room{number} :{}", "t".repeat(300)));
        }
        crowd
    }

    fn connect(&mut self, connection: ConnectionId, unthrottled: bool) {
        let peer = Peer { unthrottled, ..Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST)) };
        self.input(connection, Input::Connected { connection, peer });
    }

    fn input(&mut self, hearer: ConnectionId, input: Input) -> Delivered {
        let mut out = Outputs::default();
        self.server.handle(self.now, input, &mut out);
        let mut delivered = Delivered::default();
        for output in out.outputs {
            match output {
                Output::Deliver { to, line } if to.contains(&hearer) => {
                    delivered.lines.push(String::from_utf8(line.to_vec()).unwrap());
                }
                Output::TellWhenSent { connection } if connection == hearer => delivered.waits = true,
                _ => {}
            }
        }
        delivered
    }

    /// Sends a line, and returns what comes at once.
    fn says(&mut self, connection: ConnectionId, line: &str) -> Delivered {
        self.input(connection, Input::Line { connection, line: line.as_bytes().into() })
    }

    /// Notes that the client has been sent everything, and returns what comes then.
    fn is_sent(&mut self, connection: ConnectionId) -> Delivered {
        self.input(connection, Input::Sent { connection })
    }

    /// Sends a line, and returns everything that comes of it, in portions.
    fn ask(&mut self, connection: ConnectionId, line: &str) -> Vec<Delivered> {
        let mut portions = vec![self.says(connection, line)];
        while portions.last().is_some_and(|portion| portion.waits) {
            assert!(portions.len() < 1_000, "{line} has no end");
            portions.push(self.is_sent(connection));
        }
        portions
    }
}

fn asker() -> ConnectionId {
    ConnectionId::from_number(1)
}

#[test]
fn they_come_in_portions_and_whole() {
    let mut crowd = Crowd::new(60);
    for (command, row, rows, end) in [
        ("LIST", " 322 ", 61, " 323 "),
        ("LIST #room*", " 322 ", 60, " 323 "),
        ("WHO *", " 352 ", 60, " 315 "),
        ("WHO * %nr", " 354 ", 60, " 315 "),
        ("WHO #all", " 352 ", 60, " 315 "),
        ("WHO *!user@*", " 352 ", 60, " 315 "),
    ] {
        let portions = crowd.ask(asker(), command);
        assert!(portions.iter().all(|portion| portion.bytes() < PORTION_BYTES + LINE), "{command}");
        assert!(portions.len() > 5, "{command}: {} portions", portions.len());
        assert_eq!(portions.iter().map(|portion| portion.count(row)).sum::<usize>(), rows, "{command}");
        assert!(portions.last().unwrap().lines.last().unwrap().contains(end), "{command}");
    }
}

#[test]
fn names_are_those_who_are_there() {
    let mut crowd = Crowd::new(300);
    let mut told = String::new();
    let first = crowd.says(asker(), "NAMES #all,#room7");
    assert!(first.waits && first.bytes() < PORTION_BYTES + LINE);
    told += &first.lines.concat();
    // One user who has been listed and one who has not leave, and somebody enters.
    for number in [2, 299] {
        crowd.ask(ConnectionId::from_number(number), "PART #all");
    }
    let late = ConnectionId::from_number(301);
    crowd.connect(late, true);
    for line in ["NICK late", "USER u 0 * :r", "JOIN #all"] {
        crowd.ask(late, line);
    }
    loop {
        let portion = crowd.is_sent(asker());
        told += &portion.lines.concat();
        if !portion.waits {
            break;
        }
    }
    let is_told = |nick: &str| told.split([' ', ':', '@', '\r']).any(|word| word == nick);
    for number in (3..299).chain([300]) {
        assert!(is_told(&format!("nick{number}")), "nick{number}");
    }
    assert!(is_told("late") && !is_told("nick299"));
    assert!(told.ends_with(" 366 nick1 #all,#room7 :End of /NAMES list\r\n"), "{told}");
}

#[test]
fn who_enters_a_large_room_is_told_in_portions() {
    let mut crowd = Crowd::new(300);
    let late = ConnectionId::from_number(301);
    crowd.connect(late, true);
    for line in ["NICK late", "USER u 0 * :r"] {
        crowd.ask(late, line);
    }
    let portions = crowd.ask(late, "JOIN #all,#other");
    assert!(portions.len() > 2 && portions.iter().all(|portion| portion.bytes() < PORTION_BYTES + 2 * LINE));
    let ends: Vec<&String> =
        portions.iter().flat_map(|portion| &portion.lines).filter(|line| line.contains(" 366 ")).collect();
    assert!(ends.len() == 2 && ends[0].contains("#all") && ends[1].contains("#other"), "{ends:?}");
}

#[test]
fn a_client_that_reads_nothing_is_sent_one_portion() {
    let mut crowd = Crowd::new(60);
    let mut bytes = 0;
    for line in ["LIST", "WHO *", "NAMES #all", "LIST", "PRIVMSG #all :hello", "WHOIS nick1"] {
        bytes += crowd.says(asker(), line).bytes();
    }
    assert!(bytes < PORTION_BYTES + LINE, "{bytes}");
    // The client's lines wait in order, and nothing is lost.
    let mut delivered = Vec::new();
    loop {
        let portion = crowd.is_sent(asker());
        delivered.extend(portion.lines);
        if !portion.waits {
            break;
        }
    }
    let place = |part: &str| delivered.iter().position(|line| line.contains(part)).unwrap();
    let last = |part: &str| delivered.iter().rposition(|line| line.contains(part)).unwrap();
    assert!(place(" 323 ") < place(" 352 ") && last(" 352 ") < place(" 353 "), "in order");
    assert!(last(" 323 ") < place(" 311 "), "in order");
    // Somebody else has read the message by now.
    assert_eq!(delivered.iter().filter(|line| line.contains(" 323 ")).count(), 2);
}

#[test]
fn small_answers_of_many_commands_wait_as_well() {
    let mut crowd = Crowd::new(3);
    let mut bytes = 0;
    for _ in 0..1_000 {
        bytes += crowd.says(asker(), "VERSION").bytes();
    }
    assert!(bytes < PORTION_BYTES + 3 * LINE, "{bytes}");
}

#[test]
fn a_labelled_answer_is_one_batch() {
    let mut crowd = Crowd::new(60);
    crowd.ask(asker(), "CAP REQ :batch labeled-response");
    let portions = crowd.ask(asker(), "@label=a LIST");
    assert!(portions.len() > 5 && portions.iter().all(|portion| portion.bytes() < PORTION_BYTES + 2 * LINE));
    let lines: Vec<&String> = portions.iter().flat_map(|portion| &portion.lines).collect();
    let [first, rows @ .., last] = lines.as_slice() else { panic!("{lines:?}") };
    assert!(first.starts_with("@label=a :irc.example.org BATCH +b"), "{first}");
    let name = first.split(['+', ' ']).nth(4).unwrap();
    assert!(rows.iter().all(|line| line.starts_with(&format!("@batch={name} "))), "{rows:?}");
    assert_eq!(last.trim_end(), format!(":irc.example.org BATCH -{name}"));
}

#[test]
fn long_answers_use_up_the_allowance() {
    let mut crowd = Crowd::new(2_000);
    let late = ConnectionId::from_number(2_001);
    crowd.connect(late, false);
    for line in ["NICK late", "USER u 0 * :r"] {
        crowd.ask(late, line);
    }
    let mut rows = crowd.says(late, "LIST").count(" 322 ");
    let mut waits = true;
    for _ in 0..10_000 {
        let portion = crowd.is_sent(late);
        rows += portion.count(" 322 ");
        waits = portion.waits;
        if !waits {
            break;
        }
    }
    // The burst does not pay for 2,000 rows; the rest comes with time.
    assert!(!waits && rows > 500 && rows < 1_900, "{rows}");
    for _ in 0..1_000 {
        crowd.now = crowd.now + std::time::Duration::from_millis(250);
        let woken = crowd.input(late, Input::Deadline);
        rows += woken.count(" 322 ");
        if !woken.waits {
            continue;
        }
        loop {
            let portion = crowd.is_sent(late);
            rows += portion.count(" 322 ");
            if !portion.waits {
                break;
            }
        }
        if rows == 2_001 {
            return;
        }
    }
    panic!("{rows} rows");
}

#[test]
fn a_search_that_finds_nothing_is_cut_into_portions() {
    let mut crowd = Crowd::new(2_000);
    let mask = format!("{}x", "*r".repeat(70));
    let portions = crowd.ask(asker(), &format!("WHO {mask}"));
    assert!(portions.len() > 20, "{}", portions.len());
    assert!(portions.last().unwrap().lines.last().unwrap().contains(" 315 "));
}

#[test]
fn whowas_remembers_as_many_as_it_may() {
    let mut crowd = Crowd::new(1);
    for number in 0..150 {
        crowd.ask(asker(), &format!("NICK {}", if number % 2 == 0 { "here" } else { "there" }));
    }
    let lines = |portions: Vec<Delivered>| -> Vec<String> {
        portions.into_iter().flat_map(|portion| portion.lines).collect()
    };
    let told = lines(crowd.ask(asker(), "WHOWAS here,there"));
    let entries =
        |nick: &str| told.iter().filter(|line| line.contains(&format!(" 314 there {nick} "))).count();
    // Each channel has half of the hundred, which do not fit into one answer.
    assert!((1..50).contains(&entries("here")) && entries("there") == 0, "{told:?}");
    assert_eq!(told.iter().filter(|line| line.contains("WARN WHOWAS TRUNCATED")).count(), 1);
    assert_eq!(told.iter().filter(|line| line.contains(" 369 ")).count(), 2);
    let told = lines(crowd.ask(asker(), "WHOWAS there 1"));
    assert_eq!(told.iter().filter(|line| line.contains(" 314 ")).count(), 1, "{told:?}");
}
