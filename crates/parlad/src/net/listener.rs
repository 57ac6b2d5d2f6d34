//! Listening sockets, and why they cannot be opened.

use std::{fmt, io, net::SocketAddr};

use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket};

use crate::limits::ACCEPT_BACKLOG;

/// An address to listen on, with the command-line option that would change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListenAddress {
    address: SocketAddr,
    option: &'static str,
}

/// Why it is impossible to listen on an address, worded for the administrator.
#[derive(Debug, Error)]
pub(crate) enum ListenError {
    #[error(
        "cannot listen on {0}: another program uses this port. Stop it, or choose another port with {option}",
        option = .0.option
    )]
    InUse(ListenAddress),
    #[error(
        "cannot listen on {0}: ports below 1024 need a privilege. Choose a higher port with {option}",
        option = .0.option
    )]
    Denied(ListenAddress),
    #[error("cannot listen on {0}: this computer does not have that address")]
    NoSuchAddress(ListenAddress),
    #[error("cannot listen on {0}: {1}")]
    Other(ListenAddress, io::Error),
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

impl ListenAddress {
    pub(crate) const fn irc(address: SocketAddr) -> Self {
        Self { address, option: "--listen" }
    }

    pub(crate) const fn http(address: SocketAddr) -> Self {
        Self { address, option: "--http" }
    }
}

/// Opens a listening socket.
pub(crate) fn listen(place: ListenAddress) -> Result<TcpListener, ListenError> {
    let address = place.address;
    let open = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(ACCEPT_BACKLOG)
    };
    open().map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => ListenError::InUse(place),
        io::ErrorKind::PermissionDenied => ListenError::Denied(place),
        io::ErrorKind::AddrNotAvailable => ListenError::NoSuchAddress(place),
        _ => ListenError::Other(place, error),
    })
}
