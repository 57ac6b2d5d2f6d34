//! Many clients that sign in with wrong passwords, all at the same moment. Each guesses once, for another
//! account, so that neither an address nor an account has to wait: what is measured is the comparing itself.

use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::client::Client;
use crate::error::Error;

/// The wrong passwords that each address may send without having to wait.
const GUESSES_PER_ADDRESS: u8 = 4;

/// Clients that have begun to sign in, and the password that each is about to send.
pub(super) struct Guessers {
    clients: Vec<(Client, String)>,
}

/// How the guesses were answered.
pub(super) struct Answers {
    /// The number of guesses that were compared and found wrong.
    refused: usize,
    /// The number of guesses that were not compared, because too many were waiting.
    put_off: usize,
    /// The time until all were answered.
    took: Duration,
}

impl Guessers {
    /// Connects the clients.
    pub(super) fn connect(server: SocketAddr, addresses: u8) -> Result<Self, Error> {
        let mut clients = Vec::new();
        for address in 0..addresses {
            for number in 0..GUESSES_PER_ADDRESS {
                let mut client = Client::connect(server, Ipv4Addr::new(127, 0, 1, address + 1))?;
                client.say("CAP REQ sasl\r\nAUTHENTICATE PLAIN\r\n")?;
                client.wait_for("AUTHENTICATE +")?;
                let guess = format!("\0victim{address}x{number}\0guess {address} {number}");
                clients.push((client, BASE64_STANDARD.encode(guess)));
            }
        }
        Ok(Self { clients })
    }

    pub(super) fn count(&self) -> usize {
        self.clients.len()
    }

    /// Sends all passwords, and waits until all are answered.
    pub(super) fn guess(&mut self) -> Result<Answers, Error> {
        let begun = Instant::now();
        for (client, guess) in &mut self.clients {
            client.say(&format!("AUTHENTICATE {guess}\r\n"))?;
        }
        let mut answers = Answers { refused: 0, put_off: 0, took: Duration::ZERO };
        for (client, _) in &mut self.clients {
            let line = client.wait_for(" 904 ")?;
            let count = if line.contains("try again") { &mut answers.put_off } else { &mut answers.refused };
            *count += 1;
        }
        answers.took = begun.elapsed();
        Ok(answers)
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.took.as_secs_f64();
        let rate = self.refused as f64 / seconds;
        let Self { refused, put_off, .. } = self;
        write!(
            f,
            "{refused} passwords were compared in {seconds:.1} s, {rate:.0} a second; {put_off} were put off"
        )
    }
}
