-- The message that this one answers or reacts to: messages.id, in the same conversation. It may have been deleted since. NULL: none.
-- It is read from the tags +reply and +draft/reply, which stay in messages.tags as they were sent.
ALTER TABLE messages ADD COLUMN refers_to INTEGER;

-- When the text was last edited, in milliseconds like messages.at. NULL: never.
ALTER TABLE messages ADD COLUMN edited INTEGER;

-- What refers to a message. Few messages do, and the others are not in it.
CREATE INDEX messages_refers_to ON messages(refers_to) WHERE refers_to IS NOT NULL;
