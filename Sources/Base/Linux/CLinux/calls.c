#define _GNU_SOURCE
#include "include/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

const int cl_clone_newns = CLONE_NEWNS, cl_clone_newnet = CLONE_NEWNET, cl_clone_newuts = CLONE_NEWUTS,
          cl_clone_newipc = CLONE_NEWIPC, cl_clone_newpid = CLONE_NEWPID, cl_clone_newcgroup = CLONE_NEWCGROUP;
const int cl_o_path = O_PATH, cl_o_tmpfile = O_TMPFILE;

static int result(long value) { return value < 0 ? -errno : (int)value; }

int cl_pidfd_open(pid_t pid) { return result(syscall(SYS_pidfd_open, pid, 0)); }

int cl_pidfd_send_signal(int pidfd, int signal) { return result(syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0)); }

int cl_pidfd_reap(int pidfd, int keep_zombie, int *code, int *by_signal) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    int flags = WEXITED | WNOHANG | (keep_zombie ? WNOWAIT : 0);
    int status;
    do status = waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, flags);
    while (status < 0 && errno == EINTR);
    if (status < 0) return -errno;
    if (info.si_pid == 0) return 0;
    *by_signal = info.si_code != CLD_EXITED;
    *code = info.si_status;
    return 1;
}

int cl_setns(int fd, int type) { return result(setns(fd, type)); }
int cl_unshare(int flags) { return result(unshare(flags)); }
int cl_open(const char *path, int flags, mode_t mode) { return result(open(path, flags, mode)); }
int cl_openat(int directory, const char *path, int flags, mode_t mode) {
    return result(openat(directory, path, flags, mode));
}
int cl_mknod(const char *path, mode_t mode, unsigned major_number, unsigned minor_number) {
    return result(mknod(path, mode, makedev(major_number, minor_number)));
}

int cl_openat2(int directory, const char *path, int flags, mode_t mode, int in_root, int no_symlinks) {
    struct { uint64_t flags, mode, resolve; } how = {0};
    how.flags = (uint64_t)(unsigned)flags;
    how.mode = (flags & O_CREAT) ? mode : 0;
    // RESOLVE_IN_ROOT 0x10, RESOLVE_BENEATH 0x08, RESOLVE_NO_SYMLINKS 0x04, RESOLVE_NO_MAGICLINKS 0x02
    how.resolve = (in_root ? 0x10 : 0x08) | (no_symlinks ? 0x04 : 0) | 0x02;
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
    return result(syscall(SYS_openat2, directory, path, &how, sizeof how));
}

int cl_rename_exchange(const char *left, const char *right) {
    return result(renameat2(AT_FDCWD, left, AT_FDCWD, right, RENAME_EXCHANGE));
}

int cl_clone_file(int target, int source) { return result(ioctl(target, FICLONE, source)); }

#ifndef SYS_fsopen
#define SYS_move_mount 429
#define SYS_fsopen 430
#define SYS_fsconfig 431
#define SYS_fsmount 432
#endif

static int configure(int context, unsigned command, const char *key, const char *value) {
    return result(syscall(SYS_fsconfig, context, command, key, value, 0));
}

int cl_mount_overlay(const char *target, const char *const *lower, int lower_count, const char *upper, const char *work,
                     const char *const *flags, int flag_count) {
    int context = result(syscall(SYS_fsopen, "overlay", 1 /* FSOPEN_CLOEXEC */));
    if (context < 0) return context;
    int status = configure(context, 1 /* SET_STRING */, "source", "overlay");
    for (int i = 0; status >= 0 && i < lower_count; i++) status = configure(context, 1, "lowerdir+", lower[i]);
    if (status >= 0 && upper) status = configure(context, 1, "upperdir", upper);
    if (status >= 0 && work) status = configure(context, 1, "workdir", work);
    for (int i = 0; status >= 0 && i < flag_count; i++) {
        char pair[256];
        snprintf(pair, sizeof pair, "%s", flags[i]);
        char *value = strchr(pair, '=');
        if (value) *value++ = 0;
        status = value ? configure(context, 1, pair, value) : configure(context, 0 /* SET_FLAG */, pair, NULL);
    }
    if (status >= 0) status = configure(context, 6 /* CREATE */, NULL, NULL);
    if (status >= 0) {
        int mounted = result(syscall(SYS_fsmount, context, 1 /* FSMOUNT_CLOEXEC */, 0));
        if (mounted < 0) {
            status = mounted;
        } else {
            status = result(syscall(SYS_move_mount, mounted, "", AT_FDCWD, target, 4 /* MOVE_MOUNT_F_EMPTY_PATH */));
            close(mounted);
        }
    }
    close(context);
    return status < 0 ? status : 0;
}

int cl_mount_overlay_relative(const char *base, const char *target, const char *data) {
    // The caller runs on a thread of its own whose working directory is not shared (unshare(CLONE_FS)).
    if (unshare(CLONE_FS) < 0) return -errno;
    if (chdir(base) < 0) return -errno;
    return result(mount("overlay", target, "overlay", 0, data));
}

int cl_pipe(int *ends) { return result(pipe2(ends, O_CLOEXEC)); }
void cl_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
int cl_mknodat(int directory, const char *name, mode_t mode, unsigned major_number, unsigned minor_number) {
    return result(mknodat(directory, name, mode, makedev(major_number, minor_number)));
}
int cl_syncfs(int fd) { return result(syncfs(fd)); }
