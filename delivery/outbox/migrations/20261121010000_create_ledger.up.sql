-- The ledger: messages, their deliveries, and what their writers keep beside them. Times are milliseconds since the
-- epoch, as the program hands them in. Keys are written as JSON strings are, because text cannot hold every character.

create table fairlead.messages (
  -- Also the sequence: a writer draws it while it holds the lock of the subject, so within one subject it only grows.
  position bigint generated always as identity primary key,
  id text not null unique,
  subject text not null,
  occurred_at bigint not null,
  appended_at bigint not null,
  body json not null,
  decisions json not null
);
create index messages_subject on fairlead.messages (subject, position);

create table fairlead.deliveries (
  message bigint not null references fairlead.messages,
  destination text not null,
  subject text not null,
  appended_at bigint not null,
  state text not null default 'pending' check (state in ('pending', 'leased', 'delivered', 'dead', 'discarded')),
  attempt int not null default 0,
  next_attempt_at bigint not null,
  first_attempt_at bigint,
  -- The number a worker must show. It only grows, so an old lease never fits again.
  lease int not null default 0,
  lease_until bigint,
  -- The same end by the clock of this server, the one that all replicas share.
  lease_ends timestamptz,
  -- Lent by a claim that asked for order.
  ordered boolean not null default false,
  -- Waits for an older one of its subject, so that claims need not look at it again and again.
  behind boolean not null default false,
  ended_at bigint,
  last_answer text,
  due_at bigint not null generated always as (coalesce(lease_until, next_attempt_at)) stored,
  is_open boolean not null generated always as (state in ('pending', 'leased')) stored,
  is_claimable boolean not null generated always as (state in ('pending', 'leased') and not behind) stored,
  primary key (message, destination)
) with (
  -- Each claim and each outcome leaves a dead row behind, so vacuum must come by number rather than by share.
  autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_vacuum_threshold = 2000,
  autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0.05
);

-- Only open deliveries are in these, so that a claim costs the same however many have ended. Their conditions are columns
-- of their own: while the statistics still say that the table is empty, an index by state would look as good to a claim.
create index deliveries_due on fairlead.deliveries (destination, due_at, message) where is_claimable;
create index deliveries_behind on fairlead.deliveries (destination, due_at, message) where behind;
create index deliveries_open on fairlead.deliveries (subject, destination, message) where is_open;
create index deliveries_age on fairlead.deliveries (state, destination, message) where state <> 'delivered';
-- The promise to a destination that asks for order, kept even when two replicas decide at the same moment.
create unique index deliveries_in_flight on fairlead.deliveries (destination, subject) where state = 'leased' and ordered;

-- How many deliveries each destination has in each state, as changes to be added up: probes ask often, and counting rows
-- takes as long as there are rows. Only ever inserted, so that nobody waits for anybody, and added up now and then.
create table fairlead.tallies (
  destination text not null,
  state text not null,
  change bigint not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

create function fairlead.tally() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into fairlead.tallies select destination, state, count(*) from added group by 1, 2;
  elsif tg_op = 'DELETE' then
    insert into fairlead.tallies select destination, state, -count(*) from removed group by 1, 2;
  else
    insert into fairlead.tallies
    select destination, state, sum(change) from (
      select destination, state, 1 as change from added union all select destination, state, -1 from removed
    ) as changes group by 1, 2 having sum(change) <> 0;
  end if;
  return null;
end $$;

create trigger tally_insert after insert on fairlead.deliveries
  referencing new table as added for each statement execute function fairlead.tally();
create trigger tally_update after update on fairlead.deliveries
  referencing old table as removed new table as added for each statement execute function fairlead.tally();
create trigger tally_delete after delete on fairlead.deliveries
  referencing old table as removed for each statement execute function fairlead.tally();

create table fairlead.attempts (
  id bigint generated always as identity primary key,
  message bigint not null references fairlead.messages,
  destination text not null,
  attempt int not null,
  at bigint not null,
  kind text not null,
  answer text not null
);
create index attempts_message on fairlead.attempts (message);

create table fairlead.once_keys (
  key text primary key,
  id text not null,
  sequence bigint not null,
  taken_at bigint not null,
  expires_at bigint not null
);
create index once_keys_expiry on fairlead.once_keys (expires_at);

create table fairlead.states (
  scope text not null,
  key text not null,
  bytes bytea not null,
  primary key (scope, key)
);

create table fairlead.pauses (
  destination text primary key,
  reason text not null,
  since bigint not null
);

-- One row that is written to learn whether anything can be.
create table fairlead.checks (
  one boolean primary key default true check (one),
  at timestamptz not null
);
