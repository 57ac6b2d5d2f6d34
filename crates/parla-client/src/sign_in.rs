//! Showing the server who one is while it takes one in: PASS, and AUTHENTICATE (SASL) with a password or a certificate.
//!
//! <https://ircv3.net/specs/extensions/sasl-3.2>, <https://modern.ircdocs.horse/#pass-message>
//!
//! A password goes by AUTHENTICATE where the server offers that, else by PASS; never both ways. Whoever has an account therefore
//! waits for the server's offer before they say their name, for PASS has to come before it. Nothing is tried twice: a wrong
//! password is for the person to mend.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use parla_proto::{Line, Numeric, Timestamp};
use zeroize::Zeroizing;

use crate::{
    client::{Client, Turn},
    credentials::Login,
    problem::ProblemKind,
    registration,
};

/// How long a server may take to say what it offers, before it is taken for one that does not know the question.
const OFFER_WITHIN: Duration = Duration::from_secs(4);
/// The longest piece of an AUTHENTICATE.
const PIECE_BYTES: usize = 400;
/// Mechanisms that are remembered of a server's list.
const MECHANISMS_MAX: usize = 32;
/// The longest user name that is sent.
const USERNAME_CHARS_MAX: usize = 64;

/// How far signing in has come on this connection.
#[derive(Debug, Default)]
pub(crate) struct SignIn {
    /// The server offers AUTHENTICATE.
    is_offered: bool,
    /// What it takes there; empty if it does not say.
    mechanisms: Vec<String>,
    state: State,
    /// A password was shown on this connection.
    has_shown: bool,
    is_introduced: bool,
    /// When to say one's name at the latest, if that waits for the server's offer.
    introduce_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    /// CAP REQ was sent.
    Requested,
    /// It was agreed on.
    Agreed,
    Trying(Mechanism),
    /// It has succeeded, or failed for good.
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mechanism {
    External,
    Plain,
}

impl Mechanism {
    const fn name(self) -> &'static str {
        match self {
            Self::External => "EXTERNAL",
            Self::Plain => "PLAIN",
        }
    }
}

impl SignIn {
    /// Takes in what the server offers, from CAP LS or CAP NEW.
    pub(crate) fn offer(&mut self, list: &str) {
        for word in list.split_ascii_whitespace() {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            if name == "sasl" {
                self.is_offered = true;
                self.list(value);
            }
        }
    }

    /// The server offers it no more, as it does while its services are away.
    pub(crate) fn withdrawn(&mut self) {
        *self = Self { is_offered: false, state: State::Idle, ..std::mem::take(self) };
    }

    fn list(&mut self, mechanisms: &str) {
        let names = mechanisms.split(',').filter(|name| !name.is_empty()).take(MECHANISMS_MAX);
        self.mechanisms = names.map(str::to_ascii_uppercase).collect();
    }

    fn takes(&self, mechanism: Mechanism) -> bool {
        self.mechanisms.is_empty() || self.mechanisms.iter().any(|name| name == mechanism.name())
    }

    /// When the name is said at the latest.
    pub(crate) const fn next_deadline(&self) -> Option<Timestamp> {
        self.introduce_at
    }

    /// The server has answered CAP REQ for it.
    pub(crate) const fn answered(&mut self, is_agreed: bool) {
        if matches!(self.state, State::Requested) {
            self.state = if is_agreed { State::Agreed } else { State::Over };
        }
    }

    /// What a refusal of a password means.
    pub(crate) const fn refused(&self) -> ProblemKind {
        if self.has_shown { ProblemKind::PasswordWrong } else { ProblemKind::PasswordNeeded }
    }
}

/// The connection is there. False: a password would be read by others, so the person is asked first.
pub(crate) fn begin(client: &mut Client, turn: &mut Turn<'_>) -> bool {
    let credentials = &client.settings.credentials;
    if credentials.has_password() && !client.settings.private && !credentials.readable {
        let why = client.problem(ProblemKind::PasswordReadable, "", "");
        client.stop(Some(why), None, turn);
        return false;
    }
    true
}

/// Says one's name, now or once the server has said how it takes a password.
pub(crate) fn introduce_in_time(client: &mut Client, turn: &mut Turn<'_>) {
    let credentials = &client.settings.credentials;
    if credentials.login.is_some() && credentials.server.is_none() {
        client.session.sign_in.introduce_at = Some(turn.now + OFFER_WITHIN);
    } else {
        introduce(client, turn);
    }
}

/// Says one's name, if that has waited for this.
pub(crate) fn introduce(client: &mut Client, turn: &mut Turn<'_>) {
    let sign_in = &mut client.session.sign_in;
    sign_in.introduce_at = None;
    if client.session.is_registered || std::mem::replace(&mut sign_in.is_introduced, true) {
        return;
    }
    let by_pass = client.settings.credentials.login.as_ref().filter(|_| !sign_in.is_offered);
    let pass = match (&client.settings.credentials.server, by_pass) {
        (Some(password), _) => Some(Zeroizing::new(password.reveal().to_owned())),
        // So bouncers take both in one.
        (None, Some(Login { name, password })) => {
            Some(Zeroizing::new(format!("{name}:{}", password.reveal())))
        }
        (None, None) => None,
    };
    if let Some(pass) = pass {
        sign_in.has_shown = true;
        turn.send(Line::bare("PASS").text(&*pass));
    }
    let nick = Arc::clone(&client.session.nick);
    let username = by_pass.map_or_else(|| registration::username(&nick), |login| as_username(&login.name));
    turn.send(Line::bare("NICK").param(&nick));
    turn.send(Line::bare("USER").param(username).param("0").param("*").text(&nick));
}

/// Says one's name, if the server takes too long to say what it offers.
pub(crate) fn introduce_late(client: &mut Client, turn: &mut Turn<'_>) {
    if client.session.sign_in.introduce_at.is_some_and(|at| at <= turn.now) {
        introduce(client, turn);
    }
}

fn as_username(name: &str) -> String {
    let is_plain = |char: &char| !char.is_control() && !char.is_whitespace() && !matches!(char, '@' | ':');
    name.chars().filter(is_plain).take(USERNAME_CHARS_MAX).collect()
}

/// Asks for AUTHENTICATE, if there is something to show there.
pub(crate) fn request(client: &mut Client, turn: &mut Turn<'_>) {
    let sign_in = &client.session.sign_in;
    if sign_in.state != State::Idle || !sign_in.is_offered {
        return;
    }
    if first_mechanism(client).is_some() {
        client.session.sign_in.state = State::Requested;
        client.session.requests_open += 1;
        return turn.send(Line::bare("CAP").param("REQ").text("sasl"));
    }
    if client.settings.credentials.login.is_some() && !client.session.is_registered {
        let why =
            client.problem(ProblemKind::SignInUnsupported, "", &client.session.sign_in.mechanisms.join(", "));
        client.stop(Some(why), None, turn);
    }
}

fn first_mechanism(client: &Client) -> Option<Mechanism> {
    let credentials = &client.settings.credentials;
    let has =
        [(Mechanism::External, credentials.by_certificate), (Mechanism::Plain, credentials.login.is_some())];
    let sign_in = &client.session.sign_in;
    has.into_iter().find(|(mechanism, has)| *has && sign_in.takes(*mechanism)).map(|(mechanism, _)| mechanism)
}

/// All capabilities are agreed on. True while the person is being signed in, which must be over before CAP END.
pub(crate) fn is_under_way(client: &mut Client, turn: &mut Turn<'_>) -> bool {
    match client.session.sign_in.state {
        State::Agreed => match first_mechanism(client) {
            Some(mechanism) => {
                attempt(client, mechanism, turn);
                true
            }
            None => false,
        },
        State::Trying(_) => true,
        State::Idle | State::Requested | State::Over => false,
    }
}

fn attempt(client: &mut Client, mechanism: Mechanism, turn: &mut Turn<'_>) {
    client.session.sign_in.state = State::Trying(mechanism);
    turn.send(Line::bare("AUTHENTICATE").param(mechanism.name()));
}

/// AUTHENTICATE: the server wants to see it.
pub(crate) fn challenged(client: &mut Client, challenge: &str, turn: &mut Turn<'_>) {
    let State::Trying(mechanism) = client.session.sign_in.state else { return };
    if challenge != "+" {
        return turn.send(Line::bare("AUTHENTICATE").param("*"));
    }
    let shown = match (mechanism, &client.settings.credentials.login) {
        (Mechanism::External, _) => Zeroizing::default(),
        (Mechanism::Plain, Some(Login { name, password })) => {
            client.session.sign_in.has_shown = true;
            Zeroizing::new(format!("\0{name}\0{}", password.reveal()))
        }
        (Mechanism::Plain, None) => return turn.send(Line::bare("AUTHENTICATE").param("*")),
    };
    let encoded = Zeroizing::new(STANDARD.encode(shown.as_bytes()));
    let mut rest = encoded.as_str();
    // Base64 is ASCII, so that no character is cut.
    while let Some((piece, more)) = rest.split_at_checked(PIECE_BYTES) {
        turn.send(Line::bare("AUTHENTICATE").param(piece));
        rest = more;
    }
    // A last piece that is full is followed by an empty one.
    turn.send(Line::bare("AUTHENTICATE").param(if rest.is_empty() { "+" } else { rest }));
}

/// RPL_SASLSUCCESS, or that one was signed in before.
pub(crate) fn succeeded(client: &mut Client, turn: &mut Turn<'_>) {
    if matches!(client.session.sign_in.state, State::Trying(_)) {
        client.session.sign_in.state = State::Over;
        registration::end(client, turn);
    }
}

/// RPL_SASLMECHS: what the server takes. That what was tried is not among it is said by the next line.
pub(crate) fn listed(client: &mut Client, mechanisms: &str) {
    client.session.sign_in.list(mechanisms);
}

/// ERR_SASLFAIL and its like. False if nothing was tried.
pub(crate) fn failed(client: &mut Client, numeric: Numeric, details: &str, turn: &mut Turn<'_>) -> bool {
    let State::Trying(mechanism) = client.session.sign_in.state else { return false };
    client.session.sign_in.state = State::Over;
    let login = client.settings.credentials.login.as_ref().map(|login| login.name.clone());
    if mechanism == Mechanism::External && login.is_some() && client.session.sign_in.takes(Mechanism::Plain) {
        attempt(client, Mechanism::Plain, turn);
        return true;
    }
    let kind = match (numeric, mechanism) {
        _ if !client.session.sign_in.takes(mechanism) => ProblemKind::SignInUnsupported,
        (Numeric::SaslFailed, Mechanism::Plain) => ProblemKind::PasswordWrong,
        _ => ProblemKind::SignInRefused,
    };
    let problem = client.problem(kind, login.as_deref().unwrap_or_default(), details);
    if client.session.is_registered {
        client.complain(None, problem);
    } else {
        client.stop(Some(problem), None, turn);
    }
    true
}
