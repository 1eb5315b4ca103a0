ALTER OPERATOR FAMILY whole_ops USING btree ADD OPERATOR 1 < (int4, int2), FUNCTION 1 (int4, int2)
    btint42cmp(int4, int2), OPERATOR 15 <-> (int4, int2) FOR ORDER BY float_ops;
ALTER OPERATOR FAMILY whole_ops USING btree DROP OPERATOR 1 (int4, int2), FUNCTION 1 (int4, int2);
ALTER OPERATOR FAMILY whole_ops USING btree RENAME TO number_ops;
ALTER OPERATOR FAMILY whole_ops USING btree OWNER TO deployer;
ALTER OPERATOR FAMILY whole_ops USING btree SET SCHEMA numbers;
