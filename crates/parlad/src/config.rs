//! The configuration file, checked whole before anything starts: every problem at once, with its line.
//!
//! Unknown keys are errors, so that a typing mistake in a limit does not pass silently.

mod certificate;
mod file;
mod kind;
mod limits;
mod listen;
mod people;
mod problem;
mod surroundings;
mod table;

use std::{
    fs,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytesize::ByteSize;
use ipnet::IpNet;
use parla_proto::ChannelName;
use parla_server::Settings;
use parla_store::Durability;
use thiserror::Error;

use self::{
    file::File,
    problem::{Problem, Problems},
    surroundings::{Place, Places},
};
use crate::{
    log,
    net::tls,
    options::Options,
    web::Origin,
    work::{password::Hash, webirc},
};

/// Everything that the daemon must be told.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) settings: Settings,
    pub(crate) password: Option<Hash>,
    pub(crate) data_dir: PathBuf,
    pub(crate) listen: Vec<Listen>,
    /// Where to listen too if this computer can: not every one has IPv6.
    pub(crate) listen_if_possible: Vec<Listen>,
    pub(crate) http: Vec<Http>,
    pub(crate) connections: Connections,
    pub(crate) webirc: Vec<webirc::Known>,
    /// The hashes of the operators' passwords, in the order of [`Settings::operators`].
    pub(crate) operator_passwords: Vec<Hash>,
    /// What the administrator should know of it.
    pub(crate) warnings: Vec<Problem>,
    pub(crate) durability: Durability,
    /// So much of the disk stays free for what must go on.
    pub(crate) disk_reserve: ByteSize,
    pub(crate) log: log::Options,
}

/// Where IRC is spoken, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listen {
    pub(crate) address: SocketAddr,
    pub(crate) speech: Speech,
    /// Whether a proxy must say first whom it connects.
    pub(crate) is_proxied: bool,
    pub(crate) tls: Option<tls::Files>,
}

/// What comes over a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Speech {
    /// Lines of text.
    Lines,
    /// A WebSocket, to which pages from these places may connect; from everywhere if none is named.
    WebSocket { origins: Vec<Origin> },
}

impl Listen {
    /// For lines of IRC, with nothing special.
    pub(crate) const fn plain(address: SocketAddr) -> Self {
        Self { address, speech: Speech::Lines, is_proxied: false, tls: None }
    }
}

/// Where the app is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Http {
    pub(crate) address: SocketAddr,
    pub(crate) tls: Option<tls::Files>,
    /// Under which names, besides addresses, `localhost` and the name of the server.
    pub(crate) origins: Vec<Origin>,
}

/// Limits of connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Connections {
    pub(crate) send_queue_bytes: usize,
    pub(crate) max_per_ip: u32,
    pub(crate) max_rate_per_ip: u32,
    pub(crate) rate_window: Duration,
    pub(crate) exempt: Vec<IpNet>,
    /// Where gateways of WEBIRC are. They are not counted themselves, as each connection is one of a client of theirs.
    pub(crate) gateways: Vec<IpNet>,
    /// Whether addresses are hidden.
    pub(crate) cloak: bool,
    /// Who may say that it connects someone else.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Networks that have limits of their own.
    pub(crate) offices: Vec<Office>,
}

/// Networks behind which many people are: a school, an office, a carrier. All that comes from there is counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Office {
    /// For the log.
    pub(crate) name: Arc<str>,
    pub(crate) nets: Vec<IpNet>,
    pub(crate) max_connections: u32,
    /// New connections in the rate window.
    pub(crate) max_rate: u32,
    /// What each address there may have; none: all of it.
    pub(crate) max_per_ip: Option<u32>,
}

impl Connections {
    /// Whether an address is neither counted nor slowed.
    pub(crate) fn is_exempt(&self, address: IpAddr) -> bool {
        includes(&self.exempt, address)
    }

    /// Whether connections from an address are counted.
    pub(crate) fn is_counted(&self, address: IpAddr) -> bool {
        !self.is_exempt(address) && !includes(&self.gateways, address)
    }

    /// Whether what comes from an address may say that it comes from another.
    pub(crate) fn is_trusted_proxy(&self, address: IpAddr) -> bool {
        includes(&self.trusted_proxies, address)
    }

    /// The first office that an address is in, and its place.
    pub(crate) fn office_of(&self, address: IpAddr) -> Option<(usize, &Office)> {
        self.offices.iter().enumerate().find(|(_, office)| includes(&office.nets, address))
    }

    /// Bounds that no test reaches.
    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        file::Connections::default().into_limits()
    }
}

fn includes(nets: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    nets.iter().any(|net| net.contains(&address))
}

/// Why a configuration cannot be used, in words for the administrator.
#[derive(Debug, Error)]
pub(crate) enum ConfigError {
    #[error("cannot read the configuration {path}: {reason}")]
    Unreadable { path: PathBuf, reason: std::io::Error },
    #[error("the configuration {path} is wrong:\n{}", listed(problems))]
    Wrong { path: PathBuf, problems: Vec<Problem> },
    #[error("the server cannot run like this:\n{}", listed(problems))]
    WrongWithoutFile { problems: Vec<Problem> },
}

fn listed(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl Config {
    /// What `parlad run` uses: the file if there is one, and what the command line replaces. Checked whole, together with what it
    /// refers to: certificates, directories, addresses.
    pub(crate) fn for_run(run: &Options) -> Result<Self, ConfigError> {
        let problems = Problems::default();
        let read = match &run.config {
            Some(path) => Self::read(path, &problems)?,
            None => Some((Self::without_file(), Places::without_file())),
        };
        let mut config = read.map(|(mut config, mut places)| {
            config.replace_by(run, &mut places);
            surroundings::check(&config, &places, &problems);
            config
        });
        let wrong = |problems| match run.config.clone() {
            Some(path) => ConfigError::Wrong { path, problems },
            None => ConfigError::WrongWithoutFile { problems },
        };
        let warnings = problems.into_warnings().map_err(wrong)?;
        if let Some(config) = &mut config {
            config.warnings = warnings;
        }
        // Where nothing could be read there was a problem.
        config.ok_or_else(|| wrong(Vec::new()))
    }

    /// Puts what the command line says in the place of what the file says.
    fn replace_by(&mut self, run: &Options, places: &mut Places) {
        if !run.listen.is_empty() {
            self.listen = run.listen.iter().copied().map(Listen::plain).collect();
            self.listen_if_possible.clear();
            places.listen = vec![Place::on_the_command_line("--listen"); run.listen.len()];
        }
        if !run.http.is_empty() {
            let origins: Vec<Origin> =
                std::mem::take(&mut self.http).into_iter().flat_map(|http| http.origins).collect();
            let at = |address: &SocketAddr| Http { address: *address, tls: None, origins: origins.clone() };
            self.http = run.http.iter().map(at).collect();
            places.http = vec![Place::on_the_command_line("--http"); run.http.len()];
        }
        if let Some(data_dir) = &run.data_dir {
            self.data_dir.clone_from(data_dir);
            places.data_dir = Place::on_the_command_line("--data-dir");
        }
    }

    /// Reads a file; nothing if it is no TOML. What is wrong with it goes to `problems`.
    fn read(path: &Path, problems: &Problems) -> Result<Option<(Self, Places)>, ConfigError> {
        let unreadable = |reason| ConfigError::Unreadable { path: path.to_owned(), reason };
        let text = match String::from_utf8(fs::read(path).map_err(unreadable)?) {
            Ok(text) => text,
            Err(error) => {
                problems.error(Some(problem::line_of_bad_utf8(&error)), "this is not UTF-8");
                return Ok(None);
            }
        };
        let Some(file) = File::read(&text, problems) else { return Ok(None) };
        let directory = path.parent().unwrap_or(Path::new(""));
        let (mut config, places) = Self::from_file(file, directory, problems);
        if let Some(name) = path.file_name() {
            config.settings.file = name.to_string_lossy().into_owned();
        }
        Ok(Some((config, places)))
    }

    /// A complete server for this computer, without any file.
    fn without_file() -> Self {
        let mut settings = Settings::named("parla.localhost");
        settings.network = "parla".to_owned();
        "(none)".clone_into(&mut settings.file);
        settings.motd = vec![
            "Welcome. Everyone who connects is in #lobby.".to_owned(),
            "What is said in a room is kept; clients that know chathistory can scroll back.".to_owned(),
        ];
        settings.autojoin = ChannelName::parse("#lobby", &settings.name_rules()).into_iter().collect();
        Self {
            settings,
            password: None,
            data_dir: PathBuf::from("parla-data"),
            listen: vec![Listen::plain(SocketAddr::from(([127, 0, 0, 1], 6667)))],
            listen_if_possible: vec![Listen::plain(SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 6667)))],
            http: vec![Http {
                address: SocketAddr::from(([127, 0, 0, 1], 8067)),
                tls: None,
                origins: Vec::new(),
            }],
            connections: file::Connections::default().into_limits(),
            webirc: Vec::new(),
            operator_passwords: Vec::new(),
            warnings: Vec::new(),
            durability: Durability::Fsync,
            disk_reserve: file::DISK_RESERVE,
            log: log::Options::default(),
        }
    }

    fn from_file(file: File, directory: &Path, problems: &Problems) -> (Self, Places) {
        file.check_listen(problems);
        people::Operator::check_all(&file.oper, problems);
        let places = Places::of(&file);
        let mut settings = Settings::named(&file.server.name);
        settings.sts = file.sts(problems);
        settings.network = file.server.network.unwrap_or_else(|| file.server.name.clone());
        settings.description = file.server.description;
        settings.password_required = file.server.password.is_some();
        settings.casemapping = file.server.casemapping;
        let (limits, offices) = file.limits;
        settings.limits = limits;
        settings.flood = file.flood;
        settings.timeouts = file.connections.timeouts;
        settings.channel_modes = file.channels.default_modes;
        settings.user_modes = file.user_modes;
        settings.admin = file.admin;
        settings.operators = file.oper.iter().map(people::Operator::to_settings).collect();
        settings.metadata = file.metadata;
        settings.redaction = file.history.allow_redact;
        settings.history = file.history.enabled;
        settings.history_reply_max = file.history.max_reply;
        settings.answer_bytes_max =
            (file.connections.send_queue_bytes() / 2).min(crate::limits::ANSWER_BYTES_MAX);
        settings.denied_client_tags = file.denied_client_tags;
        settings.forget_empty_after = file.channels.forget_empty_after;
        settings.motd = file.motd.lines(directory, problems);
        // How long they may be is known only now.
        for name in &file.channels.autojoin {
            match ChannelName::parse(&name.value, &settings.name_rules()) {
                Ok(name) => settings.autojoin.push(name),
                Err(error) => {
                    problems.error(name.line, format!("channels.autojoin: {:?}: {error}", name.value));
                }
            }
        }
        let mut connections = file.connections.into_limits();
        connections.offices = offices;
        connections.gateways = file.webirc.iter().flat_map(|gateway| gateway.hosts.clone()).collect();
        let config = Self {
            settings,
            password: file.server.password,
            data_dir: directory.join(file.server.data_dir.value),
            listen: file.listen.into_iter().map(|listen| listen.into_config(directory)).collect(),
            listen_if_possible: Vec::new(),
            http: file.http.into_iter().map(|http| http.into_config(directory)).collect(),
            connections,
            webirc: file.webirc,
            operator_passwords: file.oper.into_iter().map(|oper| oper.password).collect(),
            warnings: Vec::new(),
            durability: file.history.durability,
            disk_reserve: file.disk_reserve,
            log: log::Options { file: file.log.file.map(|path| directory.join(path)), ..file.log },
        };
        (config, places)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// Reads a text as a file in a folder; the warnings, or the problems, as the administrator sees them.
    fn parse_in(folder: &Path, text: &str) -> Result<Config, String> {
        let path = folder.join("parlad.toml");
        fs::write(&path, text).unwrap();
        let run = Options { config: Some(path), ..Options::default() };
        Config::for_run(&run).map_err(|error| {
            let error = error.to_string().replace(folder.to_str().unwrap(), "");
            error.strip_prefix("the configuration /parlad.toml is wrong:\n").unwrap().to_owned()
        })
    }

    fn parse(text: &str) -> Result<Config, String> {
        parse_in(tempfile::tempdir().unwrap().path(), text)
    }

    /// What the administrator is told of a file.
    #[expect(clippy::needless_pass_by_value, reason = "expect! makes a value")]
    fn check(text: &str, expected: Expect) {
        let problems = match parse(text) {
            Ok(config) => listed(&config.warnings),
            Err(problems) => problems,
        };
        expected.assert_eq(&problems);
    }

    #[test]
    fn tags_that_are_denied() {
        let with = |list: &str| parse(&format!("{LEAST}[messages]\ndenied_client_tags = {list}\n"));
        let config = with(r#"["*", "-typing"]"#).unwrap();
        assert_eq!(config.settings.denied_client_tags.token_value(), "*,-typing");
        assert!(with(r#"["+typing"]"#).unwrap_err().starts_with("line 7: messages.denied_client_tags: "));
        assert!(with(r#"["typing", "*"]"#).is_err());
    }

    const LEAST: &str = "[server]\nname = \"irc.example.org\"\ndata_dir = \"data\"\n[[listen]]\naddress = \"127.0.0.1:6667\"\n";

    #[test]
    fn name_and_address_are_enough() {
        let least = LEAST.replace("data_dir = \"data\"\n", "");
        let config = File::read(&least, &Problems::default()).unwrap();
        assert_eq!(config.server.data_dir.value, Path::new("/var/lib/parlad"));
        let config = parse(LEAST).unwrap();
        assert_eq!(config.settings.network, "irc.example.org");
        assert_eq!(config.settings.autojoin.len(), 1);
        assert_eq!(config.connections.send_queue_bytes, 1024 * 1024);
        assert_eq!(config.settings.timeouts.ping_interval, Duration::from_secs(90));
        assert!(config.warnings.is_empty());
    }

    #[test]
    fn typing_mistakes_have_their_line_and_what_was_meant() {
        check(
            &format!(
                "{LEAST}tsl = {{ cert = \"a\", key = \"b\" }}\n[limits]\nnick_lenght = 9\nmax_per_ip = 3\ncolour = 1\n\
                 [conections]\ncloak = true\n[weather]\n[history]\ndurability = \"fsinc\"\n[log]\nlevel = \"loud\"\n"
            ),
            expect![[r#"
                line 6: listen.tsl: there is no such key; did you mean tls?
                line 8: limits.nick_lenght: there is no such key; did you mean nick_length?
                line 9: limits.max_per_ip: there is no such key; it belongs in [connections]
                line 10: limits.colour: there is no such key; there are nick_length, user_length, realname_length, channel_length, topic_length, away_length, kick_length, key_length, channels_per_client, list_modes, monitor_targets, whowas_entries, multiline_bytes, multiline_lines, targets, new_channels_per_hour, network
                line 11: [conections]: there is no such table; did you mean [connections]?
                line 13: [weather]: there is no such table; there are server, motd, listen, http, connections, flood, limits, channels, history, storage, messages, log, admin, users, oper, metadata, sts, webirc, accounts, relaymsg, roleplay
                line 15: history.durability: must be "fsync" or "os"; did you mean "fsync"?
                line 17: log.level: must be "error", "warn", "info", "debug" or "trace", not "loud""#]],
        );
    }

    #[test]
    fn how_long_empty_rooms_stay() {
        let with = |text: &str| {
            let config = parse(&format!("{LEAST}[channels]\nforget_empty_after = {text}\n"))?;
            Ok::<_, String>(config.settings.forget_empty_after.map(|after| after.as_secs()))
        };
        assert_eq!(parse(LEAST).unwrap().settings.forget_empty_after, Some(Duration::from_secs(86_400)));
        assert_eq!(with("\"12h\""), Ok(Some(43_200)));
        assert_eq!(with("\"never\""), Ok(None));
        for wrong in ["\"0s\"", "\"soon\"", "\"-1d\"", "1", "\"\"", "false"] {
            let problem = with(wrong).unwrap_err();
            let words = "channels.forget_empty_after: must be a duration such as \"12h\" or \"1d\", or \"never\", not ";
            assert!(problem.contains(words), "{wrong}: {problem}");
        }
    }

    #[test]
    fn every_wrong_value_is_named_with_what_it_must_be() {
        check(
            "[server]\nname = \"irc\"\nnetwork = \"\"\npassword = \"secret\"\n[[listen]]\naddress = \"localhost:6667\"\n\
             websocket = \"yes\"\n[[listen]]\n[flood]\nrate = 0\nburst = \"many\"\n[limits]\nnick_length = 100\ntargets = -1\n\
             [connections]\nping_interval = \"0s\"\nping_timeout = 90\nsend_queue = \"1 KiB\"\ncloak = 1\n\
             trusted_proxies = [\"10.0.0.1\", \"proxy\", 4]\nmax_per_ip = 0\n\
             [channels]\nautojoin = [\"lobby\", \"#ok\"]\ndefault_modes = \"+x\"\n[users]\ndefault_modes = \"+o\"\n",
            expect![[r#"
                line 2: server.name: must be a host name with a dot, such as irc.example.org, not "irc"
                line 3: server.network: must not be empty
                line 4: server.password: must be what `parlad hash-password` prints; passwords are not written as they are
                line 6: listen.address: must be an IP address and a port, such as "127.0.0.1:6667" or "[::]:6697", not "localhost:6667"
                line 7: listen.websocket: must be true or false, not "yes"
                line 8: listen.address: is missing
                line 10: flood.rate: must be a whole number from 1 to 1000, not 0
                line 11: flood.burst: must be a whole number of 1 or more, not "many"
                line 13: limits.nick_length: must be a whole number from 1 to 64, not 100
                line 14: limits.targets: must be a whole number from 1 to 20, not -1
                line 16: connections.ping_interval: must be longer than nothing, not "0s"
                line 17: connections.ping_timeout: must be a duration such as "90s", "10m" or "7d", not 90
                line 18: connections.send_queue: must be at least 16 KiB, not "1 KiB"
                line 19: connections.cloak: must be true or false, not 1
                line 20: connections.trusted_proxies: must be an address, or a network such as "10.0.0.0/8", not "proxy"
                line 20: connections.trusted_proxies: must be an address, or a network such as "10.0.0.0/8", not 4
                line 21: connections.max_per_ip: must be a whole number of 1 or more, not 0
                line 23: channels.autojoin: "lobby": the name has a character that is not allowed
                line 24: channels.default_modes: may hold letters of modes without a parameter, such as "+nt", not "+x"
                line 26: users.default_modes: may hold letters of modes that users give themselves, such as "+i", not "+o""#]],
        );
    }

    #[test]
    fn tables_of_the_wrong_shape_are_told() {
        check(
            "listen = 3\n[[server]]\nname = \"irc.example.org\"\n[oper]\nname = \"alice\"\n",
            expect![[r#"
                line 1: listen: write [[listen]], with two brackets on each side, as there may be several
                line 2: server: there is only one: write it with one bracket on each side
                line 2: server.name: is missing
                line 4: oper: write [[oper]], with two brackets on each side, as there may be several"#]],
        );
        check(
            "[server]\nname = irc\n[limits\nname = 3\n",
            expect![[r#"
                line 2: a value must be a text in quotes, a number, true, false or a list in brackets
                line 3: this is not TOML: unclosed table, expected `]`"#]],
        );
        check("[flood]\nrate = 3\nrate = 4\n", expect!["line 3: this is there twice"]);
        check(
            "",
            expect![[r#"
            listen: is missing; at least one [[listen]] is needed
            server.name: is missing"#]],
        );
    }

    #[test]
    fn what_is_not_here_yet_is_told() {
        check(
            &format!(
                "{LEAST}[accounts]\nrequire = true\n[relaymsg]\nenabled = false\n[channels]\nregistration = true\n\
                 [history]\nretain = \"forever\"\n[log]\ntarget = \"syslog\"\n"
            ),
            expect![[r#"
                line 6: warning: accounts: has no effect: this version does not have what it asks for
                line 11: warning: channels.registration: has no effect: this version does not have what it asks for
                line 15: warning: log.target: has no effect: this version does not have what it asks for"#]],
        );
    }

    #[test]
    fn operators_are_checked() {
        let good = crate::work::password::hash("secret").unwrap();
        let weak = "$argon2id$v=19$m=4096,t=1,p=1$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI";
        let huge = weak.replace("4096", "4194304");
        let oper = |name: &str, password: &str, more: &str| {
            format!("[[oper]]\nname = \"{name}\"\npassword = \"{password}\"\n{more}\n")
        };
        check(
            &[
                LEAST,
                &oper("alice", "plain", "privileges = [\"kil\", \"fly\", \"kill\"]"),
                &oper(
                    "bob",
                    weak,
                    "privileges = [\"ban\", \"rehash\"]\nhosts = [\"10.0.0.1\", \"*@10.0.0.0/99\"]",
                ),
                &oper("bob", &huge, "privileges = [\"all\"]"),
                &oper("carol", &good, "hosts = []"),
                &oper("dave dee", &good, "privileges = []"),
                &oper("erin", &good, "privileges = []"),
                &oper("erin", &good, "privileges = []"),
            ]
            .concat(),
            expect![[r#"
                line 8: oper.password: must be what `parlad hash-password` prints; passwords are not written as they are
                line 9: oper.privileges: there is no privilege "kil"; did you mean "kill"?
                line 9: oper.privileges: there is no privilege "fly"; there are all, kill, ban, rehash, die, accounts, channels, relaymsg, history, hosts
                line 12: warning: oper.password: is quick to guess for whoever gets hold of it; make a new one with `parlad hash-password`
                line 13: warning: oper.privileges: the privilege "ban" does nothing yet
                line 14: oper.hosts: must be of the form user@host, such as "*@10.0.0.0/8", not "10.0.0.1"
                line 14: oper.hosts: "*@10.0.0.0/99" matches nobody. A range of addresses looks like 203.0.113.0/24 or 2001:db8::/32
                line 17: oper.password: asks for 4194304 KiB of memory, and at most 65536 are possible; make one with `parlad hash-password`
                line 19: oper.privileges: is missing
                line 22: warning: oper.hosts: nobody can be this operator, as no host is named
                line 24: oper.name: must be one word, not "dave dee"
                line 32: oper.name: "erin" is the name of the operator in line 28, too"#]],
        );
    }

    #[test]
    fn addresses_that_are_there_twice() {
        check(
            &format!(
                "{LEAST}[[listen]]\naddress = \"0.0.0.0:6667\"\n[[http]]\naddress = \"127.0.0.1:6667\"\n\
                 [[http]]\naddress = \"127.0.0.1:8067\"\n"
            ),
            expect![[r#"
                line 7: listen.address: 0.0.0.0:6667 and 127.0.0.1:6667 (line 5) cannot both be listened on
                line 9: http.address: 127.0.0.1:6667 is there twice (line 5)"#]],
        );
        let listen = ["127.0.0.1:1", "127.0.0.1:1"].map(|address| address.parse().unwrap()).into();
        let error = Config::for_run(&Options { listen, ..Options::default() }).unwrap_err().to_string();
        expect![[r#"
            the server cannot run like this:
            --listen: 127.0.0.1:1 is there twice (--listen)"#]]
        .assert_eq(&error);
    }

    #[test]
    fn the_message_of_the_day_is_looked_through() {
        let folder = tempfile::tempdir().unwrap();
        let check = |motd: &str, expected: Expect| {
            let problems = match parse_in(folder.path(), &format!("{LEAST}[motd]\n{motd}\n")) {
                Ok(config) => listed(&config.warnings).replace(folder.path().to_str().unwrap(), ""),
                Err(problems) => problems,
            };
            expected.assert_eq(&problems);
        };
        let (long, fits) = ("é".repeat(201), "é".repeat(200));
        fs::write(folder.path().join("long.txt"), format!("a\n{long}\n{fits}\n")).unwrap();
        fs::write(folder.path().join("many.txt"), format!("{long}\n").repeat(8)).unwrap();
        fs::write(folder.path().join("latin1.txt"), b"a\nZo\xeb\n").unwrap();
        check(
            "file = \"long.txt\"",
            expect!["line 7: warning: motd.file: /long.txt: line 2 has 402 bytes and is cut after 400"],
        );
        check(
            "file = \"many.txt\"",
            expect![[r#"
            line 7: warning: motd.file: /many.txt: line 1 has 402 bytes and is cut after 400
            line 7: warning: motd.file: /many.txt: line 2 has 402 bytes and is cut after 400
            line 7: warning: motd.file: /many.txt: line 3 has 402 bytes and is cut after 400
            line 7: warning: motd.file: /many.txt: line 4 has 402 bytes and is cut after 400
            line 7: warning: motd.file: /many.txt: line 5 has 402 bytes and is cut after 400
            line 7: warning: motd.file: /many.txt: 3 more lines are cut after 400 bytes"#]],
        );
        check("file = \"latin1.txt\"", expect!["line 7: motd.file: line 2 of /latin1.txt is not UTF-8"]);
        check(
            "file = \"none.txt\"",
            expect!["line 7: motd.file: cannot read /none.txt: No such file or directory (os error 2)"],
        );
        check("file = \"long.txt\"\ntext = \"a\"", expect!["line 8: motd.text: give file or text, not both"]);
        check(
            &format!("text = \"{long}\""),
            expect!["line 7: warning: motd.text: line 1 has 402 bytes and is cut after 400"],
        );
    }

    #[test]
    fn certificates_are_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let certified = |name: &str| {
            let certified = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
            fs::write(folder.path().join(format!("{name}.pem")), certified.cert.pem()).unwrap();
            fs::write(folder.path().join(format!("{name}.key")), certified.signing_key.serialize_pem())
                .unwrap();
        };
        ["irc.example.org", "chat.example.org"].into_iter().for_each(certified);
        let tls = |cert: &str, key: &str| format!("tls = {{ cert = \"{cert}.pem\", key = \"{key}.key\" }}\n");
        let text = [
            LEAST,
            &tls("irc.example.org", "irc.example.org"),
            "[[listen]]\naddress = \"127.0.0.1:6697\"\n",
            &tls("chat.example.org", "chat.example.org"),
            "[[listen]]\naddress = \"127.0.0.1:6698\"\n",
            &tls("chat.example.org", "chat.example.org"),
            "[[http]]\naddress = \"127.0.0.1:8067\"\norigins = [\"https://chat.example.org\"]\n",
            &tls("chat.example.org", "chat.example.org"),
            "[sts]\nduration = \"1h\"\n",
        ]
        .concat();
        let shown = |text: &str| text.replace(folder.path().to_str().unwrap(), "");
        let config = parse_in(folder.path(), &text).unwrap();
        expect![[r#"
            line 6: warning: listen.tls: the certificate /irc.example.org.pem is signed by itself, and clients that [sts] sends here do not take that: they are locked out for as long as sts.duration says
            line 9: warning: listen.tls: the certificate /chat.example.org.pem is for chat.example.org, not for irc.example.org; clients refuse it
            line 9: warning: listen.tls: the certificate /chat.example.org.pem is signed by itself, and clients that [sts] sends here do not take that: they are locked out for as long as sts.duration says"#]].assert_eq(&shown(&listed(&config.warnings)));
        let text = [
            LEAST,
            &tls("irc.example.org", "chat.example.org"),
            "[[listen]]\naddress = \"127.0.0.1:6697\"\ntls = { cert = \"none.pem\" }\n",
        ]
        .concat();
        expect![[r#"
            line 6: listen.tls: the key /chat.example.org.key is not that of the certificate /irc.example.org.pem
            line 9: listen.tls.key: is missing"#]].assert_eq(&parse_in(folder.path(), &text).unwrap_err());
    }

    #[test]
    fn a_data_directory_that_cannot_be_used() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let text = LEAST.replace("\"data\"", "\"file/data\"");
        expect!["line 3: server.data_dir: cannot use the data directory /file/data: Not a directory (os error 20). Choose another with --data-dir"].assert_eq(&parse_in(folder.path(), &text).unwrap_err());
        let (config, data_dir) = (Some(folder.path().join("parlad.toml")), Some(folder.path().join("data")));
        assert!(Config::for_run(&Options { config, data_dir, ..Options::default() }).is_ok());
    }

    #[test]
    fn sizes_durations_and_networks_are_read() {
        let text = "[connections]\nsend_queue = \"64 KiB\"\nping_interval = \"2m\"\nexempt_from_limits = [\"10.0.0.0/8\", \"::1\"]\n";
        let config = parse(&format!("{LEAST}{text}")).unwrap();
        assert_eq!(config.connections.send_queue_bytes, 65536);
        assert_eq!(config.settings.timeouts.ping_interval, Duration::from_secs(120));
        assert!(config.connections.is_exempt("10.1.2.3".parse().unwrap()));
        assert!(config.connections.is_exempt("::ffff:10.1.2.3".parse().unwrap()));
        assert!(config.connections.is_exempt("::1".parse().unwrap()));
        assert!(!config.connections.is_exempt("127.0.0.1".parse().unwrap()));
    }

    #[test]
    fn clients_are_sent_to_the_first_port_for_lines_over_tls() {
        let folder = tempfile::tempdir().unwrap();
        let certified = rcgen::generate_simple_self_signed(vec!["irc.example.org".to_owned()]).unwrap();
        let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        fs::write(&cert, certified.cert.pem()).unwrap();
        fs::write(&key, certified.signing_key.serialize_pem()).unwrap();
        let listen = |port: u16, more: &str| {
            let tls = format!("tls = {{ cert = \"{}\", key = \"{}\" }}", cert.display(), key.display());
            format!("[[listen]]\naddress = \"127.0.0.1:{port}\"\n{tls}\n{more}\n")
        };
        let sts = |listen: &str, keys: &str| {
            let config = parse(&format!("{LEAST}{listen}[sts]\n{keys}\n"))?;
            Ok::<_, String>(config.settings.sts.map(|sts| (sts.duration.as_secs(), sts.port)).unwrap())
        };
        let ports = [listen(8097, "websocket = true"), listen(6697, ""), listen(6698, "")].concat();
        assert_eq!(sts(&ports, "duration = \"30d\"").unwrap(), (2_592_000, 6697));
        assert_eq!(sts(&ports, "duration = \"0s\"\nport = 7000").unwrap(), (0, 7000));
        assert_eq!(sts("", "duration = \"1h\"\nport = 6697").unwrap(), (3600, 6697));
        for (listen, keys) in [("", "duration = \"1h\""), (&*ports, "duration = \"1h\"\nport = 0")] {
            assert!(sts(listen, keys).unwrap_err().contains("sts.port"));
        }
        assert!(parse(LEAST).unwrap().settings.sts.is_none());
    }

    #[test]
    fn the_app_is_served_where_the_file_says() {
        assert!(parse(LEAST).unwrap().http.is_empty());
        let text = "[[http]]\naddress = \"[::1]:8067\"\norigins = [\"https://chat.example.org\"]\n";
        let config = parse(&format!("{LEAST}{text}")).unwrap();
        assert_eq!(config.http[0].address.port(), 8067);
        assert_eq!(config.http[0].origins, ["https://chat.example.org".parse().unwrap()]);
        for wrong in ["chat.example.org", "ftp://chat.example.org", "https://chat.example.org/app", "*"] {
            let error = parse(&format!("{LEAST}{}", text.replace("https://chat.example.org", wrong)));
            let error = error.unwrap_err();
            assert!(error.contains(wrong) && error.contains("line 8"), "{error}");
        }
    }
}
