//! Refusals: why a user may not do something, and the numeric that tells them.

pub(crate) mod account;
pub(crate) mod metadata;

use std::borrow::Cow;

use parla_proto::{
    Capabilities, ChannelName, CommandName, FailCode, Nick, NickFault, Reply,
    line::fitting,
    reply::{Severity, StandardReply},
};

use self::{account::AccountRefusal, metadata::MetadataFailure};
use crate::{
    base::metadata::{Dialect, Reader},
    network::rank::Rank,
};

/// Why a command was not carried out. It is the user's fault or nobody's, never the server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The actor has left since this was proposed, so there is nobody to tell.
    Gone,
    /// A NOTICE found nobody; it is never answered with an error.
    Silent,
    NoSuchNick(String),
    NoSuchServer(String),
    NoSuchChannel(String),
    CannotSend {
        channel: ChannelName,
        why: Silenced,
    },
    /// The receiver does not accept CTCP.
    CtcpUnwanted(String),
    TooManyChannels {
        channel: ChannelName,
        why: &'static str,
    },
    TooManyTargets(String),
    NoOrigin,
    NoRecipient(CommandName),
    NoTextToSend,
    InputTooLong,
    NoNickGiven,
    ErroneousNick {
        nick: String,
        fault: NickFault,
    },
    NickInUse(String),
    /// The nick looks like another one that is in use.
    NickConfusable {
        nick: String,
        other: Nick,
    },
    NickReserved(String),
    /// The nick belongs to an account that the client is not signed in to.
    NickOwned(String),
    /// Something could not be done with an account.
    Account(Box<AccountRefusal>),
    /// Somebody who is banned or muted in this channel may not change their nick, because members would be
    /// told of it.
    NickHeld {
        nick: String,
        channel: ChannelName,
    },
    UserNotInChannel {
        nick: String,
        channel: ChannelName,
    },
    NotOnChannel(ChannelName),
    UserOnChannel {
        nick: String,
        channel: ChannelName,
    },
    NotRegistered,
    AlreadyRegistered,
    NeedMoreParams(CommandName),
    ChannelIsFull(ChannelName),
    InviteOnly(ChannelName),
    Banned(ChannelName),
    BadKey(ChannelName),
    BadChannelName(String),
    AccountNeeded(ChannelName),
    /// An operator of the server has closed the channel.
    Closed {
        channel: ChannelName,
        /// The sentence for people.
        why: String,
    },
    /// The other user may write to this one already.
    AcceptedAlready(String),
    /// The other user is not one of those who may write to this one.
    NotAccepted(String),
    /// The user is forwarded to another channel.
    Forwarded {
        from: ChannelName,
        to: ChannelName,
    },
    ListFull {
        channel: ChannelName,
        letter: char,
    },
    OperatorNeeded(ChannelName),
    /// Only members of this rank and higher may do it.
    RankNeeded {
        channel: ChannelName,
        rank: Rank,
    },
    /// The other member's rank is equal or higher.
    Outranked(ChannelName),
    PasswordMismatch,
    /// The password was not compared, so it may be right or wrong.
    PasswordNotCompared(String),
    NoOperHost,
    /// The text given to CHGHOST cannot be a host.
    BadHost,
    /// The receiver only accepts messages from users who are logged in.
    AccountNeededToSend(String),
    /// The actor is not an operator of the server.
    NoPrivileges,
    /// The actor is an operator, but lacks this privilege.
    MissingPrivilege(&'static str),
    UnknownCommand(CommandName),
    UnknownMode(char),
    InvalidModeParam {
        target: String,
        letter: char,
        param: String,
        why: &'static str,
    },
    UnknownUserMode,
    UsersDontMatch,
    Metadata(Box<MetadataFailure>),
    /// A refusal that has no numeric.
    Failure(Box<Failure>),
}

/// Why somebody cannot have a nick.
const IN_USE: &str = "Nickname is already in use";
const LOOKS_LIKE_ONE_IN_USE: &str = "This nickname looks like one that is in use";
const RESERVED: &str = "This nickname is reserved for services";
const OWNED: &str = "This nickname belongs to somebody with an account; sign in to use it";

/// Maximum length, in bytes, of each context parameter of a FAIL, so that there is room for the sentence.
const ABOUT_BYTES_MAX: usize = 128;

/// A FAIL, by whose code programs recognize the error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    command: CommandName,
    code: FailCode,
    /// The context: names and values from the command.
    about: Vec<String>,
    description: Cow<'static, str>,
}

impl Failure {
    /// The refusal of a command.
    pub(crate) fn of(
        command: CommandName,
        code: FailCode,
        about: &[&str],
        description: impl Into<Cow<'static, str>>,
    ) -> Refusal {
        let about = about.iter().map(|word| fitting(word, ABOUT_BYTES_MAX).to_owned()).collect();
        Refusal::Failure(Box::new(Self { command, code, about, description: description.into() }))
    }

    fn encode(&self, server: &str) -> Vec<u8> {
        let about: Vec<&str> = self.about.iter().map(String::as_str).collect();
        let (command, description) = (self.command.as_str(), &*self.description);
        let (severity, code, context) = (Severity::Fail, self.code, &*about);
        StandardReply { severity, command, code, context, description }.encode(server)
    }
}

/// Why a user cannot send to a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silenced {
    NotMember,
    Moderated,
    AccountNeeded,
    Banned,
    Muted,
    NoCtcp,
    DiskFull,
    /// The first message would make the channel a kept one.
    TooManyNewChannels,
}

impl Silenced {
    const fn why(self) -> &'static str {
        match self {
            Self::NotMember => "Cannot send to channel (+n): you are not in it",
            Self::Moderated => "Cannot send to channel (+m): you need voice",
            Self::AccountNeeded => {
                "Cannot send to channel (+M): you need voice, or to be signed in to an account"
            }
            Self::Banned => "Cannot send to channel (+b): you are banned",
            Self::Muted => "Cannot send to channel (+b m:): you are muted",
            Self::NoCtcp => "Cannot send to channel (+C): no CTCP other than actions",
            Self::DiskFull => "Cannot send to channel: the server's disk is nearly full. Try again later",
            Self::TooManyNewChannels => {
                "Cannot send to channel: too many new rooms were made from your address; try again within the hour"
            }
        }
    }
}

impl Refusal {
    /// All lines for the client: the FAIL for programs first, so that they know it when the numeric comes.
    pub(crate) fn lines(
        &self,
        server: &str,
        client: &str,
        capabilities: Capabilities,
    ) -> impl Iterator<Item = Vec<u8>> + use<> {
        let code = self.encode_code(server, capabilities);
        code.into_iter().chain(self.encode(server, client, capabilities))
    }

    /// The line for the client; `None` if it is not to be told.
    pub(crate) fn encode(&self, server: &str, client: &str, capabilities: Capabilities) -> Option<Vec<u8>> {
        match self {
            Self::Metadata(failure) => {
                let dialect = Dialect::of(capabilities);
                Some(failure.encode(Reader { server, client, dialect }, Severity::Fail))
            }
            Self::Failure(failure) => Some(failure.encode(server)),
            Self::Account(refusal) => Some(refusal.encode(server, client)),
            refusal => refusal.reply().map(|reply| reply.encode(server, client)),
        }
    }

    /// A FAIL that tells a program more than the numeric, to go with it, for clients with `standard-replies`.
    fn encode_code(&self, server: &str, capabilities: Capabilities) -> Option<Vec<u8>> {
        if !capabilities.contains(Capabilities::STANDARD_REPLIES) {
            return None;
        }
        let (nick, fault, detail) = match self {
            Self::ErroneousNick { nick, fault } => (nick, *fault, fault.detail()),
            Self::NickReserved(nick) => (nick, NickFault::Reserved, String::new()),
            Self::NickConfusable { nick, other } => (nick, NickFault::Confusable, other.to_string()),
            _ => return None,
        };
        let context = [fitting(nick, ABOUT_BYTES_MAX), &detail];
        let context = if detail.is_empty() { &context[..1] } else { &context };
        let (command, code, description) = (CommandName::Nick.as_str(), fault.code(), &*fault.to_string());
        Some(StandardReply { severity: Severity::Fail, command, code, context, description }.encode(server))
    }

    /// The numeric for the user; `None` if there is none to send.
    #[expect(clippy::too_many_lines, reason = "a list of numerics, by refusal")]
    fn reply(&self) -> Option<Reply<'_>> {
        Some(match self {
            Self::Gone | Self::Silent | Self::Account(_) | Self::Metadata(_) | Self::Failure(_) => {
                return None;
            }
            Self::AcceptedAlready(nick) => Reply::AcceptExists { nick },
            Self::NotAccepted(nick) => Reply::AcceptMissing { nick },
            Self::Closed { channel, why } => Reply::NickUnavailable { nick: channel.as_str(), why },
            Self::NoSuchNick(nick) => Reply::NoSuchNick { nick },
            Self::NoSuchServer(server) => Reply::NoSuchServer { server },
            Self::NoSuchChannel(channel) => Reply::NoSuchChannel { channel },
            Self::CannotSend { channel, why: silenced } => {
                Reply::CannotSendToChannel { channel: channel.as_str(), why: silenced.why() }
            }
            Self::CtcpUnwanted(nick) => {
                Reply::CannotSendToUser { nick, why: "They take no CTCP other than actions (user mode +T)" }
            }
            Self::TooManyChannels { channel, why } => {
                Reply::TooManyChannels { channel: channel.as_str(), why }
            }
            Self::TooManyTargets(target) => Reply::TooManyTargets { target },
            Self::NoOrigin => Reply::NoOrigin {},
            Self::NoRecipient(command) => Reply::NoRecipient { command: command.as_str() },
            Self::NoTextToSend => Reply::NoTextToSend {},
            Self::InputTooLong => Reply::InputTooLong {},
            Self::NoNickGiven => Reply::NoNickGiven {},
            Self::ErroneousNick { nick, fault } => Reply::ErroneousNick { nick, fault: *fault },
            Self::NickInUse(nick) => Reply::NickInUse { nick, why: IN_USE },
            Self::NickConfusable { nick, .. } => Reply::NickInUse { nick, why: LOOKS_LIKE_ONE_IN_USE },
            Self::NickOwned(nick) => Reply::NickInUse { nick, why: OWNED },
            Self::NickReserved(nick) => Reply::NickUnavailable { nick, why: RESERVED },
            Self::NickHeld { nick, channel } => Reply::BannedNickChange { nick, channel: channel.as_str() },
            Self::UserNotInChannel { nick, channel: of } => {
                Reply::UserNotInChannel { nick, channel: of.as_str() }
            }
            Self::NotOnChannel(channel) => Reply::NotOnChannel { channel: channel.as_str() },
            Self::UserOnChannel { nick, channel } => Reply::UserOnChannel { nick, channel: channel.as_str() },
            Self::NotRegistered => Reply::NotRegistered {},
            Self::AlreadyRegistered => Reply::AlreadyRegistered {},
            Self::NeedMoreParams(command) => Reply::NeedMoreParams { command: command.as_str() },
            Self::ChannelIsFull(channel) => Reply::ChannelIsFull { channel: channel.as_str() },
            Self::InviteOnly(channel) => Reply::InviteOnlyChannel { channel: channel.as_str() },
            Self::Banned(channel) => Reply::BannedFromChannel { channel: channel.as_str() },
            Self::BadKey(channel) => Reply::BadChannelKey { channel: channel.as_str() },
            Self::BadChannelName(channel) => Reply::BadChannelMask { channel },
            Self::AccountNeeded(channel) => Reply::AccountNeededToJoin { channel: channel.as_str() },
            Self::Forwarded { from, to } => Reply::ForwardedTo { from: from.as_str(), to: to.as_str() },
            Self::ListFull { channel: of, letter } => {
                Reply::ListFull { channel: of.as_str(), letter: *letter }
            }
            Self::OperatorNeeded(channel) => rank_needed(channel, Rank::OPERATOR),
            Self::RankNeeded { channel, rank } => rank_needed(channel, *rank),
            Self::Outranked(channel) => Reply::ChannelOperatorNeeded {
                channel: channel.as_str(),
                why: "Their rank is as high as yours, or higher",
            },
            Self::PasswordMismatch => Reply::PasswordMismatch {},
            Self::PasswordNotCompared(why) => Reply::TryAgain { command: CommandName::Oper.as_str(), why },
            Self::NoOperHost => Reply::NoOperHost {},
            Self::BadHost => Reply::UnknownError {
                command: CommandName::Chghost.as_str(),
                why: "A host has letters, digits and -.:/_ and is not too long",
            },
            Self::AccountNeededToSend(nick) => Reply::AccountNeededToSend { nick },
            Self::NoPrivileges => Reply::NoPrivileges {},
            Self::MissingPrivilege(privilege) => Reply::MissingPrivilege { privilege },
            Self::UnknownCommand(command) => Reply::UnknownCommand { command: command.as_str() },
            Self::UnknownMode(letter) => Reply::UnknownMode { letter: *letter },
            Self::InvalidModeParam { target, letter, param, why } => {
                Reply::InvalidModeParam { target, letter: *letter, param, why }
            }
            Self::UnknownUserMode => Reply::UnknownUserMode {},
            Self::UsersDontMatch => Reply::UsersDontMatch {},
        })
    }
}

/// Who may do it, as a sentence.
fn rank_needed(channel: &ChannelName, rank: Rank) -> Reply<'_> {
    let why = match rank {
        Rank::FOUNDER => "You're not an owner of the channel",
        Rank::PROTECTED => "You're not a protected member of the channel",
        Rank::HALF_OPERATOR => "You're not a channel operator or half-operator",
        _ => "You're not a channel operator",
    };
    Reply::ChannelOperatorNeeded { channel: channel.as_str(), why }
}
