//! The configuration file, checked whole before anything starts.
//!
//! Unknown keys are errors, so that a typing mistake in a limit does not pass silently.

mod file;
mod limits;
mod listen;
mod people;

use std::{
    fs,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use ipnet::IpNet;
use parla_history::Durability;
use parla_proto::{ChannelName, name::Casemapping};
use parla_server::{Flags, Settings, settings};
use thiserror::Error;

use crate::{cli::Run, config::file::File, tls, web::Origin, webirc};

/// Everything that the daemon must be told.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) settings: Settings,
    pub(crate) password: Option<String>,
    pub(crate) data_dir: PathBuf,
    pub(crate) listen: Vec<Listen>,
    /// Where to listen too if this computer can: not every one has IPv6.
    pub(crate) listen_if_possible: Vec<Listen>,
    pub(crate) http: Vec<Http>,
    pub(crate) connections: Connections,
    pub(crate) webirc: Vec<webirc::Known>,
    /// The hashes of the operators' passwords, in the order of [`Settings::operators`].
    pub(crate) operator_passwords: Vec<String>,
    /// What the file asks for and this version does not have.
    pub(crate) without_effect: Vec<String>,
    pub(crate) durability: Durability,
    pub(crate) log_level: tracing::Level,
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
    #[error("the configuration {path} is wrong:\n{reason}")]
    Syntax { path: PathBuf, reason: Box<toml::de::Error> },
    #[error("the configuration {path} is wrong:\n{}", problems.join("\n"))]
    Values { path: PathBuf, problems: Vec<String> },
}

impl Config {
    /// What `parlad run` uses: the file if there is one, and what the command line replaces.
    pub(crate) fn for_run(run: &Run) -> Result<Self, ConfigError> {
        let mut config = match &run.config {
            Some(path) => Self::read(path)?,
            None => Self::without_file(),
        };
        if !run.listen.is_empty() {
            config.listen = run.listen.iter().copied().map(Listen::plain).collect();
            config.listen_if_possible.clear();
        }
        if !run.http.is_empty() {
            let origins: Vec<Origin> = config.http.into_iter().flat_map(|http| http.origins).collect();
            let at = |address: &SocketAddr| Http { address: *address, tls: None, origins: origins.clone() };
            config.http = run.http.iter().map(at).collect();
        }
        if let Some(data_dir) = &run.data_dir {
            config.data_dir.clone_from(data_dir);
        }
        Ok(config)
    }

    /// Reads and checks a file.
    pub(crate) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path)
            .map_err(|reason| ConfigError::Unreadable { path: path.to_owned(), reason })?;
        let file: File = toml::from_str(&text)
            .map_err(|reason| ConfigError::Syntax { path: path.to_owned(), reason: Box::new(reason) })?;
        let directory = path.parent().unwrap_or(Path::new(""));
        let mut config = Self::from_file(file, directory)
            .map_err(|problems| ConfigError::Values { path: path.to_owned(), problems })?;
        if let Some(name) = path.file_name() {
            config.settings.file = name.to_string_lossy().into_owned();
        }
        Ok(config)
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
            without_effect: Vec::new(),
            durability: Durability::Fsync,
            log_level: tracing::Level::INFO,
        }
    }

    fn from_file(file: File, directory: &Path) -> Result<Self, Vec<String>> {
        let mut problems = file.problems();
        problems.extend(file.oper.iter().flat_map(people::Operator::problems));
        let without_effect = file.without_effect();
        let sts = file.sts();
        let mut settings = Settings::named(&file.server.name);
        settings.network = file.server.network.unwrap_or_else(|| file.server.name.clone());
        settings.description = file.server.description;
        settings.password_required = file.server.password.is_some();
        settings.casemapping = Casemapping::from_token(&file.server.casemapping).unwrap_or_default();
        settings.limits = file.limits.into_settings();
        settings.flood = settings::Flood { burst: file.flood.burst, rate: file.flood.rate };
        settings.timeouts = file.connections.timeouts();
        settings.channel_modes = Flags::from_letters(&file.channels.default_modes).unwrap_or_default();
        settings.user_modes = file.users.modes().unwrap_or_default();
        settings.admin = file.admin.map(people::Admin::into_settings);
        settings.operators = file.oper.iter().map(people::Operator::to_settings).collect();
        settings.metadata = file.metadata.into_settings();
        settings.redaction = file.history.allow_redact;
        settings.history = file.history.enabled;
        settings.history_reply_max = file.history.max_reply;
        settings.answer_bytes_max =
            (file.connections.send_queue_bytes() / 2).min(crate::limits::ANSWER_BYTES_MAX);
        match file.messages.denied_client_tags() {
            Ok(denied) => settings.denied_client_tags = denied,
            Err(error) => problems.push(format!("messages.denied_client_tags: {error}")),
        }
        match file.channels.forget_empty_after() {
            Ok(after) => settings.forget_empty_after = after,
            Err(problem) => problems.push(problem),
        }
        for name in &file.channels.autojoin {
            match ChannelName::parse(name, &settings.name_rules()) {
                Ok(name) => settings.autojoin.push(name),
                Err(error) => problems.push(format!("channels.autojoin: {name:?}: {error}")),
            }
        }
        match sts {
            Ok(sts) => settings.sts = sts,
            Err(problem) => problems.push(problem),
        }
        match file.motd.lines(directory) {
            Ok(lines) => settings.motd = lines,
            Err(problem) => problems.push(problem),
        }
        let webirc: Vec<_> = file.webirc.into_iter().map(listen::Webirc::into_config).collect();
        let mut connections = file.connections.into_limits();
        connections.gateways = webirc.iter().flat_map(|gateway| gateway.hosts.clone()).collect();
        let config = Self {
            settings,
            password: file.server.password,
            data_dir: directory.join(file.server.data_dir),
            listen: file.listen.into_iter().map(|listen| listen.into_config(directory)).collect(),
            listen_if_possible: Vec::new(),
            http: file.http.into_iter().map(|http| http.into_config(directory)).collect(),
            connections,
            webirc,
            operator_passwords: file.oper.into_iter().map(|oper| oper.password).collect(),
            without_effect,
            durability: file.history.durability.into(),
            log_level: file.log.level.into(),
        };
        problems.extend(config.unusable_certificates());
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }

    fn unusable_certificates(&self) -> Vec<String> {
        let listen = self.listen.iter().map(|listen| ("listen", listen.address, &listen.tls));
        let http = self.http.iter().map(|http| ("http", http.address, &http.tls));
        let unusable = listen.chain(http).filter_map(|(table, address, files)| {
            let error = files.as_ref()?.read().err()?;
            Some(format!("{table}: {address}: tls: {error}"))
        });
        unusable.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        Config::from_file(file, Path::new("/etc/parla")).map_err(|problems| problems.join("\n"))
    }

    #[test]
    fn tags_that_are_denied() {
        let with = |list: &str| parse(&format!("{LEAST}[messages]\ndenied_client_tags = {list}\n"));
        let config = with(r#"["*", "-typing"]"#).unwrap();
        assert_eq!(config.settings.denied_client_tags.token_value(), "*,-typing");
        assert!(with(r#"["+typing"]"#).unwrap_err().starts_with("messages.denied_client_tags: "));
        assert!(with(r#"["typing", "*"]"#).is_err());
    }

    const LEAST: &str = "[server]\nname = \"irc.example.org\"\n[[listen]]\naddress = \"127.0.0.1:6667\"\n";

    #[test]
    fn name_and_address_are_enough() {
        let config = parse(LEAST).unwrap();
        assert_eq!(config.settings.network, "irc.example.org");
        assert_eq!(config.settings.autojoin.len(), 1);
        assert_eq!(config.data_dir, Path::new("/var/lib/parlad"));
        assert_eq!(config.connections.send_queue_bytes, 1024 * 1024);
        assert_eq!(config.settings.timeouts.ping_interval, Duration::from_secs(90));
    }

    #[test]
    fn a_typing_mistake_is_an_error_with_its_line() {
        let error = parse(&format!("{LEAST}[limits]\nnick_lenght = 9\n")).unwrap_err();
        assert!(error.contains("nick_lenght") && error.contains("line 6"), "{error}");
    }

    #[test]
    fn how_long_empty_rooms_stay() {
        let with = |text: &str| {
            let config = parse(&format!("{LEAST}[channels]\nforget_empty_after = \"{text}\"\n"))?;
            Ok::<_, String>(config.settings.forget_empty_after.map(|after| after.as_secs()))
        };
        assert_eq!(parse(LEAST).unwrap().settings.forget_empty_after, Some(Duration::from_secs(86_400)));
        assert_eq!(with("12h"), Ok(Some(43_200)));
        assert_eq!(with("never"), Ok(None));
        for wrong in ["0s", "soon", "-1d", "1", ""] {
            assert!(with(wrong).unwrap_err().starts_with("channels.forget_empty_after: "), "{wrong}");
        }
    }

    #[test]
    fn every_wrong_value_is_named() {
        let text = LEAST.replace("irc.example.org", "irc");
        let wrong = "[channels]\nautojoin = [\"lobby\"]\ndefault_modes = \"+x\"\n[flood]\nrate = 0\n[history]\nmax_reply = 0\n[metadata]\nmax_keys = 0\n[connections]\nping_interval = \"0s\"\n";
        let error = parse(&format!("{text}{wrong}")).unwrap_err();
        for part in [
            "server.name",
            "channels.autojoin",
            "channels.default_modes",
            "flood",
            "history.max_reply",
            "metadata.max_keys",
            "connections.ping_interval",
        ] {
            assert!(error.contains(part), "{part} in:\n{error}");
        }
    }

    #[test]
    fn what_is_not_here_yet_is_told() {
        let text =
            "[accounts]\nrequire = true\n[relaymsg]\nenabled = false\n[channels]\nregistration = true\n";
        assert_eq!(
            parse(&format!("{LEAST}{text}")).unwrap().without_effect,
            ["accounts", "channels.registration"]
        );
    }

    #[test]
    fn operators_are_checked() {
        let oper = "[[oper]]\nname = \"alice\"\npassword = \"plain\"\nprivileges = [\"kill\", \"fly\"]\n";
        let error = parse(&format!("{LEAST}{oper}[users]\ndefault_modes = \"+o\"\n")).unwrap_err();
        for part in ["hash-password", "\"fly\"", "users.default_modes"] {
            assert!(error.contains(part), "{part} in:\n{error}");
        }
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
            assert!(error.contains(wrong) && error.contains("line 7"), "{error}");
        }
    }
}
