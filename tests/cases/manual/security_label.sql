SECURITY LABEL FOR selinux ON TABLE shop.orders IS 'system_u:object_r:sepgsql_table_t:s0';
SECURITY LABEL ON FUNCTION shop.tax(numeric) IS NULL;
SECURITY LABEL ON ROLE anna IS 'x';
