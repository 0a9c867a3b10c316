-- The list of triggers, newest first, page by page: by fire time and id. Ids alone do not tell which came first, each
-- connection takes them in blocks.
CREATE INDEX trigger_history_list ON trigger_history (fire_ms, trigger_id);
