//! One connection to one server: a task that transfers bytes, with or without TLS, and reports what happens.
//!
//! Lines are sent in the order in which they arrive here. Incoming bytes are passed on as they were read, and
//! are read no faster than they are accepted. Knows nothing of their meaning.

use std::{io, pin::pin, sync::Arc};

use parla_client::{
    Problem, ProblemKind,
    endpoint::Endpoint,
    view::{Certificate, Stage},
};
use parla_engine::problem;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf},
    sync::mpsc::{Receiver, Sender},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{
    dial::dial,
    plain,
    tls::TlsSession,
    trouble::{of_handshake, of_stream},
};
use crate::limits::{FAREWELL_MAX, HANDSHAKE_MAX, PROBE_AFTER, READ_BYTES};

/// What can happen to a connection.
#[derive(Debug)]
pub(crate) enum ConnectionEvent {
    /// The attempt has reached this stage.
    Progress(Stage),
    /// The server presents this certificate, which is not trusted.
    Certificate(Certificate),
    /// The connection is open.
    Opened,
    /// These bytes were received.
    Bytes(Vec<u8>),
    /// It could not be made, or has ended. This is the last event.
    Closed(Problem),
}

/// The serial number of a connection, among all that the program has made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Serial(pub(crate) u64);

/// The channel for events.
pub(crate) type ConnectionEvents = Sender<(Serial, ConnectionEvent)>;

/// The parts of a connection.
pub(crate) struct Plan {
    pub(crate) serial: Serial,
    pub(crate) endpoint: Endpoint,
    /// The TLS session; `None` for a connection without encryption.
    pub(crate) tls: Option<TlsSession>,
    /// The address for a connection without encryption, which is offered to the person if encryption fails.
    pub(crate) plain: Option<Endpoint>,
    /// The lines to send. When the channel closes, the connection is ended politely.
    pub(crate) lines: Receiver<Vec<u8>>,
    pub(crate) events: ConnectionEvents,
}

trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Duplex for S {}
type Stream = Box<dyn Duplex>;

/// Makes the connection, and returns when it has ended.
pub(crate) async fn run(mut plan: Plan) {
    let end = match open(&plan).await {
        Ok(stream) => {
            plan.tell(ConnectionEvent::Opened).await;
            carry(&mut plan, stream).await
        }
        Err(problem) => Some(problem),
    };
    if let Some(problem) = end {
        plan.tell(ConnectionEvent::Closed(problem)).await;
    }
}

impl Plan {
    async fn tell(&self, event: ConnectionEvent) {
        // If nobody listens, the program is ending.
        let _ = self.events.send((self.serial, event)).await;
    }
}

async fn open(plan: &Plan) -> Result<Stream, Problem> {
    let Some(session) = &plan.tls else {
        let stream = dial(&plan.endpoint.host, plan.endpoint.port).await?;
        return Ok(Box::new(stream));
    };
    let mut securing = pin!(secure(plan, session));
    let Some(plain) = &plan.plain else { return securing.await };
    // A server without encryption may stay silent, so it is probed while the handshake may still be answered.
    let early = timeout(PROBE_AFTER, &mut securing).await;
    let problem = match early {
        Ok(Ok(stream)) => return Ok(stream),
        Ok(Err(problem)) => problem,
        Err(_) => tokio::select! {
            secured = &mut securing => return secured,
            Some(line) = plain::answer(plain) => return Err(plain::offer(&plan.endpoint, plain, &line)),
            else => problem(ProblemKind::TimedOut, "no answer to the TLS handshake"),
        },
    };
    let may_be_plain =
        matches!(problem.kind, ProblemKind::Refused | ProblemKind::Lost | ProblemKind::TimedOut);
    let line = if may_be_plain { plain::answer(plain).await } else { None };
    Err(line.map_or(problem, |line| plain::offer(&plan.endpoint, plain, &line)))
}

async fn secure(plan: &Plan, session: &TlsSession) -> Result<Stream, Problem> {
    let host = &plan.endpoint.host;
    let stream = dial(host, plan.endpoint.port).await?;
    plan.tell(ConnectionEvent::Progress(Stage::Securing)).await;
    let name = ServerName::try_from(host.to_owned())
        .map_err(|error| problem(ProblemKind::BadAddress, &error.to_string()))?;
    let connector = TlsConnector::from(Arc::clone(&session.config));
    match timeout(HANDSHAKE_MAX, connector.connect(name, stream)).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => {
            let problem = of_handshake(&error);
            if problem.kind.is_about_certificate()
                && let Some(shown) = session.shown()
            {
                plan.tell(ConnectionEvent::Certificate(shown)).await;
            }
            Err(problem)
        }
        Err(_) => Err(problem(ProblemKind::TimedOut, "no answer to the TLS handshake")),
    }
}

/// Transfers bytes in both directions. Returns `None` if the connection was ended from this side.
async fn carry(plan: &mut Plan, stream: Stream) -> Option<Problem> {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let Plan { serial, lines, events, .. } = plan;
    tokio::select! {
        error = read(&mut reader, events, *serial) => return Some(of_stream(&error)),
        written = write(&mut writer, lines) => if let Err(error) = written {
            return Some(of_stream(&error));
        },
    }
    farewell(reader, writer).await;
    None
}

async fn read(reader: &mut ReadHalf<Stream>, events: &ConnectionEvents, serial: Serial) -> io::Error {
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let piece = match reader.read(&mut buffer).await {
            Ok(0) => return io::Error::other("the server closed the connection"),
            Ok(count) => buffer.get(..count).unwrap_or_default().to_vec(),
            Err(error) => return error,
        };
        if events.send((serial, ConnectionEvent::Bytes(piece))).await.is_err() {
            return io::Error::other("the program ends");
        }
    }
}

/// Writes lines until the channel closes.
async fn write(writer: &mut WriteHalf<Stream>, lines: &mut Receiver<Vec<u8>>) -> io::Result<()> {
    while let Some(mut bytes) = lines.recv().await {
        while bytes.len() < READ_BYTES
            && let Ok(more) = lines.try_recv()
        {
            bytes.extend(more);
        }
        writer.write_all(&bytes).await?;
        writer.flush().await?;
    }
    Ok(())
}

/// Closes the sending direction and reads to the end: closing a socket with unread bytes would destroy the
/// last lines.
async fn farewell(mut reader: ReadHalf<Stream>, mut writer: WriteHalf<Stream>) {
    let heard_out = async {
        writer.shutdown().await?;
        tokio::io::copy(&mut reader, &mut tokio::io::sink()).await
    };
    // Whatever the server still sends is ignored; if it stays silent for too long, the connection ends
    // anyway.
    let _ = timeout(FAREWELL_MAX, heard_out).await;
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
