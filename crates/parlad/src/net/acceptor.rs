//! Accepts connections on a listening socket, counts them, and hands them to what is spoken there.

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
    },
};

/// What is spoken on a listener.
pub(crate) trait Service: Send + Sync + 'static {
    /// What its connections are counted for.
    const PURPOSE: Purpose;

    /// What makes connections of IRC.
    fn intake(&self) -> &Intake;

    /// What someone is told who is turned away.
    fn refusal(&self, address: IpAddr, refused: &Refused) -> String;

    /// What someone is told who does not speak TLS and must; nothing if a page may have sent them.
    fn needs_tls(&self, opening: Opening) -> &'static str;

    /// Serves a connection. Nothing else is accepted until this is over.
    fn serve(self: Arc<Self>, accepted: Accepted) -> impl Future<Output = ()> + Send;
}

/// A socket that is listened on, and what becomes of those who come.
pub(crate) struct Acceptor<S> {
    pub(crate) listener: TcpListener,
    pub(crate) service: Arc<S>,
    /// Whether a proxy must say first whom it connects.
    pub(crate) is_proxied: bool,
    pub(crate) tls: Option<TlsAcceptor>,
}

/// A connection that was counted, and what may stand before its first word.
struct PendingConnection {
    socket: TcpStream,
    address: IpAddr,
    front: Front,
    permit: Permit,
}

impl<S: Service> Acceptor<S> {
    /// Accepts until the process ends.
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
        // What comes by a proxy is counted when it is known for whom it comes.
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
        // Without it small lines could wait for one another; a socket that refuses it works all the same.
        let _ = socket.set_nodelay(true);
        if front == Front::Nothing && self.tls.is_none() {
            let accepted = Accepted { stream: Stream::Plain(socket), address, is_secure: false, permit };
            return Arc::clone(&self.service).serve(accepted).await;
        }
        tokio::spawn(Arc::clone(self).introduce(PendingConnection { socket, address, front, permit }));
    }

    /// Hears for whom a proxy comes, and agrees on TLS.
    async fn introduce(self: Arc<Self>, pending: PendingConnection) {
        let PendingConnection { socket, address: came_from, front, permit } = pending;
        let log = &self.service.intake().log;
        let (address, by_tls) = match proxy::take(&socket, front).await {
            // What is said between a proxy and us may be read by others, unless it is here.
            Ok(Some(Introduction { address, by_tls })) => (address, by_tls && came_from.is_loopback()),
            Ok(None) => (came_from, false),
            Err(error) => return log.mishap(came_from, Mishap::ProxyHeader, &error.to_string()),
        };
        if front != Front::Nothing
            && S::PURPOSE == Purpose::Irc
            && let Err(refused) = permit.move_to(address, Instant::now())
        {
            return self.refuse(socket, address, &refused);
        }
        let Some(tls) = &self.tls else {
            let accepted = Accepted { stream: Stream::Plain(socket), address, is_secure: by_tls, permit };
            return Arc::clone(&self.service).serve(accepted).await;
        };
        match timeout(TLS_HANDSHAKE_TIME_MAX, agree(socket, tls)).await {
            Ok(Ok(stream)) => {
                let accepted = Accepted { stream: Stream::Tls(stream), address, is_secure: true, permit };
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

    /// Says why someone is turned away, as far as there is room for it.
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

/// Says something without waiting for whether it is read. What the client has sent so far is taken, as a socket that is closed with
/// unread bytes is reset, and the client loses what it had not read.
fn say_at_once(socket: &TcpStream, words: &str) {
    let _ = rustix::net::recv(socket, &mut [0; READ_BYTES_MAX], RecvFlags::DONTWAIT);
    let _ = rustix::net::send(socket, words.as_bytes(), SendFlags::DONTWAIT | SendFlags::NOSIGNAL);
}

/// Why there is no TLS.
enum NoTls {
    Failed(io::Error),
    /// The client speaks something else, and can read what it is told.
    Plain(TcpStream, Opening),
}

/// Agrees on TLS, if that is what comes.
async fn agree(socket: TcpStream, tls: &TlsAcceptor) -> Result<Box<TlsStream<TcpStream>>, NoTls> {
    match opening::see(&socket).await {
        Ok(Opening::Tls) => tls.accept(socket).await.map(Box::new).map_err(NoTls::Failed),
        Ok(opening) => Err(NoTls::Plain(socket, opening)),
        Err(error) => Err(NoTls::Failed(error)),
    }
}
