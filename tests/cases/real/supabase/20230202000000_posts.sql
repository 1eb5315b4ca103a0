create table public.posts (
  id bigint generated always as identity primary key,
  profile_id uuid references public.profiles on delete cascade not null,
  body text check (char_length(body) > 0)
);
alter table public.posts enable row level security;
create policy "Posts are public." on public.posts for select to public using (true);
comment on table public.posts is 'What people write.';
