//! Readable scripts of what clients send and what each of them gets: the specification of the server's
//! behaviour.
//!
//! A script is complete: after each step it lists every line that any client got, in order for each client. A
//! line that is not listed is a failure, just like one that did not come. The same script runs in memory,
//! with either kind of log, and over TCP against a running daemon; see [`Backend`].
//!
//! # The grammar
//!
//! ```text
//! # A comment. If the first line starts with "# virtual", the script needs the virtual clock and does not
//! # run over TCP.
//! server: motd "Welcome"           settings come before the first step; see Settings
//! alice, bob: connect              registers with NICK alice, USER alice 0 * :Alice
//! carol: connect server-time batch the same, with capabilities
//! dave: open                       a bare connection: nothing is sent
//! alice, bob: join #rust           JOIN, one after the other
//! alice: PRIVMSG #rust :hello      any other text is a line that the client sends
//! bob>   :alice!alice@127.0.0.1 PRIVMSG #rust :hello
//! alice> -                         explicitly nothing
//! wait 90s                         time passes (s, ms, m)
//! alice: disconnect                the client closes the connection
//! server: rewrite motd "Hello"     the configuration file has this setting now; REHASH reads it
//! server: restart                  all connections are closed; what was stored is there again
//! ```
//!
//! What `connect` and `join` cause is shown to nobody, but their success is checked. The lines that a client
//! gets on registration, from 001 to the end of the message of the day, are shown as `(burst)`, or in full
//! between the lines `show burst` and `hide burst`. A connection that the server closes is shown as
//! `(closed)`.
//!
//! What operators do is recorded; in a virtual script `log>` shows it.
//!
//! In what a client sends, `\xff` is a byte and `{x*600}` a repetition (`{PING a\x0a*5}` makes five lines
//! that arrive at once). In what it gets, invalid bytes and a space at the end are also shown as `\xff`, and
//! a long run as `{x*600}`.
//!
//! The clock starts at `T`, and each step begins one second after the one before, so the first one is at
//! `T+1s`. Times are written relative to it, in both directions: `time=T+2s`, `timestamp=T+2.500s`. Message
//! ids are those of a log that starts at 1, such as `m7`; clients see them encrypted. Over TCP, a time
//! matches any time, and ids match one to one.
//!
//! In a script that is not virtual, there are no PINGs and no time-outs.

mod backend;
mod compare;
mod error;
mod ids;
mod memory;
mod player;
mod rewrite;
#[cfg(test)]
mod rig;
mod script;
mod settings;
mod tcp;
mod text;

use std::net::SocketAddr;

pub use backend::{Backend, ReceivedLine};
pub use error::{RunError, ScriptError};
pub use memory::{Log, Memory};
pub use player::{Mismatch, Report, play};
pub use rewrite::rewrite;
pub use script::Script;
pub use settings::{Operator, Settings};
pub use tcp::Tcp;

/// The name of the server in every script.
pub const SERVER_NAME: &str = "irc.example.org";

/// The name of the network in every script.
pub const NETWORK_NAME: &str = "ExampleNet";

/// Runs a script in memory.
///
/// # Errors
/// The script cannot be played; unexpected lines are not an error but part of the report.
pub fn run_in_memory(script: &Script, log: Log) -> Result<Report, RunError> {
    play(script, &mut Memory::new(script, log)?)
}

/// Runs a script against a daemon that was started for it with [`Script::settings`] and has no other clients.
///
/// # Errors
/// The script cannot be played, or needs the virtual clock.
pub fn run_tcp(script: &Script, address: SocketAddr) -> Result<Report, RunError> {
    if script.is_virtual() {
        return Err(RunError::NeedsVirtualClock);
    }
    play(script, &mut Tcp::new(address))
}
