-- A message of several lines has line feeds in its text. Where a line was too long to send, its sender cut it: bytes of the text
-- before each cut, such as 12,400. The text itself is whole, so that people read it and searches find it as it was meant.
ALTER TABLE messages ADD COLUMN cuts TEXT;
