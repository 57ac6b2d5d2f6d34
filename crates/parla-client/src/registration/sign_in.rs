//! Showing the server who one is while it takes one in: PASS, and AUTHENTICATE (SASL) with a password or a certificate.
//!
//! <https://ircv3.net/specs/extensions/sasl-3.2>, <https://modern.ircdocs.horse/#pass-message>
//!
//! A password goes by AUTHENTICATE where the server offers that, else by PASS; never both ways. Whoever has an account therefore
//! waits for the server's offer before they say their name, for PASS has to come before it. Nothing is tried twice: a wrong
//! password is for the person to mend.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use parla_proto::{Line, Numeric};
use zeroize::Zeroizing;

use crate::{
    client::Client,
    credentials::Login,
    problem::ProblemKind,
    sign_in::{Mechanism, Stage},
    state::State,
    turn::Turn,
};

/// How long a server may take to say what it offers, before it is taken for one that does not know the question.
const OFFER_WITHIN: Duration = Duration::from_secs(4);
/// The longest piece of an AUTHENTICATE.
const PIECE_BYTES: usize = 400;
/// The longest user name that is sent.
const USERNAME_CHARS_MAX: usize = 64;

/// The connection is there. False: a password would be read by others, so the person is asked first.
pub(crate) fn begin(client: &mut Client, turn: &mut Turn<'_>) -> bool {
    let credentials = &client.state.settings.credentials;
    if credentials.has_password() && !client.state.settings.private && !credentials.readable {
        let why = client.state.problem(ProblemKind::PasswordReadable, "", "");
        client.stop(Some(why), None, turn);
        return false;
    }
    true
}

/// Says one's name, now or once the server has said how it takes a password.
pub(crate) fn introduce_in_time(state: &mut State, turn: &mut Turn<'_>) {
    let credentials = &state.settings.credentials;
    if credentials.login.is_some() && credentials.server.is_none() {
        state.session.sign_in.introduce_at = Some(turn.now + OFFER_WITHIN);
    } else {
        introduce(state, turn);
    }
}

/// Says one's name, if that has waited for this.
pub(crate) fn introduce(state: &mut State, turn: &mut Turn<'_>) {
    let sign_in = &mut state.session.sign_in;
    sign_in.introduce_at = None;
    if state.session.is_registered || std::mem::replace(&mut sign_in.is_introduced, true) {
        return;
    }
    let by_pass = state.settings.credentials.login.as_ref().filter(|_| !sign_in.is_offered);
    let pass = match (&state.settings.credentials.server, by_pass) {
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
    let nick = Arc::clone(&state.session.nick);
    let username = by_pass.map_or_else(|| super::username(&nick), |login| as_username(&login.name));
    turn.send(Line::bare("NICK").param(&nick));
    turn.send(Line::bare("USER").param(username).param("0").param("*").text(&nick));
}

/// Says one's name, if the server takes too long to say what it offers.
pub(crate) fn introduce_late(state: &mut State, turn: &mut Turn<'_>) {
    if state.session.sign_in.introduce_at.is_some_and(|at| at <= turn.now) {
        introduce(state, turn);
    }
}

fn as_username(name: &str) -> String {
    let is_plain = |char: &char| !char.is_control() && !char.is_whitespace() && !matches!(char, '@' | ':');
    name.chars().filter(is_plain).take(USERNAME_CHARS_MAX).collect()
}

/// Asks for AUTHENTICATE, if there is something to show there.
pub(crate) fn request(client: &mut Client, turn: &mut Turn<'_>) {
    let sign_in = &client.state.session.sign_in;
    if sign_in.state != Stage::Idle || !sign_in.is_offered {
        return;
    }
    if client.state.session.sign_in.first_mechanism(&client.state.settings.credentials).is_some() {
        client.state.session.sign_in.state = Stage::Requested;
        client.state.session.requests_open += 1;
        return turn.send(Line::bare("CAP").param("REQ").text("sasl"));
    }
    if client.state.settings.credentials.login.is_some() && !client.state.session.is_registered {
        let why = client.state.problem(
            ProblemKind::SignInUnsupported,
            "",
            &client.state.session.sign_in.mechanisms.join(", "),
        );
        client.stop(Some(why), None, turn);
    }
}

/// All capabilities are agreed on. True while the person is being signed in, which must be over before CAP END.
pub(crate) fn is_under_way(state: &mut State, turn: &mut Turn<'_>) -> bool {
    match state.session.sign_in.state {
        Stage::Agreed => match state.session.sign_in.first_mechanism(&state.settings.credentials) {
            Some(mechanism) => {
                attempt(state, mechanism, turn);
                true
            }
            None => false,
        },
        Stage::Trying(_) => true,
        Stage::Idle | Stage::Requested | Stage::Over => false,
    }
}

fn attempt(state: &mut State, mechanism: Mechanism, turn: &mut Turn<'_>) {
    state.session.sign_in.state = Stage::Trying(mechanism);
    turn.send(Line::bare("AUTHENTICATE").param(mechanism.name()));
}

/// AUTHENTICATE: the server wants to see it.
pub(crate) fn challenged(state: &mut State, challenge: &str, turn: &mut Turn<'_>) {
    let Stage::Trying(mechanism) = state.session.sign_in.state else { return };
    if challenge != "+" {
        return turn.send(Line::bare("AUTHENTICATE").param("*"));
    }
    let shown = match (mechanism, &state.settings.credentials.login) {
        (Mechanism::External, _) => Zeroizing::default(),
        (Mechanism::Plain, Some(Login { name, password })) => {
            state.session.sign_in.has_shown = true;
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
    if matches!(client.state.session.sign_in.state, Stage::Trying(_)) {
        client.state.session.sign_in.state = Stage::Over;
        super::end(client, turn);
    }
}

/// ERR_SASLFAIL and its like. False if nothing was tried.
pub(crate) fn failed(client: &mut Client, numeric: Numeric, details: &str, turn: &mut Turn<'_>) -> bool {
    let Stage::Trying(mechanism) = client.state.session.sign_in.state else { return false };
    client.state.session.sign_in.state = Stage::Over;
    let login = client.state.settings.credentials.login.as_ref().map(|login| login.name.clone());
    if mechanism == Mechanism::External
        && login.is_some()
        && client.state.session.sign_in.takes(Mechanism::Plain)
    {
        attempt(&mut client.state, Mechanism::Plain, turn);
        return true;
    }
    let kind = match (numeric, mechanism) {
        _ if !client.state.session.sign_in.takes(mechanism) => ProblemKind::SignInUnsupported,
        (Numeric::SaslFailed, Mechanism::Plain) => ProblemKind::PasswordWrong,
        _ => ProblemKind::SignInRefused,
    };
    let problem = client.state.problem(kind, login.as_deref().unwrap_or_default(), details);
    if client.state.session.is_registered {
        client.state.complain(None, problem);
    } else {
        client.stop(Some(problem), None, turn);
    }
    true
}
