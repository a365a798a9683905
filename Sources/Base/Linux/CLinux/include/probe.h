#pragma once

/// Things that a process may or may not be allowed to do here. Each is tried for real, in a process of its own.
enum cl_probe {
    cl_probe_mount_namespace = 1,
    cl_probe_network_namespace,
    cl_probe_pid_namespace,
    cl_probe_user_namespace,
    /// Mounts an overlay inside `path`, which is an empty directory, with `upper` and `work` made in it.
    cl_probe_overlay,
    cl_probe_mknod,
};

/// 0 when it worked, else the error number.
int cl_probe(int what, const char *path);
