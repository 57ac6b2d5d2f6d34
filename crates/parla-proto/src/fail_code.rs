//! The codes of standard replies, by which programs distinguish failures: those that parlad sends, and those
//! that clients of any server should understand.
//!
//! <https://ircv3.net/specs/extensions/standard-replies>; each code is explained in the specification of its
//! command. The codes for nicks are parlad's own; see [`crate::nick_fault`].

use std::fmt;

macro_rules! fail_codes {
    ($($name:ident = $word:literal,)*) => {
        /// The code of a FAIL, a WARN or a NOTE.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum FailCode {
            $(#[doc = concat!($word, ".")] $name,)*
        }

        impl FailCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Parses a code. `None` if the table does not contain it, in which case only its text is of use.
            pub fn parse(word: &str) -> Option<Self> {
                Some(match word {
                    $($word => Self::$name,)*
                    _ => return None,
                })
            }

            /// The code on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

fail_codes! {
    AccountExists = "ACCOUNT_EXISTS",
    AccountNameMustBeNick = "ACCOUNT_NAME_MUST_BE_NICK",
    AccountRequired = "ACCOUNT_REQUIRED",
    AccountRequiredToConnect = "ACCOUNT_REQUIRED_TO_CONNECT",
    AlreadyAuthenticated = "ALREADY_AUTHENTICATED",
    BadAccountName = "BAD_ACCOUNT_NAME",
    CannotRename = "CANNOT_RENAME",
    ChannelNameInUse = "CHANNEL_NAME_IN_USE",
    CompleteConnectionRequired = "COMPLETE_CONNECTION_REQUIRED",
    InvalidEmail = "INVALID_EMAIL",
    InvalidInvitation = "INVALID_INVITATION",
    InvalidKey = "INVALID_KEY",
    InvalidMsgrefType = "INVALID_MSGREFTYPE",
    InvalidParams = "INVALID_PARAMS",
    InvalidRealname = "INVALID_REALNAME",
    InvalidRefTag = "INVALID_REFTAG",
    InvalidTarget = "INVALID_TARGET",
    InvalidUtf8 = "INVALID_UTF8",
    InvalidValue = "INVALID_VALUE",
    InvitationsEnd = "INVITATIONS_END",
    InvitationAccepted = "INVITATION_ACCEPTED",
    InvitationCreated = "INVITATION_CREATED",
    InvitationListed = "INVITATION_LISTED",
    InvitationNeeded = "INVITATION_NEEDED",
    InvitationRevoked = "INVITATION_REVOKED",
    KeyInvalid = "KEY_INVALID",
    KeyNotSet = "KEY_NOT_SET",
    KeyNoPermission = "KEY_NO_PERMISSION",
    LimitReached = "LIMIT_REACHED",
    MessageError = "MESSAGE_ERROR",
    MessageTooLong = "MESSAGE_TOO_LONG",
    MultilineInvalid = "MULTILINE_INVALID",
    MultilineInvalidTarget = "MULTILINE_INVALID_TARGET",
    MultilineMaxBytes = "MULTILINE_MAX_BYTES",
    MultilineMaxLines = "MULTILINE_MAX_LINES",
    NeedMoreParams = "NEED_MORE_PARAMS",
    NeedNick = "NEED_NICK",
    NicknameCharacter = "NICKNAME_CHARACTER",
    NicknameConfusable = "NICKNAME_CONFUSABLE",
    NicknameInvalid = "NICKNAME_INVALID",
    NicknameReserved = "NICKNAME_RESERVED",
    NicknameStart = "NICKNAME_START",
    NicknameTooLong = "NICKNAME_TOO_LONG",
    NoPermission = "NO_PERMISSION",
    RateLimited = "RATE_LIMITED",
    RedactForbidden = "REDACT_FORBIDDEN",
    SetInFile = "SET_IN_FILE",
    StorageFull = "STORAGE_FULL",
    SubcommandInvalid = "SUBCOMMAND_INVALID",
    TemporarilyUnavailable = "TEMPORARILY_UNAVAILABLE",
    Timeout = "TIMEOUT",
    TooManySubs = "TOO_MANY_SUBS",
    Truncated = "TRUNCATED",
    UnacceptablePassword = "UNACCEPTABLE_PASSWORD",
    UnknownMsgid = "UNKNOWN_MSGID",
    UnknownType = "UNKNOWN_TYPE",
    ValueInvalid = "VALUE_INVALID",
    WeakPassword = "WEAK_PASSWORD",
}

impl fmt::Display for FailCode {
    /// The code on the wire.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_is_read_back() {
        for code in FailCode::ALL {
            assert_eq!(FailCode::parse(code.as_str()), Some(*code));
        }
        assert_eq!(FailCode::parse("NO_SUCH_CODE"), None);
        assert_eq!(FailCode::parse("timeout"), None, "codes are written in capitals");
    }

    #[test]
    fn the_table_is_in_the_order_of_the_alphabet() {
        assert!(FailCode::ALL.is_sorted_by_key(|code| code.as_str()));
    }
}
