ALTER TABLE tasks ADD COLUMN state text GENERATED ALWAYS AS (value ->> 'state') STORED;
DROP INDEX IF EXISTS tasks_tenant;
CREATE INDEX IF NOT EXISTS tasks_tenant_state ON tasks (tenant, state);
