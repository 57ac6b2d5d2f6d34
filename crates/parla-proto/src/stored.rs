//! Serialization of metadata keys and masks as texts, which are parsed as strictly as what people type.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{
    extban::{BadListMask, ListMask},
    mask::{BadMask, Mask},
    metadata::{BadKey, Key},
};

/// Parses a text by the rules of its type.
fn deserialize_text<'de, D, T, E>(
    deserializer: D,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    E: fmt::Display,
{
    let text = String::deserialize(deserializer)?;
    parse(&text).map_err(D::Error::custom)
}

macro_rules! by_text {
    ($($name:ident or $error:ident),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserialize_text(deserializer, |text| -> Result<Self, $error> { Self::parse(text) })
            }
        }
    )*};
}

by_text!(Key or BadKey, ListMask or BadListMask, Mask or BadMask);
