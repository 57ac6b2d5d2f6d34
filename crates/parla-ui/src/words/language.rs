//! The languages that the app speaks.

use serde::{Serialize, Serializer};

/// A language of the app. A new one is added here, with its file in `languages`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English comes with the app. Sentences that another language lacks are shown in it.
    #[default]
    English,
    /// Italian, from `languages/it.ftl`.
    Italian,
}

impl Language {
    /// All languages, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::English, Self::Italian];

    /// Its language code, <https://www.rfc-editor.org/info/bcp47>; its file has the same name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Italian => "it",
        }
    }

    /// Its own name for itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Italian => "Italiano",
        }
    }

    /// The language with this code, which may have a region, such as `it-CH` or `it_IT.UTF-8`.
    pub fn of_code(code: &str) -> Option<Self> {
        let main = code.split(['-', '_', '.', '@']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(main))
    }

    /// The plural category of a number:
    /// <https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html>.
    pub(super) const fn plural(self, count: u64) -> &'static str {
        match (self, count) {
            (Self::English | Self::Italian, 1) => "one",
            (Self::English | Self::Italian, _) => "other",
        }
    }
}

/// Serialised as its code.
impl Serialize for Language {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use intl_pluralrules::{PluralCategory, PluralRuleType, PluralRules};
    use unic_langid::LanguageIdentifier;

    use super::*;

    #[test]
    fn a_code_is_that_of_a_language_in_any_region() {
        for (code, language) in [
            ("en", Some(Language::English)),
            ("en-GB", Some(Language::English)),
            ("it-CH", Some(Language::Italian)),
            ("IT", Some(Language::Italian)),
            ("it_IT.UTF-8", Some(Language::Italian)),
            ("ita", None),
            ("de", None),
            ("C", None),
            ("", None),
        ] {
            assert_eq!(Language::of_code(code), language, "{code}");
        }
    }

    #[test]
    fn plurals_are_those_of_unicode() {
        for language in Language::ALL {
            let code: LanguageIdentifier = language.code().parse().unwrap();
            let rules = PluralRules::create(code, PluralRuleType::CARDINAL).unwrap();
            for count in 0..1_200 {
                let expected = match rules.select(count).unwrap() {
                    PluralCategory::ZERO => "zero",
                    PluralCategory::ONE => "one",
                    PluralCategory::TWO => "two",
                    PluralCategory::FEW => "few",
                    PluralCategory::MANY => "many",
                    PluralCategory::OTHER => "other",
                };
                assert_eq!(language.plural(count), expected, "{language:?} {count}");
            }
        }
    }
}
