ALTER TYPE carrier ADD VALUE 'hermes';
ALTER TABLE shipments ALTER COLUMN carrier SET DEFAULT 'dhl';
