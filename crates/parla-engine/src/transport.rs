//! Connections to one server, as a shell makes them.

use parla_client::{Problem, ProblemKind, view::Stage};

/// Characters of what the system or the browser says that are shown.
const DETAILS_CHARS_MAX: usize = 500;

/// Makes connections.
pub trait Transport {
    /// What it makes.
    type Connection: Connection;

    /// Begins to connect. What becomes of the connection comes later, by [`crate::Engine::hear`].
    ///
    /// # Errors
    /// It cannot even be tried.
    fn connect(&mut self) -> Result<Self::Connection, Problem>;
}

/// A connection that there is, or that is being made. Dropping it ends it, once everything is sent.
pub trait Connection {
    /// Tells it from all others that the program makes: one that was given up may still speak.
    fn number(&self) -> u64;

    /// Sends one line with its end.
    ///
    /// # Errors
    /// The connection does not take it any more.
    fn send(&mut self, line: Vec<u8>) -> Result<(), Problem>;

    /// What was sent need not go out any more. The connection is dropped behind that.
    fn give_up(&mut self) {}
}

/// What happens to a connection. `L` is a line, without its end.
#[derive(Clone, Debug)]
pub enum Signal<L> {
    /// It has come so far.
    Progress(Stage),
    /// It is there; lines can go out.
    Opened,
    /// A line came.
    Line(L),
    /// A line came that was too long and was thrown away.
    LineTooLong,
    /// It could not be made, or is over. The last.
    Closed(Problem),
}

/// A problem with what the system or the browser said of it.
pub fn problem(kind: ProblemKind, details: &str) -> Problem {
    let shown = details.chars().map(|char| if char.is_control() { ' ' } else { char });
    let details: String = shown.take(DETAILS_CHARS_MAX).collect();
    Problem { kind, about: "".into(), details: details.trim().into() }
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
