//! Passwords under pressure: many people who log in at once, and people who guess.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{fs, net::Ipv4Addr};

use data_encoding::BASE64;

use support::{
    Client, Daemon, Folder, config,
    daemon::{hashed, parlad},
    wait_for,
};

/// A server with the password `door` and the operator `root`, whose password is `secret`.
fn guarded(more: &str) -> String {
    let (door, secret) = (hashed("door"), hashed("secret"));
    let oper = format!("[[oper]]\nname = \"root\"\npassword = \"{secret}\"\nprivileges = []\n");
    config(&format!("{more}\n{oper}")).replacen(
        "[[listen]]",
        &format!("password = \"{door}\"\n[[listen]]"),
        1,
    )
}

/// The number of connections is not what is tested here.
const OFTEN: &str = "max_rate_per_ip = 100000";

fn introduction(nick: &str, password: &str) -> String {
    format!("PASS {password}\r\nNICK {nick}\r\nUSER {nick} 0 * :{nick}")
}

fn come(client: &mut Client, nick: &str, password: &str) {
    client.send(&introduction(nick, password));
}

fn has(lines: &[String], part: &str) -> bool {
    lines.iter().any(|line| line.contains(part))
}

/// With a single thread and time-outs that keep running, most of them would be disconnected after the second
/// that they have.
#[test]
fn a_crowd_that_comes_at_once_is_let_in() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &guarded("registration_timeout = \"1s\""));
    let mut crowd: Vec<Client> = (0..80).map(|_| Client::open(daemon.address())).collect();
    for (number, client) in crowd.iter_mut().enumerate() {
        come(client, &format!("guest{number}"), "door");
    }
    for client in &mut crowd {
        client.until(|line| line.contains(" 001 "));
    }
    assert!(daemon.stop().0.success());
}

/// The server's resident memory in KiB.
fn resident(daemon: &Daemon) -> u64 {
    let path = format!("/proc/{}/status", daemon.pid().as_raw_nonzero());
    let status = fs::read_to_string(path).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Two hashes of 19 MiB may be compared at the same time; their memory is reused for the next ones.
#[test]
#[cfg(target_os = "linux")]
fn wrong_passwords_take_no_memory_for_each() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &guarded(OFTEN));
    let before = resident(&daemon);
    let mut guessers: Vec<Client> = (0..10).map(|_| Client::open(daemon.address())).collect();
    for (number, client) in guessers.iter_mut().enumerate() {
        come(client, &format!("guesser{number}"), "door");
        client.until(|line| line.contains(" 376 ") || line.contains(" 422 "));
        client.send("OPER root one\r\nOPER root two\r\nOPER root three");
    }
    for client in &mut guessers {
        assert!(has(&client.rest(), "Too many failed attempts"));
    }
    let grown = resident(&daemon).saturating_sub(before);
    assert!(grown < 64 * 1024, "{grown} KiB more");
    assert!(daemon.stop().0.success());
}

#[test]
fn guesses_are_counted_by_address_over_all_connections() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &guarded(OFTEN));
    let open = |nick: &str| {
        let mut client = Client::open_limited(daemon.address());
        come(&mut client, nick, "door");
        client.until(|line| line.contains(" 376 ") || line.contains(" 422 "));
        client
    };
    let mut guesser = open("guesser");
    guesser.send("OPER root 1\r\nOPER root 2\r\nOPER nobody 3");
    assert_eq!(guesser.rest().iter().filter(|line| line.contains(" 464 ")).count(), 3);
    // A client that sends the same password again and again is not guessing.
    for _ in 0..2 {
        let mut stale = open("stale");
        stale.send("OPER root 1\r\nOPER root 1\r\nOPER root 1");
        assert_eq!(stale.rest().iter().filter(|line| line.contains(" 464 ")).count(), 3);
    }
    let mut guesser = open("guesser");
    guesser.send("OPER root 4\r\nOPER root 5\r\nOPER root 6");
    let heard = guesser.rest();
    assert!(has(&heard, " 464 ") && has(&heard, " 263 guesser OPER :Too many wrong passwords"), "{heard:#?}");
    // Others need not wait, and neither does somebody who gives the server's password.
    let mut other = Client::open(daemon.address());
    come(&mut other, "other", "door");
    other.until(|line| line.contains(" 001 "));
    other.send("OPER root secret");
    assert!(has(&other.sync(), " 381 "));
    // A legitimate user behind the same address has to wait for a moment.
    wait_for("the end of the pause", || {
        let mut root = open("root");
        root.send("OPER root secret");
        has(&root.sync(), " 381 ").then_some(())
    });
    let (status, log) = daemon.stop();
    assert!(status.success());
    assert!(log.contains("refused: Too many wrong passwords"), "{log}");
}

#[test]
fn wrong_passwords_of_the_server_are_counted_too() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &guarded(OFTEN));
    let attempt = |password: &str| {
        let mut client = Client::open_limited(daemon.address());
        client.send(&(introduction("guesser", password) + "\r\nQUIT"));
        client.rest()
    };
    for number in 0..5 {
        assert!(has(&attempt(&number.to_string()), " 464 "));
    }
    let heard = attempt("6");
    assert!(has(&heard, "ERROR :Closing link: 127.0.0.2 (Too many wrong passwords"), "{heard:#?}");
    assert!(has(&attempt("0"), " 464 "), "what is known to be wrong is wrong");
    wait_for("the end of the pause", || has(&attempt("door"), " 001 ").then_some(()));
    assert!(daemon.stop().0.success());
}

/// A server with the account `zoe`, whose password is `secret`.
fn with_zoe(folder: &Folder) -> Daemon {
    let cheap = "[accounts.passwords]\nmin_length = 1\nargon2_memory_kib = 64\nargon2_iterations = 1";
    let daemon = Daemon::start(folder, &config(&format!("{OFTEN}\n{cheap}")));
    let config = folder.path().join("parlad.toml");
    let created = parlad(&["account", "create", "--config", config.to_str().unwrap(), "zoe"], "secret\n");
    assert_eq!(created.code, Some(0), "{}", created.stderr);
    daemon
}

/// Many addresses guess the password of one account. They have to wait, but its owner need not.
#[test]
fn guesses_from_everywhere_keep_no_owner_out() {
    let folder = Folder::new();
    let daemon = with_zoe(&folder);
    let home = || Client::open_limited(daemon.address());
    assert_eq!(home().sign_in("zoe", "secret"), "903");
    // More of them than can ask before the pause ends.
    let stranger = |host: u16| {
        let [high, low] = host.to_be_bytes();
        Client::open_from(Ipv4Addr::new(127, 1, high, low), daemon.address())
    };
    let mut hosts = 0..=u16::MAX;
    let refused = hosts.find(|host| {
        let result = stranger(*host).sign_in_result("ZOE", &format!("guess {host}"));
        assert!(result.contains(" 904 "), "{result}");
        result.contains("try again in ")
    });
    assert!(refused.is_some_and(|host| host >= 20), "{refused:?}");
    assert_eq!(home().sign_in("zoe", "secret"), "903");
    wait_for("the end of the pause", || {
        let mut owner = stranger(hosts.next()?);
        (owner.sign_in("zoe", "secret") == "903").then_some(())
    });
    assert!(daemon.stop().0.success());
}

/// The message with which the server answers the first one of SCRAM.
fn challenge(daemon: &Daemon, account: &str) -> String {
    let mut client = Client::open_limited(daemon.address());
    client.send("CAP REQ sasl\r\nAUTHENTICATE SCRAM-SHA-256");
    client.until(|line| line == "AUTHENTICATE +");
    let first = BASE64.encode(format!("n,,n={account},r=nonce").as_bytes());
    client.send(&format!("AUTHENTICATE {first}"));
    let line = client.line().unwrap();
    let encoded = line.strip_prefix("AUTHENTICATE ").unwrap();
    String::from_utf8(BASE64.decode(encoded.as_bytes()).unwrap()).unwrap()
}

/// Neither the salt nor the cost reveals which accounts exist.
#[test]
fn an_account_that_does_not_exist_looks_like_one() {
    let folder = Folder::new();
    let daemon = with_zoe(&folder);
    let parts = |account: &str| {
        let message = challenge(&daemon, account);
        let parts: Vec<String> = message.split(',').map(str::to_owned).collect();
        let [nonce, salt, iterations] = parts.try_into().unwrap();
        assert!(nonce.starts_with("r=nonce") && nonce.len() >= "r=nonce".len() + 24, "{nonce}");
        (nonce, salt, iterations)
    };
    let (zoe, again) = (parts("zoe"), parts("zoe"));
    assert!(zoe.0 != again.0 && zoe.1 == again.1);
    let (nobody, nobody_again) = (parts("nobody"), parts("nobody"));
    assert_eq!(nobody.1, nobody_again.1);
    assert_eq!((zoe.1.len(), &zoe.2), (nobody.1.len(), &nobody.2));
    assert!(daemon.stop().0.success());
}

/// A client that fails to prove that it knows a password has guessed, although nobody saw what.
#[test]
fn wrong_proofs_are_guesses() {
    let folder = Folder::new();
    let daemon = with_zoe(&folder);
    for _ in 0..5 {
        let mut client = Client::open_limited(daemon.address());
        client.send("CAP REQ sasl\r\nAUTHENTICATE SCRAM-SHA-256");
        client.send(&format!("AUTHENTICATE {}", BASE64.encode(b"n,,n=zoe,r=nonce")));
        let challenge = client.until(|line| line.starts_with("AUTHENTICATE ") && line.len() > 20);
        let encoded = challenge.last().unwrap().strip_prefix("AUTHENTICATE ").unwrap().as_bytes();
        let message = String::from_utf8(BASE64.decode(encoded).unwrap()).unwrap();
        let nonce = message.split(',').next().unwrap();
        let proof = format!("c={},{nonce},p={}", BASE64.encode(b"n,,"), BASE64.encode(&[7; 32]));
        client.send(&format!("AUTHENTICATE {}", BASE64.encode(proof.as_bytes())));
        client.until(|line| line.contains(" 904 "));
    }
    let mut client = Client::open_limited(daemon.address());
    client.send("CAP REQ sasl\r\nAUTHENTICATE SCRAM-SHA-256");
    client.send(&format!("AUTHENTICATE {}", BASE64.encode(b"n,,n=zoe,r=nonce")));
    client.until(|line| line.contains(" 904 ") && line.contains("Too many wrong passwords"));
    let refused = Client::open_limited(daemon.address()).sign_in_result("zoe", "secret");
    assert!(refused.contains(" 904 ") && refused.contains("Too many wrong passwords"), "{refused}");
    let (status, log) = daemon.stop();
    let line = "failed to sign in address=127.0.0.2 connection=";
    assert!(status.success() && log.matches(line).count() == 5, "{log}");
    assert!(log.contains("account=\"zoe\" by=\"SCRAM-SHA-256\""), "{log}");
}
