ALTER TABLE reviews RENAME TO product_reviews;
