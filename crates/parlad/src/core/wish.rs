//! What operators want that only the whole process can do.

use parla_server::QuestionId;

/// What an operator wants of the process.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wish {
    /// To read the configuration again.
    Rehash(QuestionId),
    /// To stop.
    Shutdown,
    /// To stop and to be started again.
    Restart(QuestionId),
}
