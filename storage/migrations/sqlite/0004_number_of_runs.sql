-- Fires since the schedule began, as the edit found or left them: an audit must know whether it had had its max_runs.
ALTER TABLE job_version ADD COLUMN fires INTEGER NOT NULL DEFAULT 0;
