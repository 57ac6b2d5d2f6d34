//! CLIENTTAGDENY: the client-only tags that a server does not relay.
//!
//! <https://ircv3.net/specs/extensions/message-tags#rpl_isupport-tokens>

use thiserror::Error;

use super::is_key;

/// The client-only tags that are removed before relaying; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DeniedTags {
    /// Whether all tags are denied except those in `names`; otherwise only those in `names` are.
    all: bool,
    /// The tags' names, without the `+`.
    names: Vec<String>,
}

/// Why a list of denied tags cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadDeniedTags {
    /// The item is not the name of a tag.
    #[error("{0:?} is no name of a tag, which is written without its +")]
    Name(String),
    /// There is an exception where nothing is denied, a name where everything is, or a `*` that is not first.
    #[error("{0:?} does not fit: either only names, or * and then names with a - before them")]
    Order(String),
    /// The list does not fit into a line of ISUPPORT.
    #[error("the list is longer than {DENIED_TAGS_BYTES_MAX} bytes")]
    TooLong,
}

/// The maximum length of the token's value, in bytes.
pub const DENIED_TAGS_BYTES_MAX: usize = 300;

impl DeniedTags {
    /// Reads the items of the token: names, or `*` followed by exceptions with a `-`.
    ///
    /// # Errors
    /// An item is not a name or contradicts the others, or there are too many.
    pub fn new<'i>(items: impl IntoIterator<Item = &'i str>) -> Result<Self, BadDeniedTags> {
        let mut denied = Self::default();
        for (place, item) in items.into_iter().enumerate() {
            if item == "*" && place == 0 {
                denied.all = true;
                continue;
            }
            let name = item.strip_prefix('-').unwrap_or(item);
            if (name.len() < item.len()) != denied.all || item == "*" {
                return Err(BadDeniedTags::Order(item.to_owned()));
            }
            if name.starts_with('+') || !is_key(name) {
                return Err(BadDeniedTags::Name(name.to_owned()));
            }
            denied.names.push(name.to_owned());
        }
        if denied.token_value().len() > DENIED_TAGS_BYTES_MAX {
            Err(BadDeniedTags::TooLong)
        } else {
            Ok(denied)
        }
    }

    /// Whether a tag is denied, given its key with the `+`.
    pub fn denies(&self, key: &str) -> bool {
        let name = key.strip_prefix('+').unwrap_or(key);
        self.names.iter().any(|named| named == name) != self.all
    }

    /// Whether no tag is denied.
    pub const fn is_empty(&self) -> bool {
        !self.all && self.names.is_empty()
    }

    /// The value of CLIENTTAGDENY.
    pub fn token_value(&self) -> String {
        let (first, before) = if self.all { (Some("*".to_owned()), "-") } else { (None, "") };
        let names = self.names.iter().map(|name| format!("{before}{name}"));
        first.into_iter().chain(names).collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(value: &str) -> Result<DeniedTags, BadDeniedTags> {
        DeniedTags::new(value.split(',').filter(|item| !item.is_empty()))
    }

    #[test]
    fn the_examples_of_the_specification() {
        for (value, foo, other) in [
            ("", false, false),
            ("*", true, true),
            ("*,-foo,-example/bar", false, true),
            ("foo,example/bar", true, false),
        ] {
            let denied = new(value).unwrap();
            assert_eq!((denied.denies("+foo"), denied.denies("+other")), (foo, other), "{value}");
            assert_eq!(denied.token_value(), value);
            assert_eq!(denied.is_empty(), value.is_empty());
        }
    }

    #[test]
    fn what_does_not_fit_is_told() {
        for value in ["-foo", "*,foo", "foo,*", "*,*", "foo,-bar"] {
            assert!(matches!(new(value), Err(BadDeniedTags::Order(_))), "{value}");
        }
        for value in ["+foo", "a b", "foo/", "*,-", "*,-+foo"] {
            assert!(matches!(new(value), Err(BadDeniedTags::Name(_))), "{value}");
        }
        assert_eq!(new(&"a".repeat(301)), Err(BadDeniedTags::TooLong));
    }
}
