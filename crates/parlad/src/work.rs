//! Slow work, done beside the hub on threads of its own: passwords are compared and gateways are verified.

pub(crate) mod password;
pub(crate) mod webirc;
