/** "FLOB", in the header of the file: tells our ledger from somebody else's database. */
export const APPLICATION_ID = 0x464c4f42
export const SCHEMA_VERSION = 2

/**
 * One append writes a row of `messages` and one of `deliveries` for each destination. Both tables and both indexes grow
 * at their right edge when ids are ordered by time, so that many messages of a commit share few pages.
 */
export const schema = `
create table meta (key text primary key, value any) strict, without rowid;

create table messages (
  seq integer primary key,   -- the sequence of the message: it grows over the whole ledger, so over every subject
  id text not null,
  at integer not null,       -- when it was appended
  time integer not null,     -- when it occurred
  subject text not null,
  body text not null,        -- JSON of the message without its sequence
  decisions text not null    -- JSON
) strict;
create unique index messages_id on messages (id);

create table destinations (
  id integer primary key,
  name text not null unique,
  ordered integer not null default 0,
  paused_since integer,
  paused_reason text
) strict;

create table deliveries (
  seq integer not null,
  dest integer not null,
  state integer not null,    -- see State in sqlite-ledger.ts
  attempt integer not null,
  next_at integer not null,
  due integer not null,      -- next_at, or while leased the end of the lease: from then on it can be claimed
  lease integer not null default 0,
  first_at integer,
  done_at integer,
  subject text,              -- set while the destination is ordered
  tries text,                -- JSON array of attempts
  primary key (seq, dest)
) strict, without rowid;
create index deliveries_due on deliveries (dest, due) where state < 2;
create index deliveries_subject on deliveries (dest, subject, state, seq) where subject is not null and state < 3;

-- Messages all of whose deliveries ended well, by the time of the last end: what retention removes from the left.
create table finished (at integer not null, seq integer not null, primary key (at, seq)) strict, without rowid;

-- Messages without a delivery, to be listed by.
create table unmatched (seq integer primary key) strict;

-- Keys of messages that are to be written once. Looked up in memory (sqlite-once.ts); here they only survive.
create table once (
  n integer primary key, key text not null, until integer not null, for_ms integer not null, id text not null, seq integer not null
) strict;

create table state (scope text not null, key text not null, bytes blob not null, primary key (scope, key)) strict;
`

/** By the version that each starts from: what leads to the next one. */
export const upgrades: Readonly<Record<number, string>> = {
  1: `
create table unmatched (seq integer primary key) strict;
insert into unmatched select seq from messages
where not exists (select 1 from deliveries where deliveries.seq = messages.seq)`,
}
