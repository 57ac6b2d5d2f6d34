//! Finds out whether a server that does not answer with encryption answers without it, so that the person can
//! be asked; this is never used without their consent. Sends nothing there that others must not read.

use parla_client::{Problem, ProblemKind, endpoint::Endpoint};
use parla_engine::problem;
use parla_proto::Message;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::dial::dial;
use crate::limits::{PROBE_BYTES_MAX, PROBE_MAX};

/// The first line that the server at this endpoint sends without encryption, if it speaks IRC there. Some
/// servers wait for the client to speak first, and take the start of a TLS handshake for the start of a line.
pub(crate) async fn answer(plain: &Endpoint) -> Option<String> {
    let asked = async {
        let mut stream = dial(&plain.host, plain.port).await.ok()?;
        stream.write_all(b"CAP LS 302\r\n").await.ok()?;
        let line = first_line(&mut stream).await?;
        // It does not matter if the server is gone already.
        let _ = stream.write_all(b"QUIT\r\n").await;
        is_chat(&line).then_some(line)
    };
    timeout(PROBE_MAX, asked).await.ok().flatten()
}

/// The problem to report if encryption failed and this is the server's line without it.
pub(crate) fn offer(wanted: &Endpoint, plain: &Endpoint, line: &str) -> Problem {
    let kind = if plain.port == wanted.port { ProblemKind::NotEncrypted } else { ProblemKind::PlainOnly };
    problem(kind, &format!("port {} answers without encryption: {line}", plain.port))
}

async fn first_line(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut piece = [0; 512];
    while !bytes.contains(&b'\n') && bytes.len() < PROBE_BYTES_MAX {
        let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        bytes.extend(piece.get(..count).unwrap_or_default());
    }
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    String::from_utf8(line.to_vec()).ok().map(|line| line.trim_end().to_owned())
}

fn is_chat(line: &str) -> bool {
    let Ok(message) = Message::parse(line.as_bytes()) else { return false };
    let command = message.command;
    let is_numeric = command.len() == 3 && command.bytes().all(|byte| byte.is_ascii_digit());
    // Other protocols also begin with a number, but none with the server's name before it.
    (is_numeric && line.starts_with(':')) || ["CAP", "NOTICE", "PING", "ERROR"].contains(&command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_chat_is_taken_for_chat() {
        for line in [
            ":irc.example.org NOTICE * :*** Looking up your hostname",
            ":irc.znc.in CAP unknown-nick LS :userhost-in-names",
            "ERROR :Closing link",
            ":irc 451 * :Connection not registered",
        ] {
            assert!(is_chat(line), "{line}");
        }
        for line in ["", "HTTP/1.1 400 Bad Request", "220 mail.example.org ESMTP", "SSH-2.0-OpenSSH_9.2"] {
            assert!(!is_chat(line), "{line}");
        }
    }
}
