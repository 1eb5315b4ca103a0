DROP OPERATOR IF EXISTS === (box, box), ~ (NONE, bit) CASCADE;
