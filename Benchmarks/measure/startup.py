"""How long until kubectl works on an empty directory, and what the server holds in memory."""

import os
import statistics
import subprocess
import tempfile
import time

from . import bench_server

TIMES = 5


def measure(binary, offset, rows):
    ready, complete, resident = [], [], []
    for _ in range(TIMES):
        data = tempfile.mkdtemp(prefix="estiba-bench-", dir="/var/tmp")
        begin = time.monotonic()
        process = bench_server.start(binary, data, offset)
        try:
            bench_server.wait_until(lambda: bench_server.is_kubernetes_ready(offset), process, data)
            ready.append(time.monotonic() - begin)
            endpoints = os.path.join(data, "endpoints.json")
            bench_server.wait_until(lambda: os.path.exists(endpoints), process, data)
            complete.append(time.monotonic() - begin)
            # What /readyz promises is checked with the real client.
            config = bench_server.kubeconfig(binary, data)
            subprocess.run(["kubectl", "--kubeconfig", config, "get", "nodes"], check=True, capture_output=True, timeout=30)
            resident.append(bench_server.memory(process.pid))
        finally:
            bench_server.stop(process)
            bench_server.purge(data)
    rows.add("server: empty directory → ready for kubectl", f"{statistics.median(ready):.2f} s", target="< 1 s")
    rows.add("server: empty directory → every part ready", f"{statistics.median(complete):.2f} s")
    rows.add("server: resident memory with nothing delivered", f"{statistics.median(resident):.0f} MB")
