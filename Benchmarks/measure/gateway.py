"""Requests a second and p99 through the gateway, beside nginx as a reverse proxy to the same backend."""

import contextlib
import json
import os
import re
import socket
import subprocess
import tempfile
import time

from . import bench_server

SECONDS = 8
CONNECTIONS = 64
TIMES = 3

NGINX = """daemon off;
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_requests 10000000;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen {address}:{backend};
        location / {{ default_type text/plain; return 200 "{body}"; }}
    }}
    upstream backend {{ server {address}:{backend}; keepalive 256; keepalive_requests 10000000; }}
    server {{
        listen 127.0.0.1:{proxy};
        location / {{ proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; }}
    }}
}}
"""

OBJECTS = """apiVersion: v1
kind: Service
metadata: {{ name: bench }}
spec: {{ ports: [{{ name: http, port: 80, targetPort: {port} }}] }}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{ name: bench-1, labels: {{ kubernetes.io/service-name: bench }} }}
addressType: IPv4
ports: [{{ name: http, port: {port}, protocol: TCP }}]
endpoints: [{{ addresses: ["{address}"], conditions: {{ ready: true }} }}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {{ name: bench }}
spec:
  parentRefs: [{{ name: estiba, namespace: estiba-system }}]
  hostnames: [bench.localhost]
  rules: [{{ backendRefs: [{{ name: bench, port: 80 }}] }}]
"""


def free_port(address):
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def nginx(address):
    """A backend on an address of this machine and a reverse proxy to it: (port of the backend, port of the proxy)."""
    with tempfile.TemporaryDirectory(prefix="estiba-bench-nginx-", dir="/var/tmp") as folder:
        os.chmod(folder, 0o755)
        backend, proxy = free_port(address), free_port("127.0.0.1")
        path = os.path.join(folder, "nginx.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(NGINX.format(
                workers=os.cpu_count(), folder=folder, address=address, backend=backend, proxy=proxy, body="x" * 600))
        process = subprocess.Popen(["nginx", "-p", folder, "-c", path], stderr=subprocess.DEVNULL)
        try:
            for port, host in ((backend, address), (proxy, "127.0.0.1")):
                wait_for(host, port)
            yield backend, proxy
        finally:
            process.terminate()
            process.wait(20)


def wait_for(host, port):
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection((host, port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens on {host}:{port}")


def wrk(url, host=None):
    """(requests a second, p99 in milliseconds); an answer that isn't a 2xx ends the measurement."""
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", url]
    if host:
        command[1:1] = ["-H", f"Host: {host}"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS + 30).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(f"wrk against {url}:\n{text}")
    rate = float(re.search(r"Requests/sec:\s+([0-9.]+)", text).group(1))
    value, unit = re.search(r"99%\s+([0-9.]+)(us|ms|s)", text).groups()
    return rate, float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def best(results):
    """The run with the most requests: what the machine's other work spoils is spoilt downwards."""
    return max(results, key=lambda one: one[0])


def measure(binary, data, rows):
    with open(os.path.join(data, "endpoints.json"), encoding="utf-8") as file:
        port = json.load(file)["gateway"]
    kubectl = ["kubectl", "--kubeconfig", bench_server.kubeconfig(binary, data)]
    # The node's own address in the pod network: a backend there is reached like a pod.
    address = subprocess.run(
        [*kubectl, "get", "nodes", "-o", 'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}'],
        check=True, capture_output=True, text=True,
    ).stdout
    with nginx(address) as (backend, proxy):
        subprocess.run(
            [*kubectl, "apply", "-f", "-"], input=OBJECTS.format(address=address, port=backend), text=True, check=True,
            capture_output=True,
        )
        try:
            wait_for_route(port)
            gateway, peer, direct = [], [], []
            for _ in range(TIMES):
                gateway.append(wrk(f"http://127.0.0.1:{port}/", "bench.localhost"))
                peer.append(wrk(f"http://127.0.0.1:{proxy}/"))
                direct.append(wrk(f"http://{address}:{backend}/"))
        finally:
            for kind in ("httproute", "endpointslice", "service"):
                name = "bench-1" if kind == "endpointslice" else "bench"
                subprocess.run([*kubectl, "delete", kind, name], check=False, capture_output=True)
    (own_rate, own_p99), (peer_rate, peer_p99) = best(gateway), best(peer)
    rows.add(
        f"gateway: requests a second, {CONNECTIONS} connections", f"{own_rate:,.0f}", "nginx as reverse proxy",
        f"{peer_rate:,.0f}", own_rate / peer_rate,
    )
    rows.add("gateway: p99", f"{own_p99:.2f} ms", "nginx as reverse proxy", f"{peer_p99:.2f} ms", own_p99 / peer_p99)
    rows.add("(the backend itself, without a proxy)", f"{best(direct)[0]:,.0f}")


def wait_for_route(port):
    import http.client

    for _ in range(200):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/", headers={"Host": "bench.localhost"})
        if connection.getresponse().status == 200:
            return
        time.sleep(0.05)
    raise RuntimeError("the gateway does not serve the benchmark's route within 10 s")
