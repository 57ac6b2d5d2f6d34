//! The record of what operators of the server do, for the administrator. Never holds a password.

/// One thing that an operator did, or that someone tried who wanted to be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// `nick!user@host`, with the operator's name of the configuration.
    pub who: String,
    /// The command.
    pub action: &'static str,
    /// Whom or what it touched; empty if the server itself.
    pub whom: String,
    /// Why, or what came of it; empty if there is nothing to say.
    pub why: String,
}
