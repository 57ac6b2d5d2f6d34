//! The tables of sentences and how a sentence is built from them. `parla-words` makes the tables and
//! describes their format.

use std::{fmt, sync::OnceLock};

use super::{Language, Told};

include!(concat!(env!("OUT_DIR"), "/accessors.rs"));

/// The names of all sentences, in the order of the tables.
pub const IDS: &[&str] = include!(concat!(env!("OUT_DIR"), "/ids.rs"));

/// The sentences of a language.
#[derive(Clone, Copy)]
pub struct Words(&'static Table);

struct Table {
    language: Language,
    sentences: Vec<&'static str>,
}

/// A number in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count(u64);

/// A value that is inserted into a sentence.
enum Value<'a> {
    Text(&'a str),
    Count(u64),
}

const ENGLISH: &str = include_str!(concat!(env!("OUT_DIR"), "/en.words"));

/// The loaded tables: a language is loaded at most once, and stays loaded.
static LOADED: [OnceLock<Table>; Language::ALL.len()] = [const { OnceLock::new() }; Language::ALL.len()];

impl Words {
    /// English, which is always available.
    pub fn english() -> Self {
        let [english, ..] = &LOADED;
        Self(english.get_or_init(|| Table::new(Language::English, ENGLISH)))
    }

    /// A language, if it is loaded.
    pub fn loaded(language: Language) -> Option<Self> {
        if language == Language::English {
            return Some(Self::english());
        }
        LOADED.get(language as usize)?.get().map(Self)
    }

    /// Loads the table of a language. `None` if it belongs to another version of the app.
    pub fn load(language: Language, table: &str) -> Option<Self> {
        let (form, _) = table.split_once('\n')?;
        let (expected, _) = ENGLISH.split_once('\n')?;
        let lock = LOADED.get(language as usize).filter(|_| form == expected)?;
        Some(Self(lock.get_or_init(|| Table::new(language, table.to_owned().leak()))))
    }

    /// A language from the program itself, for programs that have room for all of them. Not for browsers.
    pub fn embedded(language: Language) -> Self {
        let table = match language {
            Language::English => return Self::english(),
            Language::Italian => include_str!(concat!(env!("OUT_DIR"), "/it.words")),
        };
        // The build has made both.
        Self::load(language, table).unwrap_or_else(Self::english)
    }

    /// The language of these sentences.
    pub fn language(self) -> Language {
        self.0.language
    }

    #[inline(never)]
    fn plain(self, index: usize) -> &'static str {
        self.0.sentences.get(index).copied().unwrap_or_default()
    }

    #[inline(never)]
    fn filled(self, index: usize, values: &[Value<'_>]) -> String {
        let mut sentence = String::new();
        self.0.language.fill(self.plain(index), values, Some(&mut sentence));
        sentence
    }

    #[inline(never)]
    fn told(self, index: usize, values: &[Value<'_>]) -> Told {
        Told {
            title: self.filled(index, values),
            meaning: self.plain(index + 1).to_owned(),
            remedy: self.plain(index + 2).to_owned(),
        }
    }
}

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        self.0.language == other.0.language
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.language.fmt(f)
    }
}

impl Table {
    fn new(language: Language, table: &'static str) -> Self {
        Self { language, sentences: table.lines().skip(1).collect() }
    }
}

impl Language {
    /// Fills in a pattern up to its end, or to that of the variant that it is, and returns what follows. Without
    /// a text to append to, it only looks for the end.
    fn fill<'t>(self, pattern: &'t str, values: &[Value<'_>], mut filled: Option<&mut String>) -> &'t str {
        let mut rest = pattern;
        loop {
            let mark = rest.find(|char| ('\u{1}'..='\u{4}').contains(&char));
            let Some((text, after)) = mark.and_then(|at| rest.split_at_checked(at)) else {
                if let Some(filled) = filled {
                    filled.push_str(rest);
                }
                return "";
            };
            if let Some(filled) = &mut filled {
                filled.push_str(text);
            }
            let mut chars = after.chars();
            match chars.next() {
                Some('\u{1}') => {
                    let value = value(values, chars.next());
                    if let Some(filled) = &mut filled {
                        push(value, filled);
                    }
                    rest = chars.as_str();
                }
                Some('\u{2}') => {
                    let by = value(values, chars.next());
                    rest = self.choose(chars.as_str(), (by, values), filled.as_deref_mut());
                }
                _ => return chars.as_str(),
            }
        }
    }

    /// Fills in the first variant that matches; returns what follows the last.
    fn choose<'t>(
        self,
        variants: &'t str,
        (by, values): (Option<&Value<'_>>, &[Value<'_>]),
        mut filled: Option<&mut String>,
    ) -> &'t str {
        let mut rest = variants;
        loop {
            if let Some(after) = rest.strip_prefix('\u{5}') {
                return after;
            }
            let Some((key, pattern)) = rest.split_once('\u{3}') else { return "" };
            let fits = filled.is_some() && self.fits(key, by);
            rest = self.fill(pattern, values, if fits { filled.take() } else { None });
        }
    }

    fn fits(self, key: &str, by: Option<&Value<'_>>) -> bool {
        match by {
            _ if key.is_empty() => true,
            Some(Value::Text(text)) => key == *text || (text.is_empty() && key == NONE),
            Some(Value::Count(count)) => key == self.plural(*count) || key.parse() == Ok(*count),
            None => false,
        }
    }
}

/// The key of the variant for a missing text.
const NONE: &str = "none";

fn value<'v>(values: &'v [Value<'v>], letter: Option<char>) -> Option<&'v Value<'v>> {
    values.get((letter? as usize).checked_sub('a' as usize)?)
}

fn push(value: Option<&Value<'_>>, filled: &mut String) {
    match value {
        Some(Value::Text(text)) => filled.push_str(text),
        Some(Value::Count(count)) => filled.push_str(&count.to_string()),
        None => {}
    }
}

impl From<u64> for Count {
    fn from(count: u64) -> Self {
        Self(count)
    }
}

impl From<u32> for Count {
    fn from(count: u32) -> Self {
        Self(count.into())
    }
}

impl From<u16> for Count {
    fn from(count: u16) -> Self {
        Self(count.into())
    }
}

impl From<u8> for Count {
    fn from(count: u8) -> Self {
        Self(count.into())
    }
}

impl From<usize> for Count {
    fn from(count: usize) -> Self {
        Self(count as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_filled() {
        let waiting = "\u{2}a0\u{3}Nothing waits\u{4}one\u{3}\u{1}a message waits\u{4}\u{3}\u{1}a messages wait\u{4}\u{5} for \
                       \u{2}bnone\u{3}you, \u{2}a1\u{3}x\u{4}\u{3}y\u{4}\u{5}!\u{4}\u{3}\u{1}b\u{4}\u{5}.";
        let sentence = |count, who| {
            let mut sentence = String::new();
            Language::English.fill(waiting, &[Value::Count(count), Value::Text(who)], Some(&mut sentence));
            sentence
        };
        assert_eq!(sentence(0, "bob"), "Nothing waits for bob.");
        assert_eq!(sentence(1, ""), "1 message waits for you, x!.");
        assert_eq!(sentence(2, ""), "2 messages wait for you, y!.");
        assert_eq!(
            sentence(2, "\u{1}b\u{2}"),
            "2 messages wait for \u{1}b\u{2}.",
            "what is put in is never read"
        );
    }

    #[test]
    fn a_broken_table_does_no_harm() {
        for broken in [
            "\u{1}",
            "\u{1}z",
            "\u{2}",
            "\u{2}a",
            "\u{2}a\u{3}x",
            "\u{2}ax",
            "\u{4}x",
            "a\u{2}a\u{3}\u{4}",
            "\u{5}",
        ] {
            let mut sentence = String::new();
            Language::English.fill(broken, &[Value::Count(1)], Some(&mut sentence));
        }
        assert_eq!(Words::load(Language::English, "parla 0\nx\n"), None, "another version");
        assert_eq!(Words::load(Language::English, ""), None);
    }

    #[test]
    fn lists_end_with_and() {
        let words = Words::english();
        assert_eq!(words.list(&[]), "");
        assert_eq!(words.list(&["a", "b"]), "a and b");
        assert_eq!(words.list(&["a", "b", "c", "d"]), "a, b, c and d");
        assert_eq!(Words::embedded(Language::Italian).list(&["a", "b", "c"]), "a, b e c");
    }
}
