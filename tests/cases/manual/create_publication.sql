CREATE PUBLICATION feed;
CREATE PUBLICATION feed FOR ALL TABLES WITH (publish = 'insert', publish_via_partition_root = true);
CREATE PUBLICATION feed FOR TABLE shop.orders (id, total) WHERE (total > 100), shop.lines *;
CREATE PUBLICATION feed FOR TABLES IN SCHEMA shop, CURRENT_SCHEMA;
CREATE PUBLICATION feed FOR TABLE shop.orders, TABLES IN SCHEMA archive WITH
    (publish_generated_columns = stored);
CREATE PUBLICATION feed FOR TABLE shop.orders, shop.lines;
CREATE PUBLICATION feed FOR ALL SEQUENCES;
CREATE PUBLICATION feed FOR ALL TABLES, ALL SEQUENCES;
CREATE PUBLICATION feed FOR ALL TABLES EXCEPT (TABLE shop.secrets, ONLY shop.drafts);
