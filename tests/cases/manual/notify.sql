NOTIFY orders, 'new';
