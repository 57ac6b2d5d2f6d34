//! What operators ask for that only the whole process can do.

use parla_server::QuestionId;

/// What an operator asks of the process.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wish {
    /// Read the configuration again.
    Rehash(QuestionId),
    /// Stop.
    Shutdown,
    /// Stop and start again.
    Restart(QuestionId),
}
