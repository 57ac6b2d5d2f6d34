//! Batches that the server sends. <https://ircv3.net/specs/extensions/batch>

use bytes::Bytes;
use parla_proto::{Capabilities, Line};

use super::{Session, response::tag};
use crate::contract::output::Outputs;

/// The type and the parameter of a batch, as its first line has them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchHead<'a> {
    /// The batch's type.
    pub(crate) kind: &'a str,
    /// The batch's parameter, if it has one.
    pub(crate) about: Option<&'a str>,
}

/// A batch whose name was chosen in advance, so that its lines can carry it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamedBatch<'a> {
    /// A name from [`Session::batch_name`].
    pub(crate) name: &'a str,
    pub(crate) head: BatchHead<'a>,
}

impl Session {
    /// Sends lines as one batch; clients without batches get the lines alone.
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

    /// Sends lines that already carry the tag of this batch. Clients without batches get neither its first
    /// nor its last line, and the lines for them must not carry the tag.
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
