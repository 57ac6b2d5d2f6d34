//! Clients that misbehave, while two people talk, who must not notice.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{
    thread,
    time::{Duration, Instant},
};

use support::{
    Client, Daemon, Folder, bystanders::Bystanders, client::ReceivedMessage, config, daemon::hashed, wait_for,
};

/// Bytes of garbage that one connection sends.
const GARBAGE_BYTES: usize = 100_000;

/// Runs a server with two people who talk, while `attack` does something to it.
fn beside_a_talk(toml: &str, attack: impl FnOnce(&Daemon)) {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, toml);
    let bystanders = Bystanders::start(daemon.address());
    attack(&daemon);
    bystanders.finish();
    let (status, log) = daemon.stop();
    assert!(status.success(), "{log}");
    assert!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");
}

#[test]
fn garbage() {
    beside_a_talk(&config(""), |daemon| {
        for seed in 0..10 {
            let mut client = Client::open(daemon.address());
            let is_registered = seed % 2 == 0;
            if is_registered {
                client.introduce("garbage", "");
            }
            let mut twin = client.twin();
            let sender = thread::spawn(move || {
                let mut random = fastrand::Rng::with_seed(seed);
                let mut bytes = vec![0; GARBAGE_BYTES];
                bytes.fill_with(|| random.u8(..));
                for piece in bytes.chunks(random.usize(1..20_000)) {
                    // A client that sends only garbage is disconnected before it is done.
                    if twin.try_send(piece).is_err() {
                        return;
                    }
                }
                let _ = twin.try_send(b"\r\nPING :the end\r\n");
            });
            if is_registered {
                client.until(|line| line.ends_with(" PONG irc.example.org :the end"));
            } else {
                let last = client.rest().pop().unwrap_or_default();
                assert_eq!(last, "ERROR :Closing link: 127.0.0.1 (This does not look like IRC)");
            }
            sender.join().unwrap();
        }
    });
}

#[test]
fn half_a_line_and_silence() {
    beside_a_talk(&config("registration_timeout = \"1s\""), |daemon| {
        let mut client = Client::open(daemon.address());
        client.send_bytes(b"NICK carol\r\nUSER carol 0 * :Ca");
        assert_eq!(client.rest(), ["ERROR :Closing link: 127.0.0.1 (Registration timed out)"]);
    });
}

#[test]
fn a_line_of_a_megabyte() {
    beside_a_talk(&config(""), |daemon| {
        let mut client = Client::register(daemon.address(), "carol", "");
        let mut line = b"PRIVMSG #room :".to_vec();
        line.resize(16_000, b'x');
        client.send_bytes(&line);
        client.send_bytes(b"\r\n");
        let refused = ":irc.example.org 417 carol :The line was too long; nothing of it was used";
        client.until(|line| line == refused);
        assert!(client.sync().iter().all(|line| line != refused), "one line is refused once");
        assert_eq!(said_to_oneself(&mut client, "carol"), "still here");
        // Bytes without a line break are not a line, and nobody waits for their end.
        line.resize(1 << 20, b'x');
        client.send_bytes(&line);
        client.until(|line| line == refused);
        let end = client.rest().pop();
        assert_eq!(end.as_deref(), Some("ERROR :Closing link: 127.0.0.1 (ReadQ exceeded)"));
    });
}

/// Sends a message to the client itself, and returns the lines that come of it.
fn said_to_oneself(client: &mut Client, nick: &str) -> String {
    client.send(&format!("PRIVMSG {nick} :still here"));
    let own = |line: &str| {
        ReceivedMessage::parse(line).filter(|heard| heard.sender == nick && heard.target == nick)
    };
    let lines = client.until(|line| own(line).is_some());
    lines.last().and_then(|line| own(line)).unwrap().text
}

#[test]
fn many_who_never_register() {
    beside_a_talk(&config("registration_timeout = \"1s\""), |daemon| {
        let clients: Vec<Client> = (0..300).map(|_| Client::open(daemon.address())).collect();
        for mut client in clients {
            assert_eq!(client.rest(), ["ERROR :Closing link: 127.0.0.1 (Registration timed out)"]);
        }
    });
}

#[test]
fn many_from_one_address() {
    beside_a_talk(&config("max_per_ip = 5"), |daemon| {
        let mut clients: Vec<Client> = (0..5).map(|_| Client::open_limited(daemon.address())).collect();
        for (index, client) in clients.iter_mut().enumerate() {
            client.introduce(&format!("limited{index}"), "");
        }
        let refused = "ERROR :Closing link: 127.0.0.2 (Too many connections from your address)";
        for _ in 0..20 {
            assert_eq!(Client::open_limited(daemon.address()).rest(), [refused]);
            // Most clients wait for nothing before they register.
            let mut eager = Client::open_limited(daemon.address());
            let _ = eager.try_send(b"CAP LS 302\r\nNICK eager\r\nUSER eager 0 * :Eager\r\n");
            assert_eq!(eager.rest(), [refused]);
        }
        clients.pop().unwrap().send("QUIT");
        wait_for("a place for one more", || {
            let mut client = Client::open_limited(daemon.address());
            let _ = client.try_send(b"PING there\r\nQUIT\r\n");
            client.line().filter(|line| line.contains("PONG"))
        });
    });
}

#[test]
fn one_who_never_reads() {
    beside_a_talk(&config("send_queue = \"64 KiB\""), |daemon| {
        let mut deaf = Client::register(daemon.address(), "deaf", "message-tags");
        let mut listener = Client::register(daemon.address(), "listener", "message-tags");
        let mut writer = Client::register(daemon.address(), "writer", "message-tags");
        let tag = "x".repeat(3_500);
        let count = wait_for_the_end_of_the_deaf(&mut listener, |number| {
            writer.send(&format!("@+big={tag} PRIVMSG #room :{number}"));
        });
        assert!(writer.sync().iter().any(|line| line == SEND_QUEUE_EXCEEDED));
        assert!(count > 10, "the send queue was too small for that");
        // The client was disconnected, so its remaining lines come to an end.
        deaf.rest();
        let mut again = Client::register(daemon.address(), "deaf", "");
        assert_eq!(said_to_oneself(&mut again, "deaf"), "still here");
    });
}

const SEND_QUEUE_EXCEEDED: &str = ":deaf!deaf@127.0.0.1 QUIT :SendQ exceeded";

/// Lets numbered messages be sent and received until the deaf client is disconnected, and some more; returns
/// how many. None is lost.
fn wait_for_the_end_of_the_deaf(listener: &mut Client, mut write: impl FnMut(u32)) -> u32 {
    const MOST: u32 = 10_000;
    let mut is_over = false;
    let mut left = MOST;
    for number in 0..MOST {
        write(number);
        let lines =
            listener.until(|line| ReceivedMessage::parse(line).is_some_and(|heard| heard.sender == "writer"));
        let heard = lines.last().and_then(|line| ReceivedMessage::parse(line)).unwrap();
        assert_eq!(heard.text, number.to_string(), "a message was lost");
        if lines.iter().any(|line| line == SEND_QUEUE_EXCEEDED) {
            is_over = true;
            left = left.min(number + 20);
        }
        if number == left {
            break;
        }
    }
    assert!(is_over, "whoever does not read is never closed");
    left
}

/// A client that does not read cannot keep a connection that the server has closed for another reason, nor
/// its slot.
#[test]
fn one_who_never_reads_and_times_out() {
    let limits = "max_per_ip = 1\nping_interval = \"3s\"\nping_timeout = \"1s\"\nsend_queue = \"1 GiB\"";
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(limits));
    let mut deaf = Client::open_limited(daemon.address());
    deaf.introduce("deaf", "message-tags");
    let mut writer = Client::register(daemon.address(), "writer", "message-tags");
    let tag = "x".repeat(3_500);
    // This is more than the sockets hold, and less than the send queue does.
    let lines: String = (0..3_000).map(|_| format!("@+big={tag} PRIVMSG #room :text\r\n")).collect();
    writer.send_bytes(lines.as_bytes());
    writer.until(|line| line.starts_with(":deaf!deaf@127.0.0.2 QUIT :Ping timeout"));
    wait_for("the place of the one who timed out", || {
        writer.sync();
        let mut next = Client::open_limited(daemon.address());
        let _ = next.try_send(b"PING there\r\nQUIT\r\n");
        next.line().filter(|line| line.contains("PONG"))
    });
}

#[test]
fn one_who_floods_is_slowed_and_loses_nothing() {
    let toml = config("[flood]\nburst = 5\nrate = 50");
    beside_a_talk(&toml, |daemon| {
        let mut flooder = Client::open_limited(daemon.address());
        flooder.introduce("flooder", "echo-message");
        let mut listener = Client::register(daemon.address(), "listener", "");
        let (count, started) = (100, Instant::now());
        let lines: String = (0..count).map(|number| format!("PRIVMSG #room :{number}\r\n")).collect();
        flooder.send_bytes(lines.as_bytes());
        for client in [&mut listener, &mut flooder] {
            let last = format!(" PRIVMSG #room :{}", count - 1);
            let lines = client.until(|line| line.contains(":flooder!") && line.ends_with(&last));
            let heard = lines.iter().filter_map(|line| ReceivedMessage::parse(line));
            let texts: Vec<String> =
                heard.filter(|heard| heard.sender == "flooder").map(|heard| heard.text).collect();
            let all: Vec<String> = (0..count).map(|number| number.to_string()).collect();
            assert_eq!(texts, all);
        }
        assert!(started.elapsed() > Duration::from_secs(1), "100 commands at 50 a second were not slowed");
    });
}

/// A throttled client has sent a lot rather than nothing, so it has not timed out.
#[test]
fn one_who_is_slowed_for_long_does_not_time_out() {
    let toml = config("ping_interval = \"1s\"\nping_timeout = \"1s\"\n[flood]\nburst = 5\nrate = 20");
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &toml);
    let mut flooder = Client::open_limited(daemon.address());
    flooder.introduce("flooder", "");
    let lines: String = (0..160).map(|number| format!("PING {number}\r\n")).collect();
    flooder.send_bytes(lines.as_bytes());
    flooder.until(|line| line.ends_with(" PONG irc.example.org :159"));
}

#[test]
fn one_who_says_that_he_leaves_still_reads_the_rest() {
    beside_a_talk(&config(""), |daemon| {
        let mut client = Client::register(daemon.address(), "carol", "");
        client.send("QUIT :bye");
        client.close_half();
        assert_eq!(client.rest().last().unwrap(), GOODBYE);
    });
}

const GOODBYE: &str = "ERROR :Closing link: 127.0.0.1 (Quit: bye)";

/// A script that writes everything it has to say and then closes its side, while the server still reads the
/// history.
#[test]
fn one_who_says_everything_at_once_gets_every_answer() {
    beside_a_talk(&config(""), |daemon| {
        for _ in 0..20 {
            let mut client = Client::open(daemon.address());
            client.send_bytes(
                b"CAP REQ :draft/chathistory batch\r\nNICK carol\r\nUSER carol 0 * :Carol\r\nCAP END\r\n\
                  CHATHISTORY LATEST #room * 5\r\nPING :the end\r\nQUIT :bye\r\n",
            );
            client.close_half();
            let lines = client.rest();
            assert!(lines.iter().any(|line| line.contains(" BATCH -")), "no history: {lines:#?}");
            assert!(lines.iter().any(|line| line.ends_with(" PONG irc.example.org :the end")), "{lines:#?}");
            assert_eq!(lines.last().unwrap(), GOODBYE);
        }
    });
}

/// The same while the server is still busy with what the client sent, because it is throttled.
#[test]
fn one_who_is_slowed_and_says_that_he_leaves_is_heard_to_the_end() {
    beside_a_talk(&config("[flood]\nburst = 10\nrate = 20"), |daemon| {
        let mut client = Client::open_limited(daemon.address());
        let lines: String = (0..20).map(|number| format!("PRIVMSG carol :{number}\r\n")).collect();
        client.send(&format!("NICK carol\r\nUSER carol 0 * :Carol\r\n{lines}QUIT :bye"));
        client.close_half();
        let lines = client.rest();
        let heard = lines.iter().filter_map(|line| ReceivedMessage::parse(line));
        let texts: Vec<String> =
            heard.filter(|heard| heard.target == "carol").map(|heard| heard.text).collect();
        let all: Vec<String> = (0..20).map(|number| number.to_string()).collect();
        assert_eq!(texts, all);
        assert_eq!(lines.last().unwrap(), "ERROR :Closing link: 127.0.0.2 (Quit: bye)");
    });
}

/// A client that asks for a lot and reads it gets all of it, however long the messages are: in pages that are
/// smaller than what may wait for a client.
#[test]
fn a_long_history_is_no_reason_to_be_closed() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config("send_queue = \"64 KiB\""));
    let mut writer = Client::register(daemon.address(), "writer", "message-tags echo-message");
    let tag = "x".repeat(3_900);
    for number in 0..200 {
        writer.send(&format!("@+big={tag} PRIVMSG #room :{number}"));
        writer.until(|line| line.ends_with(&format!("PRIVMSG #room :{number}")));
    }
    let mut reader = Client::open_limited(daemon.address());
    reader.introduce("reader", "message-tags batch draft/chathistory");
    let mut seen: Vec<String> = Vec::new();
    let mut request = "CHATHISTORY LATEST #room * 1000".to_owned();
    for _ in 0..1_000 {
        reader.send(&request);
        let page = reader.until(|line| line.contains(" BATCH -"));
        let texts: Vec<String> = page.iter().filter(|line| line.starts_with("@batch=")).cloned().collect();
        let Some(oldest) = texts.first() else { break };
        let (_, id) = oldest.split_once("msgid=").unwrap();
        request = format!("CHATHISTORY BEFORE #room msgid={} 1000", id.split([';', ' ']).next().unwrap());
        seen.splice(0..0, texts);
    }
    for (number, line) in seen.iter().enumerate() {
        assert!(line.ends_with(&format!("PRIVMSG #room :{number}")), "{number}");
    }
    assert_eq!(seen.len(), 200);
}

#[test]
fn the_password_of_the_server() {
    let password = format!("password = {:?}\n[[listen]]", hashed("secret"));
    let toml = config("").replacen("[[listen]]", &password, 1);
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &toml);
    for (pass, nick) in [("PASS wrong\r\n", "wrong"), ("", "missing"), ("PASS Secret\r\n", "case")] {
        let mut client = Client::open(daemon.address());
        client.send(&format!("{pass}NICK {nick}\r\nUSER {nick} 0 * :{nick}"));
        let expected = [
            format!(":irc.example.org 464 {nick} :Password incorrect"),
            "ERROR :Closing link: 127.0.0.1 (Bad password)".to_owned(),
        ];
        assert_eq!(client.rest(), expected);
    }
    let mut client = Client::open(daemon.address());
    client.send("PASS secret");
    client.introduce("right", "");
    assert_eq!(said_to_oneself(&mut client, "right"), "still here");
}

#[test]
fn a_stop_tells_everyone_and_is_quick() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(""));
    let mut clients: Vec<Client> =
        (0..20).map(|index| Client::register(daemon.address(), &format!("user{index}"), "")).collect();
    clients.push(Client::open(daemon.address()));
    clients.last_mut().unwrap().send("PING :there");
    clients.last_mut().unwrap().line();
    let started = Instant::now();
    let (status, log) = daemon.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    for mut client in clients {
        let lines = client.rest();
        assert_eq!(lines.last().unwrap(), "ERROR :Closing link: 127.0.0.1 (Server is shutting down)");
        assert!(!lines.iter().any(|line| line.contains(" QUIT ")), "{lines:#?}");
    }
}

#[test]
fn one_who_is_slowed_and_breaks_off_is_gone_at_once() {
    let toml = config("") + "[flood]\nburst = 5\nrate = 1\n";
    beside_a_talk(&toml, |daemon| {
        let mut watcher = Client::register(daemon.address(), "watcher", "");
        let mut hasty = Client::open_limited(daemon.address());
        hasty.introduce("hasty", "");
        watcher.until(|line| line.contains("JOIN #room") && line.starts_with(":hasty!"));
        // This is more than the server accepts from a client at once, with minutes of answers; the first are
        // not read.
        hasty.send_bytes("VERSION\r\n".repeat(1_000).as_bytes());
        hasty.has_unread();
        drop(hasty);
        watcher.until(|line| line.starts_with(":hasty!") && line.contains(" QUIT "));
    });
}

/// The memory of the process that is not backed by a file, in bytes.
fn anonymous_memory(daemon: &Daemon) -> u64 {
    let status = format!("/proc/{}/status", daemon.pid().as_raw_pid());
    let status = std::fs::read_to_string(status).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}

#[test]
fn those_who_ask_for_much_and_read_nothing() {
    const ASKERS: usize = 31;
    const ROOMS_EACH: usize = 99;
    const ROOMS: usize = 6 * ROOMS_EACH;
    beside_a_talk(&config(""), |daemon| {
        // Nobody may be in more than a hundred rooms, and there is one already.
        let mut makers: Vec<Client> = (0..ROOMS / ROOMS_EACH)
            .map(|number| Client::register(daemon.address(), &format!("maker{number}"), "no-implicit-names"))
            .collect();
        for room in 0..ROOMS {
            let maker = &mut makers[room / ROOMS_EACH];
            maker.send(&format!("JOIN #room{room}"));
            maker.send(&format!("TOPIC #room{room} :{}", "t".repeat(380)));
            maker.sync();
        }
        let mut askers: Vec<Client> = (0..ASKERS)
            .map(|number| {
                let mut asker = Client::open_limited(daemon.address());
                asker.introduce(&format!("asker{number}"), "");
                asker
            })
            .collect();
        let before = anonymous_memory(daemon);
        for asker in &mut askers {
            asker.send_bytes("LIST\r\nWHO *\r\nNAMES #room1\r\n".repeat(20).as_bytes());
        }
        // When each has received the first row, the server has accepted all that it will.
        for asker in &mut askers {
            asker.until(|line| line.contains(" 322 "));
        }
        let grown = anonymous_memory(daemon).saturating_sub(before);
        assert!(grown < 10_000_000, "{grown} bytes");
        // A client that reads gets all of it.
        let rows = askers[0].until(|line| line.contains(" 323 "));
        let count = rows.iter().filter(|line| line.contains(" 322 ")).count();
        assert_eq!(count, ROOMS, "{:?}", rows.first());
    });
}
