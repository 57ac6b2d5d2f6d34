//! What OPER gives a user. The rights that come from it are in `operator.rs`.

use serde::{Deserialize, Serialize};

use crate::base::settings::{self, Privileges};

/// What a user was given by OPER.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorGrant {
    /// The name of the configuration that was given with OPER.
    pub name: String,
    /// What WHOIS says of the user: `is a server admin`.
    pub title: String,
    /// What the user may do.
    pub privileges: Privileges,
}

impl From<&settings::Operator> for OperatorGrant {
    fn from(operator: &settings::Operator) -> Self {
        Self { name: operator.name.clone(), title: operator.title.clone(), privileges: operator.privileges }
    }
}
