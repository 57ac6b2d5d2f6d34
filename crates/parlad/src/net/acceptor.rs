//! Accepts connections on a listening socket, counts them, and hands them to the service of that port.

use std::{io, net::IpAddr, sync::Arc, time::Instant};

use rustix::net::{RecvFlags, SendFlags};
use tokio::{
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::{
    limits::{ACCEPT_PAUSE, FAREWELL_TIME_MAX, READ_BYTES_MAX, TLS_HANDSHAKE_TIME_MAX},
    net::{
        admission::{Permit, Purpose, Refused},
        connection_log::Mishap,
        intake::{Accepted, Intake},
        opening::{self, Opening},
        proxy::{self, Front, Introduction},
        stream::Stream,
        tls,
    },
};

/// The service on a port.
pub(crate) trait Service: Send + Sync + 'static {
    /// The purpose for which its connections are counted.
    const PURPOSE: Purpose;

    /// Makes IRC connections.
    fn intake(&self) -> &Intake;

    /// The text for a client that is refused.
    fn refusal(&self, address: IpAddr, refused: &Refused) -> String;

    /// The text for a client that does not use TLS although it must; empty if a web page may have caused the
    /// connection.
    fn needs_tls(&self, opening: Opening) -> &'static str;

    /// Serves a connection. The acceptor accepts no other before this returns.
    fn serve(self: Arc<Self>, accepted: Accepted) -> impl Future<Output = ()> + Send;
}

/// A listening socket, and what happens to its connections.
pub(crate) struct Acceptor<S> {
    pub(crate) listener: TcpListener,
    pub(crate) service: Arc<S>,
    /// Whether a proxy must first announce its client.
    pub(crate) is_proxied: bool,
    pub(crate) tls: Option<TlsAcceptor>,
}

/// A counted connection that may start with a proxy header.
struct PendingConnection {
    socket: TcpStream,
    address: IpAddr,
    front: Front,
    permit: Permit,
}

impl<S: Service> Acceptor<S> {
    /// Accepts connections until the process ends.
    pub(crate) async fn run(self: Arc<Self>) {
        let mut refused_by_system = false;
        loop {
            match self.listener.accept().await {
                Ok((socket, address)) => {
                    refused_by_system = false;
                    self.meet(socket, address.ip().to_canonical()).await;
                }
                Err(error) => {
                    if !std::mem::replace(&mut refused_by_system, true) {
                        tracing::warn!(%error, "cannot accept connections now; trying again");
                    }
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    /// Counts a connection.
    fn admit(&self, address: IpAddr, front: Front) -> Result<Permit, Refused> {
        let admission = &self.service.intake().admission;
        // A connection from a proxy is counted when its client's address is known.
        if S::PURPOSE == Purpose::Irc && front != Front::Nothing {
            return admission.admit_unknown();
        }
        admission.admit(address, S::PURPOSE, Instant::now())
    }

    async fn meet(self: &Arc<Self>, socket: TcpStream, address: IpAddr) {
        let intake = self.service.intake();
        let is_trusted = intake.addresses.limits.is_trusted_proxy(address);
        let front = match S::PURPOSE {
            _ if self.is_proxied && !is_trusted => return intake.log.mishap(address, Mishap::NoProxy, ""),
            _ if self.is_proxied => Front::Header,
            Purpose::Irc if is_trusted => Front::MaybeLine,
            _ => Front::Nothing,
        };
        let permit = match self.admit(address, front) {
            Ok(permit) => permit,
            Err(refused) => return self.refuse(socket, address, &refused),
        };
        // Without this, small lines could wait for one another; a socket that does not support it still
        // works.
        let _ = socket.set_nodelay(true);
        if front == Front::Nothing && self.tls.is_none() {
            let stream = Stream::Plain(socket);
            let accepted = Accepted { stream, address, is_secure: false, certificate: None, permit };
            return Arc::clone(&self.service).serve(accepted).await;
        }
        tokio::spawn(Arc::clone(self).introduce(PendingConnection { socket, address, front, permit }));
    }

    /// Reads the proxy header and performs the TLS handshake.
    async fn introduce(self: Arc<Self>, pending: PendingConnection) {
        let PendingConnection { socket, address: came_from, front, permit } = pending;
        let log = &self.service.intake().log;
        let introduction = match proxy::read_header(&socket, front).await {
            Ok(introduction) => introduction,
            Err(error) => return log.mishap(came_from, Mishap::ProxyHeader, &error.to_string()),
        };
        let is_introduced = introduction.is_some();
        let (address, by_tls) = match introduction {
            // The connection between a proxy and us is not encrypted, so it counts as secure only on this
            // computer.
            Some(Introduction { address, by_tls }) => (address, by_tls && came_from.is_loopback()),
            None => (came_from, false),
        };
        if front != Front::Nothing
            && S::PURPOSE == Purpose::Irc
            && let Err(refused) = permit.move_to(address, Instant::now())
        {
            return self.refuse(socket, address, &refused);
        }
        let Some(tls) = &self.tls else {
            let stream = Stream::Plain(socket);
            let accepted = Accepted { stream, address, is_secure: by_tls, certificate: None, permit };
            return Arc::clone(&self.service).serve(accepted).await;
        };
        match timeout(TLS_HANDSHAKE_TIME_MAX, agree(socket, tls)).await {
            Ok(Ok(stream)) => {
                // A proxy's certificate is not that of its clients.
                let certificate =
                    if is_introduced { None } else { tls::client_certificate(stream.get_ref().1) };
                let stream = Stream::Tls(stream);
                let accepted = Accepted { stream, address, is_secure: true, certificate, permit };
                Arc::clone(&self.service).serve(accepted).await;
            }
            Ok(Err(NoTls::Failed(error))) => log.mishap(address, Mishap::NoTls, &error.to_string()),
            Ok(Err(NoTls::Plain(socket, opening))) => {
                let what = if opening == Opening::Http { "HTTP" } else { "no HTTP" };
                log.mishap(address, Mishap::PlainForTls, what);
                Stream::Plain(socket).end_with(self.service.needs_tls(opening).as_bytes()).await;
            }
            Err(_) => log.mishap(address, Mishap::NoTls, "not in time"),
        }
    }

    /// Tells a client why it is refused, as long as there is room for it.
    fn refuse(self: &Arc<Self>, socket: TcpStream, address: IpAddr, refused: &Refused) {
        let intake = self.service.intake();
        intake.log.refused(address, refused);
        let words = self.service.refusal(address, refused);
        let Ok(farewell) = Arc::clone(&intake.farewells).try_acquire_owned() else {
            return if self.tls.is_none() {
                say_at_once(&socket, &words);
            };
        };
        let acceptor = Arc::clone(self);
        tokio::spawn(async move {
            let stream = match &acceptor.tls {
                None => Some(Stream::Plain(socket)),
                Some(tls) => {
                    let agreed = timeout(FAREWELL_TIME_MAX, agree(socket, tls)).await;
                    agreed.ok().and_then(Result::ok).map(Stream::Tls)
                }
            };
            if let Some(stream) = stream {
                stream.end_with(words.as_bytes()).await;
            }
            drop(farewell);
        });
    }
}

/// Sends a text without waiting for the client to read it. Bytes that the client has already sent are read,
/// because closing a socket with unread bytes resets it, and the client would lose the text.
fn say_at_once(socket: &TcpStream, words: &str) {
    let _ = rustix::net::recv(socket, &mut [0; READ_BYTES_MAX], RecvFlags::DONTWAIT);
    let _ = rustix::net::send(socket, words.as_bytes(), SendFlags::DONTWAIT | SendFlags::NOSIGNAL);
}

/// Why there is no TLS.
enum NoTls {
    Failed(io::Error),
    /// The client speaks something else, and can read a plain text.
    Plain(TcpStream, Opening),
}

/// Performs the TLS handshake, if the client starts one.
async fn agree(socket: TcpStream, tls: &TlsAcceptor) -> Result<Box<TlsStream<TcpStream>>, NoTls> {
    match opening::see(&socket).await {
        Ok(Opening::Tls) => tls.accept(socket).await.map(Box::new).map_err(NoTls::Failed),
        Ok(opening) => Err(NoTls::Plain(socket, opening)),
        Err(error) => Err(NoTls::Failed(error)),
    }
}
