//! What is wrong with the address of a network.

use parla_client::endpoint::BadEndpoint;

use super::Words;

impl Words {
    /// Why the input is not a valid address.
    pub fn bad_address(self, bad: BadEndpoint) -> &'static str {
        match bad {
            BadEndpoint::Empty => self.network_address_empty(),
            BadEndpoint::TooLong => self.network_address_too_long(),
            BadEndpoint::Scheme => self.network_address_scheme(),
            BadEndpoint::Host => self.network_address_host(),
            BadEndpoint::Port => self.network_address_port(),
        }
    }
}
