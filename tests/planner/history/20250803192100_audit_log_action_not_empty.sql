ALTER TABLE audit_log ADD CONSTRAINT audit_log_action CHECK (action <> '');
