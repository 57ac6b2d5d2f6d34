//! Reads tables of the file key by key: a missing key has a default, an invalid value is a problem with its
//! line, and a key that was never asked for is reported as a typo.
//!
//! A new key is one line where its table is read: `table.or("nick_length", number(1..=64), 32)`.

use std::{cell::RefCell, ops::Range};

use toml::de::{DeTable, DeValue};

use super::problem::{Problems, nearest};

/// The text of the file, and what has been found in it.
pub(super) struct Source<'a> {
    text: &'a str,
    pub(super) problems: &'a Problems,
    /// Every key that the server knows, with its table.
    known: RefCell<Vec<(String, &'static str)>>,
    /// Keys and tables that were never asked for.
    unknown: RefCell<Vec<Unknown>>,
    /// The lines that are not valid TOML. Their contents are not what was meant, and anything that is missing
    /// may be in them.
    broken_lines: Vec<usize>,
}

/// A key or a table that the server does not know.
struct Unknown {
    line: Option<usize>,
    table: String,
    key: String,
    is_table: bool,
}

/// A value with its line in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) line: Option<usize>,
}

impl<T> Placed<T> {
    /// A value that is not from the file.
    pub(super) const fn nowhere(value: T) -> Self {
        Self { value, line: None }
    }
}

/// A table that is being read.
pub(super) struct Table<'a> {
    source: &'a Source<'a>,
    /// The table's name; empty for the file itself.
    name: String,
    /// The line where it starts.
    pub(super) line: Option<usize>,
    /// `None` if the file does not have it.
    entries: Option<&'a DeTable<'a>>,
    asked: Vec<&'static str>,
}

/// A value, and the name of its key.
pub(super) struct Value<'a> {
    source: &'a Source<'a>,
    name: String,
    value: &'a toml::Spanned<DeValue<'a>>,
}

/// Reads a whole file and adds what is wrong with it to `problems`. If part of it is not valid TOML, the
/// result is `None`, but problems in the rest are reported as well.
pub(super) fn read<T>(text: &str, problems: &Problems, read: impl FnOnce(&mut Table<'_>) -> T) -> Option<T> {
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut source = Source {
        text,
        problems,
        known: RefCell::default(),
        unknown: RefCell::default(),
        broken_lines: Vec::new(),
    };
    for error in &errors {
        let at = error.span().map(|span| source.line(span.start));
        // Further errors in a line are usually consequences of the first.
        if at.is_none_or(|line| !source.broken_lines.contains(&line)) {
            problems.error(at, syntax(error.message()));
        }
        source.broken_lines.extend(at);
    }
    let mut table = Table {
        source: &source,
        name: String::new(),
        line: None,
        entries: Some(document.get_ref()),
        asked: vec![],
    };
    let value = read(&mut table);
    table.finish();
    source.tell_unknown();
    errors.is_empty().then_some(value)
}

/// Describes a syntax error for people who do not know the parser.
fn syntax(message: &str) -> String {
    let is_value = ["invalid float", "invalid boolean", "invalid value", "string values must be quoted"];
    if is_value.iter().any(|value| message.starts_with(value)) {
        "a value must be a text in quotes, a number, true, false or a list in brackets".to_owned()
    } else if message == "duplicate key" {
        "this is there twice".to_owned()
    } else {
        format!("this is not TOML: {message}")
    }
}

impl Source<'_> {
    fn line(&self, at: usize) -> usize {
        1 + self.text.get(..at).unwrap_or(self.text).matches('\n').count()
    }

    /// Whether nothing between these bytes is on a broken line.
    fn is_whole(&self, span: Range<usize>) -> bool {
        let lines = self.line(span.start)..=self.line(span.end);
        !self.broken_lines.iter().any(|broken| lines.contains(broken))
    }

    /// Reports unknown keys, once every known key has been asked for.
    fn tell_unknown(&self) {
        let known = self.known.borrow();
        let keys = |table: &str| -> Vec<&'static str> {
            known.iter().filter(|(of, _)| of == table).map(|(_, key)| *key).collect()
        };
        for Unknown { line, table, key, is_table } in &*self.unknown.borrow() {
            let words = if table.is_empty() && *is_table {
                let hint = nearest(key, keys("")).map_or_else(
                    || format!("there are {}", keys("").join(", ")),
                    |near| format!("did you mean [{near}]?"),
                );
                format!("[{key}]: there is no such table; {hint}")
            } else {
                let name = if table.is_empty() { key.clone() } else { format!("{table}.{key}") };
                let elsewhere = known.iter().find(|(of, known)| known == key && !of.is_empty());
                let hint = match (nearest(key, keys(table)), elsewhere) {
                    (Some(near), _) => format!("did you mean {near}?"),
                    (None, Some((of, _))) => format!("it belongs in [{of}]"),
                    (None, None) => format!("there are {}", keys(table).join(", ")),
                };
                format!("{name}: there is no such key; {hint}")
            };
            self.problems.error(*line, words);
        }
    }
}

impl<'a> Table<'a> {
    /// Where problems are added.
    pub(super) const fn problems(&self) -> &'a Problems {
        self.source.problems
    }

    /// The value of a key, if the file has it.
    fn take(&mut self, key: &'static str) -> Option<Value<'a>> {
        self.asked.push(key);
        let (_, value) = self.entries?.iter().find(|(name, _)| name.get_ref() == key)?;
        Some(Value { source: self.source, name: self.full(key), value })
    }

    fn full(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    /// The value of a key, if the file has it and it is of this kind.
    pub(super) fn maybe<T>(
        &mut self,
        key: &'static str,
        kind: impl Fn(&Value<'a>) -> Option<T>,
    ) -> Option<T> {
        kind(&self.take(key)?)
    }

    /// The value of a key, or its default.
    pub(super) fn or<T>(
        &mut self,
        key: &'static str,
        kind: impl Fn(&Value<'a>) -> Option<T>,
        default: T,
    ) -> T {
        self.maybe(key, kind).unwrap_or(default)
    }

    /// The value of a required key.
    pub(super) fn need<T>(&mut self, key: &'static str, kind: impl Fn(&Value<'a>) -> Option<T>) -> Option<T> {
        let Some(value) = self.take(key) else {
            self.lacking(self.line, &format!("{}: is missing", self.full(key)));
            return None;
        };
        kind(&value)
    }

    /// Reads a key that this version knows but ignores; `asks` says whether the value asks for something.
    pub(super) fn without_effect(&mut self, key: &'static str, asks: impl Fn(&Value<'a>) -> bool) {
        let Some(value) = self.take(key).filter(asks) else { return };
        let words = format!("{}: has no effect: this version does not have what it asks for", value.name);
        self.problems().warning(value.line(), words);
    }

    /// Reads a subtable. If the file does not have it, all its keys have their defaults.
    pub(super) fn table<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Self) -> T) -> T {
        let value = self.take(key);
        let mut table = Table {
            source: self.source,
            name: self.full(key),
            line: value.as_ref().and_then(Value::line),
            entries: value.and_then(|value| value.table()),
            asked: Vec::new(),
        };
        let read = read(&mut table);
        table.finish();
        read
    }

    /// Reads a subtable, if the file has it.
    pub(super) fn maybe_table<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        if self.has(key) {
            return Some(self.table(key, read));
        }
        self.asked.push(key);
        None
    }

    /// Reports a required key that is missing.
    pub(super) fn required(&self, key: &str, why: &str) {
        if !self.has(key) {
            self.lacking(self.line, &format!("{}: is missing; {why}", self.full(key)));
        }
    }

    /// Reports a problem that exists because something else is missing, unless that may be in a line that
    /// could not be read.
    pub(super) fn lacking(&self, line: Option<usize>, words: &str) {
        if self.source.broken_lines.is_empty() {
            self.problems().error(line, words);
        }
    }

    fn has(&self, key: &str) -> bool {
        self.entries.is_some_and(|entries| entries.iter().any(|(name, _)| name.get_ref() == key))
    }

    /// Reads all tables with this name: `[[name]]`.
    pub(super) fn tables<T>(&mut self, key: &'static str, read: impl Fn(&mut Self) -> T) -> Vec<T> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let DeValue::Array(entries) = value.value.get_ref() else {
            value.error(&format!("write [[{key}]], with two brackets on each side, as there may be several"));
            return Vec::new();
        };
        let mut all = Vec::new();
        for entry in entries {
            let value = Value { source: self.source, name: value.name.clone(), value: entry };
            let Some(entries) = value.table() else { continue };
            let (name, line) = (value.name.clone(), value.line());
            let mut table =
                Table { source: self.source, name, line, entries: Some(entries), asked: Vec::new() };
            all.push(read(&mut table));
            table.finish();
        }
        all
    }

    /// Notes keys that were never asked for.
    fn finish(self) {
        let mut known = self.source.known.borrow_mut();
        for key in &self.asked {
            if !known.iter().any(|(table, known)| *table == self.name && known == key) {
                known.push((self.name.clone(), key));
            }
        }
        let entries = self.entries.into_iter().flat_map(|entries| entries.iter());
        let unknown = entries.filter(|(key, value)| {
            // For a table without its closing bracket, the parser takes the key of the next line for its
            // name.
            let is_whole = self.source.is_whole(key.span()) && self.source.is_whole(value.span());
            is_whole && !self.asked.iter().any(|asked| key.get_ref() == asked)
        });
        self.source.unknown.borrow_mut().extend(unknown.map(|(key, value)| Unknown {
            line: Some(self.source.line(key.span().start)),
            table: self.name.clone(),
            key: key.get_ref().to_string(),
            is_table: is_table(value.get_ref()),
        }));
    }
}

fn is_table(value: &DeValue<'_>) -> bool {
    match value {
        DeValue::Table(_) => true,
        DeValue::Array(entries) => entries.iter().any(|entry| entry.get_ref().is_table()),
        _ => false,
    }
}

impl<'a> Value<'a> {
    /// What it is.
    pub(super) fn get(&self) -> &'a DeValue<'a> {
        self.value.get_ref()
    }

    /// The value's line in the file.
    pub(super) fn line(&self) -> Option<usize> {
        Some(self.source.line(self.value.span().start))
    }

    /// One element of a list.
    pub(super) fn element(&self, value: &'a toml::Spanned<DeValue<'a>>) -> Self {
        Self { source: self.source, name: self.name.clone(), value }
    }

    fn table(&self) -> Option<&'a DeTable<'a>> {
        let table = self.get().as_table();
        if table.is_none() {
            let is_list = self.get().is_array();
            let hint = if is_list {
                "there is only one: write it with one bracket on each side"
            } else {
                "must be a table"
            };
            self.error(hint);
        }
        table
    }

    /// Reports what the value must be, and what it is.
    pub(super) fn wrong<T>(&self, must: &str) -> Option<T> {
        const SHOWN_BYTES_MAX: usize = 60;
        let given = self.source.text.get(self.value.span()).unwrap_or_default();
        let given = given.lines().next().unwrap_or_default();
        let shown = parla_proto::line::fitting(given, SHOWN_BYTES_MAX);
        let more = if shown.len() < given.len() { "..." } else { "" };
        self.error(&format!("{must}, not {shown}{more}"));
        None
    }

    /// Reports what is wrong with the value, without repeating it.
    pub(super) fn error(&self, words: &str) {
        if self.source.is_whole(self.value.span()) {
            self.source.problems.error(self.line(), format!("{}: {words}", self.name));
        }
    }

    /// Reports a doubt about the value.
    pub(super) fn warning(&self, words: &str) {
        if self.source.is_whole(self.value.span()) {
            self.source.problems.warning(self.line(), format!("{}: {words}", self.name));
        }
    }
}
