//! What was said, ready to be shown: formatting codes, links and hostile characters dealt with.
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
    /// Without formatting, links as they were written. What is copied and searched.
    pub plain: Arc<str>,
    /// Cover `plain` from its start to its end, in order.
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
    /// Where it is in `plain`, in bytes.
    pub range: Range<usize>,
    /// How it looks.
    #[serde(with = "style_bits")]
    pub style: Style,
    /// Its colour, if it has one.
    pub colour: Option<Colour>,
    /// The colour behind it, if it has one.
    pub background: Option<Colour>,
    /// Where it leads, if anywhere.
    pub link: Option<Link>,
}

bitflags! {
    /// How a piece of text looks.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Style: u8 {
        /// Bold.
        const BOLD = 1;
        /// Slanted.
        const ITALIC = 2;
        /// With a line below.
        const UNDERLINE = 4;
        /// With a line through it.
        const STRIKETHROUGH = 8;
        /// As a program's text.
        const MONOSPACE = 16;
        /// Foreground and background changed places.
        const REVERSE = 32;
        /// Names the person.
        const MENTION = 64;
    }
}

/// A [`Style`] as one number.
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
    /// One of the 99 colours of IRC, 0 to 98.
    Palette(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// Where a piece of text leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Link {
    /// To a page: `http` or `https` only, nothing else is ever a link.
    Page {
        /// The whole address.
        href: Arc<str>,
        /// The host in ASCII (`xn--…`), if what is written could be mistaken for another one.
        real_host: Option<Arc<str>>,
    },
    /// To a room of the same network.
    Room(Arc<str>),
}

/// Gives the composed form (NFC) of a text.
pub type Compose = fn(&str) -> String;

/// Writes a name in plain letters, as far as it can: `Zoë` is `Zoe`. What it cannot write it leaves out or leaves as it is.
pub type Transliterate = fn(&str) -> String;

/// Which letters are the same ones.
#[derive(Clone, Copy, Debug)]
pub struct Letters {
    /// The network's rule.
    pub casemapping: Casemapping,
    /// Where that takes all scripts, one letter has several spellings.
    pub compose: Compose,
}

impl Text {
    /// Reads a text as it came from the wire. The lines of a message of several lines are separated by line feeds.
    pub fn parse(wire: &str) -> Self {
        lines::parse(wire)
    }

    /// The same, with every occurrence of `nick` as a word marked. Says whether there is one.
    pub fn parse_naming(wire: &str, nick: &str, letters: Letters) -> (Self, bool) {
        mention::mark_nick(lines::parse(wire), nick, letters)
    }

    /// Its first lines, and how many it has, if it has more than so many.
    pub fn folded(&self, lines_max: usize) -> Option<(Self, usize)> {
        lines::folded(self, lines_max)
    }

    /// The characters of one span.
    pub fn slice(&self, span: &Span) -> &str {
        self.plain.get(span.range.clone()).unwrap_or_default()
    }
}
