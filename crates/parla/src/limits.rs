//! The limits of the desktop program: the most that a server, the interface or a slow disk can make it keep,
//! and how long it waits.

use std::time::Duration;

/// How long finding a server and opening a connection may take.
pub(crate) const DIAL_MAX: Duration = Duration::from_secs(15);
/// How long the TLS handshake may take.
pub(crate) const HANDSHAKE_MAX: Duration = Duration::from_secs(15);
/// How long the TLS handshake may take before the server is probed without encryption.
pub(crate) const PROBE_AFTER: Duration = Duration::from_millis(2_500);
/// How long the server has to answer that probe: a person who waits is told within five seconds.
pub(crate) const PROBE_MAX: Duration = Duration::from_secs(2);
/// The most bytes of that answer.
pub(crate) const PROBE_BYTES_MAX: usize = 4 * 1024;
/// The most names of a certificate that are shown.
pub(crate) const CERTIFICATE_NAMES_MAX: usize = 20;
/// The most bytes of a file with a certificate and its key.
pub(crate) const IDENTITY_BYTES_MAX: u64 = 256 * 1024;
/// The head start that an address has before the next one is tried as well (RFC 8305, section 5).
pub(crate) const DIAL_STAGGER: Duration = Duration::from_millis(250);
/// The most addresses of one host name that are tried.
pub(crate) const ADDRESSES_MAX: usize = 16;
/// The most bytes that are read from a connection at once.
pub(crate) const READ_BYTES: usize = 16 * 1024;
/// The most pieces of that size that wait for the clients of all networks; beyond that, connections are read
/// more slowly.
pub(crate) const PIECES_MAX: usize = 32;
/// The most lines that wait to be written to one connection; beyond that its server has stopped reading, and
/// it is given up.
pub(crate) const LINES_MAX: usize = 2_048;
/// How long a connection that is no longer wanted has for its last lines.
pub(crate) const FAREWELL_MAX: Duration = Duration::from_secs(1);
/// The longest sleep. The timers' clock stops while the machine sleeps, whereas deadlines do not.
pub(crate) const SLEEP_MAX: Duration = Duration::from_secs(10);
/// How long a network waits for its archive before it connects.
pub(crate) const ARCHIVE_FIRST_MAX: Duration = Duration::from_millis(500);
/// How long a network waits for its passwords: the keyring may ask the person to unlock it.
pub(crate) const KEYRING_MAX: Duration = Duration::from_secs(60);
/// The most messages per remembered conversation that are shown before the network answers.
pub(crate) const OPENING_ROWS: usize = 200;
/// The most orders that wait for one archive; more are not stored.
pub(crate) const ARCHIVE_ORDERS_MAX: usize = 4_096;
/// The most messages that an archive commits at once.
pub(crate) const ARCHIVE_TRANSACTION_MAX: usize = 1_000;
/// The most messages that wait because the file cannot be written; the oldest are dropped.
pub(crate) const ARCHIVE_PENDING_MAX: usize = 4_096;
/// The pause before another attempt to open or write a file.
pub(crate) const ARCHIVE_RETRY: Duration = Duration::from_secs(10);
/// The most messages that an archive leaves unindexed.
pub(crate) const ARCHIVE_TAIL_MAX: usize = 500;
/// How long the archives have to finish at the end of the program.
pub(crate) const ARCHIVE_CLOSE_MAX: Duration = Duration::from_secs(2);
/// The longest wait for the end of all networks: the disconnection, the archives, and some reserve.
pub(crate) const NETWORKS_END_MAX: Duration = Duration::from_secs(4);
/// How long changes of the store are gathered, unless somebody waits for them.
pub(crate) const STORE_GATHER: Duration = Duration::from_millis(20);
/// How long a message waits for the disk before it is sent anyway.
pub(crate) const STORE_WAIT_MAX: Duration = Duration::from_secs(2);
/// The pause before another attempt to write.
pub(crate) const STORE_RETRY: Duration = Duration::from_secs(2);
/// The most bytes that are read of an older version's settings.
pub(crate) const SETTINGS_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// The most bytes of one value that the interface saves: the longest draft, and its key.
pub(crate) const VALUE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// The most values that the interface saves.
pub(crate) const VALUES_MAX: usize = 2_000;
/// The most networks that are remembered.
pub(crate) const NETWORKS_MAX: usize = 100;
