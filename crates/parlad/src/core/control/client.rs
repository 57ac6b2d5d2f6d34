//! The client's end of the control socket: asks the running server on behalf of `parlad room` and
//! `parlad account`, or the database if no server is running.

use std::{
    io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _},
    os::unix::net::UnixStream,
    path::Path,
};

use anyhow::Context as _;
use serde::de::DeserializeOwned;

use super::{
    message::{ControlAnswer, ControlRequest},
    path, short_path,
};
use crate::{
    config::Config,
    core::offline::Offline,
    limits::{CONTROL_ANSWER_BYTES_MAX, CONTROL_ANSWER_TIME_MAX, CONTROL_WRITE_TIME_MAX},
};

/// What answers the administrator.
pub(crate) enum Administered {
    /// The running server.
    Running(BufReader<UnixStream>),
    /// The database of a server that is not running.
    Offline(Box<Offline>),
}

impl Administered {
    /// Finds the server of a data directory, or opens the database itself.
    pub(crate) fn find(config: &Config) -> anyhow::Result<Self> {
        let (short, _directory) = match short_path(&config.data_dir) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => (path(&config.data_dir), None),
            Err(error) => return Err(unreachable(&config.data_dir, error)),
        };
        match UnixStream::connect(short) {
            Ok(stream) => {
                // The server gives up earlier than this, and says why.
                stream.set_read_timeout(Some(CONTROL_ANSWER_TIME_MAX + CONTROL_WRITE_TIME_MAX))?;
                stream.set_write_timeout(Some(CONTROL_WRITE_TIME_MAX))?;
                Ok(Self::Running(BufReader::new(stream)))
            }
            // Without a server there is no socket, or a socket that nobody listens on.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
                Ok(Self::Offline(Box::new(Offline::open(config)?)))
            }
            Err(error) => Err(unreachable(&config.data_dir, error)),
        }
    }

    /// Sends a request and returns its result, in the form that the request defines.
    ///
    /// # Errors
    /// The request was refused, with a sentence that says why.
    pub(crate) fn ask<T: DeserializeOwned>(&mut self, request: ControlRequest) -> anyhow::Result<T> {
        let answer = match self {
            Self::Running(stream) => exchange(stream, &request)?,
            Self::Offline(offline) => {
                let subject = request.subject();
                let request = request.try_into().map_err(anyhow::Error::msg)?;
                ControlAnswer::new(subject, offline.ask(request)?)
            }
        };
        match answer {
            ControlAnswer::Done(value) => Ok(serde_json::from_value(value)?),
            ControlAnswer::Error(why) => Err(anyhow::anyhow!(why)),
        }
    }

    /// Everything that comes in pages: `request` asks for the page after a key, `rows` takes a page apart and says
    /// whether more follow, and `key` is that of a row.
    ///
    /// # Errors
    /// A request was refused, with a sentence that says why.
    pub(crate) fn ask_all<Page: DeserializeOwned, Row, Key>(
        &mut self,
        request: impl Fn(Option<Key>) -> ControlRequest,
        rows: impl Fn(Page) -> (Vec<Row>, bool),
        key: impl Fn(&Row) -> Key,
    ) -> anyhow::Result<Vec<Row>> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let (page, has_more) = rows(self.ask(request(after))?);
            after = page.last().map(&key);
            all.extend(page);
            if !has_more || after.is_none() {
                return Ok(all);
            }
        }
    }
}

fn unreachable(data_dir: &Path, error: std::io::Error) -> anyhow::Error {
    let path = path(data_dir);
    anyhow::Error::new(error).context(format!(
        "cannot speak to the server through {}; run this as the user that the server runs as, or as root",
        path.display()
    ))
}

fn exchange(stream: &mut BufReader<UnixStream>, request: &ControlRequest) -> anyhow::Result<ControlAnswer> {
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    // A request that is refused at once has been answered already.
    let sent = stream.get_mut().write_all(&line);
    let mut answer = Vec::new();
    stream
        .by_ref()
        .take(CONTROL_ANSWER_BYTES_MAX)
        .read_until(b'\n', &mut answer)
        .context("the server does not answer")?;
    if answer.is_empty() {
        sent.context("the server does not listen")?;
        anyhow::bail!("the server has stopped, or does not answer");
    }
    serde_json::from_slice(&answer).context("the server's answer cannot be read; is it of another version?")
}
