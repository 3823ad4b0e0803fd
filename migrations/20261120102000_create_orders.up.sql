create table orders (
  id bigint generated always as identity primary key,
  user_id bigint not null references users (id),
  amount_cents bigint not null check (amount_cents > 0),
  status text not null default 'pending' check (status in ('pending', 'paid', 'shipped', 'cancelled')),
  created_at timestamptz not null default now()
);

-- Lists a user's orders by page, newest first, and serves the foreign key.
create index orders_user_id_id_idx on orders (user_id, id desc);
