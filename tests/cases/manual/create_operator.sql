CREATE OPERATOR === (LEFTARG = box, RIGHTARG = box, FUNCTION = area_equal, COMMUTATOR = ===, NEGATOR
    = !==, RESTRICT = areasel, JOIN = areajoinsel, HASHES, MERGES);
