//! What makes a user an operator of the server: OPER, or the account that owns the server. The resulting rights
//! are in `operator.rs`.

use parla_proto::AccountName;
use serde::{Deserialize, Serialize};

use crate::base::settings::{self, Privileges};

/// What makes a user an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorGrant {
    /// The operator's name in the configuration, or the name of the account.
    pub name: String,
    /// What WHOIS says about the user: `is a server admin`.
    pub title: String,
    /// What the user may do.
    pub privileges: Privileges,
    /// Whether it comes from the user's account, and not from OPER.
    pub is_by_account: bool,
}

impl OperatorGrant {
    /// The grant of somebody whose account owns the server.
    pub(crate) fn of_owner(account: &AccountName) -> Self {
        Self {
            name: account.to_string(),
            title: "owns this server".to_owned(),
            privileges: Privileges::all(),
            is_by_account: true,
        }
    }
}

impl From<&settings::Operator> for OperatorGrant {
    fn from(operator: &settings::Operator) -> Self {
        Self {
            name: operator.name.clone(),
            title: operator.title.clone(),
            privileges: operator.privileges,
            is_by_account: false,
        }
    }
}
