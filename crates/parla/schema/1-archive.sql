-- The conversations of one network. messages.conversation is archive_conversations.id.
CREATE TABLE archive_conversations(
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,    -- room, direct or server
    folded TEXT NOT NULL,  -- the name in small letters, as names do not differ in case
    name TEXT NOT NULL,    -- the name as it was first seen
    UNIQUE (kind, folded)
) STRICT;

-- The server's ids of messages, to know one that comes again.
CREATE TABLE archive_msgids(
    conversation INTEGER NOT NULL,
    msgid TEXT NOT NULL,
    id INTEGER NOT NULL,   -- messages.id
    PRIMARY KEY (conversation, msgid)
) STRICT, WITHOUT ROWID;
