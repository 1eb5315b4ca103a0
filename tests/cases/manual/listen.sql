LISTEN orders;
