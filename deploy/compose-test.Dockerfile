# Stand-ins for docker.io/library/redis and postgres, made of Debian's packages; see compose-test.override.yml.
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS redis
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends redis-server && rm -rf /var/lib/apt/lists/*

FROM ${BASE} AS db
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends postgresql && rm -rf /var/lib/apt/lists/*
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PGDATA=/var/lib/postgresql/data
COPY deploy/compose-test-db.sh /usr/local/bin/start-db
CMD ["bash", "/usr/local/bin/start-db"]
