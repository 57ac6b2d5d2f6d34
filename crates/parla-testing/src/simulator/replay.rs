//! A run made from bytes, for fuzzing: up to four clients, their lines, time, crashes, and all checkers.
//!
//! It depends only on the bytes. A row of them, up to LF, is what one client sends or what happens to all:
//!
//! | first byte | the rest |
//! |---|---|
//! | `0` to `3` | a line of that client, which connects if it is not there |
//! | `D` | the client of that digit disconnects |
//! | `T` | time goes on to the next deadline |
//! | `W` | what was gathered is written, and not yet delivered |
//! | `C` | the machine crashes |
//! | `S` | all that is on its way arrives |
//!
//! The very first byte chooses the log, whether there is a history, and whether clients request every
//! capability.

use std::net::{IpAddr, Ipv4Addr};

use parla_proto::limits::CLIENT_LINE_BYTES_MAX;
use parla_server::{ConnectionId, Disconnect, Peer, Settings};

use super::{
    EVENTS_SHOWN, Failure,
    actions::wanted,
    checkers::Checked,
    client::Sent,
    disk::Disk,
    trace::Trace,
    world::{Order, World},
};

/// Runs the bytes. Findings of the checkers in `passed_over` do not end the run.
///
/// # Errors
/// A checker found that the server broke a promise. The failure has seed 0, and its step is the row.
pub fn replay(bytes: &[u8], passed_over: &[&str]) -> Result<(), Failure> {
    let (choices, rows) = bytes.split_first().unwrap_or((&0, &[]));
    let mut settings = Settings::named("irc.test");
    settings.network.history = choices & 2 == 0;
    let order = if choices & 1 == 0 { Order::Alone } else { Order::Shared(1) };
    let mut world = World::new(settings, order, (Disk::Memory(None), Trace::new(EVENTS_SHOWN)));
    world.scene.texts_differ = false;
    world.passed_over = passed_over.iter().map(|checker| (*checker).to_owned()).collect();
    let mut replay = Replay { world, connections: [None; 4], negotiates: choices & 4 == 0 };
    let last = [b'S'].as_slice();
    for (step, row) in rows.split(|byte| *byte == b'\n').chain([last]).enumerate() {
        let done = replay.row(row).and_then(|()| replay.world.keep_deadline());
        done.map_err(|finding| Failure {
            seed: 0,
            step,
            checker: finding.checker.to_owned(),
            what: finding.what,
            events: replay.world.trace.events(),
        })?;
    }
    Ok(())
}

struct Replay {
    world: World,
    connections: [Option<ConnectionId>; 4],
    negotiates: bool,
}

impl Replay {
    fn row(&mut self, row: &[u8]) -> Checked {
        let Some((first, rest)) = row.split_first() else { return Ok(()) };
        match first {
            b'D' => {
                let number = rest.first().copied().unwrap_or_default();
                let connection = self.connections.get_mut(usize::from(number % 4)).and_then(Option::take);
                if let Some(connection) = connection {
                    self.world.disconnect(connection, Disconnect::Closed);
                }
            }
            b'T' => {
                self.world.advance(100);
                self.world.advance_to_deadline();
            }
            b'W' => {
                self.world.seal(0);
                self.world.write(0)?;
            }
            b'C' => self.world.crash(0)?,
            b'S' => self.world.settle()?,
            number => self.line(usize::from(number % 4), rest),
        }
        Ok(())
    }

    fn line(&mut self, number: usize, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some(slot) = self.connections.get(number) else { return };
        let open = slot.filter(|connection| self.world.clients.contains_key(connection.key()));
        let connection = open.unwrap_or_else(|| self.connect(number));
        if line.len() + 2 > CLIENT_LINE_BYTES_MAX {
            self.world.send(connection, Sent::TooLong);
        } else if !line.is_empty() {
            self.world.send(connection, Sent::Line(line.to_vec()));
        }
    }

    /// Connects and registers a client.
    fn connect(&mut self, number: usize) -> ConnectionId {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let peer = Peer { unthrottled: true, ..Peer::at(address) };
        let connection = self.world.connect(peer, 0).unwrap_or(ConnectionId::from_number(0));
        if let Some(slot) = self.connections.get_mut(number) {
            *slot = Some(connection);
        }
        let mut lines = vec![format!("NICK c{number}"), "USER u 0 * :r".to_owned()];
        if self.negotiates {
            let names: Vec<&str> = wanted().names().collect();
            lines.splice(0..0, [format!("CAP REQ :{}", names.join(" "))]);
            lines.push("CAP END".to_owned());
        }
        for line in lines {
            self.world.send(connection, Sent::Line(line.into_bytes()));
        }
        connection
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_what_clients_do() {
        let rows = "@0JOIN #a\n1JOIN #a\nS\n0@label=x PRIVMSG #a :hello\nW\nC\n0JOIN #a\nS\n0CHATHISTORY LATEST #a * 9\nS\nD0\nT";
        assert!(replay(rows.as_bytes(), &[]).is_ok());
    }
}
