//! Who may connect, limit by limit.

use std::time::Duration;

use super::{
    Purpose::{Http, Irc},
    *,
};

const WINDOW: Duration = Duration::from_secs(60);

fn limits() -> ConnectionLimits {
    ConnectionLimits {
        max_per_ip: 2,
        max_rate_per_ip: 3,
        rate_window: WINDOW,
        ..ConnectionLimits::for_tests()
    }
}

/// An admission that has run for a while.
fn admission_with(limits: ConnectionLimits) -> (Arc<Admission>, Instant) {
    let started_at = Instant::now();
    (Admission::new(limits, 1_000, started_at), started_at + 2 * RETURN_TIME)
}

fn admission() -> (Arc<Admission>, Instant) {
    admission_with(limits())
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// The block that counts as this address.
fn block(text: &str) -> AddressBlock {
    AddressBlock::of(ip(text))
}

/// How many of these numbered addresses are admitted, and why the next one is not.
fn admitted(
    admission: &Arc<Admission>,
    now: Instant,
    addresses: impl Iterator<Item = String>,
) -> (Vec<Permit>, Option<Refused>) {
    let mut permits = Vec::new();
    for address in addresses {
        match admission.admit(ip(&address), Irc, now) {
            Ok(permit) => permits.push(permit),
            Err(refused) => return (permits, Some(refused)),
        }
    }
    (permits, None)
}

#[test]
fn an_address_has_so_many_at_once_and_in_a_while() {
    let (admission, now) = admission();
    let address = ip("192.0.2.1");
    let crowd = Crowd::Address(block("192.0.2.1"));
    let first = admission.admit(address, Irc, now).unwrap();
    let _second = admission.admit(address, Irc, now).unwrap();
    assert_eq!(admission.admit(address, Irc, now).unwrap_err(), Refused::TooMany(crowd.clone()));
    drop(first);
    let third = admission.admit(address, Irc, now).unwrap();
    drop(third);
    assert_eq!(admission.admit(address, Irc, now).unwrap_err(), Refused::TooFast(crowd));
    assert!(admission.admit(address, Irc, now + WINDOW).is_ok());
    assert!(admission.admit(ip("192.0.2.2"), Irc, now).is_ok());
}

/// A customer has a /64, /56 or /48 network, and with it many of the smaller ones.
#[test]
fn networks_of_ipv6_have_growing_limits() {
    let (admission, now) = admission();
    for (text, most, crowd) in [
        ("2001:db8:0:0::N", 2, "address 2001:db8::/64"),
        ("2001:db8:1:N::1", 8, "network 2001:db8:1::/56"),
        ("2001:db8:2:N00::1", 32, "network 2001:db8:2::/48"),
    ] {
        let addresses = (0..100).map(|number| text.replace('N', &format!("{number:x}")));
        let (permits, refused) = admitted(&admission, now, addresses);
        let told = match refused {
            Some(Refused::TooMany(Crowd::Address(block))) => format!("address {block}"),
            Some(Refused::TooMany(Crowd::Network(block))) => format!("network {block}"),
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!((permits.len(), told.as_str()), (most, crowd), "{text}");
    }
    assert!(admission.admit(ip("2001:db8:3::1"), Irc, now).is_ok());
    // A connection that is refused for the larger network is not counted for the smaller ones.
    let state = admission.state();
    let of_refused = CountKey::Block(block("2001:db8:2:2000::"));
    assert_eq!(state.counts.get(&of_refused).map(|count| (count.open, count.opened_in_window)), Some((0, 0)));
}

fn shared(name: &str, nets: &[&str], max_per_ip: Option<u32>) -> SharedNetwork {
    SharedNetwork {
        name: name.into(),
        nets: nets.iter().map(|net| net.parse().unwrap()).collect(),
        max_connections: 20,
        max_rate: 30,
        max_per_ip,
    }
}

#[test]
fn a_shared_network_is_counted_as_one_and_may_have_more() {
    let shared_networks = vec![
        shared("school", &["192.0.2.1/32", "2001:db8:5::/48"], None),
        shared("carrier", &["198.51.100.0/24"], Some(5)),
    ];
    let (admission, now) = admission_with(ConnectionLimits { shared_networks, ..limits() });
    let at_school = (0..40).map(|number| match number % 2 {
        0 => "192.0.2.1".to_owned(),
        _ => format!("2001:db8:5::{number}"),
    });
    let (permits, refused) = admitted(&admission, now, at_school);
    assert_eq!((permits.len(), refused), (20, Some(Refused::TooMany(Crowd::Shared("school".into())))));
    drop(permits);
    let (permits, refused) = admitted(&admission, now, (0..40).map(|_| "192.0.2.1".to_owned()));
    assert_eq!((permits.len(), refused), (10, Some(Refused::TooFast(Crowd::Shared("school".into())))));

    let (one, refused) = admitted(&admission, now, (0..40).map(|_| "198.51.100.7".to_owned()));
    let crowd = Crowd::AddressInShared(block("198.51.100.7"));
    assert_eq!((one.len(), refused), (5, Some(Refused::TooMany(crowd))));
    let others = (0..40).map(|number| format!("198.51.100.{}", 100 + number));
    let (others, refused) = admitted(&admission, now, others);
    assert_eq!((others.len(), refused), (15, Some(Refused::TooMany(Crowd::Shared("carrier".into())))));
}

#[test]
fn the_log_names_the_key_that_was_met() {
    let shared_networks = vec![
        shared("school", &["192.0.2.0/24"], None),
        shared("carrier", &["198.51.100.0/24", "2001:db8:5::/48"], Some(5)),
    ];
    let (admission, now) = admission_with(ConnectionLimits { shared_networks, ..limits() });
    let check = |address: &str, key: &str, key_of_rate: &str, from: &str| {
        let told = |refused: Refused| (refused.limit(), refused.group(ip(address)));
        let come = || (0..40).map(|_| address.to_owned());
        let (permits, refused) = admitted(&admission, now, come());
        assert_eq!(told(refused.unwrap()), (key, from.to_owned()), "{address}");
        drop(permits);
        // Each is closed before the next one comes.
        let too_fast = come().find_map(|address| admission.admit(ip(&address), Irc, now).err());
        assert_eq!(told(too_fast.unwrap()), (key_of_rate, from.to_owned()), "{address}");
    };
    check("203.0.113.1", "connections.max_per_ip", "connections.max_rate_per_ip", "203.0.113.1");
    check("192.0.2.1", "limits.network.max_connections", "limits.network.max_rate", "school");
    let of_each = ("limits.network.max_per_ip", "limits.network.max_per_ip in a short time");
    check("198.51.100.7", of_each.0, of_each.1, "198.51.100.7");
    // The limit of the /64 network applies, not those of the larger ones around it.
    let (permits, refused) = admitted(&admission, now + WINDOW, (0..9).map(|_| "2001:db8:5::1".to_owned()));
    assert_eq!(permits.len(), 5);
    assert_eq!(refused.unwrap().limit(), "limits.network.max_per_ip");
}

/// Everybody who was connected comes back at once; a flood cannot use this for long.
#[test]
fn those_who_come_back_after_a_start_are_no_flood() {
    let started_at = Instant::now();
    let admission = Admission::new(limits(), 1_000, started_at);
    let come = |at: Instant, count: usize| {
        (0..count).take_while(|_| admission.admit(ip("192.0.2.1"), Irc, at).is_ok()).count()
    };
    let most = usize::try_from(3 * RETURN_RATE_FACTOR).unwrap();
    assert_eq!(come(started_at, 100), most);
    assert_eq!(come(started_at + RETURN_TIME - Duration::from_secs(1), 100), most, "a window has passed");
    assert_eq!(come(started_at + RETURN_TIME, 100), 3, "from then on as always");
    assert_eq!(come(started_at + RETURN_TIME, 100), 0);
    let _two = [(); 2].map(|()| admission.admit(ip("192.0.2.2"), Irc, started_at).unwrap());
    let crowd = Crowd::Address(block("192.0.2.2"));
    let refused = admission.admit(ip("192.0.2.2"), Irc, started_at).unwrap_err();
    assert_eq!(refused, Refused::TooMany(crowd), "there are no more at once than ever");
}

#[test]
fn exempt_addresses_count_only_in_all() {
    let exempt = vec!["127.0.0.0/8".parse().unwrap()];
    let admission = Admission::new(ConnectionLimits { exempt, ..limits() }, 4, Instant::now());
    let now = Instant::now();
    let permits: Vec<_> = (0..4).map(|_| admission.admit(ip("127.0.0.1"), Irc, now).unwrap()).collect();
    assert_eq!(admission.admit(ip("127.0.0.1"), Irc, now).unwrap_err(), Refused::Full);
    drop(permits);
    assert!(admission.admit(ip("127.0.0.1"), Irc, now).is_ok());
}

#[test]
fn a_connection_moves_to_the_address_that_a_proxy_tells() {
    let exempt = vec!["127.0.0.1/32".parse().unwrap()];
    let (admission, now) = admission_with(ConnectionLimits { exempt, ..limits() });
    let [proxy, client, exempt] = ["192.0.2.1", "198.51.100.1", "127.0.0.1"].map(ip);
    let crowd = || Crowd::Address(AddressBlock::of(client));
    let permits = [(); 2].map(|()| admission.admit(proxy, Irc, now).unwrap());
    for permit in &permits {
        permit.move_to(client, now).unwrap();
    }
    let third = admission.admit(proxy, Irc, now).unwrap();
    assert_eq!(third.move_to(client, now).unwrap_err(), Refused::TooMany(crowd()));
    third.move_to(proxy, now).unwrap();
    permits[0].move_to(exempt, now).unwrap();
    third.move_to(client, now).unwrap();
    drop((permits, third));
    let last = admission.admit_unknown().unwrap();
    assert_eq!(last.move_to(client, now).unwrap_err(), Refused::TooFast(crowd()));
    drop(last);
    let state = admission.state();
    assert!(state.open == 0 && state.counts.values().all(|count| count.open == 0));
}

/// Pages have limits of their own, which never leave too little for chat.
#[test]
fn pages_and_chats_are_counted_apart() {
    let now = Instant::now();
    let trusted_proxies = vec!["192.0.2.9/32".parse().unwrap()];
    let admission = Admission::new(ConnectionLimits { trusted_proxies, ..limits() }, 400, now);
    let open = |address: &str, count: usize| -> Vec<Permit> {
        (0..count).map_while(|_| admission.admit(ip(address), Http, now).ok()).collect()
    };
    let one = open("192.0.2.1", 400);
    assert_eq!(one.len(), 150, "half of what there is for pages");
    assert_eq!(admission.admit(ip("192.0.2.1"), Http, now).unwrap_err(), Refused::Busy);
    let proxy = open("192.0.2.9", 400);
    assert_eq!(proxy.len(), 150, "a proxy may have all that is left");
    assert_eq!(admission.admit(ip("192.0.2.2"), Http, now).unwrap_err(), Refused::Busy);
    let _chat = [(); 2].map(|()| admission.admit(ip("192.0.2.1"), Irc, now).unwrap());
    drop((one, proxy));
    assert_eq!(open("192.0.2.1", 1_000).len(), 150, "however often");
}

#[test]
fn what_limits_nobody_is_forgotten() {
    let (admission, now) = admission();
    for round in 0..4_u32 {
        let now = now + WINDOW * round;
        for number in 0..u32::try_from(COUNTS_KEPT).unwrap() {
            let address = std::net::Ipv4Addr::from_bits(round << 16 | number);
            drop(admission.admit(address.into(), Irc, now));
        }
    }
    assert!(admission.state().counts.len() <= 2 * COUNTS_KEPT + 1);
}

#[test]
fn whoever_is_refused_is_told_why() {
    let address = || Crowd::Address(block("192.0.2.1"));
    let network = || Crowd::Network(AddressBlock::around(ip("2001:db8::")).last().unwrap());
    for (refused, words, limit, group) in [
        (Refused::Full, "This server is full; try again later", "open files", "192.0.2.1"),
        (
            Refused::TooMany(address()),
            "Too many connections from your address",
            "connections.max_per_ip",
            "192.0.2.1",
        ),
        (
            Refused::TooFast(Crowd::Shared("school".into())),
            "Too many connections from your network in a short time; try again later",
            "limits.network.max_rate",
            "school",
        ),
        (
            Refused::TooMany(network()),
            "Too many connections from your network",
            "connections.max_per_ip for a larger network",
            "2001:db8::/48",
        ),
    ] {
        let told = (refused.to_string(), refused.limit(), refused.group(ip("192.0.2.1")));
        assert_eq!(told, (words.to_owned(), limit, group.to_owned()));
    }
}
