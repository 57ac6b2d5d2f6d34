-- CRC-32 of the rest of the row (message.rs), so that a letter that the disk changed is noticed. NULL: written before there was one,
-- or changed by hand.
ALTER TABLE messages ADD COLUMN sum INTEGER;
