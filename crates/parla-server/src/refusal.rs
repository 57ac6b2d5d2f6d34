//! Refusals: what a user may not do, and the numeric that says so.

use parla_proto::{ChannelName, Reply};

/// Why a command was not carried out. The user's fault, or nobody's; never the server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The actor left before the entry came; nobody is there to be told.
    Gone,
    /// A NOTICE found nobody; a NOTICE is never answered.
    Silent,
    NoSuchNick(String),
    NoSuchServer(String),
    NoSuchChannel(String),
    CannotSend(ChannelName, Silenced),
    TooManyChannels(ChannelName, &'static str),
    TooManyTargets(String),
    NoOrigin,
    NoRecipient(&'static str),
    NoTextToSend,
    InputTooLong,
    NoNickGiven,
    ErroneousNick(String),
    NickInUse(String),
    NickReserved(String),
    UserNotInChannel(String, ChannelName),
    NotOnChannel(ChannelName),
    UserOnChannel(String, ChannelName),
    NotRegistered,
    AlreadyRegistered,
    NeedMoreParams(&'static str),
    ChannelIsFull(ChannelName),
    InviteOnly(ChannelName),
    Banned(ChannelName),
    BadKey(ChannelName),
    BadChannelName(String),
    BanListFull(ChannelName, String),
    OperatorNeeded(ChannelName),
    UnknownCommand(&'static str),
    UnknownMode(char),
    InvalidModeParam {
        target: String,
        letter: char,
        param: String,
        why: &'static str,
    },
    UnknownUserMode,
    UsersDontMatch,
}

/// Why a user cannot send to a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silenced {
    NotMember,
    Moderated,
    Banned,
}

impl Silenced {
    const fn why(self) -> &'static str {
        match self {
            Self::NotMember => "Cannot send to channel (+n): you are not in it",
            Self::Moderated => "Cannot send to channel (+m): you need voice",
            Self::Banned => "Cannot send to channel (+b): you are banned",
        }
    }
}

impl Refusal {
    /// The numeric that tells the user; none where there is nothing to tell.
    pub(crate) fn reply(&self) -> Option<Reply<'_>> {
        Some(match self {
            Self::Gone | Self::Silent => return None,
            Self::NoSuchNick(nick) => Reply::NoSuchNick { nick },
            Self::NoSuchServer(server) => Reply::NoSuchServer { server },
            Self::NoSuchChannel(channel) => Reply::NoSuchChannel { channel },
            Self::CannotSend(channel, silenced) => {
                Reply::CannotSendToChannel { channel: channel.as_str(), why: silenced.why() }
            }
            Self::TooManyChannels(channel, why) => Reply::TooManyChannels { channel: channel.as_str(), why },
            Self::TooManyTargets(target) => Reply::TooManyTargets { target },
            Self::NoOrigin => Reply::NoOrigin {},
            Self::NoRecipient(command) => Reply::NoRecipient { command },
            Self::NoTextToSend => Reply::NoTextToSend {},
            Self::InputTooLong => Reply::InputTooLong {},
            Self::NoNickGiven => Reply::NoNickGiven {},
            Self::ErroneousNick(nick) => Reply::ErroneousNick { nick },
            Self::NickInUse(nick) => Reply::NickInUse { nick },
            Self::NickReserved(nick) => Reply::NickUnavailable { nick },
            Self::UserNotInChannel(nick, channel) => {
                Reply::UserNotInChannel { nick, channel: channel.as_str() }
            }
            Self::NotOnChannel(channel) => Reply::NotOnChannel { channel: channel.as_str() },
            Self::UserOnChannel(nick, channel) => Reply::UserOnChannel { nick, channel: channel.as_str() },
            Self::NotRegistered => Reply::NotRegistered {},
            Self::AlreadyRegistered => Reply::AlreadyRegistered {},
            Self::NeedMoreParams(command) => Reply::NeedMoreParams { command },
            Self::ChannelIsFull(channel) => Reply::ChannelIsFull { channel: channel.as_str() },
            Self::InviteOnly(channel) => Reply::InviteOnlyChannel { channel: channel.as_str() },
            Self::Banned(channel) => Reply::BannedFromChannel { channel: channel.as_str() },
            Self::BadKey(channel) => Reply::BadChannelKey { channel: channel.as_str() },
            Self::BadChannelName(channel) => Reply::BadChannelMask { channel },
            Self::BanListFull(channel, mask) => Reply::BanListFull { channel: channel.as_str(), mask },
            Self::OperatorNeeded(channel) => Reply::ChannelOperatorNeeded { channel: channel.as_str() },
            Self::UnknownCommand(command) => Reply::UnknownCommand { command },
            Self::UnknownMode(letter) => Reply::UnknownMode { letter: *letter },
            Self::InvalidModeParam { target, letter, param, why } => {
                Reply::InvalidModeParam { target, letter: *letter, param, why }
            }
            Self::UnknownUserMode => Reply::UnknownUserMode {},
            Self::UsersDontMatch => Reply::UsersDontMatch {},
        })
    }
}
