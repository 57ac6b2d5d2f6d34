//! Clients that request much and read nothing of the answers.

use std::net::{Ipv4Addr, SocketAddr};

use super::{HostileCommand, client::Client};
use crate::error::Error;

/// The connections that one address may have open, minus one for somebody who wants to look.
const CONNECTIONS_PER_ADDRESS: usize = 31;

/// The people who are there when WHO and NAMES are requested.
const PEOPLE: usize = 1_200;

/// How often each client sends its request: as many times as a burst allows.
const REQUESTS: usize = 20;

pub(super) struct Requesters {
    clients: Vec<Client>,
    request: String,
    /// They only have to be there.
    _people: Vec<Client>,
}

impl Requesters {
    /// Connects the clients, and prepares what they will ask for.
    pub(super) fn connect(server: SocketAddr, addresses: u8, command: HostileCommand) -> Result<Self, Error> {
        let makes_rooms = command == HostileCommand::List;
        let mut people = Vec::new();
        for number in 0..if makes_rooms { 0 } else { PEOPLE } {
            // These come from the address without limits.
            let mut client = Client::connect(server, Ipv4Addr::LOCALHOST)?;
            client.register(&format!("guest{number}"))?;
            client.say("JOIN #crowd\r\n")?;
            people.push(client);
        }
        let mut clients = Vec::new();
        for address in 0..addresses {
            for number in 0..CONNECTIONS_PER_ADDRESS {
                let mut client = Client::connect(server, Ipv4Addr::new(127, 0, 1, address + 1))?;
                client.register(&format!("h{address}x{number}"))?;
                clients.push(client);
            }
        }
        if makes_rooms {
            clients.iter_mut().enumerate().try_for_each(|(number, client)| client.ask_for_rooms(number))?;
        }
        clients.iter_mut().chain(&mut people).try_for_each(Client::wait_until_done)?;
        let request = match command {
            HostileCommand::Who => "WHO *\r\n",
            HostileCommand::Names => "NAMES #crowd\r\n",
            HostileCommand::List | HostileCommand::Password => "LIST\r\n",
        };
        Ok(Self { clients, request: request.repeat(REQUESTS), _people: people })
    }

    pub(super) fn count(&self) -> usize {
        self.clients.len()
    }

    /// Sends all requests.
    pub(super) fn ask(&mut self) -> Result<(), Error> {
        self.clients.iter_mut().try_for_each(|client| client.say(&self.request))
    }
}
