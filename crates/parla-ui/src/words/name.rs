//! Why a name cannot be had, in words.

use parla_client::ProblemKind;

use super::problem::{Words, or};

/// What happened, what it means, what to do.
pub(super) fn name(kind: ProblemKind, about: &str) -> Words {
    let nick = or(about, "you chose");
    match kind {
        ProblemKind::NickTaken => (
            format!("Somebody is already called {}.", or(about, "that")),
            "Everyone here has a name of their own.",
            "Take another name.",
        ),
        ProblemKind::NickConfusable => (
            format!("The name {nick} looks like one that somebody has."),
            "Others could not tell the two of you apart.",
            "Take a name that looks different.",
        ),
        ProblemKind::NickHeld => (
            format!("The server does not give out the name {nick} right now."),
            "Somebody may have used it a moment ago, or it is kept for somebody.",
            "Take another name, or try again later.",
        ),
        ProblemKind::NickReserved => (
            format!("The name {nick} is reserved."),
            "It belongs to the server itself, so that nobody can pretend to speak for it.",
            "Take another name.",
        ),
        ProblemKind::NickTooLong(letters) => (
            format!("The name {nick} is too long: {letters} of its letters fit."),
            "This server keeps names short.",
            "Make it shorter.",
        ),
        ProblemKind::NickStart(char) => (
            format!("A name cannot start with {}.", sign(char)),
            "It may stand further back.",
            "Put a letter or _ before it.",
        ),
        ProblemKind::NickCharacter(char) => (
            format!("A name cannot contain {}.", sign(char)),
            "This server does not allow it in names.",
            "Leave it out.",
        ),
        ProblemKind::NickLetters => (
            "This server takes only the letters a to z in names.".to_owned(),
            "It does not allow letters with accents or of other alphabets.",
            "Spell your name in plain letters.",
        ),
        ProblemKind::NickMixed => (
            format!("The letters of {nick} cannot stand together in one name."),
            "They are of different alphabets or directions.",
            "Use letters of one alphabet.",
        ),
        _ => (
            format!("The name {nick} is not allowed here."),
            "The server does not say why. It may be too long, or kept for something else.",
            "Take another name.",
        ),
    }
}

/// A character as a sentence names it.
fn sign(char: char) -> String {
    match char {
        ' ' => "spaces".to_owned(),
        // What would not be seen.
        _ if char.is_control()
            || matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}') =>
        {
            "invisible characters".to_owned()
        }
        _ => format!("“{char}”"),
    }
}
