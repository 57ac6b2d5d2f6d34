//! The person's preferences: one value that the platform stores and that all tabs of a browser share.
//!
//! A missing field has its default, so that a new field needs no new version. Fields that this version does
//! not know are dropped when it saves the value. Before there was a version number, each field had its own
//! key.

use dioxus::prelude::*;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{platform::Here, state::State, words::Language};

/// The key under which the platform stores them; `loading.js` reads the language from it.
pub(crate) const KEY: &str = "preferences";
/// The keys that were used before.
pub(crate) const KEYS_BEFORE: [&str; 4] = ["language", "members", "notifications", "place"];
/// Incremented when a field changes its meaning.
const VERSION: u32 = 1;

/// The person's preferences, as they are stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    version: u32,
    /// The language that they chose; otherwise the first one that they read is used.
    #[serde(deserialize_with = "known_language")]
    pub language: Option<Language>,
    /// Whether the members are hidden where there is room for them.
    pub hides_members: bool,
    /// Whether they were asked if they want notifications.
    pub was_asked_to_notify: bool,
    /// The server that was entered on the first screen of the desktop; `None` means the one on this computer.
    pub place: Option<String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            version: VERSION,
            language: None,
            hides_members: false,
            was_asked_to_notify: false,
            place: None,
        }
    }
}

impl Preferences {
    /// Reads what was saved, or what was saved before there was a version number. What cannot be read is
    /// ignored.
    pub(crate) fn load(load: &dyn Fn(&str) -> Option<String>) -> Self {
        if let Some(saved) = load(KEY) {
            return serde_json::from_str(&saved).unwrap_or_default();
        }
        let [language, members, notifications, place] = KEYS_BEFORE.map(load);
        Self {
            language: language.and_then(|code| Language::of_code(&code)),
            hides_members: members.is_some_and(|value| !value.is_empty()),
            was_asked_to_notify: notifications.is_some(),
            place,
            ..Self::default()
        }
    }

    /// The text to save.
    pub(crate) fn to_saved(&self) -> Option<String> {
        serde_json::to_string(&Self { version: VERSION, ..self.clone() }).ok()
    }
}

/// A language that only a later version has counts as no choice.
fn known_language<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Language>, D::Error> {
    let code = Option::<String>::deserialize(from)?;
    Ok(code.and_then(|code| Language::of_code(&code)))
}

impl State {
    /// Changes the person's preferences.
    pub(crate) fn prefer(mut self, here: &Here, change: &dyn Fn(&mut Preferences)) {
        // Another tab may have saved something else in the meantime.
        let mut kept = here.0.preferences();
        change(&mut kept);
        here.0.save_preferences(&kept);
        change(&mut self.preferences.write());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The preferences that are loaded from these saved texts.
    fn loaded(saved: &[(&str, &str)]) -> Preferences {
        Preferences::load(&|key| {
            saved.iter().find(|(known, _)| *known == key).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn what_is_saved_is_read_again() {
        let place = Some("irc.example.org".to_owned());
        let wanted = Preferences {
            language: Some(Language::Italian),
            hides_members: true,
            was_asked_to_notify: true,
            place,
            ..Preferences::default()
        };
        let saved = wanted.to_saved().unwrap();
        let expected = r#"{"version":1,"language":"it","hides_members":true,"was_asked_to_notify":true,"place":"irc.example.org"}"#;
        assert_eq!(saved, expected);
        assert_eq!(loaded(&[(KEY, &saved), ("language", "en")]), wanted);
        assert_eq!(loaded(&[(KEY, &Preferences::default().to_saved().unwrap())]), Preferences::default());
    }

    #[test]
    fn another_version_is_read_as_far_as_it_is_known() {
        let later = r#"{"version":2,"hides_members":true,"language":"tlh","size":{"per_cent":120}}"#;
        let read = loaded(&[(KEY, later)]);
        assert_eq!(read, Preferences { version: 2, hides_members: true, ..Preferences::default() });
        assert!(read.to_saved().unwrap().starts_with(r#"{"version":1,"#), "it is of our shape then");
        let before = [("language", "it"), ("members", "hidden"), ("place", "irc.example.org")];
        let expected = Preferences {
            language: Some(Language::Italian),
            hides_members: true,
            place: Some("irc.example.org".to_owned()),
            ..Preferences::default()
        };
        assert_eq!(loaded(&before), expected);
    }

    #[test]
    fn what_cannot_be_read_is_nothing() {
        for bad in ["", "it", "[]", r#"{"hides_members":"perhaps"}"#] {
            assert_eq!(loaded(&[(KEY, bad)]), Preferences::default(), "{bad}");
        }
    }
}
