//! Addresses and ports that cannot be used: the person is told why, and no retry is made.

use super::*;

#[test]
fn an_address_that_is_none_stops_it() {
    let mut app = App::new();
    app.connect("a b c");
    app.until("stop", |app| app.is_stopped_by(ProblemKind::BadAddress));
}

#[test]
fn a_port_where_nobody_listens_stops_it() {
    let mut app = App::connected_to(&Server::new());
    app.until("stop", |app| app.is_stopped_by(ProblemKind::Refused));
}

#[test]
fn a_server_with_another_name_stops_it() {
    let server = Server::new();
    let (server_config, client) = tls::testing::server("irc.example.org");
    let mut app = App::start_with(tempfile::tempdir().unwrap(), client);
    app.connect(&format!("ircs://{}", server.address()));
    let mut stream = server.accept().0.into_inner();
    let mut connection = rustls::ServerConnection::new(server_config).unwrap();
    while connection.complete_io(&mut stream).is_ok_and(|_| connection.is_handshaking()) {}
    app.until("stop", |app| app.is_stopped_by(ProblemKind::WrongCertificateName));
}

#[test]
fn a_server_that_does_not_encrypt_stops_it() {
    let server = Server::new();
    let mut app = App::new();
    app.connect(&format!("ircs://{}", server.address()));
    server.accept().say(":irc.test NOTICE * :*** Looking up your hostname");
    app.until("stop", |app| app.is_stopped_by(ProblemKind::NotEncrypted));
}

/// The address demands encryption, and the server waits for the client to speak first.
#[test]
fn a_plain_port_behind_an_encrypted_address_is_named_and_can_be_entered() {
    let server = Server::new();
    let mut app = App::new();
    app.connect(&format!("ircs://{}", server.address()));
    let _waits = server.accept();
    let mut asked = server.accept();
    asked.hear("CAP LS");
    asked.say(":irc.test CAP * LS :multi-prefix");
    app.until("stop", |app| app.is_stopped_by(ProblemKind::NotEncrypted));
    app.command(AppCommand::Change(NET, parla_ui::platform::NetworkChange::Unencrypted));
    let _peer = server.welcome();
    app.until("registration", App::is_online);
    assert_eq!(remembered(&app.end()).networks[&1].settings.address, server.address());
}
