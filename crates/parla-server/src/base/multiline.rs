//! A message of several lines, as one text and as the pieces in which it was sent.
//! <https://ircv3.net/specs/extensions/multiline>
//!
//! The text is what people read: its lines, joined by line feeds. Its sender cut lines that were too long;
//! the positions of the cuts are kept beside the text, so that every recipient gets the same pieces.

use parla_proto::Capabilities;

/// The type of a batch, and the capability for it.
pub(crate) const MULTILINE: &str = "draft/multiline";
/// The tag of a line that continues the one before.
pub(crate) const CONCAT: &str = "draft/multiline-concat";
/// The capabilities that a client needs to send and receive such batches.
pub(crate) const NEEDED: Capabilities = Capabilities::MULTILINE.union(Capabilities::BATCH);

/// One line of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The text of the piece, which may be empty.
    pub text: &'a str,
    /// Whether it continues the line of the piece before; `draft/multiline-concat`.
    pub goes_on: bool,
}

/// Splits a text into its pieces. A cut that is not on a character boundary is ignored.
pub fn pieces<'a>(text: &'a str, cuts: &[u32]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let end = start + line.len();
        let (mut from, mut goes_on) = (start, false);
        let here = cuts.iter().filter_map(|cut| usize::try_from(*cut).ok());
        for cut in here.filter(|cut| (start..=end).contains(cut) && text.is_char_boundary(*cut)) {
            if let Some(piece) = text.get(from..cut) {
                pieces.push(Piece { text: piece, goes_on });
                (from, goes_on) = (cut, true);
            }
        }
        pieces.push(Piece { text: text.get(from..end).unwrap_or_default(), goes_on });
        start = end + 1;
    }
    pieces
}

/// Appends a piece, which is not the first, to a text and its cuts.
pub(crate) fn push(text: &mut String, cuts: &mut Vec<u32>, piece: Piece<'_>) {
    if piece.goes_on {
        cuts.extend(u32::try_from(text.len()));
    } else {
        text.push('\n');
    }
    text.push_str(piece.text);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str, cuts: &[u32]) -> Vec<String> {
        let mark = |piece: Piece<'_>| format!("{}{}", if piece.goes_on { "+" } else { "" }, piece.text);
        pieces(text, cuts).into_iter().map(mark).collect()
    }

    #[test]
    fn a_text_comes_apart_where_it_was_put_together() {
        assert_eq!(shown("one", &[]), ["one"]);
        assert_eq!(shown("one\n\ntwo", &[]), ["one", "", "two"]);
        assert_eq!(shown("hello\nhow is everyone?", &[13]), ["hello", "how is ", "+everyone?"]);
        assert_eq!(shown("\nab", &[1]), ["", "", "+ab"]);
        assert_eq!(shown("abc", &[1, 2]), ["a", "+b", "+c"]);
    }

    #[test]
    fn cuts_that_are_none_lose_nothing() {
        assert_eq!(shown("\u{e9}a", &[1, 2, 99]), ["\u{e9}", "+a"]);
        assert_eq!(shown("abc", &[2, 1]), ["ab", "+c"]);
        assert_eq!(shown("", &[0]), ["", "+"]);
    }

    proptest! {
        #[test]
        fn pieces_are_what_was_pushed(first in "[a-z\u{e9}]{0,4}",
                                      rest in proptest::collection::vec(("[a-z \u{e9}]{1,4}", any::<bool>()), 0..8)) {
            let (mut text, mut cuts) = (first.clone(), Vec::new());
            for (piece, goes_on) in &rest {
                push(&mut text, &mut cuts, Piece { text: piece, goes_on: *goes_on });
            }
            let whole = [(first, false)].into_iter().chain(rest);
            let wanted: Vec<(String, bool)> = whole.collect();
            let came: Vec<(String, bool)> =
                pieces(&text, &cuts).into_iter().map(|piece| (piece.text.to_owned(), piece.goes_on)).collect();
            prop_assert_eq!(came, wanted);
        }

        #[test]
        fn no_text_and_no_cuts_are_too_odd(text in "[a\n\u{e9}]{0,12}", cuts in proptest::collection::vec(0u32..16, 0..6)) {
            let whole: String = pieces(&text, &cuts).iter().map(|piece| piece.text).collect();
            prop_assert_eq!(whole, text.replace('\n', ""));
        }
    }
}
