//! Why something could not be done with an account, worded for whichever way it was asked for.

use std::borrow::Cow;

use parla_proto::{
    CommandName, FailCode, Reply,
    line::fitting,
    reply::{Severity, StandardReply},
};

use super::ABOUT_BYTES_MAX;
use crate::{
    base::{service, settings::BadPassword},
    network::{entry::AccountAsker, invitation::InvitationEnd, refusal::Refusal},
};

/// A refusal about an account, with the way by which it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AccountRefusal {
    way: AnswerBy,
    /// The account's name, as it was written.
    account: String,
    fault: AccountFault,
}

/// How somebody is answered who asked for something to be done with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnswerBy {
    /// By a FAIL for this command.
    Fail(CommandName),
    /// By a notice from NickServ.
    Service,
    /// By a notice from ChanServ.
    ChanServ,
    /// By the numeric that ends a SASL exchange.
    Sasl,
    /// By a numeric for PASS.
    Pass,
}

impl From<InvitationEnd> for AccountFault {
    fn from(end: InvitationEnd) -> Self {
        match end {
            InvitationEnd::Used => Self::InvitationUsed,
            InvitationEnd::Expired => Self::InvitationExpired,
        }
    }
}

impl From<AccountAsker> for AnswerBy {
    fn from(asker: AccountAsker) -> Self {
        match asker {
            AccountAsker::Person | AccountAsker::Operator => Self::Service,
            // The words of a FAIL are what the administrator and visitors read.
            AccountAsker::Command | AccountAsker::Visitor(_) | AccountAsker::Administrator(_) => {
                Self::Fail(CommandName::Register)
            }
        }
    }
}

/// What is in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AccountFault {
    /// There is an account with that name.
    Exists,
    /// There is an account whose name looks like it.
    Confusable,
    /// Somebody else has the name as their nick.
    NickInUse,
    /// The name cannot be the nick of anybody.
    BadName,
    /// The name is another than the client's nick.
    NotTheNick,
    /// People cannot create accounts here without an invitation.
    InvitationNeeded,
    /// There is no invitation with that code or number.
    NoSuchInvitation,
    /// As many people have used the invitation as may.
    InvitationUsed,
    /// The time of the invitation is over.
    InvitationExpired,
    /// Somebody owns the server.
    HasOwner,
    /// The channel that people are to be invited to does not exist.
    NoSuchRoom(String),
    /// There are as many invitations as there may be.
    TooManyInvitations,
    /// The invitation is to be for too many people or days, or none.
    BadInvitation,
    /// Whoever asks may not invite to that.
    MayNotInvite,
    /// The client has no nick yet.
    NoNick,
    /// People cannot create accounts here themselves.
    RegistrationClosed,
    /// It is possible only after the client is registered.
    NotConnectedYet,
    /// The server asks for a password of its own first.
    ServerPasswordFirst,
    /// An e-mail address is needed.
    EmailNeeded,
    /// It cannot be a new password.
    BadPassword(BadPassword),
    /// The address has created many accounts within the hour.
    TooManyFromAddress,
    /// The server has no room for more accounts.
    Full,
    /// The disk of the machine is nearly full.
    DiskFull,
    /// Whoever asks is signed in to this account already.
    SignedIn(String),
    /// Whoever asks has other connections, too, which have not proved that the account is theirs.
    HereTwice,
    /// Whoever asks is not signed in.
    NotSignedIn,
    /// There is no such account.
    NoSuchAccount,
    /// The name or the password is wrong, or both; which one is not said.
    WrongPassword,
    /// Nobody may sign in to the account, for this reason.
    Suspended(String),
    /// Somebody with another nick is signed in to the account already.
    PresentElsewhere,
    /// The client has no certificate.
    NoCertificate,
    /// No account has the client's certificate.
    UnknownCertificate,
    /// What was given is not a fingerprint.
    BadFingerprint,
    /// An account has this certificate already.
    CertificateTaken,
    /// The account does not have this certificate.
    NoSuchCertificate,
    /// The account has as many certificates as it may have.
    TooManyCertificates,
    /// The account has as many app passwords as it may have.
    TooManyAppPasswords,
    /// The account has an app password of this name.
    AppPasswordExists,
    /// The account has no such app password.
    NoSuchAppPassword,
    /// It needs the password of the account, and whoever asks has signed in with an app password.
    OnlyByPassword,
    /// The account has no device with this number.
    NoSuchDevice,
    /// What the client sent is not part of the exchange.
    BadMessage,
    /// The channel belongs to the server.
    ServersRoom,
    /// On this server, channels belong to nobody.
    NoOwners,
    /// The channel has an owner already.
    Owned,
    /// The channel has no owner.
    NotOwned,
    /// Only the channel's owner may do it.
    NotTheOwner,
    /// Only somebody with a rank at least as high may give it or take it away.
    RankTooLow,
    /// Too many channels were kept because of the address within the hour.
    TooManyNewChannels,
    /// The account owns as many channels as it may.
    TooManyChannels,
    /// The channel remembers as many accounts as it may.
    TooManyMembers,
    /// Whoever asks is not an operator of the channel.
    NotOperator,
    /// The channel is not offered to whoever asks, or to nobody.
    NotOffered,
    /// The channel is not closed.
    NotClosed,
    /// As many channels are closed as may be.
    TooManyClosed,
    /// There are no accounts.
    NoAccounts,
    /// The configuration says who may come in, and nobody else.
    InFile,
    /// Whoever asks does not own the server.
    NotServerOwner,
    /// It has to wait.
    Wait(String),
}

impl From<BadPassword> for AccountFault {
    fn from(why: BadPassword) -> Self {
        Self::BadPassword(why)
    }
}

impl AccountFault {
    /// The refusal of something that concerns this account.
    pub(crate) fn of(self, way: impl Into<AnswerBy>, account: impl Into<String>) -> Refusal {
        Refusal::Account(Box::new(AccountRefusal { way: way.into(), account: account.into(), fault: self }))
    }

    /// The code for programs.
    const fn code(&self) -> FailCode {
        match self {
            Self::Exists | Self::Confusable | Self::NickInUse => FailCode::AccountExists,
            Self::NotTheNick => FailCode::AccountNameMustBeNick,
            Self::InvitationNeeded => FailCode::InvitationNeeded,
            Self::NoSuchInvitation | Self::InvitationUsed | Self::InvitationExpired => {
                FailCode::InvalidInvitation
            }
            Self::BadInvitation | Self::NoAccounts => FailCode::InvalidParams,
            Self::InFile => FailCode::SetInFile,
            Self::NotServerOwner => FailCode::NoPermission,
            Self::TooManyInvitations => FailCode::LimitReached,
            Self::HasOwner | Self::NoSuchRoom(_) | Self::MayNotInvite => FailCode::InvalidTarget,
            Self::NoNick => FailCode::NeedNick,
            Self::NotConnectedYet => FailCode::CompleteConnectionRequired,
            Self::EmailNeeded => FailCode::InvalidEmail,
            Self::BadPassword(BadPassword::TooShort(_)) => FailCode::WeakPassword,
            Self::BadPassword(BadPassword::TooLong(_)) => FailCode::UnacceptablePassword,
            Self::SignedIn(_) | Self::HereTwice => FailCode::AlreadyAuthenticated,
            Self::RegistrationClosed
            | Self::ServerPasswordFirst
            | Self::TooManyFromAddress
            | Self::Full
            | Self::DiskFull
            | Self::Wait(_) => FailCode::TemporarilyUnavailable,
            Self::NotSignedIn => FailCode::AccountRequired,
            Self::BadName
            | Self::NoSuchAccount
            | Self::WrongPassword
            | Self::Suspended(_)
            | Self::PresentElsewhere
            | Self::NoCertificate
            | Self::UnknownCertificate
            | Self::BadFingerprint
            | Self::CertificateTaken
            | Self::NoSuchCertificate
            | Self::TooManyCertificates
            | Self::ServersRoom
            | Self::NoOwners
            | Self::Owned
            | Self::NotOwned
            | Self::NotTheOwner
            | Self::RankTooLow
            | Self::TooManyNewChannels
            | Self::TooManyChannels
            | Self::TooManyMembers
            | Self::NotOperator
            | Self::TooManyAppPasswords
            | Self::AppPasswordExists
            | Self::NoSuchAppPassword
            | Self::OnlyByPassword
            | Self::NoSuchDevice
            | Self::NotOffered
            | Self::NotClosed
            | Self::TooManyClosed
            | Self::BadMessage => FailCode::BadAccountName,
        }
    }

    /// The sentence for people, without its full stop.
    #[expect(clippy::too_many_lines, reason = "a list of sentences, by fault")]
    pub(crate) fn sentence(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::Exists => "There is an account with this name already",
            Self::Confusable => "There is an account whose name looks like this one",
            Self::NickInUse => "Somebody else is using this nickname now",
            Self::BadName => "No account can have this name",
            Self::NotTheNick => "The name of your account must be your nickname; change that first",
            Self::InvitationNeeded => "This server is for people who were invited: an invitation is needed",
            Self::NoSuchInvitation => "There is no such invitation, or it was taken back",
            Self::InvitationUsed => "As many people as may have used this invitation already",
            Self::InvitationExpired => "The time of this invitation is over",
            Self::HasOwner => "The server has an owner",
            Self::NoSuchRoom(name) => return format!("There is no room {name}").into(),
            Self::TooManyInvitations => "There are too many invitations; take one back first",
            Self::BadInvitation => {
                "An invitation is for 1 to 1000 people and 1 to 365 days, and for at most 20 rooms"
            }
            Self::MayNotInvite => "You can invite people only to rooms that you own",
            Self::NoNick => "Choose a nickname first",
            Self::RegistrationClosed => "On this server, only its operators create accounts",
            Self::NotConnectedYet => "You can create an account once you are connected",
            Self::ServerPasswordFirst => "This server asks for its own password first",
            Self::EmailNeeded => "This server asks for your e-mail address",
            Self::BadPassword(why) => return why.to_string().into(),
            Self::TooManyFromAddress => {
                "Too many accounts were created from your address; try again in an hour"
            }
            Self::DiskFull => "The server's disk is nearly full, so this cannot be kept. Try again later",
            Self::Full => "This server has no room for another account",
            Self::SignedIn(account) => return format!("You are signed in to {account}").into(),
            Self::HereTwice => "You are here with other devices, too; sign in while you connect",
            Self::NotSignedIn => "You are not signed in to an account",
            Self::NoSuchAccount => "There is no account with this name",
            Self::WrongPassword => "The account name or the password is wrong",
            Self::Suspended(why) if why.is_empty() => "This account is suspended",
            Self::Suspended(why) => return format!("This account is suspended: {why}").into(),
            Self::PresentElsewhere => {
                "You are already here with another nickname; sign in while you connect, and both are one"
            }
            Self::NoCertificate => "Your client has not shown a certificate on this connection",
            Self::UnknownCertificate => "No account has the certificate of your client",
            Self::BadFingerprint => "A fingerprint is the SHA-256 of a certificate: 64 hexadecimal digits",
            Self::CertificateTaken => "An account has this certificate already",
            Self::NoSuchCertificate => "The account does not have this certificate",
            Self::TooManyCertificates => "The account has as many certificates as it may have",
            Self::ServersRoom => "This room belongs to the server",
            Self::NoOwners => "On this server, rooms belong to nobody",
            Self::Owned => "This room has an owner already",
            Self::NotOwned => "This room has no owner; an operator of it can register it",
            Self::NotTheOwner => "Only the owner of the room can do that",
            Self::RankTooLow => "Your own rank in the room is too low for that",
            Self::TooManyNewChannels => {
                "Too many new rooms were made from your address; try again within the hour"
            }
            Self::TooManyChannels => "The account owns as many rooms as it may",
            Self::TooManyMembers => "The room remembers as many accounts as it may",
            Self::NotOperator => "You are not an operator of this room",
            Self::TooManyAppPasswords => "The account has as many app passwords as it may; revoke one first",
            Self::AppPasswordExists => "The account has an app password with this name",
            Self::NoSuchAppPassword => "The account has no such app password",
            Self::OnlyByPassword => {
                "An app password is not enough for that: sign in with the password of the account"
            }
            Self::NoSuchDevice => "The account is not signed in to on such a device",
            Self::NotOffered => "This room is not offered to you, or to anybody",
            Self::NotClosed => "This room is not closed",
            Self::TooManyClosed => "Too many rooms are closed; open one first",
            Self::NoAccounts => "This server has no accounts, so everybody may come in",
            Self::InFile => {
                "The configuration file says who may come in, and it wins: change access.policy or accounts.require there"
            }
            Self::NotServerOwner => "Only an owner of this server can do that",
            Self::BadMessage => "Your client did not follow the rules of this way to sign in",
            Self::Wait(why) => return why.as_str().into(),
        })
    }
}

impl AccountRefusal {
    /// The line for the client.
    pub(super) fn encode(&self, server: &str, client: &str) -> Vec<u8> {
        let sentence = self.fault.sentence();
        match self.way {
            AnswerBy::Fail(command) => {
                let account = fitting(&self.account, ABOUT_BYTES_MAX);
                let context = [if account.is_empty() { "*" } else { account }];
                let (command, code, description) = (command.as_str(), self.fault.code(), &*sentence);
                StandardReply { severity: Severity::Fail, command, code, context: &context, description }
                    .encode(server)
            }
            AnswerBy::Service => service::notice(service::NICKSERV, server, client, &sentence),
            AnswerBy::ChanServ => service::notice(service::CHANSERV, server, client, &sentence),
            AnswerBy::Sasl => Reply::SaslFailed { why: &sentence }.encode(server, client),
            AnswerBy::Pass if self.fault == AccountFault::WrongPassword => {
                Reply::PasswordMismatch {}.encode(server, client)
            }
            AnswerBy::Pass => Reply::UnknownError { command: "PASS", why: &sentence }.encode(server, client),
        }
    }
}
