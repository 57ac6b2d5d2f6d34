//! Why a connection ended, read from the texts of servers: ERROR and QUIT have no numbers.
//!
//! Knows the texts of parlad, ngIRCd, InspIRCd, UnrealIRCd, Solanum and related servers. Unknown texts are
//! left as they are.
//! <https://modern.ircdocs.horse/#error-message>, <https://modern.ircdocs.horse/#quit-message>

use crate::problem::ProblemKind;

/// The phrases in which servers say why they end a connection, in lower case. The first match counts.
const ENDINGS: &[(ProblemKind, &[&str])] = &[
    (ProblemKind::Killed, &["killed ("]),
    (
        ProblemKind::BannedFromServer,
        &[
            "k-line",
            "kline",
            "g-line",
            "gline",
            "z-line",
            "zline",
            "d-line",
            "dline",
            "x-line",
            "xline",
            "akill",
            "autokill",
            "banned",
            "not welcome",
            "blacklist",
            "dnsbl",
            "dronebl",
        ],
    ),
    (
        ProblemKind::PasswordWrong,
        &["bad password", "invalid password", "wrong password.", "password mismatch", "password incorrect"],
    ),
    (
        ProblemKind::AccountNeeded,
        &["sasl access only", "identify via sasl", "account required", "must be logged in"],
    ),
    (
        ProblemKind::EncryptionNeeded,
        &[
            "needs tls",
            "requires tls",
            "tls only",
            "using ssl",
            "using tls",
            "ssl required",
            "secure connection required",
        ],
    ),
    (
        ProblemKind::ConnectingTooFast,
        &["in a short time", "too fast", "throttled", "reconnect", "connecting too often"],
    ),
    (
        ProblemKind::TooManyFromAddress,
        &[
            "too many connections from",
            "too many host connections",
            "too many user connections",
            "too many local connections",
            "too many global connections",
            "too many connections from your",
            "too many unknown connections",
            "no more connections allowed from your",
            "clones",
            "session limit",
        ],
    ),
    (
        ProblemKind::ServerFull,
        &[
            "server is full",
            "server full",
            "too many users",
            "too many connections",
            "no more connections allowed",
            "class is full",
        ],
    ),
    (
        ProblemKind::ServerStopping,
        &[
            "shutting down",
            "shut down",
            "shutdown",
            "going down",
            "terminat",
            "restart",
            "server is stopping",
        ],
    ),
    (ProblemKind::Flooded, &["flood", "recvq exceeded", "readq exceeded"]),
    (ProblemKind::TooSlow, &["sendq exceeded"]),
    (
        ProblemKind::SignInTimedOut,
        &[
            "registration timed out",
            "registration timeout",
            "registration time-out",
            "login timed out",
            "login timeout",
        ],
    ),
    (
        ProblemKind::Lost,
        &[
            "ping timeout",
            "timed out",
            "connection reset",
            "connection closed",
            "read error",
            "write error",
            "remote host closed",
        ],
    ),
    (ProblemKind::Throttled, &["too many", "slow down", "wait a while"]),
];

/// The kind of problem that the text of an ERROR, or the reason of a closed WebSocket, stands for.
pub(crate) fn problem(words: &str) -> ProblemKind {
    let reason = reason(words).to_ascii_lowercase();
    // A reason that a person wrote says nothing about the server.
    if is_own_word(&reason) {
        return ProblemKind::ServerClosed;
    }
    let known = ENDINGS.iter().find(|(_, endings)| endings.iter().any(|ending| reason.contains(ending)));
    known.map_or(ProblemKind::ServerClosed, |(kind, _)| *kind)
}

/// Whether a text is about a password, however the server phrases it.
pub(crate) fn asks_for_password(details: &str) -> bool {
    details.to_ascii_lowercase().contains("password")
}

/// Whether a text refuses people only because they have not signed in. No numeric and no code says so.
pub(crate) fn asks_for_account(details: &str) -> bool {
    let lower = details.to_ascii_lowercase();
    let asks = ["sasl", "log in", "logged in", "identify to", "require an account", "need an account"];
    !lower.contains("timed out") && !lower.contains("timeout") && asks.iter().any(|word| lower.contains(word))
}

/// The reason in `Closing Link: host (reason)` or `Closing link: (user@host) [reason]`. It is cut out because
/// a host can have any name.
fn reason(words: &str) -> &str {
    let words = words.trim();
    let mut chars = words.chars();
    let Some(last) = chars.next_back() else { return words };
    let rest = chars.as_str();
    let opening = match last {
        ')' => '(',
        ']' => '[',
        _ => return words,
    };
    let mut depth = 1_usize;
    for (at, char) in rest.char_indices().rev() {
        if char == last {
            depth += 1;
        } else if char == opening {
            depth -= 1;
        }
        if depth == 0 {
            return rest.get(at + 1..).unwrap_or(rest);
        }
    }
    words
}

/// Whether the person who left gave this reason themselves.
fn is_own_word(lower: &str) -> bool {
    ["quit:", "client quit", "quit"]
        .iter()
        .any(|own| lower == *own || own.ends_with(':') && lower.starts_with(own))
}

/// Why somebody left the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting<'a> {
    /// They gave this reason, or none.
    Said(&'a str),
    /// The server heard nothing more from them, or the connection broke.
    Lost,
    /// Two servers of the network lost each other.
    Split,
    /// They sent too much at once.
    Flooded,
    /// They did not read what they were sent fast enough.
    TooSlow,
    /// They were banned.
    Banned,
    /// Somebody who runs the server removed them; the text says who and why, as far as the server tells.
    Killed(&'a str),
}

/// The beginnings of what servers say about a connection that ended without a QUIT, in lower case.
const LOST: [&str; 17] = [
    "ping timeout",
    "connection timed out",
    "connection closed",
    "connection reset",
    "read error",
    "write error",
    "remote host closed the connection",
    "remote side closed",
    "operation timed out",
    "no route to host",
    "network is unreachable",
    "broken pipe",
    "software caused connection abort",
    "eof from client",
    "client closed connection",
    "socket closed",
    "client exited",
];

impl<'a> Parting<'a> {
    /// Parses the reason of a QUIT.
    pub fn of(reason: &'a str) -> Self {
        let reason = reason.trim();
        let lower = reason.to_ascii_lowercase();
        let begins = |beginning: &str| lower.starts_with(beginning);
        let begins_one = |beginnings: &[&str]| beginnings.iter().any(|beginning| begins(beginning));
        if is_own_word(&lower) || lower == "client exiting" {
            return Self::Said(reason.split_once(':').map_or("", |(_, rest)| rest.trim()));
        }
        if begins_one(&LOST) {
            Self::Lost
        } else if is_split(reason) {
            Self::Split
        } else if begins("killed (") {
            Self::Killed(self::reason(reason))
        } else if begins_one(&["excess flood", "flooded", "recvq exceeded", "readq exceeded"]) {
            Self::Flooded
        } else if begins_one(&["sendq exceeded", "max sendq exceeded"]) {
            Self::TooSlow
        } else if begins_one(&["k-lined", "g-lined", "z-lined", "d-lined", "akilled", "banned"]) {
            Self::Banned
        } else {
            Self::Said(reason)
        }
    }
}

/// Whether this is a netsplit: `irc.one.example irc.two.example`, or `*.net *.split` where servers are
/// hidden.
fn is_split(reason: &str) -> bool {
    let is_server = |word: &str| {
        let is_name = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '*');
        word.contains('.') && !word.ends_with('.') && !word.contains("..") && word.chars().all(is_name)
    };
    let mut words = reason.split(' ');
    let pair = (words.next(), words.next(), words.next());
    matches!(pair, (Some(one), Some(other), None) if is_server(one) && is_server(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_say_when_they_end_a_connection() {
        use ProblemKind as Kind;
        for (words, kind) in [
            // parlad
            ("Closing link: 192.0.2.1 (Too many connections from your address)", Kind::TooManyFromAddress),
            ("Too many connections from your network", Kind::TooManyFromAddress),
            (
                "Closing link: 192.0.2.1 (Too many connections from your address in a short time; try again later)",
                Kind::ConnectingTooFast,
            ),
            ("Closing link: 192.0.2.1 (This server is full; try again later)", Kind::ServerFull),
            ("Closing link: k3v9q2.ip (Server is shutting down)", Kind::ServerStopping),
            ("Closing link: k3v9q2.ip (Registration timed out)", Kind::SignInTimedOut),
            ("Closing link: k3v9q2.ip (Ping timeout: 150 seconds)", Kind::Lost),
            ("Closing link: k3v9q2.ip (ReadQ exceeded)", Kind::Flooded),
            ("Closing link: k3v9q2.ip (Killed (oper (you are banned from reconnecting)))", Kind::Killed),
            ("Closing link: k3v9q2.ip (Bad password)", Kind::PasswordWrong),
            ("Closing link: (This port needs TLS)", Kind::EncryptionNeeded),
            ("Closing link: a (Too many wrong passwords; try again in 5 seconds)", Kind::Throttled),
            // ngIRCd
            ("Connection refused, too many connections from your IP address!", Kind::TooManyFromAddress),
            ("Server going down", Kind::ServerStopping),
            // InspIRCd
            ("Closing link: (u@banned.example) [Quit: K-line]", Kind::ServerClosed),
            ("Closing link: (u@192.0.2.1) [G-Lined: spam]", Kind::BannedFromServer),
            (
                "Closing link: (unknown@192.0.2.1) [No more connections allowed from your host via this connect class (local)]",
                Kind::TooManyFromAddress,
            ),
            ("Closing link: (unknown@192.0.2.1) [Throttled: Reconnecting too fast]", Kind::ConnectingTooFast),
            // UnrealIRCd
            ("Closing Link: [192.0.2.1] (Too many connections from your IP)", Kind::TooManyFromAddress),
            (
                "Closing Link: [192.0.2.1] (Throttled: Reconnecting too fast - Email abuse@a.org)",
                Kind::ConnectingTooFast,
            ),
            ("Closing Link: alice[192.0.2.1] (Excess Flood)", Kind::Flooded),
            // Solanum and ircu
            ("Closing Link: 192.0.2.1 (Trying to reconnect too fast.)", Kind::ConnectingTooFast),
            ("Closing Link: 192.0.2.1 (Too many host connections (local))", Kind::TooManyFromAddress),
            ("Closing Link: 192.0.2.1 (Max SendQ exceeded)", Kind::TooSlow),
            ("Closing Link: 192.0.2.1 (SASL access only)", Kind::AccountNeeded),
            ("Your host is trying to (re)connect too fast -- throttled", Kind::ConnectingTooFast),
            ("Closing Link: alice by oper.example (No Authorization)", Kind::ServerClosed),
            ("Closing link: a (I do not like you)", Kind::ServerClosed),
            (")", Kind::ServerClosed),
            ("", Kind::ServerClosed),
        ] {
            assert_eq!(problem(words), kind, "{words}");
        }
    }

    #[test]
    fn what_servers_say_when_somebody_leaves() {
        for (reason, parting) in [
            ("Ping timeout: 150 seconds", Parting::Lost),
            ("Ping timeout", Parting::Lost),
            ("Remote host closed the connection", Parting::Lost),
            ("Read error: Connection reset by peer", Parting::Lost),
            ("Connection closed", Parting::Lost),
            ("Quit: Ping timeout: 3 seconds", Parting::Said("Ping timeout: 3 seconds")),
            ("Quit: see you", Parting::Said("see you")),
            ("Quit:", Parting::Said("")),
            ("Client Quit", Parting::Said("")),
            ("Quitting time", Parting::Said("Quitting time")),
            ("gone home", Parting::Said("gone home")),
            ("", Parting::Said("")),
            ("irc.one.example irc.two.example", Parting::Split),
            ("*.net *.split", Parting::Split),
            ("oh well...", Parting::Said("oh well...")),
            ("see you. tomorrow.", Parting::Said("see you. tomorrow.")),
            ("Killed (oper (spam))", Parting::Killed("oper (spam)")),
            ("Excess Flood", Parting::Flooded),
            ("SendQ exceeded", Parting::TooSlow),
            ("K-Lined", Parting::Banned),
        ] {
            assert_eq!(Parting::of(reason), parting, "{reason}");
        }
    }
}
