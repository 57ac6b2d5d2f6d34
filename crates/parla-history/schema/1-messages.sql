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

-- Holds (conversation, id): SQLite ends every index entry with the key of the row.
CREATE INDEX messages_of_conversation ON messages(conversation);
