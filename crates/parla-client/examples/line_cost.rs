//! Measures what a line costs a client that is in many rooms:
//! `cargo run --release -p parla-client --example line_cost`.

#![expect(clippy::print_stdout, reason = "it prints a table")]
#![expect(clippy::disallowed_methods, reason = "it measures time; the client itself is told what time it is")]
#![expect(clippy::expect_used, reason = "an example may end with a message")]

use std::{collections::BTreeMap, time::Instant};

use parla_client::{
    ArchiveScope, Client, ClientSettings, Credentials, Input, Intent, Output,
    view::{BufferId, BufferKind, NetworkId, Update},
};
use parla_proto::Timestamp;

/// The lines of one measurement.
const LINES: u32 = 20_000;

const WELCOME: [&str; 4] = [
    ":s CAP * LS :message-tags server-time echo-message",
    ":s CAP * ACK :message-tags server-time echo-message",
    ":s 001 alice :Welcome",
    ":s 422 alice :No MOTD",
];

fn main() {
    for rooms in [1, 50, 500] {
        let (mut client, looked_at) = joined(rooms);
        let elsewhere = measure(&mut client, rooms, |number| number % rooms);
        client.input(Input::Intent(Intent::Look { buffer: Some(looked_at), at_end: true }));
        let in_view = measure(&mut client, rooms, |_| 0);
        println!("{rooms:4} rooms: {elsewhere:6.2} µs a message, {in_view:6.2} µs if it is in view");
    }
}

struct Measured {
    client: Client,
    now: Timestamp,
    outputs: Vec<Output>,
}

impl Measured {
    fn input(&mut self, input: Input<'_>) {
        self.outputs.clear();
        self.client.handle(self.now, input, &mut self.outputs);
    }
}

/// A client in so many rooms, and the first of them.
fn joined(rooms: u32) -> (Measured, BufferId) {
    let settings = ClientSettings {
        network: NetworkId(1),
        address: "irc.test".into(),
        nick: "alice".into(),
        compose: str::to_owned,
        transliterate: str::to_owned,
        credentials: Credentials::default(),
        private: true,
        archive: ArchiveScope::Nothing,
        may_have_ghost: false,
        seed: 1,
    };
    let now = Timestamp::from_millis(1_700_000_000_000);
    let records: BTreeMap<_, _> = (0..rooms).map(|room| (format!("room #{room}"), "{}".to_owned())).collect();
    let client = Client::new(settings, &records, now);
    let mut client = Measured { client, now, outputs: Vec::new() };
    client.input(Input::Start);
    client.input(Input::Opened);
    for line in WELCOME {
        client.input(Input::Line(line.as_bytes()));
    }
    for room in 0..rooms {
        client.input(Input::Line(format!(":alice!a@host JOIN #{room}").as_bytes()));
        client.input(Input::Line(format!(":s 353 alice = #{room} :alice bob").as_bytes()));
        client.input(Input::Line(format!(":s 366 alice #{room} :End").as_bytes()));
    }
    let first = client.client.take_updates().into_iter().find_map(|update| match update {
        Update::Buffer(_, view) if view.kind == BufferKind::Room && &*view.target == "#0" => Some(view.id),
        _ => None,
    });
    (client, first.expect("the client is in #0"))
}

/// Microseconds for a message. The interface takes the updates as often as at a thousand messages a second.
fn measure(client: &mut Measured, rooms: u32, room: impl Fn(u32) -> u32) -> f64 {
    let lines: Vec<_> = (0..LINES)
        .map(|number| format!(":bob!b@host PRIVMSG #{} :hello {rooms} {number}", room(number)))
        .collect();
    let begin = Instant::now();
    for (number, line) in lines.iter().enumerate() {
        client.input(Input::Line(line.as_bytes()));
        if number % 90 == 0 {
            drop(client.client.take_updates());
        }
    }
    begin.elapsed().as_secs_f64() * 1e6 / f64::from(LINES)
}
