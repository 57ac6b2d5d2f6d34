//! HELP: what commands and modes do, from the same tables that make them work.
//! <https://modern.ircdocs.horse/#help-message>

use parla_proto::{
    CommandName, Reply,
    command::{self, Help},
    line::packed,
    mode::{CHANNEL_MODES, ChannelModeFacts, MEMBER_MODES, USER_MODES, UserModeSetter},
};

use crate::{base::limits::HELP_LINE_BYTES_MAX, context::Context, network::refusal::Refusal};

/// The subjects that list the modes of channels and those of users.
const CHANNEL_SUBJECT: &str = "CMODES";
const USER_SUBJECT: &str = "UMODES";

pub(crate) fn run(context: &mut Context<'_>, help: &Help<'_>) -> Result<(), Refusal> {
    context.me()?;
    let subject = help.subject.unwrap_or("*");
    let Some((title, lines)) = page(&subject.to_ascii_uppercase()) else {
        context.reply(Reply::HelpNotFound { subject });
        return Ok(());
    };
    context.reply(Reply::HelpStart { subject, line: &title });
    context.reply(Reply::HelpText { subject, line: "" });
    let (last, others) = lines.split_last().map_or(("", [].as_slice()), |(last, others)| (last, others));
    for line in others {
        context.reply(Reply::HelpText { subject, line });
    }
    context.reply(Reply::EndOfHelp { subject, line: last });
    Ok(())
}

/// The title and text of a subject, if there is one.
fn page(subject: &str) -> Option<(String, Vec<String>)> {
    match subject {
        "*" => Some(("What this server understands".to_owned(), index())),
        CHANNEL_SUBJECT => {
            let lines = CHANNEL_MODES.iter().map(channel_mode).collect();
            Some(("Modes of channels: MODE <channel> +<letters> [<parameters>]".to_owned(), lines))
        }
        USER_SUBJECT => Some(("Your own modes: MODE <your nick> +<letters>".to_owned(), user_modes())),
        _ => {
            let facts = CommandName::parse(subject)?.facts()?;
            Some((format!("{} {}", facts.name, facts.syntax).trim_end().to_owned(), wrapped(facts.help)))
        }
    }
}

/// The list of all subjects.
fn index() -> Vec<String> {
    let mut lines = packed(command::ALL.iter().map(|facts| facts.name), HELP_LINE_BYTES_MAX);
    lines.push(format!(
        "HELP <command> tells what it does; HELP {CHANNEL_SUBJECT} and HELP {USER_SUBJECT} are about modes."
    ));
    lines
}

fn wrapped(text: &str) -> Vec<String> {
    packed(text.split(' '), HELP_LINE_BYTES_MAX)
}

/// A line such as `b <mask>: keeps out whom it matches`.
fn channel_mode(facts: &ChannelModeFacts) -> String {
    let param = facts.param().map(|param| format!(" {param}")).unwrap_or_default();
    let sign = MEMBER_MODES.iter().find(|(mode, _)| *mode == facts.mode);
    let sign = sign.map(|(_, sign)| format!(" (shown as {sign})")).unwrap_or_default();
    format!("{}{param}: {}{sign}", facts.letter, facts.help)
}

fn user_modes() -> Vec<String> {
    let line = |facts: &parla_proto::mode::UserModeFacts| {
        let setter = match facts.setter {
            UserModeSetter::User => "",
            UserModeSetter::ServerGives => " (given by the server; you can give it up)",
            UserModeSetter::Server => " (set by the server)",
        };
        format!("{}: {}{setter}", facts.letter, facts.help)
    };
    USER_MODES.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use parla_proto::limits::LINE_BYTES_MAX;

    use super::*;

    #[test]
    fn every_subject_has_lines_that_fit() {
        let subjects =
            command::ALL.iter().map(|facts| facts.name).chain(["*", CHANNEL_SUBJECT, USER_SUBJECT]);
        for subject in subjects.chain([command::help::ALIAS]) {
            let (title, lines) = page(subject).unwrap();
            assert!(!lines.is_empty(), "{subject}");
            for line in lines.iter().chain([&title]) {
                assert!(!line.is_empty() && line.len() < LINE_BYTES_MAX / 2, "{subject}: {line}");
            }
        }
        assert_eq!(page("FROB"), None);
    }
}
