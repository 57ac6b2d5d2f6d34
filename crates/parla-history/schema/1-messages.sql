-- In the order they arrive: a transaction writes the last page or two, whatever conversations it is about.
CREATE TABLE messages(
    id INTEGER PRIMARY KEY,         -- the number behind the msgid: m7 is 7
    conversation INTEGER NOT NULL,  -- a channel, or two people who write to each other
    at INTEGER NOT NULL,            -- milliseconds since 1970, UTC: datetime(at / 1000, 'unixepoch')
    kind TEXT NOT NULL,             -- PRIVMSG or NOTICE
    source TEXT NOT NULL,           -- nick!user@host
    account TEXT,                   -- NULL: was not logged in
    text TEXT NOT NULL,
    tags TEXT                       -- client-only tags as they were sent: +draft/reply=m7
) STRICT;

-- The messages of a conversation in their order. A table, as SQLite would keep an index up with every message.
CREATE TABLE message_places(
    conversation INTEGER NOT NULL,
    id INTEGER NOT NULL,            -- messages.id
    PRIMARY KEY (conversation, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages_indexed(
    one INTEGER PRIMARY KEY CHECK (one = 1),  -- the table has one row
    last_id INTEGER NOT NULL                  -- messages up to this id are in message_places and messages_search
) STRICT;
INSERT INTO messages_indexed(one, last_id) VALUES(1, -1);
