//! A club of thirty, from an empty directory: the set-up link, the owner, invitations, a private room, a thief of
//! names, a lost password, and a restart.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{fs, net::SocketAddr, os::unix::fs::PermissionsExt as _};

use support::{
    Client, Daemon, Folder, config_with_http,
    daemon::parlad,
    http::{Answer, ask, exchange, get},
};

/// Only those who were invited sign up, and hashes cost little.
const CLUB: &str =
    "[access]\npolicy = \"invite\"\n[accounts.passwords]\nargon2_memory_kib = 64\nargon2_iterations = 1\n";

/// The path in a link.
fn path(link: &str) -> &str {
    link.find("/i/").map(|at| link[at..].trim()).unwrap()
}

/// Sends the form of an invitation's page.
fn sign_up(http: SocketAddr, path: &str, name: &str, password: &str, again: &str) -> Answer {
    let body = format!("name={name}&password={password}&again={again}");
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {http}\r\nOrigin: http://{http}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    Answer::parse(&exchange(http, (head + &body).as_bytes()))
}

/// Somebody who signs in and comes in; the lines that they hear until they can talk.
fn comes(address: SocketAddr, name: &str, password: &str) -> (Client, Vec<String>) {
    let mut client = Client::open(address);
    assert_eq!(client.sign_in(name, password), "903", "{name}");
    client.send(&format!("NICK {name}"));
    client.send(&format!("USER {name} 0 * :{name}"));
    client.send("CAP END");
    let mut heard = client.until(|line| line.contains(" 422 ") || line.contains(" 376 "));
    heard.extend(client.sync());
    (client, heard)
}

fn hears(heard: &[String], what: &str) -> bool {
    heard.iter().any(|line| line.contains(what))
}

#[test]
#[expect(clippy::too_many_lines, reason = "the story of one club, from its founding to a crash")]
fn a_club_is_founded_and_lives_on() {
    let folder = Folder::new();
    let toml = config_with_http(CLUB);
    let mut daemon = Daemon::start(&folder, &toml);
    let http = daemon.http();

    // The first person opens the link that was printed, which only they can read.
    let file = folder.path().join("data").join("setup-link");
    let link = fs::read_to_string(&file).unwrap();
    assert!(
        daemon.log().contains(&format!("nobody owns this server yet; whoever opens {} does", link.trim()))
    );
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let page = get(http, path(&link), &[]);
    assert_eq!(
        (page.status, page.header("cache-control"), page.header("referrer-policy")),
        (200, "no-store", "no-referrer")
    );
    assert!(page.header("content-security-policy").contains("form-action 'self'"), "{}", page.head);
    assert!(page.text().contains("you own this server"), "{}", page.text());
    for (name, password, again, why) in [
        ("zoe", "correcthorse", "correcthorze", "The two passwords differ."),
        ("zoe", "short", "short", "The password is too short: it needs 8 characters."),
        ("", "correcthorse", "correcthorse", "Choose a name first."),
        ("%3Cb%3E", "correcthorse", "correcthorse", "No account can have this name."),
    ] {
        let answer = sign_up(http, path(&link), name, password, again);
        assert!(answer.status == 422 && answer.text().contains(why), "{}", answer.text());
        assert!(!answer.text().contains("<b>") && !answer.text().contains("correcthor"), "{}", answer.text());
    }
    let welcome = sign_up(http, path(&link), "zoe", "correcthorse", "correcthorse");
    assert!(welcome.status == 200 && welcome.text().contains("You own this server."), "{}", welcome.text());
    assert!(!file.exists());
    let used = get(http, path(&link), &[]);
    assert!(used.status == 404 && used.text().contains("This invitation cannot be used"), "{}", used.text());

    // They make a private room, and invite the others to it.
    let (mut zoe, heard) = comes(daemon.address(), "zoe", "correcthorse");
    assert!(hears(&heard, " 381 zoe "), "{heard:?}");
    zoe.send("JOIN #club");
    zoe.send("MODE #club +i");
    zoe.send("TOPIC #club :members only");
    zoe.send("INVITATION CREATE 28 7 #club");
    let made = zoe.until(|line| line.contains("INVITATION_CREATED"));
    let code = made.last().unwrap().split(' ').nth(5).unwrap().to_owned();
    let invitation = format!("/i/{code}");
    let page = get(http, &invitation, &[]);
    assert!(page.status == 200 && page.text().contains("zoe invites you to #club"), "{}", page.text());
    let config = folder.path().join("parlad.toml");
    let shown = parlad(&["invite", "--config", config.to_str().unwrap(), "list"], "");
    assert!(shown.code == Some(0) && shown.stdout.contains(&code) && shown.stdout.contains("for 28 people"));

    let mut members = Vec::new();
    for number in 1..=28 {
        let name = format!("member{number}");
        let answer = sign_up(http, &invitation, &name, "batterystaple", "batterystaple");
        assert!(answer.status == 200, "{}", answer.text());
        if number % 7 == 0 {
            let (client, heard) = comes(daemon.address(), &name, "batterystaple");
            assert!(hears(&heard, "JOIN #club") && hears(&heard, ":members only"), "{heard:?}");
            members.push(client);
        }
    }
    // The thirtieth uses the shell's invitation in an IRC client, before the end of registration.
    let made = parlad(&["invite", "--config", config.to_str().unwrap(), "create", "--room", "club"], "");
    assert_eq!((made.code, made.stderr.as_str()), (Some(0), ""));
    let code = path(made.stdout.lines().next().unwrap()).trim_start_matches("/i/").to_owned();
    let mut last = Client::open(daemon.address());
    last.send(&format!("PASS invite:{code}"));
    last.send("CAP LS 302");
    last.send("NICK member29");
    last.send("USER member29 0 * :member29");
    last.send("REGISTER * * batterystaple");
    last.until(|line| line.contains("REGISTER SUCCESS member29"));
    last.send("CAP END");
    last.until(|line| line.contains("JOIN #club"));

    // A thief gets neither an account nor a name.
    let late = sign_up(http, &invitation, "eve", "correcthorse", "correcthorse");
    assert!(late.status == 404 && late.text().contains("As many people as may"), "{}", late.text());
    let mut eve = Client::open(daemon.address());
    eve.send("CAP LS 302");
    eve.send("NICK eve");
    eve.send("USER eve 0 * :eve");
    eve.send("REGISTER * * correcthorse");
    eve.until(|line| line.contains("FAIL REGISTER INVITATION_NEEDED"));
    eve.send("CAP END");
    eve.until(|line| line.contains("ACCOUNT_REQUIRED"));
    let foreign = ask(http, "GET /i/x", &["Host: evil.example"]);
    assert_ne!(foreign.status, 200);

    // Somebody has lost their password.
    let given = ["account", "--config", config.to_str().unwrap(), "passwd", "member1"];
    assert_eq!(parlad(&given, "anotherpassword\n").code, Some(0));
    let (mut member, heard) = comes(daemon.address(), "member1", "anotherpassword");
    assert!(hears(&heard, "JOIN #club"), "{heard:?}");
    member.send("NICK member2");
    member.until(|line| line.contains(" 433 "));

    // Everything is there again after a restart, and after a crash.
    drop((zoe, members, last, eve, member));
    for crashes in [false, true] {
        if crashes {
            daemon.kill();
        } else {
            daemon.stop();
        }
        daemon = Daemon::start(&folder, &toml);
        assert!(!daemon.log().contains("nobody owns this server yet"));
        let (mut zoe, heard) = comes(daemon.address(), "zoe", "correcthorse");
        assert!(hears(&heard, " 381 zoe ") && hears(&heard, "JOIN #club"), "{heard:?}");
        let (_, heard) = comes(daemon.address(), "member3", "batterystaple");
        assert!(hears(&heard, "JOIN #club"), "{heard:?}");
        zoe.send("INVITATION LIST");
        let listed = zoe.sync();
        assert!(hears(&listed, "INVITATION_LISTED") && hears(&listed, "As many people as may"), "{listed:?}");
    }
}
