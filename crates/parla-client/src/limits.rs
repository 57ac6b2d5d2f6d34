//! The bounds of a client: what a server, a person or a bad day can make it keep.

use std::time::Duration;

/// Rows in one chunk of a timeline.
pub const CHUNK_ROWS_MAX: usize = 50;
/// Rows kept of one conversation; the oldest go first and can be asked for again.
pub const TIMELINE_ROWS_MAX: usize = 100_000;
/// Conversations of one network.
pub const BUFFERS_MAX: usize = 1_000;
/// Conversations that others can begin; the rest is for those that the person wants.
pub const BUFFERS_UNASKED_MAX: usize = 700;
/// Members known of one room.
pub const MEMBERS_MAX: usize = 100_000;
/// Rooms kept of the directory.
pub const DIRECTORY_ROOMS_MAX: usize = 50_000;
/// Messages that wait to be sent or confirmed.
pub const OUTBOX_MAX: usize = 1_000;
/// How long messages wait for an earlier connection of the person to deliver them, or to be gone.
pub const GHOST_WAIT: Duration = Duration::from_secs(60);
/// How long nothing is tried while the device says that it has no network.
pub const OFFLINE_RETRY: Duration = Duration::from_secs(20);
/// Messages that one submission may become.
pub const SUBMIT_MESSAGES_MAX: usize = 200;
/// Bytes of one submission.
pub const SUBMIT_BYTES_MAX: usize = 64 * 1024;
/// Characters of a name that are shown.
pub const SHOWN_NAME_CHARS_MAX: usize = 64;
/// Bytes of a name that are kept; a longer one is not a name.
pub const NAME_BYTES_MAX: usize = 512;
/// Links in one message; what follows is plain.
pub const LINKS_MAX: usize = 32;
/// Spans in one message; what follows has the style of the last.
pub const SPANS_MAX: usize = 256;
/// Messages asked of a history at once. A server may send fewer, and there may be more all the same.
pub const HISTORY_PAGE: usize = 50;
/// Lines in one batch that is still open; then it is taken as it is. A page has many more lines than messages if these have
/// several lines.
pub const BATCH_LINES_MAX: usize = 20_000;
/// Bytes of these lines; then it is taken as it is, too.
pub const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Lines of one message; of a longer one the rest is left out.
pub const MESSAGE_LINES_MAX: usize = 2_000;
/// Bytes of one message of several lines; of a longer one the rest is left out.
pub const MESSAGE_BYTES_MAX: usize = 256 * 1024;
/// Kinds of reactions to one message; further ones are not counted.
pub const REACTIONS_MAX: usize = 50;
/// People whose reactions to one message are counted, for all kinds together.
pub const REACTORS_MAX: usize = 200;
/// Characters of a reaction, as they are seen.
pub const REACTION_CHARS_MAX: usize = 16;
/// Answers that wait for the message that they answer, in one conversation.
pub const ANSWERS_WAITING_MAX: usize = 1_000;
/// Characters that are shown of a message that was answered.
pub const QUOTED_CHARS_MAX: usize = 80;
/// People whose display names are known.
pub const DISPLAY_NAMES_MAX: usize = 20_000;
/// Pages of history asked for at once; the others wait, so that a person in many rooms is not taken for a flood.
pub const HISTORY_OPEN_MAX: usize = 6;
/// Messages of one conversation of which is known that they were taken back; the oldest go first.
pub const DELETIONS_MAX: usize = 50;
/// Batches open at once.
pub const BATCHES_MAX: usize = 64;
/// ISUPPORT tokens kept.
pub const ISUPPORT_TOKENS_MAX: usize = 200;
/// Entries kept of one list of a room.
pub const LIST_MASKS_MAX: usize = 1_000;
/// Members of a room up to which the server is asked where each of them is.
pub const SURVEY_PEOPLE_MAX: usize = 500;
/// Rooms kept of the answer to one WHOIS.
pub const ROOMS_IN_WHOIS_MAX: usize = 200;
/// Tabs of one browser of which is known what was carried out for them.
pub const TABS_REMEMBERED_MAX: usize = 32;
/// Things to say once, or to take away, that wait for a tab that does not ask for them.
pub const TAB_EVENTS_MAX: usize = 500;

/// The first pause before connecting again; doubles each time.
pub const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// The longest pause.
pub const BACKOFF_LAST: Duration = Duration::from_secs(60);
/// The shortest pause after a server took no more connections: whoever comes back at once is only refused again, and counted.
pub const BACKOFF_AFTER_REFUSAL: Duration = Duration::from_secs(30);
/// A connection that lasted so long was a good one: pauses start anew.
pub const GOOD_AFTER: Duration = Duration::from_secs(30);
/// How long finding the server may take, and then encrypting: an attempt that is lost on the way says nothing.
pub const OPENING_MAX: Duration = Duration::from_secs(20);
/// How long registering may take: some servers look for one's name first.
pub const REGISTRATION_MAX: Duration = Duration::from_secs(60);
/// Silence of a server that has let the person in, after which it has greeted them, whether it says so or not.
pub const GREETING_SILENCE: Duration = Duration::from_secs(3);
/// How long its greeting may take, however much it says.
pub const GREETING_MAX: Duration = Duration::from_secs(20);
/// Silence after which the server is asked whether it is there.
pub const PING_AFTER: Duration = Duration::from_secs(60);
/// How long it has for the answer.
pub const PONG_WITHIN: Duration = Duration::from_secs(30);
/// Silence after something was sent, after which the server is asked whether it is there. It would have answered.
pub const PING_AFTER_SENDING: Duration = Duration::from_secs(4);
/// How long it then has for the answer.
pub const PONG_AFTER_SENDING_WITHIN: Duration = Duration::from_secs(8);
/// How long a server has to show that it can still be reached while the device says that it has no network.
pub const PONG_OFFLINE_WITHIN: Duration = Duration::from_secs(1);
/// How long it has after the device was asleep or has another network.
pub const PONG_AWAKE_WITHIN: Duration = Duration::from_secs(5);
/// How often the clock is looked at while connected.
pub const CLOCK_EVERY: Duration = Duration::from_secs(15);
/// A clock that has gone on by so much more was not seen: the device was asleep.
pub const CLOCK_JUMP: Duration = Duration::from_secs(15);
/// How long a page of history may take; then it has failed and can be asked for again.
pub const HISTORY_WITHIN: Duration = Duration::from_secs(30);
/// How long the answer to a question about a room may take.
pub const SURVEY_WITHIN: Duration = Duration::from_secs(10);
/// How long reading goes on before the server is told of it, so that it is not told of each message.
pub const MARK_AFTER: Duration = Duration::from_secs(2);
/// Silence after which a list of rooms has ended, whether the server says so or not.
pub const LIST_WITHIN: Duration = Duration::from_secs(60);
/// Pauses between attempts to get one's own nick back.
pub const NICK_RECLAIM: Duration = Duration::from_secs(30);
/// The same where the server says by itself when it is free.
pub const NICK_RECLAIM_WATCHED: Duration = Duration::from_secs(5 * 60);
