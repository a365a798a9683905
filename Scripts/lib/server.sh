# shellcheck shell=bash
# The server as Scripts/up runs it: built, started in the background, stopped, purged. Uses of the caller: root, scripts, data,
# default_data, work, config, offset, binary.

build_server() {
    local start=$SECONDS log
    log=$(mktemp)
    say build "release binary (several minutes the first time)"
    if [ -t 1 ]; then
        swift build --package-path "$root" -c release --static-swift-stdlib --product estiba 2>&1 | tee "$log" |
            awk '/^\[[0-9]+\/[0-9]+\]/ { printf "\r\033[K  %.70s", $0; fflush() } END { printf "\r\033[K" }'
    else
        swift build --package-path "$root" -c release --static-swift-stdlib --product estiba >"$log" 2>&1
    fi || {
        grep -E 'error:' "$log" | head -n 20 | quote >&2 || true
        tail -n 15 "$log" | quote >&2
        rm -f "$log"
        fail "the build failed"
    }
    rm -f "$log"
    good build "done in $((SECONDS - start)) s"
}

# `estiba` on everybody's PATH, for the server on the usual data directory only.
link_command() {
    command=$binary
    local link=/usr/local/bin/estiba
    [ "$data" = "$default_data" ] || return 0
    if [ ! -e "$link" ] || { [ -L "$link" ] && [ "$(readlink -f "$link")" != "$binary" ]; }; then
        ln -sfn "$binary" "$link" && say link "$link → $binary"
    fi
    [ "$(command -v estiba || true)" != "$link" ] || command=estiba
}

# The process of this data directory's server; nothing if none runs.
server_pid() { python3 "$scripts/report" running "$data" 2>/dev/null || true; }

# Whether the running program is another one than the one on disk.
is_outdated() { [ "$(readlink "/proc/$1/exe" 2>/dev/null)" != "$binary" ]; }

is_ready() {
    local pid=$1 host port
    [ "$(server_pid)" = "$pid" ] || return 1
    host=$(jq -r .host "$data/endpoints.json")
    port=$(jq -r .kubernetes "$data/endpoints.json")
    curl -sfk --max-time 2 -o /dev/null "https://$host:$port/readyz"
}

# A server beside another one needs ports, addresses and names of its own.
write_offset_config() {
    config=$data/server.yml
    local block=$((offset % 64))
    cat >"$config" <<YAML
ports:
  kubernetes: $((6443 + offset))
  registry: $((5000 + offset))
  gateway: $((8080 + offset))
  prometheus: $((9090 + offset))
  loki: $((3100 + offset))
  console: $((8000 + offset))
network:
  name: e$offset
  pods: 10.245.$block.0/24
  services: 10.$((160 + block)).0.0/16
YAML
}

start_server() {
    local pid start=$SECONDS limit=60 arguments=(server --data "$data")
    pid=$(server_pid)
    if [ -n "$pid" ] && is_outdated "$pid"; then
        say server "runs an older program: it is replaced, pods go on"
        stop_server
        pid=
    fi
    if [ -n "$pid" ]; then
        good server "is running already (process $pid, data in $data)"
        return
    fi
    mkdir -p "$data"
    chmod 700 "$data"
    [ "$offset" = 0 ] || write_offset_config
    [ -z "$config" ] || arguments+=(--config "$config")
    rm -f "$data/endpoints.json"
    setsid "$binary" "${arguments[@]}" </dev/null >>"$data/estiba.log" 2>&1 &
    pid=$!
    echo "$pid" >"$data/estiba.pid"
    until is_ready "$pid"; do
        if ! kill -0 "$pid" 2>/dev/null; then
            tail -n 20 "$data/estiba.log" | quote >&2
            fail "the server ended" "Its log: $data/estiba.log. What this machine lacks: $binary doctor"
        fi
        if [ $((SECONDS - start)) -ge "$limit" ]; then
            tail -n 20 "$data/estiba.log" | quote >&2
            fail "the server is not ready after $limit s" "It goes on trying; its log: $data/estiba.log. Stop it: $0 --stop"
        fi
        sleep 0.1
    done
    disown "$pid"
    good server "is up (process $pid, data in $data, log in $data/estiba.log)"
}

stop_server() {
    local pid waited=0
    pid=$(server_pid)
    if [ -z "$pid" ]; then
        say server "no server runs on $data"
        return
    fi
    kill -TERM "$pid"
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.2
        waited=$((waited + 1))
        [ $waited -lt 300 ] || fail "the server (process $pid) does not stop within 60 s" "Look at $data/estiba.log, then: kill -9 $pid"
    done
    rm -f "$data/estiba.pid"
    good server "stopped"
}

# Ends what survives a server on purpose, found by the records in its data directory.
purge_server() {
    [ -e "$data/identity" ] || [ -e "$data/endpoints.json" ] || {
        say purge "there is nothing on $data"
        return
    }
    local file pid name
    name=$(sed -nE 's/^ +name: *([A-Za-z0-9]+).*/\1/p' "${config:-$data/server.yml}" 2>/dev/null | head -n 1 || true)
    name=${name:-estiba}
    end_containers
    unmount_below "$data"
    nft delete table ip "$name" 2>/dev/null || true
    for file in /sys/class/net/"$name"[0-9]*; do
        [ ! -e "$file" ] || ip link delete "${file##*/}" 2>/dev/null || true
    done
    for file in /sys/fs/cgroup{,/*}/{"$name","estiba/$name"}; do
        [ ! -d "$file" ] || find "$file" -depth -type d -exec rmdir {} + 2>/dev/null || true
    done
    if [ -n "$(mounts_at_or_below "$data")" ]; then
        fail "something is still mounted below $data, so nothing is removed" "See what, and unmount it: findmnt | grep $data"
    fi
    rm -rf --one-file-system "$data"
    if [ "$data" = "$default_data" ]; then
        rm -rf --one-file-system /var/lib/porttrack
        [ ! -L /usr/local/bin/estiba ] || rm -f /usr/local/bin/estiba
    fi
    remove_repository
    good purge "pods, rules and data are gone"
}

# Kills the processes of the pods and builds of this data directory, then waits for their monitors.
end_containers() {
    local file pid folder monitors=() waited=0
    while IFS= read -r -d '' file; do
        folder=${file%/*}
        pid=$(cat "$folder/pid" 2>/dev/null || true)
        # A process id may have been given to somebody else since: only a child of the monitor is meant.
        monitor=$(cat "$file")
        if { tr '\0' ' ' <"/proc/$monitor/cmdline"; } 2>/dev/null | grep -qF -- "$folder"; then
            monitors+=("$monitor")
            [ -z "$pid" ] || [ "$(awk '/^PPid:/ { print $2 }' "/proc/$pid/status" 2>/dev/null)" != "$monitor" ] || kill -KILL "$pid" 2>/dev/null || true
        fi
    done < <(find "$data" -name monitor.pid -print0 2>/dev/null)
    for monitor in "${monitors[@]}"; do
        while kill -0 "$monitor" 2>/dev/null && [ $waited -lt 100 ]; do
            sleep 0.1
            waited=$((waited + 1))
        done
    done
}

mounts_at_or_below() { findmnt -rno TARGET | awk -v top="$1" '$0 == top || index($0, top "/") == 1'; }

# Deepest first.
unmount_below() {
    local target
    mounts_at_or_below "$1" | sort -r | while IFS= read -r target; do umount -l "$(printf '%b' "$target")" || true; done
}
