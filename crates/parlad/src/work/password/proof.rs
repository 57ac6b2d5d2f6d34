//! What is kept of the password of an account: its argon2id hash, and the keys of SCRAM-SHA-256.
//!
//! <https://www.rfc-editor.org/rfc/rfc5802#section-3>, <https://www.rfc-editor.org/rfc/rfc7677>

use std::borrow::Cow;

use hmac::{Hmac, KeyInit as _, Mac as _};
use parla_server::{PasswordProof, ScramProof};
use sha2::{Digest as _, Sha256};

use super::Hasher;
use crate::{
    config::{HashCost, SALT_BYTES},
    limits::SCRAM_ITERATIONS,
};

/// A password in the form in which it is hashed, so that it is the same from every keyboard. A password that
/// SASLprep (RFC 4013) refuses, for example because a letter is newer than SASLprep, is taken as it is.
pub(crate) fn prepared(password: &str) -> Cow<'_, str> {
    let prepared = stringprep::saslprep(password).unwrap_or(Cow::Borrowed(password));
    // It may consist of nothing but characters that SASLprep leaves out.
    if prepared.is_empty() { Cow::Borrowed(password) } else { prepared }
}

/// What is to be kept of a new password; `None` if there is not enough memory, or no random numbers.
pub(crate) fn prove(password: &str, cost: HashCost, hasher: &mut Hasher) -> Option<PasswordProof> {
    let mut salts = [[0; SALT_BYTES]; 2];
    getrandom::fill(salts.as_flattened_mut()).ok()?;
    let [for_hash, for_scram] = salts;
    let password = prepared(password);
    let hash = hasher.hash(cost, &for_hash, &password)?;
    Some(PasswordProof {
        hash: hash.phc().to_string().into(),
        scram: scram(&password, &for_scram, SCRAM_ITERATIONS)?,
    })
}

/// What is kept of a prepared password for SCRAM.
fn scram(password: &str, salt: &[u8], iterations: u32) -> Option<ScramProof> {
    let mut salted = [0; 32];
    pbkdf2::pbkdf2_hmac::<Sha256>(password.as_bytes(), salt, iterations, &mut salted);
    Some(ScramProof {
        salt: salt.into(),
        iterations,
        stored_key: Sha256::digest(hmac(&salted, b"Client Key")?).into(),
        server_key: hmac(&salted, b"Server Key")?,
    })
}

/// A key of any length is possible, so there always is a result.
fn hmac(key: &[u8], text: &[u8]) -> Option<[u8; 32]> {
    let mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    Some(mac.chain_update(text).finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;

    use super::*;
    use crate::config::Hash;

    /// The example of RFC 7677, section 3.
    #[test]
    fn the_keys_are_those_of_the_specification() {
        let salt = BASE64.decode(b"W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let proof = scram("pencil", &salt, 4096).unwrap();
        let exchange = "n=user,r=rOprNGfwEbeRWgbNEkqO,\
            r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,\
            c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let server = hmac(&proof.server_key, exchange.as_bytes()).unwrap();
        assert_eq!(BASE64.encode(&server), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        let mut client = BASE64.decode(b"dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=").unwrap();
        let signature = hmac(&proof.stored_key, exchange.as_bytes()).unwrap();
        client.iter_mut().zip(signature).for_each(|(byte, other)| *byte ^= other);
        assert_eq!(<[u8; 32]>::from(Sha256::digest(client)), proof.stored_key);
    }

    #[test]
    fn both_proofs_are_of_the_same_password() {
        let (mut hasher, cost) = (Hasher::default(), HashCost { memory_kib: 64, passes: 1 });
        let proof = prove("pass\u{a0}word", cost, &mut hasher).unwrap();
        let hash = Hash::parse(&proof.hash).unwrap();
        assert!(proof.hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        assert_eq!(hasher.matches(&hash, "pass word"), Some(true));
        assert_eq!(proof.scram.iterations, SCRAM_ITERATIONS);
        assert!(scram("pass word", &proof.scram.salt, SCRAM_ITERATIONS).unwrap() == proof.scram);
        let again = prove("pass word", cost, &mut hasher).unwrap();
        assert!(again.hash != proof.hash && again.scram != proof.scram, "each has its own salt");
    }

    /// The examples of RFC 4013, section 3, and what it does not allow.
    #[test]
    fn passwords_are_the_same_from_every_keyboard() {
        for (given, expected) in [
            ("I\u{ad}X", "IX"),
            ("user", "user"),
            ("USER", "USER"),
            ("\u{aa}", "a"),
            ("\u{2168}", "IX"),
            ("Zoe\u{308}", "Zo\u{eb}"),
            // Refused: a control character, mixed directions, a character of a later Unicode.
            ("\u{7}", "\u{7}"),
            ("\u{627}1", "\u{627}1"),
            ("\u{1f980}\u{a0}", "\u{1f980}\u{a0}"),
            ("\u{ad}\u{ad}", "\u{ad}\u{ad}"),
        ] {
            assert_eq!(prepared(given), expected, "{given:?}");
        }
    }
}
