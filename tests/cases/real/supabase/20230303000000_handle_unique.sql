alter table public.profiles add constraint profiles_handle_key unique (handle);
alter table public.profiles add constraint handle_length check (char_length(handle) >= 3);
