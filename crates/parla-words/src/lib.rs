//! Makes tables from the files with the app's sentences, one per language, while the app is being built.
//!
//! The files are written in Fluent (<https://projectfluent.org/fluent/guide/>), which translators know. The
//! English file determines which sentences there are and which values they take: the methods with which the
//! app gets its sentences are generated from it. Each file becomes a table that the app reads without knowing
//! Fluent, which would be a tenth of what a browser may load. This crate runs only during builds and touches
//! no file.
//!
//! # Code map
//!
//! `file.rs` parses a file of sentences, `compare.rs` finds where one differs from English, `table.rs` writes
//! the table of a language, and `accessors.rs` the methods with which the app gets its sentences.

mod accessors;
mod compare;
mod file;
mod table;

pub use accessors::accessors;
pub use compare::problems;
pub use file::{File, Part, Pattern, Sentence, Wrong};
pub use table::{Form, table};

/// The key of a choice that is used if the text is missing.
pub const NONE: &str = "none";

/// The forms of a word for different numbers, as Unicode names them:
/// <https://cldr.unicode.org/index/cldr-spec/plural-rules>.
pub const PLURALS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];
