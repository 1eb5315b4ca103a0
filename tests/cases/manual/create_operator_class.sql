CREATE OPERATOR CLASS box_ops DEFAULT FOR TYPE box USING btree FAMILY area_ops AS OPERATOR 1 < (box,
    box) FOR SEARCH, OPERATOR 3 =, FUNCTION 1 box_cmp(box, box), FUNCTION 2 (box, box) box_sort,
    STORAGE box;
