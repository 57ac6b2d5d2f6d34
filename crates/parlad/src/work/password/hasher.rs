//! Compares a password with a hash, in memory that is used again: what the next one needs need not be asked of the system.

use argon2::{Argon2, Block, Params, Version};

use crate::config::Hash;

/// Blocks of 1 KiB that are asked of the system at least; only those that are used take memory. What is larger than 32 MiB the
/// allocator gives back to the system when it is freed; what is smaller it may keep.
const MAPPED_BLOCKS: usize = 33 * 1024;

/// Memory of argon2. It grows to what the costliest hash needs, at most 64 MiB.
#[derive(Default)]
pub(crate) struct Hasher {
    blocks: Vec<Block>,
}

impl Hasher {
    /// Whether a password is the one that was hashed; nothing if the system has no memory to find that out.
    pub(crate) fn matches(&mut self, hash: &Hash, password: &str) -> Option<bool> {
        self.derive(hash, password).map(|output| Some(output) == hash.phc().hash)
    }

    /// What the password comes to with the salt and the costs of the hash.
    fn derive(&mut self, hash: &Hash, password: &str) -> Option<argon2::password_hash::phc::Output> {
        use argon2::password_hash::phc::Output;
        let hash = hash.phc();
        let params = Params::try_from(hash).ok()?;
        let version = hash.version.map_or(Ok(Version::default()), Version::try_from).ok()?;
        let needed = params.block_count();
        if self.blocks.len() < needed {
            // Not the old ones and the new ones at the same time.
            self.rest();
            self.blocks.try_reserve_exact(needed.max(MAPPED_BLOCKS)).ok()?;
            self.blocks.resize(needed, Block::new());
        }
        let (salt, length) = (hash.salt?, hash.hash?.len());
        let mut output = [0; Output::MAX_LENGTH];
        let output = output.get_mut(..length)?;
        Argon2::new(argon2::Algorithm::Argon2id, version, params)
            .hash_password_into_with_memory(password.as_bytes(), &salt, output, self.blocks.as_mut_slice())
            .ok()?;
        // Two outputs are compared in the same time whatever they are.
        Output::new(output).ok()
    }

    /// Gives the memory back.
    pub(crate) fn rest(&mut self) {
        self.blocks = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::CustomizedPasswordHasher as _;

    use super::*;

    fn hashed(password: &str, params: Params) -> Hash {
        let salt = b"some other salt";
        let hash = Argon2::default().hash_password_customized(password.as_bytes(), salt, None, None, params);
        Hash::parse(&hash.unwrap().to_string()).unwrap()
    }

    #[test]
    fn a_password_matches_its_hash_only() {
        let mut hasher = Hasher::default();
        for (memory, passes, lanes, length) in
            [(64, 1, 1, None), (1024, 2, 2, Some(16)), (128, 3, 4, Some(64)), (64, 2, 1, None)]
        {
            let hash = hashed("secret", Params::new(memory, passes, lanes, length).unwrap());
            assert_eq!(
                ["secret", "Secret", ""].map(|password| hasher.matches(&hash, password)),
                [Some(true), Some(false), Some(false)]
            );
        }
        assert_eq!(hasher.blocks.len(), 1024);
        hasher.rest();
        assert_eq!(hasher.blocks.capacity(), 0);
    }

    #[test]
    fn older_versions_are_known() {
        let argon2 = Argon2::default();
        let hash = argon2.hash_password_customized(b"a", b"some salt", None, Some(0x10), Params::default());
        let hash = Hash::parse(&hash.unwrap().to_string()).unwrap();
        let mut hasher = Hasher::default();
        assert_eq!(["a", "b"].map(|password| hasher.matches(&hash, password)), [Some(true), Some(false)]);
    }
}
