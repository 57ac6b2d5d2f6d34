//! What exists at the next start, and what no longer does.

use parla_client::{Credentials, Secret};
use parla_ui::platform::NetworkChange;

use super::*;
use crate::keyring::testing::asked;

#[test]
fn a_message_is_on_the_disk_before_it_is_sent_and_gone_when_it_is_confirmed() {
    let server = Server::new();
    let mut app = App::connected_to(&server);
    let mut peer = server.welcome();
    peer.join("#tea");
    app.until("room", |app| app.is_present("#tea"));
    app.say("hello");
    peer.hear("PRIVMSG #tea ");
    let now = stopped_now(&app.folder);
    let found = remembered(&now);
    let kept = found.networks[&1].records.values().filter(|value| value.contains("hello")).count();
    assert_eq!(kept, 1, "{found:?}");
    peer.say(&format!("@msgid=m1;time={} :alice!a@host PRIVMSG #tea :hello", crate::clock::now()));
    app.until("confirmation", |app| app.said("#tea") == ["hello"]);
    let folder = app.end();
    let found = remembered(&folder);
    assert!(!found.networks[&1].records.keys().any(|key| key.starts_with("out ")), "{found:?}");
}

#[test]
fn a_full_disk_is_told_once_and_what_is_written_goes_out_all_the_same() {
    let server = Server::new();
    let mut app = App::connected_to(&server);
    let mut peer = server.welcome();
    peer.join("#tea");
    app.until("room", |app| app.is_present("#tea"));
    app.writing.as_ref().unwrap().store().fill_disk();
    let is_full = |update: &Update| matches!(update, Update::Announcement(_, None, Announcement::Problem(why)) if why.kind == ProblemKind::StoreFailing);
    for number in 1..=3 {
        app.say(&format!("{number} {}", "x".repeat(300)));
        peer.hear(&format!("PRIVMSG #tea :{number} "));
        app.command(AppCommand::Save { key: "draft".into(), value: Some("x".repeat(20_000 * number)) });
    }
    app.until("announcement", |app| app.seen.iter().any(is_full));
    app.say("the last");
    peer.hear("PRIVMSG #tea :the last");
    app.until("it", |app| app.said("#tea").iter().any(|text| text == "the last"));
    assert_eq!(app.seen.iter().filter(|update| is_full(update)).count(), 1);
}

/// A copy of the files as they are now, as if the program had been killed here.
fn stopped_now(folder: &TempDir) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
    }
    copy
}

#[test]
fn what_was_written_without_a_connection_is_sent_after_the_next_start() {
    let server = Server::new();
    let mut app = App::connected_to(&server);
    let mut peer = server.welcome();
    peer.join("#tea");
    app.until("room", |app| app.is_present("#tea"));
    drop(peer);
    app.until("pause", App::is_waiting);
    app.say("hello");
    app.say("is anybody there?");
    app.until("messages", |app| app.said("#tea").len() == 2);
    // The program was killed, so it did not disconnect.
    let mut app = App::start(stopped_now(&app.folder));
    let mut peer = server.welcome();
    peer.hear("JOIN #tea");
    peer.join("#tea");
    assert!(peer.hear("PRIVMSG #tea ").ends_with("hello"));
    assert!(peer.hear("PRIVMSG #tea ").ends_with("is anybody there?"));
    app.until("room", |app| app.is_present("#tea"));
}

#[test]
fn two_networks_at_one_address_keep_apart() {
    let server = Server::new();
    let mut app = App::connected_to(&server);
    let mut one = server.welcome();
    app.until("registration", App::is_online);
    one.say("@msgid=m1;time=2026-01-01T00:00:00.000Z :bob!b@host PRIVMSG alice :a secret");
    app.until("message", |app| app.said("bob") == ["a secret"]);
    app.command(connect_as(NetworkId(2), &server.address()));
    let mut two = server.welcome();
    two.say("@msgid=m2;time=2026-01-01T00:00:01.000Z :bob!b@host PRIVMSG alice :another");
    app.until("message", |app| app.said("bob") == ["another"]);
    let mut app = App::start(app.end());
    app.until("what was kept", |app| app.all_said("bob").len() == 2);
    assert_eq!(app.all_said("bob"), [vec!["a secret"], vec!["another"]]);
}

#[test]
fn a_network_that_was_left_stays_so_at_the_next_start() {
    let server = Server::new();
    let mut app = App::connected_to(&server);
    let mut peer = server.welcome();
    app.until("registration", App::is_online);
    app.command(AppCommand::Intent(NET, Intent::Disconnect { reason: "".into() }));
    peer.hear("QUIT");
    app.until("farewell", App::is_left);
    let folder = app.end();
    assert!(remembered(&folder).networks[&1].settings.is_left);
    let mut app = App::start(folder);
    app.until("state", App::is_left);
    app.command(AppCommand::Intent(NET, Intent::Reconnect));
    let _peer = server.welcome();
    app.until("registration", App::is_online);
    assert!(!remembered(&app.end()).networks[&1].settings.is_left);
}

#[test]
fn a_network_that_is_removed_takes_its_messages_and_drafts_along() {
    let server = Server::new();
    let mut app = App::connected_to(&server);
    let mut peer = server.welcome();
    peer.join("#tea");
    peer.say(&message(1));
    app.until("message", |app| app.said("#tea") == ["1"]);
    app.command(AppCommand::Save { key: "draft 1 #tea".to_owned(), value: Some("hello".to_owned()) });
    app.command(AppCommand::Forget(NET));
    app.until("farewell", |app| app.seen.contains(&Update::NetworkForgotten(NET)));
    let folder = app.end();
    assert_eq!(remembered(&folder), Remembered::default());
    assert_eq!(std::fs::read_dir(folder.path().join("messages")).unwrap().count(), 0);
}

#[test]
fn another_address_keeps_the_conversations() {
    let (server, moved) = (Server::new(), Server::new());
    let mut app = App::connected_to(&server);
    let mut peer = server.welcome();
    peer.join("#tea");
    peer.say(&message(1));
    app.until("message", |app| app.said("#tea") == ["1"]);
    app.command(AppCommand::Change(NET, NetworkChange::Address(moved.address())));
    let mut peer = moved.welcome();
    peer.hear("JOIN #tea");
    assert_eq!(app.said("#tea"), ["1"]);
    assert_eq!(remembered(&app.end()).networks[&1].settings.address, moved.address());
}

#[test]
fn a_certificate_that_the_person_trusts_is_remembered() {
    let server = Server::new();
    let parameters = rcgen::CertificateParams::new(["irc.example.org".to_owned()]).unwrap();
    let (config, _) = tls::testing::server_with(&parameters);
    let (_, believes_another) = tls::testing::server("127.0.0.1");
    let mut app = App::start_with(tempfile::tempdir().unwrap(), believes_another);
    app.connect(&format!("ircs://{}", server.address()));
    let handshake = |server: &Server| {
        let mut stream = server.accept().0.into_inner();
        let mut connection = rustls::ServerConnection::new(std::sync::Arc::clone(&config)).unwrap();
        while connection.is_handshaking() && connection.complete_io(&mut stream).is_ok() {}
        (stream, connection)
    };
    handshake(&server);
    app.until("stop", |app| app.is_stopped_by(ProblemKind::BadCertificate));
    let shown = app.seen.iter().find_map(|update| match update {
        Update::Certificate(NET, shown) => Some(std::sync::Arc::clone(&shown.fingerprint)),
        _ => None,
    });
    let fingerprint = shown.unwrap();
    app.command(AppCommand::Change(NET, NetworkChange::Trust(std::sync::Arc::clone(&fingerprint))));
    let (_stream, connection) = handshake(&server);
    assert!(!connection.is_handshaking());
    let found = remembered(&app.end());
    assert_eq!(found.networks[&1].settings.trusted.as_deref(), Some(&*fingerprint));
}

#[test]
fn what_the_store_has_to_say_is_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("store.db"), "no database".repeat(1_000)).unwrap();
    let mut app = App::start(folder);
    app.until("announcement", |app| {
        app.seen.iter().any(|update| {
            matches!(update, Update::Announcement(_, None, Announcement::Problem(why)) if why.kind == ProblemKind::StoreDamaged)
        })
    });
}

#[test]
fn a_password_is_kept_in_the_keyring_and_nowhere_else() {
    let server = Server::new();
    let keyring = Keyring::mock();
    let folder = tempfile::tempdir().unwrap();
    let mut app = App::start_as(folder, (Tls::default(), keyring.clone()));
    let password = Some(Secret::new("opensesame".to_owned()));
    let credentials = Credentials { server: password, keep: true, ..Credentials::default() };
    let AppCommand::Connect { network, address, nick, unencrypted, .. } = connect_as(NET, &server.address())
    else {
        panic!()
    };
    app.command(AppCommand::Connect { network, address, nick, unencrypted, credentials });
    server.accept().hear("PASS :opensesame");
    let folder = app.end();
    let found = remembered(&folder);
    assert!(found.networks[&1].settings.has_passwords);
    assert!(!format!("{found:?}").contains("opensesame"));

    // The next start gets it from there.
    app = App::start_as(folder, (Tls::default(), keyring.clone()));
    server.accept().hear("PASS :opensesame");
    app.command(AppCommand::Forget(NET));
    app.until("farewell", |app| app.seen.contains(&Update::NetworkForgotten(NET)));
    let id = found.networks[&1].id.clone();
    app.end();
    assert!(asked(|answer| keyring.load(&id, answer)).is_err(), "it is removed with the network");
}

#[test]
fn a_keyring_that_is_missing_is_told_and_the_network_is_entered() {
    let server = Server::new();
    let mut app = App::new();
    let password = Some(Secret::new("opensesame".to_owned()));
    let credentials = Credentials { server: password, keep: true, ..Credentials::default() };
    app.connect(&server.address());
    server.accept();
    app.command(AppCommand::Intent(NET, Intent::SignIn { credentials }));
    server.accept().hear("PASS :opensesame");
    app.until("announcement", |app| {
        app.seen.iter().any(|update| {
            matches!(update, Update::Announcement(NET, None, Announcement::Problem(why)) if why.kind == ProblemKind::KeyringFailing)
        })
    });
    assert!(!remembered(&app.end()).networks[&1].settings.has_passwords);
}

#[test]
fn a_certificate_of_ones_own_that_cannot_be_used_says_why() {
    let mut app = App::new();
    app.connect(&format!("ircs://{}", Server::new().address()));
    app.until("stop", |app| app.is_stopped_by(ProblemKind::Refused));
    app.command(AppCommand::Change(NET, NetworkChange::Identity(Some("/no/such/file.pem".to_owned()))));
    app.until("stop", |app| app.is_stopped_by(ProblemKind::BadIdentity));
    app.command(AppCommand::Change(NET, NetworkChange::Identity(None)));
    app.until("stop", |app| app.is_stopped_by(ProblemKind::Refused));
}
