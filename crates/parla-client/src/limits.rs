//! The limits of a client: the most that a server or a person can make it keep, and how long it waits.

use std::time::Duration;

/// Rows in one chunk of a timeline.
pub const CHUNK_ROWS_MAX: usize = 50;
/// Rows kept per conversation; the oldest are dropped first and can be fetched again.
pub const TIMELINE_ROWS_MAX: usize = 100_000;
/// Conversations of one network.
pub const BUFFERS_MAX: usize = 1_000;
/// Conversations that others can begin; the remaining places are for those that the person wants.
pub const BUFFERS_UNASKED_MAX: usize = 700;
/// Members known per channel.
pub const MEMBERS_MAX: usize = 100_000;
/// Channels kept of the directory.
pub const DIRECTORY_ROOMS_MAX: usize = 50_000;
/// Messages that can wait to be sent or confirmed.
pub const OUTBOX_MAX: usize = 1_000;
/// Requests to channels that can wait for an answer or for the person.
pub const REQUESTS_MAX: usize = 100;
/// How long messages wait for an earlier connection of the person to deliver them, or to end.
pub const GHOST_WAIT: Duration = Duration::from_secs(60);
/// The longest time that a server is thought to need until it notices that a connection is lost.
pub const GHOST_MAX: Duration = Duration::from_secs(10 * 60);
/// The pause between attempts while the device says that it has no network.
pub const OFFLINE_RETRY: Duration = Duration::from_secs(20);
/// Messages into which one submission may be split.
pub const SUBMIT_MESSAGES_MAX: usize = 200;
/// Bytes in one submission.
pub const SUBMIT_BYTES_MAX: usize = 64 * 1024;
/// Characters of a name that are shown.
pub const SHOWN_NAME_CHARS_MAX: usize = 64;
/// Bytes of a name that are kept; a longer one is not a name.
pub const NAME_BYTES_MAX: usize = 512;
/// Links in one message; what follows them is plain text.
pub const LINKS_MAX: usize = 32;
/// Spans in one message; the rest has the style of the last one.
pub const SPANS_MAX: usize = 256;
/// Messages requested from a history at once. A server may send fewer even if it has more.
pub const HISTORY_PAGE: usize = 50;
/// Lines in one open batch; beyond that it is processed as it is. A page has many more lines than messages if
/// the messages have several lines.
pub const BATCH_LINES_MAX: usize = 20_000;
/// Bytes in these lines; beyond that the batch is also processed as it is.
pub const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Lines of one message; the rest of a longer one is left out.
pub const MESSAGE_LINES_MAX: usize = 2_000;
/// Bytes of one message of several lines; the rest of a longer one is left out.
pub const MESSAGE_BYTES_MAX: usize = 256 * 1024;
/// Different reactions to one message; further ones are not counted.
pub const REACTIONS_MAX: usize = 50;
/// People whose reactions to one message are counted, over all reactions together.
pub const REACTORS_MAX: usize = 200;
/// Characters (as they are seen) of a reaction.
pub const REACTION_CHARS_MAX: usize = 16;
/// Answers per conversation that wait for the message they answer.
pub const ANSWERS_WAITING_MAX: usize = 1_000;
/// Characters that are shown of a message that is quoted.
pub const QUOTED_CHARS_MAX: usize = 80;
/// People whose display names are known.
pub const DISPLAY_NAMES_MAX: usize = 20_000;
/// Pages of history that are requested at once; the others wait, so that a person in many channels does not
/// look like a flood.
pub const HISTORY_OPEN_MAX: usize = 6;
/// Deleted messages that are remembered per conversation; the oldest are dropped first.
pub const DELETIONS_MAX: usize = 50;
/// Batches open at once.
pub const BATCHES_MAX: usize = 64;
/// ISUPPORT tokens that are kept.
pub const ISUPPORT_TOKENS_MAX: usize = 200;
/// Entries kept per list of a channel.
pub const LIST_MASKS_MAX: usize = 1_000;
/// The largest channel for which the server is asked where each member is from.
pub const SURVEY_PEOPLE_MAX: usize = 500;
/// Channels kept from the answer to one WHOIS.
pub const ROOMS_IN_WHOIS_MAX: usize = 200;
/// Tabs of one browser for which we remember which commands were carried out.
pub const TABS_REMEMBERED_MAX: usize = 32;
/// Events and removals that wait for a tab that does not ask for them.
pub const TAB_EVENTS_MAX: usize = 500;

/// The first pause before reconnecting; it doubles each time.
pub const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// The longest pause before reconnecting.
pub const BACKOFF_LAST: Duration = Duration::from_secs(60);
/// The shortest pause after a server refused a connection because there were too many: a client that returns
/// at once is only refused again, and counted.
pub const BACKOFF_AFTER_REFUSAL: Duration = Duration::from_secs(30);
/// A connection that lasted this long was a good one, so the pauses start from the first again.
pub const GOOD_AFTER: Duration = Duration::from_secs(30);
/// How long finding the server may take, and again encrypting: a lost packet goes unreported.
pub const OPENING_MAX: Duration = Duration::from_secs(20);
/// How long registration may take: some servers first look up the client's host name.
pub const REGISTRATION_MAX: Duration = Duration::from_secs(60);
/// How long a server that has registered the person must be silent for its greeting to count as over.
pub const GREETING_SILENCE: Duration = Duration::from_secs(3);
/// How long the greeting may take, however much the server sends.
pub const GREETING_MAX: Duration = Duration::from_secs(20);
/// The silence after which the server is sent a PING.
pub const PING_AFTER: Duration = Duration::from_secs(60);
/// How long the server has to answer that PING.
pub const PONG_WITHIN: Duration = Duration::from_secs(30);
/// The silence after which the server is sent a PING if it should have answered something that was sent.
pub const PING_AFTER_SENDING: Duration = Duration::from_secs(4);
/// How long the server has to answer that PING.
pub const PONG_AFTER_SENDING_WITHIN: Duration = Duration::from_secs(8);
/// How long a server has to show that it can still be reached while the device says that it has no network.
pub const PONG_OFFLINE_WITHIN: Duration = Duration::from_secs(1);
/// How long it has after the device was asleep or has changed networks.
pub const PONG_AWAKE_WITHIN: Duration = Duration::from_secs(5);
/// How often the clock is looked at while connected.
pub const CLOCK_EVERY: Duration = Duration::from_secs(15);
/// If the clock has advanced by this much more than expected, the device was asleep.
pub const CLOCK_JUMP: Duration = Duration::from_secs(15);
/// How long a page of history may take; after that it has failed and can be requested again.
pub const HISTORY_WITHIN: Duration = Duration::from_secs(30);
/// How long the answer to a question about a channel may take.
pub const SURVEY_WITHIN: Duration = Duration::from_secs(10);
/// How long the person may keep reading before the server is told, so that it is not told of every message.
pub const MARK_AFTER: Duration = Duration::from_secs(2);
/// How long the server has to begin its answer to LIST.
pub const LIST_ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// The silence after which a list of channels counts as complete even if the server does not end it.
pub const LIST_WITHIN: Duration = Duration::from_secs(60);
/// The pause between attempts to get the wanted nick back.
pub const NICK_RECLAIM: Duration = Duration::from_secs(30);
/// The same pause where the server reports by itself when the nick is free.
pub const NICK_RECLAIM_WATCHED: Duration = Duration::from_secs(5 * 60);
