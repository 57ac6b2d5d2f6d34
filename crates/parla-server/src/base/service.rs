//! The services: names that look like users, to which people and programs send commands as messages.

use parla_proto::{Line, Source};

/// The service for accounts.
pub(crate) const NICKSERV: &str = "NickServ";

/// The service for channels.
pub(crate) const CHANSERV: &str = "ChanServ";

/// Names that people would trust with their passwords, in small letters. Nobody can have one as a nick, or one
/// that looks like it, whether or not the network has such a service.
pub(crate) const RESERVED: [&str; 8] =
    ["botserv", "chanserv", "histserv", "hostserv", "memoserv", "nickserv", "operserv", "saslserv"];

/// The service that the target of a message names: `nickserv` or `NickServ@irc.example.org`.
pub(crate) fn called(target: &str, server: &str) -> Option<&'static str> {
    let (name, at) = target.split_once('@').unwrap_or((target, server));
    let found = [NICKSERV, CHANSERV].into_iter().find(|service| name.eq_ignore_ascii_case(service));
    found.filter(|_| at.eq_ignore_ascii_case(server))
}

/// `nick!user@host` of a service.
pub(crate) fn source(service: &str, server: &str) -> String {
    Source::of_user(service, service, server).to_string()
}

/// A notice from a service.
pub(crate) fn notice(service: &str, server: &str, client: &str, text: &str) -> Vec<u8> {
    Line::from(&source(service, server)).command("NOTICE").param(client).text(text).finish()
}
