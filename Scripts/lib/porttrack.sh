# shellcheck shell=bash
# PortTrack's own repository, its way through the server, and its fault. Uses of the caller: root, scripts, data, work, binary, command.

app=porttrack
patch=$scripts/faults/one-in-five.patch
rate=100
fault_subject='ships: count how often the list is read'

repository() { git -C "$work/$app" "$@"; }

# A name for the content of the example, whatever else lies beside it.
example_digest() {
    (cd "$root/Examples/PortTrack" &&
        find . \( -name .build -o -name Package.resolved \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum |
        cut -c 1-40)
}

copy_example() {
    (cd "$root/Examples/PortTrack" && tar --exclude=./.build --exclude=./Package.resolved -cf - .) | tar -xf - -C "$work/$app"
}

# Makes the repository, or brings the example's changes into it as a commit. What a person committed there stays.
prepare_repository() {
    local digest host port url
    digest=$(example_digest)
    if [ ! -e "$work/$app/.git" ]; then
        mkdir -p "$work/$app"
        git init -q -b main "$work/$app"
        repository config user.name "PortTrack"
        repository config user.email "crew@porttrack.example"
        copy_example
        repository add -A
        repository commit -q -m "PortTrack: ships and routes"
        say commit "$(repository log -1 --format='%h "%s"') in $work/$app"
    elif [ "$(cat "$work/$app/.git/estiba-example" 2>/dev/null)" != "$digest" ]; then
        [ -z "$(repository status --porcelain)" ] ||
            fail "Examples/PortTrack has changed, but $work/$app holds changes that are not committed" "Commit or stash them there, then run this again."
        repository ls-files -z | (cd "$work/$app" && xargs -0 rm -f)
        copy_example
        repository add -A
        if ! repository diff --cached --quiet; then
            repository commit -q -m "PortTrack: as in Examples/PortTrack"
            say commit "$(repository log -1 --format='%h "%s"') in $work/$app"
        fi
    fi
    echo "$digest" >"$work/$app/.git/estiba-example"
    host=$(jq -r .host "$data/endpoints.json")
    port=$(jq -r .console "$data/endpoints.json")
    url=http://$host:$port/git/$app.git
    repository remote set-url origin "$url" 2>/dev/null || repository remote add origin "$url"
    # Only this server's helper answers for this server.
    repository config --unset-all "credential.http://$host:$port.helper" || true
    repository config --add "credential.http://$host:$port.helper" ""
    repository config --add "credential.http://$host:$port.helper" "!$(printf '%q' "$binary") git-credential --data $(printf '%q' "$data")"
}

remove_repository() {
    [ -e "$work/$app/.git" ] || return 0
    local others
    others=$(repository log --format=%an | grep -vx PortTrack || true)
    if [ -n "$(repository status --porcelain)$others" ]; then
        say purge "$work/$app holds work of yours and stays"
    else
        rm -rf "${work:?}/$app"
        rmdir "$work" 2>/dev/null || true
    fi
}

push_head() {
    local output
    output=$(GIT_TERMINAL_PROMPT=0 git -C "$work/$app" push -u origin HEAD:main 2>&1) || {
        quote <<<"$output" >&2
        fail "the push to the built-in git failed" "The server's log: $data/estiba.log"
    }
}

head_commit() { repository rev-parse HEAD; }

run_state() { python3 "$scripts/report" run "$data" "$app" "$(head_commit)"; }

# Follows the run of the newest commit to its end; the status is the run's.
follow_head() { "$binary" deliver "$app" --ref "$(head_commit)" --data "$data"; }

# Without requests no judge can compare: makes some while a canary may be out. Sets traffic_pid.
start_traffic() {
    python3 "$scripts/traffic" --json --rate "$rate" --seconds 1800 --host "$(jq -r .host "$data/endpoints.json")" \
        --port "$(jq -r .gateway "$data/endpoints.json")" >"$1" 2>/dev/null &
    traffic_pid=$!
    trap 'kill "$traffic_pid" 2>/dev/null || true' EXIT
}

stop_traffic() {
    kill "$traffic_pid" 2>/dev/null || true
    wait "$traffic_pid" 2>/dev/null || true
    trap - EXIT
}

closing() { python3 "$scripts/report" closing "$data" "$app" "$(head_commit)" /ships "$command"; }

deliver_head() {
    local state summary status=0
    state=$(run_state)
    case $state in
        succeeded | failed)
            good deliver "commit $(repository log -1 --format=%h) has been delivered already"
            echo
            # What became of it was said when it was delivered; now it matters that production serves.
            closing || [ $? = 1 ]
            return
            ;;
        under-way) say deliver "commit $(repository log -1 --format=%h) is on its way" ;;
        none)
            say push "commit $(repository log -1 --format=%h) to $(repository remote get-url origin)"
            push_head
            ;;
    esac
    summary=$(mktemp)
    if [ -n "$(python3 "$scripts/report" stable "$data" "$app" prod)" ]; then
        say traffic "$rate requests a second to the gateway, for the canary's sake"
        start_traffic "$summary"
        follow_head || status=$?
        stop_traffic
        say traffic "$(jq -r '"\(.requests) requests in \(.seconds) s, \(.errors) errors, p99 \(.p99_ms) ms"' "$summary")"
    else
        follow_head || status=$?
    fi
    rm -f "$summary"
    echo
    closing || status=$?
    return "$status"
}

has_fault() { repository apply --check --reverse "$patch" 2>/dev/null; }

# Nothing can be broken that does not run.
need_production() {
    prepare_repository
    served=$(python3 "$scripts/report" stable "$data" "$app" prod)
    [ -n "$served" ] || fail "nothing serves in prod yet" "Deliver PortTrack first: $0"
    [ -z "$(repository status --porcelain)" ] || fail "$work/$app holds changes that are not committed" "Commit or stash them there."
}

break_ships() {
    local counts summary status=0
    need_production
    if has_fault; then
        case $(run_state) in
            succeeded | failed) fail "the fault is in $work/$app already, and its run is over" "Take it out first: $0 --mend" ;;
        esac
    else
        repository apply --index "$patch" || fail "the fault does not fit to PortTrack's sources any more" "It is kept in $patch."
        repository commit -q -m "$fault_subject"
        say commit "$(repository log -1 --format='%h "%s"'): one listing in five now fails, and no test sees it"
    fi
    counts=$(mktemp) summary=$(mktemp)
    python3 "$scripts/report" counts "$data" "$app" prod >"$counts"
    say traffic "$rate requests a second to the gateway"
    start_traffic "$summary"
    say push "to $(repository remote get-url origin)"
    push_head
    ! follow_head || status=1
    stop_traffic
    echo
    [ $status = 0 ] || say break "the faulty release was not stopped"
    python3 "$scripts/report" fault "$data" "$app" prod "$(head_commit)" "$served" "$counts" "$summary" || status=1
    rm -f "$counts" "$summary"
    echo
    say alerts "$command alerts"
    "$binary" alerts --data "$data" | head -n 14 | quote
    say chat "$command chat"
    "$binary" chat --data "$data" | tail -n 12 | quote
    return "$status"
}

mend_ships() {
    need_production
    if has_fault; then
        repository apply --index --reverse "$patch"
        repository commit -q -m "Revert \"$fault_subject\""
        say commit "$(repository log -1 --format='%h "%s"')"
    else
        good mend "there is no fault in $work/$app"
    fi
    deliver_head
}
