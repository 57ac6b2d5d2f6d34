-- Up to when messages have expired: nobody reads those from before any more. They are emptied piece by piece, then deleted; then the
-- row goes too.
CREATE TABLE messages_expired(
    conversation INTEGER PRIMARY KEY,         -- messages.conversation; 0 for all of them
    before INTEGER NOT NULL,                  -- messages.at of the first message that stays, or later
    emptied_to INTEGER NOT NULL DEFAULT (-1)  -- messages up to this id are empty and in no search
) STRICT;
