#!/usr/bin/env bash
# Tries docker-compose.yml for real on a Debian machine where no Docker engine runs and no image can be pulled:
# podman with runc, a base image made by debootstrap, and podman-compose. Run as root: `make compose-test`.
# KEEP=1 leaves everything running, and says where.
set -euo pipefail
cd "$(dirname "$0")/.."
work="$PWD/var/compose-test"
base=localhost/debian:bookworm-slim
export COMPOSE_PROJECT_NAME=gradetape-try CONTAINERS_CONF="$work/containers.conf" PORT="${PORT:-8100}"

say() { printf '• %s\n' "$*"; }
compose() {
    "$work/venv/bin/podman-compose" --in-pod false --env-file "$work/env" -f docker-compose.yml -f deploy/compose-test.override.yml "$@"
}

tools() {
    local missing=()
    for package in podman runc netavark aardvark-dns iptables debootstrap uidmap python3-venv curl; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    if ((${#missing[@]})); then
        say "Installing ${missing[*]}"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
    fi
    mkdir -p "$work"
    [ -x "$work/venv/bin/podman-compose" ] || {
        python3 -m venv "$work/venv"
        "$work/venv/bin/pip" install --quiet podman-compose
    }
    # crun refuses hybrid cgroups, and a sandbox's own limits are below podman's defaults.
    cat >"$CONTAINERS_CONF" <<'CONF'
[engine]
runtime = "runc"
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=20000:20000"]
CONF
}

# debian:bookworm-slim as this machine can make it. Where packages come from and which certificates hold is the
# machine's own business: it goes into this throw-away image and nowhere else.
base_image() {
    podman image exists "$base" && return
    local root="$work/root" mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | head -n 1)
    say "Making the base image"
    rm -rf "$root"
    debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv bookworm "$root" "$mirror" >"$work/debootstrap.log"
    cp /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/"
    rm -f "$root"/etc/apt/apt.conf.d/*{docker,packagekit,appstream}* "$root"/var/cache/apt/archives/*.deb
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
    printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >"$root/etc/pip.conf"
    tar -C "$root" -c . | podman import --quiet - "$base" >/dev/null
    rm -rf "$root"
}

build() {
    say "Building the images"
    compose --podman-build-args="--network host --ulimit nofile=20000:20000 --ulimit nproc=20000:20000" \
        build --build-arg "BASE=$base" >"$work/build.log" 2>&1 || { tail -n 20 "$work/build.log"; exit 1; }
}

no_tensorflow_in_the_web() {
    podman run --rm localhost/gradetape-web python -c '
import importlib.util, sys
sys.exit([name for name in ("tensorflow", "numpy", "keras") if importlib.util.find_spec(name)] or 0)'
}

name_of() { podman ps --all --quiet --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --filter "label=com.docker.compose.service=$1"; }

# Podman runs health checks through systemd, which may not be there, so they are run from here.
wait_healthy() {
    local deadline
    for service in "$@"; do
        deadline=$((SECONDS + 180))
        until podman healthcheck run "$(name_of "$service")" >/dev/null 2>&1; do
            ((SECONDS < deadline)) || {
                echo "$service is not healthy:"
                podman logs --tail 60 "$(name_of "$service")" 2>&1
                exit 1
            }
            sleep 1
        done
        say "$service is healthy"
    done
}

tools
base_image
[ -f "$work/env" ] || (cd "$work" && PYTHONPATH="$OLDPWD" python3 -m deploy.compose_env "http://127.0.0.1:$PORT" >/dev/null && mv .env env)
[ "${KEEP:-}" ] || trap 'compose down --volumes >/dev/null 2>&1' EXIT
build
no_tensorflow_in_the_web && say "The web image holds no TensorFlow and no NumPy"

# In the order that depends_on asks for; podman before 4.6 can't wait for it by itself.
say "Starting the services"
compose up --detach --no-build redis db >"$work/up.log" 2>&1 || { tail -n 20 "$work/up.log"; exit 1; }
wait_healthy redis db
compose up --detach --no-build --no-deps migrate >>"$work/up.log" 2>&1
[ "$(podman wait "$(name_of migrate)")" = 0 ] || { podman logs --tail 40 "$(name_of migrate)"; exit 1; }
say "The database is migrated, the challenges are published"
compose up --detach --no-build --no-deps web worker beat courier >>"$work/up.log" 2>&1 || { tail -n 20 "$work/up.log"; exit 1; }
wait_healthy web worker beat courier

say "healthz: $(curl -fsS "http://127.0.0.1:$PORT/healthz")"
python3 -m deploy.smoke "http://127.0.0.1:$PORT"
podman exec "$(name_of worker)" python -m grader doctor | tail -n 1
[ "${KEEP:-}" ] && say "Left running: http://127.0.0.1:$PORT/ (KEEP=1)" || say "All of it worked"
