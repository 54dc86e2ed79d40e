# Two images from one file: `web` (also beat, courier and migrate) without TensorFlow, `worker` with it.
# Both run Debian's own Python 3.11, the interpreter that submissions are graded with everywhere.
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS base
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONPATH=/srv/gradetape:/srv/gradetape/platform \
    PATH=/srv/gradetape/.venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    GRADETAPE_VAR=/var/lib/gradetape
RUN apt-get update -qq \
    && apt-get install -qq -y --no-install-recommends ca-certificates python3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 990 --user-group --home-dir /var/lib/gradetape --shell /usr/sbin/nologin gradetape \
    && install -d -o gradetape -g gradetape -m 0755 /var/lib/gradetape
WORKDIR /srv/gradetape

FROM base AS web-environment
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv .venv
COPY requirements/web.txt requirements/
RUN .venv/bin/pip install --quiet --no-cache-dir --no-deps --require-hashes -r requirements/web.txt

FROM web-environment AS worker-environment
COPY requirements/worker.txt requirements/
RUN .venv/bin/pip install --quiet --no-cache-dir --no-deps --require-hashes -r requirements/worker.txt

FROM worker-environment AS gpu-environment
COPY requirements/gpu.txt requirements/
RUN .venv/bin/pip install --quiet --no-cache-dir --no-deps --require-hashes -r requirements/gpu.txt

# The project itself, the same in every image. The web publishes challenges, so it holds them and their references.
FROM base AS sources
COPY LICENSE manage.py ./
COPY deploy deploy
COPY platform/gradetape platform/gradetape
COPY grader grader
COPY reference reference
COPY challenges challenges
RUN python3 -m compileall -q platform grader reference deploy

FROM base AS web
COPY --from=web-environment /srv/gradetape/.venv .venv
COPY --from=sources /srv/gradetape ./
# Values that only have to look right: collecting static files opens neither a database nor a Redis.
RUN SECRET_KEY=only-for-collecting-static-files-while-the-image-is-built-0123456789 \
    REDIS_URL=redis://:none@redis:6379/0 SITE_URL=https://build.invalid DATABASE_URL=postgres://none:none@db/none \
    python manage.py collectstatic --noinput --verbosity 0
USER gradetape
EXPOSE 8000
CMD ["python", "-m", "uvicorn", "gradetape.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "off", \
     "--no-access-log", "--timeout-graceful-shutdown", "5"]

FROM base AS worker-base
RUN apt-get update -qq \
    && apt-get install -qq -y --no-install-recommends bubblewrap libseccomp2 \
    && rm -rf /var/lib/apt/lists/*
# Root on purpose: the worker gives each slot an unprivileged uid of its own, which an ordinary user cannot.
CMD ["sh", "-c", "exec python -W \"ignore:You're running the worker\" -m celery --quiet -A gradetape worker --pool prefork --concurrency ${GRADETAPE_SLOTS:-2} --without-gossip --without-mingle"]

FROM worker-base AS worker-gpu
COPY --from=gpu-environment /srv/gradetape/.venv .venv
COPY --from=sources /srv/gradetape ./

FROM worker-base AS worker
COPY --from=worker-environment /srv/gradetape/.venv .venv
COPY --from=sources /srv/gradetape ./
