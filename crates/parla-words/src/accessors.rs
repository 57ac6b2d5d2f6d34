//! Generates the methods with which the app gets its sentences.

use std::fmt::Write as _;

use crate::{File, Part, Pattern, Sentence, table::form};

/// The attributes that make a message the description of a problem: what it means, and what to do.
const TOLD: [&str; 2] = ["meaning", "remedy"];

/// An `impl Words` with a method for each sentence. It returns a `&'static str` for a sentence without
/// variables, a `String` for one with variables, and a `Told` for one with `.meaning` and `.remedy`, neither
/// of which may have variables. Parameters are in alphabetical order.
#[must_use]
pub fn accessors(english: &File) -> String {
    let mut code = "impl Words {\n".to_owned();
    let mut index = 0;
    while let Some(sentence) = english.sentences.get(index) {
        let is_told = TOLD.iter().enumerate().all(|(after, attribute)| {
            let wanted = format!("{}.{attribute}", sentence.id);
            let next = english.sentences.get(index + 1 + after);
            next.is_some_and(|next| next.id == wanted && form(&next.pattern).is_empty())
        });
        // Writing to a string cannot fail.
        let _ = method(sentence, index, is_told, &mut code);
        index += if is_told { 1 + TOLD.len() } else { 1 };
    }
    code + "}\n"
}

fn method(sentence: &Sentence, index: usize, is_told: bool, code: &mut String) -> std::fmt::Result {
    let name = sentence.id.replace(['-', '.'], "_");
    let form = form(&sentence.pattern);
    let parameters: String = form
        .iter()
        .map(|(name, is_number)| {
            format!(", {name}: {}", if *is_number { "impl Into<Count>" } else { "&str" })
        })
        .collect();
    let values: Vec<String> = form
        .iter()
        .map(|(name, is_number)| match is_number {
            true => format!("Value::Count({name}.into().0)"),
            false => format!("Value::Text({name})"),
        })
        .collect();
    let values = values.join(", ");
    writeln!(code, "    /// {}", shown(&sentence.pattern).replace(['[', ']'], ""))?;
    writeln!(code, "    #[must_use]")?;
    if is_told {
        writeln!(code, "    pub fn {name}(self{parameters}) -> Told {{ self.told({index}, &[{values}]) }}")
    } else if form.is_empty() {
        writeln!(code, "    pub fn {name}(self) -> &'static str {{ self.plain({index}) }}")
    } else {
        writeln!(
            code,
            "    pub fn {name}(self{parameters}) -> String {{ self.filled({index}, &[{values}]) }}"
        )
    }
}

/// A sentence in the form in which the generated code documents it.
fn shown(pattern: &Pattern) -> String {
    let mut shown = String::new();
    for part in pattern {
        match part {
            Part::Text(text) => shown.push_str(text),
            Part::Variable { name, .. } => {
                let _ = write!(shown, "`{name}`");
            }
            Part::Choice { variants, .. } => {
                let shown_variants: Vec<_> =
                    variants.iter().map(|(_, variant)| self::shown(variant)).collect();
                shown.push_str(&shown_variants.join(" / "));
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_sentence_is_a_method() {
        let english = "\
close = Close
room-named = { NUMBER($count) } rooms of { $who }
lost = The connection is lost.
    .meaning = You can read on.
    .remedy = It comes back.
key = Tab
    .does = Complete a name
";
        expect![[r#"
            impl Words {
                /// Close
                #[must_use]
                pub fn close(self) -> &'static str { self.plain(0) }
                /// `count` rooms of `who`
                #[must_use]
                pub fn room_named(self, count: impl Into<Count>, who: &str) -> String { self.filled(1, &[Value::Count(count.into().0), Value::Text(who)]) }
                /// The connection is lost.
                #[must_use]
                pub fn lost(self) -> Told { self.told(2, &[]) }
                /// Tab
                #[must_use]
                pub fn key(self) -> &'static str { self.plain(5) }
                /// Complete a name
                #[must_use]
                pub fn key_does(self) -> &'static str { self.plain(6) }
            }
        "#]]
        .assert_eq(&accessors(&File::parse(english).unwrap()));
    }
}
