//! What went wrong, in words: what happened, what it means, what to do.
//!
//! The server's own words are never needed to understand these; they stand behind "Details".

use parla_client::{Problem, ProblemKind};

use super::{certificate::certificate, doing::doing, name::name};

/// A problem, told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What happened.
    pub title: String,
    /// What it means.
    pub meaning: String,
    /// What to do.
    pub remedy: String,
}

/// Tells a problem.
pub fn problem(problem: &Problem) -> Told {
    let (title, meaning, remedy) = sentences(problem.kind, &problem.about);
    Told { title, meaning: meaning.to_owned(), remedy: remedy.to_owned() }
}

pub(super) type Words = (String, &'static str, &'static str);

#[expect(clippy::too_many_lines, reason = "a table in which the compiler looks for every kind")]
fn sentences(kind: ProblemKind, about: &str) -> Words {
    match kind {
        kind @ (ProblemKind::HostNotFound
        | ProblemKind::Refused
        | ProblemKind::TimedOut
        | ProblemKind::NotEncrypted
        | ProblemKind::PlainOnly
        | ProblemKind::WrongCertificateName
        | ProblemKind::BadCertificate
        | ProblemKind::CertificateExpired
        | ProblemKind::CertificateNotYetValid
        | ProblemKind::CertificateChanged
        | ProblemKind::BadAddress
        | ProblemKind::Lost
        | ProblemKind::Unreachable
        | ProblemKind::EncryptionNeeded
        | ProblemKind::WebServer
        | ProblemKind::NotIrc) => reaching(kind, about),
        kind @ (ProblemKind::ServerClosed
        | ProblemKind::ServerStopping
        | ProblemKind::Killed
        | ProblemKind::Flooded
        | ProblemKind::TooSlow
        | ProblemKind::ServerFull
        | ProblemKind::TooManyFromAddress
        | ProblemKind::ConnectingTooFast
        | ProblemKind::SignInTimedOut) => ended(kind, about),
        kind @ (ProblemKind::NickTaken
        | ProblemKind::NickConfusable
        | ProblemKind::NickHeld
        | ProblemKind::NickReserved
        | ProblemKind::NickTooLong(_)
        | ProblemKind::NickStart(_)
        | ProblemKind::NickCharacter(_)
        | ProblemKind::NickLetters
        | ProblemKind::NickMixed
        | ProblemKind::NickInvalid) => name(kind, about),
        kind @ (ProblemKind::PasswordNeeded
        | ProblemKind::PasswordWrong
        | ProblemKind::BadIdentity
        | ProblemKind::PasswordReadable
        | ProblemKind::SignInNeeded
        | ProblemKind::SignInRefused
        | ProblemKind::SignInUnsupported
        | ProblemKind::BannedFromServer
        | ProblemKind::Throttled) => signing_in(kind, about),
        kind @ (ProblemKind::RoomFull
        | ProblemKind::InviteOnly
        | ProblemKind::BannedFromRoom
        | ProblemKind::KeyNeeded
        | ProblemKind::AccountNeeded
        | ProblemKind::NoSuchRoom
        | ProblemKind::TooManyRooms
        | ProblemKind::KickedOut
        | ProblemKind::NotInRoom
        | ProblemKind::AlreadyInRoom
        | ProblemKind::TheyAreNotInRoom) => rooms(kind, about),
        kind @ (ProblemKind::CannotSpeak
        | ProblemKind::VoiceNeeded
        | ProblemKind::OutsideRoom
        | ProblemKind::SilencedInRoom
        | ProblemKind::NotTaken
        | ProblemKind::NotOperator
        | ProblemKind::NotServerOperator
        | ProblemKind::BadSetting
        | ProblemKind::ListFull) => rights(kind, about),
        kind @ (ProblemKind::NoSuchPerson
        | ProblemKind::TooLong
        | ProblemKind::TooManyMessages(_)
        | ProblemKind::TooMuchText
        | ProblemKind::MaybeLost
        | ProblemKind::QueueFull
        | ProblemKind::UnknownCommand
        | ProblemKind::MissingWords
        | ProblemKind::NotHere
        | ProblemKind::Offline
        | ProblemKind::PageOutdated
        | ProblemKind::Other) => doing(kind, about),
        kind @ (ProblemKind::ArchiveBroken
        | ProblemKind::KeyringFailing
        | ProblemKind::StoreDamaged
        | ProblemKind::StoreFailing
        | ProblemKind::BrowserFull) => storing(kind),
    }
}

/// The name if there is one, else these words.
pub(super) fn or<'a>(about: &'a str, otherwise: &'a str) -> &'a str {
    if about.is_empty() { otherwise } else { about }
}

fn reaching(kind: ProblemKind, about: &str) -> Words {
    match kind {
        ProblemKind::HostNotFound => (
            if about.is_empty() {
                "No server of this name was found.".to_owned()
            } else {
                format!("No server named {about} was found.")
            },
            "The name may be misspelt, or this device is not on the internet.",
            "Check the name and your connection.",
        ),
        ProblemKind::Refused => (
            format!("{} does not answer at this port.", or(about, "The server")),
            "The device is there, but no chat server is listening at that port right now.",
            "Check the port, or try again in a while.",
        ),
        ProblemKind::TimedOut => (
            format!("{} did not answer in time.", or(about, "The server")),
            "It may be down or very busy, or something on the way blocks it.",
            "Try again in a while.",
        ),
        ProblemKind::NotEncrypted | ProblemKind::PlainOnly => unencrypted(kind, about),
        ProblemKind::WrongCertificateName
        | ProblemKind::BadCertificate
        | ProblemKind::CertificateExpired
        | ProblemKind::CertificateNotYetValid
        | ProblemKind::CertificateChanged => certificate(kind, about),
        ProblemKind::BadAddress => (
            "This address cannot be read.".to_owned(),
            "An address is the name of a server, sometimes with a port.",
            "Write it like irc.example.org or irc.example.org:6697.",
        ),
        ProblemKind::Unreachable => (
            format!("{} cannot be reached.", or(about, "The server")),
            "It may be switched off, or something on the way is in trouble.",
            "It is tried again by itself.",
        ),
        ProblemKind::EncryptionNeeded => (
            "This port takes encrypted connections only.".to_owned(),
            "You tried to connect to it without encryption.",
            "Write ircs:// before its address, or add it again without agreeing to go on unencrypted.",
        ),
        ProblemKind::WebServer => (
            "This is the port of a web server, not of a chat server.".to_owned(),
            "Pages are served there. What it answered is in the details.",
            "Leave the port away, or try 6697.",
        ),
        ProblemKind::NotIrc => (
            format!("{} is not a chat server.", or(about, "This")),
            "Something else answers there. What it said is in the details.",
            "Check the address and the port.",
        ),
        _ => (
            "The connection is lost.".to_owned(),
            "You can read on, and what you write is sent later.",
            "It comes back by itself once the network does.",
        ),
    }
}

fn unencrypted(kind: ProblemKind, about: &str) -> Words {
    let title = if kind == ProblemKind::PlainOnly {
        format!("{} answers, but only without encryption.", or(about, "The server"))
    } else {
        "This port does not use encryption.".to_owned()
    };
    let meaning =
        "Without encryption, others on the way can read what you write and receive, passwords included.";
    let remedy = match kind {
        ProblemKind::PlainOnly => {
            "Ask whoever runs the server about encryption, or go without it if that is all right."
        }
        _ => "Try port 6697, or go without encryption if that is all right.",
    };
    (title, meaning, remedy)
}

fn storing(kind: ProblemKind) -> Words {
    match kind {
        ProblemKind::ArchiveBroken => (
            "The messages of this network cannot be kept on this computer.".to_owned(),
            "The file that they are kept in is damaged or cannot be written. You can go on talking.",
            "The details say which file it is. Make room on the disk, or move a damaged file away and start parla again.",
        ),
        ProblemKind::KeyringFailing => (
            "Your passwords are not in the keyring of this computer.".to_owned(),
            "There is no keyring, or it is locked. parla keeps passwords nowhere else.",
            "Type the password whenever you are asked for it, or unlock the keyring and start parla again.",
        ),
        ProblemKind::BrowserFull => (
            "What you write cannot be saved in this browser.".to_owned(),
            "Its storage for this page is full or turned off. Messages are still sent, but what has not arrived is lost if the page is closed.",
            "Keep the page open until everything has arrived, or let the browser store more for this page.",
        ),
        ProblemKind::StoreDamaged => (
            "What parla had saved on this computer was damaged.".to_owned(),
            "Everything that could still be read was kept. Networks, drafts or waiting messages may be missing.",
            "The damaged file was not deleted; the details say where it is.",
        ),
        _ => (
            "Nothing can be saved on this computer right now.".to_owned(),
            "The disk may be full. What you write is kept in memory, and is lost only if parla ends before it can be saved.",
            "Make room on the disk. parla tries again by itself.",
        ),
    }
}

/// The server ended the connection, and said why.
fn ended(kind: ProblemKind, about: &str) -> Words {
    match kind {
        ProblemKind::ServerStopping => (
            format!("{} is being shut down or restarted.", or(about, "The server")),
            "You can read on, and what you write is sent later.",
            "You are connected again as soon as it is back.",
        ),
        ProblemKind::Killed => (
            "You were disconnected by somebody who runs the server.".to_owned(),
            "Their reason is in the details.",
            "Write to them if you think that is a mistake.",
        ),
        ProblemKind::Flooded => (
            "You were disconnected because too much was sent at once.".to_owned(),
            "The server takes only so much from one person in a short time.",
            "Write more slowly, or send long texts in parts.",
        ),
        ProblemKind::TooSlow => (
            "You were disconnected because your connection was too slow.".to_owned(),
            "The server had more to send than came through, and does not wait for ever.",
            "You are connected again by itself, and what was missed is fetched.",
        ),
        ProblemKind::ServerFull => (
            format!("{} has no room for more people.", or(about, "The server")),
            "It is full at the moment.",
            "It is tried again by itself, but not at once.",
        ),
        ProblemKind::TooManyFromAddress => (
            "Too many people are connected from your address.".to_owned(),
            "Everyone who shares your internet connection has the same address, and this server lets in only so \
             many from each.",
            "Close parla where you do not need it, or ask whoever runs the server to let in more. It is tried again \
             by itself.",
        ),
        ProblemKind::ConnectingTooFast => (
            "Too many people have just connected from your address.".to_owned(),
            "The server takes only so many new connections from one address in a short time.",
            "Wait a minute. It is tried again by itself.",
        ),
        ProblemKind::SignInTimedOut => (
            "Signing in took too long.".to_owned(),
            "The server did not wait for the end of it. Your connection may be slow.",
            "It is tried again by itself.",
        ),
        _ => (
            "The server ended the connection.".to_owned(),
            "It gave its reason in the details.",
            "Try again. If it happens once more, read the details.",
        ),
    }
}

fn signing_in(kind: ProblemKind, about: &str) -> Words {
    match kind {
        ProblemKind::PasswordNeeded => (
            "This server asks for a password.".to_owned(),
            "Only people who know it, or who have an account, are let in.",
            "Type it in. If you have none, ask whoever runs the server.",
        ),
        ProblemKind::PasswordWrong if about.is_empty() => (
            "The password is wrong.".to_owned(),
            "The server did not accept it.",
            "Type it again; capital letters matter.",
        ),
        ProblemKind::PasswordWrong => (
            format!("The password for {about} is wrong."),
            "The server does not know this account, or it has another password.",
            "Check both and type them again; capital letters matter.",
        ),
        ProblemKind::PasswordReadable => (
            "Your password would be sent without encryption.".to_owned(),
            "Others on the way to the server could read it. It was not sent.",
            "Use an encrypted connection if there is one.",
        ),
        ProblemKind::SignInNeeded => (
            "This server is only for people with an account.".to_owned(),
            "It wants to know who you are before it lets you in.",
            "Sign in with the name and the password of your account.",
        ),
        ProblemKind::SignInRefused => (
            "The server did not sign you in.".to_owned(),
            "Its reason is in the details.",
            "Try again, or go in without an account if the server allows it.",
        ),
        ProblemKind::SignInUnsupported => (
            "This server does not sign people in by a password.".to_owned(),
            "It has other ways, which parla does not know. They are in the details.",
            "Go in without an account if the server allows it, or ask whoever runs the server.",
        ),
        ProblemKind::BadIdentity => (
            "Your certificate cannot be used.".to_owned(),
            "The file that you chose for this network cannot be read, or has no certificate with its key in it.",
            "Choose a PEM file with both. What is wrong with it is in the details.",
        ),
        ProblemKind::BannedFromServer => (
            "You are banned from this server.".to_owned(),
            "Those who run it do not let you in. Their reason, if they gave one, is in the details.",
            "Write to them if you think that is a mistake.",
        ),
        _ => (
            "The server asks you to slow down.".to_owned(),
            "There were too many requests in a short time.",
            "Wait a minute, then try again.",
        ),
    }
}

fn rooms(kind: ProblemKind, about: &str) -> Words {
    let room = or(about, "this room");
    match kind {
        ProblemKind::RoomFull => (
            format!("{} is full.", or(about, "The room")),
            "It lets in only so many people.",
            "Try again later.",
        ),
        ProblemKind::InviteOnly => (
            format!("You need an invitation to {room}."),
            "Only people who were invited can join.",
            "Ask someone who is in it to invite you.",
        ),
        ProblemKind::BannedFromRoom => (
            format!("You are banned from {room}."),
            "Those who look after the room do not let you in.",
            "Write to one of them if you think that is a mistake.",
        ),
        ProblemKind::KeyNeeded => (
            format!("{} needs a key.", or(about, "The room")),
            "Only people who know the key can join.",
            "If you do not know the key, ask someone who is in the room.",
        ),
        ProblemKind::AccountNeeded => (
            format!("{} is for people with an account.", or(about, "This")),
            "You are not signed in to one.",
            "Ask those who look after this network whether and how you can have an account.",
        ),
        ProblemKind::NoSuchRoom => (
            format!("There is no room named {}.", or(about, "that")),
            "It does not exist, or the name is not allowed.",
            "Look for it in the list of rooms.",
        ),
        ProblemKind::TooManyRooms => (
            "You are in too many rooms.".to_owned(),
            "This network lets you be in only so many at once.",
            "Leave a room that you no longer need.",
        ),
        ProblemKind::KickedOut => (
            format!("You were sent out of {room}."),
            "Someone who looks after the room removed you. The reason, if there is one, is in the details.",
            "You can join again if the room lets you.",
        ),
        ProblemKind::NotInRoom => (
            format!("You are not in {room}."),
            "Only those who are in it can do that.",
            "Join the room first.",
        ),
        ProblemKind::AlreadyInRoom => (
            format!("They are already in {room}."),
            "There is no need to invite them.",
            "Just write to them there.",
        ),
        _ => (
            format!("They are not in {room}."),
            "They may have left a moment ago.",
            "Look at the list of members.",
        ),
    }
}

fn rights(kind: ProblemKind, about: &str) -> Words {
    let room = or(about, "this room");
    match kind {
        ProblemKind::VoiceNeeded => (
            format!("Only some people may write in {room}."),
            "Everyone else reads along.",
            "Ask an operator of the room to make you a speaker.",
        ),
        ProblemKind::OutsideRoom => (
            format!("Only people who are in {room} can write there."),
            "It takes nothing from outside.",
            "Join the room first.",
        ),
        ProblemKind::SilencedInRoom => (
            format!("You are banned or muted in {room}."),
            "You can read along, but nobody gets what you write.",
            "Write to an operator of the room if you think that is a mistake.",
        ),
        ProblemKind::NotTaken => (
            format!("{} does not take this kind of message.", or(about, "The room")),
            "It may be its colours, or a request to a program.",
            "Write it plainly.",
        ),
        ProblemKind::NotOperator => (
            format!("Only operators of {} may do that.", or(about, "the room")),
            "Operators look after a room.",
            "Ask one of them.",
        ),
        ProblemKind::NotServerOperator => (
            "Only those who run the server may do that.".to_owned(),
            "It concerns everyone on it.",
            "Ask one of them.",
        ),
        ProblemKind::BadSetting => (
            format!("{} was not changed.", or(about, "The room")),
            "The server does not take what you wrote for one of its settings.",
            "Try a shorter word without spaces, or a smaller number.",
        ),
        ProblemKind::ListFull => (
            format!("A list of {room} is full."),
            "The server keeps only so many entries.",
            "Remove one that is no longer needed.",
        ),
        _ => (
            format!("You cannot write in {room} right now."),
            "You are muted, or only some people may speak there.",
            "Ask one of those who look after the room.",
        ),
    }
}
