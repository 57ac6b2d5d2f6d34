//! What OPER gives a user. The resulting rights are in `operator.rs`.

use serde::{Deserialize, Serialize};

use crate::base::settings::{self, Privileges};

/// What OPER gave a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorGrant {
    /// The operator's name in the configuration.
    pub name: String,
    /// What WHOIS says about the user: `is a server admin`.
    pub title: String,
    /// What the user may do.
    pub privileges: Privileges,
}

impl From<&settings::Operator> for OperatorGrant {
    fn from(operator: &settings::Operator) -> Self {
        Self { name: operator.name.clone(), title: operator.title.clone(), privileges: operator.privileges }
    }
}
