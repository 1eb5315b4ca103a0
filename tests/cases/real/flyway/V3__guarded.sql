DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM information_schema.columns
                   WHERE table_name = 'tasks' AND column_name = 'worker') THEN
        ALTER TABLE tasks ADD COLUMN worker VARCHAR(60);
    END IF;
END $$;
