//! Bounds that the protocol itself sets. Those that an administrator can choose are in the server's settings.

/// Bytes of a line without its tags, but with its CR LF. <https://modern.ircdocs.horse/#message-format>
pub const LINE_BYTES_MAX: usize = 512;

/// Bytes of the tags in a line from a client, with the `@` and the space.
/// <https://ircv3.net/specs/extensions/message-tags>
pub const CLIENT_TAGS_BYTES_MAX: usize = 4096;

/// Bytes of the tags in a line from a server, with the `@` and the space: 4094 for its own tags, 4094 for
/// those of the client, and the rest for separators.
pub const SERVER_TAGS_BYTES_MAX: usize = 8191;

/// Bytes of a whole line from a client.
pub const CLIENT_LINE_BYTES_MAX: usize = CLIENT_TAGS_BYTES_MAX + LINE_BYTES_MAX;

/// Bytes of a whole line from a server.
pub const SERVER_LINE_BYTES_MAX: usize = SERVER_TAGS_BYTES_MAX + LINE_BYTES_MAX;

/// After this many bytes without a line break, we no longer expect one.
pub const ENDLESS_LINE_BYTES: usize = 16 * 1024;

/// Parameters of a message; the last one takes the rest of the line. RFC 1459, section 2.3.
pub const PARAMS_MAX: usize = 15;

/// Tokens in one line of ISUPPORT. <https://modern.ircdocs.horse/#rplisupport-005>
pub const ISUPPORT_TOKENS_PER_LINE: usize = 13;

/// Bytes of the tokens in one line of ISUPPORT: what remains after the server's name, a nick and the text.
pub const ISUPPORT_BYTES_PER_LINE: usize = 360;

/// Bytes of a `label` that a client chose. <https://ircv3.net/specs/extensions/labeled-response>
pub const LABEL_BYTES_MAX: usize = 64;

/// Bytes of a METADATA key. The specification leaves the limit to the server.
pub const METADATA_KEY_BYTES_MAX: usize = 64;
