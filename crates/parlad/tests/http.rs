//! The HTTP port: what is served, under which names, with which headers, and who is refused.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use support::{
    Client, Daemon, Folder, WebClient, config_with_http,
    http::{Answer, ask, exchange, get},
    web_socket::TEXT,
};

/// A WebSocket request without its first line and its Host.
const UPGRADE: [&str; 4] = [
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

/// Runs a server with the app on a port; `more` is added to its table.
fn with_server(more: &str, test: impl FnOnce(&Daemon)) {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config_with_http(more));
    test(&daemon);
    let (status, log) = daemon.stop();
    assert!(status.success() && !log.contains("ERROR") && !log.contains("panicked"), "{log}");
}

/// The answer to a WebSocket request.
fn upgrade(daemon: &Daemon, line: &str, fields: &[&str]) -> Answer {
    support::http::upgrade(daemon.http(), line, fields)
}

#[test]
fn the_link_is_the_first_thing_that_is_said() {
    let folder = Folder::new();
    let daemon = Daemon::bare(&folder);
    let log = daemon.log();
    let lines: Vec<&str> = log.lines().filter(|line| !line.contains("built without the app")).collect();
    assert!(lines[0].starts_with("parlad-"), "{log}");
    assert_eq!(lines[1], format!("  open http://{}/ in a browser", daemon.http()));
    let setup = format!("  nobody owns this server yet; whoever opens http://{}/i/", daemon.http());
    assert!(lines[2].starts_with(&setup), "{log}");
    assert_eq!(lines[3], format!("  listening on {}", daemon.address()));
    let port = daemon.address().port();
    let join = format!("  join with: irssi --connect=127.0.0.1 --port={port}");
    support::wait_for("the line about irssi", || daemon.log().contains(&join).then_some(()));
    let name = format!("Host: parla.localhost:{}", daemon.http().port());
    assert_eq!(get(daemon.http(), "/health", &[&name]).status, 200);
}

#[test]
fn there_is_no_port_that_nobody_asked_for() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &support::config(""));
    assert!(!daemon.log().contains("http://"), "{}", daemon.log());
}

/// Which of the two is served depends on what `target/web` contained during the build.
#[test]
fn the_app_or_how_to_get_it() {
    with_server("", |daemon| {
        let page = get(daemon.http(), "/", &[]);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        if daemon.log().contains("built without the app") {
            assert_eq!(page.status, 503);
            assert_eq!(page.header("cache-control"), "no-store");
            assert!(page.text().contains("cargo xtask web"), "{page:?}");
            return;
        }
        assert_eq!((page.status, page.header("cache-control")), (200, "no-cache"));
        assert_eq!(get(daemon.http(), "/index.html", &[]).body, page.body);
        // Scripts and styles inside the page are allowed by their hashes.
        let policy = page.header("content-security-policy");
        let [scripts, styles] = ["script-src", "style-src"].map(|kind| {
            policy
                .split("; ")
                .find(|rule| rule.starts_with(&format!("{kind} ")))
                .unwrap()
                .matches("'sha256-")
                .count()
        });
        assert_eq!((scripts, styles), (1, 1), "{policy}");
        let script =
            page.text().split('"').find(|part| part.starts_with("./") && part.ends_with(".js")).unwrap();
        let script = script.trim_start_matches('.');
        // This is how the page requests a file again that did not arrive.
        let asked_again = get(daemon.http(), &format!("{script}?again=1"), &[]);
        assert_eq!(
            (asked_again.status, asked_again.header("cache-control")),
            (200, "public, max-age=31536000, immutable")
        );
        let plain = get(daemon.http(), script, &[]);
        assert_eq!(plain.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(plain.header("content-length"), plain.body.len().to_string());
        assert_eq!((plain.status, plain.header("content-encoding")), (200, ""));
        let small = get(daemon.http(), script, &["Accept-Encoding: gzip, br"]);
        assert_eq!((small.status, small.header("vary")), (200, "Accept-Encoding"));
        assert!(small.body.len() <= plain.body.len());
        let known = format!("If-None-Match: {}", plain.header("etag"));
        let again = get(daemon.http(), script, &[&known]);
        assert_eq!((again.status, again.body.len()), (304, 0));
        assert_eq!(again.header("etag"), plain.header("etag"));
    });
}

#[test]
fn paths_and_methods() {
    with_server("", |daemon| {
        let http = daemon.http();
        let health = get(http, "/health", &[]);
        assert_eq!((health.status, health.text()), (200, "ok\n"));
        let head = ask(http, "HEAD /health", &[]);
        assert_eq!((head.status, head.body.len(), head.header("content-length")), (200, 0, "3"));
        for path in ["/nothing", "/../Cargo.toml", "/%2e%2e/Cargo.toml", "//", "/health/", "/irc/"] {
            assert_eq!(get(http, path, &[]).status, 404, "{path}");
        }
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "FLY"] {
            let answer = ask(http, &format!("{method} /"), &["Content-Length: 0"]);
            assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"), "{method}");
            let answer = ask(http, &format!("{method} /irc"), &["Content-Length: 0"]);
            assert_eq!((answer.status, answer.header("allow")), (405, "GET"), "{method}");
        }
    });
}

#[test]
fn every_answer_says_what_a_page_may_do() {
    with_server("", |daemon| {
        let http = daemon.http();
        let answers = [
            get(http, "/", &[]),
            get(http, "/health", &[]),
            get(http, "/nothing", &[]),
            get(http, "/irc", &[]),
            ask(http, "POST /", &[]),
            get(http, "/", &["Host: evil.example"]),
        ];
        for answer in answers {
            let policy = answer.header("content-security-policy");
            assert!(
                policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"),
                "{policy}"
            );
            assert_eq!(policy.matches("'unsafe-inline'").count(), 1, "{policy}");
            assert!(policy.contains("; style-src-attr 'unsafe-inline'; "), "{policy}");
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(answer.header(name), value, "{answer:?}");
            }
            assert!(answer.header("permissions-policy").contains("camera=()"), "{answer:?}");
        }
    });
}

#[test]
fn names_that_are_not_ours() {
    with_server("origins = [\"https://chat.example.org\"]", |daemon| {
        let http = daemon.http();
        for ours in ["127.0.0.1", "[::1]:80", "localhost", "irc.example.org", "chat.example.org:8443"] {
            assert_eq!(get(http, "/health", &[&format!("Host: {ours}")]).status, 200, "{ours}");
        }
        for path in ["/", "/health", "/irc", "/nothing"] {
            let answer = get(http, path, &["Host: evil.example:8067"]);
            assert_eq!(answer.status, 421, "{path}");
            assert!(answer.text().contains("origins = [\"http://evil.example:8067\"]"), "{answer:?}");
        }
        assert_eq!(
            Answer::parse(&exchange(http, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")).status,
            400
        );
    });
}

#[test]
fn pages_from_elsewhere() {
    with_server("origins = [\"https://chat.example.org\"]", |daemon| {
        let host = format!("Host: {}", daemon.http());
        let own = format!("Origin: http://{}", daemon.http());
        let status = |fields: &[&str]| {
            let fields = [UPGRADE.as_slice(), fields].concat();
            upgrade(daemon, "GET /irc HTTP/1.1", &fields).status
        };
        assert_eq!(status(&[&host]), 101, "what is no browser");
        assert_eq!(status(&[&host, &own]), 101, "our own page");
        assert_eq!(status(&[&host, "Origin: https://chat.example.org"]), 101, "one that is allowed");
        assert_eq!(
            status(&["Host: chat.example.org", "Origin: https://chat.example.org"]),
            101,
            "behind a proxy"
        );
        for foreign in ["https://evil.example", "http://127.0.0.1:1", "http://chat.example.org", "null"] {
            assert_eq!(status(&[&host, &format!("Origin: {foreign}")]), 403, "{foreign}");
        }
        assert_eq!(status(&["Host: evil.example", "Origin: http://evil.example"]), 421);
    });
}

#[test]
fn requests_that_are_almost_for_a_web_socket() {
    with_server("", |daemon| {
        let host = format!("Host: {}", daemon.http());
        let plain = get(daemon.http(), "/irc", &[]);
        assert_eq!((plain.status, plain.header("upgrade")), (426, "websocket"));
        for (index, bad) in [
            (0, "Connection: keep-alive"),
            (1, "Upgrade: irc"),
            (2, "Sec-WebSocket-Version: 8"),
            (3, "Sec-WebSocket-Key: short"),
        ] {
            let mut fields = UPGRADE;
            fields[index] = bad;
            let answer = upgrade(daemon, "GET /irc HTTP/1.1", &[&fields[..], &[&host]].concat());
            assert_eq!(answer.status, 400, "{bad}: {answer:?}");
        }
        let old = upgrade(daemon, "GET /irc HTTP/1.0", &[&UPGRADE[..], &[&host]].concat());
        assert!([400, 426].contains(&old.status), "{old:?}");
        WebClient::register(daemon.http(), "still", "").sync();
    });
}

#[test]
fn bytes_that_are_no_http() {
    with_server("", |daemon| {
        for bytes in
            [b"NICK alice\r\nUSER alice 0 * :Alice\r\n\r\n".as_slice(), &[0x16, 3, 1, 2, 0], &[b'\n'; 9000]]
        {
            let mut stream = TcpStream::connect(daemon.http()).unwrap();
            stream.set_read_timeout(Some(support::PATIENCE)).unwrap();
            stream.write_all(bytes).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 400"), "{answer:?}");
        }
        for (bytes, status) in [(32_000, 200), (33_000, 431), (100_000, 431)] {
            let long = format!("X: {}", "x".repeat(bytes));
            assert_eq!(get(daemon.http(), "/health", &[&long]).status, status, "{bytes}");
            // This must work for later requests on a connection, too.
            let first = format!("GET /health HTTP/1.1\r\nHost: {}\r\n", daemon.http());
            let both = format!("{first}\r\n{first}{long}\r\nConnection: close\r\n\r\n");
            let answers = exchange(daemon.http(), both.as_bytes());
            let second = answers.windows(12).filter(|part| part.starts_with(b"HTTP/1.1 ")).nth(1).unwrap();
            assert_eq!(second, format!("HTTP/1.1 {status}").as_bytes(), "{bytes}");
        }
        let many: Vec<String> = (0..1000).map(|number| format!("X-{number}: x")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(get(daemon.http(), "/", &many).status, 431);
        assert_eq!(get(daemon.http(), "/health", &[]).status, 200);
    });
}

/// A client that sends half a head, nothing, or nothing more, cannot occupy a connection.
#[test]
fn slow_heads() {
    with_server("", |daemon| {
        let started = Instant::now();
        let mut streams: Vec<TcpStream> =
            (0..3).map(|_| TcpStream::connect(daemon.http()).unwrap()).collect();
        streams[0].write_all(b"GET / HTTP/1.1\r\nHost: lo").unwrap();
        streams[1]
            .write_all(format!("GET /health HTTP/1.1\r\nHost: {}\r\n\r\n", daemon.http()).as_bytes())
            .unwrap();
        for mut stream in streams {
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
        }
        let took = started.elapsed();
        assert!((8..15).contains(&took.as_secs()), "{took:?}");
    });
}

#[test]
fn one_connection_serves_many_requests_and_then_a_web_socket() {
    with_server("", |daemon| {
        let http = daemon.http();
        let mut bytes = format!("GET /health HTTP/1.1\r\nHost: {http}\r\n\r\n").repeat(3);
        bytes += &format!("GET /irc HTTP/1.1\r\nHost: {http}\r\n{}\r\n\r\n", UPGRADE.join("\r\n"));
        let mut bytes = bytes.into_bytes();
        // A client may send before it has been answered.
        bytes.extend(b"\x81\x84\0\0\0\0QUIT");
        let answer = exchange(http, &bytes);
        let text = String::from_utf8_lossy(&answer);
        assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 3, "{text}");
        assert_eq!(text.matches("HTTP/1.1 101").count(), 1, "{text}");
        assert!(
            text.contains("ERROR :Closing link: 127.0.0.1") && answer.ends_with(b"\x88\x02\x03\xe8"),
            "{text}"
        );
    });
}

/// WebSockets count like any client, but looking at a page takes nobody's place for chat.
#[test]
fn a_place_for_chat_is_counted_apart_from_pages() {
    const MOST: usize = 5;
    let folder = Folder::new();
    let exempt = "exempt_from_limits = [\"127.0.0.1/32\"]";
    let toml = config_with_http("").replacen(exempt, &format!("max_per_ip = {MOST}"), 1);
    let daemon = Daemon::start(&folder, &toml);
    let mut line = Client::register(daemon.address(), "line", "");
    let mut web: Vec<WebClient> = (1..MOST).map(|_| WebClient::open(daemon.http(), TEXT)).collect();
    let refused = "ERROR :Closing link: 127.0.0.1 (Too many connections from your address)";
    for _ in 0..20 {
        assert_eq!(get(daemon.http(), "/health", &[]).status, 200);
        // A page does not see the status of a request, so the reason is sent in the WebSocket.
        assert_eq!(WebClient::open(daemon.http(), TEXT).rest(), (vec![refused.to_owned()], Some(1008)));
    }
    line.sync();
    drop(web.pop());
    support::wait_for("a place", || {
        let mut client = WebClient::open(daemon.http(), TEXT);
        client.try_send("PING there");
        client.try_line().filter(|line| line.contains("PONG"))
    });
    let idle: Vec<TcpStream> = (0..20 * MOST).map(|_| TcpStream::connect(daemon.http()).unwrap()).collect();
    assert_eq!(get(daemon.http(), "/health", &[]).status, 200, "pages have places of their own");
    drop(idle);
    let (_, log) = daemon.stop();
    let told: Vec<&str> =
        log.lines().filter(|line| line.contains("limit=\"connections.max_per_ip\"")).collect();
    assert!((1..=2).contains(&told.len()), "{log}");
    assert!(told.last().unwrap().contains("too many, more count="), "summed up: {told:#?}");
}
