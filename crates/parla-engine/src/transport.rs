//! Connections to one server, which a shell makes.

use parla_client::{Problem, ProblemKind, view::Stage};

/// The most characters that are shown of an error text of the system or the browser.
const DETAILS_CHARS_MAX: usize = 500;

/// Makes the connections of one network.
pub trait Transport {
    /// The type of its connections.
    type Connection: Connection;

    /// Begins to connect. What happens to the connection is reported later, through [`crate::Engine::handle_signal`].
    ///
    /// # Errors
    /// No attempt can be made.
    fn connect(&mut self) -> Result<Self::Connection, Problem>;
}

/// A connection that exists or is being made. Dropping it closes it once everything has been sent.
pub trait Connection {
    /// The number that distinguishes it from all other connections of the program, because one that was given
    /// up may still report events.
    fn number(&self) -> u64;

    /// Sends one line with its line break.
    ///
    /// # Errors
    /// The connection no longer accepts it.
    fn send(&mut self, line: Vec<u8>) -> Result<(), Problem>;

    /// Allows unsent data to be discarded. The connection is dropped right after this.
    fn give_up(&mut self) {}
}

/// What can happen to a connection. `L` is a line without its line break.
#[derive(Clone, Debug)]
pub enum Signal<L> {
    /// The attempt has reached this stage.
    Progress(Stage),
    /// The connection is open; lines can be sent.
    Opened,
    /// A line has arrived.
    Line(L),
    /// A line has arrived that was too long and was discarded.
    LineTooLong,
    /// It could not be made, or has ended. This is the last signal.
    Closed(Problem),
}

/// A problem with the error text of the system or the browser.
pub fn problem(kind: ProblemKind, details: &str) -> Problem {
    let shown = details.chars().map(|char| if char.is_control() { ' ' } else { char });
    let details: String = shown.take(DETAILS_CHARS_MAX).collect();
    Problem::new(kind, "", details.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_one_short_line() {
        let long = format!("a\r\nb\u{1b}[31m{}", "x".repeat(1_000));
        let details = problem(ProblemKind::Other, &long).details;
        assert!(details.starts_with("a  b [31m"), "{details}");
        assert_eq!(details.chars().count(), DETAILS_CHARS_MAX);
    }
}
