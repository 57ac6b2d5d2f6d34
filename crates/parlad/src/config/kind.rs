//! The kinds of values: texts, numbers, durations, sizes, addresses. Each kind says in plain words what it
//! requires.

use std::{
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
    str::FromStr,
    time::Duration,
};

use bytesize::ByteSize;
use ipnet::IpNet;
use parla_server::limits::RETAIN_MIN;
use toml::de::DeValue;

use super::{
    hash::Hash,
    origin::Origin,
    problem::nearest,
    table::{Placed, Value},
};

/// `true` or `false`.
pub(super) fn flag(value: &Value<'_>) -> Option<bool> {
    value.get().as_bool().or_else(|| value.wrong("must be true or false"))
}

/// Any text.
pub(super) fn text(value: &Value<'_>) -> Option<String> {
    value.get().as_str().map(str::to_owned).or_else(|| value.wrong("must be a text in quotes"))
}

/// A text that is not empty.
pub(super) fn some_text(value: &Value<'_>) -> Option<String> {
    let text = text(value)?;
    if text.is_empty() {
        value.error("must not be empty");
        return None;
    }
    Some(text)
}

/// A whole number within a range.
pub(super) fn number<T: TryFrom<u64>>(range: RangeInclusive<u64>) -> impl Fn(&Value<'_>) -> Option<T> {
    move |value| {
        let number = match value.get() {
            DeValue::Integer(integer) => u64::from_str_radix(integer.as_str(), integer.radix()).ok(),
            _ => None,
        };
        let number =
            number.filter(|number| range.contains(number)).and_then(|number| T::try_from(number).ok());
        number.or_else(|| {
            let (least, most) = (range.start(), range.end());
            if *most >= u64::from(u32::MAX) {
                return value.wrong(&format!("must be a whole number of {least} or more"));
            }
            value.wrong(&format!("must be a whole number from {least} to {most}"))
        })
    }
}

/// A duration, which may be zero.
pub(super) fn duration(value: &Value<'_>) -> Option<Duration> {
    let duration = value.get().as_str().and_then(|text| humantime::parse_duration(text).ok());
    duration.or_else(|| value.wrong("must be a duration such as \"90s\", \"10m\" or \"7d\""))
}

/// A duration above zero.
pub(super) fn some_time(value: &Value<'_>) -> Option<Duration> {
    let duration = duration(value)?;
    if duration.is_zero() { value.wrong("must be longer than nothing") } else { Some(duration) }
}

/// A duration above zero after which something happens; `None` if it never happens.
pub(super) fn some_time_or_never(value: &Value<'_>) -> Option<Option<Duration>> {
    let text = value.get().as_str().unwrap_or_default();
    if text == "never" {
        return Some(None);
    }
    let time = humantime::parse_duration(text).ok().filter(|time| !time.is_zero());
    time.map(Some).or_else(|| value.wrong("must be a duration such as \"12h\" or \"1d\", or \"never\""))
}

/// A duration of at least a minute for which something is kept; `None` if it is kept for ever.
pub(super) fn some_time_or_forever(value: &Value<'_>) -> Option<Option<Duration>> {
    let text = value.get().as_str().unwrap_or_default();
    if text == "forever" {
        return Some(None);
    }
    let time = humantime::parse_duration(text).ok().filter(|time| *time >= RETAIN_MIN);
    time.map(Some).or_else(|| {
        value.wrong("must be a duration of at least a minute, such as \"12h\" or \"90d\", or \"forever\"")
    })
}

/// A size of at least `least`.
pub(super) fn size(least: ByteSize) -> impl Fn(&Value<'_>) -> Option<ByteSize> {
    move |value| {
        let size = match value.get() {
            DeValue::Integer(integer) => {
                u64::from_str_radix(integer.as_str(), integer.radix()).ok().map(ByteSize::b)
            }
            DeValue::String(text) => text.parse().ok(),
            _ => None,
        };
        let Some(size) = size else {
            return value.wrong("must be a number of bytes, or a size such as \"512 KiB\"");
        };
        let at_least = || format!("must be at least {}", least.to_string().replace(".0 ", " "));
        if size < least { value.wrong(&at_least()) } else { Some(size) }
    }
}

/// Whether a list is empty.
pub(super) fn is_empty(value: &Value<'_>) -> bool {
    value.get().as_array().is_some_and(|entries| entries.is_empty())
}

/// A list of values of one kind. Each invalid element is reported separately.
pub(super) fn list<'a, T>(kind: impl Fn(&Value<'a>) -> Option<T>) -> impl Fn(&Value<'a>) -> Option<Vec<T>> {
    move |value| {
        let Some(entries) = value.get().as_array() else {
            return value.wrong("must be a list in brackets");
        };
        Some(entries.iter().filter_map(|entry| kind(&value.element(entry))).collect())
    }
}

/// One of several words.
pub(super) fn one_of<T: Copy>(words: &[(&'static str, T)]) -> impl Fn(&Value<'_>) -> Option<T> {
    move |value| {
        let given = value.get().as_str().unwrap_or_default();
        let found = words.iter().find(|(word, _)| *word == given).map(|(_, meaning)| *meaning);
        found.or_else(|| {
            let mut names: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
            let last = names.pop().unwrap_or_default();
            let must = format!("must be {} or {last}", names.join(", "));
            unknown(value, &must, words.iter().map(|(word, _)| *word))
        })
    }
}

/// Reports an unknown word, with the known word that was perhaps meant.
pub(super) fn unknown<'k, T>(
    value: &Value<'_>,
    must: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<T> {
    let near = value.get().as_str().and_then(|given| nearest(given, known));
    match near {
        Some(near) => {
            value.error(&format!("{must}; did you mean {near:?}?"));
            None
        }
        None => value.wrong(must),
    }
}

/// A text that can be parsed as a type.
fn parsed<T: FromStr>(must: &'static str) -> impl Fn(&Value<'_>) -> Option<T> {
    move |value| value.get().as_str().and_then(|text| text.parse().ok()).or_else(|| value.wrong(must))
}

/// An address and port to listen on.
pub(super) fn socket_address(value: &Value<'_>) -> Option<SocketAddr> {
    parsed("must be an IP address and a port, such as \"127.0.0.1:6667\" or \"[::]:6697\"")(value)
}

/// The origin of a page.
pub(super) fn origin(value: &Value<'_>) -> Option<Origin> {
    parsed("must be a scheme, a host and perhaps a port, such as \"https://chat.example.org\"")(value)
}

/// An address range.
pub(super) fn network(value: &Value<'_>) -> Option<IpNet> {
    let text = value.get().as_str().unwrap_or_default();
    let address = text.parse::<IpAddr>().map(IpNet::from);
    let network = address.or_else(|_| text.parse::<IpNet>());
    network.ok().or_else(|| value.wrong("must be an address, or a network such as \"10.0.0.0/8\""))
}

/// The hash of a password. An invalid value is not repeated, because people write passwords there.
pub(super) fn hash(value: &Value<'_>) -> Option<Hash> {
    match Hash::parse(value.get().as_str().unwrap_or_default()) {
        Ok(hash) => {
            if hash.is_weak() {
                value.warning(
                    "is quick to guess for whoever gets hold of it; make a new one with `parlad hash-password`",
                );
            }
            Some(hash)
        }
        Err(error) => {
            value.error(&error.to_string());
            None
        }
    }
}

/// A value of a kind, with its line.
pub(super) fn placed<'a, T>(
    kind: impl Fn(&Value<'a>) -> Option<T>,
) -> impl Fn(&Value<'a>) -> Option<Placed<T>> {
    move |value| kind(value).map(|inner| Placed { value: inner, line: value.line() })
}
