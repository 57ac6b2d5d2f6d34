//! Every command answers somebody outside a secret channel as if the channel did not exist, byte for byte.

use std::net::{IpAddr, Ipv4Addr};

use parla_proto::{Timestamp, command};
use parla_server::{ConnectionId, Input, NodeId, Output, Outputs, Peer, Server, Settings, Start};

/// Bob's channel, which keeps everybody else out.
const SECRET: &str = "#hidden";
/// A name of the same length that no channel has.
const ABSENT: &str = "#absent";

/// The commands that can name a channel, with lines in which `{}` stands for it.
const NAMING: &[(&str, &[&str])] = &[
    (
        "BATCH",
        &["BATCH +1 draft/multiline {}", "@batch=1 PRIVMSG {} :one", "@batch=1 PRIVMSG {} :two", "BATCH -1"],
    ),
    (
        "CHATHISTORY",
        &[
            "CHATHISTORY LATEST {} * 10",
            "CHATHISTORY TARGETS timestamp=1970-01-01T00:00:00.000Z timestamp=2070-01-01T00:00:00.000Z 10",
        ],
    ),
    ("ACCEPT", &["ACCEPT {}", "ACCEPT -{}"]),
    ("CHGHOST", &["CHGHOST {} example.org"]),
    (
        "INVITATION",
        &[
            "INVITATION CREATE 1 1 {}",
            "INVITATION CREATE * * #own,{}",
            "NS REGISTER longenough",
            "INVITATION CREATE 1 1 {}",
        ],
    ),
    ("INVITE", &["INVITE eve {}", "INVITE carol {}", "INVITE nobody {}", "INVITE {} {}"]),
    ("ISON", &["ISON {}"]),
    ("KICK", &["KICK {} bob", "KICK {} nobody :out", "KICK {},{} bob,eve"]),
    ("KILL", &["KILL {} :gone"]),
    ("LIST", &["LIST {}", "LIST", "LIST *hidden*,*absent*", "LIST >0", "LIST {},{} C>0"]),
    ("MARKREAD", &["MARKREAD {}", "MARKREAD {} timestamp=1970-01-01T00:00:00.000Z"]),
    (
        "METADATA",
        &[
            "METADATA {} LIST",
            "METADATA {} GET url",
            "METADATA {} SET url :x",
            "METADATA {} CLEAR",
            "METADATA {} SYNC",
            "METADATA {} SUB url",
        ],
    ),
    (
        "MODE",
        &[
            "MODE {}",
            "MODE {} b",
            "MODE {} eI",
            "MODE {} +m",
            "MODE {} +o bob",
            "MODE {} +o nobody",
            "MODE {} -k x",
            "MODE {} +?",
            "MODE #own +f {}",
        ],
    ),
    ("MONITOR", &["MONITOR + {}"]),
    ("NAMES", &["NAMES {}", "NAMES", "NAMES #own,{}"]),
    (
        "CHANSERV",
        &[
            "CHANSERV INFO {}",
            "CS REGISTER {}",
            "CS AMODE {}",
            "PRIVMSG ChanServ :UNREGISTER {}",
            "CS TRANSFER {} bob",
            "CS TRANSFER ACCEPT {}",
            "CS TRANSFER DECLINE {}",
            "CS SET {} RETAIN 1d",
            "CS CLEAR {} USERS",
            "CS PURGE ADD {}",
            "CS LIST",
        ],
    ),
    ("NICK", &["NICK {}"]),
    ("NOTICE", &["NOTICE {} :hello", "NOTICE @{} :hello"]),
    ("PART", &["PART {}", "PART {} :bye", "PART #own,{}"]),
    (
        "PRIVMSG",
        &[
            "PRIVMSG {} :hello",
            "PRIVMSG +{} :hello",
            "PRIVMSG {},#own :hello",
            "PRIVMSG {} :\u{1}VERSION\u{1}",
        ],
    ),
    ("REDACT", &["REDACT {} 1 :mine", "REDACT {} x"]),
    ("RENAME", &["RENAME {} #other :better", "RENAME {} {}", "RENAME {} #own"]),
    ("ROOM", &["ROOM DELETE {}", "ROOM RESET {}", "ROOM GIVE {} eve"]),
    ("SAJOIN", &["SAJOIN {}", "SAJOIN bob {}"]),
    ("SAMODE", &["SAMODE {} -s"]),
    ("SAPART", &["SAPART {}", "SAPART bob {}"]),
    ("TAGMSG", &["@+typing=active TAGMSG {}"]),
    ("TOPIC", &["TOPIC {}", "TOPIC {} :new", "TOPIC {} :"]),
    ("USERHOST", &["USERHOST {}"]),
    ("WHO", &["WHO {}", "WHO {} %cuhnf", "WHO bob", "WHO *"]),
    ("WHOIS", &["WHOIS bob", "WHOIS {}"]),
    ("WHOWAS", &["WHOWAS {}"]),
];

/// The commands that cannot name a channel, or whose answer does not depend on the name.
const OTHERS: &[&str] = &[
    "ACCESS",
    "ADMIN",
    "AUTHENTICATE",
    "AWAY",
    "CAP",
    "DIE",
    "ERROR",
    "HELP",
    "INFO",
    "ISUPPORT",
    "LINKS",
    "LUSERS",
    "MOTD",
    "NICKSERV",
    "OPER",
    "PASS",
    "PING",
    "PONG",
    "QUIT",
    "REGISTER",
    "REHASH",
    "RESTART",
    "SETNAME",
    "STATS",
    "TIME",
    "USER",
    "VERSION",
    "WALLOPS",
    "WEBIRC",
];

/// Anybody who tries to take a name inevitably learns whether it is taken: JOIN would create the channel.
const TAKES_THE_NAME: &[&str] = &["JOIN"];

struct Rig {
    server: Server,
}

impl Rig {
    /// Bob in his channel with these modes, and eve in another.
    fn new(modes: &str) -> Self {
        let settings = Settings::named("irc.example.org");
        let server = Server::new(NodeId::ALONE, settings, Start::alone(1), Timestamp::default());
        let mut rig = Self { server };
        for (number, nick) in [(1, "bob"), (2, "eve"), (3, "carol")] {
            let connection = ConnectionId::from_number(number);
            let peer = Peer { unthrottled: true, ..Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST)) };
            rig.feed(Input::Connected { connection, peer });
            for line in [
                "CAP REQ :batch message-tags draft/chathistory draft/message-redaction draft/multiline",
                "CAP REQ :draft/metadata-3 draft/channel-rename draft/read-marker multi-prefix",
                &format!("NICK {nick}"),
                &format!("USER {nick} 0 * :{nick}"),
                "CAP END",
            ] {
                rig.says(number, line);
            }
        }
        rig.says(1, &format!("JOIN {SECRET}"));
        for line in ["PRIVMSG {} :psst", "TOPIC {} :what nobody knows", "METADATA {} SET url :x", modes] {
            rig.says(1, &line.replace("{}", SECRET));
        }
        rig.says(2, "JOIN #own");
        rig
    }

    /// Everything that a line causes, for any client.
    fn says(&mut self, number: u64, line: &str) -> Vec<String> {
        self.feed(Input::Line { connection: ConnectionId::from_number(number), line: line.as_bytes().into() })
    }

    fn feed(&mut self, input: Input) -> Vec<String> {
        let mut out = Outputs::default();
        self.server.handle(Timestamp::default(), input, &mut out);
        let changes = out.changes.iter().map(|change| format!("{change:?}"));
        let outputs = out.outputs.iter().map(|output| match output {
            Output::Deliver { to, line } => format!("{to:?} {}", String::from_utf8_lossy(line)),
            other => format!("{other:?}"),
        });
        outputs.chain(changes).collect()
    }
}

/// What the lines that name this channel cause, with its name removed.
fn caused(modes: &str, lines: &[&str], name: &str) -> Vec<String> {
    let mut rig = Rig::new(modes);
    let heard = lines.iter().flat_map(|line| rig.says(2, &line.replace("{}", name)));
    heard.map(|text| text.replace(name, "{}")).collect()
}

#[test]
fn a_secret_channel_is_not_there() {
    for modes in ["MODE {} +s", "MODE {} +s-n", "MODE {} +siklb key 1 *!*@*", "MODE {} +sumRMCU"] {
        for (command, lines) in NAMING {
            // All lines together, because those of a batch belong together, and then each alone.
            let each = lines.iter().map(std::slice::from_ref).filter(|_| *command != "BATCH");
            for lines in std::iter::once(*lines).chain(each) {
                let (secret, absent) = (caused(modes, lines, SECRET), caused(modes, lines, ABSENT));
                assert_eq!(secret, absent, "{modes}: {lines:?}");
            }
        }
    }
}

#[test]
fn every_command_is_looked_at() {
    let named = NAMING.iter().map(|(command, _)| *command);
    let mut all: Vec<&str> = named.chain(OTHERS.iter().chain(TAKES_THE_NAME).copied()).collect();
    all.sort_unstable();
    let known: Vec<&str> = command::ALL.iter().map(|facts| facts.name).collect();
    assert_eq!(all, known, "a new command belongs into one of the three lists");
}

/// Without this test the comparison above could never fail.
#[test]
fn those_inside_are_answered_otherwise() {
    for line in ["TOPIC {}", "MODE {}", "NAMES {}", "WHO {}", "LIST {}", "CHATHISTORY LATEST {} * 10"] {
        let mut rig = Rig::new("MODE {} +s");
        let secret = rig.says(1, &line.replace("{}", SECRET)).concat();
        let absent = rig.says(1, &line.replace("{}", ABSENT)).concat();
        assert_ne!(secret.replace(SECRET, ABSENT), absent, "{line}");
    }
}
