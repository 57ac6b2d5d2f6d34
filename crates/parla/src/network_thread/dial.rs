//! Finds a server and connects to it at whichever of its addresses answers first.
//!
//! "Happy Eyeballs": the addresses alternate between IPv6 and IPv4, and each is tried when the previous one
//! has failed or has had a moment, so that a machine whose IPv6 leads nowhere is not delayed. RFC 8305,
//! sections 4 and 5.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use parla_client::{Problem, ProblemKind};
use parla_engine::problem;
use tokio::{
    net::{TcpStream, lookup_host},
    time::{sleep, timeout},
};

use super::trouble::of_dial;
use crate::limits::{ADDRESSES_MAX, DIAL_MAX, DIAL_STAGGER};

/// Connects to this port of the host, which is a name or an address.
pub(crate) async fn dial(host: &str, port: u16) -> Result<TcpStream, Problem> {
    let dialed = timeout(DIAL_MAX, async {
        let addresses = addresses(host, port).await?;
        first_of(addresses).await.map_err(|error| of_dial(&error))
    });
    let stream = dialed.await.map_err(|_| problem(ProblemKind::TimedOut, "no answer"))??;
    // This sends small messages at once. If the system refuses, everything works nevertheless.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

async fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, Problem> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let found = lookup_host((host, port)).await;
    let found = found.map_err(|error| problem(ProblemKind::HostNotFound, &error.to_string()))?;
    let found = alternate(found.collect());
    if found.is_empty() {
        return Err(problem(ProblemKind::HostNotFound, "the name has no address"));
    }
    Ok(found)
}

/// The address families alternately, each in the order that the system prefers; the family of the first
/// address comes first.
fn alternate(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let mut second = second.into_iter();
    let mut turns = Vec::new();
    for address in first {
        turns.push(address);
        turns.extend(second.next());
    }
    turns.extend(second);
    turns.truncate(ADDRESSES_MAX);
    turns
}

/// The first connection that succeeds, or the most informative error.
async fn first_of(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut waiting = addresses.into_iter();
    let mut attempts = FuturesUnordered::new();
    let mut best_error: Option<io::Error> = None;
    attempts.extend(waiting.next().map(TcpStream::connect));
    loop {
        let may_start = waiting.len() > 0;
        tokio::select! {
            Some(attempt) = attempts.next() => match attempt {
                Ok(stream) => return Ok(stream),
                Err(error) => best_error = Some(more_telling(best_error, error)),
            },
            () = sleep(DIAL_STAGGER), if may_start => {}
            else => break,
        }
        attempts.extend(waiting.next().map(TcpStream::connect));
    }
    Err(best_error.unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into()))
}

/// Chooses between errors: a server that refuses exists, whereas an address family that this machine lacks
/// says nothing.
fn more_telling(before: Option<io::Error>, next: io::Error) -> io::Error {
    match before {
        Some(before) if next.kind() != io::ErrorKind::ConnectionRefused => before,
        _ => next,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    #[test]
    fn families_take_turns() {
        let parse = |text: &str| text.split(' ').map(|address| address.parse().unwrap()).collect::<Vec<_>>();
        let turns = alternate(parse("[::1]:1 [::2]:1 [::3]:1 1.1.1.1:1 2.2.2.2:1"));
        assert_eq!(turns, parse("[::1]:1 1.1.1.1:1 [::2]:1 2.2.2.2:1 [::3]:1"));
        let turns = alternate(parse("1.1.1.1:1 [::1]:1 [::2]:1"));
        assert_eq!(turns, parse("1.1.1.1:1 [::1]:1 [::2]:1"));
        assert!(alternate(Vec::new()).is_empty());
    }

    #[test]
    fn nobody_listens_there() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        assert_eq!(run(dial("127.0.0.1", free)).unwrap_err().kind, ProblemKind::Refused);
    }

    #[test]
    fn nobody_has_that_name() {
        let problem = run(dial("no-such-host.invalid", 6667)).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::HostNotFound);
        assert!(!problem.details.is_empty());
    }

    #[test]
    fn an_address_that_does_not_answer_holds_up_only_for_a_moment() {
        run(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let here = listener.local_addr().unwrap();
            // This network is reserved for documentation: it refuses at once, or stays silent.
            let nowhere = "192.0.2.1:9".parse().unwrap();
            let stream = timeout(DIAL_STAGGER * 4, first_of(vec![nowhere, here])).await.unwrap().unwrap();
            assert_eq!(stream.peer_addr().unwrap(), here);
        });
    }
}
