#define _GNU_SOURCE
#include "include/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// The child runs on a small stack in the parent's memory until exec (as vfork does), so that the cost does not grow with the
// parent's size. Rules that follow: system calls only, no allocation, no locks; and no change of user in shared memory,
// since that would mark the parent's memory as not dumpable: such a child gets a copy.

enum { stack_size = 256 * 1024 };

struct report {
    int error;
    int step;
};

struct start {
    const struct cl_spawn *spawn;
    struct report *report;
    pid_t parent;
    sigset_t mask;
};

static int fail(struct report *report, int step) {
    report->error = errno;
    report->step = step;
    return 1;
}

static int move_descriptors(const struct cl_spawn *spawn) {
    int count = spawn->descriptor_count;
    int moved[64];
    if (count > 64) {
        errno = EMFILE;
        return -1;
    }
    for (int i = 0; i < count; i++) {
        moved[i] = fcntl(spawn->descriptors[i], F_DUPFD_CLOEXEC, count);
        if (moved[i] < 0) return -1;
    }
    for (int i = 0; i < count; i++)
        if (dup2(moved[i], i) < 0) return -1;
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
    if (syscall(SYS_close_range, (unsigned)count, ~0u, 4 /* CLOSE_RANGE_CLOEXEC */) < 0) {
        if (errno != ENOSYS && errno != EINVAL) return -1;
        long limit = sysconf(_SC_OPEN_MAX);
        for (int fd = count; fd < limit; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    return 0;
}

static void reset_signals(void) {
    struct sigaction action;
    for (int number = 1; number < NSIG; number++) {
        if (number == SIGKILL || number == SIGSTOP) continue;
        if (sigaction(number, NULL, &action) < 0 || action.sa_handler == SIG_DFL) continue;
        memset(&action, 0, sizeof action);
        action.sa_handler = SIG_DFL;
        sigaction(number, &action, NULL);
    }
}

static int join_cgroup(const char *path) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t written = write(fd, "0", 1);
    int error = errno;
    close(fd);
    errno = error;
    return written == 1 ? 0 : -1;
}

static int child(void *argument) {
    struct start *start = argument;
    const struct cl_spawn *spawn = start->spawn;
    struct report *report = start->report;

    reset_signals();
    if (spawn->session == 1 && setpgid(0, 0) < 0) return fail(report, cl_step_session);
    if (spawn->session == 2 && setsid() < 0) return fail(report, cl_step_session);
    for (int i = 0; i < spawn->cgroup_count; i++)
        if (join_cgroup(spawn->cgroups[i]) < 0) return fail(report, cl_step_cgroup);
    for (int i = 0; i < spawn->namespace_count; i++)
        if (setns(spawn->namespaces[i], 0) < 0) return fail(report, cl_step_namespace);
    if (spawn->new_mount_namespace) {
        if (unshare(CLONE_NEWNS) < 0) return fail(report, cl_step_mount_namespace);
        // Slave: an unmount outside reaches this namespace too, so nothing that ends outside stays alive in here.
        if (mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) < 0) return fail(report, cl_step_mount_namespace);
        for (int i = 0; i < spawn->overmount_count; i++)
            if (mount("tmpfs", spawn->overmounts[i].path, "tmpfs", MS_NOSUID | MS_NODEV, spawn->overmounts[i].options) < 0)
                return fail(report, cl_step_tmpfs);
    }
    if (spawn->root && (chroot(spawn->root) < 0 || chdir("/") < 0)) return fail(report, cl_step_root);
    if (move_descriptors(spawn) < 0) return fail(report, cl_step_descriptors);
    if (spawn->change_user) {
        // Raw calls: the wrappers of the C library would try to change every thread.
        if (syscall(SYS_setgroups, (size_t)spawn->group_count, spawn->groups) < 0) return fail(report, cl_step_user);
        if (syscall(SYS_setresgid, spawn->gid, spawn->gid, spawn->gid) < 0) return fail(report, cl_step_user);
        if (syscall(SYS_setresuid, spawn->uid, spawn->uid, spawn->uid) < 0) return fail(report, cl_step_user);
    }
    if (spawn->directory && chdir(spawn->directory) < 0) return fail(report, cl_step_directory);
    if (spawn->death_signal) {
        prctl(PR_SET_PDEATHSIG, spawn->death_signal);
        if (getppid() != start->parent) raise(SIGKILL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(spawn->path, spawn->arguments, spawn->environment);
    return fail(report, cl_step_exec);
}

static int enter(void *argument) { _exit(child(argument)); }

pid_t cl_spawn(const struct cl_spawn *spawn, int *pidfd, int *step) {
    *pidfd = -1;
    *step = cl_step_clone;
    char *memory = mmap(NULL, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED) return -errno;
    struct report *report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (report == MAP_FAILED) {
        int error = errno;
        munmap(memory, stack_size);
        return -error;
    }
    report->error = 0;
    report->step = cl_step_none;

    struct start start = {.spawn = spawn, .report = report, .parent = getpid()};
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &start.mask);
    int flags = CLONE_VFORK | CLONE_PIDFD | SIGCHLD | (spawn->change_user ? 0 : CLONE_VM);
    pid_t pid = clone(enter, memory + stack_size, flags, &start, pidfd);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &start.mask, NULL);

    if (pid < 0) {
        *pidfd = -1;
        pid = -error;
    } else if (report->error) {
        int status;
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
        close(*pidfd);
        *pidfd = -1;
        *step = report->step;
        pid = -report->error;
    } else {
        *step = cl_step_none;
    }
    munmap(memory, stack_size);
    munmap(report, sizeof *report);
    return pid;
}
