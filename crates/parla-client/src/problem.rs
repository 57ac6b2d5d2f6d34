//! What can go wrong, as a closed list. The interface has the sentences; the server's own words are in `details`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::text::shown_name;

/// Characters that are kept of what the server or the system said.
const DETAILS_CHARS_MAX: usize = 500;

/// Something that did not work, and what the server or the system said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What it is.
    pub kind: ProblemKind,
    /// What it is about: a room or a nick, as shown; empty if that is clear.
    pub about: Arc<str>,
    /// The line or the error as it came, for those who want to see it. Without control characters.
    pub details: Arc<str>,
}

impl Problem {
    /// A problem with `about`, a name as the server knows it, and the `details` as they came.
    pub(crate) fn new(kind: ProblemKind, about: &str, details: &str) -> Self {
        let details = details.chars().filter(|char| !char.is_control()).take(DETAILS_CHARS_MAX);
        Self { kind, about: shown_name(about), details: details.collect::<String>().into() }
    }

    /// A problem of which nothing is to be said but its kind.
    pub(crate) fn of(kind: ProblemKind) -> Self {
        Self { kind, about: Arc::default(), details: Arc::default() }
    }
}

/// What kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProblemKind {
    // Reaching the server.
    /// No server of this name.
    HostNotFound,
    /// Nothing listens there.
    Refused,
    /// No answer in time.
    TimedOut,
    /// The port does not speak TLS.
    NotEncrypted,
    /// The certificate is for another name.
    WrongCertificateName,
    /// No encrypted connection can be made, and another port of the server answers without encryption.
    PlainOnly,
    /// Nobody who is trusted vouches for the certificate, or it is otherwise bad.
    BadCertificate,
    /// The certificate was valid once.
    CertificateExpired,
    /// The certificate is valid later.
    CertificateNotYetValid,
    /// The person trusts one certificate of this server, and it shows another.
    CertificateChanged,
    /// The address cannot be read.
    BadAddress,
    /// The connection broke.
    Lost,
    /// No connection could be made, and the system does not say why.
    Unreachable,
    /// The server ended it, and said why in `details`.
    ServerClosed,
    /// The server is being shut down or restarted.
    ServerStopping,
    /// Somebody who runs the server ended the connection.
    Killed,
    /// The server got too much at once.
    Flooded,
    /// What the server sent was not taken fast enough.
    TooSlow,
    /// The server takes no more people.
    ServerFull,
    /// The server takes no more connections from this address or network.
    TooManyFromAddress,
    /// There were too many new connections from this address or network in a short time.
    ConnectingTooFast,
    /// The port takes encrypted connections only.
    EncryptionNeeded,
    /// The other side is a web server.
    WebServer,
    /// The other side does not speak IRC.
    NotIrc,

    // Signing in.
    /// Somebody has this name.
    NickTaken,
    /// The name looks like one that somebody has.
    NickConfusable,
    /// The name is not given out, for a while or for good.
    NickHeld,
    /// Nobody can have this name.
    NickReserved,
    /// The name is too long. Of this one so many letters may stay.
    NickTooLong(u16),
    /// No name may start with this.
    NickStart(char),
    /// No name may have this in it.
    NickCharacter(char),
    /// The server takes only the letters from a to z.
    NickLetters,
    /// The letters are allowed, but not together.
    NickMixed,
    /// The server does not allow this name, and nobody can see why.
    NickInvalid,
    /// The server wants a password, and was shown none.
    PasswordNeeded,
    /// The server wants another password; of the account `about`, if it is one.
    PasswordWrong,
    /// The server lets only people with an account in.
    SignInNeeded,
    /// The server did not sign the person in, for the reason in `details`.
    SignInRefused,
    /// The server signs people in, but not by a password; how it does is in `details`.
    SignInUnsupported,
    /// The file with the person's certificate is of no use, for the reason in `details`.
    BadIdentity,
    /// A password would go over a connection that others can read.
    PasswordReadable,
    /// Banned from the server.
    BannedFromServer,
    /// Too much was asked in a short time.
    Throttled,
    /// The server was not told in time who one is.
    SignInTimedOut,

    // Rooms.
    /// The room is full.
    RoomFull,
    /// One must be invited.
    InviteOnly,
    /// Banned from the room.
    BannedFromRoom,
    /// The room has a key.
    KeyNeeded,
    /// The room or the command is for people with an account.
    AccountNeeded,
    /// No room of this name, or its name is not allowed.
    NoSuchRoom,
    /// In too many rooms.
    TooManyRooms,
    /// Sent out of the room by someone.
    KickedOut,
    /// Not in that room.
    NotInRoom,
    /// He is there already.
    AlreadyInRoom,
    /// The other is not in that room.
    TheyAreNotInRoom,

    // Saying and doing.
    /// May not speak there.
    CannotSpeak,
    /// Only those with voice may speak there.
    VoiceNeeded,
    /// Nothing comes into the room from outside.
    OutsideRoom,
    /// Banned from the room, or muted, and so may not speak there.
    SilencedInRoom,
    /// What was said is of a kind that the room does not take.
    NotTaken,
    /// Nobody of this name.
    NoSuchPerson,
    /// Only operators of the room may.
    NotOperator,
    /// Only those who run the server may.
    NotServerOperator,
    /// A setting of the room cannot be that.
    BadSetting,
    /// A list of the room is full.
    ListFull,
    /// The text does not fit in one message, whatever is done.
    TooLong,
    /// The text would become so many messages here, which is more than can be sent at once.
    TooManyMessages(u32),
    /// The text has more bytes than can be sent at once.
    TooMuchText,
    /// The server was not there to take it, and may have it or not.
    MaybeLost,
    /// Too much waits to be sent already.
    QueueFull,
    /// No such command in this app.
    UnknownCommand,
    /// The command wants more words; which is in `details`.
    MissingWords,
    /// Makes no sense in this conversation.
    NotHere,
    /// Only while connected.
    Offline,
    /// The server hands out another build of the page than this one.
    PageOutdated,

    // Keeping things on this machine.
    /// The messages of a network cannot be kept, or those that were kept cannot be read.
    ArchiveBroken,
    /// The system's keyring does not take or give the passwords of a network.
    KeyringFailing,
    /// What was remembered was damaged; `details` says where the damaged file is kept.
    StoreDamaged,
    /// What is to be remembered cannot be written at the moment.
    StoreFailing,
    /// The browser does not take what is to be remembered: its storage is full, or it gives none.
    BrowserFull,

    /// Anything else that the server refuses; its words are in `details`.
    Other,
}

impl ProblemKind {
    /// Whether another name helps.
    pub const fn is_about_nick(self) -> bool {
        matches!(
            self,
            Self::NickTaken
                | Self::NickConfusable
                | Self::NickHeld
                | Self::NickReserved
                | Self::NickTooLong(_)
                | Self::NickStart(_)
                | Self::NickCharacter(_)
                | Self::NickLetters
                | Self::NickMixed
                | Self::NickInvalid
        )
    }

    /// Whether a password, or another one, helps.
    pub const fn is_about_password(self) -> bool {
        matches!(
            self,
            Self::PasswordNeeded
                | Self::PasswordWrong
                | Self::PasswordReadable
                | Self::SignInNeeded
                | Self::SignInRefused
                | Self::SignInUnsupported
        )
    }

    /// Whether the server's certificate is in the way, which the person can look at.
    pub const fn is_about_certificate(self) -> bool {
        matches!(
            self,
            Self::WrongCertificateName
                | Self::BadCertificate
                | Self::CertificateExpired
                | Self::CertificateNotYetValid
                | Self::CertificateChanged
        )
    }

    /// Whether the server can be talked to without encryption, if the person wants that.
    pub const fn is_about_encryption(self) -> bool {
        matches!(self, Self::NotEncrypted | Self::PlainOnly)
    }
}
