//! Bounds of the daemon's queues. What an administrator may choose is in the configuration.

use std::time::Duration;

use parla_proto::limits::CLIENT_LINE_BYTES_MAX;

/// Inputs on their way to the hub. A connection whose input finds no room waits.
pub(crate) const HUB_QUEUE_MAX: usize = 8_192;

/// Inputs that the hub takes as one batch.
pub(crate) const BATCH_INPUTS_MAX: usize = 1_024;

/// Bytes of lines after which the hub ends a batch. A line for many counts once, as it is kept once.
pub(crate) const BATCH_BYTES_MAX: usize = 512 * 1024;

/// Portions of long answers that the hub makes in one turn, after everything else. Each takes up to a fifth of a
/// millisecond.
pub(crate) const PORTIONS_PER_TURN: usize = 8;

/// Bytes of an answer that is made at once, such as a page of history, however large the send queue is.
pub(crate) const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Bytes that may wait for all slow clients together. Beyond that those with more than an equal share are closed.
pub(crate) const SEND_QUEUES_BYTES_MAX: usize = 96 * 1024 * 1024;

/// Batches between the hub and the store. The hub waits when there are more.
pub(crate) const STORE_QUEUE_MAX: usize = 16;

/// Batches that the store brings to disk in one transaction.
pub(crate) const GROUP_BATCHES_MAX: usize = 16;

/// Bytes read from a connection at once.
pub(crate) const READ_BYTES_MAX: usize = 4_096;

/// Lines joined into one write, in bytes.
pub(crate) const WRITE_BYTES_MAX: usize = 64 * 1024;

/// How long the store waits for more to commit after it delivered several messages: this part of that delivery's time ...
pub(crate) const GATHER_SHARE: u32 = 3;

/// ... and never longer than this.
pub(crate) const GATHER_MAX: Duration = Duration::from_micros(500);

/// How long a busy server goes on without deleting some messages of forgotten channels.
pub(crate) const FORGET_INTERVAL: Duration = Duration::from_secs(1);

/// How long nothing must happen until the indexes of the history catch up, and forgotten messages are deleted.
pub(crate) const INDEX_AFTER_IDLE: Duration = Duration::from_millis(100);

/// Messages not yet in the indexes at which they catch up although the server is busy: some seconds of what one core can
/// do. A reader of a quiet room then looks through all of them, which takes tens of milliseconds on a thread of its own.
pub(crate) const INDEX_BEHIND_MAX: usize = 200_000;

/// How long a closed connection may take to read the rest of what it was sent.
pub(crate) const LINGER: Duration = Duration::from_secs(2);

/// How long the listener waits after the system refused it another socket.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Between two attempts to write when the disk refuses.
pub(crate) const STORE_RETRY: Duration = Duration::from_secs(1);

/// How long the disk may fail, other than for lack of room, before the server ends.
pub(crate) const DISK_FAILS_MAX: Duration = Duration::from_secs(60);

/// Between two looks at how much of the disk is free.
pub(crate) const DISK_LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// The same when nothing happens and there was enough.
pub(crate) const DISK_LOOK_IDLE: Duration = Duration::from_secs(10);

/// How long a thread may be at one thing before `/health` says so.
pub(crate) const THREAD_BUSY_MAX: Duration = Duration::from_secs(5);

/// Bytes of one request at the control socket.
pub(crate) const CONTROL_REQUEST_BYTES_MAX: usize = 64 * 1024;

/// Bytes of one answer; a page of rooms, and a room with a thousand members, are well below that.
pub(crate) const CONTROL_ANSWER_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Clients of the control socket at the same time.
pub(crate) const CONTROL_CONNECTIONS_MAX: usize = 8;

/// Clients of the control socket that wait to be accepted.
pub(crate) const CONTROL_BACKLOG: i32 = 16;

/// How long a client of the control socket may take to send a request.
pub(crate) const CONTROL_REQUEST_TIME_MAX: Duration = Duration::from_secs(5);

/// How long the server may take to answer it; a disk that is full makes it wait.
pub(crate) const CONTROL_ANSWER_TIME_MAX: Duration = Duration::from_secs(20);

/// How long a client may take to read an answer.
pub(crate) const CONTROL_WRITE_TIME_MAX: Duration = Duration::from_secs(5);

/// Bytes of a path that fit into the address of a socket, on every system.
pub(crate) const CONTROL_PATH_BYTES_MAX: usize = 100;

/// How long the messages of a deleted room are deleted while no server runs.
pub(crate) const OFFLINE_FORGET_TIME_MAX: Duration = Duration::from_secs(10);

/// Files that the process needs besides its connections.
pub(crate) const FILES_RESERVED: u64 = 64;

/// How long a clean stop may take.
pub(crate) const STOP_MAX: Duration = Duration::from_secs(5);

/// Connections waiting to be accepted.
pub(crate) const ACCEPT_BACKLOG: u32 = 1_024;

/// A header of the PROXY protocol. It is below 300 bytes unless the proxy adds what it knows of certificates.
pub(crate) const PROXY_HEADER_BYTES_MAX: usize = 4_096;

/// How long a proxy may take to send its header.
pub(crate) const PROXY_HEADER_TIME_MAX: Duration = Duration::from_secs(5);

/// How long a client may take to agree on TLS. What it may send meanwhile is bounded by rustls, to 64 KiB.
pub(crate) const TLS_HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);

/// How long a client may take to send the head of an HTTP request, and how long it may be idle before the next one.
pub(crate) const HTTP_HEAD_TIME_MAX: Duration = Duration::from_secs(10);

/// The head of an HTTP request. A browser sends the cookies of everything that runs on this host, on whatever port.
pub(crate) const HTTP_HEAD_BYTES_MAX: usize = 32 * 1024;

/// Header fields of an HTTP request.
pub(crate) const HTTP_HEADERS_MAX: usize = 100;

/// How long one HTTP connection may last, however slowly its client reads.
pub(crate) const HTTP_CONNECTION_TIME_MAX: Duration = Duration::from_secs(600);

/// Connections from one address that are only HTTP; who wants more waits until one of them is quiet. A browser has six.
pub(crate) const HTTP_CONNECTIONS_PER_ADDRESS_MAX: usize = 512;

/// Connections that are only HTTP, from all addresses. They are never more than half of all.
pub(crate) const HTTP_CONNECTIONS_MAX: usize = 4_096;

/// Connections that wait until they may be HTTP.
pub(crate) const HTTP_WAITING_MAX: usize = 1_024;

/// Connections of HTTP from one address, those that wait or agree on TLS included.
pub(crate) const HTTP_ACCEPTED_PER_ADDRESS_MAX: u32 = 1_024;

/// How long one waits before it is told that the server is busy.
pub(crate) const HTTP_WAIT_MAX: Duration = Duration::from_secs(5);

/// How often it looks whether it may go on.
pub(crate) const HTTP_LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How long a connection has for its first request before it may be closed for another.
pub(crate) const HTTP_FIRST_REQUEST_TIME: Duration = Duration::from_secs(2);

/// After the start, people who were connected before come back at once ...
pub(crate) const RETURN_TIME: Duration = Duration::from_secs(120);

/// ... and each address may then open so many times as many connections as usual. At once it has no more than ever.
pub(crate) const RETURN_RATE_FACTOR: u32 = 4;

/// Sockets whose clients are being told why they are refused, beyond those that are counted.
pub(crate) const FAREWELLS_MAX: usize = 32;

/// How long such a client may take to agree on TLS.
pub(crate) const FAREWELL_TIME_MAX: Duration = Duration::from_secs(5);

/// Empty lines that cost as much as one command.
pub(crate) const BLANK_LINES_PER_COMMAND: u32 = 16;

/// A WebSocket message. A line that is too long is refused like any other; what is longer still ends the connection.
pub(crate) const WEBSOCKET_MESSAGE_BYTES_MAX: usize = 2 * CLIENT_LINE_BYTES_MAX;

/// Bytes of a WebSocket, frames included, in which a message must have come to its end.
pub(crate) const WEBSOCKET_UNHEARD_BYTES_MAX: usize = 2 * WEBSOCKET_MESSAGE_BYTES_MAX + READ_BYTES_MAX;

/// What a WebSocket takes into its own buffer at once. It keeps that buffer, and most messages fit.
pub(crate) const WEBSOCKET_READ_BYTES: usize = 256;

/// Passwords that are compared with their hashes at the same time. Each takes a core.
pub(crate) const HASHES_AT_ONCE: usize = 2;

/// Passwords that wait to be compared. With the costs of `parlad hash-password` two cores are through in a minute or two.
pub(crate) const PASSWORDS_WAITING_MAX: usize = 4_096;

/// How far the threads that compare passwords stand behind all others of the system, as `nice` counts it. Where nobody else wants a
/// core they have it whole, and a third of it beside somebody who wants all of it.
pub(crate) const HASHING_NICENESS: i32 = 5;

/// Of so many turns, one goes to those from whose addresses wrong passwords came lately, while others wait.
pub(crate) const GUESSERS_TURN: u32 = 8;

/// Questions about the history that wait to be answered. Each takes a fraction of a millisecond.
pub(crate) const QUERIES_WAITING_MAX: usize = 16_384;

/// How long nobody must give a password until the memory in which they are compared is given back.
pub(crate) const HASH_MEMORY_KEPT_FOR: Duration = Duration::from_secs(10);

/// Memory that a hash of the configuration may ask for, in KiB.
pub(crate) const HASH_MEMORY_KIB_MAX: u32 = 64 * 1024;

/// Memory times passes that a hash of the configuration may ask for, in KiB: about a second of one core.
pub(crate) const HASH_WORK_KIB_MAX: u64 = 1024 * 1024;

/// Wrong passwords of one address after which it has to wait before the next one.
pub(crate) const GUESSES_FREE: u32 = 5;
/// How many times as many are free in a network of IPv6 as in the one inside it.
pub(crate) const GUESSES_FREE_GROWTH: u32 = 2;

/// How long it has to wait then. Each further one costs twice as much ...
pub(crate) const GUESS_PAUSE_FIRST: Duration = Duration::from_secs(1);

/// ... but no more than this, as other people may be behind the same address.
pub(crate) const GUESS_PAUSE_MAX: Duration = Duration::from_secs(30);

/// After so long without another, wrong passwords of an address are forgotten.
pub(crate) const GUESSES_REMEMBERED_FOR: Duration = Duration::from_secs(600);

/// Addresses and networks whose wrong passwords are remembered.
pub(crate) const GUESSERS_MAX: usize = 8_192;

/// How long the program that RESTART would start may take to say whether it would run.
pub(crate) const CHECK_TIME_MAX: Duration = Duration::from_secs(30);

/// What is kept of what it says, of each of its two outputs.
pub(crate) const CHECK_OUTPUT_BYTES_MAX: u64 = 16 * 1024;

/// Lines of it that are passed on.
pub(crate) const CHECK_LINES_MAX: usize = 20;
