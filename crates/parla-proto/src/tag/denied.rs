//! CLIENTTAGDENY: which tags of clients a server does not relay.
//!
//! <https://ircv3.net/specs/extensions/message-tags#rpl_isupport-tokens>

use thiserror::Error;

use super::is_key;

/// Client-only tags that are left out of what is relayed. By default none is.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DeniedTags {
    /// Whether every tag is denied that is not named; otherwise those are that are named.
    all: bool,
    /// Without the `+`.
    names: Vec<String>,
}

/// Why a list of denied tags cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadDeniedTags {
    /// Not the name of a tag.
    #[error("{0:?} is no name of a tag, which is written without its +")]
    Name(String),
    /// An exception where nothing is denied, a name where everything is, or a `*` that is not first.
    #[error("{0:?} does not fit: either only names, or * and then names with a - before them")]
    Order(String),
    /// The list would not fit in a line of ISUPPORT.
    #[error("the list is longer than {DENIED_TAGS_BYTES_MAX} bytes")]
    TooLong,
}

/// Bytes of the token's value.
pub const DENIED_TAGS_BYTES_MAX: usize = 300;

impl DeniedTags {
    /// From the items of the token: names, or `*` and then exceptions with a `-` before them.
    ///
    /// # Errors
    /// An item is no name or does not fit to the others, or there are too many.
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

    /// Whether a tag is left out, given its key with the `+`.
    pub fn denies(&self, key: &str) -> bool {
        let name = key.strip_prefix('+').unwrap_or(key);
        self.names.iter().any(|named| named == name) != self.all
    }

    /// Whether every tag is relayed.
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
