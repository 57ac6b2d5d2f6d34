//! Turns message numbers into msgids and back.
//!
//! A plain number would tell everyone how many messages, even private ones, were sent in between. So clients
//! get the number encrypted: AES-128 over the number and eight zero bytes. An id that is invented or mistyped
//! does not decrypt to those zeros.

use std::fmt;

use aes::{
    Aes128,
    cipher::{BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit as _},
};
use parla_proto::{MsgId, tag::Tags};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An AES-128 key.
pub type Key = [u8; 16];

/// The msgids of one network. All its servers share the key; otherwise they could not read each other's ids.
#[derive(Clone)]
pub struct MessageIds {
    key: Key,
    cipher: Aes128,
}

impl PartialEq for MessageIds {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for MessageIds {}

impl Serialize for MessageIds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.key.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for MessageIds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Key::deserialize(deserializer).map(|key| Self::new(&key))
    }
}

impl fmt::Debug for MessageIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MessageIds(…)")
    }
}

impl MessageIds {
    /// Uses this key. Anybody who has it can read the numbers.
    pub fn new(key: &Key) -> Self {
        Self { key: *key, cipher: Aes128::new(key.into()) }
    }

    /// The key, from which the state machine derives what nobody may guess.
    pub(crate) const fn secret(&self) -> Key {
        self.key
    }

    /// The id of the message that the entry numbered `seq` carries.
    pub fn encode(&self, seq: u64) -> MsgId {
        let mut block = (u128::from(seq) << 64).to_be_bytes().into();
        self.cipher.encrypt_block(&mut block);
        MsgId::from_bytes(block.into())
    }

    /// The number of the message that an id stands for; `None` if it is not an id of this network.
    pub fn decode(&self, text: &str) -> Option<u64> {
        let mut block = MsgId::parse(text).ok()?.bytes().into();
        self.cipher.decrypt_block(&mut block);
        let bits = u128::from_be_bytes(block.into());
        u64::try_from(bits >> 64).ok().filter(|seq| u128::from(*seq) << 64 == bits)
    }

    /// The number of the message that another one replies or reacts to, according to its client-only tags in
    /// their wire form. `None` if the tags refer to nothing, or to no message of this network.
    /// <https://ircv3.net/specs/client-tags/reply>
    pub fn referred(&self, tags: &str) -> Option<u64> {
        let tags = Tags::new(tags);
        ["+reply", "+draft/reply"].into_iter().find_map(|key| self.decode(&tags.get(key)?))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Clients store ids, and people link to messages, so ids must never change.
    #[test]
    fn an_id_is_the_same_for_ever() {
        let ids = MessageIds::new(&[1; 16]);
        assert_eq!(ids.encode(7).to_string(), "4cNw4ybL2RsC56uhd0BQwg");
        assert_eq!(ids.encode(8).to_string(), "8U43uxXxzqMHTD9ssWglUR");
    }

    #[test]
    fn only_ids_of_this_network_are_read() {
        let (ids, others) = (MessageIds::new(&[1; 16]), MessageIds::new(&[2; 16]));
        let id = ids.encode(7).to_string();
        assert_eq!(ids.decode(&id), Some(7));
        assert_eq!(others.decode(&id), None);
        for text in ["m7", "", "nonsense", "0000000000000000000000", &id.to_lowercase()] {
            assert_eq!(ids.decode(text), None, "{text}");
        }
        for place in 0..id.len() {
            let mut mistyped = id.clone().into_bytes();
            mistyped[place] = if mistyped[place] == b'1' { b'2' } else { b'1' };
            assert_eq!(ids.decode(std::str::from_utf8(&mistyped).unwrap()), None, "{place}");
        }
    }

    #[test]
    fn tags_say_what_is_answered() {
        let ids = MessageIds::new(&[1; 16]);
        let (one, other) = (ids.encode(7), ids.encode(8));
        for (tags, expected) in [
            (format!("+draft/reply={one}"), Some(7)),
            (format!("+x=y;+reply={one};+draft/react=👍"), Some(7)),
            (format!("+draft/reply={other};+reply={one}"), Some(7)),
            (format!("+draft/reply={one};+reply=m9"), Some(7)),
            (format!("+draft/reply={one};+draft/reply={other}"), Some(8)),
            (format!("reply={one};+replies={one}"), None),
            ("+draft/reply".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(ids.referred(&tags), expected, "{tags}");
        }
    }

    #[test]
    fn neighbours_share_nothing() {
        let ids = MessageIds::new(&[1; 16]);
        let beginnings: BTreeSet<_> = (0..1000).map(|seq| ids.encode(seq).bytes()[..4].to_vec()).collect();
        assert_eq!(beginnings.len(), 1000);
    }

    #[test]
    fn the_key_is_not_shown() {
        assert_eq!(format!("{:?}", MessageIds::new(&[1; 16])), "MessageIds(…)");
    }

    proptest! {
        #[test]
        fn a_number_comes_back(key: Key, seq: u64) {
            let ids = MessageIds::new(&key);
            prop_assert_eq!(ids.decode(&ids.encode(seq).to_string()), Some(seq));
        }
    }
}
