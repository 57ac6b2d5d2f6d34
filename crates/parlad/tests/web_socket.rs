//! IRC over WebSocket: conversations between clients over WebSocket and over TCP, and clients that break the
//! framing.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{net::TcpStream, time::Duration};

use support::{
    Client, Daemon, Folder, WebClient,
    bystanders::Bystanders,
    client::ReceivedMessage,
    config_with_http, http,
    web_socket::{BINARY, TEXT},
};
use tungstenite::{
    Message,
    protocol::frame::coding::{CloseCode, Data},
};

const GOODBYE: &str = "ERROR :Closing link: 127.0.0.1 (Quit: bye)";

/// Runs a server with two people who talk over TCP, while `test` runs beside them.
fn beside_a_talk(test: impl FnOnce(&Daemon)) {
    beside_a_talk_with(&config_with_http(""), test);
}

fn beside_a_talk_with(toml: &str, test: impl FnOnce(&Daemon)) {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, toml);
    let bystanders = Bystanders::start(daemon.address());
    test(&daemon);
    bystanders.finish();
    let (status, log) = daemon.stop();
    assert!(status.success() && !log.contains("ERROR") && !log.contains("panicked"), "{log}");
}

#[test]
fn both_kinds_of_client_meet_in_a_room() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config_with_http(""));
    let mut line = Client::register(daemon.address(), "line", "");
    let mut text = WebClient::register(daemon.http(), "text", "");
    let mut binary = WebClient::open(daemon.http(), BINARY);
    binary.introduce("binary", "message-tags echo-message");
    line.sync();
    text.sync();

    text.send("PRIVMSG #room :grüße 🦀");
    let heard = ":text!text@127.0.0.1 PRIVMSG #room :grüße 🦀";
    assert_eq!(line.line().unwrap(), heard);
    assert!(binary.line().unwrap().ends_with(heard));
    line.send("PRIVMSG #room :hello");
    assert_eq!(text.line().unwrap(), ":line!line@127.0.0.1 PRIVMSG #room :hello");
    assert!(binary.line().unwrap().ends_with(" :hello"));
    binary.send("@+typing=done PRIVMSG #room :one\nPRIVMSG #room :two\r\n");
    for said in ["one", "two"] {
        let wanted = format!(":binary!binary@127.0.0.1 PRIVMSG #room :{said}");
        assert_eq!(line.line().unwrap(), wanted);
        assert_eq!(text.line().unwrap(), wanted);
        assert!(binary.line().unwrap().ends_with(&wanted), "the echo");
    }

    text.send("QUIT :bye");
    assert_eq!(text.rest(), (vec![GOODBYE.to_owned()], Some(1000)));
    assert_eq!(line.line().unwrap(), ":text!text@127.0.0.1 QUIT :Quit: bye");
}

#[test]
fn the_first_subprotocol_that_both_know_is_spoken() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config_with_http(""));
    for (proposed, agreed) in [
        ("text.ircv3.net", Some(TEXT)),
        ("binary.ircv3.net, text.ircv3.net", Some(BINARY)),
        ("chat, text.ircv3.net", Some(TEXT)),
        ("", None),
    ] {
        let mut client = WebClient::open(daemon.http(), proposed);
        let named = client.response.headers().get("sec-websocket-protocol");
        assert_eq!(named.map(|name| name.to_str().unwrap()), agreed);
        assert!(client.response.headers().get("sec-websocket-extensions").is_none());
        // Without a subprotocol, both sides send text frames; `WebClient::try_bytes` checks the server's.
        client.introduce("someone", "");
        client.send("QUIT :bye");
        assert_eq!(client.rest().0.last().unwrap(), GOODBYE);
    }
}

#[test]
fn a_port_for_web_sockets_alone() {
    let folder = Folder::new();
    let listen =
        "[[listen]]\naddress = \"127.0.0.1:0\"\nwebsocket = true\norigins = [\"https://chat.example\"]\n";
    let daemon = Daemon::start(&folder, &support::config(listen));
    let mut line = Client::register(daemon.address(), "line", "");
    let mut web = WebClient::register(daemon.web_socket(), "web", "");
    line.sync();
    web.send("PRIVMSG #room :hello");
    assert_eq!(line.line().unwrap(), ":web!web@127.0.0.1 PRIVMSG #room :hello");

    let request = |path: &str, origin: &str| {
        let fields = [
            "Host: any.example",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            origin,
        ];
        http::upgrade(daemon.web_socket(), &format!("GET {path} HTTP/1.1"), &fields).status
    };
    assert_eq!(request("/", "Origin: https://chat.example"), 101);
    assert_eq!(request("/any/path?x", "Origin: https://chat.example:443"), 101);
    assert_eq!(request("/", "Origin: https://evil.example"), 403);
    assert_eq!(http::get(daemon.web_socket(), "/", &["Host: any.example"]).status, 426);
    let (status, log) = daemon.stop();
    assert!(status.success() && !log.contains("ERROR"), "{log}");
}

#[test]
fn fragments_and_pings() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config_with_http(""));
    let mut client = WebClient::register(daemon.http(), "web", "");
    client.send_piece(Data::Text, b"PRIVMSG web :gr\xc3", false);
    client.send_message(Message::Ping("still there?".into()));
    client.send_piece(Data::Continue, b"\xbc", false);
    client.send_piece(Data::Continue, b"\xc3\x9fe", true);
    assert_eq!(client.line().unwrap(), ":web!web@127.0.0.1 PRIVMSG web :grüße");
    assert_eq!(client.controls, [Message::Pong("still there?".into())]);
    client.send_message(Message::Pong("nobody asked".into()));
    assert!(client.sync().is_empty());
}

#[test]
fn a_line_that_is_too_long_and_a_message_that_is() {
    beside_a_talk(|daemon| {
        let mut client = WebClient::register(daemon.http(), "web", "");
        let refused = ":irc.example.org 417 web :The line was too long; nothing of it was used";
        for bytes in [511, 4_700, 9_000] {
            client.send(&format!("PRIVMSG web :{}", "x".repeat(bytes)));
            client.until(|line| line == refused);
        }
        client.sync();
        client.send("PRIVMSG web :last");
        client.send(&"x".repeat(1 << 20));
        let (lines, code) = client.rest();
        assert!(lines.iter().any(|line| line.ends_with("PRIVMSG web :last")), "{lines:?}");
        assert_eq!(code, Some(1009));
    });
}

#[test]
fn clients_that_break_the_rules() {
    beside_a_talk(|daemon| {
        let cases: [(&[u8], u16); 6] = [
            (b"\x81\x06PING x", 1002),
            (b"NICK x\r\nUSER x 0 * :x\r\n", 1002),
            (b"\x81\x81\0\0\0\0\xff", 1007),
            (b"\xc1\x81\0\0\0\0x", 1002),
            (b"\x80\x81\0\0\0\0x", 1002),
            (b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 1009),
        ];
        for (bytes, code) in cases {
            let mut client = WebClient::register(daemon.http(), "web", "");
            client.send_raw(bytes);
            assert_eq!(client.rest().1, Some(code), "{bytes:?}");
        }
    });
}

#[test]
fn bytes_that_are_no_text_are_dealt_with_as_in_a_line() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config_with_http(""));
    let mut client = WebClient::open(daemon.http(), BINARY);
    client.introduce("web", "");
    client.send_message(Message::binary(b"PRIVMSG web :a\xffb".to_vec()));
    let refused = ":irc.example.org FAIL PRIVMSG INVALID_UTF8 :";
    assert!(client.line().unwrap().starts_with(refused));
    client.sync();
}

#[test]
fn whoever_closes_reads_the_rest_first() {
    beside_a_talk(|daemon| {
        for round in 0..20 {
            let mut client = WebClient::register(daemon.http(), "web", "batch draft/chathistory");
            client.send("CHATHISTORY LATEST #room * 5");
            client.send("PING :the end");
            client.close(CloseCode::Away);
            let (lines, code) = client.rest();
            assert!(lines.iter().any(|line| line.contains(" BATCH -")), "{round}: {lines:#?}");
            assert!(lines.iter().any(|line| line.ends_with(" PONG irc.example.org :the end")), "{lines:#?}");
            assert_eq!(code, Some(1001));
        }
    });
}

#[test]
fn connections_that_break_off() {
    beside_a_talk(|daemon| {
        let mut watcher = Client::register(daemon.address(), "watcher", "");
        for is_half_said in [false, true] {
            let mut client = WebClient::register(daemon.http(), "web", "");
            if is_half_said {
                client.send_raw(b"\x81\x90\0\0\0\0half");
            }
            drop(client);
            watcher.until(|line| line == ":web!web@127.0.0.1 QUIT :Connection closed");
        }
        // These two have not registered.
        drop(WebClient::open(daemon.http(), TEXT));
        drop(TcpStream::connect(daemon.http()).unwrap());
    });
}

#[test]
fn many_lines_at_once_come_whole_and_in_order() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config_with_http(""));
    let mut writer = WebClient::open(daemon.http(), BINARY);
    writer.introduce("writer", "message-tags");
    let mut readers = [WebClient::open(daemon.http(), TEXT), WebClient::open(daemon.http(), BINARY)];
    for (index, reader) in readers.iter_mut().enumerate() {
        reader.introduce(&format!("reader{index}"), "message-tags");
    }
    let tag = "x".repeat(3_500);
    let count = 2_000;
    let sender = std::thread::spawn(move || {
        for number in 0..count {
            let tags = if number % 5 == 0 { format!("@+big={tag} ") } else { String::new() };
            writer.send(&format!("{tags}PRIVMSG #room :{number}"));
        }
        writer
    });
    for reader in &mut readers {
        let mut number = 0;
        while number < count {
            let line = reader.line().unwrap();
            if let Some(heard) = ReceivedMessage::parse(&line) {
                assert_eq!(heard.text, number.to_string());
                number += 1;
            }
        }
    }
    sender.join().unwrap().sync();
}

#[test]
fn one_who_never_reads() {
    let toml = config_with_http("").replace("[connections]", "[connections]\nsend_queue = \"64 KiB\"");
    beside_a_talk_with(&toml, |daemon| {
        let mut deaf = WebClient::register(daemon.http(), "deaf", "message-tags");
        let mut writer = WebClient::register(daemon.http(), "writer", "message-tags echo-message");
        let tag = "x".repeat(3_500);
        let mut number = 0;
        loop {
            writer.send(&format!("@+big={tag} PRIVMSG #room :{number}"));
            let lines = writer.until(|line| line.ends_with(&format!(" PRIVMSG #room :{number}")));
            if lines.iter().any(|line| line == ":deaf!deaf@127.0.0.1 QUIT :SendQ exceeded") {
                break;
            }
            number += 1;
            assert!(number < 20_000, "a client that does not read is never disconnected");
        }
        // What was sent before can still be read, until the connection ends.
        while deaf.try_bytes().is_ok_and(|line| line.is_some()) {}
    });
}

/// Every ping is answered.
#[test]
fn a_flood_of_pings() {
    beside_a_talk(|daemon| {
        let mut flooder = WebClient::register(daemon.http(), "flooder", "");
        for number in 0..20_000_u32 {
            flooder.send_message(Message::Ping(number.to_be_bytes().to_vec().into()));
            if number % 100 == 99 {
                flooder.sync();
            }
        }
        assert_eq!(flooder.controls.len(), 20_000);
    });
}

/// For a client that is not exempt from limits, pings, pongs and empty messages cost as much as lines.
#[test]
fn a_flood_of_frames_is_slowed() {
    let toml = config_with_http("").replace("exempt_from_limits = [\"127.0.0.1/32\"]\n", "");
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &(toml + "[flood]\nburst = 10\nrate = 20\n"));
    for message in [Message::Ping("x".into()), Message::Pong("x".into()), Message::text("")] {
        let mut client = WebClient::register(daemon.http(), "flooder", "");
        let started = std::time::Instant::now();
        for _ in 0..50 {
            client.send_message(message.clone());
        }
        client.sync();
        assert!(started.elapsed() > Duration::from_secs(2), "50 at 20 a second: {:?}", started.elapsed());
        client.send("QUIT");
        client.rest();
    }
}

#[test]
fn a_stop_closes_every_web_socket() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config_with_http(""));
    let mut clients: Vec<WebClient> =
        (0..5).map(|index| WebClient::register(daemon.http(), &format!("web{index}"), "")).collect();
    let (status, log) = daemon.stop();
    assert!(status.success(), "{log}");
    for client in &mut clients {
        let (lines, code) = client.rest();
        assert_eq!(lines.last().unwrap(), "ERROR :Closing link: 127.0.0.1 (Server is shutting down)");
        assert_eq!(code, Some(1000));
    }
}

#[test]
fn half_a_frame_and_silence() {
    let toml = config_with_http("").replace("[connections]", "[connections]\nregistration_timeout = \"1s\"");
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &toml);
    let mut client = WebClient::open(daemon.http(), TEXT);
    client.send_raw(b"\x81\xfe\x10");
    let started = std::time::Instant::now();
    assert_eq!(
        client.rest(),
        (vec!["ERROR :Closing link: 127.0.0.1 (Registration timed out)".to_owned()], Some(1000))
    );
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn what_people_write_is_never_logged() {
    let folder = Folder::new();
    let toml = config_with_http("") + "[log]\nlevel = \"trace\"\n";
    let daemon = Daemon::start(&folder, &toml);
    let mut client = WebClient::register(daemon.http(), "web", "");
    client.send("PRIVMSG web :confidential");
    client.until(|line| line.ends_with("confidential"));
    client.send("QUIT");
    client.rest();
    let (_, log) = daemon.stop();
    assert!(log.contains("stopping") && !log.contains("confidential"), "{log}");
    // A library might show the bytes in hexadecimal; this is the beginning of the word.
    assert!(!log.contains("636f6e66"), "{log}");
}
