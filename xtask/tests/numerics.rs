//! Checks that numerics are read by name, and that nothing reads the text after them.
//!
//! Looks at the code of both sides as text, without comments and tests. The tables with the names are in
//! `parla-proto`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Lines of the client that may look at the text.
struct Reader {
    /// The path of the file, or the beginning of it.
    path: &'static str,
    /// What the line contains; empty for any line.
    part: &'static str,
    why: &'static str,
}

/// Only the first one reads explanations of servers.
const READERS: &[Reader] = &[
    Reader { path: "parting.rs", part: "", why: "ERROR and QUIT have no numbers" },
    Reader { path: "secrets.rs", part: "", why: "people write passwords into messages" },
    Reader { path: "completion.rs", part: "", why: "people write the beginning of names" },
    Reader { path: "endpoint", part: "", why: "people write addresses" },
    Reader { path: "text/", part: "", why: "texts and names are made safe to show" },
    Reader { path: "session/authentication.rs", part: "nick.chars()", why: "a username is made of the nick" },
    Reader { path: "room_modes.rs", part: "mask.split_once(", why: "masks have a form" },
];

impl Reader {
    fn covers(&self, offence: &str) -> bool {
        let path = format!("crates/parla-client/src/{}", self.path);
        offence.starts_with(&path) && offence.contains(self.part)
    }
}

#[test]
fn no_numeric_is_a_bare_number() {
    let found = offences(&["parla-client/src", "parla-server/src"], has_bare_number);
    assert!(found.is_empty(), "name these by parla_proto::Numeric:\n{}", found.join("\n"));
}

#[test]
fn the_client_reads_no_words_of_servers() {
    let mut found = offences(&["parla-client/src"], reads_words);
    for reader in READERS {
        let before = found.len();
        found.retain(|line| !reader.covers(line));
        assert!(found.len() < before, "{} reads no words any more ({})", reader.path, reader.why);
    }
    assert!(
        found.is_empty(),
        "servers explain a numeric in words of their own; look at the numeric, a code or the room:\n{}",
        found.join("\n")
    );
}

#[test]
fn the_client_knows_commands_by_their_names() {
    let folder = root().join("crates/parla-proto/src/command");
    let named = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_uppercase();
    let mut names: Vec<String> = files(&folder).into_iter().map(named).collect();
    names.extend(["ACCOUNT", "ACK", "FAIL", "NOTE", "WARN"].map(str::to_owned));
    let compares = |line: &str| names.iter().any(|name| compares_with(line, name));
    let found =
        offences(&["parla-client/src/client/receive", "parla-client/src/client/receive.rs"], compares);
    assert!(found.is_empty(), "name these by parla_proto::CommandName:\n{}", found.join("\n"));
}

#[test]
fn what_is_looked_for_is_found() {
    for line in [
        "433 | 436 => ProblemKind::NickTaken,",
        "(904, Mechanism::Plain) => wrong(),",
        "if number == 401 && is_asked {",
        "matches!(number, 421 | 451)",
        "400..=599 => refusal(),",
        "\"433\" => taken(),",
        "001 => welcome(),",
    ] {
        assert!(has_bare_number(line), "{line}");
    }
    for line in [
        "const PIECE_BYTES: usize = 400;",
        "'\\u{300}'..='\\u{36f}' => {}",
        "Duration::from_millis(500)",
        "seconds / 3_600 % 24 => 1000,",
        "let text = \"a 433 b\";",
        "V302 => true,",
    ] {
        assert!(!has_bare_number(line), "{line}");
    }
    assert!(reads_words("details.split_once(\"(+\")") && !reads_words("token.split_once('=')"));
    assert!(compares_with("if command == \"BATCH\" {", "BATCH"));
    assert!(compares_with("\"NOTICE\" | \"PRIVMSG\" => {}", "NOTICE"));
    assert!(!compares_with("Line::bare(\"BATCH\")", "BATCH"));
}

/// Whether the line has a quoted numeric, or compares something with a number of three digits.
fn has_bare_number(line: &str) -> bool {
    let bytes = line.as_bytes();
    let digits_at =
        |at: usize| bytes.get(at..at + 3).is_some_and(|three| three.iter().all(u8::is_ascii_digit));
    let arrow = line.find("=>");
    (0..bytes.len()).filter(|at| digits_at(*at)).any(|at| {
        let (before, after) = (&line[..at], &line[at + 3..]);
        let (last, next) = (before.chars().next_back(), after.chars().next());
        if (last, next) == (Some('"'), Some('"')) {
            return true;
        }
        let is_part = |char: Option<char>| {
            char.is_some_and(|char| char.is_alphanumeric() || matches!(char, '_' | '{' | '"' | '.' | '\''))
        };
        let is_range = after.starts_with("..");
        if is_part(last) || (is_part(next) && !is_range) || before.matches('"').count() % 2 == 1 {
            return false;
        }
        let (before, after) = (before.trim_end(), after.trim_start());
        let is_compared = ["==", "!=", "|"].iter().any(|sign| before.ends_with(sign))
            || ["==", "!=", "|"].iter().any(|sign| after.starts_with(sign));
        is_compared || is_range && arrow.is_some() || arrow.is_some_and(|arrow| at < arrow)
    })
}

fn reads_words(line: &str) -> bool {
    let calls =
        [".contains(\"", ".starts_with(\"", ".ends_with(\"", ".split_once(\"", ".find(\"", "_lowercase("];
    calls.iter().any(|call| line.contains(call))
}

fn compares_with(line: &str, name: &str) -> bool {
    let quoted = format!("\"{name}\"");
    let before = ["== ", "!= ", "| ", "eq_ignore_ascii_case("].map(|sign| format!("{sign}{quoted}"));
    let after = [" ==", " =>", " |"].map(|sign| format!("{quoted}{sign}"));
    before.iter().chain(&after).any(|compared| line.contains(compared.as_str()))
}

/// The lines of the crates' code for which `is_one` is true, each with its place.
fn offences(places: &[&str], is_one: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for place in places {
        let paths = files(&root().join("crates").join(place));
        assert!(!paths.is_empty(), "{place} is not there");
        for path in paths {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            for (number, line) in code.lines().enumerate() {
                let line = line.trim();
                if !line.starts_with("//") && is_one(line) {
                    let path = path.strip_prefix(root()).unwrap();
                    found.push(format!("{}:{}: {line}", path.display(), number + 1));
                }
            }
        }
    }
    found
}

/// All Rust files below a folder, or a single file; without those of tests.
fn files(place: &Path) -> Vec<PathBuf> {
    if place.is_file() {
        return vec![place.to_owned()];
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(place).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "tests" {
            files.extend(self::files(&path));
        } else if name.ends_with(".rs") && name != "tests.rs" {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
