-- Conversations that nobody reads any more. Their messages are emptied piece by piece, then deleted; then the row goes too.
CREATE TABLE conversations_forgotten(
    conversation INTEGER PRIMARY KEY,         -- messages.conversation
    emptied_to INTEGER NOT NULL DEFAULT (-1)  -- messages up to this id are empty and in no search
) STRICT;
