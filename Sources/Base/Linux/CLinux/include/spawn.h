#pragma once

#include <sys/types.h>

struct cl_tmpfs {
    const char *path;
    const char *options;
};

/// Where a new process failed before its program began.
enum cl_step {
    cl_step_none = 0,
    cl_step_clone,
    cl_step_descriptors,
    cl_step_session,
    cl_step_cgroup,
    cl_step_namespace,
    cl_step_mount_namespace,
    cl_step_tmpfs,
    cl_step_root,
    cl_step_directory,
    cl_step_user,
    cl_step_exec,
};

struct cl_spawn {
    const char *path;
    char *const *arguments;
    char *const *environment;
    const char *directory;
    const char *root;
    /// `descriptors[i]` becomes descriptor i of the child; every other one is closed at exec.
    const int *descriptors;
    int descriptor_count;
    /// 0: the caller's process group, 1: an own group, 2: an own session.
    int session;
    int change_user;
    uid_t uid;
    gid_t gid;
    const gid_t *groups;
    int group_count;
    int death_signal;
    int new_mount_namespace;
    const struct cl_tmpfs *overmounts;
    int overmount_count;
    const int *namespaces;
    int namespace_count;
    /// `cgroup.procs` files that the child writes itself into.
    const char *const *cgroups;
    int cgroup_count;
};

/// Starts a process. Returns its pid and sets `pidfd`, or returns the negative error number and sets `step`.
/// The caller's thread is held until the new program has begun; no other thread is.
pid_t cl_spawn(const struct cl_spawn *spawn, int *pidfd, int *step);
