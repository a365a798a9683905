#define _GNU_SOURCE
#include "include/probe.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int namespace(int flags) { return unshare(flags) < 0 ? errno : 0; }

static int overlay(const char *path) {
    if (unshare(CLONE_NEWNS) < 0) return errno;
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) return errno;
    if (chdir(path) < 0) return errno;
    mkdir("lower", 0755);
    mkdir("upper", 0755);
    mkdir("work", 0755);
    mkdir("merged", 0755);
    if (mount("overlay", "merged", "overlay", 0, "lowerdir=lower,upperdir=upper,workdir=work") < 0) return errno;
    if (mkdir("merged/made", 0755) < 0) return errno;
    return umount2("merged", MNT_DETACH) < 0 ? errno : 0;
}

static int attempt(int what, const char *path) {
    switch (what) {
    case cl_probe_mount_namespace: return namespace(CLONE_NEWNS);
    case cl_probe_network_namespace: return namespace(CLONE_NEWNET);
    case cl_probe_pid_namespace: return namespace(CLONE_NEWPID);
    case cl_probe_user_namespace: return namespace(CLONE_NEWUSER);
    case cl_probe_overlay: return overlay(path);
    case cl_probe_mknod: {
        if (mknod(path, S_IFCHR, 0) < 0) return errno;
        unlink(path);
        return 0;
    }
    default: return EINVAL;
    }
}

int cl_probe(int what, const char *path) {
    pid_t pid = fork();
    if (pid < 0) return errno;
    if (pid == 0) _exit(attempt(what, path));
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT;
}
