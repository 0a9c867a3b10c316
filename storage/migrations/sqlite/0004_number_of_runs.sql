-- For an audit of schedules with max_runs: the fires since the schedule began, as the edit left them, and the last fire of
-- a schedule that the edit found at its end.
ALTER TABLE job_version ADD COLUMN fires INTEGER NOT NULL DEFAULT 0;
-- ;;
ALTER TABLE job_version ADD COLUMN ran_out_ms INTEGER;
