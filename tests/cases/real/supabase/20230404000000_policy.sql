drop policy if exists "Own profile." on public.profiles;
create policy "Own profile." on public.profiles for all using (public.is_owner(id));
alter table public.posts add column published boolean;
update public.posts set published = true;
alter table public.posts alter column published set default false;
