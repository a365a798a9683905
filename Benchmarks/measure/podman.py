"""`podman kube play` in a network namespace and a store of its own, so that nothing of the machine's is touched."""

import contextlib
import os
import subprocess
import tempfile
import time

from .bare_runtime import HYBRID

POD = """apiVersion: v1
kind: Pod
metadata:
  name: bench-{number}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: main
      image: localhost/bench:1
      command: [/bin/busybox, sleep, "3600"]
"""


class Podman:
    def __init__(self, folder, namespace):
        self.folder = folder
        self.namespace = namespace
        config = os.path.join(folder, "containers.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write('[containers]\ndefault_ulimits = []\n[engine]\ncgroup_manager = "cgroupfs"\n')
            file.write(f'events_logger = "file"\n[network]\nnetwork_config_dir = "{folder}/networks"\n')
        self.environment = {**os.environ, "CONTAINERS_CONF": config}

    def command(self, *words):
        hide = f"mount -t tmpfs -o size=4m,mode=755 hide {HYBRID}; " if os.path.ismount(HYBRID) else ""
        places = [f"--root={self.folder}/root", f"--runroot={self.folder}/run", f"--tmpdir={self.folder}/tmp"]
        return [
            "nsenter", f"--net=/run/netns/{self.namespace}", "unshare", "-m", "--propagation", "private",
            "sh", "-c", hide + 'exec podman "$@"', "podman", *places, *words,
        ]

    def run(self, *words, check=True):
        return subprocess.run(
            self.command(*words), env=self.environment, check=check, capture_output=True, text=True, timeout=120,
            stdin=subprocess.DEVNULL,
        )

    def play(self, number):
        """Seconds of one `podman kube play` of one pod."""
        path = os.path.join(self.folder, f"pod-{number}.yml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(POD.format(number=number))
        begin = time.monotonic()
        self.run("kube", "play", path)
        seconds = time.monotonic() - begin
        self.run("kube", "down", path, check=False)
        return seconds


@contextlib.contextmanager
def podman(archive):
    """A podman that has the image, and has made a pod once."""
    namespace = f"estiba-bench-{os.getpid()}"
    with tempfile.TemporaryDirectory(prefix="estiba-bench-podman-", dir="/var/tmp", ignore_cleanup_errors=True) as folder:
        subprocess.run(["ip", "netns", "add", namespace], check=True)
        peer = Podman(folder, namespace)
        try:
            subprocess.run(["ip", "-n", namespace, "link", "set", "lo", "up"], check=True)
            peer.run("import", archive, "localhost/bench:1")
            peer.play("warm")
            yield peer
        finally:
            peer.run("pod", "rm", "-a", "-f", check=False)
            subprocess.run(["ip", "netns", "del", namespace], check=False)
