//! Turns the file and the command line into a configuration, and finds everything that is wrong with it.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use parla_proto::ChannelName;
use parla_server::Settings;
use thiserror::Error;

use super::{
    file::File,
    listen,
    origin::Origin,
    people,
    ports::{Http, Listen},
    problem::{self, Problem, Problems},
    surroundings::{self, ConfigLocation, ConfigLocations},
    whole::Config,
};
use crate::{limits::ANSWER_BYTES_MAX, log, options::Options};

/// Why a configuration cannot be used, worded for the administrator.
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
    /// The configuration for `parlad run`: the file, if there is one, with the values that the command line
    /// replaces. Everything it refers to is checked as well: certificates, directories, addresses.
    pub(crate) fn for_run(run: &Options) -> Result<Self, ConfigError> {
        let problems = Problems::default();
        let read = match &run.config {
            Some(path) => Self::read(path, &problems)?,
            None => Some((Self::without_file(), ConfigLocations::without_file())),
        };
        let mut config = read.map(|(mut config, mut locations)| {
            config.replace_by(run, &mut locations);
            surroundings::check(&config, &locations, &problems);
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
        // If nothing could be read, a problem has been reported.
        config.ok_or_else(|| wrong(Vec::new()))
    }

    /// Replaces values of the file by those of the command line.
    fn replace_by(&mut self, run: &Options, locations: &mut ConfigLocations) {
        if !run.listen.is_empty() {
            self.listen = run.listen.iter().copied().map(Listen::plain).collect();
            self.listen_if_possible.clear();
            locations.listen = vec![ConfigLocation::on_the_command_line("--listen"); run.listen.len()];
        }
        if !run.http.is_empty() {
            let origins: Vec<Origin> =
                std::mem::take(&mut self.http).into_iter().flat_map(|http| http.origins).collect();
            let at = |address: &SocketAddr| Http { address: *address, tls: None, origins: origins.clone() };
            self.http = run.http.iter().map(at).collect();
            locations.http = vec![ConfigLocation::on_the_command_line("--http"); run.http.len()];
        }
        if let Some(data_dir) = &run.data_dir {
            self.data_dir.clone_from(data_dir);
            locations.data_dir = ConfigLocation::on_the_command_line("--data-dir");
        }
    }

    /// Reads a file; `None` if it is not valid TOML. What is wrong with it is added to `problems`.
    fn read(path: &Path, problems: &Problems) -> Result<Option<(Self, ConfigLocations)>, ConfigError> {
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
        let (mut config, locations) = Self::from_file(file, directory, problems);
        if let Some(name) = path.file_name() {
            config.settings.machine.file = name.to_string_lossy().into_owned();
        }
        Ok(Some((config, locations)))
    }

    fn from_file(file: File, directory: &Path, problems: &Problems) -> (Self, ConfigLocations) {
        listen::Listen::check_all(&file.listen, &file.connections.trusted_proxies, problems);
        people::Operator::check_all(&file.oper, problems);
        let locations = ConfigLocations::of(&file);
        let mut settings = Settings::named(&file.server.name);
        settings.machine.sts = file.sts.as_ref().and_then(|sts| sts.to_settings(&file.listen, problems));
        settings.network.network_name = file.server.network.unwrap_or_else(|| file.server.name.clone());
        settings.network.description = file.server.description;
        settings.machine.password_required = file.server.password.is_some();
        settings.network.casemapping = file.server.casemapping;
        let (limits, shared_networks) = file.limits;
        settings.network.limits = limits;
        settings.machine.flood = file.flood;
        settings.machine.timeouts = file.connections.timeouts;
        settings.network.channel_modes = file.channels.default_modes;
        settings.network.user_modes = file.user_modes;
        settings.network.admin = file.admin;
        settings.network.operators = file.oper.iter().map(people::Operator::to_settings).collect();
        settings.network.metadata = file.metadata;
        settings.network.accounts = file.accounts.settings;
        settings.network.access_in_file = file.access;
        settings.network.redaction = file.history.allow_redact;
        settings.network.history = file.history.enabled;
        settings.network.retain = file.history.retain;
        settings.network.history_reply_max = file.history.max_reply;
        settings.machine.answer_bytes_max = (file.connections.send_queue_bytes() / 2).min(ANSWER_BYTES_MAX);
        settings.network.denied_client_tags = file.denied_client_tags;
        settings.network.forget_empty_after = file.channels.forget_empty_after;
        settings.network.motd = file.motd.lines(directory, problems);
        // The maximum length is known only now.
        for name in &file.channels.autojoin {
            match ChannelName::parse(&name.value, &settings.network.name_rules()) {
                Ok(name) => settings.network.autojoin.push(name),
                Err(error) => {
                    problems.error(name.line, format!("channels.autojoin: {:?}: {error}", name.value));
                }
            }
        }
        let mut connections = file.connections.into_limits();
        connections.shared_networks = shared_networks;
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
            password_cost: file.accounts.password_cost,
            warnings: Vec::new(),
            durability: file.history.durability,
            disk_reserve: file.disk_reserve,
            log: log::Options { file: file.log.file.map(|path| directory.join(path)), ..file.log },
        };
        (config, locations)
    }
}

#[cfg(test)]
mod tests;
