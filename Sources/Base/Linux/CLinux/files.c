#define _GNU_SOURCE
#include "include/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

// By descriptors and bytes: names need not be UTF-8, and a link that takes the place of a directory leads nowhere.

static int empty(int directory, dev_t device) {
    DIR *entries = fdopendir(directory);
    if (!entries) {
        int error = errno;
        close(directory);
        return -error;
    }
    int result = 0;
    struct dirent *entry;
    while (!result && (errno = 0, entry = readdir(entries))) {
        const char *name = entry->d_name;
        if (!strcmp(name, ".") || !strcmp(name, "..")) continue;
        if (unlinkat(dirfd(entries), name, 0) == 0 || errno == ENOENT) continue;
        if (errno != EISDIR && errno != EPERM) {
            result = -errno;
            break;
        }
        int unlink_error = errno;
        int child = openat(dirfd(entries), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (child < 0) {
            result = errno == ENOTDIR ? -unlink_error : -errno;
            break;
        }
        struct stat facts;
        if (fstat(child, &facts) < 0 || facts.st_dev != device) {
            close(child);
            result = -EBUSY;
            break;
        }
        result = empty(child, device);
        if (!result && unlinkat(dirfd(entries), name, AT_REMOVEDIR) < 0 && errno != ENOENT) result = -errno;
    }
    if (!result && errno) result = -errno;
    closedir(entries);
    return result;
}

int cl_remove_tree(const char *path) {
    if (unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR) return 0;
    if (errno != EISDIR && errno != EPERM) return -errno;
    int unlink_error = errno;
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0) return errno == ENOTDIR ? -unlink_error : -errno;
    struct stat facts;
    if (fstat(directory, &facts) < 0) {
        int error = errno;
        close(directory);
        return -error;
    }
    int result = empty(directory, facts.st_dev);
    if (!result && rmdir(path) < 0 && errno != ENOENT) result = -errno;
    return result;
}

int cl_list(const char *path, int (*visit)(void *context, const char *name, int is_directory), void *context) {
    DIR *entries = opendir(path);
    if (!entries) return -errno;
    int result = 0;
    struct dirent *entry;
    while (!result && (errno = 0, entry = readdir(entries))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        int is_directory = entry->d_type == DT_DIR;
        if (entry->d_type == DT_UNKNOWN) {
            struct stat facts;
            is_directory = fstatat(dirfd(entries), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(facts.st_mode);
        }
        result = visit(context, entry->d_name, is_directory);
    }
    int error = errno;
    closedir(entries);
    return result ? result : -error;
}

int cl_copy_contents(int target, int source) {
    if (ioctl(target, FICLONE, source) == 0) return 0;
    for (;;) {
        ssize_t count = copy_file_range(source, NULL, target, NULL, 1 << 30, 0);
        if (count == 0) return 0;
        if (count > 0) continue;
        if (errno == EINTR) continue;
        if (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return -errno;
        break;
    }
    char buffer[65536];
    for (;;) {
        ssize_t count = read(source, buffer, sizeof buffer);
        if (count == 0) return 0;
        if (count < 0) {
            if (errno == EINTR) continue;
            return -errno;
        }
        for (ssize_t written = 0; written < count;) {
            ssize_t part = write(target, buffer + written, (size_t)(count - written));
            if (part >= 0) written += part;
            else if (errno != EINTR) return -errno;
        }
    }
}

int cl_write_file(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    ssize_t written = write(fd, text, strlen(text));
    int result = written < 0 ? -errno : 0;
    close(fd);
    return result;
}
