-- A conversation whose name went to another one is read together with that one. Then `folded` is its old name with a number behind
-- it, which nobody asks for.
ALTER TABLE archive_conversations ADD COLUMN part_of INTEGER;  -- archive_conversations.id
