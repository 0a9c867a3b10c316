-- How far each admin's clock is from the database's: what it last measured.
ALTER TABLE node ADD COLUMN clock_offset_ms INTEGER;
-- ;;
-- Each change of the leader, by the database's clock. ended_ms: the leader gave the lock back by itself.
CREATE TABLE takeover (
  epoch INTEGER PRIMARY KEY, node TEXT NOT NULL, at_ms INTEGER NOT NULL, cause INTEGER NOT NULL, before TEXT NOT NULL,
  gap_ms INTEGER, ended_ms INTEGER
) STRICT;
