//! Nicks: why one is refused, and a similar one that is likely accepted.
//!
//! A server that gives the reason in machine-readable form (`FAIL NICK`) is believed. All others send only a
//! number, and the reason is guessed from the nick: a character that no server allows, letters that most do
//! not, or a length above the server's limit.

use std::sync::Arc;

use parla_proto::{Casemapping, NickFault, Numeric, line::fitting};

use crate::{problem::ProblemKind, session::Session, text::Transliterate};

/// The length in bytes that every server allows.
const ANYWHERE_BYTES: usize = 9;
/// The length of a suggestion in bytes, if the server has not announced its limit.
const USUAL_BYTES: usize = 16;
/// The suggestion if nothing of the nick can be kept.
const NOBODY: &str = "guest";

/// Removes accents from the Latin letters of a name in its decomposed form (NFD), for shells that do not
/// carry the tables of all scripts.
pub fn without_accents(decomposed: &str) -> String {
    let mut plain = String::with_capacity(decomposed.len());
    for char in decomposed.chars() {
        match char {
            '\u{300}'..='\u{36f}' => {}
            // Letters of their own, with the usual substitutes for them.
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'Æ' => plain.push_str("Ae"),
            'œ' => plain.push_str("oe"),
            'Œ' => plain.push_str("Oe"),
            'ø' => plain.push('o'),
            'Ø' => plain.push('O'),
            'ł' => plain.push('l'),
            'Ł' => plain.push('L'),
            'đ' | 'ð' => plain.push('d'),
            'Đ' | 'Ð' => plain.push('D'),
            'þ' => plain.push_str("th"),
            'Þ' => plain.push_str("Th"),
            'ı' => plain.push('i'),
            other => plain.push(other),
        }
    }
    plain
}

/// Why no server would accept this nick, as far as that can be seen without asking one.
pub fn fault(name: &str) -> Option<ProblemKind> {
    let cannot_be_sent = |char: &char| {
        char.is_whitespace() || char.is_control() || matches!(char, ',' | '!' | '@' | '*' | '?' | '#' | '&')
    };
    if let Some(bad) = name.chars().find(cannot_be_sent) {
        return Some(ProblemKind::NickCharacter(if bad.is_whitespace() { ' ' } else { bad }));
    }
    name.starts_with(':').then_some(ProblemKind::NickStart(':'))
}

/// A nick to try in place of one that cannot even be requested.
pub fn mended(name: &str) -> String {
    kept(name, usize::MAX, &is_letter_anywhere)
}

/// Why the server refuses a nick, from its numeric and from the machine-readable reason that came before.
pub(crate) fn reason(
    session: &Session,
    numeric: Numeric,
    nick: &str,
    told: Option<NickFault>,
) -> ProblemKind {
    match (told, numeric) {
        (Some(NickFault::TooLong(bytes_max)), _) => too_long(nick, bytes_max),
        (Some(NickFault::Start(char)), _) => ProblemKind::NickStart(char),
        (Some(NickFault::Character(char)), _) => ProblemKind::NickCharacter(char),
        (Some(NickFault::Form), _) => ProblemKind::NickMixed,
        (Some(NickFault::Reserved), _) => ProblemKind::NickReserved,
        (Some(NickFault::Confusable), _) => ProblemKind::NickConfusable,
        (None, Numeric::NickInUse | Numeric::NickCollision) => ProblemKind::NickTaken,
        (None, Numeric::NickUnavailable) => ProblemKind::NickHeld,
        (None, _) => seen(session, nick),
    }
}

/// What is visibly wrong with a nick that a server refused.
fn seen(session: &Session, nick: &str) -> ProblemKind {
    let takes_all_scripts = session.casemapping() == Casemapping::Precis;
    if let Some(bad) = nick.chars().find(|char| char.is_ascii() && !is_plain(*char)) {
        return ProblemKind::NickCharacter(bad);
    }
    if let Some(bad) = nick.chars().find(|char| !char.is_ascii() && !is_letter_anywhere(*char)) {
        return ProblemKind::NickCharacter(bad);
    }
    match nick.chars().next() {
        Some(first) if first.is_ascii_digit() || first == '-' => return ProblemKind::NickStart(first),
        _ => {}
    }
    if !nick.is_ascii() && !takes_all_scripts {
        return ProblemKind::NickLetters;
    }
    match session.nick_bytes_max() {
        Some(bytes_max) if nick.len() > bytes_max => too_long(nick, bytes_max),
        _ => ProblemKind::NickInvalid,
    }
}

/// The problem that this nick is too long, with the number of letters that fit; letters differ in bytes.
pub(crate) fn too_long(nick: &str, bytes_max: usize) -> ProblemKind {
    let letters = fitting(nick, bytes_max).chars().count();
    ProblemKind::NickTooLong(u16::try_from(letters).unwrap_or(u16::MAX))
}

/// The characters that servers allow in a nick apart from the letters of other scripts.
fn is_plain(char: char) -> bool {
    char.is_ascii_alphanumeric() || "-_[]\\`^{|}".contains(char)
}

/// Whether this may be part of a nick where all scripts are allowed. Punctuation, symbols and pictures may
/// not; vowel signs may, although they are not letters by themselves.
fn is_letter_anywhere(char: char) -> bool {
    match char {
        _ if char.is_ascii() => is_plain(char),
        _ if char.is_alphanumeric() => true,
        '\u{80}'..='\u{bf}' | '×' | '÷' => false,
        '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{303f}' | '\u{e000}'..='\u{f8ff}' => false,
        '\u{fe00}'..='\u{fe6f}' | '\u{ff00}'..='\u{ffef}' | '\u{1f000}'.. => false,
        _ => !char.is_control(),
    }
}

/// Whether letters of the Latin alphabet are mixed with those of an alphabet with similar shapes: Greek,
/// Cyrillic or Armenian.
fn mixes_alphabets(nick: &str) -> bool {
    let is_latin =
        |char: char| char.is_alphabetic() && matches!(char, '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    let is_like_latin = |char: char| matches!(char, '\u{370}'..='\u{58f}' | '\u{1f00}'..='\u{1fff}');
    nick.contains(is_latin) && nick.contains(is_like_latin)
}

/// A nick similar to `nick` that is likely free or allowed.
pub(crate) fn suggestion(
    session: &Session,
    nick: &str,
    kind: ProblemKind,
    transliterate: Transliterate,
) -> Arc<str> {
    let bytes_max = session.nick_bytes_max().unwrap_or(USUAL_BYTES.max(nick.len())).max(2);
    let near = match kind {
        ProblemKind::NickLetters => kept(&transliterate(nick), bytes_max, &is_plain),
        ProblemKind::NickTooLong(letters) => {
            let end = nick.char_indices().nth(usize::from(letters)).map_or(nick.len(), |(end, _)| end);
            kept(nick.get(..end).unwrap_or_default(), nick.len(), &is_letter_anywhere)
        }
        ProblemKind::NickCharacter(bad) => {
            kept(nick, bytes_max.max(USUAL_BYTES), &|char| char != bad && is_letter_anywhere(char))
        }
        ProblemKind::NickStart(_) => kept(nick, bytes_max.max(USUAL_BYTES), &is_letter_anywhere),
        // If two writing directions are mixed, the plain letters are kept.
        ProblemKind::NickMixed => kept(nick, bytes_max, &is_plain),
        // The nick was refused because it looks like another one; it would still do so with a number
        // appended.
        ProblemKind::NickTaken if mixes_alphabets(nick) => {
            numbered(&kept(&transliterate(nick), bytes_max, &is_plain), bytes_max)
        }
        // Nothing is visibly wrong. It may be too long for an old server.
        ProblemKind::NickInvalid if nick.len() > ANYWHERE_BYTES => kept(nick, ANYWHERE_BYTES, &is_plain),
        _ => String::new(),
    };
    if near.is_empty() || near == nick { numbered(nick, bytes_max).into() } else { near.into() }
}

/// The part of a name that can be kept: words are joined, other characters are dropped, and the result begins
/// with a character that is allowed there.
fn kept(name: &str, bytes_max: usize, is_good: &dyn Fn(char) -> bool) -> String {
    let mut near = String::with_capacity(name.len());
    for char in name.trim().chars() {
        if char.is_whitespace() {
            if !near.ends_with('_') {
                near.push('_');
            }
        } else if is_good(char) {
            near.push(char);
        }
    }
    let near = near.trim_start_matches('-').trim_end_matches('_');
    if near.is_empty() {
        return NOBODY.to_owned();
    }
    // Digits of all scripts are excluded, because a server that converts full-width letters also converts
    // full-width digits.
    let starts_badly = near.starts_with(char::is_numeric);
    let near = if starts_badly { format!("_{near}") } else { near.to_owned() };
    fitting(&near, bytes_max).to_owned()
}

/// The next in a series: `alice`, `alice2`, `alice3`.
fn numbered(nick: &str, bytes_max: usize) -> String {
    let stem = nick.trim_end_matches(|char: char| char.is_ascii_digit());
    let digits = nick.get(stem.len()..).unwrap_or_default();
    let number = digits.parse::<u32>().unwrap_or(1).saturating_add(1).to_string();
    let stem = fitting(stem, bytes_max.saturating_sub(number.len()));
    format!("{stem}{number}")
}

#[cfg(test)]
mod tests {
    use parla_proto::isupport::Token;

    use super::*;

    fn suggested(nick: &str, kind: ProblemKind, bytes_max: Option<usize>) -> String {
        let mut session = Session::default();
        if let Some(max) = bytes_max {
            session.support(&Token::parse(&format!("NICKLEN={max}")));
        }
        suggestion(&session, nick, kind, crate::testing::plain).to_string()
    }

    fn mended_for(nick: &str, casemapping: Casemapping) -> (ProblemKind, String) {
        let mut session = Session::default();
        session.support(&Token::parse(&format!("CASEMAPPING={}", casemapping.token())));
        session.support(&Token::parse("NICKLEN=16"));
        let kind = reason(&session, Numeric::ErroneousNick, nick, None);
        (kind, suggestion(&session, nick, kind, crate::testing::plain).to_string())
    }

    #[test]
    fn another_name_is_near_the_wanted_one() {
        let taken = |nick| suggested(nick, ProblemKind::NickTaken, Some(9));
        assert_eq!(taken("alice"), "alice2");
        assert_eq!(taken("alice9"), "alice10");
        assert_eq!(taken("abcdefghi"), "abcdefgh2");
        let mixed = "Z\u{43e}e";
        assert_eq!(suggested(mixed, ProblemKind::NickTaken, None), "Ze2", "it looks like Zoe");
        assert_eq!(suggested("Зоя", ProblemKind::NickTaken, None), "Зоя2");
        assert_eq!(suggested("root", ProblemKind::NickInvalid, None), "root2");
        assert_eq!(suggested("abcdefghijkl", ProblemKind::NickInvalid, None), "abcdefghi");
    }

    #[test]
    fn each_name_has_its_own_reason_and_what_can_be_kept_is_kept() {
        use ProblemKind::{NickCharacter, NickLetters, NickStart, NickTooLong};
        for (nick, kind, near) in [
            ("O'Brien", NickCharacter('\''), "OBrien"),
            ("Anne.Marie!", NickCharacter('.'), "AnneMarie"),
            ("7of9", NickStart('7'), "_7of9"),
            ("-ann", NickStart('-'), "ann"),
            ("Zoë", NickLetters, "Zoe"),
            ("Łukasz", NickLetters, "Lukasz"),
            ("Jürgen", NickLetters, "Jurgen"),
            ("smile☺", NickCharacter('☺'), "smile"),
            ("☺", NickCharacter('☺'), "guest"),
            ("abcdefghijklmnopqrst", NickTooLong(16), "abcdefghijklmnop"),
        ] {
            assert_eq!(mended_for(nick, Casemapping::Ascii), (kind, near.to_owned()), "{nick}");
        }
        for (nick, kind, near) in [
            ("Zoë's", NickCharacter('\''), "Zoës"),
            ("Владимир-Иванович", NickTooLong(8), "Владимир"),
            ("दीपा☺", NickCharacter('☺'), "दीपा"),
        ] {
            assert_eq!(mended_for(nick, Casemapping::Precis), (kind, near.to_owned()), "{nick}");
        }
    }

    #[test]
    fn what_the_server_says_for_programs_is_believed() {
        let session = Session::default();
        let told = |fault, numeric| reason(&session, numeric, "Владимир-Иванович", Some(fault));
        assert_eq!(told(NickFault::TooLong(32), Numeric::ErroneousNick), ProblemKind::NickTooLong(16));
        assert_eq!(told(NickFault::Reserved, Numeric::NickUnavailable), ProblemKind::NickReserved);
        assert_eq!(told(NickFault::Confusable, Numeric::NickInUse), ProblemKind::NickConfusable);
        assert_eq!(told(NickFault::Form, Numeric::ErroneousNick), ProblemKind::NickMixed);
    }

    #[test]
    fn what_cannot_be_sent_is_seen_before() {
        assert_eq!(fault("Anna Maria"), Some(ProblemKind::NickCharacter(' ')));
        assert_eq!(mended(" Anna  Maria "), "Anna_Maria");
        assert_eq!(fault("王 小明"), Some(ProblemKind::NickCharacter(' ')));
        assert_eq!(mended("王 小明"), "王_小明");
        assert_eq!(fault("me@example.org"), Some(ProblemKind::NickCharacter('@')));
        assert_eq!(fault("Zoë"), None);
        assert_eq!(fault("O'Brien"), None);
        assert_eq!(fault(":)"), Some(ProblemKind::NickStart(':')));
    }
}
