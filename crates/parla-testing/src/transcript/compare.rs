//! Compares the expected result of a step with the actual one.

use std::fmt;

use super::{
    backend::{Backend, Heard},
    script::Step,
};

/// One line of a comparison.
#[derive(Debug)]
pub(super) enum Difference {
    /// It came as expected.
    Equal(Heard),
    /// It was expected and did not come.
    Missing(Heard),
    /// It came and was not expected.
    Unlisted(Heard),
}

impl Difference {
    pub(super) const fn is_equal(&self) -> bool {
        matches!(self, Self::Equal(_))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, Heard { client, line }) = match self {
            Self::Equal(heard) => (' ', heard),
            Self::Missing(heard) => ('-', heard),
            Self::Unlisted(heard) => ('+', heard),
        };
        write!(f, "{sign} {client}> {line}")
    }
}

/// Compares each client's lines, in the order in which the clients appear.
pub(super) fn differences(step: &Step, heard: &[Heard], backend: &mut dyn Backend) -> Vec<Difference> {
    let expected = step.expected.iter().map(|expected| &expected.client);
    let mut clients: Vec<&String> = Vec::new();
    for client in expected.chain(heard.iter().map(|heard| &heard.client)) {
        if !clients.contains(&client) {
            clients.push(client);
        }
    }
    let mut all = Vec::new();
    for client in clients {
        let expected = step.expected.iter().filter(|expected| expected.client == *client);
        let expected: Vec<&str> = expected.filter_map(|expected| expected.line.as_deref()).collect();
        let came: Vec<&str> =
            heard.iter().filter(|heard| heard.client == *client).map(|heard| heard.line.as_str()).collect();
        compare(client, &expected, &came, backend, &mut all);
    }
    all
}

/// Walks through both lists; where they differ, skips to the next line that is in both.
fn compare(
    client: &str,
    mut expected: &[&str],
    mut came: &[&str],
    backend: &mut dyn Backend,
    all: &mut Vec<Difference>,
) {
    let heard = |line: &str| Heard { client: client.to_owned(), line: line.to_owned() };
    while let ([wanted, expected_rest @ ..], [line, came_rest @ ..]) = (expected, came) {
        if backend.fits(wanted, line) {
            all.push(Difference::Equal(heard(line)));
            (expected, came) = (expected_rest, came_rest);
        } else if came_rest.contains(wanted) {
            all.push(Difference::Unlisted(heard(line)));
            came = came_rest;
        } else {
            all.push(Difference::Missing(heard(wanted)));
            expected = expected_rest;
        }
    }
    all.extend(expected.iter().map(|line| Difference::Missing(heard(line))));
    all.extend(came.iter().map(|line| Difference::Unlisted(heard(line))));
}
