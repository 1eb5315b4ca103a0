VALUES (1, 'one'), (2, 'two') ORDER BY 1 DESC LIMIT 1;
