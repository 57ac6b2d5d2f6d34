//! The record of operators: what operators of the server do, for the administrator. It never contains a
//! password.

/// One action of an operator, or of somebody who tried to become one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// `nick!user@host`, and the operator's name in the configuration.
    pub who: String,
    /// The command they used.
    pub action: &'static str,
    /// The user or channel that was affected; empty for the server itself.
    pub whom: String,
    /// The reason or the result; empty if there is nothing to say.
    pub why: String,
}
