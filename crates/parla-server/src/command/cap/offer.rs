//! What this server offers: the capabilities, their values, and what clients are told when either changes.
//!
//! This is the only place where a capability is offered; a new one with a value gets its arm in [`value`].
//! <https://ircv3.net/specs/extensions/capability-negotiation>

use parla_proto::{Capabilities, Line, capability::VERSION, limits::LINE_BYTES_MAX};

use crate::{
    base::{
        connection::{ConnectionId, Peer},
        metadata::EITHER,
        settings::{MachineSettings, NetworkSettings},
    },
    command::metadata,
    publish::Publisher,
    session::Session,
};

/// How much of the negotiation a client understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// Names only, in a single line.
    V301,
    /// Names with values, in as many lines as needed.
    V302,
}

impl Version {
    /// The highest version that the client has announced so far.
    pub(crate) const fn of(session: &Session) -> Self {
        if session.understands_302 { Self::V302 } else { Self::V301 }
    }

    /// The version that a client announces with `CAP LS`.
    pub(crate) fn parse(text: &str) -> Self {
        let digits = text.trim_start_matches('0');
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        // Numbers of three digits can be compared as text, and numbers with more digits are higher.
        if is_number && (digits.len() > 3 || digits.len() == 3 && digits >= VERSION) {
            Self::V302
        } else {
            Self::V301
        }
    }
}

/// The capabilities that a client can request.
pub(crate) fn supported(settings: &NetworkSettings) -> Capabilities {
    let mut all = Capabilities::all();
    all.set(Capabilities::CHATHISTORY, settings.history);
    all.set(Capabilities::MESSAGE_REDACTION, settings.redaction);
    all.set(EITHER, settings.metadata.is_some());
    let accounts = settings.accounts.as_ref();
    all.set(Capabilities::SASL, accounts.is_some_and(|accounts| !accounts.mechanisms.is_empty()));
    let registers = accounts.is_some_and(|accounts| accounts.registration.is_some());
    all.set(Capabilities::ACCOUNT_REGISTRATION, registers);
    all
}

/// What a server with these settings lists to a client, in alphabetical order.
pub(crate) fn words(
    settings: &NetworkSettings,
    machine: &MachineSettings,
    peer: &Peer,
    version: Version,
) -> Vec<String> {
    let mut words = words_of_network(settings, version);
    if version == Version::V302 {
        words.extend(sts(machine, peer));
        words.sort_unstable();
    }
    words
}

/// The part of the list that is the same on every machine of the network.
fn words_of_network(settings: &NetworkSettings, version: Version) -> Vec<String> {
    let all = supported(settings).iter();
    match version {
        Version::V301 => supported(settings).names().map(str::to_owned).collect(),
        Version::V302 => {
            let word = |capability: Capabilities| {
                let value = value(settings, capability).map(|value| format!("={value}")).unwrap_or_default();
                capability.names().map(|name| format!("{name}{value}")).collect::<String>()
            };
            let mut words: Vec<String> = all.map(word).collect();
            words.sort_unstable();
            words
        }
    }
}

/// The value that a capability is listed with, if it has one.
fn value(settings: &NetworkSettings, capability: Capabilities) -> Option<String> {
    let limits = &settings.limits;
    match capability {
        Capabilities::MULTILINE => {
            Some(format!("max-bytes={},max-lines={}", limits.multiline_bytes, limits.multiline_lines))
        }
        Capabilities::SASL => {
            let mechanisms = settings.accounts.as_ref()?.mechanisms.iter().map(|mechanism| mechanism.name());
            Some(mechanisms.collect::<Vec<_>>().join(","))
        }
        Capabilities::ACCOUNT_REGISTRATION => {
            let registration = settings.accounts.as_ref()?.registration?;
            let words = [
                (registration.before_connect, "before-connect"),
                (registration.email_required, "email-required"),
            ];
            let words: Vec<&str> = words.iter().filter(|(has, _)| *has).map(|(_, word)| *word).collect();
            (!words.is_empty()).then(|| words.join(","))
        }
        Capabilities::METADATA | Capabilities::METADATA_2 => metadata::capability_value(settings),
        _ => None,
    }
}

/// The policy that makes clients use TLS and stay with it. It is a capability that cannot be requested, and
/// it is meaningless without a value. <https://ircv3.net/specs/extensions/sts>
fn sts(machine: &MachineSettings, peer: &Peer) -> Option<String> {
    let sts = machine.sts.as_ref()?;
    if peer.secure {
        return Some(format!("{STS}=duration={}", sts.duration.as_secs()));
    }
    // A policy that is being withdrawn must not send anybody to TLS.
    (!sts.duration.is_zero()).then(|| format!("{STS}=port={}", sts.port))
}

const STS: &str = "sts";

/// Tells a client on TLS to forget the policy; the specification forbids withdrawing it with DEL.
const STS_ENDS: &str = "sts=duration=0";

/// The parameters that precede the list in a CAP line.
#[derive(Clone, Copy)]
pub(crate) struct Head<'a> {
    pub(crate) server: &'a str,
    pub(crate) target: &'a str,
    pub(crate) subcommand: &'a str,
}

/// Distributes words over as few lines as possible, each of which has room for this head.
pub(crate) fn lines(head: Head<'_>, words: &[String]) -> Vec<String> {
    let Head { server, target, subcommand } = head;
    let empty = Line::from(&server).command("CAP").param(target).param(subcommand).param(MORE).text("");
    let bytes_max = LINE_BYTES_MAX.saturating_sub(empty.finish().len());
    let mut lines = vec![String::new()];
    for word in words {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + 1 + word.len() <= bytes_max => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.clone()),
        }
    }
    lines
}

/// Precedes the list in every line but the last.
pub(crate) const MORE: &str = "*";

/// The line about the policy for a client when the settings of its machine change; `None` if nothing is new
/// for it.
pub(crate) fn sts_change(
    session: &Session,
    before: &MachineSettings,
    after: &MachineSettings,
) -> Option<String> {
    let is_told = session.capabilities.contains(Capabilities::CAP_NOTIFY);
    if !is_told || Version::of(session) == Version::V301 {
        return None;
    }
    match (sts(before, &session.peer), sts(after, &session.peer)) {
        (had, has) if had == has => None,
        (_, Some(has)) => Some(has),
        (_, None) => Some(STS_ENDS.to_owned()),
    }
}

/// Capabilities that were offered before and no longer are; they are taken away from all sessions.
pub(crate) fn withdrawn(before: &NetworkSettings, after: &NetworkSettings) -> Capabilities {
    supported(before) - supported(after)
}

/// Tells every interested client of this machine how the network's offer has changed.
pub(crate) fn announce(publisher: &mut Publisher<'_>, before: &NetworkSettings) {
    for connection in publisher.sessions.connections() {
        tell_change(publisher, connection, before);
    }
}

fn tell_change(publisher: &mut Publisher<'_>, connection: ConnectionId, before: &NetworkSettings) {
    let after = &publisher.network.settings;
    let Some(session) = publisher.sessions.get(connection) else { return };
    if !session.capabilities.contains(Capabilities::CAP_NOTIFY) {
        return;
    }
    let version = Version::of(session);
    let (had, has) = (words_of_network(before, version), words_of_network(after, version));
    let target = session.target(publisher.network);
    let Changed { gone, new } = Changed::between(&had, &has);
    for (subcommand, words) in [("DEL", gone), ("NEW", new)] {
        if words.is_empty() {
            continue;
        }
        let head = Head { server: &after.name, target: &target, subcommand };
        for list in lines(head, &words) {
            let line = Line::from(&after.name).command("CAP").param(&target).param(subcommand).text(list);
            publisher.tell(connection, line.finish());
        }
    }
}

/// The difference between two lists of capabilities.
#[derive(Debug, PartialEq, Eq)]
struct Changed {
    /// Names that are no longer offered.
    gone: Vec<String>,
    /// Words that are new or have a new value.
    new: Vec<String>,
}

impl Changed {
    fn between(had: &[String], has: &[String]) -> Self {
        let name = |word: &String| word.split('=').next().unwrap_or_default().to_owned();
        let names: Vec<String> = has.iter().map(name).collect();
        Self {
            gone: had.iter().map(name).filter(|name| !names.contains(name)).collect(),
            new: has.iter().filter(|word| !had.contains(word)).cloned().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        net::{IpAddr, Ipv4Addr},
        sync::Arc,
        time::Duration,
    };

    use expect_test::expect;
    use parla_proto::Timestamp;

    use super::*;
    use crate::{
        base::settings::{Flood, Sts},
        network::{Network, entry::Meta, kept::Kept},
        publish::publication::Publication,
        session::{allowance::Allowances, sessions::Sessions, watchers::Watchers},
    };

    fn peer(secure: bool) -> Peer {
        Peer { secure, ..Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST)) }
    }

    fn with_sts(duration_secs: u64) -> MachineSettings {
        let sts = Sts { duration: Duration::from_secs(duration_secs), port: 6697 };
        MachineSettings { sts: Some(sts), ..MachineSettings::default() }
    }

    fn sts_word(machine: &MachineSettings, secure: bool, version: Version) -> Option<String> {
        let words = words(&NetworkSettings::named("irc.example.org"), machine, &peer(secure), version);
        words.into_iter().find(|word| word.starts_with("sts"))
    }

    fn session(connection: ConnectionId, secure: bool) -> Session {
        let allowances = Allowances::new(Flood { burst: 1, rate: 1 }, 1, Timestamp::default());
        let mut session = Session::new(connection, peer(secure), allowances, Timestamp::default());
        session.capabilities = Capabilities::all();
        session.understands_302 = true;
        session
    }

    fn told(session: &Session, before: &MachineSettings, after: &MachineSettings) -> String {
        sts_change(session, before, after).unwrap_or_default()
    }

    #[test]
    fn who_wants_to_know_hears_that_sts_changes() {
        let none = MachineSettings::default();
        let secure = session(ConnectionId::from_number(1), true);
        assert_eq!(told(&secure, &none, &with_sts(600)), "sts=duration=600");
        assert_eq!(told(&secure, &with_sts(600), &with_sts(600)), "");
        assert_eq!(
            told(&secure, &with_sts(600), &none),
            "sts=duration=0",
            "it is forgotten, and never withdrawn"
        );
        let plain = session(ConnectionId::from_number(2), false);
        assert_eq!(told(&plain, &none, &with_sts(600)), "sts=port=6697");
        assert_eq!(told(&plain, &with_sts(600), &with_sts(700)), "", "how long is for those who use TLS");
        let mut deaf = session(ConnectionId::from_number(3), true);
        deaf.capabilities -= Capabilities::CAP_NOTIFY;
        assert_eq!(told(&deaf, &none, &with_sts(600)), "");
        let mut old = session(ConnectionId::from_number(4), true);
        old.understands_302 = false;
        assert_eq!(told(&old, &none, &with_sts(600)), "", "it means nothing without a value");
    }

    #[test]
    fn sts_sends_to_tls_and_keeps_there() {
        let settings = with_sts(600);
        assert_eq!(sts_word(&settings, false, Version::V302).unwrap(), "sts=port=6697");
        assert_eq!(sts_word(&settings, true, Version::V302).unwrap(), "sts=duration=600");
        assert_eq!(sts_word(&settings, true, Version::V301), None, "it means nothing without a value");
        assert_eq!(sts_word(&with_sts(0), false, Version::V302), None);
        assert_eq!(sts_word(&with_sts(0), true, Version::V302).unwrap(), "sts=duration=0");
        assert_eq!(Capabilities::named("sts"), None, "nobody can ask for it");
    }

    #[test]
    fn changes_are_names_that_went_and_words_that_came() {
        let words = |list: &str| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let changed = |had, has| Changed::between(&words(had), &words(has));
        let expected = |gone, new| Changed { gone: words(gone), new: words(new) };
        assert_eq!(changed("a b=1", "b=1 c"), expected("a", "c"));
        assert_eq!(changed("a b=1", "a b=2"), expected("", "b=2"));
        assert_eq!(changed("b=1", "b"), expected("", "b"));
    }

    /// What three clients are told when the settings change: one of version 302, one with cap-notify, and one
    /// with neither.
    #[test]
    fn a_change_is_announced() {
        let before = NetworkSettings::named("s");
        let mut after = NetworkSettings { history: false, ..before.clone() };
        after.limits.multiline_lines = 5;
        let network = Network::new(Arc::new(after), Kept::default(), 1);
        let mut sessions = Sessions::default();
        let connections = [1, 2, 3].map(ConnectionId::from_number);
        let all = Capabilities::all();
        for (connection, capabilities) in
            connections.into_iter().zip([all, all, all - Capabilities::CAP_NOTIFY])
        {
            let mut session = session(connection, true);
            session.capabilities = capabilities;
            session.understands_302 = connection == connections[0];
            sessions.insert(session);
        }
        sessions.withdraw(withdrawn(&before, &network.settings));
        let (mut publications, watchers) = (Vec::new(), Watchers::default());
        let machine = with_sts(600);
        let mut publisher = Publisher {
            network: &network,
            machine: &machine,
            sessions: &sessions,
            watchers: &watchers,
            publications: &mut publications,
            meta: Meta::from_nobody(1),
            started_at: Timestamp::default(),
            origin: None,
            sender: None,
            left_out: Capabilities::empty(),
        };
        announce(&mut publisher, &before);
        let told: String = publications
            .iter()
            .map(|publication| match publication {
                Publication::Answer { connection, line } => {
                    let client = connections.iter().position(|known| known == connection).unwrap() + 1;
                    format!("{client} {}", String::from_utf8_lossy(line).replace("\r\n", "\n"))
                }
                other => format!("{other:?}\n"),
            })
            .collect();
        expect![[r"
            1 :s CAP * DEL :draft/chathistory
            1 :s CAP * NEW :draft/multiline=max-bytes=16384,max-lines=5
            2 :s CAP * DEL :draft/chathistory
        "]]
        .assert_eq(&told);
        for connection in connections {
            let capabilities = sessions.get(connection).unwrap().capabilities;
            assert!(!capabilities.contains(Capabilities::CHATHISTORY));
        }
    }

    #[test]
    fn versions_are_numbers() {
        for text in ["302", "307", "0302", "400", "1000", "99999999999999999999"] {
            assert_eq!(Version::parse(text), Version::V302, "{text}");
        }
        for text in ["", "0", "99", "301", "000301", "-302", "302x", "three"] {
            assert_eq!(Version::parse(text), Version::V301, "{text}");
        }
    }

    #[test]
    fn long_lists_are_several_lines() {
        let words: Vec<String> = (0..100).map(|number| format!("example.org/capability-{number}")).collect();
        let lists = lines(Head { server: "irc.example.org", target: "alice", subcommand: "LS" }, &words);
        assert!(lists.len() > 1);
        for list in &lists {
            let line = Line::from(&"irc.example.org").command("CAP").param("alice").param("LS").param(MORE);
            assert!(line.text(list).finish().len() <= LINE_BYTES_MAX);
        }
        assert_eq!(lists.join(" "), words.join(" "));
        assert_eq!(lines(Head { server: "s", target: "*", subcommand: "LS" }, &[]), [""]);
    }
}
