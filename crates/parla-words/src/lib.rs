//! Makes tables of the files that hold the app's sentences, one for each language, while the app is built.
//!
//! The files are written in Fluent (<https://projectfluent.org/fluent/guide/>), which translators know.
//! English says which sentences there are and what stands in them: of its file come the methods by which the
//! app says them. Of each file comes a table that the app reads without knowing Fluent, as that would be a
//! tenth of what a browser may load. Runs only while something is built; touches no file.
//!
//! # Code map
//!
//! `file.rs` reads a file of sentences, `compare.rs` says where one differs from English, `table.rs` writes
//! the table of a language, and `accessors.rs` the methods by which the app says the sentences.

mod accessors;
mod compare;
mod file;
mod table;

pub use accessors::accessors;
pub use compare::problems;
pub use file::{File, Part, Pattern, Sentence, Wrong};
pub use table::{Form, table};

/// The key of a choice that is taken where there is no text.
pub const NONE: &str = "none";

/// The forms of a word for different numbers, as Unicode names them:
/// <https://cldr.unicode.org/index/cldr-spec/plural-rules>.
pub const PLURALS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];
