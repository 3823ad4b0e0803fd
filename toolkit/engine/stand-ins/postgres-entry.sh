#!/bin/sh
# In place of the official image's entry point: makes the database of POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB
# on an empty volume, then runs the server.
set -eu

user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  : "${POSTGRES_PASSWORD:?is needed to make the database}"
  mkdir -p "$PGDATA"
  words=$(mktemp)
  printf '%s\n' "$POSTGRES_PASSWORD" >"$words"
  initdb --username="$user" --pwfile="$words" --auth=scram-sha-256 --auth-local=trust --encoding=UTF8 --locale=C.UTF-8 >/dev/null
  rm "$words"
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  pg_ctl --wait --options="-c listen_addresses=''" start >/dev/null
  [ "$database" = postgres ] || createdb --username="$user" "$database"
  pg_ctl --wait stop >/dev/null
fi
[ "${1:-}" = postgres ] || exec "$@"
shift
postgres -c listen_addresses='*' "$@" &
server=$!
# `docker import` can set no STOPSIGNAL, and to Postgres SIGTERM says: wait until every client has gone.
trap 'kill -INT "$server"' TERM INT
wait "$server" || true # the trap ends this one early
wait "$server"
