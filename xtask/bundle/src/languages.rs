//! The languages of the page: the tables of their sentences, each of them a file that is loaded when somebody
//! needs it, and the page's own sentences from before the app is there.
//!
//! The page contains its own sentences in English. `loading.js` replaces them by those of another language,
//! text by text. Touches no file.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use parla_words::{File, Part, Pattern, table};
use serde_json::{Value, json};

use crate::page::Assets;

/// The ending of a language's file.
const ENDING: &str = ".ftl";
/// The language that the page contains.
const ENGLISH: &str = "en";
/// The start of the names of sentences that only the page uses.
const OF_PAGE: &str = "loading-";
/// The start of a table's name.
const TABLE: &str = "words-";

/// Whether a file, by its final name, is the table of a language.
pub(crate) fn is_table(name: &str) -> bool {
    name.starts_with(TABLE)
}

/// The languages, by their codes.
pub(crate) struct Languages {
    english: File,
    others: BTreeMap<String, File>,
}

impl Languages {
    /// Reads the languages among the static files.
    ///
    /// # Errors
    /// A file cannot be parsed, or there is no English.
    pub(crate) fn of(assets: &Assets) -> Result<Self> {
        let mut all = BTreeMap::new();
        for (name, bytes) in &assets.0 {
            if let Some(code) = name.strip_suffix(ENDING) {
                let text = std::str::from_utf8(bytes).with_context(|| format!("{name} is not UTF-8"))?;
                all.insert(code.to_owned(), File::parse(text).with_context(|| name.clone())?);
            }
        }
        let english = all.remove(ENGLISH).context("there is no English")?;
        Ok(Self { english, others: all })
    }

    /// The table of each language except English: its name in the sources, and its bytes.
    pub(crate) fn tables(&self) -> impl Iterator<Item = (String, Vec<u8>)> {
        let others = self.others.iter();
        others.map(|(code, file)| (table_name(code), table(&self.english, file).into_bytes()))
    }

    /// An English sentence that can be inserted into a page or a script.
    ///
    /// # Errors
    /// There is no sentence with this name, or it takes values, or it contains characters with a special
    /// meaning there.
    pub(crate) fn english(&self, id: &str) -> Result<&str> {
        for_markup(&self.english, id)
    }

    /// A sentence in every language, one paragraph each, for people without a script that could choose.
    ///
    /// # Errors
    /// As [`Languages::english`].
    pub(crate) fn in_each(&self, id: &str) -> Result<String> {
        let mut all = format!("<p>{}</p>", self.english(id)?);
        for (code, file) in &self.others {
            all += &format!("<p lang=\"{code}\">{}</p>", for_markup(file, id)?);
        }
        Ok(all)
    }

    /// What `loading.js` needs to know of the other languages: the addresses of their tables, and the
    /// replacement of each English text of the page.
    ///
    /// # Errors
    /// A text of the first screen is not a sentence, or would need two translations in another language.
    pub(crate) fn for_page(
        &self,
        first_screen: &str,
        addresses: &BTreeMap<String, String>,
    ) -> Result<String> {
        let mut all = serde_json::Map::new();
        for (code, file) in &self.others {
            let mut words = BTreeMap::new();
            let mut left: Vec<&str> = texts(first_screen);
            for english in &self.english.sentences {
                let said = file.find(&english.id).unwrap_or(english);
                let pairs = pairs(&english.pattern, &said.pattern);
                let is_seen = |text: &str| left.contains(&text);
                if !english.id.starts_with(OF_PAGE) && !pairs.iter().all(|(english, _)| is_seen(english)) {
                    continue;
                }
                for (english, said) in pairs {
                    let before = words.insert(english.to_owned(), said.to_owned());
                    let is_one = before.is_none_or(|before| before == said);
                    ensure!(is_one, "{code}: `{english}` would be `{said}` and something else");
                }
            }
            left.retain(|text| !words.contains_key(*text));
            ensure!(left.is_empty(), "the first screen says {left:?}, which are no sentences");
            let table = addresses.get(&table_name(code)).with_context(|| format!("no table for {code}"))?;
            all.insert(code.clone(), json!({ "table": table, "words": words }));
        }
        // Nothing in a script may look like its end tag.
        Ok(Value::Object(all).to_string().replace('<', "\\u003c"))
    }
}

/// A sentence that can be inserted into a page or a script. The errors are those of [`Languages::english`].
fn for_markup<'f>(file: &'f File, id: &str) -> Result<&'f str> {
    let sentence = file.find(id).with_context(|| format!("there is no sentence {id}"))?;
    let [Part::Text(text)] = sentence.pattern.as_slice() else {
        bail!("{id}: nothing can be put into a sentence of the page");
    };
    ensure!(!text.contains(['<', '>', '&', '"', '\\']), "{id}: cannot stand in a page");
    Ok(text)
}

fn table_name(code: &str) -> String {
    format!("{TABLE}{code}.txt")
}

/// The texts between the tags of a fragment of HTML.
fn texts(html: &str) -> Vec<&str> {
    let pieces = html.split('<').filter_map(|piece| piece.split_once('>'));
    pieces.map(|(_, text)| text.trim_end_matches('\n')).filter(|text| !text.trim().is_empty()).collect()
}

/// The texts of a sentence around its values, in both languages. `None` if they do not correspond.
fn pairs<'a>(english: &'a Pattern, said: &'a Pattern) -> Vec<(&'a str, &'a str)> {
    let pairs = english.iter().zip(said).filter_map(|parts| match parts {
        (Part::Text(english), Part::Text(said)) => Some((english.as_str(), said.as_str())),
        _ => None,
    });
    pairs.collect()
}
