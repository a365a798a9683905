#define _GNU_SOURCE
#include "include/netlink.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define NSFS_MAGIC_NUMBER 0x6e736673

static const char *const pins[] = {"net", "ipc", "uts"};

struct job {
    int (*run)(struct job *);
    const char *namespace_path;
    const char *directory;
    const char *text;
    const char *value;
    int domain, type, protocol, pid;
    int result;
};

static void *perform(void *argument) {
    struct job *job = argument;
    job->result = job->run(job);
    return NULL;
}

// A thread that has changed its namespaces ends with the job, so nothing has to be put back.
static int in_own_thread(struct job *job) {
    pthread_t thread;
    int error = pthread_create(&thread, NULL, perform, job);
    if (error) return -error;
    error = pthread_join(thread, NULL);
    return error ? -error : job->result;
}

static int enter_network(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    int result = setns(fd, CLONE_NEWNET) < 0 ? -errno : 0;
    close(fd);
    return result;
}

static int make_socket(struct job *job) {
    if (job->namespace_path) {
        int entered = enter_network(job->namespace_path);
        if (entered < 0) return entered;
    }
    int fd = socket(job->domain, job->type | SOCK_CLOEXEC, job->protocol);
    return fd < 0 ? -errno : fd;
}

int clinux_socket_in_namespace(const char *path, int domain, int type, int protocol) {
    struct job job = {.run = make_socket, .namespace_path = path, .domain = domain, .type = type, .protocol = protocol};
    return path ? in_own_thread(&job) : make_socket(&job);
}

static int unpin(const char *directory) {
    char target[512];
    int result = 0;
    for (int i = 0; i < 3; i++) {
        if (snprintf(target, sizeof target, "%s/%s", directory, pins[i]) >= (int)sizeof target) return -ENAMETOOLONG;
        if (umount2(target, MNT_DETACH) < 0 && errno != EINVAL && errno != ENOENT) result = -errno;
        if (unlink(target) < 0 && errno != ENOENT) result = -errno;
    }
    return result;
}

static int pin(const char *directory, const char *process) {
    char source[64], target[512];
    for (int i = 0; i < 3; i++) {
        snprintf(source, sizeof source, "/proc/%s/ns/%s", process, pins[i]);
        if (snprintf(target, sizeof target, "%s/%s", directory, pins[i]) >= (int)sizeof target) return -ENAMETOOLONG;
        int fd = open(target, O_RDONLY | O_CREAT | O_CLOEXEC, 0444);
        int failed = fd < 0 ? errno : 0;
        if (fd >= 0) close(fd);
        if (!failed && mount(source, target, NULL, MS_BIND, NULL) < 0) failed = errno;
        if (failed) {
            unpin(directory);
            return -failed;
        }
    }
    return 0;
}

static int pin_new(struct job *job) {
    if (unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) < 0) return -errno;
    if (sethostname(job->text, strlen(job->text)) < 0) return -errno;
    return pin(job->directory, "thread-self");
}

int clinux_pin_new_namespaces(const char *directory, const char *hostname) {
    struct job job = {.run = pin_new, .directory = directory, .text = hostname};
    return in_own_thread(&job);
}

int clinux_pin_namespaces_of(int pid, const char *directory) {
    char process[16];
    snprintf(process, sizeof process, "%d", pid);
    return pin(directory, process);
}

int clinux_unpin_namespaces(const char *directory) { return unpin(directory); }

int clinux_is_namespace(const char *path) {
    struct statfs info;
    return statfs(path, &info) == 0 && info.f_type == NSFS_MAGIC_NUMBER;
}

static int write_sysctl(struct job *job) {
    int entered = enter_network(job->namespace_path);
    if (entered < 0) return entered;
    int fd = open(job->text, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    ssize_t written = write(fd, job->value, strlen(job->value));
    int result = written < 0 ? -errno : 0;
    close(fd);
    return result;
}

int clinux_sysctl_in_namespace(const char *namespace_path, const char *path, const char *value) {
    struct job job = {.run = write_sysctl, .namespace_path = namespace_path, .text = path, .value = value};
    return in_own_thread(&job);
}
