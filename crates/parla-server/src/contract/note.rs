//! What becomes of connections, for the administrator to read. Never holds a password, nor what people write.

use std::net::IpAddr;

use crate::base::connection::ConnectionId;

/// Something that happened to one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Which.
    pub connection: ConnectionId,
    /// The real address of the client, also behind a gateway or a proxy.
    pub address: IpAddr,
    /// What.
    pub noted: Noted,
}

/// What happened. People are written as `nick!user`; the address stands beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// Somebody has joined the server.
    Joined {
        /// Who.
        who: String,
        /// Whether nobody on the way can read what is said.
        secure: bool,
    },
    /// Somebody has another nick.
    Renamed {
        /// The nick before.
        from: String,
        /// The nick now.
        to: String,
    },
    /// Whoever connected gave no password, or a wrong one, where the server has one.
    PasswordRefused,
    /// The connection is over.
    Left {
        /// Who it was; nobody if they had not joined the server.
        who: Option<String>,
        /// Why, in the server's words.
        why: String,
    },
}
