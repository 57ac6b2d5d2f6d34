//! Gateways of WEBIRC: who is one, and how the server sees those whom it connects.
//!
//! Passwords are compared on a thread of their own, away from the hub. A gateway gives the same one for each of its clients, so
//! the hash of the last good one is remembered in a form that is quick to compare.

use std::{
    io,
    net::IpAddr,
    sync::{Arc, mpsc},
    thread,
    time::Instant,
};

use blake2::{
    Blake2sMac256,
    digest::{KeyInit as _, Mac as _},
};
use ipnet::IpNet;
use parla_server::{ConnectionId, Gateway, Input, Peer};
use tokio::sync::mpsc::Sender;

use crate::{
    connection::Connection,
    hub::HubInput,
    listener::Addresses,
    log::{ConnectionLog, Mishap},
    password,
};

/// A gateway as the configuration has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// The hash of its password.
    pub(crate) password: String,
    pub(crate) hosts: Vec<IpNet>,
}

/// What someone said that it is, and its connection.
pub(crate) type Claim = (ConnectionId, Arc<Connection>, Box<Gateway>);

/// Compares passwords.
struct Verifier {
    /// Each gateway, with its last good password if there was one.
    gateways: Vec<(Known, Option<[u8; 32]>)>,
    /// For the passwords that are remembered.
    key: [u8; 32],
}

/// Starts the thread. It ends with the sender; each session makes at most one claim.
pub(crate) fn start(
    gateways: Vec<Known>,
    (addresses, log): (Arc<Addresses>, Arc<ConnectionLog>),
    hub: Sender<HubInput>,
) -> io::Result<mpsc::Sender<Claim>> {
    let mut verifier = Verifier::new(gateways)?;
    let (sender, claims) = mpsc::channel::<Claim>();
    thread::Builder::new().name("webirc".to_owned()).spawn(move || {
        for (id, connection, gateway) in claims {
            let (address, client) = (gateway.address, gateway.client);
            let verified = verifier.verify(&gateway);
            if let Err(why) = verified {
                log.mishap(address, Mishap::NoGateway, why);
            }
            let peer = verified.map_err(str::to_owned).and_then(|()| {
                let moved = connection.ticket().move_to(client, Instant::now());
                if let Err(refused) = &moved {
                    log.refused(client, refused);
                }
                moved.map(|()| Box::new(peer(*gateway, &addresses))).map_err(|refused| refused.to_string())
            });
            let input = Input::GatewayVerified { connection: id, client: peer };
            if hub.blocking_send(HubInput::Server(input)).is_err() {
                return;
            }
        }
    })?;
    Ok(sender)
}

/// How the client of a gateway is seen. A name says as much as the address.
fn peer(gateway: Gateway, addresses: &Addresses) -> Peer {
    let peer = addresses.peer(gateway.client);
    let host = if addresses.are_hidden() { peer.host } else { gateway.hostname };
    Peer { host, secure: gateway.is_client_secure, ..peer }
}

impl Verifier {
    fn new(gateways: Vec<Known>) -> io::Result<Self> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self { gateways: gateways.into_iter().map(|gateway| (gateway, None)).collect(), key })
    }

    /// Whether this is a gateway, and which password it has.
    ///
    /// # Errors
    /// What whoever it is must be told.
    fn verify(&mut self, claim: &Gateway) -> Result<(), &'static str> {
        let given = claim.password.reveal();
        let quick = self.quick(given);
        let mut is_known = false;
        for (gateway, remembered) in &mut self.gateways {
            if !includes(&gateway.hosts, claim.address) {
                continue;
            }
            is_known = true;
            if *remembered == Some(quick) || password::matches(&gateway.password, given) {
                *remembered = Some(quick);
                return Ok(());
            }
        }
        Err(if is_known { "Invalid WebIRC password" } else { "Your address is not that of a gateway" })
    }

    /// Of the same length for every password, and of no use to anyone without the key: comparing it tells nothing.
    fn quick(&self, password: &str) -> [u8; 32] {
        Blake2sMac256::new((&self.key).into()).chain_update(password).finalize().into_bytes().into()
    }
}

fn includes(nets: &[IpNet], address: IpAddr) -> bool {
    nets.iter().any(|net| net.contains(&address.to_canonical()))
}

#[cfg(test)]
mod tests {
    use parla_server::Secret;

    use super::*;

    #[test]
    fn a_gateway_has_an_address_and_a_password() {
        let gateway = |password, host: &str| Known {
            password: password::hash(password).unwrap(),
            hosts: vec![host.parse().unwrap()],
        };
        let mut verifier =
            Verifier::new(vec![gateway("one", "192.0.2.0/24"), gateway("two", "192.0.2.7/32")]).unwrap();
        let mut check = |address: &str, password: &str| {
            let claim = Gateway {
                address: address.parse().unwrap(),
                password: Secret::new(password.to_owned()),
                client: IpAddr::from([198, 51, 100, 1]),
                hostname: None,
                is_client_secure: false,
            };
            verifier.verify(&claim)
        };
        for _ in 0..2 {
            assert_eq!(check("192.0.2.1", "one"), Ok(()));
            assert_eq!(check("192.0.2.7", "two"), Ok(()));
            assert_eq!(check("::ffff:192.0.2.7", "one"), Ok(()));
            assert_eq!(check("192.0.2.1", "two"), Err("Invalid WebIRC password"));
            assert_eq!(check("192.0.2.1", ""), Err("Invalid WebIRC password"));
            assert_eq!(check("192.0.3.1", "one"), Err("Your address is not that of a gateway"));
        }
    }
}
