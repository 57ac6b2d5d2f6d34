//! Connections to small servers on this machine.

use parla_client::endpoint::Security;
use tokio::{net::TcpListener, sync::mpsc::channel};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::network_thread::{
    certificate::fingerprint,
    tls::{Tls, Trust, testing},
};

const WAIT: std::time::Duration = std::time::Duration::from_secs(5);

fn run_test(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

/// The client's side of a connection.
struct Side {
    lines: Option<Sender<Vec<u8>>>,
    events: Receiver<(Serial, ConnectionEvent)>,
}

impl Side {
    fn connect(listener: &TcpListener, tls: Option<Tls>) -> Self {
        Self::connect_to("127.0.0.1", port_of(listener), tls)
    }

    fn connect_to(host: &str, port: u16, tls: Option<Tls>) -> Self {
        let session = tls.map(|mut tls| tls.session(&Trust::default()).unwrap());
        Self::start(&endpoint(host, port, session.is_some()), session, None)
    }

    fn start(endpoint: &Endpoint, tls: Option<TlsSession>, plain: Option<Endpoint>) -> Self {
        let (lines, queue) = channel(16);
        let (events, received) = channel(16);
        let endpoint = endpoint.clone();
        tokio::spawn(run(Plan { serial: Serial(1), endpoint, tls, plain, lines: queue, events }));
        Self { lines: Some(lines), events: received }
    }

    async fn next(&mut self) -> Option<ConnectionEvent> {
        timeout(WAIT, self.events.recv()).await.unwrap().map(|(_, event)| event)
    }

    async fn end(&mut self) -> Problem {
        loop {
            match self.next().await.unwrap() {
                ConnectionEvent::Closed(problem) => return problem,
                ConnectionEvent::Progress(_)
                | ConnectionEvent::Certificate(_)
                | ConnectionEvent::Opened
                | ConnectionEvent::Bytes(_) => {}
            }
        }
    }

    /// The certificate that the server presented before it was refused.
    async fn shown(&mut self) -> Certificate {
        loop {
            if let ConnectionEvent::Certificate(shown) = self.next().await.unwrap() {
                return shown;
            }
        }
    }

    async fn send(&self, line: &str) {
        self.lines.as_ref().unwrap().send(line.into()).await.unwrap();
    }
}

fn endpoint(host: &str, port: u16, is_encrypted: bool) -> Endpoint {
    let security = if is_encrypted { Security::Tls } else { Security::Local };
    Endpoint { host: host.into(), port, security }
}

fn port_of(listener: &TcpListener) -> u16 {
    listener.local_addr().unwrap().port()
}

/// Answers all handshakes with this certificate.
fn serve(listener: TcpListener, config: Arc<rustls::ServerConfig>) {
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let accepting = TlsAcceptor::from(Arc::clone(&config)).accept(stream);
            tokio::spawn(async move {
                // A client that does not trust it hangs up.
                if let Ok(mut stream) = accepting.await {
                    let _ = stream.read_u8().await;
                }
            });
        }
    });
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

#[test]
fn bytes_go_both_ways_and_the_last_lines_get_through() {
    run_test(async {
        let listener = listener().await;
        let mut side = Side::connect(&listener, None);
        let (mut server, _) = listener.accept().await.unwrap();
        assert!(matches!(side.next().await, Some(ConnectionEvent::Opened)));
        server.write_all(b"PING 1\r\n").await.unwrap();
        assert!(matches!(side.next().await, Some(ConnectionEvent::Bytes(bytes)) if bytes == b"PING 1\r\n"));
        side.send("PONG 1\r\n").await;
        side.send("QUIT :bye\r\n").await;
        side.lines = None;
        // What the server sends in the meantime does not destroy what it has not read yet.
        server.write_all(&vec![b'x'; 100_000]).await.unwrap();
        let mut heard = String::new();
        server.read_to_string(&mut heard).await.unwrap();
        assert_eq!(heard, "PONG 1\r\nQUIT :bye\r\n");
        drop(server);
        while let Some(event) = side.next().await {
            assert!(matches!(event, ConnectionEvent::Bytes(_)), "nothing is closed that was left: {event:?}");
        }
    });
}

#[test]
fn a_server_that_closes_is_lost() {
    run_test(async {
        let listener = listener().await;
        let mut side = Side::connect(&listener, None);
        drop(listener.accept().await.unwrap());
        assert_eq!(side.end().await.kind, ProblemKind::Lost);
    });
}

#[test]
fn tls_carries_bytes() {
    run_test(async {
        let listener = listener().await;
        let (server_config, client) = testing::server("localhost");
        let mut side = Side::connect_to("localhost", listener.local_addr().unwrap().port(), Some(client));
        let (stream, _) = listener.accept().await.unwrap();
        let mut server = TlsAcceptor::from(server_config).accept(stream).await.unwrap();
        assert!(matches!(side.next().await, Some(ConnectionEvent::Progress(Stage::Securing))));
        assert!(matches!(side.next().await, Some(ConnectionEvent::Opened)));
        side.send("QUIT\r\n").await;
        side.lines = None;
        let mut heard = String::new();
        server.read_to_string(&mut heard).await.unwrap();
        assert_eq!(heard, "QUIT\r\n");
    });
}

#[test]
fn a_certificate_for_another_name_is_named() {
    run_test(async {
        let listener = listener().await;
        let (server_config, client) = testing::server("irc.example.org");
        let mut side = Side::connect(&listener, Some(client));
        let (stream, _) = listener.accept().await.unwrap();
        assert!(TlsAcceptor::from(server_config).accept(stream).await.is_err());
        let problem = side.end().await;
        assert_eq!(problem.kind, ProblemKind::WrongCertificateName, "{problem:?}");
    });
}

#[test]
fn a_certificate_that_nobody_believes_is_bad() {
    run_test(async {
        let listener = listener().await;
        let (server_config, _) = testing::server("127.0.0.1");
        let (_, believes_another) = testing::server("127.0.0.1");
        let mut side = Side::connect(&listener, Some(believes_another));
        let (stream, _) = listener.accept().await.unwrap();
        assert!(TlsAcceptor::from(server_config).accept(stream).await.is_err());
        let problem = side.end().await;
        assert_eq!(problem.kind, ProblemKind::BadCertificate, "{problem:?}");
    });
}

#[test]
fn a_server_that_answers_plainly_does_not_encrypt() {
    run_test(async {
        let listener = listener().await;
        let (_, client) = testing::server("127.0.0.1");
        let mut side = Side::connect(&listener, Some(client));
        let (mut server, _) = listener.accept().await.unwrap();
        server.write_all(b":irc.example.org NOTICE * :*** Looking up your hostname\r\n").await.unwrap();
        let problem = side.end().await;
        assert_eq!(problem.kind, ProblemKind::NotEncrypted, "{problem:?}");
    });
}

#[test]
fn a_server_that_hangs_up_on_the_handshake_is_lost() {
    run_test(async {
        let listener = listener().await;
        let (_, client) = testing::server("127.0.0.1");
        let mut side = Side::connect(&listener, Some(client));
        let (mut server, _) = listener.accept().await.unwrap();
        let mut hello = [0; 16];
        server.read_exact(&mut hello).await.unwrap();
        drop(server);
        assert_eq!(side.end().await.kind, ProblemKind::Lost);
    });
}

#[test]
fn a_silent_server_is_given_up() {
    run_test(async {
        let listener = listener().await;
        let (_, client) = testing::server("127.0.0.1");
        let mut side = Side::connect(&listener, Some(client));
        let (_server, _) = listener.accept().await.unwrap();
        assert!(matches!(side.next().await, Some(ConnectionEvent::Progress(Stage::Securing))));
        tokio::task::yield_now().await;
        tokio::time::pause();
        tokio::time::advance(HANDSHAKE_MAX).await;
        tokio::time::resume();
        assert_eq!(side.end().await.kind, ProblemKind::TimedOut);
    });
}

#[test]
fn what_nobody_takes_is_not_read() {
    run_test(async {
        let listener = listener().await;
        let side = Side::connect(&listener, None);
        let (mut server, _) = listener.accept().await.unwrap();
        let piece = vec![b'x'; 1 << 20];
        let mut written = 0;
        // Nobody reads from `side`, so when the queues and the system are full, the server must wait.
        while timeout(std::time::Duration::from_millis(300), server.write_all(&piece)).await.is_ok() {
            written += piece.len();
            assert!(written < 64 << 20);
        }
        drop(side);
    });
}

#[test]
fn a_server_that_waits_for_the_other_side_to_speak_is_found_to_be_plain() {
    run_test(async {
        let listener = listener().await;
        let port = port_of(&listener);
        let (_, mut client) = testing::server("127.0.0.1");
        let session = client.session(&Trust::default()).unwrap();
        let plain = endpoint("127.0.0.1", port, false);
        let mut side = Side::start(&endpoint("127.0.0.1", port, true), Some(session), Some(plain));
        // The server takes the handshake for the beginning of a line.
        let (_waiting, _) = listener.accept().await.unwrap();
        let (mut second, _) = listener.accept().await.unwrap();
        let mut heard = [0; 12];
        second.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"CAP LS 302\r\n", "it is told nothing that others may not read");
        second.write_all(b":irc.example.org CAP * LS :multi-prefix\r\n").await.unwrap();
        let problem = side.end().await;
        assert_eq!(problem.kind, ProblemKind::NotEncrypted, "{problem:?}");
        assert!(problem.details.contains(&port.to_string()), "{problem:?}");
    });
}

#[test]
fn another_port_that_answers_plainly_is_found_when_the_encrypted_one_refuses() {
    run_test(async {
        let closed = listener().await;
        let refusing = endpoint("127.0.0.1", port_of(&closed), true);
        drop(closed);
        let listener = listener().await;
        let plain = endpoint("127.0.0.1", port_of(&listener), false);
        let (_, mut client) = testing::server("127.0.0.1");
        let session = client.session(&Trust::default()).unwrap();
        let mut side = Side::start(&refusing, Some(session.clone()), Some(plain.clone()));
        let (mut asked, _) = listener.accept().await.unwrap();
        asked.write_all(b"NOTICE * :*** Looking up your hostname\r\n").await.unwrap();
        assert_eq!(side.end().await.kind, ProblemKind::PlainOnly);
        // A server that does not speak IRC is not offered.
        let mut side = Side::start(&refusing, Some(session), Some(plain));
        let (mut asked, _) = listener.accept().await.unwrap();
        asked.write_all(b"HTTP/1.1 400 Bad Request\r\n").await.unwrap();
        assert_eq!(side.end().await.kind, ProblemKind::Refused);
    });
}

#[test]
fn a_certificate_can_be_looked_at_and_then_trusted() {
    run_test(async {
        let listener = listener().await;
        let here = endpoint("127.0.0.1", port_of(&listener), true);
        let parameters = rcgen::CertificateParams::new(["irc.example.org".to_owned()]).unwrap();
        let (config, certificate) = testing::server_with(&parameters);
        serve(listener, config);
        let (_, mut believes_another) = testing::server("127.0.0.1");
        let session = believes_another.session(&Trust::default()).unwrap();
        let shown = Side::start(&here, Some(session), None).shown().await;
        assert_eq!(*shown.fingerprint, *fingerprint(&certificate));
        assert_eq!((shown.names.len(), shown.issuer), (1, None));

        let pinned = |fingerprint: Arc<str>| Trust { pinned: Some(fingerprint), identity: None };
        let session = believes_another.session(&pinned(shown.fingerprint)).unwrap();
        let mut side = Side::start(&here, Some(session), None);
        while !matches!(side.next().await.unwrap(), ConnectionEvent::Opened) {}

        // Now it presents another certificate than the one that is trusted.
        let session = believes_another.session(&pinned("AB:CD".into())).unwrap();
        let mut side = Side::start(&here, Some(session), None);
        assert_eq!(side.shown().await.trusted.as_deref(), Some("AB:CD"));
        let problem = side.end().await;
        assert_eq!(problem.kind, ProblemKind::CertificateChanged);
        assert!(problem.details.contains("AB:CD") && problem.details.contains(&fingerprint(&certificate)));
    });
}

#[test]
fn a_certificate_that_has_expired_says_so() {
    run_test(async {
        for (from, until, kind) in [
            (2_000, 2_001, ProblemKind::CertificateExpired),
            (3_000, 3_001, ProblemKind::CertificateNotYetValid),
        ] {
            let listener = listener().await;
            let mut parameters = rcgen::CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
            parameters.not_before = rcgen::date_time_ymd(from, 1, 1);
            parameters.not_after = rcgen::date_time_ymd(until, 1, 1);
            let (config, certificate) = testing::server_with(&parameters);
            let here = endpoint("127.0.0.1", port_of(&listener), true);
            serve(listener, config);
            let session = Tls::believing(&certificate).session(&Trust::default()).unwrap();
            let problem = Side::start(&here, Some(session), None).end().await;
            assert_eq!(problem.kind, kind, "{problem:?}");
        }
    });
}
