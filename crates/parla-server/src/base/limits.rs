//! Bounds that no administrator needs to change. Those that one may choose are in [`crate::settings`].

use std::time::Duration;

/// Memory of the lines that a session holds while it waits for an answer or for its flood allowance, as [`line_memory`]
/// counts it: 64 short lines, or one with very long tags. The daemon stops reading a connection that has so much unanswered.
pub const LINES_WAITING_BYTES_MAX: u32 = 16 * 1024;

/// Memory that a waiting line takes, in bytes: its own and those around it.
pub fn line_memory(line_bytes: usize) -> u32 {
    const AROUND: u32 = 256;
    u32::try_from(line_bytes).unwrap_or(u32::MAX).saturating_add(AROUND)
}

/// Bad lines that a connection may send before it is registered.
pub const BAD_LINES_MAX: u8 = 10;

/// Channels on one server, empty ones with a history included.
pub const CHANNELS_MAX: usize = 100_000;

/// Channels that one entry forgets.
pub const CHANNELS_FORGOTTEN_MAX: usize = 100;

/// Channels, or nicks, in one JOIN, PART, KICK or NAMES.
pub const TARGETS_PER_COMMAND_MAX: usize = 20;

/// Steps in one MODE; advertised as MODES.
pub const MODES_PER_COMMAND_MAX: usize = 20;

/// Bytes of a long answer that a client is sent at once; the rest follows when they have been written to its socket.
/// A client that has caused as much in other ways is not listened to before that either.
pub const PORTION_BYTES: usize = 16 * 1024;

/// Steps of a search for one portion of an answer: characters compared, and users or channels looked at. About a fifth of a
/// millisecond.
pub const PORTION_STEPS: usize = 20_000;

/// Steps of a search that cost a client as much as one byte of an answer.
pub const STEPS_PER_BYTE: usize = 8;

/// Bytes of answers that cost a client as much as one command.
pub const COST_PER_COMMAND: u32 = 32 * 1024;

/// Rows of one WHOWAS; there are up to four of each entry.
pub const WHOWAS_REPLIES_MAX: usize = 1_000;

/// Rows of one STATS.
pub const STATS_REPLIES_MAX: usize = 1_000;

/// Nicks in one USERHOST; what comes after them is ignored, as the specification has it.
pub const USERHOST_NICKS_MAX: usize = 5;

/// Bytes in a line of help, so that it reads well where lines are not wrapped.
pub const HELP_LINE_BYTES_MAX: usize = 80;

/// Invitations that a channel remembers; the oldest goes first.
pub const INVITATIONS_MAX: usize = 100;

/// Lines in the record of moderation that one person may fill at once; what is beyond them is counted ...
pub const MODERATION_BURST: u32 = 60;

/// ... until one more fits each time this has passed.
pub const MODERATION_INTERVAL: Duration = Duration::from_secs(10);

/// Channels in one answer to the administrator.
pub const ADMIN_CHANNELS_MAX: usize = 500;

/// Members of a channel in one answer to the administrator.
pub const ADMIN_MEMBERS_MAX: usize = 1_000;

/// Attempts to become an operator that may fail before the connection is ended.
pub const OPER_FAILURES_MAX: u8 = 3;

/// People whom a user with mode `R` may get an answer from because it wrote to them; the oldest goes first.
pub const ACCEPTED_MAX: usize = 32;
/// Channels that one JOIN is forwarded through.
pub const FORWARDS_MAX: usize = 3;
/// Silence after which a batch that a client has opened is given up.
pub const BATCH_TIMEOUT: Duration = Duration::from_secs(30);

/// Bytes of the name that a client gives a batch.
pub const BATCH_REFERENCE_BYTES_MAX: usize = 64;

/// From one new name of a channel to the next: members whose clients do not understand it get a list of names each time.
pub const RENAME_INTERVAL: Duration = Duration::from_secs(60);

/// Messages of one user that the user can take back, the newest.
pub const SAID_MAX: usize = 100;

/// Conversations of one user of which it is known up to where they were read; the one that moved longest ago goes first.
pub const READ_MARKERS_MAX: usize = 1_000;

/// Bytes of a host, so that a source fits in every line.
pub const HOST_BYTES_MAX: usize = 63;

/// Bytes of the text in QUIT and PART.
pub const REASON_BYTES_MAX: usize = 300;

/// Changes of METADATA that a session may make at once; each is told to everyone who shares a channel.
pub const METADATA_CHANGES_BURST: u32 = 20;

/// After them, one each time this has passed.
pub const METADATA_CHANGES_INTERVAL: Duration = Duration::from_secs(2);

/// Bytes of METADATA that a session is told unasked, when it enters a channel or subscribes. Above that it is told to
/// ask by SYNC.
pub const METADATA_UNASKED_BYTES_MAX: usize = 64 * 1024;

/// How long a session waits between two answers to SYNC that are larger than [`METADATA_UNASKED_BYTES_MAX`].
pub const METADATA_SYNC_INTERVAL: Duration = Duration::from_secs(5);

/// Keys in one line of those that list them. Old clients read no more than 15 parameters.
pub const METADATA_KEYS_PER_LINE: usize = 12;
