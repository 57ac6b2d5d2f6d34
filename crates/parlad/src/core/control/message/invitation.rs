//! Invitations, as the control socket tells of them.

use parla_server::InvitationSummary;
use serde::{Deserialize, Serialize};

/// Some of the invitations.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct InvitationPage {
    pub(crate) invitations: Vec<InvitationRow>,
    /// Whether more invitations follow.
    pub(crate) more: bool,
}

/// An invitation.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct InvitationRow {
    pub(crate) number: u64,
    pub(crate) code: String,
    /// The account of whoever made it; null if the administrator did.
    pub(crate) made_by: Option<String>,
    pub(crate) made_at: String,
    /// Until when it can be used; null if there is no end.
    pub(crate) expires_at: Option<String>,
    /// How many more people can use it.
    pub(crate) uses_left: u32,
    /// The rooms that it leads to.
    pub(crate) rooms: Vec<String>,
    /// Whether whoever uses it owns the server from then on.
    pub(crate) owner: bool,
    /// If nobody can use it any more: why.
    pub(crate) over: Option<String>,
}

/// The result of taking an invitation back.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct InvitationRevoked {
    pub(crate) number: u64,
}

impl From<InvitationSummary> for InvitationRow {
    fn from(summary: InvitationSummary) -> Self {
        Self {
            number: summary.id,
            code: summary.code,
            made_by: summary.made_by,
            made_at: summary.made_at.to_string(),
            expires_at: summary.expires_at.map(|at| at.to_string()),
            uses_left: summary.uses_left,
            rooms: summary.channels,
            owner: summary.makes_owner,
            over: summary.over,
        }
    }
}
