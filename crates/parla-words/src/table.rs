//! Writes a language's sentences as the table that the app reads.
//!
//! The first line identifies the form: which sentences there are, and which values each takes. A table is
//! only read by an app with the same form. Each sentence then is one line. In it, `\u{1}` and a letter stand
//! for a value, `a` for the first by name. `\u{2}` and a letter begin a choice by that value: any number of
//! variants, each with a key, `\u{3}`, a pattern and `\u{4}`; the last key is empty. `\u{5}` ends the choice.

use std::{collections::BTreeMap, fmt::Write as _, hash::Hasher as _};

use fnv::FnvHasher;

use crate::{File, NONE, PLURALS, Part, Pattern};

/// The values of a sentence: their names in alphabetical order, and whether each is a number.
pub type Form = BTreeMap<String, bool>;

/// The values that a pattern takes.
pub(crate) fn form(pattern: &Pattern) -> Form {
    let mut form = Form::new();
    note(pattern, &mut form);
    form
}

fn note(pattern: &Pattern, form: &mut Form) {
    for part in pattern {
        match part {
            Part::Text(_) => {}
            Part::Variable { name, is_number } => *form.entry(name.clone()).or_default() |= is_number,
            Part::Choice { by, variants } => {
                *form.entry(by.clone()).or_default() |= is_by_number(variants);
                variants.iter().for_each(|(_, variant)| note(variant, form));
            }
        }
    }
}

/// Whether the keys are numbers and plural forms.
fn is_by_number(variants: &[(Option<String>, Pattern)]) -> bool {
    let mut keys = variants.iter().filter_map(|(key, _)| key.as_deref());
    keys.all(|key| key != NONE && (PLURALS.contains(&key) || key.parse::<u64>().is_ok()))
}

/// The table of a language. For a sentence that the language lacks, it has the English one.
#[must_use]
pub fn table(english: &File, language: &File) -> String {
    let mut table = format!("parla {:016x}\n", fingerprint(english));
    for sentence in &english.sentences {
        let form = form(&sentence.pattern);
        let translated = language.find(&sentence.id).unwrap_or(sentence);
        write_pattern(&translated.pattern, &form, &mut table);
        table.push('\n');
    }
    table
}

fn write_pattern(pattern: &Pattern, form: &Form, table: &mut String) {
    for part in pattern {
        match part {
            Part::Text(text) => table.push_str(text),
            Part::Variable { name, .. } => {
                table.push('\u{1}');
                table.push(letter(name, form));
            }
            Part::Choice { by, variants } => {
                table.push('\u{2}');
                table.push(letter(by, form));
                for (key, variant) in variants {
                    table.push_str(key.as_deref().unwrap_or_default());
                    table.push('\u{3}');
                    write_pattern(variant, form, table);
                    table.push('\u{4}');
                }
                table.push('\u{5}');
            }
        }
    }
}

fn letter(name: &str, form: &Form) -> char {
    let index = form.keys().position(|known| known == name).unwrap_or_default();
    ('a'..='z').nth(index).unwrap_or('z')
}

/// A hash that stays the same as long as the sentences and their values are the same.
fn fingerprint(english: &File) -> u64 {
    let mut text = String::new();
    for sentence in &english.sentences {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{} {:?}", sentence.id, form(&sentence.pattern));
    }
    let mut hasher = FnvHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    const ENGLISH: &str = "\
close = Close
invited = { $who } invites you to { $room }
waiting = { $count ->
    [0] Nothing waits
    [one] { $count } message waits
   *[other] { $count } messages wait
} for { $what ->
    [none] you
   *[other] { $what }
}
";

    fn shown(table: &str) -> String {
        let marks = [("\u{1}", "$"), ("\u{2}", "<"), ("\u{3}", "="), ("\u{4}", "|"), ("\u{5}", ">")];
        marks.iter().fold(table.to_owned(), |text, (mark, shown)| text.replace(mark, shown))
    }

    #[test]
    fn a_sentence_is_a_line() {
        let english = File::parse(ENGLISH).unwrap();
        let italian = File::parse("close = Chiudi\ninvited = In { $room } ti vuole { $who }\n").unwrap();
        expect![[r#"
            parla b1894e98f689a432
            Close
            $b invites you to $a
            <a0=Nothing waits|one=$a message waits|=$a messages wait|> for <bnone=you|=$b|>
        "#]]
        .assert_eq(&shown(&table(&english, &english)));
        expect![[r#"
            parla b1894e98f689a432
            Chiudi
            In $a ti vuole $b
            <a0=Nothing waits|one=$a message waits|=$a messages wait|> for <bnone=you|=$b|>
        "#]]
        .assert_eq(&shown(&table(&english, &italian)));
    }
}
