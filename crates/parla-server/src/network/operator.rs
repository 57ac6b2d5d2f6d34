//! Operators of the server: what a user was given by OPER, and the rights that come from it.
//!
//! A check gives out the right it grants: what needs a [`Privileged`] can be done by nobody without the privilege.

use parla_proto::mode::UserModes;

use super::{Network, UserId, user::User};
use crate::{
    refusal::Refusal,
    settings::{self, Privileges},
};

/// What a user was given by OPER.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// The right of an operator to do what a privilege allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Privileged<'a> {
    user: &'a User,
    grant: &'a OperatorGrant,
}

impl Privileged<'_> {
    /// Who it is, for those whom it touches: `nick!user@host`.
    pub(crate) fn source(&self) -> &str {
        self.user.source()
    }

    pub(crate) fn nick(&self) -> &str {
        self.user.nick().as_str()
    }

    /// Who it is, for the administrator: with the name of the configuration.
    pub(crate) fn who(&self) -> String {
        format!("{} ({})", self.user.source(), self.grant.name)
    }
}

impl User {
    /// The right that an operator has without any privilege.
    pub(crate) fn as_operator(&self) -> Result<Privileged<'_>, Refusal> {
        let grant = self.operator().ok_or(Refusal::NoPrivileges)?;
        Ok(Privileged { user: self, grant })
    }

    /// The right that a privilege gives.
    pub(crate) fn privileged(&self, privilege: Privileges) -> Result<Privileged<'_>, Refusal> {
        let right = self.as_operator()?;
        if right.grant.privileges.contains(privilege) {
            Ok(right)
        } else {
            Err(Refusal::MissingPrivilege(privilege.name()))
        }
    }

    /// Whether the user is an operator with this privilege.
    pub(crate) fn has_privilege(&self, privilege: Privileges) -> bool {
        self.operator().is_some_and(|grant| grant.privileges.contains(privilege))
    }
}

impl Network {
    /// Makes a user an operator, or takes that away. Gives the modes that the user had.
    pub(crate) fn set_operator(&mut self, id: UserId, grant: Option<OperatorGrant>) -> UserModes {
        let Some(user) = self.user_mut(id) else { return UserModes::empty() };
        let mut modes = user.modes;
        modes.set(UserModes::OPERATOR, grant.is_some());
        user.set_operator(grant.map(Box::new));
        self.set_user_modes(id, modes)
    }
}
