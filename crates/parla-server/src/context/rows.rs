//! The rows of one answer, limited to what a client may be sent at once, so that no client is disconnected
//! for asking.

use parla_proto::{
    CommandName, FailCode, Reply,
    reply::{Severity, StandardReply},
};

use crate::{base::settings::MachineSettings, context::Context};

/// The room that is left for one answer.
#[derive(Debug)]
pub(crate) struct Rows {
    command: CommandName,
    left: usize,
    bytes_left: usize,
    is_full: bool,
}

impl Rows {
    /// Room for `most` rows of a command's answer, and for no more bytes than any answer may have.
    pub(crate) const fn new(command: CommandName, most: usize, machine: &MachineSettings) -> Self {
        Self { command, left: most, bytes_left: machine.answer_bytes_max, is_full: false }
    }

    /// Sends a row. If it does not fit, the client is told so once, and nothing more is sent.
    #[must_use]
    pub(crate) fn add(&mut self, context: &mut Context<'_>, reply: Reply<'_>) -> bool {
        if self.is_full {
            return false;
        }
        let line = reply.encode(&context.settings.name, &context.target());
        if self.left == 0 || line.len() > self.bytes_left {
            context.standard(StandardReply {
                severity: Severity::Warn,
                command: self.command.as_str(),
                code: FailCode::Truncated,
                context: &[],
                description: "There is more than one answer can hold; ask for less at a time.",
            });
            self.is_full = true;
            return false;
        }
        self.left -= 1;
        self.bytes_left -= line.len();
        context.line(line);
        true
    }
}
