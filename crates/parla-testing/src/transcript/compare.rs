//! Compares the expected result of a step with the actual one.

use std::fmt;

use super::{
    backend::{Backend, ReceivedLine},
    script::Step,
};

/// One line of a comparison.
#[derive(Debug)]
pub(super) enum Difference {
    /// It came as expected.
    Equal(ReceivedLine),
    /// It was expected and did not come.
    Missing(ReceivedLine),
    /// It came and was not expected.
    Unlisted(ReceivedLine),
}

impl Difference {
    pub(super) const fn is_equal(&self) -> bool {
        matches!(self, Self::Equal(_))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, ReceivedLine { client, line }) = match self {
            Self::Equal(received) => (' ', received),
            Self::Missing(received) => ('-', received),
            Self::Unlisted(received) => ('+', received),
        };
        write!(f, "{sign} {client}> {line}")
    }
}

/// Compares each client's lines, in the order in which the clients appear.
pub(super) fn differences(
    step: &Step,
    received: &[ReceivedLine],
    backend: &mut dyn Backend,
) -> Vec<Difference> {
    let expected = step.expected.iter().map(|expected| &expected.client);
    let mut clients: Vec<&String> = Vec::new();
    for client in expected.chain(received.iter().map(|received| &received.client)) {
        if !clients.contains(&client) {
            clients.push(client);
        }
    }
    let mut all = Vec::new();
    for client in clients {
        let expected = step.expected.iter().filter(|expected| expected.client == *client);
        let expected: Vec<&str> = expected.filter_map(|expected| expected.line.as_deref()).collect();
        let came: Vec<&str> = received
            .iter()
            .filter(|received| received.client == *client)
            .map(|received| received.line.as_str())
            .collect();
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
    let received = |line: &str| ReceivedLine { client: client.to_owned(), line: line.to_owned() };
    while let ([wanted, expected_rest @ ..], [line, came_rest @ ..]) = (expected, came) {
        if backend.fits(wanted, line) {
            all.push(Difference::Equal(received(line)));
            (expected, came) = (expected_rest, came_rest);
        } else if came_rest.contains(wanted) {
            all.push(Difference::Unlisted(received(line)));
            came = came_rest;
        } else {
            all.push(Difference::Missing(received(wanted)));
            expected = expected_rest;
        }
    }
    all.extend(expected.iter().map(|line| Difference::Missing(received(line))));
    all.extend(came.iter().map(|line| Difference::Unlisted(received(line))));
}
