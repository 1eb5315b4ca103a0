CREATE TYPE task_state AS ENUM ('QUEUED', 'RUNNING', 'DONE');

CREATE TABLE tasks (
    key VARCHAR(250) NOT NULL PRIMARY KEY,
    value JSONB NOT NULL,
    deleted BOOL NOT NULL GENERATED ALWAYS AS ((value ->> 'deleted')::boolean) STORED,
    tenant VARCHAR(100)
);
CREATE INDEX tasks_tenant ON tasks (tenant);
