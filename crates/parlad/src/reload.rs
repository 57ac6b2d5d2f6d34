//! Reads the configuration again while the server runs, for REHASH and SIGHUP.
//!
//! The whole file is checked first, and an invalid one changes nothing. A valid one takes effect at once,
//! except for the parts in [`NEEDS_RESTART`], which stay as they are and are reported.

use std::{net::SocketAddr, sync::Arc};

use parla_server::{Answer, Input, QuestionId, Reconfiguration};
use tokio::sync::mpsc::Sender;

use crate::{
    config::Config,
    health::Health,
    limits::CHECK_TIME_MAX,
    net::{
        hub_input::HubInput,
        listener::{self, ListenAddress},
        tls::Certificates,
    },
    options::Options,
    restart::Program,
    work::{Workers, password::Passwords},
};

/// The name of a part of the configuration, and a function that says whether it differs.
type Part = (&'static str, fn(&Config, &Config) -> bool);

/// The parts that take effect only after a restart, and the reasons.
const NEEDS_RESTART: [Part; 9] = [
    // Every line that clients ever got starts with it.
    ("server.name", |old, new| old.settings.network.name != new.settings.network.name),
    // Every name in the network was read with it.
    ("server.casemapping", |old, new| old.settings.network.casemapping != new.settings.network.casemapping),
    // The file in it is open.
    ("server.data_dir", |old, new| old.data_dir != new.data_dir),
    // The sockets are open.
    ("listen", |old, new| old.listen != new.listen),
    ("http", |old, new| old.http != new.http),
    // The workers hold them.
    ("webirc", |old, new| old.webirc != new.webirc),
    // Open connections are counted against them.
    ("connections (other than its timeouts)", |old, new| !old.connections.is_same_table(&new.connections)),
    ("[[limits.network]]", |old, new| old.connections.shared_networks != new.connections.shared_networks),
    // Both are set up only once.
    ("history.durability and log", |old, new| old.durability != new.durability || old.log != new.log),
];

/// Everything that is needed to replace the running configuration.
pub(crate) struct Reload {
    /// The command line, which names the file and replaces some of its values.
    pub(crate) run: Options,
    /// The configuration that the server was started with.
    pub(crate) started_with: Config,
    /// The addresses on which the server listens.
    pub(crate) open: Vec<SocketAddr>,
    /// The program that RESTART would start.
    pub(crate) program: Program,
    /// The certificates of the listeners, whose files are read again too.
    pub(crate) certificates: Certificates,
    pub(crate) hub: Sender<HubInput>,
    pub(crate) workers: Workers,
    pub(crate) health: Arc<Health>,
}

impl Reload {
    /// Reads the configuration and applies it, or reports what is wrong with it in the log and to whoever
    /// asked.
    pub(crate) async fn reload(&self, question: Option<QuestionId>) {
        match Config::for_run(&self.run) {
            Ok(config) => self.apply(question, &config).await,
            Err(error) => {
                let problems = error.to_string().lines().map(str::to_owned).collect();
                self.refuse(question, problems, "the server goes on with what it has").await;
            }
        }
    }

    /// Whether the program that is installed now would start. If not, whoever asked is told why.
    pub(crate) async fn may_restart(&self, question: QuestionId) -> bool {
        let would_run = self.program.would_run(&self.run, CHECK_TIME_MAX).await;
        match would_run.and_then(|name| self.can_listen().map(|()| name)) {
            Ok(name) => {
                tracing::info!("stopping, to start {name}");
                true
            }
            Err(problems) => {
                self.refuse(Some(question), problems, "the server would not start again, so it goes on")
                    .await;
                false
            }
        }
    }

    /// Briefly listens on each address of the configuration that is not open yet. An address that only a
    /// later version understands is that version's concern.
    fn can_listen(&self) -> Result<(), Vec<String>> {
        let Ok(config) = Config::for_run(&self.run) else { return Ok(()) };
        let irc = config.listen.iter().map(|listen| (listen.address, ListenAddress::irc(listen.address)));
        let http = config.http.iter().map(|http| (http.address, ListenAddress::http(http.address)));
        // If this server has the port, it is free by then.
        let is_open = |address: SocketAddr| self.open.iter().any(|open| open.port() == address.port());
        let new = irc.chain(http).filter(|(address, _)| !is_open(*address));
        let failed: Vec<String> =
            new.filter_map(|(_, place)| Some(listener::listen(place).err()?.to_string())).collect();
        if failed.is_empty() { Ok(()) } else { Err(failed) }
    }

    /// Puts a good configuration in place.
    async fn apply(&self, question: Option<QuestionId>, config: &Config) {
        let old = &self.started_with;
        let kept = NEEDS_RESTART.iter().filter(|(_, differs)| differs(old, config)).map(|(part, _)| *part);
        let mut notes = vec!["The configuration was read again.".to_owned()];
        notes.extend(kept.map(|part| format!("{part}: takes effect when the server is started again.")));
        notes.extend(config.warnings.iter().map(ToString::to_string));
        // They were readable a moment ago, when the configuration was checked.
        let problems = self.certificates.reload();
        notes.extend(
            problems.iter().map(|problem| format!("{problem}; the certificate read before stays in use.")),
        );
        for note in &notes {
            tracing::info!("{note}");
        }
        self.health.disk.set_reserve(config.disk_reserve);
        let mut settings = config.settings.clone();
        // It is a fraction of the send queue, whose length has not changed.
        settings.machine.answer_bytes_max = old.settings.machine.answer_bytes_max;
        self.workers.replace_passwords(Passwords::new(config));
        let reconfiguration = Box::new(Reconfiguration { settings, notes });
        self.tell(match question {
            Some(id) => Input::Answer { id, answer: Answer::Configuration(Ok(reconfiguration)) },
            None => Input::Reconfigured(reconfiguration),
        })
        .await;
    }

    /// Reports what is wrong with a configuration that cannot be used.
    async fn refuse(&self, question: Option<QuestionId>, mut problems: Vec<String>, therefore: &str) {
        tracing::error!("{}; {therefore}", problems.join("\n"));
        if let Some(id) = question {
            problems.push(format!("Nothing has changed: {therefore}."));
            self.tell(Input::Answer { id, answer: Answer::Configuration(Err(problems)) }).await;
        }
    }

    async fn tell(&self, input: Input) {
        // The hub lives as long as the server.
        drop(self.hub.send(HubInput::Server(input)).await);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SharedNetwork;

    #[test]
    fn what_needs_a_restart_is_told_apart() {
        let config = Config::for_run(&Options::default()).unwrap();
        let kept = |new: &Config| -> Vec<&str> {
            NEEDS_RESTART.iter().filter(|(_, differs)| differs(&config, new)).map(|(part, _)| *part).collect()
        };
        assert!(kept(&config).is_empty());
        let mut new = config.clone();
        new.settings.network.limits.topic_bytes = 100;
        new.settings.network.motd.clear();
        assert!(kept(&new).is_empty());
        new.connections.gateways = vec!["192.0.2.7/32".parse().unwrap()];
        assert!(kept(&new).is_empty(), "they are those of [[webirc]]");
        let nets = vec!["192.0.2.0/24".parse().unwrap()];
        let school =
            SharedNetwork { name: "school".into(), nets, max_connections: 9, max_rate: 9, max_per_ip: None };
        new.connections.shared_networks = vec![school];
        assert_eq!(kept(&new), ["[[limits.network]]"]);
        new.connections.max_per_ip += 1;
        assert_eq!(kept(&new), ["connections (other than its timeouts)", "[[limits.network]]"]);
        new.connections = config.connections.clone();
        new.listen.clear();
        new.data_dir = "elsewhere".into();
        assert_eq!(kept(&new), ["server.data_dir", "listen"]);
    }
}
