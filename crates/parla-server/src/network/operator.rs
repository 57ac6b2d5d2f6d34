//! Operators of the server: the rights that OPER gives them.
//!
//! A check returns the right that it grants: only somebody with the privilege can do what needs a
//! [`Privileged`].

use parla_proto::mode::UserModes;

use super::{Network, UserId, user::User};
use crate::{
    base::settings::Privileges,
    network::{
        audit::Audit,
        entry::{Authority, Meta},
        grant::OperatorGrant,
        refusal::{
            Refusal,
            account::{AccountFault, AnswerBy},
        },
    },
};

/// The name in the record for a request that came through the daemon.
const ADMINISTRATOR: &str = "the administrator, at the server's computer";

/// The right of an operator to do what a privilege allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Privileged<'a> {
    user: &'a User,
    grant: &'a OperatorGrant,
}

impl Privileged<'_> {
    /// The operator's name for those who are affected: `nick!user@host`.
    pub(crate) fn source(&self) -> &str {
        self.user.source()
    }

    pub(crate) fn nick(&self) -> &str {
        self.user.nick().as_str()
    }

    /// The operator's name for the administrator, with the real address and the name in the configuration.
    pub(crate) fn who(&self) -> String {
        format!("{} at {} ({})", self.user.source(), self.user.address(), self.grant.name)
    }
}

/// The right to act on channels from outside them, regardless of ranks and modes, and who has it.
///
/// It borrows nothing, because the network changes while it is used.
#[derive(Clone, Debug)]
pub(crate) struct Oversight {
    /// Who set an entry, as lists show it: `nick!user@host`, or the server's name.
    pub(crate) source: String,
    /// Who acted, as the members of a channel are told: `alice, an operator of this server,`.
    pub(crate) shown: String,
    /// Who acted, for the administrator.
    pub(crate) who: String,
}

impl Oversight {
    /// The record of an action by this right.
    pub(crate) fn audit(&self, action: &'static str, whom: String, why: String) -> Audit {
        Audit { who: self.who.clone(), action, whom, why }
    }
}

impl Network {
    /// The right to act on channels from outside them.
    ///
    /// # Errors
    /// The actor is not an operator, or lacks the privilege.
    pub(crate) fn oversight(&self, meta: &Meta, authority: Authority) -> Result<Oversight, Refusal> {
        match authority {
            Authority::Operator => {
                let right = self.actor(meta)?.1.privileged(Privileges::CHANNELS)?;
                if self.is_by_app_password(meta) {
                    return Err(AccountFault::OnlyByPassword.of(AnswerBy::ChanServ, ""));
                }
                let shown = format!("{}, an operator of this server,", right.nick());
                Ok(Oversight { source: right.source().to_owned(), shown, who: right.who() })
            }
            Authority::Administrator(_) => Ok(self.administrator()),
        }
    }

    /// The right of the administrator; the daemon checks who that is.
    pub(crate) fn administrator(&self) -> Oversight {
        Oversight {
            source: self.settings.name.clone(),
            shown: "The administrator of this server".to_owned(),
            who: ADMINISTRATOR.to_owned(),
        }
    }
}

impl User {
    /// The right that every operator has, even without privileges.
    pub(crate) fn as_operator(&self) -> Result<Privileged<'_>, Refusal> {
        let grant = self.operator().ok_or(Refusal::NoPrivileges)?;
        Ok(Privileged { user: self, grant })
    }

    /// The right that comes with a privilege.
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
    /// Makes a user an operator or a normal user. Returns the user's modes before.
    pub(crate) fn set_operator(&mut self, id: UserId, grant: Option<OperatorGrant>) -> UserModes {
        let Some(user) = self.user_mut(id) else {
            debug_assert!(false, "whoever becomes an operator was found");
            return UserModes::empty();
        };
        let mut modes = user.modes;
        modes.set(UserModes::OPERATOR, grant.is_some());
        user.set_operator(grant.map(Box::new));
        self.set_user_modes(id, modes)
    }
}
