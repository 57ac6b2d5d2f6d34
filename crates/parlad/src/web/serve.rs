//! Serves one HTTP connection: limits its time and memory, and decides what it becomes.

use std::{
    convert::Infallible,
    future::poll_fn,
    net::IpAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Instant,
};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use bytes::Bytes;
use hyper::{
    body::{Body as HttpBody, Frame, Incoming, SizeHint},
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::time::{timeout, timeout_at};
use tungstenite::protocol::frame::coding::CloseCode;

use super::{
    head::{self, Gathered, NoHead},
    response,
    slots::{Answer, Slot, Slots},
    visit::{Agreement, Full, Outcome, Visit},
};
use crate::{
    limits::{HTTP_CONNECTION_TIME_MAX, HTTP_HEAD_BYTES_MAX, HTTP_HEAD_TIME_MAX, HTTP_HEADERS_MAX},
    net::{
        admission::Refused,
        connection_log::Mishap,
        framing::Reader,
        intake::{Accepted, Intake},
        stream::Stream,
    },
};

/// Everything that is needed to serve connections.
#[derive(Debug)]
pub(super) struct Served {
    pub(super) intake: Arc<Intake>,
    pub(super) slots: Arc<Slots>,
    pub(super) router: Router,
}

/// Serves one HTTP connection until it ends or becomes an IRC connection.
pub(super) async fn serve(accepted: Accepted, site: Arc<Served>) {
    let Accepted { mut stream, address, is_secure, certificate, permit } = accepted;
    let intake = &site.intake;
    let slot = match take_slot(&site, address).await {
        Ok(slot) => slot,
        Err(refused) => {
            intake.log.refused(address, &refused);
            return stream.end_with(response::refusal(&refused).as_bytes()).await;
        }
    };
    let over_at = Instant::now() + HTTP_CONNECTION_TIME_MAX;
    let visit = Visit::new(Arc::clone(intake), address);
    let mut seen = Vec::new();
    let agreed = loop {
        let gathered = timeout(HTTP_HEAD_TIME_MAX, head::gather(&mut stream, seen));
        let early = tokio::select! {
            early = gathered => early.unwrap_or(Err(NoHead::Ended)),
            () = slot.wanted() => return,
        };
        let early = match early {
            Ok(early) => early,
            Err(NoHead::Tls) => return intake.log.mishap(address, Mishap::TlsForPlain, ""),
            Err(NoHead::TooLong) => return stream.end_with(response::HEAD_TOO_LONG.as_bytes()).await,
            Err(NoHead::Ended) => break None,
        };
        let router = TowerToHyperService::new(site.router.clone());
        let exchange = Exchange { router, visit: &visit, slot: &slot, has_body: AtomicBool::new(false) };
        // What is needed for answering is larger than what waits, so it is allocated separately.
        let answered = Box::pin(exchange.run(Gathered::new(early, stream, &slot), over_at)).await;
        stream = answered.stream;
        match answered.next {
            Next::Request(rest) => seen = rest,
            Next::Irc(outcome, rest) => break Some((outcome, rest)),
            Next::End => break None,
        }
    };
    drop(slot);
    become_irc(intake, Accepted { stream, address, is_secure, certificate, permit }, agreed).await;
}

async fn take_slot(site: &Served, address: IpAddr) -> Result<Slot, Refused> {
    let limits = &site.intake.addresses.limits;
    let is_counted = !limits.is_trusted_proxy(address) && limits.is_counted(address);
    site.slots.take(is_counted.then_some(address)).await
}

/// A connection whose requests have been answered, and what comes next.
struct Answered {
    stream: Stream,
    next: Next,
}

/// What comes after an answer, with any bytes of it that have been read already.
enum Next {
    Request(Vec<u8>),
    Irc(Outcome, Vec<u8>),
    End,
}

/// Consecutive requests and their answers.
struct Exchange<'a> {
    router: TowerToHyperService<Router>,
    visit: &'a Visit,
    slot: &'a Slot,
    /// Whether a request had a body, which may not have been read completely.
    has_body: AtomicBool,
}

impl Exchange<'_> {
    /// Answers requests as long as they follow one another.
    async fn run(self, stream: Gathered<'_>, over_at: Instant) -> Answered {
        let mut connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HTTP_HEAD_TIME_MAX)
            .max_buf_size(HTTP_HEAD_BYTES_MAX)
            .max_headers(HTTP_HEADERS_MAX)
            .serve_connection(TokioIo::new(stream), service_fn(|request| Box::pin(self.answer(request))));
        let mut is_quiet = false;
        let served = poll_fn(|context| {
            let served = connection.poll_without_shutdown(context);
            is_quiet = served.is_pending() && self.slot.is_quiet();
            if is_quiet { Poll::Ready(Ok(())) } else { served }
        });
        let is_served = tokio::select! {
            served = timeout_at(over_at.into(), served) => matches!(served, Ok(Ok(()))),
            () = self.slot.wanted() => false,
        };
        let parts = connection.into_parts();
        let (rest, stream) = parts.io.into_inner().into_parts();
        // This copies the few early bytes, so that they do not keep the whole buffer alive.
        let early = [&parts.read_buf, rest.as_slice()].concat();
        let next = match self.visit.take_outcome() {
            _ if !is_served => Next::End,
            Some(outcome) => Next::Irc(outcome, early),
            // The rest of a body must not be taken for a request.
            None if is_quiet && !self.has_body.load(Ordering::Acquire) => Next::Request(early),
            None => Next::End,
        };
        Answered { stream, next }
    }

    async fn answer(&self, mut request: Request<Incoming>) -> Result<hyper::Response<Sending>, Infallible> {
        let answer = self.slot.answers();
        if !request.body().is_end_stream() {
            self.has_body.store(true, Ordering::Release);
        }
        let mut response = if head::bytes_of(&request) > HTTP_HEAD_BYTES_MAX {
            response::head_too_long()
        } else {
            request.extensions_mut().insert(self.visit.clone());
            self.router.call(request).await?
        };
        // The router counts the bytes of every body, even where there can be none.
        if matches!(response.status(), StatusCode::SWITCHING_PROTOCOLS | StatusCode::NOT_MODIFIED) {
            response.headers_mut().remove(header::CONTENT_LENGTH);
        }
        response::secure(response.headers_mut());
        Ok(response.map(|body| Sending { body, _answer: answer }))
    }
}

/// The body of an answer while it is sent. Until its end, the connection does not count as idle, however long
/// the next piece takes.
struct Sending {
    body: Body,
    _answer: Answer,
}

impl HttpBody for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Continues as agreed in the answer.
async fn become_irc(intake: &Intake, accepted: Accepted, agreed: Option<(Outcome, Vec<u8>)>) {
    let Accepted { stream, address, is_secure, certificate, permit } = accepted;
    match agreed {
        Some((Ok(Agreement { framing, address, by_tls, permit }), early)) => {
            let is_secure = is_secure || by_tls;
            let reader = Reader::web_socket(framing, early);
            intake.open(Accepted { stream, address, is_secure, certificate, permit }, reader).await;
        }
        // A web page does not see the status of a WebSocket request, so we refuse it in a WebSocket.
        Some((Err(Full { framing, refused }), _)) => {
            let words = refused.to_string();
            let mut bytes = Vec::new();
            framing.append(format!("ERROR :Closing link: {address} ({words})").as_bytes(), &mut bytes);
            bytes.extend(framing.goodbye(CloseCode::Policy, &words));
            stream.end_with(&bytes).await;
        }
        None => stream.end_with(b"").await,
    }
    drop(permit);
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use futures_util::stream;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::{TcpListener, TcpStream},
        sync::mpsc,
    };

    use super::*;
    use crate::{
        config::ConnectionLimits,
        net::{addresses::Addresses, admission::Purpose, hub_input::HubSenders, intake::Shared},
        web::Slots,
    };

    /// A site with these routes, without IRC connections.
    fn site(router: Router) -> Arc<Served> {
        let addresses = Arc::new(Addresses { limits: ConnectionLimits::for_tests(), cloaks: None });
        let hub_senders = HubSenders { hub: mpsc::channel(1).0, sent: mpsc::unbounded_channel().0 };
        let shared = Shared { addresses, ids: Arc::default(), hub_senders, log: Arc::default() };
        Arc::new(Served { intake: Arc::new(Intake::new(8, shared)), slots: Slots::new(8), router })
    }

    /// Reads until this text has arrived.
    async fn read_to(socket: &mut TcpStream, end: &str) -> String {
        let mut read = Vec::new();
        while !read.ends_with(end.as_bytes()) {
            let byte = timeout(std::time::Duration::from_secs(10), socket.read_u8()).await;
            read.push(byte.expect("nothing more comes").unwrap());
        }
        String::from_utf8(read).unwrap()
    }

    /// Between two pieces nothing waits to be sent, but the connection must not count as idle.
    #[tokio::test]
    async fn an_answer_may_come_in_pieces() {
        let (pieces, waiting) = mpsc::unbounded_channel::<&'static str>();
        let waiting = Arc::new(std::sync::Mutex::new(Some(waiting)));
        let streamed = get(move || {
            let waiting = waiting.lock().unwrap().take().unwrap();
            let pieces = stream::unfold(waiting, async |mut waiting| {
                Some((Ok::<_, Infallible>(waiting.recv().await?), waiting))
            });
            async { Body::from_stream(pieces) }
        });
        let site = site(Router::new().route("/pieces", streamed).route("/next", get(async || "next")));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (socket, address) = listener.accept().await.unwrap();
        let permit = site.intake.admission.admit(address.ip(), Purpose::Http, Instant::now()).unwrap();
        let stream = Stream::Plain(socket);
        let accepted =
            Accepted { stream, address: address.ip(), is_secure: false, certificate: None, permit };
        let served = tokio::spawn(serve(accepted, site));

        client.write_all(b"GET /pieces HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        for piece in ["one", "two", "three"] {
            pieces.send(piece).unwrap();
            let read = read_to(&mut client, &format!("{piece}\r\n")).await;
            assert!(read.starts_with("HTTP/1.1 200 OK\r\n") == (piece == "one"), "{read}");
        }
        drop(pieces);
        assert_eq!(read_to(&mut client, "0\r\n\r\n").await, "0\r\n\r\n");
        client.write_all(b"GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
        assert!(read_to(&mut client, "\r\n\r\nnext").await.starts_with("HTTP/1.1 200 OK\r\n"));
        drop(client);
        served.await.unwrap();
    }
}
