//! The bounds that the protocol itself sets. What an administrator may choose is in the server's settings.

/// A line without its tags, with its CR LF. <https://modern.ircdocs.horse/#message-format>
pub const LINE_BYTES_MAX: usize = 512;

/// The tags of a line from a client, with `@` and the space. <https://ircv3.net/specs/extensions/message-tags>
pub const CLIENT_TAGS_BYTES_MAX: usize = 4096;

/// The tags of a line from a server, with `@` and the space: 4094 bytes of its own and 4094 of a client, and the rest.
pub const SERVER_TAGS_BYTES_MAX: usize = 8191;

/// A whole line from a client.
pub const CLIENT_LINE_BYTES_MAX: usize = CLIENT_TAGS_BYTES_MAX + LINE_BYTES_MAX;

/// A whole line from a server.
pub const SERVER_LINE_BYTES_MAX: usize = SERVER_TAGS_BYTES_MAX + LINE_BYTES_MAX;

/// Bytes without the end of a line after which none is to be expected.
pub const ENDLESS_LINE_BYTES: usize = 16 * 1024;

/// Parameters of a message; the last one takes what is left. RFC 1459, 2.3.
pub const PARAMS_MAX: usize = 15;

/// Tokens in one line of ISUPPORT. <https://modern.ircdocs.horse/#rplisupport-005>
pub const ISUPPORT_TOKENS_PER_LINE: usize = 13;

/// Tokens in one line of ISUPPORT, in bytes: what is left of a line beside the server's name, a nick and the text.
pub const ISUPPORT_BYTES_PER_LINE: usize = 360;

/// A `label` that a client chose. <https://ircv3.net/specs/extensions/labeled-response>
pub const LABEL_BYTES_MAX: usize = 64;

/// A key of METADATA. The specification leaves the number to the server.
pub const METADATA_KEY_BYTES_MAX: usize = 64;
