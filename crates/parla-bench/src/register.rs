//! Brings clients to the start of a scenario: connected, registered, and in their room. A limited number is
//! on the way at a time. If the server stops answering, the run ends with an error that has the server's
//! first refusal.

use std::time::{Duration, Instant};

use crate::{
    error::Error,
    swarm::{Arrival, Intake, Receiver, Swarm},
    wire::{Line, Reply},
};

/// The most clients that may be on the way at a time.
const UNDER_WAY_MAX: usize = 200;
/// How long a server may take for the next client.
const PATIENCE: Duration = Duration::from_secs(30);
/// The capabilities that make a server tag messages; bit `i` of a [`Granted`] is entry `i`.
const WANTED: [&str; 6] =
    ["echo-message", "labeled-response", "message-tags", "server-time", "account-tag", "batch"];

/// A set of [`WANTED`] capabilities.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Granted(u8);

impl Granted {
    /// Whether a sender gets its own messages back.
    pub(crate) fn echo(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether messages may carry a label.
    pub(crate) fn labels(self) -> bool {
        self.0 & 2 != 0
    }

    fn add(&mut self, name: &[u8]) {
        // A capability may carry a value, as in `sasl=PLAIN`.
        let name = name.split(|byte| *byte == b'=').next().unwrap_or_default();
        if let Some(bit) = WANTED.iter().position(|wanted| wanted.as_bytes() == name) {
            self.0 |= 1 << bit;
        }
    }

    fn names(self) -> String {
        let granted = WANTED.iter().enumerate().filter(|(bit, _)| self.0 & (1 << bit) != 0);
        granted.map(|(_, name)| *name).collect::<Vec<_>>().join(" ")
    }
}

/// The capabilities that clients request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tags {
    /// None: clients do not negotiate.
    Plain,
    /// Those of [`WANTED`] that the server offers.
    Wanted,
}

/// Connects and registers clients until there are `clients`. Returns what the server granted to all of them.
pub(crate) fn register(
    swarm: &mut Swarm,
    intake: &mut Intake,
    clients: usize,
    tags: Tags,
) -> Result<Granted, Error> {
    let mut registration = Registration { tags, clients: vec![Progress::default(); clients], done: 0 };
    advance(swarm, intake, &mut registration)?;
    let all = Granted(u8::MAX);
    Ok(registration.clients.iter().fold(all, |all, client| Granted(all.0 & client.granted.0)))
}

/// Makes every client join its room: client `i` joins room `i % rooms`, and no other.
pub(crate) fn join(swarm: &mut Swarm, intake: &mut Intake, rooms: usize) -> Result<(), Error> {
    let mut joining = Joining { rooms, joined: vec![false; swarm.len()], done: 0 };
    advance(swarm, intake, &mut joining)
}

/// A step that every client has to complete.
trait Step: Receiver {
    /// The name of the step, as a past participle.
    const STAGE: &str;
    fn clients(&self) -> usize;
    /// The number of clients that have completed it.
    fn done(&self) -> usize;
    fn start(&self, swarm: &mut Swarm, client: usize) -> Result<(), Error>;
}

fn advance<S: Step>(swarm: &mut Swarm, intake: &mut Intake, step: &mut S) -> Result<(), Error> {
    let (mut started, mut done, mut progress) = (0, 0, Instant::now());
    let refusal = |swarm: &Swarm| swarm.first_refusal.clone().unwrap_or_else(|| "none".to_owned());
    while done < step.clients() {
        while started < step.clients() && started - done < UNDER_WAY_MAX {
            step.start(swarm, started)?;
            started += 1;
        }
        intake.poll(swarm, Duration::from_millis(100), step)?;
        if swarm.closed > 0 {
            return Err(Error::Closed { stage: S::STAGE, closed: swarm.closed, refusal: refusal(swarm) });
        }
        if step.done() > done {
            (done, progress) = (step.done(), Instant::now());
        } else if progress.elapsed() > PATIENCE {
            let (wanted, seconds) = (step.clients(), PATIENCE.as_secs());
            return Err(Error::Stalled { stage: S::STAGE, done, wanted, seconds, refusal: refusal(swarm) });
        }
    }
    Ok(())
}

struct Registration {
    tags: Tags,
    clients: Vec<Progress>,
    done: usize,
}

#[derive(Debug, Clone, Default)]
struct Progress {
    offered: Granted,
    granted: Granted,
    welcome: bool,
    done: bool,
}

impl Step for Registration {
    const STAGE: &str = "registered";

    fn clients(&self) -> usize {
        self.clients.len()
    }

    fn done(&self) -> usize {
        self.done
    }

    fn start(&self, swarm: &mut Swarm, _: usize) -> Result<(), Error> {
        let client = swarm.connect()?;
        let first = match self.tags {
            Tags::Plain => "",
            Tags::Wanted => "CAP LS 302\r\n",
        };
        swarm.send(client, format!("{first}NICK b{client}\r\nUSER b{client} 0 * :bench\r\n").as_bytes());
        Ok(())
    }
}

impl Receiver for Registration {
    fn receive(&mut self, swarm: &mut Swarm, Arrival { client, line, .. }: Arrival<'_>) {
        let (Line::Reply(reply), Some(progress)) = (line, self.clients.get_mut(client)) else { return };
        match reply.command {
            b"CAP" => {
                if let Some(answer) = progress.capability(&reply) {
                    swarm.send(client, answer.as_bytes());
                }
            }
            b"001" => progress.welcome = true,
            b"376" | b"422" if progress.welcome && !progress.done => {
                progress.done = true;
                self.done += 1;
            }
            // Another client, perhaps one of the previous run, still has the nick.
            b"433" => swarm.send(client, format!("NICK b{client}_\r\n").as_bytes()),
            _ if reply.is_refusal() => swarm.refused(&reply),
            _ => {}
        }
    }
}

impl Progress {
    /// Processes a CAP line; see IRCv3's specification of capability negotiation.
    fn capability(&mut self, reply: &Reply<'_>) -> Option<String> {
        let mut words = reply.words().skip(1);
        match words.next()? {
            b"LS" => {
                let mut words = words.peekable();
                let more = words.next_if_eq(&&b"*"[..]).is_some();
                words.for_each(|name| self.offered.add(name));
                match self.offered.names() {
                    _ if more => None,
                    names if names.is_empty() => Some("CAP END\r\n".to_owned()),
                    names => Some(format!("CAP REQ :{names}\r\n")),
                }
            }
            b"ACK" => {
                words.for_each(|name| self.granted.add(name));
                Some("CAP END\r\n".to_owned())
            }
            b"NAK" => Some("CAP END\r\n".to_owned()),
            _ => None,
        }
    }
}

struct Joining {
    rooms: usize,
    joined: Vec<bool>,
    done: usize,
}

impl Joining {
    fn room(&self, client: usize) -> String {
        format!("#bench{}", client % self.rooms)
    }
}

impl Step for Joining {
    const STAGE: &str = "in their room";

    fn clients(&self) -> usize {
        self.joined.len()
    }

    fn done(&self) -> usize {
        self.done
    }

    fn start(&self, swarm: &mut Swarm, client: usize) -> Result<(), Error> {
        swarm.send(client, format!("JOIN {}\r\n", self.room(client)).as_bytes());
        Ok(())
    }
}

impl Receiver for Joining {
    fn receive(&mut self, swarm: &mut Swarm, Arrival { client, line, .. }: Arrival<'_>) {
        let Line::Reply(reply) = line else { return };
        // The server may also have put the client into other channels.
        if reply.command == b"366" && reply.words().nth(1) == Some(self.room(client).as_bytes()) {
            if let Some(joined @ false) = self.joined.get_mut(client) {
                *joined = true;
                self.done += 1;
            }
        } else if reply.is_refusal() {
            swarm.refused(&reply);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire;

    fn answers(lines: &[&'static str]) -> (Vec<Option<String>>, Granted) {
        let mut progress = Progress::default();
        let mut answer = |line: &&'static str| match wire::parse(line.as_bytes()) {
            Line::Reply(reply) => progress.capability(&reply),
            line => panic!("{line:?}"),
        };
        let answers = lines.iter().map(&mut answer).collect();
        (answers, progress.granted)
    }

    #[test]
    fn wanted_capabilities_are_requested_when_all_were_listed() {
        let (answers, granted) = answers(&[
            ":s CAP * LS * :sasl=PLAIN echo-message multi-prefix",
            ":s CAP * LS :labeled-response draft/x=1",
            ":s CAP b0 ACK :echo-message labeled-response",
        ]);
        let request = "CAP REQ :echo-message labeled-response\r\n".to_owned();
        assert_eq!(answers, [None, Some(request), Some("CAP END\r\n".to_owned())]);
        assert!(granted.echo() && granted.labels());
    }

    #[test]
    fn a_server_with_nothing_of_use_is_taken_as_it_is() {
        let (answers, granted) = answers(&[":s CAP * LS :sasl"]);
        assert_eq!(answers, [Some("CAP END\r\n".to_owned())]);
        assert_eq!(granted, Granted::default());
    }
}
