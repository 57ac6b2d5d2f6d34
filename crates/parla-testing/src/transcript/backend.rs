//! What plays a script: a server in memory, or one at the other end of a socket.

use std::time::Duration;

use super::error::RunError;

/// One line that a client received, in the form of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedLine {
    /// The client's name.
    pub client: String,
    /// The line without its line break, or `(closed)`.
    pub line: String,
}

/// A server with clients.
pub trait Backend {
    /// Lets time pass; less of it where time is real.
    ///
    /// # Errors
    /// The backend fails.
    fn pass(&mut self, duration: Duration) -> Result<(), RunError>;

    /// Opens a connection. A closed one of the same name is forgotten.
    ///
    /// # Errors
    /// The backend fails.
    fn open(&mut self, client: &str) -> Result<(), RunError>;

    /// Sends bytes, including line breaks.
    ///
    /// # Errors
    /// The client has no open connection, or the backend fails.
    fn send(&mut self, client: &str, bytes: &[u8]) -> Result<(), RunError>;

    /// Closes a connection from the client's side.
    ///
    /// # Errors
    /// The client has no open connection, or the backend fails.
    fn close(&mut self, client: &str) -> Result<(), RunError>;

    /// Stops the server and starts it again.
    ///
    /// # Errors
    /// The backend fails.
    fn restart(&mut self) -> Result<(), RunError>;

    /// Changes a setting in the configuration file, which the server does not read by itself.
    ///
    /// # Errors
    /// There is no such setting, or the backend fails.
    fn rewrite(&mut self, setting: &str) -> Result<(), RunError>;

    /// Returns everything that has arrived since the last call: first for the actors, then for the others, in
    /// order for each client.
    ///
    /// # Errors
    /// The backend fails.
    fn take_received(&mut self, actors: &[String], expected: usize) -> Result<Vec<ReceivedLine>, RunError>;

    /// Translates the times and ids in a text of the script to those of this server.
    fn translate(&self, text: &str) -> String;

    /// Whether a received line is the one that the script shows. Called in the order of the script.
    fn fits(&mut self, expected: &str, line: &str) -> bool;
}
