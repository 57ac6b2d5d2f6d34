//! TLS on the ports for lines, for WebSockets and for the app; certificates that are replaced, and bad ones.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::process::{Signal, kill_process};
use rustls::{
    ClientConfig, ClientConnection, HandshakeKind, RootCertStore, SignatureScheme, StreamOwned,
    client::ResolvesClientCert,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName},
    sign::CertifiedKey,
};
use sha2::{Digest as _, Sha256};
use support::{
    Client, Daemon, Folder, PATIENCE,
    daemon::{hashed, parlad},
    wait_for,
};

type Stream = StreamOwned<ClientConnection, TcpStream>;

/// Writes a new certificate and its key to the folder.
fn certify(folder: &Folder) -> CertificateDer<'static> {
    let certified = rcgen::generate_simple_self_signed(vec![support::NAME.to_owned()]).unwrap();
    folder.write("cert.pem", certified.cert.pem());
    folder.write("key.pem", certified.signing_key.serialize_pem());
    certified.cert.der().clone()
}

fn server(folder: &Folder) -> Daemon {
    server_with(folder, "")
}

/// The same with further tables.
fn server_with(folder: &Folder, more: &str) -> Daemon {
    let tls = "tls = { cert = \"cert.pem\", key = \"key.pem\" }";
    let address = "address = \"127.0.0.1:0\"";
    Daemon::start(
        folder,
        &support::config(&format!(
            "trusted_proxies = [\"127.0.0.1\"]\nmax_per_ip = 1000\n\
             [[listen]]\n{address}\n{tls}\n[[listen]]\n{address}\nwebsocket = true\n{tls}\n[[http]]\n{address}\n{tls}\n{more}"
        )),
    )
}

/// The client's TLS session, which trusts only this certificate.
fn session(root: &CertificateDer<'static>) -> ClientConnection {
    ClientConnection::new(Arc::new(config(root)), ServerName::try_from(support::NAME).unwrap()).unwrap()
}

fn config(root: &CertificateDer<'static>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// What a client presents when the server asks for a certificate, and whether it has asked.
#[derive(Debug)]
struct Presented {
    key: Option<Arc<CertifiedKey>>,
    is_asked: AtomicBool,
}

impl Presented {
    fn nothing() -> Arc<Self> {
        Arc::new(Self { key: None, is_asked: AtomicBool::new(false) })
    }

    /// A certificate with a key, which need not be its own.
    fn new(certificate: &CertificateDer<'static>, key: &rcgen::KeyPair) -> Arc<Self> {
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let key = ring::sign::any_supported_type(&key).unwrap();
        let key = Arc::new(CertifiedKey::new(vec![certificate.clone()], key));
        Arc::new(Self { key: Some(key), is_asked: AtomicBool::new(false) })
    }

    fn is_asked(&self) -> bool {
        self.is_asked.load(Ordering::Relaxed)
    }
}

impl ResolvesClientCert for Presented {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.is_asked.store(true, Ordering::Relaxed);
        self.key.clone()
    }

    fn has_certs(&self) -> bool {
        self.key.is_some()
    }
}

/// A client's own certificate, which expired long ago, and its key.
fn own_certificate() -> (CertificateDer<'static>, rcgen::KeyPair) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["zoe".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(1999, 1, 1);
    params.not_after = rcgen::date_time_ymd(2000, 1, 1);
    (params.self_signed(&key).unwrap().der().clone(), key)
}

/// A client that presents something, and remembers the sessions that it has had.
fn presenting(root: &CertificateDer<'static>, presented: &Arc<Presented>) -> Arc<ClientConfig> {
    let mut config = config(root);
    config.client_auth_cert_resolver = Arc::clone(presented) as _;
    Arc::new(config)
}

/// Connects a client, after it has sent these bytes without encryption.
fn connect_as(client: &Arc<ClientConfig>, address: SocketAddr, first: &str) -> Stream {
    let name = ServerName::try_from(support::NAME).unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.write_all(first.as_bytes()).unwrap();
    StreamOwned::new(ClientConnection::new(Arc::clone(client), name).unwrap(), socket)
}

fn try_connect(address: SocketAddr, root: &CertificateDer<'static>) -> io::Result<Stream> {
    let socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_nodelay(true)?;
    let mut stream = StreamOwned::new(session(root), socket);
    stream.conn.complete_io(&mut stream.sock)?;
    Ok(stream)
}

fn connect(address: SocketAddr, root: &CertificateDer<'static>) -> Stream {
    try_connect(address, root).unwrap()
}

fn until(stream: &mut (impl io::Read + ?Sized), word: &str) -> String {
    let (mut text, mut byte) = (Vec::new(), [0]);
    while !String::from_utf8_lossy(&text).contains(word) && stream.read(&mut byte).unwrap() > 0 {
        text.extend(byte);
    }
    String::from_utf8_lossy(&text).into_owned()
}

fn register(stream: &mut Stream, nick: &str) {
    stream.write_all(format!("NICK {nick}\r\nUSER {nick} 0 * :{nick}\r\nPING ready\r\n").as_bytes()).unwrap();
    until(stream, "ready\r\n");
}

#[test]
fn lines_over_tls() {
    let folder = Folder::new();
    let root = certify(&folder);
    let daemon = server(&folder);
    let mut plain = Client::register(daemon.address(), "plain", "");
    let mut tls = connect(daemon.listens("TLS"), &root);
    register(&mut tls, "tls");
    plain.sync();
    tls.write_all(b"PRIVMSG #room :hello\r\n").unwrap();
    assert_eq!(plain.line().unwrap(), ":tls!tls@127.0.0.1 PRIVMSG #room :hello");
    plain.send("PRIVMSG #room :hello too");
    assert!(until(&mut tls, "too\r\n").ends_with(":plain!plain@127.0.0.1 PRIVMSG #room :hello too\r\n"));

    // Encrypted users are marked as such.
    tls.write_all(b"MODE tls\r\n").unwrap();
    assert_eq!(until(&mut tls, "\r\n"), ":irc.example.org 221 tls +Z\r\n");
    plain.send("MODE plain");
    assert_eq!(plain.line().unwrap(), ":irc.example.org 221 plain +");

    tls.write_all(b"QUIT :bye\r\n").unwrap();
    // An end without a closing message would be an error here.
    let mut rest = String::new();
    tls.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "ERROR :Closing link: 127.0.0.1 (Quit: bye)\r\n");
    assert_eq!(plain.line().unwrap(), ":tls!tls@127.0.0.1 QUIT :Quit: bye");
}

/// More than sockets hold is sent in both directions, in one record as well as in many.
#[test]
fn much_is_said_and_read_late() {
    let folder = Folder::new();
    let root = certify(&folder);
    let daemon = server(&folder);
    let mut tls = connect(daemon.listens("TLS"), &root);
    register(&mut tls, "tls");
    let text = "x".repeat(400);
    let lines: Vec<String> = (0..1_500).map(|number| format!("PRIVMSG tls :{number} {text}\r\n")).collect();
    for part in lines.chunks(50) {
        tls.write_all(part.concat().as_bytes()).unwrap();
    }
    tls.write_all(b"PING last\r\n").unwrap();
    let heard = until_many(&mut tls, ":last\r\n");
    for (number, line) in heard.lines().filter(|line| line.contains("PRIVMSG")).enumerate() {
        assert_eq!(line, format!(":tls!tls@127.0.0.1 PRIVMSG tls :{number} {text}"));
    }
    assert_eq!(heard.lines().count(), 1_501);
}

fn until_many(stream: &mut impl io::Read, end: &str) -> String {
    let (mut text, mut bytes) = (Vec::new(), vec![0; 65_536]);
    while !text.ends_with(end.as_bytes()) {
        let count = stream.read(&mut bytes).unwrap();
        assert!(count > 0);
        text.extend(bytes.get(..count).unwrap());
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// A client that closes its side is served to the end.
#[test]
fn who_says_goodbye_by_tls_alone() {
    let folder = Folder::new();
    let root = certify(&folder);
    let daemon = server(&folder);
    let mut plain = Client::register(daemon.address(), "plain", "");
    let mut tls = connect(daemon.listens("TLS"), &root);
    register(&mut tls, "tls");
    plain.sync();
    tls.write_all(b"PRIVMSG #room :last\r\n").unwrap();
    tls.conn.send_close_notify();
    tls.flush().unwrap();
    assert!(plain.line().unwrap().ends_with(":last"));
    assert_eq!(plain.line().unwrap(), ":tls!tls@127.0.0.1 QUIT :Connection closed");
}

#[test]
fn web_sockets_and_pages_over_tls() {
    let folder = Folder::new();
    let root = certify(&folder);
    let daemon = server(&folder);
    let request = |stream: &mut Stream, path: &str| {
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            support::NAME
        );
        // The first line of IRC comes in the same record as the request.
        let early = [&[0x81, 0x86, 0, 0, 0, 0], b"PING x".as_slice()].concat();
        stream.write_all(&[head.as_bytes(), &early].concat()).unwrap();
        until(stream, "PONG irc.example.org :x")
    };
    let https = wait_for("the link", || {
        let log = daemon.log();
        let link = log.lines().find_map(|line| line.strip_prefix("  open https://"));
        link.map(|link| link.strip_suffix("/ in a browser").unwrap().parse().unwrap())
    });
    for (address, path) in [(daemon.listens("WebSocket, TLS"), "/"), (https, "/irc")] {
        assert!(request(&mut connect(address, &root), path).starts_with("HTTP/1.1 101 "));
    }
    let mut stream = connect(https, &root);
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("ok\n"), "{answer}");
}

#[test]
fn a_proxy_speaks_before_tls() {
    let folder = Folder::new();
    let root = certify(&folder);
    let daemon = server(&folder);
    let mut socket = TcpStream::connect(daemon.listens("TLS")).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.write_all(b"PROXY TCP4 192.0.2.1 127.0.0.1 1 2\r\n").unwrap();
    let mut stream = StreamOwned::new(session(&root), socket);
    stream.write_all(b"QUIT :x\r\n").unwrap();
    assert_eq!(until(&mut stream, "\r\n"), "ERROR :Closing link: 192.0.2.1 (Quit: x)\r\n");
}

/// The client counts as secure only if both it and the gateway use TLS.
#[test]
fn a_gateway_over_tls() {
    let folder = Folder::new();
    let root = certify(&folder);
    let gateway = format!("[[webirc]]\npassword = \"{}\"\nhosts = [\"127.0.0.1\"]\n", hashed("secret"));
    let daemon = server_with(&folder, &gateway);
    let modes = |stream: &mut dyn ReadWrite, options: &str, nick: &str| {
        let lines = format!(
            "WEBIRC secret gate a.example 192.0.2.1 :{options}\r\nNICK {nick}\r\nUSER {nick} 0 * :{nick}\r\nMODE {nick}\r\nQUIT\r\n"
        );
        stream.write_all(lines.as_bytes()).unwrap();
        let text = until(stream, "ERROR ");
        text.lines().find_map(|line| line.split_once(" 221 ")).unwrap().1.to_owned()
    };
    let mut plain = TcpStream::connect(daemon.address()).unwrap();
    plain.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(modes(&mut plain, "secure", "a"), "a +");
    assert_eq!(modes(&mut connect(daemon.listens("TLS"), &root), "local-port=80", "b"), "b +");
    assert_eq!(modes(&mut connect(daemon.listens("TLS"), &root), "secure", "c"), "c +Z");
}

trait ReadWrite: io::Read + io::Write {}
impl<T: io::Read + io::Write> ReadWrite for T {}

#[test]
fn clients_that_do_not_speak_tls() {
    let folder = Folder::new();
    let root = certify(&folder);
    let daemon = server(&folder);
    let address = daemon.listens("TLS");
    let started = Instant::now();
    let _silent: Vec<TcpStream> = (0..20).map(|_| TcpStream::connect(address).unwrap()).collect();
    let mut slow = TcpStream::connect(address).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    slow.write_all(b"\x16\x03\x01\x02").unwrap();
    for bytes in [
        b"NICK a\r\nUSER a 0 * :a\r\n".as_slice(),
        &[0xff; 70_000],
        &[0x16, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff],
    ] {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // It may be closed before everything has been sent.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.len() < 100, "{answer:?}");
    }
    // Others are not delayed.
    register(&mut connect(address, &root), "tls");
    assert!(started.elapsed() < Duration::from_secs(18));
    // The silent ones first get the time that a proxy would have.
    let _ = slow.read_to_end(&mut Vec::new());
    assert!(started.elapsed() < Duration::from_secs(17));
    let (status, log) = daemon.stop();
    assert!(status.success() && !log.contains("ERROR") && !log.contains("panicked"), "{log}");
}

#[test]
fn a_new_certificate_is_read_at_sighup() {
    let folder = Folder::new();
    let first = certify(&folder);
    let daemon = server(&folder);
    let address = daemon.listens("TLS");
    let mut old = connect(address, &first);
    let second = certify(&folder);
    assert!(try_connect(address, &second).is_err(), "the files are not read yet");
    kill_process(daemon.pid(), Signal::HUP).unwrap();
    wait_for("the new certificate", || try_connect(address, &second).ok());
    assert!(try_connect(address, &first).is_err());
    register(&mut old, "old");

    folder.write("key.pem", "nothing");
    kill_process(daemon.pid(), Signal::HUP).unwrap();
    wait_for("what is wrong", || daemon.log().contains("there is no private key in").then_some(()));
    register(&mut connect(address, &second), "new");
}

#[test]
fn certificates_that_are_no_good() {
    let folder = Folder::new();
    certify(&folder);
    let files = |cert: &str, key: &str| -> PathBuf {
        let tls = format!("tls = {{ cert = \"{cert}\", key = \"{key}\" }}\n");
        folder.write("wrong.toml", support::config(&format!("[[listen]]\naddress = \"127.0.0.1:0\"\n{tls}")))
    };
    for (cert, key, expected) in [
        ("none.pem", "key.pem", "tls: cannot read "),
        ("key.pem", "key.pem", "tls: there is no certificate in "),
        ("cert.pem", "cert.pem", "tls: there is no private key in "),
    ] {
        for command in ["run", "check"] {
            let ended = parlad(&[command, "--config", files(cert, key).to_str().unwrap()], "");
            assert_eq!(ended.code, Some(1));
            assert!(ended.stderr.contains(expected), "{}", ended.stderr);
        }
    }
}

/// A client that forgets TLS is told so; what a web page may have caused is not answered.
#[test]
fn what_is_no_tls_on_a_port_that_wants_it() {
    let folder = Folder::new();
    let root = certify(&folder);
    let daemon = server(&folder);
    let lines = daemon.listens("TLS");
    let https = daemon.listens("WebSocket, TLS");
    let say = |address: SocketAddr, text: &str| {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.write_all(text.as_bytes()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    };
    assert_eq!(say(lines, "CAP LS 302\r\nNICK a\r\n"), "ERROR :Closing link: (This port needs TLS)\r\n");
    assert_eq!(say(lines, "POST / HTTP/1.1\r\nHost: x\r\n\r\nNICK a\r\n"), "");
    assert!(say(https, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 400 Bad Request\r\n"));
    assert_eq!(say(https, "NICK a\r\n"), "");
    register(&mut connect(lines, &root), "alice");
    let (_, log) = daemon.stop();
    let told = "closed a connection: this port speaks TLS, and something else came address=127.0.0.1 why=\"no HTTP\"";
    assert!(log.contains(told), "{log}");
}

/// A browser says which protocols it wants. On a port for IRC only, it gets no further, even with a valid
/// certificate.
#[test]
fn a_browser_is_not_let_in_where_irc_is_spoken() {
    let folder = Folder::new();
    let root = certify(&folder);
    let daemon = server(&folder);
    let reach = |address: SocketAddr, names: &[&str]| {
        let mut config = config(&root);
        config.alpn_protocols = names.iter().map(|name| name.as_bytes().to_vec()).collect();
        let session = ClientConnection::new(Arc::new(config), ServerName::try_from(support::NAME).unwrap());
        let socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut stream = StreamOwned::new(session.unwrap(), socket);
        stream.conn.complete_io(&mut stream.sock).is_ok()
    };
    let lines = daemon.listens("TLS");
    assert!(reach(lines, &[]) && reach(lines, &["irc"]) && reach(lines, &["http/1.1", "irc"]));
    assert!(!reach(lines, &["h2", "http/1.1"]));
    assert!(reach(daemon.listens("WebSocket, TLS"), &["h2", "http/1.1"]));
    assert!(daemon.stop().1.contains("no agreement on TLS address=127.0.0.1"));
}

/// A client that reaches a limit can read why, although that takes a handshake.
#[test]
fn a_refusal_can_be_read_over_tls() {
    let folder = Folder::new();
    let root = certify(&folder);
    let tls = "tls = { cert = \"cert.pem\", key = \"key.pem\" }";
    let listen = format!("max_per_ip = 1\n[[listen]]\naddress = \"127.0.0.1:0\"\n{tls}\n");
    let toml = support::config(&listen).replace("exempt_from_limits = [\"127.0.0.1/32\"]\n", "");
    let daemon = Daemon::start(&folder, &toml);
    let mut first = connect(daemon.listens("TLS"), &root);
    register(&mut first, "first");
    let mut second = connect(daemon.listens("TLS"), &root);
    let refused = "ERROR :Closing link: 127.0.0.1 (Too many connections from your address)\r\n";
    assert_eq!(until(&mut second, "\n"), refused);
}

/// Whether a client can sign in with the certificate that it has presented.
fn signs_in(stream: &mut Stream) -> bool {
    stream.write_all(b"CAP REQ sasl\r\nAUTHENTICATE EXTERNAL\r\n").unwrap();
    until(stream, "AUTHENTICATE +\r\n");
    stream.write_all(b"AUTHENTICATE +\r\nPING done\r\n").unwrap();
    let answer = until(stream, "done\r\n");
    let is_signed_in = answer.contains(" 903 ");
    assert!(is_signed_in || answer.contains(" 904 "), "{answer}");
    is_signed_in
}

/// Nobody but its owner has signed the certificate, and it has expired; the key is what counts.
#[test]
fn a_certificate_of_the_client_signs_in() {
    let folder = Folder::new();
    let root = certify(&folder);
    let daemon = server(&folder);
    let (certificate, key) = own_certificate();
    let fingerprint = data_encoding::HEXLOWER.encode(&Sha256::digest(&certificate));
    let config = folder.path().join("parlad.toml");
    let account = |args: &[&str]| {
        let config = ["--config", config.to_str().unwrap()];
        let ended = parlad(&[&["account"], args, &config].concat(), "a password\n");
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{args:?}");
    };
    account(&["create", "zoe"]);
    let lines = daemon.listens("TLS");
    let zoe = presenting(&root, &Presented::new(&certificate, &key));
    assert!(!signs_in(&mut connect_as(&zoe, lines, "")), "nobody has named it yet");
    account(&["certificate", "add", "zoe", &fingerprint]);
    let mut again = connect_as(&zoe, lines, "");
    assert!(signs_in(&mut again));
    assert_eq!(again.conn.handshake_kind(), Some(HandshakeKind::Resumed), "the certificate is part of it");
    let zoe = presenting(&root, &Presented::new(&certificate, &key));
    assert!(signs_in(&mut connect_as(&zoe, lines, "")));
    // Behind a proxy, it may be the certificate of the proxy.
    assert!(!signs_in(&mut connect_as(&zoe, lines, "PROXY TCP4 192.0.2.1 127.0.0.1 1 2\r\n")));

    let other = own_certificate();
    let stranger = presenting(&root, &Presented::new(&other.0, &other.1));
    assert!(!signs_in(&mut connect_as(&stranger, lines, "")));
    assert!(!signs_in(&mut connect(lines, &root)), "a client need not have one");
    // Whoever has the certificate without its key gets nowhere.
    let thief = presenting(&root, &Presented::new(&certificate, &other.1));
    let mut thief = connect_as(&thief, lines, "");
    let _ = thief.write_all(b"CAP LS 302\r\n");
    assert!(thief.read(&mut [0]).is_err());
    let (status, log) = daemon.stop();
    assert!(status.success() && log.contains("no agreement on TLS address=127.0.0.1"), "{log}");
}

/// A browser would ask the person for a certificate.
#[test]
fn no_browser_is_asked_for_a_certificate() {
    let folder = Folder::new();
    let root = certify(&folder);
    let daemon = server(&folder);
    let https = wait_for("the link", || {
        let log = daemon.log();
        let link = log.lines().find_map(|line| line.strip_prefix("  open https://"));
        link.map(|link| link.strip_suffix("/ in a browser").unwrap().parse().unwrap())
    });
    for (address, expected) in
        [(daemon.listens("TLS"), true), (daemon.listens("WebSocket, TLS"), false), (https, false)]
    {
        let presented = Presented::nothing();
        let mut stream = connect_as(&presenting(&root, &presented), address, "");
        stream.conn.complete_io(&mut stream.sock).unwrap();
        assert_eq!(presented.is_asked(), expected, "{address}");
    }
}
