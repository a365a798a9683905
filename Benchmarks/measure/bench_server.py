"""A server of Estiba for one measurement: its own data directory, ports and network, ended with the scope."""

import contextlib
import importlib.machinery
import importlib.util
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCRIPTS = os.path.join(ROOT, "Scripts")
PORTS = {"kubernetes": 6443, "registry": 5000, "gateway": 8080, "prometheus": 9090, "loki": 3100, "console": 8000}


def load_report():
    """Scripts/report knows how to ask a server."""
    loader = importlib.machinery.SourceFileLoader("report", os.path.join(SCRIPTS, "report"))
    spec = importlib.util.spec_from_loader("report", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


report = load_report()


class Insecure(ssl.SSLContext):
    """For loopback only: a server that has just made its own authority."""

    def __new__(cls):
        context = super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


def write_config(path, offset):
    with open(path, "w", encoding="utf-8") as file:
        file.write("ports:\n")
        for name, port in PORTS.items():
            file.write(f"  {name}: {port + offset}\n")
        block = offset % 64
        file.write(f"network:\n  name: b{offset}\n  pods: 10.246.{block}.0/24\n  services: 10.{170 + block}.0.0/16\n")


def start(binary, data, offset):
    os.makedirs(data, mode=0o700, exist_ok=True)
    config = os.path.join(data, "server.yml")
    write_config(config, offset)
    log = open(os.path.join(data, "estiba.log"), "ab")
    return subprocess.Popen(
        [binary, "server", "--data", data, "--config", config],
        stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
    )


def wait_until(condition, process, data, limit=60, pause=0.002):
    """Polls until the condition holds; the server's last words if it ends or takes too long."""
    end = time.monotonic() + limit
    while not condition():
        if process.poll() is not None or time.monotonic() > end:
            with open(os.path.join(data, "estiba.log"), encoding="utf-8", errors="replace") as file:
                words = "".join(file.readlines()[-20:])
            raise RuntimeError(f"the server {'ended' if process.poll() is not None else 'is not ready'}:\n{words}")
        time.sleep(pause)


def is_kubernetes_ready(offset):
    url = f"https://127.0.0.1:{PORTS['kubernetes'] + offset}/readyz"
    try:
        with urllib.request.urlopen(url, timeout=2, context=Insecure()) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def purge(data):
    """The containers and rules too; Scripts/up knows how."""
    subprocess.run(
        [os.path.join(SCRIPTS, "up"), "--stop", "--purge", "--data", data, "--config", os.path.join(data, "server.yml")],
        check=False, stdout=subprocess.DEVNULL,
    )
    shutil.rmtree(data, ignore_errors=True)


@contextlib.contextmanager
def server(binary, offset):
    """A ready server on an empty directory: (process, data directory)."""
    data = tempfile.mkdtemp(prefix="estiba-bench-", dir="/var/tmp")
    process = start(binary, data, offset)
    try:
        wait_until(lambda: os.path.exists(os.path.join(data, "endpoints.json")), process, data)
        yield process, data
    finally:
        stop(process)
        purge(data)


def kubeconfig(binary, data):
    path = os.path.join(data, "bench.kubeconfig")
    text = subprocess.run([binary, "kubeconfig", "--data", data], check=True, capture_output=True).stdout
    with open(path, "wb") as file:
        file.write(text)
    return path


def memory(pid):
    """Resident megabytes."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1000
    raise RuntimeError(f"process {pid} has no resident memory")
