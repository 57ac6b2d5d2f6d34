//! The languages that the app speaks.

/// A language. A new one is added here, with its file in `languages`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// It comes with the app. What another language lacks is said in it.
    #[default]
    English,
}

impl Language {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 1] = [Self::English];

    /// Its code, <https://www.rfc-editor.org/info/bcp47>; its file has the same name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
        }
    }

    /// Its name in itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
        }
    }

    /// The one of this code, or of that of a region, such as `it-CH` or `it_IT.UTF-8`.
    pub fn of_code(code: &str) -> Option<Self> {
        let main = code.split(['-', '_', '.', '@']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(main))
    }

    /// Which form of a word goes with a number: <https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html>.
    pub(super) const fn plural(self, count: u64) -> &'static str {
        match (self, count) {
            (Self::English, 1) => "one",
            (Self::English, _) => "other",
        }
    }
}
