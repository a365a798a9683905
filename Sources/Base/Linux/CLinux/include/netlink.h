#pragma once

#include <net/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

// Each function works in a thread of its own where it has to enter or leave a namespace, so that the calling thread
// stays where it is. All of them return a negative errno on failure.

// A socket made inside the network namespace at `path` (NULL: the namespace of the process). It stays in that
// namespace wherever it is used afterwards. Returns the descriptor, close-on-exec.
int clinux_socket_in_namespace(const char *path, int domain, int type, int protocol);

// Makes new network, IPC and UTS namespaces and pins them as the files `net`, `ipc` and `uts` in `directory`, which
// must exist. The host name of the new UTS namespace is `hostname`.
int clinux_pin_new_namespaces(const char *directory, const char *hostname);

// Pins the network, IPC and UTS namespaces of the process `pid` in `directory`, as `clinux_pin_new_namespaces` does.
int clinux_pin_namespaces_of(int pid, const char *directory);

// Undoes either of the two: unmounts and removes the three files. Files that are absent are not an error.
int clinux_unpin_namespaces(const char *directory);

// 1 if `path` is a pinned namespace (a file of nsfs), 0 if not.
int clinux_is_namespace(const char *path);

// Writes `value` to the file `path` below /proc/sys as seen from the network namespace at `namespace_path`.
int clinux_sysctl_in_namespace(const char *namespace_path, const char *path, const char *value);
