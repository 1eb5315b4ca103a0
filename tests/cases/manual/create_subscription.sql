CREATE SUBSCRIPTION feed CONNECTION 'host=db1 dbname=shop' PUBLICATION shop, archive WITH (enabled =
    false, create_slot = false, slot_name = NONE, streaming = on);
