//! WEBIRC: a gateway announces the client that it connects. <https://ircv3.net/specs/extensions/webirc>
//!
//! The daemon decides whether it may, because it has the addresses of the gateways and the hashes of their
//! passwords. A gateway that may not is told why and disconnected: otherwise all its clients would count as a
//! single one.

use std::net::IpAddr;

use parla_proto::command::Webirc;

use crate::{
    base::{connection::Gateway, limits::HOST_BYTES_MAX, secret::Secret},
    context::Context,
    contract::question::Question,
    network::refusal::Refusal,
    session::{Registration, pause::Exchange},
};

pub(crate) fn run(context: &mut Context<'_>, webirc: &Webirc<'_>) -> Result<(), Refusal> {
    let capabilities = context.session.capabilities;
    let registration = context.session.registration().ok_or(Refusal::AlreadyRegistered)?;
    let is_first = capabilities.is_empty() && is_first(registration);
    registration.by_gateway = true;
    let peer = &context.session.peer;
    let (Some(client), Some(hostname)) = (webirc.address.parse().ok(), hostname(webirc)) else {
        *context.close = Some("WEBIRC needs an address and a host name".to_owned());
        return Ok(());
    };
    if !is_first {
        *context.close = Some("WEBIRC must be the first command".to_owned());
        return Ok(());
    }
    let gateway = Gateway {
        address: peer.address,
        password: Secret::new(webirc.password.to_owned()),
        client,
        hostname,
        is_client_secure: peer.secure && says_secure(webirc.options),
    };
    context.ask(Question::Gateway(Box::new(gateway)), Exchange::Gateway);
    Ok(())
}

/// Whether nothing has been sent yet that the rest of registration may depend on.
fn is_first(registration: &Registration) -> bool {
    let said_nothing = registration.nick.is_none() && registration.user.is_none();
    said_nothing && !registration.negotiating && !registration.by_gateway
}

/// The client's host name. The inner `None` means that it has none, or one that is too long for a line; the
/// outer `None` means that the text is not a host name.
fn hostname(webirc: &Webirc<'_>) -> Option<Option<Box<str>>> {
    let name = webirc.hostname;
    if name.parse::<IpAddr>().is_ok() || name.len() > HOST_BYTES_MAX {
        return Some(None);
    }
    let is_plain = |char: char| char.is_ascii_alphanumeric() || char == '-' || char == '_';
    let is_label = |label: &str| !label.is_empty() && !label.starts_with('-') && label.chars().all(is_plain);
    name.split('.').all(is_label).then(|| Some(name.into()))
}

/// Whether the client uses TLS to the gateway.
fn says_secure(options: Option<&str>) -> bool {
    let mut options = options.unwrap_or_default().split(' ');
    options.any(|option| option.split('=').next() == Some("secure"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names() {
        let check = |name, expected: Option<Option<&str>>| {
            let webirc = Webirc { password: "", gateway: "", hostname: name, address: "", options: None };
            assert_eq!(hostname(&webirc).as_ref().map(Option::as_deref), expected, "{name}");
        };
        let long = "a.".repeat(40) + "example";
        check("3-100-51-198.example.com", Some(Some("3-100-51-198.example.com")));
        check("a_b.example", Some(Some("a_b.example")));
        for address in ["198.51.100.3", "2001:db8::1", "0::1", &long] {
            check(address, Some(None));
        }
        for bad in ["", ".", "a..b", "a.", ".a", "-a", "a b", "a!b", "a@b", "ä.example", "1:2", "a*", "[::1]"]
        {
            check(bad, None);
        }
    }

    #[test]
    fn options() {
        assert!(says_secure(Some("secure")) && says_secure(Some("local-port=1 secure=whatever")));
        assert!(!says_secure(None) && !says_secure(Some("insecure secured x=secure")));
    }
}
