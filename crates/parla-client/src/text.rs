//! Text that is ready to be shown: formatting codes, links and hostile characters have been dealt with.
//!
//! Sources: <https://modern.ircdocs.horse/formatting>. Never fetches anything.

use std::{ops::Range, sync::Arc};

use bitflags::bitflags;
use parla_proto::Casemapping;
use serde::{Deserialize, Serialize};

mod clean;
mod format;
mod lines;
mod link;
mod mention;
mod name;
mod reaction;

pub(crate) use clean::is_mark;
pub use name::{Hue, hue, shown_name};
pub(crate) use reaction::shown_reaction;

/// A text in pieces of equal style.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Text {
    /// The text without formatting, with links as they were written. It is used for copying and searching.
    pub plain: Arc<str>,
    /// The pieces, which cover `plain` from start to end, in order.
    pub spans: Arc<[Span]>,
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.spans, &other.spans) || (self.plain == other.plain && self.spans == other.spans)
    }
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its position in `plain`, in bytes.
    pub range: Range<usize>,
    /// The formatting of the piece.
    #[serde(with = "style_bits")]
    pub style: Style,
    /// The text colour, if the sender chose one.
    pub colour: Option<Colour>,
    /// The background colour, if the sender chose one.
    pub background: Option<Colour>,
    /// Where it leads, if it is a link.
    pub link: Option<Link>,
}

bitflags! {
    /// How a piece of text looks.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Style: u8 {
        /// Bold.
        const BOLD = 1;
        /// Italic.
        const ITALIC = 2;
        /// Underlined.
        const UNDERLINE = 4;
        /// Struck through.
        const STRIKETHROUGH = 8;
        /// In a monospace font.
        const MONOSPACE = 16;
        /// With foreground and background swapped.
        const REVERSE = 32;
        /// A mention of the person's nick.
        const MENTION = 64;
    }
}

/// Serialises a [`Style`] as a number.
mod style_bits {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::Style;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(style: &Style, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(style.bits())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Style, D::Error> {
        u8::deserialize(deserializer).map(Style::from_bits_truncate)
    }
}

/// A colour that a sender chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Colour {
    /// One of the 99 IRC colours, 0 to 98.
    Palette(u8),
    /// Red, green and blue.
    Rgb(u8, u8, u8),
}

/// Where a piece of text leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Link {
    /// To a web page: `http` or `https`; no other scheme ever becomes a link.
    Page {
        /// The complete address, with the host in ASCII.
        href: Arc<str>,
        /// The host in ASCII (`xn--…`), if the host as written could be mistaken for another one.
        real_host: Option<Arc<str>>,
    },
    /// To a channel of the same network.
    Room(Arc<str>),
}

/// Converts a text to its composed form (NFC).
pub type Compose = fn(&str) -> String;

/// Writes a name in plain letters as far as it can: `Zoë` becomes `Zoe`. Other characters are dropped or left
/// as they are.
pub type Transliterate = fn(&str) -> String;

/// How letters are compared.
#[derive(Clone, Copy, Debug)]
pub struct Letters {
    /// The network's rule for which letters are equal.
    pub casemapping: Casemapping,
    /// Needed where names may have all scripts, because one letter then has several encodings.
    pub compose: Compose,
}

impl Text {
    /// Parses a text from the wire. The lines of a message of several lines are separated by line feeds.
    pub fn parse(wire: &str) -> Self {
        lines::parse(wire)
    }

    /// Parses a text and marks every occurrence of `nick` as a word. Also returns whether there is one.
    pub fn parse_naming(wire: &str, nick: &str, letters: Letters) -> (Self, bool) {
        mention::mark_nick(lines::parse(wire), nick, letters)
    }

    /// The first lines of the text and the number of all lines, if there are more than `lines_max`.
    pub fn folded(&self, lines_max: usize) -> Option<(Self, usize)> {
        lines::folded(self, lines_max)
    }

    /// The text of one span.
    pub fn slice(&self, span: &Span) -> &str {
        self.plain.get(span.range.clone()).unwrap_or_default()
    }
}
