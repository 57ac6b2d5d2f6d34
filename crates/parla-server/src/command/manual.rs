//! Generates `docs/commands.md` from the tables that the server itself uses. A test compares the two;
//! `UPDATE=1 cargo test` writes the file anew.

use std::{fmt::Write as _, fs, path::Path};

use parla_proto::{
    capability::CAPABILITIES,
    command::ALL,
    isupport::{TOKENS, Token},
    mode::{CHANNEL_MODES, ChannelModeFacts, MEMBER_MODES, ModeKind, USER_MODES, UserModeSetter},
};

use crate::{base::settings::NetworkSettings, command::isupport};

const INTRODUCTION: &str = "\
# Commands, modes and tokens

This page is generated from tables in `parla-proto`, which `HELP`, `CAP` and the parser use too. To change it, change the
tables, then run `UPDATE=1 cargo test -p parla-server`. [Protocol](protocol.md) explains how the commands work together.

- [Commands](#commands)
- [Modes of channels](#modes-of-channels)
- [Ranks of members](#ranks-of-members)
- [Modes of users](#modes-of-users)
- [Capabilities](#capabilities)
- [Tokens of 005](#tokens-of-005)
";

#[test]
fn the_manual_is_what_the_tables_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/commands.md");
    let made = page();
    #[expect(clippy::disallowed_methods, reason = "whoever runs the test says whether to write")]
    if std::env::var("UPDATE").is_ok_and(|value| value == "1") {
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "docs/commands.md is not what the tables say: run UPDATE=1 cargo test -p parla-server"
    );
}

#[test]
fn every_token_is_explained() {
    let names: Vec<&str> = TOKENS.iter().map(|(name, _)| *name).collect();
    assert!(names.is_sorted());
    for token in isupport::tokens(&NetworkSettings::named("irc.example.org")) {
        assert!(names.contains(&Token::parse(&token).name), "isupport::TOKENS lacks {token}");
    }
}

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    commands(&mut page);
    modes(&mut page);
    capabilities(&mut page);
    tokens(&mut page);
    page
}

fn commands(page: &mut String) {
    section(page, "Commands", &["command", "parameters", "what it does"]);
    for facts in ALL {
        row(page, &[&code(facts.name), &code(facts.syntax), &text(facts.help)]);
    }
    let early = ALL.iter().filter(|facts| facts.before_registration).map(|facts| code(facts.name));
    let early: Vec<String> = early.collect();
    let (last, others) = early.split_last().unwrap();
    let others = others.join(", ");
    let _ = writeln!(
        page,
        "\n{others} and {last} are accepted before registration; all other commands get 451 until then."
    );
}

fn modes(page: &mut String) {
    section(page, "Modes of channels", &["mode", "parameter", "what it does"]);
    for facts in CHANNEL_MODES.iter().filter(|facts| facts.kind != ModeKind::Member) {
        let param = facts.param().map(code).unwrap_or_default();
        row(page, &[&code(&facts.letter.to_string()), &param, &text(facts.help)]);
    }
    section(page, "Ranks of members", &["mode", "sign", "what it does"]);
    let help = |wanted: &ChannelModeFacts| text(wanted.help);
    for (mode, sign) in MEMBER_MODES {
        let facts = CHANNEL_MODES.iter().find(|facts| facts.mode == mode).unwrap();
        row(page, &[&code(&facts.letter.to_string()), &code(&sign.to_string()), &help(facts)]);
    }
    section(page, "Modes of users", &["mode", "who changes it", "what it does"]);
    for facts in USER_MODES {
        let setter = match facts.setter {
            UserModeSetter::User => "you",
            UserModeSetter::ServerGives => "the server; you can give it up",
            UserModeSetter::Server => "the server",
        };
        row(page, &[&code(&facts.letter.to_string()), setter, &text(facts.help)]);
    }
}

fn capabilities(page: &mut String) {
    section(page, "Capabilities", &["capability", "what it does"]);
    for facts in CAPABILITIES {
        row(page, &[&code(facts.name), &text(facts.help)]);
    }
}

fn tokens(page: &mut String) {
    section(page, "Tokens of 005", &["token", "value by default", "what it says"]);
    let sent = isupport::tokens(&NetworkSettings::named("irc.example.org"));
    for (name, help) in TOKENS {
        let token = sent.iter().map(|token| Token::parse(token)).find(|token| token.name == name);
        let value = match token.map(|token| token.value) {
            Some(value) if value.is_empty() => String::new(),
            Some(value) => code(&value),
            None => "not sent".to_owned(),
        };
        row(page, &[&code(name), &value, &text(help)]);
    }
}

fn section(page: &mut String, title: &str, columns: &[&str]) {
    let _ = writeln!(page, "\n## {title}\n");
    row(page, columns);
    row(page, &vec!["---"; columns.len()]);
}

fn row(page: &mut String, cells: &[&str]) {
    page.push('|');
    for cell in cells {
        let _ = if cell.is_empty() { write!(page, " |") } else { write!(page, " {cell} |") };
    }
    page.push('\n');
}

/// Text in backticks. A bar must be escaped even there, because it would end the table cell.
fn code(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!("`{}`", words.replace('|', "\\|")) }
}

/// A sentence in a table. Characters with a meaning in Markdown are escaped, except inside backticks.
fn text(sentence: &str) -> String {
    let parts = sentence.split('`').enumerate().map(|(index, part)| {
        let mut part = part.replace('|', "\\|");
        if index % 2 == 0 {
            for sign in ["*", "<", ">", "_"] {
                part = part.replace(sign, &format!("\\{sign}"));
            }
        }
        part
    });
    parts.collect::<Vec<_>>().join("`")
}
