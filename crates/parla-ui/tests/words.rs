//! The sentences: every problem has some, and none is jargon. Also the colours: everybody can read them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::{collections::BTreeMap, fs, path::Path};

use parla_client::{ProblemKind as Kind, view::Counted};
use parla_ui::{
    STYLE,
    words::{self, IDS, Language, New, Words},
};
use parla_words::{File, Part, Pattern};
use support::sample::problem;

/// Makes `ALL`, and a match that does not compile if a kind is missing from it.
macro_rules! kinds {
    ($($name:ident $(($value:expr))?,)*) => {
        const ALL: &[Kind] = &[$(Kind::$name $(($value))?,)*];

        const _: fn(Kind) = |kind| match kind {
            $(Kind::$name { .. } => {})*
        };
    };
}

kinds! {
    HostNotFound,
    Refused,
    TimedOut,
    NotEncrypted,
    WrongCertificateName,
    PlainOnly,
    BadCertificate,
    CertificateExpired,
    CertificateNotYetValid,
    CertificateChanged,
    BadAddress,
    BadIdentity,
    ArchiveBroken,
    KeyringFailing,
    StoreDamaged,
    StoreFailing,
    BrowserFull,
    Lost,
    Unreachable,
    ServerClosed,
    ServerStopping,
    Killed,
    Flooded,
    TooSlow,
    ServerFull,
    TooManyFromAddress,
    ConnectingTooFast,
    SignInTimedOut,
    EncryptionNeeded,
    WebServer,
    NotIrc,
    NickTaken,
    NickInvalid,
    NickConfusable,
    NickHeld,
    NickReserved,
    NickTooLong(16),
    NickStart('7'),
    NickCharacter('\''),
    NickLetters,
    NickMixed,
    PasswordNeeded,
    PasswordWrong,
    PasswordReadable,
    SignInNeeded,
    SignInRefused,
    SignInUnsupported,
    BannedFromServer,
    Throttled,
    RoomFull,
    InviteOnly,
    BannedFromRoom,
    NotRecognised,
    KeyNeeded,
    KeyWrong,
    AccountNeeded,
    NoSuchRoom,
    TooManyRooms,
    TooManyConversations,
    KickedOut,
    NotInRoom,
    AlreadyInRoom,
    TheyAreNotInRoom,
    CannotSpeak,
    VoiceNeeded,
    AccountNeededToSpeak,
    OutsideRoom,
    SilencedInRoom,
    NotTaken,
    NotServerOperator,
    BadSetting,
    ListFull,
    NoSuchPerson,
    NotOperator,
    ServerStorageFull,
    TooLong,
    MaybeLost,
    LeftUnsent,
    ConversationGone,
    QueueFull,
    TooManyMessages(257),
    TooMuchText,
    UnknownCommand,
    MissingWords,
    NotHere,
    Offline,
    PageOutdated,
    Other,
}

#[test]
fn every_problem_is_told_in_three_parts() {
    for language in Language::ALL {
        every_problem_is_told_in(Words::embedded(language));
    }
}

fn every_problem_is_told_in(words: Words) {
    for kind in ALL {
        for about in ["", "#rust"] {
            let told = words.problem(&problem(*kind, about));
            for part in [&told.title, &told.meaning, &told.remedy] {
                assert!(part.len() > 10 && part.ends_with(['.', 'y']), "{kind:?}: {part}");
                assert!(
                    part.starts_with(|first: char| first.is_uppercase() || first == '#')
                        || part.starts_with(words::APP),
                    "{kind:?}: {part}"
                );
                assert!(!part.contains("  "), "{kind:?}: {part}");
            }
        }
    }
    let mut titles: Vec<String> = ALL.iter().map(|kind| words.problem(&problem(*kind, "x")).title).collect();
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), ALL.len(), "two problems are told alike");
}

#[test]
fn the_twelve_that_everyone_meets() {
    let table = [
        (Kind::NotEncrypted, "", "This port does not use encryption.", "6697"),
        (
            Kind::WrongCertificateName,
            "irc.a.org",
            "could not prove that it is irc.a.org",
            "certificate is for another name",
        ),
        (Kind::NickTaken, "anna", "Somebody is already called anna.", "another name"),
        (Kind::NickInvalid, "1x", "The name 1x is not allowed here.", "another name"),
        (Kind::BannedFromServer, "", "You are banned from this server.", "mistake"),
        (Kind::RoomFull, "#a", "#a is full.", "later"),
        (Kind::InviteOnly, "#a", "You need an invitation to #a.", "invite you"),
        (Kind::BannedFromRoom, "#a", "You are banned from #a.", "mistake"),
        (Kind::KeyNeeded, "#a", "#a needs a key.", "ask someone who is in the room"),
        (Kind::AccountNeeded, "#a", "#a is for people with an account.", "account"),
        (Kind::CannotSpeak, "#a", "You cannot write in #a right now.", "muted"),
        (Kind::PasswordWrong, "", "The password is wrong.", "Type it again"),
    ];
    for (kind, about, title, rest) in table {
        let told = Words::english().problem(&problem(kind, about));
        assert!(told.title.contains(title), "{kind:?}: {told:?}");
        assert!(format!("{} {}", told.meaning, told.remedy).contains(rest), "{kind:?}: {told:?}");
    }
}

#[test]
fn what_is_new_is_said() {
    for (unread, mentions, direct, counted, said) in [
        (0, 0, 0, Counted::All, None),
        (12, 0, 0, Counted::All, Some("12 new")),
        (12, 3, 0, Counted::All, Some("3 mentions, 12 new")),
        (1, 1, 0, Counted::All, Some("1 mention, 1 new")),
        (201, 3, 0, Counted::InPart, Some("3 mentions, 200+ new")),
        (1, 0, 1, Counted::All, Some("1 direct message")),
        (2, 0, 2, Counted::All, Some("2 direct messages")),
        (3, 0, 2, Counted::All, Some("2 direct messages, 3 new")),
        (300, 0, 300, Counted::InPart, Some("300 direct messages, 200+ new")),
        (9, 1, 2, Counted::All, Some("1 mention, 2 direct messages, 9 new")),
    ] {
        let new = New { unread, mentions, direct };
        assert_eq!(Words::english().unread(new, counted).as_deref(), said);
    }
    assert_eq!(words::badge(250), "99+");
    assert_eq!(words::title(3, Some("#lobby")), "(3) #lobby – parla");
    assert_eq!(words::title(0, None), "parla");
}

#[test]
fn every_command_is_described() {
    for spec in parla_client::slash::SPECS {
        assert!(Words::english().command(spec.name).is_some(), "/{} has no words", spec.name);
    }
}

#[test]
fn no_sentence_is_jargon() {
    // The first list is refused in any case, the second only as it is written.
    let anyhow =
        ["buffer", "query", "numeric", "channel", "sasl", "privmsg", "nickserv", "hostmask", "ircv3"];
    let exactly = ["CAP", "TLS", "DNS", "MODE", "CTCP", "ISON"];
    for (language, file) in files() {
        for text in file.sentences.iter().map(|sentence| text(&sentence.pattern)) {
            for word in text.split(|char: char| !char.is_alphanumeric()) {
                let lower = word.to_lowercase();
                let is_jargon =
                    anyhow.iter().any(|jargon| lower.starts_with(jargon)) || exactly.contains(&word);
                assert!(!is_jargon, "{language}: {word:?} in {text:?}");
            }
        }
    }
}

#[test]
fn no_language_lacks_a_sentence() {
    let files = files();
    let english = &files["en"];
    for (language, file) in &files {
        let problems: Vec<_> = parla_words::problems(english, file).iter().map(ToString::to_string).collect();
        assert!(problems.is_empty(), "{language}.ftl:\n{}", problems.join("\n"));
    }
    let codes: Vec<_> = files.keys().map(String::as_str).collect();
    let mut known = Language::ALL.map(Language::code);
    known.sort_unstable();
    assert_eq!(codes, known, "the files and `Language` differ");
}

/// A sentence that is never shown is not worth translating.
#[test]
fn every_sentence_is_said() {
    let mut code = String::new();
    for folder in ["src", "../parla/src", "../parla-web/src", "../parla-web/assets"] {
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut code);
    }
    // The static files name a sentence in this form.
    let named = code.replace(" in each}}", "}}");
    let code = code.replace(char::is_whitespace, "");
    for id in IDS {
        if id.ends_with(".meaning") || id.ends_with(".remedy") {
            continue;
        }
        let call = format!(".{}(", id.replace(['-', '.'], "_"));
        assert!(code.contains(&call) || named.contains(&format!("{{{{say {id}}}}}")), "{id} is never said");
    }
}

fn read(folder: &Path, code: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, code);
        } else {
            code.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// The files of all languages by their codes.
fn files() -> BTreeMap<String, File> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("languages");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .map(|path| {
            let code = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (code, File::parse(&fs::read_to_string(path).unwrap()).unwrap())
        })
        .collect()
}

/// All text that a sentence may contain.
fn text(pattern: &Pattern) -> String {
    let said = pattern.iter().map(|part| match part {
        Part::Text(text) => text.clone(),
        Part::Variable { .. } => "…".to_owned(),
        Part::Choice { variants, .. } => {
            variants.iter().map(|(_, said)| text(said)).collect::<Vec<_>>().join(" / ")
        }
    });
    said.collect()
}

type Tokens = BTreeMap<String, [f64; 3]>;

/// The colours of each theme: the first `:root`, and what the others change in it.
fn themes() -> Vec<(&'static str, Tokens)> {
    let css = STYLE;
    let block = |query: &str| -> Tokens {
        let at = css.find(query).unwrap_or_else(|| panic!("no {query}"));
        let start = at + css[at..].find(":root").unwrap();
        let end = start + css[start..].find('}').unwrap();
        let declarations = css[start..end].split(';').filter_map(|one| one.trim().split_once(": #"));
        declarations
            .map(|(name, hex)| {
                let name = &name[name.rfind("--").unwrap()..];
                let channel =
                    |at: usize| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
                (name.to_owned(), [channel(0), channel(2), channel(4)])
            })
            .collect()
    };
    let with = |mut base: Tokens, more: Tokens| {
        base.extend(more);
        base
    };
    let light = block(":root");
    let dark = with(light.clone(), block("@media (prefers-color-scheme: dark)"));
    let high = with(light.clone(), block("@media (prefers-contrast: more) {"));
    let high_dark =
        with(high.clone(), block("@media (prefers-contrast: more) and (prefers-color-scheme: dark)"));
    vec![("light", light), ("dark", dark), ("high contrast", high), ("high contrast, dark", high_dark)]
}

/// The relative luminance, as WCAG 2.2 defines it.
fn luminance(colour: [f64; 3]) -> f64 {
    let [r, g, b] =
        colour.map(|part| if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn everyone_can_read_it() {
    let grounds = ["--bg", "--bg-raised", "--bg-sunken", "--mention-bg"];
    for (theme, tokens) in themes() {
        let check = |front: &str, back: &str, least: f64| {
            let found = contrast(tokens[front], tokens[back]);
            assert!(found >= least, "{theme}: {front} on {back} has {found:.2}, needs {least}");
        };
        for back in grounds {
            for text in ["--text", "--text-dim"] {
                check(text, back, 4.5);
            }
        }
        for back in ["--bg", "--bg-raised", "--bg-sunken"] {
            for words in ["--accent", "--danger", "--warn"] {
                check(words, back, 4.5);
            }
            check("--edge", back, 3.0);
        }
        check("--accent-text", "--accent", 4.5);
        check("--bg", "--danger", 4.5);
        check("--mention-bar", "--mention-bg", 3.0);
        if theme.starts_with("high") {
            check("--text", "--bg", 7.0);
            check("--text-dim", "--bg", 7.0);
            check("--line", "--bg", 3.0);
        }
    }
}

#[test]
fn all_tokens_are_there() {
    let names = "--bg --bg-raised --bg-sunken --text --text-dim --line --accent --accent-text --danger --warn --mention-bg \
                 --mention-bar --space-1 --space-2 --space-3 --space-4 --space-5 --space-6 --radius-s --radius-m --font \
                 --font-mono --size-s --size-m --size-l --nick-l --nick-c";
    for name in names.split_whitespace() {
        assert!(STYLE.contains(&format!("{name}:")), "{name}");
    }
    for used in STYLE.split("var(").skip(1) {
        let name = &used[..used.find([')', ',']).unwrap()];
        assert!(STYLE.contains(&format!("{name}:")), "{name} is used and not defined");
    }
}

#[test]
fn a_number_that_is_known_in_part_is_certainly_exceeded() {
    let said = |new| Words::english().jump(new, Counted::InPart);
    let expected = [
        (1, "1+"),
        (2, "1+"),
        (10, "9+"),
        (11, "10+"),
        (51, "50+"),
        (100, "90+"),
        (101, "100+"),
        (251, "200+"),
    ];
    for (new, expected) in expected {
        assert_eq!(said(new), format!("↓ {expected} new"));
    }
    assert_eq!(Words::english().jump(893, Counted::All), "↓ 893 new");
    assert_eq!(Words::english().jump(1_000, Counted::All), "↓ 999+ new");
    assert_eq!(Words::english().jump(0, Counted::All), "↓ To the newest");
}
