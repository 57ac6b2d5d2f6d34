//! The HTTP port: the app that is embedded in the program, `/health`, and IRC over WebSocket on `/irc`. Or a port for IRC over
//! WebSocket alone, on any path.
//!
//! A connection is HTTP/1.1 until it asks for a WebSocket; then it is a connection of IRC like any other. Nothing here knows
//! IRC, and nothing is read from disk.

mod assets;
mod origin;
mod response;
mod upgrade;

use std::{
    convert::Infallible,
    future::{Ready, poll_fn, ready},
    io,
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Instant,
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Method, Request, body::Incoming, header::HeaderMap, server::conn::http1, service::Service};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _},
    time::timeout,
};

use self::{
    assets::Asset,
    origin::{Names, Refusal},
    response::text,
};
pub(crate) use self::{origin::Origin, response::refusal};
use crate::{
    admission::{Purpose, Refused, Ticket},
    connection::linger,
    framing::{Framing, Reader},
    health::Health,
    limits::{HTTP_CONNECTION_TIME_MAX, HTTP_HEAD_BYTES_MAX, HTTP_HEAD_TIME_MAX, HTTP_HEADERS_MAX, LINGER},
    listener::{Door, Guest, Stream},
    proxy,
};

type Response = hyper::Response<Full<Bytes>>;

/// Whether the app was there when this program was built.
pub(crate) fn has_app() -> bool {
    assets::find(assets::EMBEDDED, "/").is_some()
}

/// What is served on one address.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) door: Door,
    content: Content,
}

#[derive(Debug)]
enum Content {
    App {
        names: Names,
        assets: &'static [Asset],
        health: Arc<Health>,
    },
    /// Pages from these places may connect; from everywhere if none is named.
    WebSocket {
        origins: Vec<Origin>,
    },
}

impl Site {
    /// The app, and IRC beside it.
    pub(crate) fn app(door: Door, health: Arc<Health>, server_name: &str, origins: Vec<Origin>) -> Self {
        let names = Names::new(server_name, origins);
        Self { door, content: Content::App { names, assets: assets::EMBEDDED, health } }
    }

    /// IRC alone.
    pub(crate) const fn web_socket(door: Door, origins: Vec<Origin>) -> Self {
        Self { door, content: Content::WebSocket { origins } }
    }

    fn answer<B>(&self, request: &Request<B>) -> Answer {
        self.admitted(request)
            .unwrap_or_else(|refusal| Answer::Response(text(refusal.status(), &format!("{refusal}\n"))))
    }

    fn admitted<B>(&self, request: &Request<B>) -> Result<Answer, Refusal> {
        let (names, assets, health) = match &self.content {
            Content::App { names, assets, health } => (names, *assets, health),
            Content::WebSocket { origins } => {
                origin::check(origins, request.headers())?;
                return Ok(upgrade::answer(request));
            }
        };
        let host = names.check_host(request.headers())?;
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        Ok(match request.uri().path() {
            "/irc" => {
                names.check_origin(&host, request.headers())?;
                upgrade::answer(request)
            }
            _ if !is_read => Answer::Response(response::method_not_allowed("GET, HEAD")),
            "/health" => Answer::Response(response::health(&health.problems())),
            path => Answer::Response(assets::answer(assets, path, request.headers())),
        })
    }
}

/// What comes of a request.
#[derive(Debug)]
enum Answer {
    Response(Response),
    /// The connection becomes one of IRC, if there is a place for it.
    Upgrade(Framing, Response),
}

/// Serves one HTTP connection to its end, or to the beginning of another of IRC.
pub(crate) async fn serve(guest: Guest, site: Arc<Site>) {
    let Guest { stream, address, is_secure, ticket } = guest;
    let visit = Visit { site: Arc::clone(&site), address, agreed: OnceLock::new() };
    let (stream, agreed) = match stream {
        Stream::Plain(socket) => {
            let (socket, agreed) = exchange(socket, visit).await;
            (Stream::Plain(socket), agreed)
        }
        Stream::Tls(stream) => {
            let (stream, agreed) = exchange(stream, visit).await;
            (Stream::Tls(stream), agreed)
        }
    };
    match agreed {
        Some((Agreement { framing, address, by_tls, ticket }, early)) => {
            let is_secure = is_secure || by_tls;
            let reader = Reader::web_socket(framing, early);
            site.door.enter(Guest { stream, address, is_secure, ticket }, reader).await;
        }
        // Past the time, or when the connection breaks, the client loses what it did not read.
        None => drop(timeout(LINGER, end(stream)).await),
    }
    drop(ticket);
}

/// Answers requests. Gives what the connection becomes, if that was agreed on, with what came of it already.
async fn exchange<S>(stream: S, visit: Visit) -> (S, Option<(Agreement, Vec<u8>)>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HTTP_HEAD_TIME_MAX)
        .max_buf_size(HTTP_HEAD_BYTES_MAX)
        .max_headers(HTTP_HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), visit);
    let served =
        timeout(HTTP_CONNECTION_TIME_MAX, poll_fn(|context| connection.poll_without_shutdown(context))).await;
    let parts = connection.into_parts();
    let agreed = match served {
        // A copy: what little came early must not keep all of the buffer that it came in.
        Ok(Ok(())) => parts.service.agreed.into_inner().map(|agreement| (agreement, parts.read_buf.to_vec())),
        _ => None,
    };
    (parts.io.into_inner(), agreed)
}

async fn end(stream: Stream) -> io::Result<()> {
    let socket = match stream {
        Stream::Plain(socket) => socket,
        Stream::Tls(mut stream) => {
            stream.shutdown().await?;
            stream.into_inner().0
        }
    };
    linger(&socket).await
}

/// One HTTP connection, as its requests see it.
#[derive(Debug)]
struct Visit {
    site: Arc<Site>,
    address: IpAddr,
    /// What the connection becomes.
    agreed: OnceLock<Agreement>,
}

/// A connection of IRC that an HTTP connection becomes.
#[derive(Debug)]
struct Agreement {
    framing: Framing,
    /// Of the client, even if a proxy asks for it.
    address: IpAddr,
    /// Whether a proxy on this computer says that the client speaks TLS with it.
    by_tls: bool,
    ticket: Ticket,
}

impl Visit {
    /// Agrees to a WebSocket, if there is a place for it.
    fn agree(&self, framing: Framing, headers: &HeaderMap) -> Result<Agreement, Refused> {
        let Door { admission, addresses, .. } = &self.site.door;
        let limits = &addresses.limits;
        let is_proxy = limits.is_trusted_proxy(self.address);
        let client = is_proxy.then(|| proxy::forwarded_for(headers, limits)).flatten();
        let address = client.unwrap_or(self.address);
        let by_tls = is_proxy && self.address.is_loopback() && proxy::is_forwarded_by_tls(headers);
        let ticket = admission.admit(address, Purpose::Irc, Instant::now())?;
        Ok(Agreement { framing, address, by_tls, ticket })
    }
}

impl Service<Request<Incoming>> for Visit {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let mut response = match self.site.answer(&request) {
            Answer::Response(response) => response,
            Answer::Upgrade(framing, response) => match self.agree(framing, request.headers()) {
                Ok(agreement) => {
                    // It is set once: after this answer the connection has no further requests.
                    let _ = self.agreed.set(agreement);
                    response
                }
                Err(refused) => text(response::status(refused), &format!("{refused}\n")),
            },
        };
        response::secure(response.headers_mut());
        ready(Ok(response))
    }
}
