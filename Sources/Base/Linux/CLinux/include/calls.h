#pragma once

// System calls for which glibc of the oldest supported system has no wrapper, or whose declaration Swift can't import.
// Each returns the result of the call, or the negative error number.

#include <sys/epoll.h>
#include <sys/statfs.h>
#include <sys/types.h>
#include <sys/xattr.h>

int cl_pidfd_open(pid_t pid);
int cl_pidfd_send_signal(int pidfd, int signal);
/// Waits without blocking for the child behind a pidfd. 1: ended, with `code` and `by_signal`; 0: still running.
int cl_pidfd_reap(int pidfd, int keep_zombie, int *code, int *by_signal);
int cl_setns(int fd, int type);
int cl_unshare(int flags);
int cl_open(const char *path, int flags, mode_t mode);
int cl_openat(int directory, const char *path, int flags, mode_t mode);
int cl_mknod(const char *path, mode_t mode, unsigned major, unsigned minor);
/// Opens `path` below `directory`; no component may lead out of it (openat2 with RESOLVE_IN_ROOT when `in_root`, RESOLVE_BENEATH otherwise).
int cl_openat2(int directory, const char *path, int flags, mode_t mode, int in_root, int no_symlinks);
int cl_rename_exchange(const char *left, const char *right);
int cl_clone_file(int target, int source);
/// The `lowerdir+` way of mounting an overlay, one directory a call, free of the one-page limit. -ENOSYS or -EINVAL on old kernels.
int cl_mount_overlay(const char *target, const char *const *lower, int lower_count, const char *upper, const char *work,
                     const char *const *flags, int flag_count);
int cl_mount_overlay_relative(const char *base, const char *target, const char *data);

extern const int cl_clone_newns, cl_clone_newnet, cl_clone_newuts, cl_clone_newipc, cl_clone_newpid, cl_clone_newcgroup;
extern const int cl_o_path, cl_o_tmpfile;
int cl_pipe(int *ends);
void cl_name_thread(const char *name);
int cl_mknodat(int directory, const char *name, mode_t mode, unsigned major, unsigned minor);
int cl_syncfs(int fd);
