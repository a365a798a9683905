"""The OCI runtime with its monitor and nothing around it, on the very configuration that Estiba gave to a pod."""

import copy
import glob
import json
import os
import shutil
import subprocess
import time

HYBRID = "/sys/fs/cgroup/unified"


def group():
    return f"estiba-bench-{os.getpid()}"


def remove_groups():
    """The runtime removes the group of a container, not the one around it."""
    for folder in glob.glob(f"/sys/fs/cgroup/{group()}") + glob.glob(f"/sys/fs/cgroup/*/{group()}"):
        for path, _, _ in os.walk(folder, topdown=False):
            os.rmdir(path)


def runtime_command():
    return shutil.which("crun") or shutil.which("runc")


def in_own_mounts(command):
    """On a hybrid cgroup hierarchy crun wants the second one out of its sight."""
    if not os.path.ismount(HYBRID):
        return command
    hide = f'mount -t tmpfs -o size=4m,mode=755 hide {HYBRID} && exec "$0" "$@"'
    return ["unshare", "-m", "--propagation", "private", "sh", "-c", hide, *command]


def bundle(folder, spec, rootfs, number):
    """A bundle of its own root and namespaces, otherwise the pod's configuration."""
    path = os.path.join(folder, f"bare-{number}")
    os.makedirs(path)
    shutil.copytree(rootfs, os.path.join(path, "rootfs"), symlinks=True)
    spec = copy.deepcopy(spec)
    spec["root"]["path"] = os.path.join(path, "rootfs")
    for namespace in spec["linux"]["namespaces"]:
        namespace.pop("path", None)
    spec["linux"]["cgroupsPath"] = f"/{group()}/{number}"
    with open(os.path.join(path, "config.json"), "w", encoding="utf-8") as file:
        json.dump(spec, file)
    return path


def start_once(folder, spec, rootfs, number):
    """Seconds from the monitor's start to the container's."""
    name = f"estiba-bench-{os.getpid()}-{number}"
    path = bundle(folder, spec, rootfs, number)
    state = os.path.join(path, "state")
    os.makedirs(state)
    runtime = runtime_command()
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    options = ["--runtime-arg", f"--root={folder}/runtime"]
    if runtime.endswith("crun"):
        options += ["--runtime-arg", "--cgroup-manager=cgroupfs"]
    monitor = in_own_mounts([
        "conmon", "-c", name, "-u", name, "-n", name, "-b", path, "-r", runtime, *options,
        "-p", f"{state}/pid", "-P", f"{state}/monitor.pid", "-l", f"k8s-file:{state}/log",
        "--exit-dir", state, "-0", state, "--full-attach", "--log-level", "warning",
    ])
    begin = time.monotonic()
    process = subprocess.Popen(
        monitor, env={**os.environ, "_OCI_SYNCPIPE": str(writing)}, pass_fds=[writing], cwd=state,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = json.loads(pipe.readline() or "{}")
    if answer.get("pid", -1) <= 0:
        raise RuntimeError(f"the bare runtime refuses: {answer}")
    subprocess.run([runtime, f"--root={folder}/runtime", "start", name], check=True, capture_output=True)
    seconds = time.monotonic() - begin
    subprocess.run([runtime, f"--root={folder}/runtime", "kill", name, "KILL"], check=False, capture_output=True)
    process.wait(20)
    for _ in range(100):
        done = subprocess.run([runtime, f"--root={folder}/runtime", "delete", name], check=False, capture_output=True)
        if done.returncode == 0:
            break
        time.sleep(0.05)
    return seconds
