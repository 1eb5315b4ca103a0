CREATE OR REPLACE TRANSFORM FOR hstore LANGUAGE plpython3u (FROM SQL WITH FUNCTION
    hstore_to_plpython(internal), TO SQL WITH FUNCTION plpython_to_hstore(internal));
