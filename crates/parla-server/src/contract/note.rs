//! What happens to connections, for the administrator's log file. Notes never contain a password or what
//! people write.

use std::net::IpAddr;

use crate::base::connection::ConnectionId;

/// Something that happened to one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The connection.
    pub connection: ConnectionId,
    /// The client's real address, even behind a gateway or a proxy.
    pub address: IpAddr,
    /// What happened.
    pub noted: Noted,
}

/// What happened. People are written as `nick!user`, because the address is given beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// A user has joined the server.
    Joined {
        /// The user who joined.
        who: String,
        /// Whether the connection is encrypted all the way.
        secure: bool,
    },
    /// A user has changed their nick.
    Renamed {
        /// The old nick.
        from: String,
        /// The new nick.
        to: String,
    },
    /// The client gave no password, or a wrong one, to a server that requires one.
    PasswordRefused,
    /// A client has signed in to an account.
    SignedIn {
        /// The account.
        account: String,
        /// Whether it was with an app password, which says nothing about who guesses the password of the account.
        by_app_password: bool,
    },
    /// A client could not prove that an account is theirs.
    SignInFailed {
        /// The account's name as the client wrote it, which may be that of no account; empty if it gave none.
        account: String,
        /// The SASL mechanism, or NICKSERV.
        by: &'static str,
        /// Whether the daemon compared the password itself, and so has counted the failure.
        was_compared: bool,
    },
    /// The connection has ended.
    Left {
        /// The user whose connection it was; `None` if the client had not joined the server.
        who: Option<String>,
        /// The reason, in the server's words.
        why: String,
    },
}
