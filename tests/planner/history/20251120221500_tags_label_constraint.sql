ALTER TABLE tags ADD CONSTRAINT tags_label_key UNIQUE USING INDEX tags_label_idx;
