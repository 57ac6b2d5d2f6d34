//! Proposals and networks as bytes, for a log and for machines that join.
//!
//! The format is postcard's (<https://postcard.jamesmunns.com/wire-format>), behind a byte that says the version of what is in it.
//! It has no names of fields: who changes a type that is in it changes the version, of which a test reminds by the bytes of
//! each kind of entry.

use blake2::{Blake2s256, Digest as _};
use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

use crate::network::{Network, entry::Proposal};

/// The version of proposals.
pub const PROPOSAL_VERSION: u8 = 1;

/// The version of networks.
pub const NETWORK_VERSION: u8 = 1;

/// Bytes of a digest.
const DIGEST_BYTES: usize = 32;

/// Why bytes are no proposal and no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// Another version of parla wrote it.
    #[error("it has version {found} of the format, and this server reads version {known}")]
    Version {
        /// What is there.
        found: u8,
        /// What can be read.
        known: u8,
    },
    /// It is cut off, or something else.
    #[error("it is damaged")]
    Damaged,
}

impl Proposal {
    /// Writes it down for a log.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![PROPOSAL_VERSION];
        write(self, &mut bytes);
        bytes
    }

    /// Reads what [`Self::encode`] wrote.
    ///
    /// # Errors
    /// It is damaged, or of another version.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        read(versioned(bytes, PROPOSAL_VERSION)?)
    }
}

/// A network: version, digest, contents.
pub(crate) fn encode_network(network: &Network) -> Vec<u8> {
    let mut bytes = vec![NETWORK_VERSION];
    bytes.resize(1 + DIGEST_BYTES, 0);
    write(network, &mut bytes);
    let digest = bytes.get(1 + DIGEST_BYTES..).map(Blake2s256::digest);
    if let (Some(digest), Some(place)) = (digest, bytes.get_mut(1..1 + DIGEST_BYTES)) {
        place.copy_from_slice(&digest);
    }
    bytes
}

pub(crate) fn decode_network(bytes: &[u8]) -> Result<Network, Unreadable> {
    let rest = versioned(bytes, NETWORK_VERSION)?;
    let (digest, contents) = rest.split_at_checked(DIGEST_BYTES).ok_or(Unreadable::Damaged)?;
    if Blake2s256::digest(contents).as_slice() != digest {
        return Err(Unreadable::Damaged);
    }
    read(contents)
}

/// A short number that two networks share only if they are the same, for machines that compare theirs.
pub(crate) fn state_hash(network: &Network) -> u64 {
    let mut contents = Vec::new();
    write(network, &mut contents);
    let digest = Blake2s256::digest(&contents);
    digest.first_chunk().copied().map_or(0, u64::from_be_bytes)
}

fn versioned(bytes: &[u8], known: u8) -> Result<&[u8], Unreadable> {
    match bytes.split_first() {
        Some((found, rest)) if *found == known => Ok(rest),
        Some((found, _)) => Err(Unreadable::Version { found: *found, known }),
        None => Err(Unreadable::Damaged),
    }
}

#[expect(clippy::expect_used, reason = "memory is written to, and every sequence knows its length")]
fn write(value: &impl Serialize, bytes: &mut Vec<u8>) {
    let start = std::mem::take(bytes);
    *bytes = postcard::to_extend(value, start).expect("everything here can be written");
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        _ => Err(Unreadable::Damaged),
    }
}
