//! Everything that can go wrong, as a closed list. The interface has the sentences; `details` has the
//! server's own words.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::text::shown_name;

/// The most characters of `details` that are kept.
const DETAILS_CHARS_MAX: usize = 500;

/// Something that failed, with what the server or the system said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The kind of problem, from which the interface makes its sentence.
    pub kind: ProblemKind,
    /// The room or nick that it is about, as it is shown; empty if that is clear.
    pub about: Arc<str>,
    /// The line or the error as it came, without control characters, for people who want to see it.
    pub details: Arc<str>,
    /// How often in a row the person has tried in vain for this reason.
    pub tries: u32,
}

impl Problem {
    /// A problem about `about`, a name as the server knows it, with the `details` as they came.
    pub fn new(kind: ProblemKind, about: &str, details: &str) -> Self {
        let details = details.chars().filter(|char| !char.is_control()).take(DETAILS_CHARS_MAX);
        Self { kind, about: shown_name(about), details: details.collect::<String>().into(), tries: 1 }
    }

    /// A problem with nothing but its kind.
    pub fn of(kind: ProblemKind) -> Self {
        Self { kind, about: Arc::default(), details: Arc::default(), tries: 1 }
    }

    /// The same problem, counted on from `before`, which is what the person was told last.
    pub(crate) fn after(self, before: Option<&Self>) -> Self {
        let again = before.filter(|before| before.kind == self.kind && before.about == self.about);
        Self { tries: again.map_or(1, |before| before.tries.saturating_add(1)), ..self }
    }
}

/// The kinds of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProblemKind {
    // Reaching the server.
    /// No server has this name.
    HostNotFound,
    /// Nothing listens at that port.
    Refused,
    /// There was no answer in time.
    TimedOut,
    /// The port does not speak TLS.
    NotEncrypted,
    /// The certificate is for another name.
    WrongCertificateName,
    /// No encrypted connection is possible, but another port of the server answers without encryption.
    PlainOnly,
    /// No trusted authority vouches for the certificate, or it is invalid in another way.
    BadCertificate,
    /// The certificate has expired.
    CertificateExpired,
    /// The certificate is not valid yet.
    CertificateNotYetValid,
    /// The person trusts one certificate of this server, and the server presents another.
    CertificateChanged,
    /// The address cannot be read.
    BadAddress,
    /// The connection broke.
    Lost,
    /// No connection could be made, and the system does not say why.
    Unreachable,
    /// The server ended the connection, and said why in `details`.
    ServerClosed,
    /// The server is being shut down or restarted.
    ServerStopping,
    /// Somebody who runs the server ended the connection.
    Killed,
    /// The person sent too much at once.
    Flooded,
    /// The app did not read fast enough what the server sent.
    TooSlow,
    /// The server accepts no more people.
    ServerFull,
    /// The server accepts no more connections from this address or network.
    TooManyFromAddress,
    /// There were too many new connections from this address or network within a short time.
    ConnectingTooFast,
    /// The port accepts only encrypted connections.
    EncryptionNeeded,
    /// The other side is a web server.
    WebServer,
    /// The other side does not speak IRC.
    NotIrc,

    // Signing in.
    /// Somebody else has this nick.
    NickTaken,
    /// The nick looks too much like that of somebody else.
    NickConfusable,
    /// The nick is not available, for a while or for good.
    NickHeld,
    /// Nobody can have this nick.
    NickReserved,
    /// The nick is too long; this many letters of it fit.
    NickTooLong(u16),
    /// No nick may start with this character.
    NickStart(char),
    /// No nick may contain this character.
    NickCharacter(char),
    /// The server accepts only the letters a to z.
    NickLetters,
    /// The letters are allowed, but not in this combination.
    NickMixed,
    /// The server does not allow this nick, and we cannot tell why.
    NickInvalid,
    /// The server requires a password, and none was sent.
    PasswordNeeded,
    /// The password is wrong: that of the account `about`, or that of the server if `about` is empty.
    PasswordWrong,
    /// The server accepts only people with an account.
    SignInNeeded,
    /// The server did not sign the person in, for the reason in `details`.
    SignInRefused,
    /// The server offers sign-in, but not by password; `details` has the ways that it offers.
    SignInUnsupported,
    /// The file with the person's certificate cannot be used, for the reason in `details`.
    BadIdentity,
    /// A password would be sent over a connection that others can read.
    PasswordReadable,
    /// The person is banned from the server.
    BannedFromServer,
    /// Too much was requested within a short time.
    Throttled,
    /// Registration took too long.
    SignInTimedOut,

    // Rooms.
    /// The room is full.
    RoomFull,
    /// Only people who were invited may join the room.
    InviteOnly,
    /// The person is banned from the room.
    BannedFromRoom,
    /// Only people who were invited may join the room. The person was in it before, but has no account by which
    /// the server could recognise them.
    NotRecognised,
    /// The room has a key, and none was given.
    KeyNeeded,
    /// The room has another key than the one that was given.
    KeyWrong,
    /// The room or the command is only for people with an account.
    AccountNeeded,
    /// There is no room of this name, or the name is not allowed.
    NoSuchRoom,
    /// The person is in too many rooms.
    TooManyRooms,
    /// The person has as many conversations as the client keeps.
    TooManyConversations,
    /// Somebody removed the person from the room.
    KickedOut,
    /// The person is not in that room.
    NotInRoom,
    /// The other person is already in the room.
    AlreadyInRoom,
    /// The other person is not in that room.
    TheyAreNotInRoom,

    // Saying and doing.
    /// The person may not speak there.
    CannotSpeak,
    /// Only people with voice may speak there.
    VoiceNeeded,
    /// Only people with an account, or with voice, may speak there.
    AccountNeededToSpeak,
    /// The room accepts messages only from its members.
    OutsideRoom,
    /// The person is banned or muted in the room, and so may not speak there.
    SilencedInRoom,
    /// The room does not accept messages of this kind.
    NotTaken,
    /// Nobody has this nick.
    NoSuchPerson,
    /// Only operators of the room may do this.
    NotOperator,
    /// Only people who run the server may do this.
    NotServerOperator,
    /// The setting of the room does not accept this value.
    BadSetting,
    /// The list of the room is full.
    ListFull,
    /// The server has no space left to keep this.
    ServerStorageFull,
    /// The text cannot be made to fit into one message.
    TooLong,
    /// The text would become this many messages, which is more than can be sent at once.
    TooManyMessages(u32),
    /// The text has more bytes than can be sent at once.
    TooMuchText,
    /// The connection was lost, so the server may have the message or not.
    MaybeLost,
    /// The person left the conversation before the message was sent. The conversation stays until they close
    /// it once more.
    LeftUnsent,
    /// The conversation was closed before the person's wish arrived; `details` has what they wrote.
    ConversationGone,
    /// Too many messages are already waiting to be sent.
    QueueFull,
    /// This app has no such command.
    UnknownCommand,
    /// The command needs more words; `about` has the name of the command.
    MissingWords,
    /// The command makes no sense in this conversation.
    NotHere,
    /// This is possible only while connected.
    Offline,
    /// The server hands out another build of the page than this one.
    PageOutdated,

    // Keeping things on this machine.
    /// The messages of a network cannot be stored, or the stored ones cannot be read.
    ArchiveBroken,
    /// The system's keyring does not store or return the passwords of a network.
    KeyringFailing,
    /// The stored settings were damaged; `details` says where the damaged file was moved.
    StoreDamaged,
    /// The settings cannot be written at the moment.
    StoreFailing,
    /// The browser cannot store the settings: its storage is full or disabled.
    BrowserFull,

    /// The server refused something else; its words are in `details`.
    Other,
}

impl ProblemKind {
    /// Whether another nick would help.
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

    /// Whether a password, or another one, would help.
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

    /// Whether the problem is the server's certificate, which the person can look at.
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

    /// Whether the server could be reached without encryption, if the person wants that.
    pub const fn is_about_encryption(self) -> bool {
        matches!(self, Self::NotEncrypted | Self::PlainOnly)
    }
}
