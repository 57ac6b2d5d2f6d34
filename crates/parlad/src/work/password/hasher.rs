//! Compares passwords with hashes in memory that is reused, so that it need not be requested from the system
//! each time.

use argon2::{Argon2, Block, Params, Version, password_hash::phc::Output};

use crate::config::{Hash, HashCost, SALT_BYTES};

/// The minimum number of 1 KiB blocks that are requested from the system; only those that are used take
/// memory. The allocator returns an allocation above 32 MiB to the system when it is freed, but may keep a
/// smaller one.
const MAPPED_BLOCKS: usize = 33 * 1024;

/// Memory for argon2. It grows to what the most expensive hash needs, at most 64 MiB.
#[derive(Default)]
pub(crate) struct Hasher {
    blocks: Vec<Block>,
}

impl Hasher {
    /// Whether a password matches a hash; `None` if there is not enough memory to find out.
    pub(crate) fn matches(&mut self, hash: &Hash, password: &str) -> Option<bool> {
        self.derive(hash, password).map(|output| Some(output) == hash.phc().hash)
    }

    /// The hash of a new password; `None` if there is not enough memory for it.
    pub(crate) fn hash(&mut self, cost: HashCost, salt: &[u8; SALT_BYTES], password: &str) -> Option<Hash> {
        let hash = Hash::of_no_password(cost, salt).ok()?;
        let output = self.derive(&hash, password)?;
        Some(hash.with_output(output))
    }

    /// The result of hashing the password with the salt and cost of the hash.
    fn derive(&mut self, hash: &Hash, password: &str) -> Option<Output> {
        let hash = hash.phc();
        let params = Params::try_from(hash).ok()?;
        let version = hash.version.map_or(Ok(Version::default()), Version::try_from).ok()?;
        let needed = params.block_count();
        if self.blocks.len() < needed {
            // This prevents having the old blocks and the new ones at the same time.
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
        // Comparing two outputs takes the same time whatever they are.
        Output::new(output).ok()
    }

    /// Releases the memory.
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
    fn a_new_hash_is_that_of_its_password() {
        let mut hasher = Hasher::default();
        let cost = HashCost { memory_kib: 64, passes: 2 };
        let hash = hasher.hash(cost, &[1; SALT_BYTES], "secret").unwrap();
        // It says what it is, so that it can be compared when other costs are configured.
        let stored = Hash::parse(&hash.phc().to_string()).unwrap();
        assert_eq!(
            ["secret", "Secret"].map(|password| hasher.matches(&stored, password)),
            [Some(true), Some(false)]
        );
        let by_itself =
            Argon2::new(argon2::Algorithm::Argon2id, Version::V0x13, Params::new(64, 2, 1, None).unwrap());
        let mut expected = [0; 32];
        by_itself.hash_password_into(b"secret", &[1; SALT_BYTES], &mut expected).unwrap();
        assert_eq!(stored.phc().hash.unwrap().as_bytes(), expected);
        let nobodys = Hash::of_no_password(cost, &[1; SALT_BYTES]).unwrap();
        assert_eq!(hasher.matches(&nobodys, "secret"), Some(false));
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
