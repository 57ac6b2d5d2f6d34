//! The HTTP port: the app that is embedded in the program, `/health`, and IRC over WebSocket on `/irc`. Or a port for IRC over
//! WebSocket alone, on any path.
//!
//! A connection is HTTP/1.1 until it asks for a WebSocket; then it is a connection of IRC like any other. Nothing here knows
//! IRC, and nothing is read from disk.

mod assets;
mod head;
mod origin;
mod places;
mod policy;
mod response;
mod upgrade;

use std::{
    convert::Infallible,
    future::{Ready, poll_fn, ready},
    net::IpAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Instant,
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Method, Request,
    body::{Body as _, Incoming},
    header::HeaderMap,
    server::conn::http1,
    service::Service,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::AsyncWriteExt as _,
    time::{timeout, timeout_at},
};
use tungstenite::protocol::frame::coding::CloseCode;

use self::{
    assets::Asset,
    head::{Gathered, NoHead},
    origin::{Names, Refusal},
    places::Place,
    response::text,
};
pub(crate) use self::{
    origin::Origin,
    places::Places,
    response::{NEEDS_TLS, refusal},
};
use crate::{
    health::Health,
    limits::{HTTP_CONNECTION_TIME_MAX, HTTP_HEAD_BYTES_MAX, HTTP_HEAD_TIME_MAX, HTTP_HEADERS_MAX, LINGER},
    log::Mishap,
    net::{
        admission::{Purpose, Refused, Ticket},
        connection::linger,
        framing::{Framing, Reader},
        listener::{Door, Guest},
        proxy,
        stream::Stream,
    },
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
    let Guest { mut stream, address, is_secure, ticket } = guest;
    let door = &site.door;
    let limits = &door.addresses.limits;
    let is_counted = !limits.is_trusted_proxy(address) && limits.is_counted(address);
    let place = match door.places.take(is_counted.then_some(address)).await {
        Ok(place) => place,
        Err(refused) => {
            door.log.refused(address, &refused);
            return say_and_end(stream, refusal(&refused).as_bytes()).await;
        }
    };
    let over_at = Instant::now() + HTTP_CONNECTION_TIME_MAX;
    let mut seen = Vec::new();
    let agreed = loop {
        let gathered = timeout(HTTP_HEAD_TIME_MAX, head::gather(&mut stream, seen));
        let early = tokio::select! {
            early = gathered => early.unwrap_or(Err(NoHead::Ended)),
            () = place.wanted() => return,
        };
        let early = match early {
            Ok(early) => early,
            Err(NoHead::Tls) => return door.log.mishap(address, Mishap::TlsForPlain, ""),
            Err(NoHead::TooLong) => return say_and_end(stream, response::HEAD_TOO_LONG.as_bytes()).await,
            Err(NoHead::Ended) => break None,
        };
        let site = Arc::clone(&site);
        let visit =
            Visit { site, address, place: &place, has_body: AtomicBool::new(false), agreed: OnceLock::new() };
        // What it takes to answer is larger than what waits, so it has room of its own.
        let answered = Box::pin(exchange(Gathered::new(early, stream, &place), visit, over_at)).await;
        stream = answered.stream;
        match answered.next {
            Next::Request(rest) => seen = rest,
            Next::Irc(outcome, rest) => break Some((outcome, rest)),
            Next::End => break None,
        }
    };
    drop(place);
    become_irc(door, Guest { stream, address, is_secure, ticket }, agreed).await;
}

/// A connection on which requests were answered, and what comes next.
struct Answered {
    stream: Stream,
    next: Next,
}

/// What comes after an answer, and the bytes of it that have come already.
enum Next {
    Request(Vec<u8>),
    Irc(Outcome, Vec<u8>),
    End,
}

/// Answers requests, as long as one follows the other.
async fn exchange(stream: Gathered<'_>, visit: Visit<'_>, over_at: Instant) -> Answered {
    let place = visit.place;
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HTTP_HEAD_TIME_MAX)
        .max_buf_size(HTTP_HEAD_BYTES_MAX)
        .max_headers(HTTP_HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), visit);
    let mut is_quiet = false;
    let served = poll_fn(|context| {
        let served = connection.poll_without_shutdown(context);
        is_quiet = served.is_pending() && place.is_quiet();
        if is_quiet { Poll::Ready(Ok(())) } else { served }
    });
    let is_served = tokio::select! {
        served = timeout_at(over_at.into(), served) => matches!(served, Ok(Ok(()))),
        () = place.wanted() => false,
    };
    let parts = connection.into_parts();
    let (rest, stream) = parts.io.into_inner().into_parts();
    // A copy: what little came early must not keep all of the buffer that it came in.
    let early = [&parts.read_buf, rest.as_slice()].concat();
    let next = match parts.service.agreed.into_inner() {
        _ if !is_served => Next::End,
        Some(outcome) => Next::Irc(outcome, early),
        // What is left of a body must not be taken for a request.
        None if is_quiet && !parts.service.has_body.into_inner() => Next::Request(early),
        None => Next::End,
    };
    Answered { stream, next }
}

/// Goes on as was agreed.
async fn become_irc(door: &Door, guest: Guest, agreed: Option<(Outcome, Vec<u8>)>) {
    let Guest { stream, address, is_secure, ticket } = guest;
    match agreed {
        Some((Ok(Agreement { framing, address, by_tls, ticket }), early)) => {
            let is_secure = is_secure || by_tls;
            let reader = Reader::web_socket(framing, early);
            door.enter(Guest { stream, address, is_secure, ticket }, reader).await;
        }
        // A page is not shown the status of a request for a WebSocket, so it is told in one.
        Some((Err((framing, refused)), _)) => {
            let words = refused.to_string();
            let mut bytes = Vec::new();
            framing.append(format!("ERROR :Closing link: {address} ({words})").as_bytes(), &mut bytes);
            bytes.extend(framing.goodbye(CloseCode::Policy, &words));
            say_and_end(stream, &bytes).await;
        }
        None => say_and_end(stream, b"").await,
    }
    drop(ticket);
}

/// Sends the last bytes and ends the connection. Past the time, or when it breaks, the client loses what it did not read.
pub(crate) async fn say_and_end(mut stream: Stream, bytes: &[u8]) {
    let end = async {
        stream.write_all(bytes).await?;
        let socket = match stream {
            Stream::Plain(socket) => socket,
            Stream::Tls(mut stream) => {
                stream.shutdown().await?;
                stream.into_inner().0
            }
        };
        linger(&socket).await
    };
    drop(timeout(LINGER, end).await);
}

/// One HTTP connection, as its requests see it.
#[derive(Debug)]
struct Visit<'a> {
    site: Arc<Site>,
    address: IpAddr,
    place: &'a Place,
    /// A request had a body, which nobody reads.
    has_body: AtomicBool,
    /// What the connection becomes.
    agreed: OnceLock<Outcome>,
}

/// What comes of a request for a WebSocket: one of IRC, or one in which it is told why it is none.
type Outcome = Result<Agreement, (Framing, Refused)>;

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

impl Visit<'_> {
    /// Agrees to a WebSocket, if there is a place for it.
    fn agree(&self, framing: Framing, headers: &HeaderMap) -> Outcome {
        let Door { admission, addresses, log, .. } = &self.site.door;
        let limits = &addresses.limits;
        let is_proxy = limits.is_trusted_proxy(self.address);
        let client = is_proxy.then(|| proxy::forwarded_for(headers, limits)).flatten();
        let address = client.unwrap_or(self.address);
        let by_tls = is_proxy && self.address.is_loopback() && proxy::is_forwarded_by_tls(headers);
        match admission.admit(address, Purpose::Irc, Instant::now()) {
            Ok(ticket) => Ok(Agreement { framing, address, by_tls, ticket }),
            Err(refused) => {
                log.refused(address, &refused);
                Err((framing, refused))
            }
        }
    }
}

impl Service<Request<Incoming>> for Visit<'_> {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        if !request.body().is_end_stream() {
            self.has_body.store(true, Ordering::Release);
        }
        let answer = if head::bytes_of(&request) > HTTP_HEAD_BYTES_MAX {
            Answer::Response(response::head_too_long())
        } else {
            self.site.answer(&request)
        };
        let mut response = match answer {
            Answer::Response(response) => response,
            Answer::Upgrade(framing, response) => {
                // It is set once: after this answer the connection has no further requests.
                let _ = self.agreed.set(self.agree(framing, request.headers()));
                response
            }
        };
        response::secure(response.headers_mut());
        ready(Ok(response))
    }
}
