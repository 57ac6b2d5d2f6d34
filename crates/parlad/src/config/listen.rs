//! The tables that say where and how the server listens, and which proxies are trusted there.

use std::{net::SocketAddr, path::Path, time::Duration};

use ipnet::IpNet;
use parla_server::settings;

use super::{
    connections::KnownGateway,
    kind::{
        duration, flag, hash, is_empty, list, network, number, origin, placed, socket_address, some_text,
    },
    origin::Origin,
    ports,
    problem::Problems,
    table::{Placed, Table},
    tls_files::TlsFiles,
};

/// One table `[[listen]]`.
#[derive(Debug)]
pub(super) struct Listen {
    pub(super) address: Placed<SocketAddr>,
    pub(super) tls: Option<Tls>,
    websocket: bool,
    origins: Vec<Origin>,
    proxy_protocol: Option<Placed<bool>>,
}

impl Listen {
    /// `None` if it has no usable address.
    pub(super) fn read(table: &mut Table<'_>) -> Option<Self> {
        let address = table.need("address", placed(socket_address));
        let tls = table.maybe_table("tls", Tls::read).flatten();
        let websocket = table.or("websocket", flag, false);
        let origins = table.maybe("origins", placed(list(origin)));
        let proxy_protocol = table.maybe("proxy_protocol", placed(flag)).filter(|is_on| is_on.value);
        if let Some(origins) = origins.as_ref().filter(|origins| !(websocket || origins.value.is_empty())) {
            table.lacking(origins.line, "listen.origins: is only for websocket = true");
        }
        let origins = origins.map(|origins| origins.value).unwrap_or_default();
        Some(Self { address: address?, tls, websocket, origins, proxy_protocol })
    }

    /// Reports ports for proxies if no proxy is trusted.
    pub(super) fn check_all(all: &[Self], trusted_proxies: &[IpNet], problems: &Problems) {
        for proxied in all.iter().filter_map(|listen| listen.proxy_protocol.as_ref()) {
            if trusted_proxies.is_empty() {
                let words =
                    "listen: with proxy_protocol = true the proxy must be in connections.trusted_proxies";
                problems.error(proxied.line, words);
            }
        }
    }

    pub(super) fn into_config(self, directory: &Path) -> ports::Listen {
        let speech = match self.websocket {
            true => ports::Speech::WebSocket { origins: self.origins },
            false => ports::Speech::Lines,
        };
        let (is_proxied, tls) =
            (self.proxy_protocol.is_some(), self.tls.map(|tls| tls.into_config(directory)));
        ports::Listen { address: self.address.value, speech, is_proxied, tls }
    }
}

/// The files of the certificate and its key.
#[derive(Debug)]
pub(super) struct Tls {
    cert: String,
    key: String,
    /// The line of the configuration file.
    pub(super) line: Option<usize>,
}

impl Tls {
    fn read(table: &mut Table<'_>) -> Option<Self> {
        let (cert, key) = (table.need("cert", some_text), table.need("key", some_text));
        Some(Self { cert: cert?, key: key?, line: table.line })
    }

    fn into_config(self, directory: &Path) -> TlsFiles {
        TlsFiles { cert: directory.join(self.cert), key: directory.join(self.key) }
    }
}

/// One table `[[webirc]]`: a gateway that announces its clients.
pub(super) fn webirc(table: &mut Table<'_>) -> Option<KnownGateway> {
    let password = table.need("password", hash);
    let hosts = table.need("hosts", |value| {
        if is_empty(value) {
            value.error("must name where the gateway is");
        }
        list(network)(value)
    });
    Some(KnownGateway { password: password?, hosts: hosts? })
}

/// The table `[sts]`.
#[derive(Debug)]
pub(super) struct Sts {
    duration: Duration,
    port: Option<u16>,
    line: Option<usize>,
}

impl Sts {
    pub(super) fn read(table: &mut Table<'_>) -> Option<Self> {
        let duration = table.need("duration", duration);
        let port = table.maybe("port", number(1..=65_535));
        Some(Self { duration: duration?, port, line: table.line })
    }

    /// The port that clients are sent to for TLS: the one in the file, or the first port for IRC lines that
    /// uses TLS.
    pub(super) fn to_settings(&self, listen: &[Listen], problems: &Problems) -> Option<settings::Sts> {
        let mut with_tls = listen.iter().filter(|listen| listen.tls.is_some() && !listen.websocket);
        let port = self.port.or_else(|| with_tls.next().map(|listen| listen.address.value.port()));
        let Some(port) = port.filter(|port| *port > 0) else {
            let words = "sts.port: must be that of a port with TLS, or a [[listen]] must have tls";
            problems.error(self.line, words);
            return None;
        };
        Some(settings::Sts { duration: self.duration, port })
    }
}

/// One table `[[http]]`.
#[derive(Debug)]
pub(super) struct Http {
    pub(super) address: Placed<SocketAddr>,
    pub(super) tls: Option<Tls>,
    origins: Vec<Origin>,
}

impl Http {
    /// `None` if it has no usable address.
    pub(super) fn read(table: &mut Table<'_>) -> Option<Self> {
        let address = table.need("address", placed(socket_address));
        let tls = table.maybe_table("tls", Tls::read).flatten();
        let origins = table.or("origins", list(origin), Vec::new());
        Some(Self { address: address?, tls, origins })
    }

    pub(super) fn into_config(self, directory: &Path) -> ports::Http {
        let tls = self.tls.map(|tls| tls.into_config(directory));
        ports::Http { address: self.address.value, tls, origins: self.origins }
    }
}
