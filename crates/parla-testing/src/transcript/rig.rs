//! A server in memory behind real sockets, for testing the TCP backend without the daemon.

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::mpsc,
    time::SystemTime,
};

use parla_proto::{
    Timestamp,
    framing::{Frame, Framer},
    limits::CLIENT_LINE_BYTES_MAX,
};
use parla_server::{
    Answer, ConnectionId, Disconnect, Input, NodeId, Output, Outputs, Peer, Question, Server, Start,
};
use parla_store::Tables;

use super::{script::Script, settings::Settings};

/// What the reading threads send to the thread that owns the server.
enum Event {
    Opened(ConnectionId, TcpStream),
    Input(Input),
}

/// Starts a server for a script; it runs until the process ends.
pub(super) fn start(script: &Script) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (events, inbox) = mpsc::channel();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let (stream, events) = (stream.unwrap(), events.clone());
            stream.set_nodelay(true).unwrap();
            let connection = ConnectionId::from_number(number as u64 + 1);
            events.send(Event::Opened(connection, stream.try_clone().unwrap())).unwrap();
            std::thread::spawn(move || read(stream, connection, &events));
        }
    });
    let script = script.clone();
    std::thread::spawn(move || serve(&script, &inbox));
    address
}

fn read(mut stream: TcpStream, connection: ConnectionId, events: &mpsc::Sender<Event>) {
    let mut framer = Framer::default();
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut bytes) {
        framer.feed(&bytes[..count], CLIENT_LINE_BYTES_MAX, |frame| {
            let input = match frame {
                Frame::Line(line) => Input::Line { connection, line: line.into() },
                Frame::TooLong => Input::LineTooLong { connection },
                Frame::Endless => Input::LineEndless { connection },
            };
            let _ = events.send(Event::Input(input));
        });
    }
    let _ = events.send(Event::Input(Input::Disconnected { connection, why: Disconnect::Closed }));
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp::from_millis(since.as_millis().try_into().unwrap())
}

fn serve(script: &Script, inbox: &mpsc::Receiver<Event>) {
    let settings = script.settings().to_server(script.is_virtual()).unwrap();
    let mut server = Server::new(NodeId::ALONE, settings, Start::alone(4711), now());
    let mut tables = Tables::in_memory().unwrap();
    let mut streams: BTreeMap<ConnectionId, TcpStream> = BTreeMap::new();
    while let Ok(event) = inbox.recv() {
        let mut inputs = vec![match event {
            Event::Input(input) => input,
            Event::Opened(connection, stream) => {
                let address = stream.peer_addr().unwrap().ip();
                streams.insert(connection, stream);
                Input::Connected { connection, peer: Peer { unthrottled: true, ..Peer::at(address) } }
            }
        }];
        while let Some(input) = inputs.pop() {
            let mut out = Outputs::default();
            server.handle(now(), input, &mut out);
            tables.commit(&out.changes).unwrap();
            for output in out.outputs {
                match output {
                    Output::Deliver { to, line } => {
                        for connection in to {
                            if let Some(stream) = streams.get_mut(&connection) {
                                let _ = stream.write_all(&line);
                            }
                        }
                    }
                    Output::Close { connection } => {
                        if let Some(stream) = streams.remove(&connection) {
                            let _ = stream.shutdown(Shutdown::Both);
                        }
                    }
                    // The effects of these need the virtual clock.
                    Output::LineTaken { .. }
                    | Output::Propose(_)
                    | Output::Shutdown
                    | Output::Forget(_)
                    | Output::Administered { .. }
                    | Output::Audit(_)
                    | Output::Note(_) => {}
                    Output::TellWhenSent { connection } => inputs.push(Input::Sent { connection }),
                    Output::Question { id, question, .. } => {
                        let answer = match question {
                            Question::Store(query) => Answer::Store(Some(tables.answer(&query).unwrap())),
                            Question::Gateway(gateway) => {
                                Answer::Gateway(script.settings().client_of(*gateway))
                            }
                            Question::Password { of, password } => {
                                Answer::Password(script.settings().verdict(&of, &password))
                            }
                            Question::NewPassword(password) => {
                                Answer::NewPassword(Ok(Box::new(Settings::proof(&password))))
                            }
                            Question::AppPassword => Answer::AppPassword(Ok(Settings::app_password())),
                            Question::Nonce { .. } => Answer::Nonce(Ok("nonce".to_owned())),
                            Question::Configuration | Question::Restart => continue,
                        };
                        inputs.push(Input::Answer { id, answer });
                    }
                }
            }
        }
    }
}

/// Every script that can run over TCP must have the same result there as in memory.
#[test]
fn tcp_and_memory_are_the_same() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "irc") {
            continue;
        }
        let script = Script::read(&path).unwrap();
        if script.is_virtual() {
            continue;
        }
        // The script's expectations may be wrong, which another test reports.
        let report = super::run_in_memory(&script, super::Log::Local).unwrap();
        let script = Script::parse(script.name(), &super::rewrite(&script, &report)).unwrap();
        let report = super::run_tcp(&script, start(&script))
            .unwrap_or_else(|error| panic!("{}: {error}", script.name()));
        assert!(report.is_as_expected(), "{report}");
    }
}
