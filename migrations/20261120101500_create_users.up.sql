create table users (
  id bigint generated always as identity primary key,
  email text not null check (length(email) between 3 and 254),
  created_at timestamptz not null default now()
);

-- Ada@example.com and ada@example.com are one person.
create unique index users_email_key on users (lower(email));
