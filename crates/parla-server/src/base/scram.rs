//! The server's side of SCRAM-SHA-256, by which a client proves that it knows a password without sending it.
//!
//! It has no state and draws no random numbers: the nonce is given. Each message is checked in full, and none
//! is longer than what the exchange may have. <https://www.rfc-editor.org/rfc/rfc5802>,
//! <https://www.rfc-editor.org/rfc/rfc7677>

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Maximum length of the client's part of the nonce, in bytes.
const NONCE_BYTES_MAX: usize = 128;

/// How often the passwords of accounts that do not exist are said to be hashed.
const ITERATIONS: u32 = 10_000;

/// What a server keeps of a password. <https://www.rfc-editor.org/rfc/rfc5802#section-3>
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScramProof {
    /// Random bytes that make equal passwords differ.
    pub salt: Box<[u8]>,
    /// How often the password is hashed.
    pub iterations: u32,
    /// Recognizes the client's proof.
    pub stored_key: [u8; 32],
    /// Makes the server's own proof.
    pub server_key: [u8; 32],
}

impl std::fmt::Debug for ScramProof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScramProof(…)")
    }
}

/// The client's first message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientFirst {
    /// `n,,` or `y,,`, with the name to act as, if there is one.
    header: String,
    /// The rest of the message.
    bare: String,
    /// The account's name, as the client wrote it.
    pub(crate) account: String,
    /// The account to act as; `None` for the same.
    pub(crate) acts_as: Option<String>,
    nonce: String,
}

/// What the server must remember between its first message and the client's last.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    header: String,
    nonce: String,
    /// Both first messages, as the proof covers them.
    first_messages: String,
    proof: ScramProof,
}

impl std::fmt::Debug for Challenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Challenge(…)")
    }
}

impl ClientFirst {
    /// Parses the message. `None` if it is malformed, or asks for a channel binding, which this mechanism does
    /// not have.
    pub(crate) fn parse(message: &str) -> Option<Self> {
        let mut parts = message.splitn(3, ',');
        let (binding, acts_as, bare) = (parts.next()?, parts.next()?, parts.next()?);
        if !matches!(binding, "n" | "y") {
            return None;
        }
        let acts_as = match acts_as {
            "" => None,
            name => Some(unescape(name.strip_prefix("a=")?)?),
        };
        // An extension that must be understood would come first.
        let mut attributes = bare.split(',');
        let account = unescape(attributes.next()?.strip_prefix("n=")?)?;
        let nonce = attributes.next()?.strip_prefix("r=")?;
        let is_printable = nonce.bytes().all(|byte| byte.is_ascii_graphic());
        if account.is_empty() || nonce.is_empty() || nonce.len() > NONCE_BYTES_MAX || !is_printable {
            return None;
        }
        let header = message.get(..message.len() - bare.len())?.to_owned();
        Some(Self { header, bare: bare.to_owned(), account, acts_as, nonce: nonce.to_owned() })
    }

    /// Makes the server's first message, with its part of the nonce.
    pub(crate) fn challenge(self, nonce: &str, proof: ScramProof) -> (String, Challenge) {
        let nonce = format!("{}{nonce}", self.nonce);
        let salt = STANDARD.encode(&proof.salt);
        let message = format!("r={nonce},s={salt},i={}", proof.iterations);
        let first_messages = format!("{},{message}", self.bare);
        (message, Challenge { header: self.header, nonce, first_messages, proof })
    }
}

impl Challenge {
    /// Whether it was made with what is kept of this password.
    pub(crate) fn is_of(&self, proof: &ScramProof) -> bool {
        self.proof == *proof
    }

    /// Checks the client's last message, and makes the server's. `None` if the client does not know the
    /// password, or the message is malformed.
    pub(crate) fn verify(&self, message: &str) -> Option<String> {
        let (without_proof, proof) = message.rsplit_once(",p=")?;
        let mut attributes = without_proof.split(',');
        let header = STANDARD.decode(attributes.next()?.strip_prefix("c=")?).ok()?;
        let nonce = attributes.next()?.strip_prefix("r=")?;
        if header != self.header.as_bytes() || nonce != self.nonce {
            return None;
        }
        let proof: [u8; 32] = STANDARD.decode(proof).ok()?.try_into().ok()?;
        let messages = format!("{},{without_proof}", self.first_messages);
        let signature = sign(&self.proof.stored_key, &messages);
        let mut client_key = proof;
        client_key.iter_mut().zip(signature).for_each(|(byte, signed)| *byte ^= signed);
        // The stored key is a hash, so how long it takes to compare two of them says nothing of use.
        if Sha256::digest(client_key).as_slice() != self.proof.stored_key {
            return None;
        }
        Some(format!("v={}", STANDARD.encode(sign(&self.proof.server_key, &messages))))
    }
}

/// What an account that does not exist is said to have, always the same for one name, so that nobody can
/// tell. No password belongs to it.
pub(crate) fn pretended(key: &[u8], account: &str) -> ScramProof {
    let made = |what: &str| sign(key, &format!("{what} of {account}"));
    let salt = made("salt").iter().copied().take(16).collect();
    ScramProof {
        salt,
        iterations: ITERATIONS,
        stored_key: made("stored key"),
        server_key: made("server key"),
    }
}

fn sign(key: &[u8], text: &str) -> [u8; 32] {
    // A key of any length is accepted.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    mac.chain_update(text).finalize().into_bytes().into()
}

/// A name, in which `=2C` stands for a comma and `=3D` for an equals sign.
fn unescape(text: &str) -> Option<String> {
    let mut pieces = text.split('=');
    let mut name = pieces.next()?.to_owned();
    for piece in pieces {
        if let Some(rest) = piece.strip_prefix("2C") {
            name.push(',');
            name.push_str(rest);
        } else {
            name.push('=');
            name.push_str(piece.strip_prefix("3D")?);
        }
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of the password `pencil` with the salt and count of RFC 7677, computed by another program.
    fn pencil() -> ScramProof {
        let bytes = |text: &str| <[u8; 32]>::try_from(STANDARD.decode(text).unwrap()).unwrap();
        ScramProof {
            salt: STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap().into(),
            iterations: 4096,
            stored_key: bytes("WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="),
            server_key: bytes("wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="),
        }
    }

    const NONCE: &str = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

    fn challenge() -> Challenge {
        let first = ClientFirst::parse("n,,n=user,r=rOprNGfwEbeRWgbNEkqO").unwrap();
        assert_eq!((first.account.as_str(), &first.acts_as), ("user", &None));
        let (message, challenge) = first.challenge(NONCE, pencil());
        let expected =
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
        assert_eq!(message, expected);
        challenge
    }

    const LAST: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                        p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

    /// The example of RFC 7677.
    #[test]
    fn both_sides_prove_what_they_know() {
        let signature = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
        assert_eq!(challenge().verify(LAST).as_deref(), Some(signature));
    }

    #[test]
    fn whatever_is_changed_on_the_way_is_noticed() {
        let challenge = challenge();
        for bad in [
            LAST.replace("c=biws", "c=eSws"),
            LAST.replace("k0,", "k1,"),
            LAST.replace("p=d", "p=e"),
            LAST.replace(",p=", ",x=y,p="),
            LAST.replace("p=dHz", "p="),
            LAST.split_once(",p=").unwrap().0.to_owned(),
            String::new(),
            ",p=".to_owned(),
        ] {
            assert_eq!(challenge.verify(&bad), None, "{bad}");
        }
    }

    #[test]
    fn names_are_escaped_and_malformed_messages_refused() {
        let first = ClientFirst::parse("y,a=b=2Cc,n=a=3Db,r=x").unwrap();
        assert_eq!((first.account.as_str(), first.acts_as.as_deref()), ("a=b", Some("b,c")));
        for bad in [
            "",
            "n",
            "n,,",
            "n,,n=user",
            "n,,n=,r=x",
            "n,,n=user,r=",
            "n,,n=us=er,r=x",
            "n,,m=ext,n=user,r=x",
            "n,b,n=user,r=x",
            "p=tls-exporter,,n=user,r=x",
            "n,,n=user,r=\u{1}",
        ] {
            assert_eq!(ClientFirst::parse(bad), None, "{bad}");
        }
        assert_eq!(ClientFirst::parse(&format!("n,,n=user,r={}", "x".repeat(129))), None);
    }

    #[test]
    fn an_account_that_does_not_exist_is_always_the_same() {
        let [one, again, other] = ["eve", "eve", "bob"].map(|name| pretended(b"key", name));
        assert!(one == again && one != other && one.salt.len() == 16);
        assert!(pretended(b"other", "eve") != one);
    }
}
