ALTER GROUP workers ADD USER anna, bert;
ALTER GROUP workers DROP USER anna;
ALTER GROUP workers RENAME TO staff;
