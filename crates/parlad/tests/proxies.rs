//! Connections through a proxy: the PROXY protocol, and `X-Forwarded-For` before a WebSocket.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use support::{Daemon, Folder, PATIENCE, http, wait_for};

/// A server whose first port requires a header, and whose second is an ordinary one. 127.0.0.1 is a trusted
/// proxy that is not exempt from counting.
fn server(folder: &Folder, more: &str) -> Daemon {
    let toml = format!(
        "[server]\nname = \"{}\"\ndata_dir = \"data\"\n[channels]\nautojoin = []\n\
         [[listen]]\naddress = \"127.0.0.1:0\"\nproxy_protocol = true\n\
         [[listen]]\naddress = \"127.0.0.1:0\"\n\
         [[listen]]\naddress = \"127.0.0.1:0\"\nwebsocket = true\n\
         [connections]\ncloak = false\nmax_per_ip = 2\n{more}",
        support::NAME
    );
    Daemon::start(folder, &toml)
}

const TRUSTED: &str = "trusted_proxies = [\"127.0.0.1\"]\n";

/// The ordinary port, which is logged second.
fn ordinary(daemon: &Daemon) -> SocketAddr {
    wait_for("the second port", || {
        let log = daemon.log();
        let mut plain = log.lines().filter_map(|line| line.strip_prefix("  listening on ")?.parse().ok());
        plain.nth(1)
    })
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Reads until a line contains this word, or to the end.
fn until(stream: &mut TcpStream, word: &str) -> String {
    let (mut text, mut byte) = (Vec::new(), [0]);
    while stream.read(&mut byte).is_ok_and(|count| count > 0) {
        text.extend(byte);
        if byte == *b"\n" && String::from_utf8_lossy(&text).contains(word) {
            break;
        }
    }
    String::from_utf8(text).unwrap()
}

/// Sends this first, registers, and returns the host that the server shows: the client's address as the
/// server knows it, since nothing is hidden here.
fn known(stream: &mut TcpStream, first: &[u8], nick: &str) -> String {
    stream.write_all(first).unwrap();
    let lines = format!("NICK {nick}\r\nUSER {nick} 0 * :{nick}\r\nWHOIS {nick}\r\n");
    stream.write_all(lines.as_bytes()).unwrap();
    let text = until(stream, " 318 ");
    let line = text.lines().find(|line| line.contains(" 311 ")).unwrap();
    line.split(' ').nth(5).unwrap().to_owned()
}

fn v2(command: u8, address: [u8; 4]) -> Vec<u8> {
    let start = b"\r\n\r\n\0\r\nQUIT\n".as_slice();
    [start, &[command, 0x11, 0, 12], &address, &[127, 0, 0, 1, 1, 2, 3, 4]].concat()
}

#[test]
fn a_port_that_wants_a_header() {
    let folder = Folder::new();
    let daemon = server(&folder, TRUSTED);
    let check = |header: &[u8], nick: &str, host: &str| {
        let mut stream = connect(daemon.address());
        assert_eq!(known(&mut stream, header, nick), host);
    };
    check(b"PROXY TCP4 192.0.2.1 127.0.0.1 65533 6667\r\n", "a", "192.0.2.1");
    check(b"PROXY TCP6 2001:db8::1 ::1 65533 6667\r\n", "b", "2001:db8::1");
    check(b"PROXY TCP6 ::1 ::1 65533 6667\r\n", "c", "0::1");
    check(b"PROXY UNKNOWN\r\n", "d", "127.0.0.1");
    check(&v2(0x21, [192, 0, 2, 1]), "e", "192.0.2.1");
    check(&v2(0x20, [192, 0, 2, 1]), "f", "127.0.0.1");

    let mut stream = connect(daemon.address());
    let (last, all) = (b"1 127.0.0.1 65533 6667\r\n".as_slice(), b"PROXY TCP4 192.0.2.".as_slice());
    for byte in all {
        stream.write_all(&[*byte]).unwrap();
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(known(&mut stream, last, "slow"), "192.0.2.1");

    for bad in [b"NICK a\r\n".as_slice(), b"PROXY TCP4 x\r\n\r\n\r\n", &v2(0x99, [1; 4]), &[b'P'; 9000]] {
        let mut stream = connect(daemon.address());
        // It may be closed before everything has been sent.
        let _ = stream.write_all(bad);
        assert_eq!(until(&mut stream, "nothing"), "");
    }
    let (_, log) = daemon.stop();
    assert!(log.contains(
        "closed a connection of a proxy address=127.0.0.1 why=\"it did not begin with a PROXY header\""
    ));
    assert!(log.contains("closed a connection of a proxy, more count=3 from=\"127.0.0.1\""), "{log}");
}

/// Mode Z is set if the proxy is on this computer, as it is here, and says that the client uses TLS to it.
#[test]
fn a_proxy_tells_of_tls() {
    let folder = Folder::new();
    let daemon = server(&folder, TRUSTED);
    let modes = |header: &[u8], nick: &str| {
        let mut stream = connect(daemon.address());
        known(&mut stream, header, nick);
        stream.write_all(format!("MODE {nick}\r\n").as_bytes()).unwrap();
        until(&mut stream, " 221 ")
    };
    let start =
        b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x14\xc0\0\x02\x01\x7f\0\0\x01\x01\x02\x03\x04\x20\0\x05".as_slice();
    assert!(modes(&[start, b"\x01\0\0\0\0"].concat(), "safe").ends_with(" 221 safe +Z\r\n"));
    assert!(modes(&[start, b"\0\0\0\0\0"].concat(), "open").ends_with(" 221 open +\r\n"));
}

#[test]
fn one_who_never_ends_a_header() {
    let folder = Folder::new();
    let daemon = server(&folder, TRUSTED);
    let started = Instant::now();
    let mut stream = connect(daemon.address());
    stream.write_all(b"PROXY TCP4 192").unwrap();
    assert_eq!(until(&mut stream, "nothing"), "");
    assert!(started.elapsed() < Duration::from_secs(7));
    assert!(daemon.stop().1.contains("no whole PROXY header came within 5s"));
}

#[test]
fn a_line_on_an_ordinary_port() {
    let folder = Folder::new();
    let daemon = server(&folder, TRUSTED);
    let line = b"PROXY TCP4 192.0.2.1 127.0.0.1 65533 6667\r\n";
    let address = ordinary(&daemon);
    assert_eq!(known(&mut connect(address), line, "a"), "192.0.2.1");
    assert_eq!(known(&mut connect(address), b"", "b"), "127.0.0.1");
    let late = [b"NICK x\r\n".as_slice(), line].concat();
    assert_eq!(known(&mut connect(address), &late, "c"), "127.0.0.1");
}

#[test]
fn nobody_else_may_speak_for_others() {
    let folder = Folder::new();
    let daemon = server(&folder, "trusted_proxies = [\"192.0.2.7\"]\n");
    let line = b"PROXY TCP4 192.0.2.1 127.0.0.1 65533 6667\r\n";
    assert_eq!(known(&mut connect(ordinary(&daemon)), line, "a"), "127.0.0.1");
    let mut stream = connect(daemon.address());
    let _ = stream.write_all(line);
    assert_eq!(until(&mut stream, "nothing"), "");
    assert_eq!(forwarded(&daemon, "192.0.2.1").1, "127.0.0.1");
    assert!(daemon.stop().1.contains("connections.trusted_proxies"));

    let failed = support::daemon::parlad(&["run", "--config", server_file(&folder).to_str().unwrap()], "");
    assert!(failed.code == Some(1) && failed.stderr.contains("trusted_proxies"), "{failed:?}");
}

/// A configuration in which no proxy is trusted although a port requires one.
fn server_file(folder: &Folder) -> std::path::PathBuf {
    let text = "[server]\nname = \"a.b\"\n[[listen]]\naddress = \"127.0.0.1:0\"\nproxy_protocol = true\n";
    folder.write("wrong.toml", text)
}

/// The clients of a proxy are counted separately.
#[test]
fn limits_are_those_of_the_client() {
    let folder = Folder::new();
    let daemon = server(&folder, TRUSTED);
    let open = |header: &str| {
        let mut stream = connect(daemon.address());
        stream.write_all(format!("PROXY TCP4 {header} 127.0.0.1 1 2\r\nPING x\r\n").as_bytes()).unwrap();
        let text = until(&mut stream, "\n");
        (stream, text)
    };
    let kept: Vec<_> = ["192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.2"].map(open).into();
    assert!(kept.iter().all(|(_, text)| text.contains("PONG")));
    let (_, refused) = open("192.0.2.1");
    assert_eq!(refused, "ERROR :Closing link: 192.0.2.1 (Too many connections from your address)\r\n");
    assert!(open("192.0.2.3").1.contains("PONG"));
    drop(kept);
    wait_for("a free place", || open("192.0.2.1").1.contains("PONG").then_some(()));
}

/// The status of a WebSocket request with this `X-Forwarded-For`, and the address that the server then knows.
fn forwarded(daemon: &Daemon, field: &str) -> (u16, String) {
    let mut stream = connect(daemon.web_socket());
    let head = format!(
        "GET / HTTP/1.1\r\nHost: x.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Forwarded-For: {field}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let status = http::Answer::parse(until(&mut stream, "\r\n\r\n").as_bytes()).status;
    for line in ["NICK web", "USER web 0 * :web", "WHOIS web"] {
        let length = u8::try_from(line.len()).unwrap();
        stream.write_all(&[0x81, 0x80 | length, 0, 0, 0, 0]).unwrap();
        stream.write_all(line.as_bytes()).unwrap();
    }
    let (mut seen, mut bytes) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&seen).contains(" 318 ") {
        let count = stream.read(&mut bytes).unwrap();
        assert!(count > 0, "{}", String::from_utf8_lossy(&seen));
        seen.extend(bytes.get(..count).unwrap());
    }
    let text = String::from_utf8_lossy(&seen).into_owned();
    let known = text.split(" 311 web web web ").nth(1).unwrap();
    (status, known.split(' ').next().unwrap().to_owned())
}

#[test]
fn a_web_socket_behind_a_proxy() {
    let folder = Folder::new();
    let daemon = server(&folder, TRUSTED);
    assert_eq!(forwarded(&daemon, "198.51.100.1, 192.0.2.9"), (101, "192.0.2.9".to_owned()));
    assert_eq!(forwarded(&daemon, "unknown"), (101, "127.0.0.1".to_owned()));
}

/// What others see in place of an address, and what clients see of themselves.
#[test]
fn addresses_are_hidden() {
    let folder = Folder::new();
    let toml = format!(
        "[server]\nname = \"{}\"\ndata_dir = \"data\"\n[[listen]]\naddress = \"127.0.0.1:0\"\n[connections]\n{TRUSTED}",
        support::NAME
    );
    let from = |daemon: &Daemon, address: &str, nick: &str| {
        let line = format!("PROXY TCP4 {address} 127.0.0.1 1 2\r\n");
        let mut stream = connect(daemon.address());
        let host = known(&mut stream, line.as_bytes(), nick);
        stream.write_all(b"JOIN #room\r\n").unwrap();
        until(&mut stream, " 366 ");
        (stream, host)
    };
    let daemon = Daemon::start(&folder, &toml);
    let (mut alice, alices) = from(&daemon, "192.0.2.1", "alice");
    assert!(alices.ends_with(".ip") && alices.split('.').count() == 4, "{alices}");
    alice
        .write_all(
            format!("PRIVMSG #room :kept\r\nMODE #room +b *!*@*.{}\r\n", alices.split_once('.').unwrap().1)
                .as_bytes(),
        )
        .unwrap();
    until(&mut alice, "MODE #room +b ");
    let (mut bob, bobs) = from(&daemon, "198.51.100.1", "bob");
    assert!(until(&mut alice, "JOIN").contains(&format!(":bob!bob@{bobs} JOIN ")));
    bob.write_all(b"WHOIS alice\r\n").unwrap();
    let seen = until(&mut bob, " 318 ");
    assert!(seen.contains(&alices) && !seen.contains("192.0.2.1"), "{seen}");
    alice.write_all(b"WHOIS alice\r\n").unwrap();
    assert!(until(&mut alice, " 318 ").contains("192.0.2.1"));
    daemon.kill();

    let daemon = Daemon::start(&folder, &toml);
    let line = b"PROXY TCP4 192.0.2.1 127.0.0.1 1 2\r\n";
    assert_eq!(known(&mut connect(daemon.address()), line, "alice"), alices);
    let mut neighbour = connect(daemon.address());
    let host = known(&mut neighbour, b"PROXY TCP4 192.0.2.9 127.0.0.1 1 2\r\n", "neighbour");
    assert_eq!(host.split_once('.').unwrap().1, alices.split_once('.').unwrap().1);
    neighbour.write_all(b"JOIN #room\r\n").unwrap();
    assert!(until(&mut neighbour, " #room :").contains(" 474 "), "the ban is still there");
}

/// A gateway is not counted itself, but each of its clients is.
#[test]
fn a_gateway() {
    let folder = Folder::new();
    let gateways = format!(
        "[[webirc]]\npassword = \"{}\"\nhosts = [\"127.0.0.1\"]\n",
        support::daemon::hashed("secret")
    );
    let daemon = server(&folder, &gateways.replace("[[webirc]]", &format!("{TRUSTED}[[webirc]]")));
    let open = |line: &str| {
        let mut stream = connect(ordinary(&daemon));
        stream.write_all(format!("{line}\r\nPING x\r\n").as_bytes()).unwrap();
        let text = until(&mut stream, "\n");
        (stream, text)
    };
    let client = |address: &str| open(&format!("WEBIRC secret gate {address} {address}"));
    let _idle: Vec<_> = [(); 3].map(|()| open("PING x")).into();
    let kept: Vec<_> = ["192.0.2.1", "192.0.2.1", "192.0.2.2"].map(client).into();
    assert!(kept.iter().all(|(_, text)| text.contains("PONG")));
    let (_, refused) = client("192.0.2.1");
    assert_eq!(refused, "ERROR :Closing link: 127.0.0.1 (Too many connections from your address)\r\n");
    drop(kept);
    wait_for("a free place", || client("192.0.2.1").1.contains("PONG").then_some(()));
    assert!(open("WEBIRC wrong gate a.example 192.0.2.1").1.contains("(Invalid WebIRC password)"));

    let elsewhere = "PROXY TCP4 192.0.2.9 127.0.0.1 1 2\r\nWEBIRC secret gate a.example 192.0.2.1";
    assert!(open(elsewhere).1.contains("(Your address is not that of a gateway)"));
    let (_, log) = daemon.stop();
    for why in ["Invalid WebIRC password", "is not that of a gateway"] {
        let told = |line: &str| line.contains("refused a connection by WEBIRC") && line.contains(why);
        assert!(log.lines().any(told), "{log}");
    }
    let limit = "address=192.0.2.1 limit=\"connections.max_per_ip\" from=\"192.0.2.1\"";
    assert!(log.contains(limit), "{log}");
    assert!(!log.contains("secret") && !log.contains("wrong"), "{log}");
}
