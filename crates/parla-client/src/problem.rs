//! What can go wrong, as a closed list. The interface has the sentences; the server's own words are in `details`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

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
    /// The certificate is too old, not trusted, or otherwise bad.
    BadCertificate,
    /// The address cannot be read.
    BadAddress,
    /// The connection broke.
    Lost,
    /// The server ended it, and said why in `details`.
    ServerClosed,
    /// The other side does not speak IRC.
    NotIrc,

    // Signing in.
    /// Somebody has this name.
    NickTaken,
    /// The server does not allow this name.
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
    /// A password would go over a connection that others can read.
    PasswordReadable,
    /// Banned from the server.
    BannedFromServer,
    /// Too many connections or too fast.
    Throttled,

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

    /// Anything else that the server refuses; its words are in `details`.
    Other,
}
