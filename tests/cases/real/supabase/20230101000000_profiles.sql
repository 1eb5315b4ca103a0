create table public.profiles (
  id uuid primary key default gen_random_uuid(),
  handle text not null,
  bio text,
  inserted_at timestamptz default timezone('utc'::text, now()) not null
);
alter table public.profiles enable row level security;
create policy "Profiles are public." on public.profiles for select using (true);
create function public.is_owner(profile uuid) returns boolean language sql stable as $$
  select profile = nullif(current_setting('app.user', true), '')::uuid
$$;
create policy "Own profile." on public.profiles for update using (public.is_owner(id));
