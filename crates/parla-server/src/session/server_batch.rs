//! Batches that the server sends. <https://ircv3.net/specs/extensions/batch>

use bytes::Bytes;
use parla_proto::{Capabilities, Line};

use super::{Session, response::tag};
use crate::contract::output::Outputs;

/// What a batch is, as its first line says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchHead<'a> {
    /// Its type.
    pub(crate) kind: &'a str,
    /// What it is about, if it is about something.
    pub(crate) about: Option<&'a str>,
}

/// A batch whose name is known already, so that its lines can say that they are in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamedBatch<'a> {
    /// One that [`Session::batch_name`] gave.
    pub(crate) name: &'a str,
    pub(crate) head: BatchHead<'a>,
}

impl Session {
    /// Sends lines as one batch; without the batch to those who do not know batches.
    pub(crate) fn send_as_batch(
        &mut self,
        server: &str,
        head: BatchHead<'_>,
        lines: Vec<Bytes>,
        out: &mut Outputs,
    ) {
        if !self.capabilities.contains(Capabilities::BATCH) {
            return lines.into_iter().for_each(|line| self.send(line, out));
        }
        let name = self.batch_name();
        let inside = format!("batch={name}");
        let lines = lines.iter().map(|line| tag(line, &inside)).collect();
        self.send_named_batch(server, NamedBatch { name: &name, head }, lines, out);
    }

    /// Sends lines that say already that they are in this batch; without its beginning and its end to those who do not know
    /// batches, for whom the lines must not say it.
    pub(crate) fn send_named_batch(
        &mut self,
        server: &str,
        batch: NamedBatch<'_>,
        lines: Vec<Bytes>,
        out: &mut Outputs,
    ) {
        if !self.capabilities.contains(Capabilities::BATCH) {
            return self.send_batch(lines, out);
        }
        let NamedBatch { name, head: BatchHead { kind, about } } = batch;
        let start = Line::from(&server).command("BATCH").param(format_args!("+{name}")).param(kind);
        let start = about.iter().fold(start, |line, about| line.param(about)).finish();
        let end = Line::from(&server).command("BATCH").param(format_args!("-{name}")).finish();
        let mut whole: Vec<Bytes> = Vec::with_capacity(lines.len() + 2);
        whole.push(start.into());
        whole.extend(lines);
        whole.push(end.into());
        self.send_batch(whole, out);
    }
}
