//! A running daemon, over TCP.
//!
//! A step is over when all connected clients have got the answer to a PING: the actors first, because what
//! they cause is queued for the others before their own answer is sent.

use std::{
    collections::BTreeMap,
    io::{self, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpStream},
    time::{Duration, Instant, SystemTime},
};

use parla_proto::Timestamp;

use super::{
    backend::{Backend, ReceivedLine},
    error::RunError,
    ids, text,
};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait for what no PING can flush out: the effects of a closed connection.
const AFTER_A_CLOSE: Duration = Duration::from_millis(50);

/// The time between two steps, so that their times differ in the milliseconds.
const STEP: Duration = Duration::from_millis(2);

/// A daemon and its clients.
pub struct Tcp {
    address: SocketAddr,
    clients: Vec<Client>,
    received: Vec<ReceivedLine>,
    pings: u64,
    /// The client that sent last in this step.
    sender: Option<String>,
    /// Whether a client closed its connection in this step.
    closed: bool,
    /// The script's clock, and the real time when each step started; both in milliseconds, the former since
    /// `T`.
    virtual_ms: i64,
    steps: BTreeMap<i64, i64>,
    /// The script's times and ids, and what they are on this server.
    times: BTreeMap<String, String>,
    ids: BTreeMap<String, String>,
}

struct Client {
    name: String,
    stream: TcpStream,
    buffer: Vec<u8>,
    open: bool,
}

impl Tcp {
    /// A daemon that listens at this address.
    pub const fn new(address: SocketAddr) -> Self {
        Self {
            address,
            clients: Vec::new(),
            received: Vec::new(),
            pings: 0,
            sender: None,
            closed: false,
            virtual_ms: 0,
            steps: BTreeMap::new(),
            times: BTreeMap::new(),
            ids: BTreeMap::new(),
        }
    }

    fn client(&mut self, name: &str) -> Result<&mut Client, RunError> {
        let found = self.clients.iter_mut().find(|client| client.name == name && client.open);
        found.ok_or_else(|| RunError::NotConnected(name.to_owned()))
    }

    /// Waits until a client has got the answer to a PING, or the end of the connection.
    fn synchronize(&mut self, index: usize) -> Result<(), RunError> {
        self.pings += 1;
        let token = format!("sync{}", self.pings);
        let Some(client) = self.clients.get_mut(index).filter(|client| client.open) else { return Ok(()) };
        // A connection that the server closed still has lines to be read.
        let _ = client.stream.write_all(format!("PING {token}\r\n").as_bytes());
        loop {
            let line =
                client.line().map_err(|reason| RunError::Network { client: client.name.clone(), reason })?;
            let Some(line) = line else {
                client.open = false;
                self.received.push(ReceivedLine { client: client.name.clone(), line: "(closed)".to_owned() });
                return Ok(());
            };
            let shown = text::line(&line);
            if shown.contains(" PONG ") && shown.ends_with(&format!(":{token}")) {
                return Ok(());
            }
            self.received.push(ReceivedLine { client: client.name.clone(), line: shown });
        }
    }

    fn synchronize_all(&mut self, actors: &[String]) -> Result<(), RunError> {
        let is_actor = |client: &Client| actors.contains(&client.name);
        let (mut order, others): (Vec<usize>, Vec<usize>) =
            (0..self.clients.len()).partition(|index| self.clients.get(*index).is_some_and(is_actor));
        order.extend(others);
        order.into_iter().try_for_each(|index| self.synchronize(index))
    }
}

impl Client {
    /// The next line with its line break; `None` at the end of the stream.
    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                return Ok(Some(self.buffer.drain(..=end).collect()));
            }
            let mut bytes = [0; 4096];
            match self.stream.read(&mut bytes) {
                Ok(0) => return Ok(None),
                Ok(count) => self.buffer.extend(bytes.iter().take(count)),
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }
}

impl Backend for Tcp {
    fn pass(&mut self, duration: Duration) -> Result<(), RunError> {
        std::thread::sleep(STEP);
        self.sender = None;
        self.virtual_ms += millis(duration);
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.steps.insert(self.virtual_ms, millis(since));
        Ok(())
    }

    fn open(&mut self, client: &str) -> Result<(), RunError> {
        let failed = |reason| RunError::Network { client: client.to_owned(), reason };
        let stream = TcpStream::connect_timeout(&self.address, PATIENCE).map_err(failed)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        self.clients.retain(|other| other.name != client);
        self.clients.push(Client { name: client.to_owned(), stream, buffer: Vec::new(), open: true });
        Ok(())
    }

    fn send(&mut self, client: &str, bytes: &[u8]) -> Result<(), RunError> {
        // If several clients send in one step, each is answered before the next one sends, so that the order
        // is the script's.
        if let Some(earlier) = self.sender.replace(client.to_owned()).filter(|earlier| earlier != client)
            && let Some(index) = self.clients.iter().position(|other| other.name == earlier)
        {
            self.synchronize(index)?;
        }
        let sent = self.client(client)?.stream.write_all(bytes);
        sent.map_err(|reason| RunError::Network { client: client.to_owned(), reason })
    }

    fn close(&mut self, client: &str) -> Result<(), RunError> {
        let closing = self.client(client)?;
        closing.open = false;
        let _ = closing.stream.shutdown(Shutdown::Both);
        self.closed = true;
        Ok(())
    }

    fn rewrite(&mut self, _setting: &str) -> Result<(), RunError> {
        Err(RunError::NeedsVirtualClock)
    }

    fn restart(&mut self) -> Result<(), RunError> {
        Err(RunError::NeedsVirtualClock)
    }

    fn take_received(&mut self, actors: &[String], expected: usize) -> Result<Vec<ReceivedLine>, RunError> {
        let started = Instant::now();
        let closed = std::mem::take(&mut self.closed);
        self.synchronize_all(actors)?;
        while closed && started.elapsed() < PATIENCE {
            if self.received.len() >= expected && started.elapsed() >= AFTER_A_CLOSE {
                break;
            }
            std::thread::sleep(STEP);
            self.synchronize_all(actors)?;
        }
        let mut received = std::mem::take(&mut self.received);
        let place = |received: &ReceivedLine| actors.iter().position(|actor| *actor == received.client);
        received
            .sort_by_cached_key(|received| (place(received).unwrap_or(usize::MAX), received.client.clone()));
        Ok(received)
    }

    fn translate(&self, text: &str) -> String {
        let text = text::find_times(text, |word| {
            self.times.get(word).cloned().or_else(|| self.real(word).map(|at| at.to_string()))
        });
        self.with_ids(&text)
    }

    fn fits(&mut self, expected: &str, line: &str) -> bool {
        let (expected, wanted_times) = without_times(expected);
        let mut times = Vec::new();
        let came = text::name_times(line, |at| {
            times.push(at);
            Some("T+?s".to_owned())
        });
        let ids: Vec<(String, String)> = msgids(&expected).zip(msgids(&came)).collect();
        let new = ids
            .iter()
            .filter(|(id, came)| !self.ids.contains_key(id) && !self.ids.values().any(|known| known == came));
        let new: Vec<(String, String)> = new.cloned().collect();
        let mut known = self.ids.clone();
        known.extend(new);
        let before = std::mem::replace(&mut self.ids, known);
        if without_idle(&self.with_ids(&expected)) != without_idle(&came) {
            self.ids = before;
            return false;
        }
        for (word, at) in wanted_times.into_iter().zip(times) {
            self.times.entry(word).or_insert_with(|| at.to_string());
        }
        true
    }
}

impl Tcp {
    /// When the step of a time started; a future time is as far away as it is for the script.
    fn real(&self, word: &str) -> Option<Timestamp> {
        let asked = text::absolute(word)?.as_millis() - text::START.as_millis();
        let (_, began) = self.steps.range(..=asked).next_back().or_else(|| self.steps.first_key_value())?;
        Some(Timestamp::from_millis(began + (asked - self.virtual_ms).max(0)))
    }

    /// A text with this server's ids in place of the script's.
    fn with_ids(&self, text: &str) -> String {
        ids::replaced(text, |word| self.ids.get(word).cloned())
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// A line of a script without its times, and those times.
fn without_times(line: &str) -> (String, Vec<String>) {
    let mut times = Vec::new();
    let line = text::find_times(line, |word| {
        times.push(word.to_owned());
        Some("T+?s".to_owned())
    });
    (line, times)
}

/// The values of the tag `msgid` of a line.
fn msgids(line: &str) -> impl Iterator<Item = String> {
    let tags = line.strip_prefix('@').and_then(|rest| rest.split_once(' ')).map_or("", |(tags, _)| tags);
    tags.split(';').filter_map(|tag| tag.strip_prefix("msgid=")).map(str::to_owned)
}

/// RPL_WHOISIDLE without the seconds of idleness, which are real.
fn without_idle(line: &str) -> String {
    let mut words: Vec<&str> = line.split(' ').collect();
    let is_idle = words.iter().position(|word| *word == "317").filter(|at| *at <= 2);
    if let Some(idle) = is_idle.and_then(|at| words.get_mut(at + 3)) {
        *idle = "?";
    }
    words.join(" ")
}
