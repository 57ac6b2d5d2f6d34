//! The sentences about reaching a network: its address, its encryption, its certificate, and the end with it.

use parla_client::endpoint::BadEndpoint;

/// Opens the dialog in which the address can be changed.
pub const CHANGE_ADDRESS: &str = "Change the address…";
/// The title of that dialog.
pub const ADDRESS_TITLE: &str = "Address of the server";
/// Its button.
pub const ADDRESS_SAVE: &str = "Connect there";
/// Below its field.
pub const ADDRESS_HINT: &str = "Conversations and drafts stay.";
/// The field for the person's own certificate.
pub const IDENTITY: &str = "Your certificate";
/// Below it.
pub const IDENTITY_HINT: &str =
    "A PEM file with your certificate and its key, if the network knows you by one. Most people have none.";
/// Stops a network that cannot be reached from asking.
pub const NOT_NOW: &str = "Not now";
/// The heading over what a certificate says.
pub const CERTIFICATE: &str = "The certificate that the server showed";
/// The name of the names in it.
pub const CERTIFICATE_NAMES: &str = "For";
/// Nobody is named in it.
pub const NO_NAMES: &str = "No name";
/// Who vouches for it.
pub const CERTIFICATE_ISSUER: &str = "Issued by";
/// Nobody does.
pub const SELF_SIGNED: &str = "The server itself";
/// How long it is valid.
pub const CERTIFICATE_UNTIL: &str = "Valid until";
/// By what it can be told from all others.
pub const CERTIFICATE_FINGERPRINT: &str = "SHA-256 fingerprint";
/// The one that is trusted.
pub const CERTIFICATE_TRUSTED: &str = "Fingerprint that you trusted";
/// Accepts it.
pub const TRUST: &str = "Trust this certificate for this server";
/// Nothing was written where the address belongs.
pub const ADDRESS_EMPTY: &str = "Write where the server is, like irc.example.org";
/// A name with a space was written.
pub const NAME_SPACES: &str = "A name has no spaces.";
/// The network is known already.
pub const DUPLICATE: &str = "You are on this network under this name already.";
/// Asks before everything that is kept of a network goes.
pub const FORGET_SURE: &str = "This also deletes its messages, drafts and passwords from this computer. Others keep what you wrote to them.";
/// Does it.
pub const FORGET_DO: &str = "Remove it";
/// Does not.
pub const FORGET_NOT: &str = "Keep it";

/// Why what was written is no address.
pub fn bad_address(bad: BadEndpoint) -> &'static str {
    match bad {
        BadEndpoint::Empty => ADDRESS_EMPTY,
        BadEndpoint::TooLong => "This is too long for an address.",
        BadEndpoint::Scheme => "This is the address of a web page, not of a chat server.",
        BadEndpoint::Host => "This is not the name of a server. Write it like irc.example.org",
        BadEndpoint::Port => "Behind the colon belongs a port: a number from 1 to 65535.",
    }
}

/// The name of a network that another one has as well.
pub fn as_whom(network: &str, who: &str) -> String {
    format!("{network} ({who})")
}

/// Several networks that need the person, in one line.
pub fn several_stopped(names: &[&str]) -> String {
    format!("{} other networks are not connected: {}", names.len(), names.join(", "))
}

/// Which network it is about, where that is not the one that is shown.
pub fn about(network: &str) -> String {
    format!("About {network}")
}
