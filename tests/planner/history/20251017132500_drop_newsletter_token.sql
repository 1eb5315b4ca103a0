ALTER TABLE newsletter_subscriptions DROP COLUMN token;
