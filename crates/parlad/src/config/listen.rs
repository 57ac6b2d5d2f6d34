//! The tables that say where the server listens, how, and whose word counts there.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use parla_server::settings;
use serde::Deserialize;

use super::file::{File, Network};
use crate::{password::Hash, tls, web::Origin, webirc};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listen {
    pub(super) address: SocketAddr,
    tls: Option<Tls>,
    #[serde(default)]
    websocket: bool,
    #[serde(default)]
    origins: Vec<Origin>,
    #[serde(default)]
    proxy_protocol: bool,
}

impl Listen {
    fn problem(&self) -> Option<String> {
        let only_web_socket = !self.origins.is_empty() && !self.websocket;
        only_web_socket.then(|| format!("listen: {}: origins are for a websocket = true", self.address))
    }

    pub(super) fn into_config(self, directory: &Path) -> super::Listen {
        let speech = match self.websocket {
            true => super::Speech::WebSocket { origins: self.origins },
            false => super::Speech::Lines,
        };
        let tls = self.tls.map(|tls| tls.into_config(directory));
        super::Listen { address: self.address, speech, is_proxied: self.proxy_protocol, tls }
    }
}

/// Where the certificate and its key are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tls {
    cert: PathBuf,
    key: PathBuf,
}

impl Tls {
    fn into_config(self, directory: &Path) -> tls::Files {
        tls::Files { cert: directory.join(self.cert), key: directory.join(self.key) }
    }
}

/// A gateway that tells whom it connects.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Webirc {
    password: String,
    hosts: Vec<Network>,
}

impl Webirc {
    fn problems(&self) -> impl Iterator<Item = String> {
        let hash = Hash::parse(&self.password).err().map(|error| format!("webirc.password: {error}"));
        let hosts = self.hosts.is_empty().then(|| "webirc.hosts: must name where the gateway is".to_owned());
        hash.into_iter().chain(hosts)
    }

    pub(super) fn into_config(self) -> Option<webirc::Known> {
        let hosts = self.hosts.into_iter().map(|network| network.0).collect();
        Some(webirc::Known { password: Hash::parse(&self.password).ok()?, hosts })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sts {
    #[serde(with = "humantime_serde")]
    duration: Duration,
    port: Option<u16>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Http {
    address: SocketAddr,
    tls: Option<Tls>,
    #[serde(default)]
    origins: Vec<Origin>,
}

impl Http {
    pub(super) fn into_config(self, directory: &Path) -> super::Http {
        let tls = self.tls.map(|tls| tls.into_config(directory));
        super::Http { address: self.address, tls, origins: self.origins }
    }
}

impl File {
    /// Values of these tables that are of the right type and wrong all the same.
    pub(super) fn listen_problems(&self) -> impl Iterator<Item = String> {
        let nobody_may = self.connections.trusted_proxies.is_empty();
        let proxied = self.listen.iter().filter(move |listen| nobody_may && listen.proxy_protocol);
        let needs_proxy = proxied.map(|listen| {
            format!(
                "listen: {}: with proxy_protocol = true the proxy must be in connections.trusted_proxies",
                listen.address
            )
        });
        let listen = self.listen.iter().filter_map(Listen::problem);
        listen.chain(needs_proxy).chain(self.webirc.iter().flat_map(Webirc::problems))
    }

    /// Where clients are sent to speak TLS: as the file says, or to the first port for lines that has it.
    pub(super) fn sts(&self) -> Result<Option<settings::Sts>, String> {
        let Some(sts) = &self.sts else { return Ok(None) };
        let mut with_tls = self.listen.iter().filter(|listen| listen.tls.is_some() && !listen.websocket);
        let port = sts.port.or_else(|| with_tls.next().map(|listen| listen.address.port()));
        let port = port
            .filter(|port| *port > 0)
            .ok_or("sts.port: must be that of a port with TLS, or a [[listen]] must have tls")?;
        Ok(Some(settings::Sts { duration: sts.duration, port }))
    }
}
