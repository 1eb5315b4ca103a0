GRANT SELECT ON products, categories TO PUBLIC;
