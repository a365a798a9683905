"""From `git push` of a change in one file to all of dev, with warm caches."""

import json
import os
import re
import statistics
import subprocess
import time
import urllib.request

from . import bench_server

TIMES = 3
FILE = "Sources/Routes/VoyageRoutes.swift"


def change(repository, number):
    """Another text in one message of one service: the program differs, its tests don't care."""
    path = os.path.join(repository, FILE)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    changed, count = re.subn(
        r'InputError\.notFound\("port \\\(code\)[^"]*"\)', rf'InputError.notFound("port \\(code), asked {number} times")', text
    )
    if count != 1:
        raise RuntimeError(f"{FILE} has not the line that this benchmark changes")
    with open(path, "w", encoding="utf-8") as file:
        file.write(changed)
    subprocess.run(["git", "-C", repository, "commit", "-qam", f"routes: message {number}"], check=True)
    return subprocess.run(["git", "-C", repository, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()


def follow(server, commit, begin):
    """Seconds until dev was done, and the seconds of each stage on the way."""
    run = None
    while run is None:
        if time.monotonic() - begin > 60:
            raise RuntimeError("the push has started no run within 60 s")
        run = server.run("porttrack", commit)
        time.sleep(0.05)
    number = run["id"]["number"]
    stages = {}
    with server.open("console", f"/api/v1/apps/porttrack/runs/{number}/progress", timeout=600) as answer:
        for line in answer:
            step = json.loads(line)
            if step["status"] in ("failed", "aborted"):
                raise RuntimeError(f"{step['stage']}: {step['detail']}")
            if step["status"] == "ok":
                stages[step["stage"]] = step.get("seconds", 0)
            if "dev" in stages:
                break
    seconds = time.monotonic() - begin
    stop_run(server, number)
    return seconds, stages


def stop_run(server, number):
    """Production is not what is measured here. Waits until the run is over."""
    url = f"http://{server.endpoints['host']}:{server.endpoints['console']}/api/v1/apps/porttrack/runs/{number}/abort"
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(url, b"{}", headers), timeout=30).read()
    with server.open("console", f"/api/v1/apps/porttrack/runs/{number}/progress", timeout=600) as answer:
        for _ in answer:
            pass


def measure(data, repository, rows):
    server = bench_server.report.Server(data)
    totals, compiling, rest = [], [], []
    for number in range(TIMES + 1):
        commit = change(repository, int(time.time()) + number)
        begin = time.monotonic()
        subprocess.run(["git", "-C", repository, "push", "-q", "origin", "HEAD:main"], check=True, capture_output=True)
        seconds, stages = follow(server, commit, begin)
        if number == 0:
            continue
        totals.append(seconds)
        compiling.append(stages.get("ci", 0))
        rest.append(seconds - stages.get("ci", 0))
    rows.add("one changed file: `git push` → 100 % in dev", f"{statistics.median(totals):.1f} s", target="< 30 s")
    rows.add("… of it the workflow (compiler and tests)", f"{statistics.median(compiling):.1f} s")
    rows.add("… of it everything else (images, plan, apply, ready)", f"{statistics.median(rest):.1f} s")
