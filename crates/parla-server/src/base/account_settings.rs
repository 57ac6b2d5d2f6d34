//! The settings of accounts: who may sign in and how, and how people create them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How people sign in and create accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSettings {
    /// The SASL mechanisms that are offered, in the order in which they are listed.
    pub mechanisms: Vec<Mechanism>,
    /// Whether a nick that belongs to an account is only for whoever is signed in to it.
    pub reserve_nicks: bool,
    /// Whether clients must sign in before they are registered.
    pub required: bool,
    /// Whether several connections may be one user, if they are signed in to the same account.
    pub several_sessions: bool,
    /// Whether people stay present when their last connection ends.
    pub always_on: AlwaysOn,
    /// How people create accounts; `None` if only operators and the administrator do.
    pub registration: Option<RegistrationSettings>,
    /// Channels that one account may own; with 0, channels belong to nobody.
    pub channels_owned_max: usize,
    /// Characters that a new password must have at least.
    pub password_chars_min: usize,
    /// Bytes that a new password may have at most.
    pub password_bytes_max: usize,
}

/// Who may come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessPolicy {
    /// Guests and people with an account.
    #[default]
    Open,
    /// Everyone signs in, and anybody may sign up.
    Accounts,
    /// Everyone signs in, and an invitation is needed to sign up.
    Invite,
}

impl AccessPolicy {
    /// Each policy with its word.
    pub const WORDS: [(&'static str, Self); 3] =
        [("open", Self::Open), ("accounts", Self::Accounts), ("invite", Self::Invite)];

    /// The word for it in the configuration.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, policy)| *policy == self).map_or("open", |(word, _)| word)
    }

    /// The policy with this word, in either case.
    pub fn named(word: &str) -> Option<Self> {
        let found = Self::WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
        found.map(|(_, policy)| *policy)
    }

    /// Makes settings of accounts those that the policy needs.
    pub const fn apply(self, settings: &mut AccountSettings) {
        settings.required = !matches!(self, Self::Open);
        if let Some(registration) = &mut settings.registration {
            registration.by_invitation = matches!(self, Self::Invite);
        }
    }
}

/// Why something cannot be the password of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadPassword {
    /// It has fewer characters than this.
    TooShort(usize),
    /// It has more bytes than this.
    TooLong(usize),
}

impl fmt::Display for BadPassword {
    /// A sentence without its full stop.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort(least) => write!(f, "The password is too short: it needs {least} characters"),
            Self::TooLong(most) => write!(f, "The password is too long: it may have {most} bytes"),
        }
    }
}

impl AccountSettings {
    /// Checks that a new password is neither too short nor too long.
    ///
    /// # Errors
    /// It is.
    pub fn check_password(&self, password: &str) -> Result<(), BadPassword> {
        let (least, most) = (self.password_chars_min.max(1), self.password_bytes_max);
        if password.chars().count() < least {
            Err(BadPassword::TooShort(least))
        } else if password.len() > most {
            Err(BadPassword::TooLong(most))
        } else {
            Ok(())
        }
    }
}

/// Whether people with an account stay present when their last connection ends, so that messages reach them and
/// their channels wait for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AlwaysOn {
    /// Nobody does.
    Off,
    /// Those do who want to.
    OptIn,
    /// All do but those who do not want to.
    OptOut,
    /// All do.
    Mandatory,
}

impl AlwaysOn {
    /// Whether somebody stays who has said that they want to, or do not, or has said nothing.
    pub const fn applies(self, wish: Option<bool>) -> bool {
        match (self, wish) {
            (Self::Off, _) | (Self::OptIn, None) => false,
            (Self::Mandatory, _) | (Self::OptOut, None) => true,
            (Self::OptIn | Self::OptOut, Some(wish)) => wish,
        }
    }
}

/// How people create accounts for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationSettings {
    /// Whether that is possible before the client is registered.
    pub before_connect: bool,
    /// Whether that needs an invitation.
    pub by_invitation: bool,
    /// Whether an e-mail address must be given.
    pub email_required: bool,
    /// How many accounts one address may create in an hour.
    pub per_hour: usize,
}

/// A way to sign in with SASL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mechanism {
    /// With a password that is sent as it is. <https://www.rfc-editor.org/rfc/rfc4616>
    Plain,
    /// With a password that is not sent. <https://www.rfc-editor.org/rfc/rfc7677>
    ScramSha256,
    /// With a certificate of the client. <https://www.rfc-editor.org/rfc/rfc4422#appendix-A>
    External,
}

impl Mechanism {
    /// Every mechanism, with its name.
    const NAMES: [(Self, &'static str); 3] =
        [(Self::Plain, "PLAIN"), (Self::ScramSha256, "SCRAM-SHA-256"), (Self::External, "EXTERNAL")];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(mechanism, _)| *mechanism == self).map_or("", |(_, name)| name)
    }

    /// The mechanism of this name, in either case.
    pub fn named(name: &str) -> Option<Self> {
        let found = Self::NAMES.iter().find(|(_, known)| known.eq_ignore_ascii_case(name));
        found.map(|(mechanism, _)| *mechanism)
    }

    /// The names of all mechanisms.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().map(|(_, name)| *name)
    }
}

impl Default for AccountSettings {
    fn default() -> Self {
        Self {
            mechanisms: vec![Mechanism::Plain, Mechanism::ScramSha256, Mechanism::External],
            reserve_nicks: true,
            required: false,
            several_sessions: true,
            always_on: AlwaysOn::OptOut,
            registration: Some(RegistrationSettings::default()),
            channels_owned_max: 50,
            password_chars_min: 8,
            password_bytes_max: 1024,
        }
    }
}

impl Default for RegistrationSettings {
    fn default() -> Self {
        Self { before_connect: true, by_invitation: false, email_required: false, per_hour: 10 }
    }
}
