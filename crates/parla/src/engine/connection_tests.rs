//! Connections to small servers on this machine.

use parla_client::endpoint::Security;
use tokio::{net::TcpListener, sync::mpsc::channel};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::engine::tls::testing;

const WAIT: std::time::Duration = std::time::Duration::from_secs(5);

fn run_test(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

/// The client's side of a connection.
struct Side {
    lines: Option<Sender<Vec<u8>>>,
    happenings: Receiver<(Serial, Happening)>,
}

impl Side {
    fn connect(listener: &TcpListener, tls: Option<Arc<ClientConfig>>) -> Self {
        Self::connect_to("127.0.0.1", listener.local_addr().unwrap().port(), tls)
    }

    fn connect_to(host: &str, port: u16, tls: Option<Arc<ClientConfig>>) -> Self {
        let (lines, queue) = channel(16);
        let (happenings, heard) = channel(16);
        let security = if tls.is_some() { Security::Tls } else { Security::Local };
        let endpoint = Endpoint { host: host.into(), port, security };
        tokio::spawn(run(Plan { serial: Serial(1), endpoint, tls, lines: queue, happenings }));
        Self { lines: Some(lines), happenings: heard }
    }

    async fn next(&mut self) -> Option<Happening> {
        timeout(WAIT, self.happenings.recv()).await.unwrap().map(|(_, happening)| happening)
    }

    async fn end(&mut self) -> Problem {
        loop {
            match self.next().await.unwrap() {
                Happening::Closed(problem) => return problem,
                Happening::Progress(_) | Happening::Opened | Happening::Bytes(_) => {}
            }
        }
    }

    async fn send(&self, line: &str) {
        self.lines.as_ref().unwrap().send(line.into()).await.unwrap();
    }
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
        assert!(matches!(side.next().await, Some(Happening::Opened)));
        server.write_all(b"PING 1\r\n").await.unwrap();
        assert!(matches!(side.next().await, Some(Happening::Bytes(bytes)) if bytes == b"PING 1\r\n"));
        side.send("PONG 1\r\n").await;
        side.send("QUIT :bye\r\n").await;
        side.lines = None;
        // What the server says meanwhile does not destroy what it has not read yet.
        server.write_all(&vec![b'x'; 100_000]).await.unwrap();
        let mut heard = String::new();
        server.read_to_string(&mut heard).await.unwrap();
        assert_eq!(heard, "PONG 1\r\nQUIT :bye\r\n");
        drop(server);
        while let Some(happening) = side.next().await {
            assert!(
                matches!(happening, Happening::Bytes(_)),
                "nothing is closed that was left: {happening:?}"
            );
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
        let (server_config, client_config) = testing::server("localhost");
        let mut side =
            Side::connect_to("localhost", listener.local_addr().unwrap().port(), Some(client_config));
        let (stream, _) = listener.accept().await.unwrap();
        let mut server = TlsAcceptor::from(server_config).accept(stream).await.unwrap();
        assert!(matches!(side.next().await, Some(Happening::Progress(Stage::Securing))));
        assert!(matches!(side.next().await, Some(Happening::Opened)));
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
        let (server_config, client_config) = testing::server("irc.example.org");
        let mut side = Side::connect(&listener, Some(client_config));
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
        let (_, client_config) = testing::server("127.0.0.1");
        let mut side = Side::connect(&listener, Some(client_config));
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
        let (_, client_config) = testing::server("127.0.0.1");
        let mut side = Side::connect(&listener, Some(client_config));
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
        let (_, client_config) = testing::server("127.0.0.1");
        let mut side = Side::connect(&listener, Some(client_config));
        let (_server, _) = listener.accept().await.unwrap();
        assert!(matches!(side.next().await, Some(Happening::Progress(Stage::Securing))));
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
        // Nobody listens to `side`: after what the queues and the system hold, the server has to wait.
        while timeout(std::time::Duration::from_millis(300), server.write_all(&piece)).await.is_ok() {
            written += piece.len();
            assert!(written < 64 << 20);
        }
        drop(side);
    });
}
