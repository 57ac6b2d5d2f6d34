//! Many people behind one address, who must not run into the limits against floods; and what refused clients
//! are told.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::Barrier,
    thread,
};

use support::{
    Client, Daemon, Folder, PATIENCE, WebClient, config, config_with_http, http::get, web_socket::TEXT,
};

const BROWSERS: usize = 14;
const CONNECTIONS: usize = 6;
const REQUESTS: usize = 10;

/// Requests this many files over one connection, which stays open, and returns the status of each.
fn ask_over(stream: &mut BufReader<TcpStream>, count: usize) -> Vec<u16> {
    let address = stream.get_ref().peer_addr().unwrap();
    (0..count)
        .map(|_| {
            let request = format!("GET /health HTTP/1.1\r\nHost: {address}\r\n\r\n");
            stream.get_mut().write_all(request.as_bytes()).unwrap();
            read_answer(stream)
        })
        .collect()
}

/// The status of the next answer, whose body is read too.
fn read_answer(stream: &mut BufReader<TcpStream>) -> u16 {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        assert!(stream.read_line(&mut line).unwrap() > 0, "no answer, but the end: {head:?}");
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
        head += &line;
    }
    stream.read_exact(&mut vec![0; length]).unwrap();
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

fn open(address: SocketAddr) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    BufReader::new(stream)
}

/// What a browser does when it opens the page: it requests some files over each of its connections at once,
/// and then a WebSocket.
fn browse(address: SocketAddr, together: &Barrier) -> Vec<u16> {
    together.wait();
    let mut connections: Vec<_> = (0..CONNECTIONS).map(|_| open(address)).collect();
    let mut statuses = Vec::new();
    for (index, stream) in connections.iter_mut().enumerate() {
        let count = REQUESTS / CONNECTIONS + usize::from(index < REQUESTS % CONNECTIONS);
        statuses.extend(ask_over(stream, count));
    }
    statuses
}

/// A server with the default limits, as everyone has who starts one.
#[test]
fn a_class_opens_the_page_at_the_same_moment() {
    let folder = Folder::new();
    let daemon = Daemon::bare(&folder);
    let address = daemon.http();
    for round in 0..5 {
        let together = Barrier::new(BROWSERS);
        let statuses: Vec<u16> = thread::scope(|scope| {
            let browsers: Vec<_> =
                (0..BROWSERS).map(|_| scope.spawn(|| browse(address, &together))).collect();
            browsers.into_iter().flat_map(|browser| browser.join().unwrap()).collect()
        });
        assert_eq!(statuses, [200; BROWSERS * REQUESTS], "round {round}");
        let people: Vec<WebClient> =
            (0..BROWSERS).map(|index| WebClient::register(address, &format!("user{index}"), "")).collect();
        for mut person in people {
            person.send("QUIT");
            person.rest();
        }
    }
    let (_, log) = daemon.stop();
    assert!(!log.contains("refused"), "{log}");
}

/// However many connections are idle behind one address, the next page loads at once.
#[test]
fn idle_connections_give_way_to_new_pages() {
    let folder = Folder::new();
    let daemon = Daemon::bare(&folder);
    let idle: Vec<_> = (0..700)
        .map(|_| {
            let mut stream = open(daemon.http());
            assert_eq!(ask_over(&mut stream, 1), [200]);
            stream
        })
        .collect();
    assert_eq!(get(daemon.http(), "/health", &[]).status, 200);
    let mut oldest = idle.into_iter().next().unwrap();
    assert_eq!(oldest.read(&mut [0]).unwrap(), 0, "the oldest had to go");
    let (_, log) = daemon.stop();
    assert!(!log.contains("refused"), "{log}");
}

#[test]
fn an_office_may_have_more() {
    let folder = Folder::new();
    let office = "[[limits.network]]\nname = \"the school\"\nnetworks = [\"127.0.0.2\", \"2001:db8::/48\"]\n";
    let limits = "max_per_ip = 5\nmax_rate_per_ip = 5\n[[http]]\naddress = \"127.0.0.1:0\"\n";
    let daemon = Daemon::start(&folder, &config(&format!("{limits}{office}max_connections = 80\n")));
    let mut people: Vec<Client> = (0..80).map(|_| Client::open_limited(daemon.address())).collect();
    for (index, client) in people.iter_mut().enumerate() {
        client.introduce(&format!("pupil{index}"), "");
    }
    let refused = ["ERROR :Closing link: 127.0.0.2 (Too many connections from your network)"];
    for _ in 0..20 {
        assert_eq!(Client::open_limited(daemon.address()).rest(), refused);
    }
    let (_, log) = daemon.stop();
    let told: Vec<&str> =
        log.lines().filter(|line| line.contains("limits.network.max_connections")).collect();
    assert_eq!(told.len(), 2, "{log}");
    assert!(told[0].contains("refused a connection: too many address=127.0.0.2 "), "{told:?}");
    assert!(told[1].contains("count=19 ") && told[1].ends_with("from=\"the school\""), "{told:?}");
}

/// Settings that make no sense are reported before anything starts.
#[test]
fn an_office_that_makes_no_sense() {
    let folder = Folder::new();
    let office = |more: &str| format!("[[limits.network]]\nname = \"a\"\n{more}\n");
    let twice = office("networks = []\nmax_connections = 5").repeat(2);
    let none = office("networks = [\"10.0.0.0/8\"]\nmax_connections = 0");
    let file = folder.write("wrong.toml", config(&format!("{twice}{none}")));
    let ended = support::daemon::parlad(&["check", "--config", file.to_str().unwrap()], "");
    assert_eq!(ended.code, Some(1));
    for problem in [
        "limits.network: two of them have the name \"a\"",
        "limits.network.networks: must name at least one network",
        "limits.network.max_connections: must be a whole number of 1 or more, not 0",
    ] {
        assert!(ended.stderr.contains(problem), "{}", ended.stderr);
    }
}

/// Eighty clients behind a proxy, all from one address.
#[test]
fn a_crowd_behind_a_proxy_is_counted_where_it_comes_from() {
    let folder = Folder::new();
    let trusted = "trusted_proxies = [\"127.0.0.1\"]\n";
    let office = "[[limits.network]]\nname = \"office\"\nnetworks = [\"192.0.2.1\"]\nmax_connections = 100\n";
    let from = |daemon: &Daemon, address: &str| {
        let mut client = Client::open(daemon.address());
        client.send(&format!("PROXY TCP4 {address} 127.0.0.1 1 2\r\nPING there"));
        let line = client.line().unwrap();
        (client, line)
    };
    let daemon = Daemon::start(&folder, &config(&format!("{trusted}{office}")));
    for (address, let_in) in [("192.0.2.1", 80), ("192.0.2.2", 32)] {
        let clients: Vec<_> = (0..80).map(|_| from(&daemon, address)).collect();
        let there = clients.iter().filter(|(_, line)| line.ends_with("PONG irc.example.org :there")).count();
        let refused = format!("ERROR :Closing link: {address} (Too many connections from your address)");
        let told = clients.iter().filter(|(_, line)| *line == refused).count();
        assert_eq!((there, told), (let_in, 80 - let_in), "{address}");
    }
    let (_, log) = daemon.stop();
    let told: Vec<&str> = log.lines().filter(|line| line.contains("limit=")).collect();
    assert_eq!(told.len(), 2, "one line and a sum: {told:#?}");
    assert!(
        told[0].contains("address=192.0.2.2 limit=\"connections.max_per_ip\" from=\"192.0.2.2\""),
        "{told:?}"
    );
    assert!(told[1].contains("count=47 limit=\"connections.max_per_ip\" from=\"192.0.2.2\""), "{told:?}");
}

/// A proxy that is not configured looks like one address; the log says what to do.
#[test]
fn a_proxy_that_is_not_trusted_is_guessed_at() {
    let folder = Folder::new();
    let exempt = "exempt_from_limits = [\"127.0.0.1/32\"]";
    let toml = config_with_http("").replacen(exempt, "max_per_ip = 1", 1);
    let daemon = Daemon::start(&folder, &toml);
    let _first = WebClient::register(daemon.http(), "first", "");
    let (lines, code) = WebClient::open(daemon.http(), TEXT).rest();
    let refused = "ERROR :Closing link: 127.0.0.1 (Too many connections from your address)";
    assert_eq!((lines, code), (vec![refused.to_owned()], Some(1008)));
    assert!(
        daemon
            .stop()
            .1
            .contains("hint=\"many people? see limits.network; a proxy? see connections.trusted_proxies\"")
    );
}
