"""From `kubectl apply` to a running container, beside the bare runtime and `podman kube play`."""

import glob
import http.client
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import threading
import time

from . import bare_runtime, bench_server
from .podman import podman

TIMES = 10
IMAGE = "bench:1"
POD = """apiVersion: v1
kind: Pod
metadata:
  name: bench-{number}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: main
      image: {image}
      imagePullPolicy: IfNotPresent
      command: [/bin/busybox, sleep, "3600"]
"""


class PodWatch:
    """When each pod was first seen, and when its container was first seen to run."""

    def __init__(self, data):
        with open(os.path.join(data, "endpoints.json"), encoding="utf-8") as file:
            self.port = json.load(file)["kubernetes"]
        with open(os.path.join(data, "identity", "admin.token"), encoding="utf-8") as file:
            self.headers = {"Authorization": f"Bearer {file.read().strip()}"}
        self.seen, self.running = {}, {}
        self.changed = threading.Condition()
        version = self.request("/api/v1/namespaces/default/pods")["metadata"]["resourceVersion"]
        path = f"/api/v1/namespaces/default/pods?watch=1&resourceVersion={version}"
        self.connection = self.connect(600)
        self.connection.request("GET", path, headers=self.headers)
        self.answer = self.connection.getresponse()
        threading.Thread(target=self.read, daemon=True).start()

    def connect(self, timeout):
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=bench_server.Insecure())

    def request(self, path):
        connection = self.connect(10)
        connection.request("GET", path, headers=self.headers)
        return json.load(connection.getresponse())

    def read(self):
        for line in self.answer:
            now = time.monotonic()
            event = json.loads(line)["object"]
            name = event["metadata"]["name"]
            states = event.get("status", {}).get("containerStatuses") or [{}]
            with self.changed:
                self.seen.setdefault(name, now)
                if "running" in states[0].get("state", {}):
                    self.running.setdefault(name, now)
                self.changed.notify_all()

    def wait(self, name):
        with self.changed:
            if not self.changed.wait_for(lambda: name in self.running, timeout=60):
                raise RuntimeError(f"pod {name} does not run after 60 s")
            return self.seen[name], self.running[name]


def root_filesystem(folder):
    path = os.path.join(folder, "rootfs")
    for name in ("bin", "etc", "proc", "sys", "dev", "tmp"):
        os.makedirs(os.path.join(path, name))
    shutil.copy(shutil.which("busybox"), os.path.join(path, "bin", "busybox"))
    archive = os.path.join(folder, "rootfs.tar")
    subprocess.run(["tar", "-C", path, "--owner=0", "--group=0", "-cf", archive, "."], check=True)
    return path, archive


def create(kubectl, watch, folder, number):
    """(seconds from the object's creation to its container's start, seconds from the start of kubectl)."""
    path = os.path.join(folder, "pod.yml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(POD.format(number=number, image=IMAGE))
    begin = time.monotonic()
    subprocess.run([*kubectl, "apply", "-f", path], check=True, capture_output=True)
    seen, running = watch.wait(f"bench-{number}")
    return running - seen, running - begin


def measure(binary, offset, rows):
    with tempfile.TemporaryDirectory(prefix="estiba-bench-", dir="/var/tmp", ignore_cleanup_errors=True) as folder:
        rootfs, archive = root_filesystem(folder)
        with bench_server.server(binary, offset) as (_, data):
            subprocess.run(
                [binary, "image", "import", archive, "-t", IMAGE, "--data", data], check=True, capture_output=True, timeout=120
            )
            kubectl = ["kubectl", "--kubeconfig", bench_server.kubeconfig(binary, data)]
            watch = PodWatch(data)
            create(kubectl, watch, folder, "warm")
            spec = pod_spec(data)
            created, applied, bare = [], [], []
            # Turn about, so that a busy moment of the machine hits both.
            for number in range(TIMES):
                one = create(kubectl, watch, folder, number)
                created.append(one[0])
                applied.append(one[1])
                bare.append(bare_runtime.start_once(folder, spec, rootfs, number))
                subprocess.run([*kubectl, "delete", "pod", f"bench-{number}", "--wait=false"], check=True, capture_output=True)
            bare_runtime.remove_groups()
        with podman(archive) as peer:
            played = [peer.play(number) for number in range(5)]
    own, base = statistics.median(created), statistics.median(bare)
    rows.add(
        "pod of a cached image: object created → container running", f"{1000 * own:.0f} ms",
        "conmon + crun, create and start, same configuration", f"{1000 * base:.0f} ms", own / base, "at most 3 ×",
    )
    rows.add(
        "pod of a cached image: `kubectl apply` typed → container running", f"{1000 * statistics.median(applied):.0f} ms",
        "`podman kube play`", f"{1000 * statistics.median(played):.0f} ms",
        statistics.median(applied) / statistics.median(played),
    )


def pod_spec(data):
    paths = glob.glob(os.path.join(data, "pods", "*", "containers", "main", "*", "bundle", "config.json"))
    if not paths:
        raise RuntimeError(f"no runtime configuration of a pod is found in {data}/pods")
    with open(paths[0], encoding="utf-8") as file:
        return json.load(file)
