-- bellows: allow drop-column because no release since 2.3 reads it
ALTER TABLE products DROP COLUMN description;
