-- How far each admin's clock is from the database's: what it last measured.
ALTER TABLE node ADD COLUMN clock_offset_ms bigint;
-- ;;
-- Each change of the leader, by the database's clock. ended_ms: the leader gave the lock back by itself.
CREATE TABLE takeover (
  epoch bigint PRIMARY KEY, node text NOT NULL, at_ms bigint NOT NULL, cause smallint NOT NULL, before text NOT NULL,
  gap_ms bigint, ended_ms bigint
);
