//! What a text contains besides its words: formatting codes and CTCP.
//!
//! <https://modern.ircdocs.horse/formatting>, <https://modern.ircdocs.horse/ctcp>

const CTCP: char = '\u{1}';

/// Whether the text is a CTCP other than an action (`/me`).
pub(crate) fn is_ctcp_but_action(text: &str) -> bool {
    text.strip_prefix(CTCP).is_some_and(|inner| {
        let word = inner.split([' ', CTCP]).next().unwrap_or_default();
        !word.eq_ignore_ascii_case("ACTION")
    })
}

/// The codes of bold, reset, monospace, reverse, italic, strikethrough and underline.
const SWITCHES: [char; 7] = ['\u{2}', '\u{f}', '\u{11}', '\u{16}', '\u{1d}', '\u{1e}', '\u{1f}'];

/// The codes that start a colour; digits follow them.
const COLOURS: [char; 2] = ['\u{3}', '\u{4}'];

/// Whether a character is a control character without a meaning in IRC, such as those that control a
/// terminal.
pub(crate) fn is_stray_control(char: char) -> bool {
    char.is_control() && !SWITCHES.contains(&char) && !COLOURS.contains(&char)
}

/// The text without colours, bold and the like.
pub(crate) fn strip(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        rest = rest.get(char.len_utf8()..).unwrap_or_default();
        match char {
            switch if SWITCHES.contains(&switch) => {}
            '\u{3}' => rest = after_colours(rest, 2, |char| char.is_ascii_digit()),
            '\u{4}' => rest = after_colours(rest, 6, |char| char.is_ascii_hexdigit()),
            _ => plain.push(char),
        }
    }
    plain
}

/// The rest of the text after a colour and, behind a comma, a second colour, each of at most `digits_max`
/// digits.
fn after_colours(text: &str, digits_max: usize, is_digit: impl Fn(char) -> bool) -> &str {
    let digits = |text: &str| text.chars().take(digits_max).take_while(|char| is_digit(*char)).count();
    let rest = text.get(digits(text)..).unwrap_or_default();
    if rest.len() == text.len() {
        return text;
    }
    match rest.strip_prefix(',').map(|second| (second, digits(second))) {
        Some((second, count)) if count > 0 => second.get(count..).unwrap_or_default(),
        _ => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_stay() {
        for (text, plain) in [
            ("plain", "plain"),
            ("\u{2}bold\u{f} and \u{3}04red\u{3} not", "bold and red not"),
            ("\u{3}4,12both", "both"),
            ("\u{3}04,text", ",text"),
            ("\u{3}123", "3"),
            ("\u{3},1", ",1"),
            ("\u{4}ff0000,00ff00hex", "hex"),
            ("\u{4}zz", "zz"),
            ("\u{1d}\u{1e}\u{1f}\u{16}\u{11}", ""),
            ("\u{3}", ""),
            ("caf\u{e9}\u{2}\u{e9}", "caf\u{e9}\u{e9}"),
            ("\u{1}ACTION \u{2}waves\u{1}", "\u{1}ACTION waves\u{1}"),
        ] {
            assert_eq!(strip(text), plain, "{text:?}");
        }
    }

    #[test]
    fn actions_are_no_requests() {
        for (text, is_request) in [
            ("hello", false),
            ("", false),
            ("\u{1}", true),
            ("\u{1}ACTION waves\u{1}", false),
            ("\u{1}action waves", false),
            ("\u{1}ACTION\u{1}", false),
            ("\u{1}ACTIONS\u{1}", true),
            ("\u{1}PING 1\u{1}", true),
            ("say \u{1}PING\u{1}", false),
        ] {
            assert_eq!(is_ctcp_but_action(text), is_request, "{text:?}");
        }
    }
}
