//! Why something that a person wanted to say or do was not done, in words.

use parla_client::{
    ProblemKind,
    limits::{SUBMIT_BYTES_MAX, SUBMIT_MESSAGES_MAX},
};

use super::{
    problem::{Words, or},
    room,
};

/// What happened, what it means, what to do.
pub(super) fn doing(kind: ProblemKind, about: &str) -> Words {
    match kind {
        ProblemKind::NoSuchPerson => (
            format!("Nobody named {} is here.", or(about, "that")),
            "They may have left, or the name is misspelt.",
            "Check the name, or try again when they are back.",
        ),
        ProblemKind::TooLong => (
            "That is too long.".to_owned(),
            "It does not fit into one message.",
            "Make it shorter, or send it in parts.",
        ),
        ProblemKind::TooManyMessages(count) => (
            format!(
                "That would be {count} messages here. At most {SUBMIT_MESSAGES_MAX} can be sent at once."
            ),
            "Nothing was sent.",
            "Send it in parts.",
        ),
        ProblemKind::TooMuchText => {
            (room::too_much_text(SUBMIT_BYTES_MAX), "Nothing was sent.", "Send it in parts.")
        }
        ProblemKind::MaybeLost => (
            "It is not known whether this arrived.".to_owned(),
            "The connection broke just as it was sent, and the server keeps no copy.",
            "Ask, or send it again.",
        ),
        ProblemKind::QueueFull => (
            "Too many messages are waiting to be sent.".to_owned(),
            "They go out as soon as the connection is back.",
            "Wait for it before you write more.",
        ),
        ProblemKind::UnknownCommand => (
            format!("There is no command {}.", or(about, "of that name")),
            "It was not sent to anyone.",
            "Type / to see all commands. To write a slash, start with //.",
        ),
        ProblemKind::MissingWords => (
            format!("{} needs something more.", or(about, "The command")),
            "A part of it is missing.",
            "Type it again to see what belongs there.",
        ),
        ProblemKind::NotHere => (
            format!("{} does not work here.", or(about, "That")),
            "It makes no sense in this conversation.",
            "Open the conversation that it is for.",
        ),
        ProblemKind::PageOutdated => (
            "There is a newer version of this page.".to_owned(),
            "Another tab already uses it, and this one does not understand that tab.",
            "Load this page again. Nothing is lost by that.",
        ),
        ProblemKind::Offline => (
            "You are not connected.".to_owned(),
            "That works only while you are.",
            "Try it again when the connection is back.",
        ),
        _ => (
            "The server did not allow that.".to_owned(),
            "Its reason is in the details.",
            "Try something else, or ask whoever runs the server.",
        ),
    }
}
