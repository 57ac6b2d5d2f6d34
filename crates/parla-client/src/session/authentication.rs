//! Authenticates the person during registration: NICK and USER, PASS, and AUTHENTICATE (SASL) with a password
//! or a certificate.
//!
//! <https://modern.ircdocs.horse/#connection-registration>, <https://ircv3.net/specs/extensions/sasl-3.2>
//!
//! A password is sent with AUTHENTICATE where the server offers that, otherwise with PASS; never with both.
//! Somebody with an account therefore waits for the server's offer before NICK and USER, because PASS must
//! precede those. Nothing is tried twice: a wrong password is for the person to correct.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use parla_proto::{Line, Numeric, capability::VERSION};
use zeroize::Zeroizing;

use super::{
    Session,
    sign_in::{Mechanism, Stage},
};
use crate::{
    credentials::{Credentials, Login},
    problem::{Problem, ProblemKind},
    turn::Turn,
};

/// How long a server may take to list its capabilities before we assume that it does not know CAP.
const OFFER_WITHIN: Duration = Duration::from_secs(4);
/// The longest piece of an AUTHENTICATE, in bytes.
const PIECE_BYTES: usize = 400;
/// The longest user name that is sent.
const USERNAME_CHARS_MAX: usize = 64;

/// What happens after the server has refused a sign-in.
pub(crate) enum SignInRefused {
    /// Nothing had been sent that it could refuse.
    Nothing,
    /// Another mechanism is being tried.
    TriesAnother,
    /// The person is not signed in, for this reason.
    For(Problem),
}

impl Session {
    /// The connection is open: requests the capabilities, and sends NICK and USER now or once the server has
    /// said how it takes a password.
    pub(crate) fn begin(&mut self, credentials: &Credentials, turn: &mut Turn<'_>) {
        turn.send(Line::bare("CAP").param("LS").param(VERSION));
        if credentials.login.is_some() && credentials.server.is_none() {
            self.sign_in.introduce_at = Some(turn.now + OFFER_WITHIN);
        } else {
            self.introduce(credentials, turn);
        }
    }

    /// Sends NICK and USER, if they were held back for this.
    pub(crate) fn introduce(&mut self, credentials: &Credentials, turn: &mut Turn<'_>) {
        let sign_in = &mut self.sign_in;
        sign_in.introduce_at = None;
        if self.is_registered || std::mem::replace(&mut sign_in.is_introduced, true) {
            return;
        }
        let by_pass = credentials.login.as_ref().filter(|_| !sign_in.is_offered);
        let pass = match (&credentials.server, by_pass) {
            (Some(password), _) => Some(Zeroizing::new(password.reveal().to_owned())),
            // Bouncers take account and password in one PASS.
            (None, Some(Login { name, password })) => {
                Some(Zeroizing::new(format!("{name}:{}", password.reveal())))
            }
            (None, None) => None,
        };
        if let Some(pass) = pass {
            sign_in.has_shown = true;
            turn.send(Line::bare("PASS").text(&*pass));
        }
        let nick = &self.nick;
        let username = by_pass.map_or_else(|| username(nick), |login| as_username(&login.name));
        turn.send(Line::bare("NICK").param(nick));
        turn.send(Line::bare("USER").param(username).param("0").param("*").text(nick));
    }

    /// Sends NICK and USER if the server takes too long to list its capabilities.
    pub(crate) fn introduce_late(&mut self, credentials: &Credentials, turn: &mut Turn<'_>) {
        if self.sign_in.introduce_at.is_some_and(|at| at <= turn.now) {
            self.introduce(credentials, turn);
        }
    }

    /// The latest time for NICK and USER.
    pub(crate) const fn introduce_by(&self) -> Option<parla_proto::Timestamp> {
        self.sign_in.introduce_at
    }

    /// Requests SASL if the person has something to authenticate with. Returns a problem if the person has an
    /// account that cannot be used here.
    pub(super) fn request_sign_in(
        &mut self,
        credentials: &Credentials,
        turn: &mut Turn<'_>,
    ) -> Result<(), Problem> {
        if self.sign_in.state != Stage::Idle || !self.sign_in.is_offered {
            return Ok(());
        }
        if self.sign_in.first_mechanism(credentials).is_some() {
            self.sign_in.state = Stage::Requested;
            self.requests_open += 1;
            turn.send(Line::bare("CAP").param("REQ").text("sasl"));
        } else if credentials.login.is_some() && !self.is_registered {
            let mechanisms = self.sign_in.mechanisms.join(", ");
            return Err(Problem::new(ProblemKind::SignInUnsupported, "", &mechanisms));
        }
        Ok(())
    }

    pub(super) fn attempt(&mut self, mechanism: Mechanism, turn: &mut Turn<'_>) {
        self.sign_in.state = Stage::Trying(mechanism);
        turn.send(Line::bare("AUTHENTICATE").param(mechanism.name()));
    }

    /// AUTHENTICATE: the server wants the credentials.
    pub(crate) fn challenged(&mut self, credentials: &Credentials, challenge: &str, turn: &mut Turn<'_>) {
        let Stage::Trying(mechanism) = self.sign_in.state else { return };
        if challenge != "+" {
            return turn.send(Line::bare("AUTHENTICATE").param("*"));
        }
        let shown = match (mechanism, &credentials.login) {
            (Mechanism::External, _) => Zeroizing::default(),
            (Mechanism::Plain, Some(Login { name, password })) => {
                self.sign_in.has_shown = true;
                Zeroizing::new(format!("\0{name}\0{}", password.reveal()))
            }
            (Mechanism::Plain, None) => return turn.send(Line::bare("AUTHENTICATE").param("*")),
        };
        let encoded = Zeroizing::new(STANDARD.encode(shown.as_bytes()));
        let mut rest = encoded.as_str();
        // Base64 is ASCII, so no character is cut.
        while let Some((piece, more)) = rest.split_at_checked(PIECE_BYTES) {
            turn.send(Line::bare("AUTHENTICATE").param(piece));
            rest = more;
        }
        // A final piece of full length is followed by an empty one.
        turn.send(Line::bare("AUTHENTICATE").param(if rest.is_empty() { "+" } else { rest }));
    }

    /// RPL_SASLMECHS: the mechanisms that the server accepts.
    pub(crate) fn takes_mechanisms(&mut self, list: &str) {
        self.sign_in.list(list);
    }

    /// RPL_SASLSUCCESS, or the person was already signed in.
    pub(crate) fn sign_in_succeeded(&mut self, credentials: &Credentials, turn: &mut Turn<'_>) {
        if matches!(self.sign_in.state, Stage::Trying(_)) {
            self.sign_in.state = Stage::Over;
            self.end_negotiation(credentials, turn);
        }
    }

    /// ERR_SASLFAIL and similar numerics.
    pub(crate) fn sign_in_failed(
        &mut self,
        credentials: &Credentials,
        numeric: Numeric,
        details: &str,
        turn: &mut Turn<'_>,
    ) -> SignInRefused {
        let Stage::Trying(mechanism) = self.sign_in.state else { return SignInRefused::Nothing };
        self.sign_in.state = Stage::Over;
        let login = credentials.login.as_ref();
        if mechanism == Mechanism::External && login.is_some() && self.sign_in.takes(Mechanism::Plain) {
            self.attempt(Mechanism::Plain, turn);
            return SignInRefused::TriesAnother;
        }
        let kind = match (numeric, mechanism) {
            _ if !self.sign_in.takes(mechanism) => ProblemKind::SignInUnsupported,
            (Numeric::SaslFailed, Mechanism::Plain) => ProblemKind::PasswordWrong,
            _ => ProblemKind::SignInRefused,
        };
        SignInRefused::For(Problem::new(kind, login.map_or("", |login| &login.name), details))
    }

    /// The problem that a refused password stands for.
    pub(crate) const fn password_refused(&self) -> ProblemKind {
        self.sign_in.refused()
    }
}

/// Servers expect plain letters in the user name.
fn username(nick: &Arc<str>) -> String {
    let plain: String =
        nick.chars().filter(char::is_ascii_alphanumeric).take(10).collect::<String>().to_ascii_lowercase();
    if plain.is_empty() { "parla".to_owned() } else { plain }
}

fn as_username(name: &str) -> String {
    let is_plain = |char: &char| !char.is_control() && !char.is_whitespace() && !matches!(char, '@' | ':');
    name.chars().filter(is_plain).take(USERNAME_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_is_plain() {
        assert_eq!(username(&"Alice_[]".into()), "alice");
        assert_eq!(username(&"حسن".into()), "parla");
    }
}
