//! Parses the file of one language into its sentences and their parts.
//!
//! From Fluent it accepts texts, variables, choices and attributes. References to other sentences and
//! functions other than `NUMBER` are refused: each sentence is complete, so that a translator can rearrange
//! it.

use std::{collections::BTreeMap, fmt};

use fluent_syntax::{ast, parser};

/// The sentences of a language.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// The sentences in the order of the file; each attribute of a message is a sentence of its own.
    pub sentences: Vec<Sentence>,
}

/// A sentence with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The name in the file; for an attribute `message.attribute`.
    pub id: String,
    /// The content of the sentence.
    pub pattern: Pattern,
}

/// The content of a sentence: parts, one after the other.
pub type Pattern = Vec<Part>;

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Literal text.
    Text(String),
    /// A value that the app inserts.
    Variable {
        /// The name of the variable.
        name: String,
        /// Whether the file declares it to be a number.
        is_number: bool,
    },
    /// One of several patterns, depending on a value from the app.
    Choice {
        /// The name of the variable that decides.
        by: String,
        /// The keys and their patterns; the last one has no key, and is used if no other matches.
        variants: Vec<(Option<String>, Pattern)>,
    },
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong(pub String);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

impl File {
    /// Parses a file.
    ///
    /// # Errors
    /// The text is not Fluent, uses a part of Fluent that is not supported here, or has two sentences of one
    /// name.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let resource = parser::parse(text).map_err(|(_, errors)| {
            let error = errors.first();
            let line =
                error.map_or(0, |error| text.get(..error.pos.start).unwrap_or_default().lines().count());
            Wrong(format!("line {line}: {}", error.map(ToString::to_string).unwrap_or_default()))
        })?;
        let mut file = Self::default();
        let mut seen = BTreeMap::new();
        for entry in resource.body {
            match entry {
                ast::Entry::Message(message) => file.add(&message)?,
                ast::Entry::Comment(_) | ast::Entry::GroupComment(_) | ast::Entry::ResourceComment(_) => {}
                ast::Entry::Term(term) => {
                    return Err(Wrong(format!("-{}: terms are not known here", term.id.name)));
                }
                ast::Entry::Junk { content } => return Err(Wrong(format!("not understood: {content}"))),
            }
        }
        for sentence in &file.sentences {
            if seen.insert(sentence.id.clone(), ()).is_some() {
                return Err(Wrong(format!("{}: stands here twice", sentence.id)));
            }
        }
        Ok(file)
    }

    /// The sentence with this name.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Sentence> {
        self.sentences.iter().find(|sentence| sentence.id == id)
    }

    fn add(&mut self, message: &ast::Message<&str>) -> Result<(), Wrong> {
        let id = message.id.name;
        let value = message.value.as_ref().ok_or_else(|| Wrong(format!("{id}: says nothing")))?;
        self.sentences.push(Sentence { id: id.to_owned(), pattern: parse_pattern(id, value)? });
        for attribute in &message.attributes {
            let id = format!("{id}.{}", attribute.id.name);
            let pattern = parse_pattern(&id, &attribute.value)?;
            self.sentences.push(Sentence { id, pattern });
        }
        Ok(())
    }
}

fn parse_pattern(id: &str, pattern: &ast::Pattern<&str>) -> Result<Pattern, Wrong> {
    let mut parts = Pattern::new();
    for element in &pattern.elements {
        let part = match element {
            // A line break in the file is not one on the screen.
            ast::PatternElement::TextElement { value } => Part::Text(value.replace('\n', " ")),
            ast::PatternElement::Placeable { expression } => placed(id, expression)?,
        };
        match (parts.last_mut(), part) {
            (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
            (_, part) => parts.push(part),
        }
    }
    Ok(parts)
}

fn placed(id: &str, expression: &ast::Expression<&str>) -> Result<Part, Wrong> {
    match expression {
        ast::Expression::Inline(inline) => inlined(id, inline),
        ast::Expression::Select { selector, variants } => {
            let Part::Variable { name, .. } = inlined(id, selector)? else {
                return Err(Wrong(format!("{id}: only a variable can decide")));
            };
            let mut read_variants = Vec::new();
            let mut last = None;
            for variant in variants {
                let pattern = parse_pattern(id, &variant.value)?;
                match &variant.key {
                    _ if variant.default => last = Some((None, pattern)),
                    ast::VariantKey::Identifier { name: key }
                    | ast::VariantKey::NumberLiteral { value: key } => {
                        read_variants.push((Some((*key).to_owned()), pattern));
                    }
                }
            }
            read_variants.extend(last);
            Ok(Part::Choice { by: name, variants: read_variants })
        }
    }
}

fn inlined(id: &str, inline: &ast::InlineExpression<&str>) -> Result<Part, Wrong> {
    match inline {
        ast::InlineExpression::VariableReference { id } => {
            Ok(Part::Variable { name: id.name.to_owned(), is_number: false })
        }
        ast::InlineExpression::StringLiteral { value } => Ok(Part::Text((*value).to_owned())),
        ast::InlineExpression::FunctionReference { id: function, arguments } if function.name == "NUMBER" => {
            match arguments.positional.as_slice() {
                [ast::InlineExpression::VariableReference { id }] => {
                    Ok(Part::Variable { name: id.name.to_owned(), is_number: true })
                }
                _ => Err(Wrong(format!("{id}: NUMBER takes a variable"))),
            }
        }
        ast::InlineExpression::Placeable { expression } => placed(id, expression),
        _ => Err(Wrong(format!("{id}: only texts, variables and choices are known here"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_refused() {
        for (text, wrong) in [
            ("a = b\na = c\n", "a: stands here twice"),
            ("-brand = x\n", "-brand: terms are not known here"),
            ("a = { b }\n", "a: only texts, variables and choices are known here"),
            ("a = { DATETIME($b) }\n", "a: only texts, variables and choices are known here"),
            ("a =\n    .b = c\n", "a: says nothing"),
            ("ok = 1\nnot a sentence\n", "line 2: Expected a token starting with \"=\""),
        ] {
            let Err(Wrong(found)) = File::parse(text) else { panic!("{text} is taken") };
            assert!(found.starts_with(wrong), "{text}: {found}");
        }
    }
}
