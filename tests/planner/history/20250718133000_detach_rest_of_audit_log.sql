ALTER TABLE audit_log DETACH PARTITION audit_log_rest;
