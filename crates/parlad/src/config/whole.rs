//! The complete configuration of the daemon, as plain values.

use std::{net::SocketAddr, path::PathBuf};

use bytesize::ByteSize;
use parla_proto::ChannelName;
use parla_server::Settings;
use parla_store::Durability;

use super::{
    connections::{ConnectionLimits, KnownGateway},
    file,
    hash::{Hash, HashCost},
    ports::{Http, Listen},
    problem::Problem,
};
use crate::log;

/// The complete configuration of the daemon.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) settings: Settings,
    pub(crate) password: Option<Hash>,
    pub(crate) data_dir: PathBuf,
    pub(crate) listen: Vec<Listen>,
    /// Further addresses to listen on if this computer can: not every computer has IPv6.
    pub(crate) listen_if_possible: Vec<Listen>,
    pub(crate) http: Vec<Http>,
    pub(crate) connections: ConnectionLimits,
    pub(crate) webirc: Vec<KnownGateway>,
    /// The hashes of the operators' passwords, in the order of `operators` in the network's settings.
    pub(crate) operator_passwords: Vec<Hash>,
    /// What hashing the password of an account costs.
    pub(crate) password_cost: HashCost,
    /// What the administrator should know of it.
    pub(crate) warnings: Vec<Problem>,
    pub(crate) durability: Durability,
    /// How much of the disk must stay free for essential writes.
    pub(crate) disk_reserve: ByteSize,
    pub(crate) log: log::Options,
}

impl Config {
    /// A complete server for this computer, without a configuration file.
    pub(super) fn without_file() -> Self {
        let mut settings = Settings::named("parla.localhost");
        settings.network.network_name = "parla".to_owned();
        "(none)".clone_into(&mut settings.machine.file);
        settings.network.motd = vec![
            "Welcome. Everyone who connects is in #lobby.".to_owned(),
            "What is said in a room is kept; clients that know chathistory can scroll back.".to_owned(),
        ];
        settings.network.autojoin =
            ChannelName::parse(file::LOBBY, &settings.network.name_rules()).into_iter().collect();
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
            password_cost: HashCost::default(),
            warnings: Vec::new(),
            durability: file::DURABILITY,
            disk_reserve: file::DISK_RESERVE,
            log: log::Options::default(),
        }
    }
}
