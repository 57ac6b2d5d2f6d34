-- Words, not text: a row is found here by its id and read from messages.
CREATE VIRTUAL TABLE messages_search USING fts5(
    conversation,
    text,
    content = '',
    columnsize = 0,
    tokenize = 'unicode61 remove_diacritics 2'
);

-- The words of a deleted message leave the index at once, not when it is next merged.
INSERT INTO messages_search(messages_search, rank) VALUES('secure-delete', 1);
