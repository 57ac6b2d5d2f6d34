//! The settings that a script asks for. Everything else has the manual's defaults.

use std::{collections::BTreeMap, time::Duration};

use parla_proto::{
    ChannelName, Mask,
    mode::{UserModeFacts, UserModes},
    name::Casemapping,
    tag::DeniedTags,
};
use parla_server::{
    APP_PASSWORD_BYTES, AppPassword, Flags, Gateway, MessageIds, PasswordOf, PasswordProof, Peer, ScramProof,
    Secret, Verdict, settings,
};

use super::{NETWORK_NAME, SERVER_NAME, error::RunError, ids, text::duration};

/// What the kept form of a password begins with.
const HASH: &str = "in plain text: ";

/// The settings of a script: `server: <word> <value>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `motd "Welcome"`, one per line; `motd.text` in the configuration.
    pub motd: Vec<String>,
    /// `password secret`, in plain text; `server.password` in the configuration is its hash.
    pub password: Option<String>,
    /// `webirc secret`, the password of gateways at any address; a `[[webirc]]` in the configuration.
    pub webirc: Option<String>,
    /// `casemapping rfc1459`; `server.casemapping`.
    pub casemapping: Option<String>,
    /// `autojoin #lobby #help`; `channels.autojoin`. The default is empty, unlike the daemon's.
    pub autojoin: Vec<String>,
    /// `forget 60s`, `forget never`; `channels.forget_empty_after`.
    pub forget_empty_after: Option<Option<Duration>>,
    /// `modes +n`; `channels.default_modes`.
    pub channel_modes: Option<String>,
    /// `admin "Somewhere"`, at most three lines: location, organization, e-mail; `[admin]`.
    pub admin: Vec<String>,
    /// `history off`; `history.enabled`.
    pub history_off: bool,
    /// `history 3`; `history.max_reply`.
    pub history_reply_max: Option<usize>,
    /// `retain 2h`; `history.retain`.
    pub retain: Option<Duration>,
    /// `limit channels_per_client 2`: a key of `[limits]` and its value.
    pub limits: BTreeMap<String, usize>,
    /// `users +i`; `users.default_modes`.
    pub user_modes: Option<String>,
    /// `oper alice secret kill,rehash [user@host]`: a `[[oper]]` with its password in plain text; there may
    /// be several.
    pub operators: Vec<Operator>,
    /// `broken`: the file cannot be read; only for `server: rewrite`.
    pub broken: bool,
    /// `metadata max_keys 2`: a key of `[metadata]` and its value.
    pub metadata: BTreeMap<String, usize>,
    /// `metadata off`; `metadata.enabled`.
    pub metadata_off: bool,
    /// `metadata registered`: `metadata.before_connect` is off.
    pub metadata_registered: bool,
    /// `deny * -typing`; `messages.denied_client_tags`.
    pub denied_client_tags: Vec<String>,
    /// `sts 6697`; `sts.port`, with a duration of one hour.
    pub sts_port: Option<u16>,
    /// `redact off`; `history.allow_redact`.
    pub redaction_off: bool,
    /// `throttled`: the clients are not in `connections.exempt_from_limits`, as they otherwise are.
    pub throttled: bool,
    /// `notes`: log lines about connections are shown as well, not only the record of operators.
    pub notes: bool,
    /// `hidden`: addresses are hidden; `connections.cloak`. The hosts themselves stay the same.
    pub addresses_hidden: bool,
}

/// One `[[oper]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operator {
    /// Its name.
    pub name: String,
    /// The password in plain text; the configuration has its hash.
    pub password: String,
    /// The privileges, as in the configuration.
    pub privileges: Vec<String>,
    /// The only host that is allowed; any if there is none.
    pub host: Option<String>,
}

impl Operator {
    /// What WHOIS says about every operator in a script.
    pub const TITLE: &str = "is a server admin";

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace().map(str::to_owned);
        let (name, password) = (words.next()?, words.next()?);
        let privileges = words.next()?.split(',').filter(|name| *name != "-").map(str::to_owned).collect();
        Some(Self { name, password, privileges, host: words.next() })
    }

    fn to_server(&self) -> Option<settings::Operator> {
        let privileges = self.privileges.iter().map(|name| settings::Privileges::named(name));
        Some(settings::Operator {
            name: self.name.clone(),
            title: Self::TITLE.to_owned(),
            hosts: vec![Mask::parse(self.host.as_deref().unwrap_or("*@*")).ok()?],
            privileges: privileges.collect::<Option<Vec<_>>>()?.into_iter().collect(),
        })
    }
}

impl Settings {
    /// Applies one setting, given as the text after `server: `.
    ///
    /// # Errors
    /// The setting is invalid, for the returned reason.
    pub(super) fn add(&mut self, text: &str) -> Result<(), String> {
        let (word, value) = text.split_once(' ').unwrap_or((text, ""));
        let value = value.trim();
        let number = |text: &str| text.parse::<usize>().map_err(|_| format!("{text:?} is not a number"));
        match word {
            "motd" => self.motd.push(value.trim_matches('"').to_owned()),
            "admin" => self.admin.push(value.trim_matches('"').to_owned()),
            "password" => self.password = Some(value.to_owned()),
            "webirc" => self.webirc = Some(value.to_owned()),
            "casemapping" => self.casemapping = Some(value.to_owned()),
            "autojoin" => self.autojoin = value.split_whitespace().map(str::to_owned).collect(),
            "forget" if value == "never" => self.forget_empty_after = Some(None),
            "forget" => {
                self.forget_empty_after = Some(Some(duration(value).ok_or("a time is 90s, 5m or 2h")?));
            }
            "modes" => self.channel_modes = Some(value.to_owned()),
            "users" => self.user_modes = Some(value.to_owned()),
            "oper" => {
                let oper = Operator::parse(value).ok_or("oper <name> <password> <privileges> [<host>]")?;
                self.operators.retain(|other| other.name != oper.name);
                self.operators.push(oper);
            }
            "deoper" => self.operators.retain(|oper| oper.name != value),
            "broken" => self.broken = true,
            "history" if value == "off" => self.history_off = true,
            "history" => (self.history_off, self.history_reply_max) = (false, Some(number(value)?)),
            "retain" => self.retain = Some(duration(value).ok_or("a time is 90s, 5m or 2h")?),
            "limit" => {
                let (key, value) = value.split_once(' ').ok_or("limit <key> <number>")?;
                self.limits.insert(key.to_owned(), number(value.trim())?);
            }
            "metadata" if value == "off" => self.metadata_off = true,
            "metadata" if value == "registered" => self.metadata_registered = true,
            "metadata" => {
                let (key, value) = value.split_once(' ').ok_or("metadata <key> <number>")?;
                self.metadata.insert(key.to_owned(), number(value.trim())?);
            }
            "deny" => self.denied_client_tags = value.split_whitespace().map(str::to_owned).collect(),
            "sts" => self.sts_port = Some(value.parse().map_err(|_| format!("{value:?} is not a port"))?),
            "redact" if value == "off" => self.redaction_off = true,
            "throttled" => self.throttled = true,
            "notes" => self.notes = true,
            "hidden" => self.addresses_hidden = true,
            _ => return Err(format!("there is no setting {word:?}")),
        }
        Ok(())
    }

    /// The result of comparing a password.
    pub(super) fn verdict(&self, of: &PasswordOf, password: &Secret) -> Verdict {
        let wanted = match of {
            PasswordOf::Server => self.password.as_deref(),
            PasswordOf::Operator(name) => {
                self.operators.iter().find(|oper| oper.name == *name).map(|oper| oper.password.as_str())
            }
            PasswordOf::Account { hash, .. } => hash.as_deref().and_then(|hash| hash.strip_prefix(HASH)),
        };
        if wanted == Some(password.reveal()) { Verdict::Right } else { Verdict::Wrong }
    }

    /// What is kept of a new password: here, all of it.
    pub(super) fn proof(password: &Secret) -> PasswordProof {
        let scram =
            ScramProof { salt: [0; 16].into(), iterations: 1, stored_key: [0; 32], server_key: [0; 32] };
        PasswordProof { hash: format!("{HASH}{}", password.reveal()).into(), scram }
    }

    /// The app password that is always made.
    pub(super) fn app_password() -> Secret {
        Secret::new(AppPassword::password(&[1; APP_PASSWORD_BYTES]))
    }

    /// The client of a gateway, as the daemon would return it if addresses are not hidden.
    pub(super) fn client_of(&self, gateway: Gateway) -> Result<Box<Peer>, String> {
        match &self.webirc {
            None => Err("Your address is not that of a gateway".to_owned()),
            Some(password) if password != gateway.password.reveal() => {
                Err("Invalid WebIRC password".to_owned())
            }
            Some(_) => Ok(Box::new(Peer {
                host: gateway.hostname,
                unthrottled: !self.throttled,
                secure: gateway.is_client_secure,
                ..Peer::at(gateway.client)
            })),
        }
    }

    /// The settings in the form for the state machine.
    pub(super) fn to_server(&self, is_virtual: bool) -> Result<settings::Settings, RunError> {
        let mut server = settings::Settings::named(SERVER_NAME);
        NETWORK_NAME.clone_into(&mut server.network.network_name);
        server.network.message_ids = MessageIds::new(&ids::KEY);
        server.network.motd.clone_from(&self.motd);
        server.machine.password_required = self.password.is_some();
        let admin = |at: usize| self.admin.get(at).cloned().unwrap_or_default();
        server.network.admin = (!self.admin.is_empty()).then(|| settings::Admin {
            location: admin(0),
            organization: admin(1),
            email: admin(2),
        });
        server.network.history = !self.history_off;
        server.network.retain = self.retain;
        server.network.redaction = !self.redaction_off;
        server.network.addresses_hidden = self.addresses_hidden;
        if let Some(token) = &self.casemapping {
            server.network.casemapping =
                Casemapping::from_token(token).ok_or(RunError::Setting("casemapping"))?;
        }
        if let Some(after) = self.forget_empty_after {
            server.network.forget_empty_after = after;
        }
        if let Some(letters) = &self.channel_modes {
            server.network.channel_modes = Flags::from_letters(letters).ok_or(RunError::Setting("modes"))?;
        }
        if let Some(letters) = &self.user_modes {
            let modes = letters.chars().filter(|letter| *letter != '+').map(UserModeFacts::of_letter);
            let modes = modes.map(|facts| facts.map(|facts| facts.mode)).collect::<Option<UserModes>>();
            server.network.user_modes = modes.ok_or(RunError::Setting("users"))?;
        }
        let operators = self.operators.iter().map(Operator::to_server).collect::<Option<_>>();
        server.network.operators = operators.ok_or(RunError::Setting("oper"))?;
        if let Some(most) = self.history_reply_max {
            server.network.history_reply_max = most;
        }
        for (key, value) in &self.limits {
            *limit(&mut server.network.limits, key).ok_or(RunError::Setting("limit"))? = *value;
        }
        server.network.metadata = self.metadata_bounds()?;
        let denied = DeniedTags::new(self.denied_client_tags.iter().map(String::as_str));
        server.network.denied_client_tags = denied.map_err(|_| RunError::Setting("deny"))?;
        let duration = Duration::from_secs(3600);
        server.machine.sts = self.sts_port.map(|port| settings::Sts { duration, port });
        let rules = server.network.name_rules();
        let rooms = self.autojoin.iter().map(|name| ChannelName::parse(name, &rules));
        server.network.autojoin =
            rooms.collect::<Result<_, _>>().map_err(|_| RunError::Setting("autojoin"))?;
        if !is_virtual {
            let never = Duration::from_secs(1_000_000);
            server.machine.timeouts =
                settings::Timeouts { registration: never, ping_interval: never, ping_timeout: never };
        }
        Ok(server)
    }

    fn metadata_bounds(&self) -> Result<Option<settings::MetadataBounds>, RunError> {
        let mut bounds = settings::MetadataBounds::default();
        for (key, value) in &self.metadata {
            *match key.as_str() {
                "max_keys" => &mut bounds.keys_max,
                "max_subs" => &mut bounds.subs_max,
                "max_value_bytes" => &mut bounds.value_bytes_max,
                _ => return Err(RunError::Setting("metadata")),
            } = *value;
        }
        bounds.before_connect = !self.metadata_registered;
        Ok(Some(bounds).filter(|_| !self.metadata_off))
    }
}

/// The limit with this key in the configuration.
fn limit<'a>(limits: &'a mut settings::Limits, key: &str) -> Option<&'a mut usize> {
    Some(match key {
        "nick_length" => &mut limits.nick_bytes,
        "user_length" => &mut limits.user_bytes,
        "realname_length" => &mut limits.realname_bytes,
        "channel_length" => &mut limits.channel_bytes,
        "topic_length" => &mut limits.topic_bytes,
        "away_length" => &mut limits.away_bytes,
        "kick_length" => &mut limits.kick_bytes,
        "key_length" => &mut limits.key_bytes,
        "channels_per_client" => &mut limits.channels_per_client,
        "list_modes" => &mut limits.list_modes,
        "monitor_targets" => &mut limits.monitor_targets,
        "whowas_entries" => &mut limits.whowas_entries,
        "multiline_bytes" => &mut limits.multiline_bytes,
        "multiline_lines" => &mut limits.multiline_lines,
        "targets" => &mut limits.targets,
        "new_channels_per_hour" => &mut limits.new_channels_per_hour,
        _ => return None,
    })
}
