//! One connection to one server: a task that moves bytes, in TLS or plainly, and tells what becomes of it.
//!
//! Lines go out in the order they come; what comes in is handed on in pieces as it was read, and read no faster than it is
//! taken. Knows nothing of what the bytes say.

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
    tls::Session,
    trouble::{of_handshake, of_stream},
};
use crate::limits::{FAREWELL_MAX, HANDSHAKE_MAX, PROBE_AFTER, READ_BYTES};

/// What becomes of a connection.
#[derive(Debug)]
pub(crate) enum Happening {
    /// It has come so far.
    Progress(Stage),
    /// The server shows this certificate, and it is not believed.
    Certificate(Certificate),
    /// It is there.
    Opened,
    /// Bytes came.
    Bytes(Vec<u8>),
    /// It could not be made, or is over. The last.
    Closed(Problem),
}

/// Which connection it is, of all that the program has made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Serial(pub(crate) u64);

/// Where to tell.
pub(crate) type Happenings = Sender<(Serial, Happening)>;

/// What a connection is made of.
pub(crate) struct Plan {
    pub(crate) serial: Serial,
    pub(crate) endpoint: Endpoint,
    /// None: plainly.
    pub(crate) tls: Option<Session>,
    /// Where it would be connected to plainly, if the person agreed to that.
    pub(crate) plain: Option<Endpoint>,
    /// Lines to send. When there can be no more, the connection is ended politely.
    pub(crate) lines: Receiver<Vec<u8>>,
    pub(crate) happenings: Happenings,
}

trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Duplex for S {}
type Stream = Box<dyn Duplex>;

/// Makes the connection, and lives as long as it does.
pub(crate) async fn run(mut plan: Plan) {
    let end = match open(&plan).await {
        Ok(stream) => {
            plan.tell(Happening::Opened).await;
            carry(&mut plan, stream).await
        }
        Err(problem) => Some(problem),
    };
    if let Some(problem) = end {
        plan.tell(Happening::Closed(problem)).await;
    }
}

impl Plan {
    async fn tell(&self, happening: Happening) {
        // If nobody listens, the program ends.
        let _ = self.happenings.send((self.serial, happening)).await;
    }
}

async fn open(plan: &Plan) -> Result<Stream, Problem> {
    let Some(session) = &plan.tls else {
        let stream = dial(&plan.endpoint.host, plan.endpoint.port).await?;
        return Ok(Box::new(stream));
    };
    let mut securing = pin!(secure(plan, session));
    let Some(plain) = &plan.plain else { return securing.await };
    // A server that does not encrypt may be silent about it. So it is asked while it may still answer the handshake.
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

async fn secure(plan: &Plan, session: &Session) -> Result<Stream, Problem> {
    let host = &plan.endpoint.host;
    let stream = dial(host, plan.endpoint.port).await?;
    plan.tell(Happening::Progress(Stage::Securing)).await;
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
                plan.tell(Happening::Certificate(shown)).await;
            }
            Err(problem)
        }
        Err(_) => Err(problem(ProblemKind::TimedOut, "no answer to the TLS handshake")),
    }
}

/// Moves bytes both ways. None if the connection was ended from here.
async fn carry(plan: &mut Plan, stream: Stream) -> Option<Problem> {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let Plan { serial, lines, happenings, .. } = plan;
    tokio::select! {
        error = read(&mut reader, happenings, *serial) => return Some(of_stream(&error)),
        written = write(&mut writer, lines) => if let Err(error) = written {
            return Some(of_stream(&error));
        },
    }
    farewell(reader, writer).await;
    None
}

async fn read(reader: &mut ReadHalf<Stream>, happenings: &Happenings, serial: Serial) -> io::Error {
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let piece = match reader.read(&mut buffer).await {
            Ok(0) => return io::Error::other("the server closed the connection"),
            Ok(count) => buffer.get(..count).unwrap_or_default().to_vec(),
            Err(error) => return error,
        };
        if happenings.send((serial, Happening::Bytes(piece))).await.is_err() {
            return io::Error::other("the program ends");
        }
    }
}

/// Writes lines until there can be no more.
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

/// Says that nothing more comes, and hears the server out: a socket that is closed over unread bytes takes the last lines
/// with it.
async fn farewell(mut reader: ReadHalf<Stream>, mut writer: WriteHalf<Stream>) {
    let heard_out = async {
        writer.shutdown().await?;
        tokio::io::copy(&mut reader, &mut tokio::io::sink()).await
    };
    // Whatever it says, and if it says nothing for too long, that was all.
    let _ = timeout(FAREWELL_MAX, heard_out).await;
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
