CREATE INDEX CONCURRENTLY IF NOT EXISTS payments_provider_idx ON payments (provider) WHERE paid_at IS NULL;
