//! Bounds that no administrator needs to change. Those that can be configured are in [`crate::settings`].

use std::time::Duration;

/// Bytes of memory for the lines that a session holds while it waits for an answer or for its flood
/// allowance, as counted by [`line_memory`]: 64 short lines, or one with very long tags. The daemon stops
/// reading from a connection that has so much waiting.
pub const LINES_WAITING_BYTES_MAX: u32 = 16 * 1024;

/// Bytes of memory that a waiting line takes, with the overhead of storing it.
pub fn line_memory(line_bytes: usize) -> u32 {
    const AROUND: u32 = 256;
    u32::try_from(line_bytes).unwrap_or(u32::MAX).saturating_add(AROUND)
}

/// Bad lines that a connection may send before it is registered.
pub const BAD_LINES_MAX: u8 = 10;

/// Channels on one server, including empty ones that have a history.
pub const CHANNELS_MAX: usize = 100_000;

/// Channels that one entry may forget.
pub const CHANNELS_FORGOTTEN_MAX: usize = 100;

/// Channels whose old messages one entry may have deleted.
pub const CHANNELS_EXPIRED_MAX: usize = 1_000;

/// How often old messages are deleted. Nobody can read them any more before that.
pub const EXPIRY_INTERVAL: Duration = Duration::from_secs(600);

/// The shortest time for which messages can be kept.
pub const RETAIN_MIN: Duration = Duration::from_secs(60);

/// How many messages from before they came newcomers may be allowed to read, if not all.
pub const NEWCOMERS_READ_MAX: u32 = 1_000;

/// Members removed by CHANSERV CLEAR of whom whoever stays is told one by one.
pub const CLEARED_TOLD_MAX: usize = 100;

/// Names of channels that nobody can enter.
pub const CLOSURES_MAX: usize = 1_000;

/// Channels, or nicks, in one JOIN, PART, KICK or NAMES.
pub const TARGETS_PER_COMMAND_MAX: usize = 20;

/// Steps in one MODE; advertised as MODES.
pub const MODES_PER_COMMAND_MAX: usize = 20;

/// Bytes of a long answer that a client is sent at once; the rest follows when they have been written to its
/// socket. We also stop reading from a client whose other commands have caused so many bytes, until they are
/// sent.
pub const PORTION_BYTES: usize = 16 * 1024;

/// Steps of a search for one portion of an answer: characters compared, and users or channels looked at. They
/// take about a fifth of a millisecond.
pub const PORTION_STEPS: usize = 20_000;

/// Steps of a search that count against a client's allowance like one byte of an answer.
pub const STEPS_PER_BYTE: usize = 8;

/// Bytes of answers that count against a client's allowance like one command.
pub const COST_PER_COMMAND: u32 = 32 * 1024;

/// Rows in the answer to one WHOWAS. Each remembered user has up to four.
pub const WHOWAS_REPLIES_MAX: usize = 1_000;

/// Rows in the answer to one STATS.
pub const STATS_REPLIES_MAX: usize = 1_000;

/// Nicks in one USERHOST; further ones are ignored, as the specification says.
pub const USERHOST_NICKS_MAX: usize = 5;

/// Bytes in a line of help, so that it stays readable in clients that do not wrap lines.
pub const HELP_LINE_BYTES_MAX: usize = 80;

/// Invitations that a channel remembers; the oldest are dropped first.
pub const INVITATIONS_MAX: usize = 100;

/// Lines that one person may add to the record of moderation in a burst. Further ones are only counted, until
/// [`MODERATION_INTERVAL`] allows the next.
pub const MODERATION_BURST: u32 = 60;

/// How long it takes until one more line fits into the record after [`MODERATION_BURST`] is used up.
pub const MODERATION_INTERVAL: Duration = Duration::from_secs(10);

/// Channels in one answer to the administrator.
pub const ADMIN_CHANNELS_MAX: usize = 500;

/// Members of a channel in one answer to the administrator.
pub const ADMIN_MEMBERS_MAX: usize = 1_000;

/// Failed attempts to become an operator after which the connection is closed.
pub const OPER_FAILURES_MAX: u8 = 3;

/// How often a client may fail to sign in before it is disconnected.
pub const SIGN_IN_FAILURES_MAX: u8 = 5;

/// Maximum number of accounts.
pub const ACCOUNTS_MAX: usize = 1_000_000;

/// Invitations that are kept, with those that nobody can use any more.
pub const INVITATIONS_KEPT_MAX: usize = 1_000;

/// Invitations of one account that can still be used.
pub const INVITATIONS_OF_ACCOUNT_MAX: usize = 20;

/// How many people may use one invitation.
pub const INVITATION_USES_MAX: u32 = 1_000;

/// For how many days an invitation may be used.
pub const INVITATION_DAYS_MAX: u32 = 365;

/// For how many days an invitation may be used if nobody says otherwise.
pub const INVITATION_DAYS: u32 = 7;

/// Channels that one invitation brings people into.
pub const INVITATION_CHANNELS_MAX: usize = 20;

/// Invitations that the administrator is shown at once.
pub const ADMIN_INVITATIONS_MAX: usize = 200;

/// Accounts that one channel remembers as its members.
pub const ACCESS_MAX: usize = 5_000;

/// Certificates that sign in to one account.
pub const CERTIFICATES_MAX: usize = 10;

/// Maximum length of one AUTHENTICATE and of everything that a client sends in one exchange, in characters of
/// base64. <https://ircv3.net/specs/extensions/sasl-3.1>
pub const SASL_CHUNK_BYTES: usize = 400;
/// See [`SASL_CHUNK_BYTES`].
pub const SASL_BYTES_MAX: usize = 10 * SASL_CHUNK_BYTES;

/// Accounts that the administrator is shown at once.
pub const ADMIN_ACCOUNTS_MAX: usize = 500;

/// People who may answer a user with mode `R` because that user wrote to them first; the oldest are dropped
/// first.
pub const ACCEPTED_MAX: usize = 32;
/// Characters of the name of a device or an app password.
pub const DEVICE_NAME_CHARS_MAX: usize = 32;

/// App passwords that one account may have.
pub const APP_PASSWORDS_MAX: usize = 20;

/// How many times one JOIN may be forwarded to another channel.
pub const FORWARDS_MAX: usize = 3;
/// How long a client's open batch may stay silent before it is dropped.
pub const BATCH_TIMEOUT: Duration = Duration::from_secs(30);

/// Bytes of the reference that a client gives a batch.
pub const BATCH_REFERENCE_BYTES_MAX: usize = 64;

/// How long a channel must keep its name before it can be renamed again: clients without the capability are
/// sent a full list of names each time.
pub const RENAME_INTERVAL: Duration = Duration::from_secs(60);

/// How many of their newest messages a user can delete.
pub const SAID_MAX: usize = 100;

/// Read markers of a person; if there are more, the one that is furthest back is dropped.
pub const READ_MARKERS_MAX: usize = 1_000;

/// Bytes of a host, so that a source fits into every line.
pub const HOST_BYTES_MAX: usize = 63;

/// Bytes of the text in QUIT and PART.
pub const REASON_BYTES_MAX: usize = 300;

/// METADATA changes that a session may make in a burst; each is sent to everyone who shares a channel.
pub const METADATA_CHANGES_BURST: u32 = 20;

/// How long it takes until one more change is allowed after [`METADATA_CHANGES_BURST`] is used up.
pub const METADATA_CHANGES_INTERVAL: Duration = Duration::from_secs(2);

/// Bytes of METADATA that a session is sent unasked when it enters a channel or subscribes. If there is more,
/// it is told to ask with SYNC.
pub const METADATA_UNASKED_BYTES_MAX: usize = 64 * 1024;

/// How long a session must wait between two answers to SYNC that exceed [`METADATA_UNASKED_BYTES_MAX`].
pub const METADATA_SYNC_INTERVAL: Duration = Duration::from_secs(5);

/// Keys in one line that lists keys. Old clients read no more than 15 parameters.
pub const METADATA_KEYS_PER_LINE: usize = 12;
