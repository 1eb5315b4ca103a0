-- Our own staff administer the site. Data, not schema: a file of its own.

-- bellows: up
UPDATE users SET role = 'admin' WHERE email LIKE '%@example.org' AND role <> 'admin';

-- Those who became administrators in another way are demoted too: nothing tells them apart.
-- bellows: down
UPDATE users SET role = 'reader' WHERE email LIKE '%@example.org' AND role = 'admin';
