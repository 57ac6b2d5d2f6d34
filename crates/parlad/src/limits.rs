//! Bounds of the daemon's queues. Those that an administrator can choose are in the configuration.

use std::time::Duration;

use parla_proto::limits::CLIENT_LINE_BYTES_MAX;

/// Inputs in the hub's queue. A connection must wait if its input does not fit.
pub(crate) const HUB_QUEUE_MAX: usize = 8_192;

/// Inputs that the hub takes as one batch.
pub(crate) const BATCH_INPUTS_MAX: usize = 1_024;

/// Bytes of lines after which the hub ends a batch. A line for several recipients counts once, because it is
/// stored once.
pub(crate) const BATCH_BYTES_MAX: usize = 512 * 1024;

/// Portions of long answers that the hub makes in one turn, after everything else. Each takes up to a fifth
/// of a millisecond.
pub(crate) const PORTIONS_PER_TURN: usize = 8;

/// Bytes of an answer that is made at once, such as a page of history, even if the send queue could hold
/// more.
pub(crate) const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Bytes that may wait in all send queues together. Beyond that, clients with more than an equal share are
/// disconnected.
pub(crate) const SEND_QUEUES_BYTES_MAX: usize = 96 * 1024 * 1024;

/// Batches between the hub and the store. If there are more, the hub waits.
pub(crate) const STORE_QUEUE_MAX: usize = 16;

/// Batches that the store writes in one transaction.
pub(crate) const GROUP_BATCHES_MAX: usize = 16;

/// Bytes that are read from a connection at once.
pub(crate) const READ_BYTES_MAX: usize = 4_096;

/// Bytes of lines that are joined into one write.
pub(crate) const WRITE_BYTES_MAX: usize = 64 * 1024;

/// After delivering several messages, the store waits for more to commit: for this fraction of the time that
/// the delivery took.
pub(crate) const GATHER_SHARE: u32 = 3;

/// The maximum for [`GATHER_SHARE`].
pub(crate) const GATHER_MAX: Duration = Duration::from_micros(500);

/// How long a busy server may go without deleting some messages of forgotten channels.
pub(crate) const FORGET_INTERVAL: Duration = Duration::from_secs(1);

/// How long the server must be idle before it updates the indexes of the history and deletes forgotten
/// messages.
pub(crate) const INDEX_AFTER_IDLE: Duration = Duration::from_millis(100);

/// The number of unindexed messages at which they are indexed even if the server is busy: some seconds of
/// work for one core. A reader of a quiet room then has to look through all of them, which takes tens of
/// milliseconds on a thread of its own.
pub(crate) const INDEX_BEHIND_MAX: usize = 200_000;

/// How long a closed connection may take to read the rest of what it was sent.
pub(crate) const LINGER: Duration = Duration::from_secs(2);

/// How long the listener waits after the system has refused another socket.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Time between two attempts to write when the disk refuses.
pub(crate) const STORE_RETRY: Duration = Duration::from_secs(1);

/// How long the disk may fail for another reason than lack of space before the server ends.
pub(crate) const DISK_FAILS_MAX: Duration = Duration::from_secs(60);

/// Time between two checks of how much of the disk is free.
pub(crate) const DISK_LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// The same when nothing happens and there was enough space.
pub(crate) const DISK_LOOK_IDLE: Duration = Duration::from_secs(10);

/// How long a thread may be busy with one thing before `/health` reports it.
pub(crate) const THREAD_BUSY_MAX: Duration = Duration::from_secs(5);

/// Bytes of one request on the control socket.
pub(crate) const CONTROL_REQUEST_BYTES_MAX: usize = 64 * 1024;

/// Bytes of one answer on the control socket; a page of rooms, or a room with a thousand members, is well
/// below that.
pub(crate) const CONTROL_ANSWER_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Clients of the control socket at the same time.
pub(crate) const CONTROL_CONNECTIONS_MAX: usize = 8;

/// Clients of the control socket that wait to be accepted.
pub(crate) const CONTROL_BACKLOG: i32 = 16;

/// How long a client of the control socket may take to send a request.
pub(crate) const CONTROL_REQUEST_TIME_MAX: Duration = Duration::from_secs(5);

/// How long the server may take to answer it; a full disk makes it wait.
pub(crate) const CONTROL_ANSWER_TIME_MAX: Duration = Duration::from_secs(20);

/// How long a client may take to read an answer.
pub(crate) const CONTROL_WRITE_TIME_MAX: Duration = Duration::from_secs(5);

/// Bytes of a path that fit into a socket address on every system.
pub(crate) const CONTROL_PATH_BYTES_MAX: usize = 100;

/// How much time is spent on deleting the messages of a removed room while no server runs.
pub(crate) const OFFLINE_FORGET_TIME_MAX: Duration = Duration::from_secs(10);

/// Open files that the process needs besides its connections.
pub(crate) const FILES_RESERVED: u64 = 64;

/// How long a clean shutdown may take.
pub(crate) const STOP_MAX: Duration = Duration::from_secs(5);

/// Connections waiting to be accepted.
pub(crate) const ACCEPT_BACKLOG: u32 = 1_024;

/// Bytes of a PROXY protocol header. It is below 300 bytes unless the proxy adds certificate data.
pub(crate) const PROXY_HEADER_BYTES_MAX: usize = 4_096;

/// How long a proxy may take to send its header.
pub(crate) const PROXY_HEADER_TIME_MAX: Duration = Duration::from_secs(5);

/// How long a TLS handshake may take. What the client may send meanwhile is limited by rustls to 64 KiB.
pub(crate) const TLS_HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);

/// How long a client may take to send the head of an HTTP request, and how long it may be idle before it.
pub(crate) const HTTP_HEAD_TIME_MAX: Duration = Duration::from_secs(10);

/// Bytes of the head of an HTTP request. A browser sends the cookies of everything on this host, on any port.
pub(crate) const HTTP_HEAD_BYTES_MAX: usize = 32 * 1024;

/// Header fields of an HTTP request.
pub(crate) const HTTP_HEADERS_MAX: usize = 100;

/// How long one HTTP connection may last, however slowly its client reads.
pub(crate) const HTTP_CONNECTION_TIME_MAX: Duration = Duration::from_secs(600);

/// Pure HTTP connections from one address; further ones wait until one of them is idle. A browser has six.
pub(crate) const HTTP_CONNECTIONS_PER_ADDRESS_MAX: usize = 512;

/// Pure HTTP connections from all addresses. They are never more than half of all connections.
pub(crate) const HTTP_CONNECTIONS_MAX: usize = 4_096;

/// Connections that wait for an HTTP slot.
pub(crate) const HTTP_WAITING_MAX: usize = 1_024;

/// HTTP connections from one address, including those that are waiting or in the TLS handshake.
pub(crate) const HTTP_ACCEPTED_PER_ADDRESS_MAX: u32 = 1_024;

/// How long a connection waits for a slot before it is told that the server is busy.
pub(crate) const HTTP_WAIT_MAX: Duration = Duration::from_secs(5);

/// How often it checks whether it may continue.
pub(crate) const HTTP_LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How long a connection may take for its first request before it may be closed in favour of another.
pub(crate) const HTTP_FIRST_REQUEST_TIME: Duration = Duration::from_secs(2);

/// How long after a start people are expected to reconnect all at once.
pub(crate) const RETURN_TIME: Duration = Duration::from_secs(120);

/// During [`RETURN_TIME`], each address may open this many times as many new connections as usual. The number
/// of open ones is limited as always.
pub(crate) const RETURN_RATE_FACTOR: u32 = 4;

/// Sockets whose clients are being told why they are refused, in addition to those that are counted.
pub(crate) const FAREWELLS_MAX: usize = 32;

/// How long the TLS handshake of such a client may take.
pub(crate) const FAREWELL_TIME_MAX: Duration = Duration::from_secs(5);

/// Empty lines that count as one command.
pub(crate) const BLANK_LINES_PER_COMMAND: u32 = 16;

/// Bytes of a WebSocket message. A line that is too long is refused like any other, but an even longer
/// message ends the connection.
pub(crate) const WEBSOCKET_MESSAGE_BYTES_MAX: usize = 2 * CLIENT_LINE_BYTES_MAX;

/// Bytes on a WebSocket, including frame headers, within which a message must end.
pub(crate) const WEBSOCKET_UNHEARD_BYTES_MAX: usize = 2 * WEBSOCKET_MESSAGE_BYTES_MAX + READ_BYTES_MAX;

/// Bytes that a WebSocket reads into its own buffer at once. It keeps that buffer, and most messages fit.
pub(crate) const WEBSOCKET_READ_BYTES: usize = 256;

/// Passwords that are compared with their hashes at the same time. Each occupies a core.
pub(crate) const HASHES_AT_ONCE: usize = 2;

/// Passwords that may wait to be compared. With the cost of `parlad hash-password`, two cores need a minute
/// or two for all of them.
pub(crate) const PASSWORDS_WAITING_MAX: usize = 4_096;

/// The niceness of the threads that compare passwords. They get a whole core if nobody else wants it, and a
/// third of it if somebody else wants all of it.
pub(crate) const HASHING_NICENESS: i32 = 5;

/// Among this many turns, one goes to addresses that recently sent wrong passwords, as long as others are
/// waiting.
pub(crate) const GUESSERS_TURN: u32 = 8;

/// Queries about the history that may wait. Each takes a fraction of a millisecond.
pub(crate) const QUERIES_WAITING_MAX: usize = 16_384;

/// How long no password must be compared before the memory for it is released.
pub(crate) const HASH_MEMORY_KEPT_FOR: Duration = Duration::from_secs(10);

/// Memory in KiB that a configured hash may require.
pub(crate) const HASH_MEMORY_KIB_MAX: u32 = 64 * 1024;

/// Work (memory in KiB times passes) that a configured hash may require: about a second on one core.
pub(crate) const HASH_WORK_KIB_MAX: u64 = 1024 * 1024;

/// Wrong passwords from one address after which it has to wait before the next attempt.
pub(crate) const GUESSES_FREE: u32 = 5;
/// How many times as many are free for an IPv6 network as for the one inside it.
pub(crate) const GUESSES_FREE_GROWTH: u32 = 2;

/// The wait before the first attempt that is not free. Each further wrong password doubles it, up to
/// [`GUESS_PAUSE_MAX`].
pub(crate) const GUESS_PAUSE_FIRST: Duration = Duration::from_secs(1);

/// The maximum wait, since other people may be behind the same address.
pub(crate) const GUESS_PAUSE_MAX: Duration = Duration::from_secs(30);

/// How long wrong passwords from an address are remembered after the last one.
pub(crate) const GUESSES_REMEMBERED_FOR: Duration = Duration::from_secs(600);

/// Addresses and networks whose wrong passwords are remembered.
pub(crate) const GUESSERS_MAX: usize = 8_192;

/// Wrong passwords of one account, from all addresses that its owner is not known to use, after which these
/// addresses have to wait before the next attempt. The waits are those of [`GUESS_PAUSE_FIRST`].
pub(crate) const ACCOUNT_GUESSES_FREE: u32 = 20;

/// Accounts whose wrong passwords are remembered, for [`GUESSES_REMEMBERED_FOR`].
pub(crate) const GUESSED_ACCOUNTS_MAX: usize = 8_192;

/// How long an address is known to be one that the owner of an account uses, after they last signed in there.
pub(crate) const OWNER_REMEMBERED_FOR: Duration = Duration::from_secs(30 * 24 * 3_600);

/// Addresses that are known for the owner of one account; the oldest are dropped first.
pub(crate) const OWNER_ADDRESSES_MAX: usize = 8;

/// Accounts whose owners' addresses are known; those that nobody has used for longest are dropped first.
pub(crate) const OWNERS_MAX: usize = 8_192;

/// How often SCRAM hashes a new password. The state machine says the same of accounts that do not exist, so
/// that nobody can tell them from others.
pub(crate) const SCRAM_ITERATIONS: u32 = 10_000;

/// How long the program that RESTART would start may take to say whether it would run.
pub(crate) const CHECK_TIME_MAX: Duration = Duration::from_secs(30);

/// Bytes that are kept of each of its two outputs.
pub(crate) const CHECK_OUTPUT_BYTES_MAX: u64 = 16 * 1024;

/// Lines of its output that are passed on.
pub(crate) const CHECK_LINES_MAX: usize = 20;
