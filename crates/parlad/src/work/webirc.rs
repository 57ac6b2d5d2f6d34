//! WEBIRC gateways: who is one, and how the server sees their clients.
//!
//! The gateway's address is checked first. A gateway gives the same password for each of its clients, so good
//! ones are remembered in a form that is quick to compare.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use blake2::{
    Blake2sMac256,
    digest::{KeyInit as _, Mac as _},
};
use parla_server::{Gateway, Peer, Verdict};

use crate::{
    config::{Hash, KnownGateway},
    net::{
        addresses::Addresses,
        admission::Permit,
        connection_log::{ConnectionLog, Mishap},
    },
};

/// All configured gateways.
pub(crate) struct Gateways {
    known: Vec<KnownGateway>,
    /// Good passwords together with the addresses that they came from, the newest last.
    remembered: Mutex<Vec<[u8; 32]>>,
    /// The key for remembered passwords.
    key: [u8; 32],
    log: Arc<ConnectionLog>,
}

/// How many good passwords are remembered.
const REMEMBERED_MAX: usize = 64;

impl Gateways {
    /// # Errors
    /// The system has no random numbers.
    pub(crate) fn new(known: Vec<KnownGateway>, log: Arc<ConnectionLog>) -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self { remembered: Mutex::default(), known, key, log })
    }

    /// The client of a gateway, which is counted for its own address from now on. `compare` compares the
    /// password with these hashes.
    ///
    /// # Errors
    /// It is not a gateway, or cannot connect its client; the error is the text for it.
    pub(crate) fn client(
        &self,
        claim: &Gateway,
        compare: impl FnOnce(&[Hash]) -> Verdict,
        addresses: &Addresses,
        permit: &Permit,
    ) -> Result<Box<Peer>, String> {
        if let Err(why) = self.verify(claim, compare) {
            self.log.mishap(claim.address, Mishap::NoGateway, &why);
            return Err(why);
        }
        if let Err(refused) = permit.move_to(claim.client, Instant::now()) {
            self.log.refused(claim.client, &refused);
            return Err(refused.to_string());
        }
        Ok(Box::new(peer(claim, addresses)))
    }

    fn verify(&self, claim: &Gateway, compare: impl FnOnce(&[Hash]) -> Verdict) -> Result<(), String> {
        let there = self.known.iter().filter(|gateway| gateway.is_at(claim.address));
        let hashes: Vec<Hash> = there.map(|gateway| gateway.password.clone()).collect();
        if hashes.is_empty() {
            return Err("Your address is not that of a gateway".to_owned());
        }
        let quick = self.quick(claim);
        if self.remembered().contains(&quick) {
            return Ok(());
        }
        match compare(&hashes) {
            Verdict::Right => {
                let mut remembered = self.remembered();
                if remembered.len() >= REMEMBERED_MAX {
                    remembered.remove(0);
                }
                remembered.push(quick);
                Ok(())
            }
            Verdict::Wrong => Err("Invalid WebIRC password".to_owned()),
            Verdict::NotCompared(why) => Err(why.to_string()),
        }
    }

    fn remembered(&self) -> MutexGuard<'_, Vec<[u8; 32]>> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It has the same length for every password and is useless without the key, so comparing it reveals
    /// nothing.
    fn quick(&self, claim: &Gateway) -> [u8; 32] {
        let mac =
            Blake2sMac256::new((&self.key).into()).chain_update(claim.address.to_canonical().to_string());
        mac.chain_update(" ").chain_update(claim.password.reveal()).finalize().into_bytes().into()
    }
}

/// How the client of a gateway appears. If addresses are hidden, so is the name, which says as much.
fn peer(gateway: &Gateway, addresses: &Addresses) -> Peer {
    let peer = addresses.peer(gateway.client);
    let host = if addresses.are_hidden() { peer.host } else { gateway.hostname.clone() };
    Peer { host, secure: gateway.is_client_secure, ..peer }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use parla_server::Secret;

    use super::*;
    use crate::work::password::{Hasher, hash};

    #[test]
    fn a_gateway_has_an_address_and_a_password() {
        let gateway = |password, host: &str| KnownGateway {
            password: Hash::parse(&hash(password).unwrap()).unwrap(),
            hosts: vec![host.parse().unwrap()],
        };
        let known = vec![gateway("one", "192.0.2.0/24"), gateway("two", "192.0.2.7/32")];
        let gateways = Gateways::new(known, Arc::default()).unwrap();
        let mut hashed = 0;
        let mut check = |address: &str, password: &str| {
            let claim = Gateway {
                address: address.parse().unwrap(),
                password: Secret::new(password.to_owned()),
                client: IpAddr::from([198, 51, 100, 1]),
                hostname: None,
                is_client_secure: false,
            };
            gateways.verify(&claim, |hashes| {
                hashed += 1;
                let is_right =
                    hashes.iter().any(|hash| Hasher::default().matches(hash, password) == Some(true));
                if is_right { Verdict::Right } else { Verdict::Wrong }
            })
        };
        let refused = |why: &str| Err(why.to_owned());
        for _ in 0..2 {
            assert_eq!(check("192.0.2.1", "one"), Ok(()));
            assert_eq!(check("192.0.2.7", "two"), Ok(()));
            assert_eq!(check("::ffff:192.0.2.7", "one"), Ok(()));
            assert_eq!(check("192.0.2.1", "two"), refused("Invalid WebIRC password"));
            assert_eq!(check("192.0.2.1", ""), refused("Invalid WebIRC password"));
            assert_eq!(check("192.0.3.1", "one"), refused("Your address is not that of a gateway"));
        }
        assert_eq!(hashed, 3 + 2 * 2, "a good password is compared once from each address");
    }
}
