#!/usr/bin/env bash
# What the official PostgreSQL image does at its start, as far as docker-compose.yml relies on it.
set -euo pipefail
install -d -o postgres -g postgres -m 0700 "$PGDATA"
install -d -o postgres -g postgres /run/postgresql
as_postgres() { setpriv --reuid postgres --regid postgres --init-groups "$@"; }

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    password=$(mktemp)
    printf '%s\n' "$POSTGRES_PASSWORD" >"$password"
    chown postgres "$password"
    as_postgres initdb --username "$POSTGRES_USER" --pwfile "$password" --auth scram-sha-256 >/dev/null
    rm "$password"
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    echo "*:*:*:$POSTGRES_USER:$POSTGRES_PASSWORD" >/var/lib/postgresql/.pgpass
    chown postgres /var/lib/postgresql/.pgpass
    chmod 0600 /var/lib/postgresql/.pgpass
    as_postgres env HOME=/var/lib/postgresql pg_ctl --wait start --log /dev/null >/dev/null
    as_postgres env HOME=/var/lib/postgresql createdb --username "$POSTGRES_USER" --maintenance-db postgres "$POSTGRES_DB"
    as_postgres pg_ctl --wait stop >/dev/null
fi
exec setpriv --reuid postgres --regid postgres --init-groups postgres -c listen_addresses='*'
