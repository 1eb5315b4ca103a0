DROP RULE events_are_kept ON events;
