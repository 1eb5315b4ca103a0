COPY public.profiles (id, handle) FROM stdin;
7c9e6679-7425-40de-944b-e07fc1f90ae7	anna
\.
alter table public.posts drop column body;
