ALTER TYPE product_state ADD VALUE 'archived';
