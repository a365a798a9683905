#pragma once

/// Removes a file or a whole directory without following links or leaving its file system. Returns 0 or the negative error number;
/// nothing there is no error.
int cl_remove_tree(const char *path);
/// Calls `visit` with the name of each entry of a directory, except `.` and `..`, until it returns something other than 0.
int cl_list(const char *path, int (*visit)(void *context, const char *name, int is_directory), void *context);
int cl_copy_contents(int target, int source);
/// Joins a process to a cgroup and the like: one write(2) to an existing file.
int cl_write_file(const char *path, const char *text);
