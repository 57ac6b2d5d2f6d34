//! Passwords without any cost: what the simulated daemon keeps of them, and the client's side of
//! SCRAM-SHA-256. <https://www.rfc-editor.org/rfc/rfc5802>

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use parla_server::{APP_PASSWORD_BYTES, AppPassword, PasswordProof, ScramProof};
use sha2::{Digest as _, Sha256};

/// The salt of every password.
const SALT: &[u8] = b"salt";

/// What is kept of a password as a text.
pub(crate) fn hash(password: &str) -> String {
    format!("hash of {password}")
}

/// One of the few app passwords that the simulated daemon makes.
pub(crate) fn app_password(number: u64) -> String {
    AppPassword::password(&[u8::try_from(number % 3).unwrap_or_default(); APP_PASSWORD_BYTES])
}

/// The password of which this is kept.
pub(crate) fn password_of(hash: &str) -> &str {
    hash.strip_prefix("hash of ").unwrap_or_default()
}

/// What is kept of a password.
pub(crate) fn proof(password: &str) -> PasswordProof {
    let salted = salted(password);
    let scram = ScramProof {
        salt: SALT.into(),
        iterations: 1,
        stored_key: Sha256::digest(sign(&salted, b"Client Key")).into(),
        server_key: sign(&salted, b"Server Key"),
    };
    PasswordProof { hash: hash(password).into(), scram }
}

fn sign(key: &[u8], text: &[u8]) -> [u8; 32] {
    // A key of any length is accepted.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    mac.chain_update(text).finalize().into_bytes().into()
}

/// A password hashed as SCRAM does it, once.
fn salted(password: &str) -> [u8; 32] {
    sign(password.as_bytes(), &[SALT, &[0, 0, 0, 1]].concat())
}

/// Words in base64, as AUTHENTICATE carries them.
pub(crate) fn encoded(text: &str) -> String {
    STANDARD.encode(text)
}

/// The text behind base64, if there is one.
pub(crate) fn decoded(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}

/// A client's exchange by SCRAM, after its first message.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) account: String,
    pub(crate) password: String,
}

/// The client's part of the nonce.
const NONCE: &str = "client";

impl Exchange {
    /// The first message, without what comes before it on the wire.
    fn first(&self) -> String {
        format!("n={},r={NONCE}", self.account)
    }

    /// The first message as it is sent.
    pub(crate) fn opening(&self) -> String {
        format!("n,,{}", self.first())
    }

    /// The client's last message, in answer to the server's first.
    pub(crate) fn answer(&self, challenge: &str) -> String {
        let nonce = challenge.split(',').next().unwrap_or_default();
        let without_proof = format!("c=biws,{nonce}");
        let messages = format!("{},{challenge},{without_proof}", self.first());
        let client_key = sign(&salted(&self.password), b"Client Key");
        let signature = sign(&Sha256::digest(client_key), messages.as_bytes());
        let proof: Vec<u8> = client_key.iter().zip(signature).map(|(key, signed)| key ^ signed).collect();
        format!("{without_proof},p={}", STANDARD.encode(proof))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_the_same_for_the_same_password_only() {
        assert_eq!(proof("one"), proof("one"));
        assert_ne!(proof("one").scram, proof("two").scram);
        assert_eq!(password_of(&hash("one")), "one");
        let of = |password: &str| Exchange { account: "a".to_owned(), password: password.to_owned() };
        assert_eq!(of("one").opening(), "n,,n=a,r=client");
        assert_ne!(
            of("one").answer("r=client1,s=c2FsdA==,i=1"),
            of("two").answer("r=client1,s=c2FsdA==,i=1")
        );
    }
}
