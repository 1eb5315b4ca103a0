CREATE GROUP workers WITH USER anna, bert;
