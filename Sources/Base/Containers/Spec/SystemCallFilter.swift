/// Which system calls a container may not make.
///
/// A short list of those that are refused instead of a long one of those that are allowed: the runtime compiles it anew for each
/// container, and the long list for three architectures takes longer than all the rest of the start.
enum SystemCallFilter {
    /// Those that administer the machine or reach into its other parts.
    private static let administration = [
        "bpf", "fanotify_init", "fsconfig", "fsmount", "fsopen", "fspick", "lookup_dcookie", "mount", "mount_setattr",
        "move_mount", "open_tree", "perf_event_open", "pivot_root", "quotactl", "quotactl_fd", "setdomainname",
        "sethostname", "setns", "umount", "umount2", "unshare",
    ]
    private static let always = [
        "add_key", "io_uring_enter", "io_uring_register", "io_uring_setup", "kcmp", "keyctl", "nfsservctl",
        "request_key",
        "sysfs", "userfaultfd", "uselib", "ustat",
    ]
    private static let byCapability: [(capability: String, names: [String])] = [
        ("CAP_SYS_ADMIN", administration),
        ("CAP_SYS_MODULE", ["create_module", "delete_module", "finit_module", "init_module", "query_module"]),
        ("CAP_SYS_BOOT", ["kexec_file_load", "kexec_load", "reboot"]),
        ("CAP_SYS_PACCT", ["acct"]),
        ("CAP_SYS_TIME", ["adjtimex", "clock_adjtime", "clock_settime", "settimeofday"]),
        ("CAP_SYS_RAWIO", ["ioperm", "iopl"]),
        ("CAP_SYS_NICE", ["mbind", "move_pages", "set_mempolicy"]),
        ("CAP_DAC_READ_SEARCH", ["open_by_handle_at"]),
        ("CAP_SYSLOG", ["syslog"]),
        ("CAP_SYS_TTY_CONFIG", ["vhangup"]),
        ("CAP_SYS_RESOURCE", ["swapoff", "swapon"]),
    ]
    private static let notThere = 38  // ENOSYS
    private static let refused = 1  // EPERM
    /// CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
    private static let namespaceFlags: UInt64 = 0x7E02_0000

    /// The filter for a container with these capabilities.
    static func filter(capabilities: [String], isARM: Bool) -> RuntimeSpec.Seccomp {
        var names = always
        for (capability, calls) in byCapability where !capabilities.contains(capability) { names += calls }
        var rules = [RuntimeSpec.Seccomp.Rule(names: names.sorted(), action: "SCMP_ACT_ERRNO", errnoRet: refused)]
        if !capabilities.contains("CAP_SYS_ADMIN") {
            // New namespaces are refused. The arguments of clone3 can't be looked at: told that it isn't there, the C library
            // takes clone. One rule for each flag, since a rule can only ask whether bits are equal to something.
            rules.append(.init(names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: notThere))
            for bit in 0..<64 as Range<UInt64> where namespaceFlags & (1 << bit) != 0 {
                rules.append(
                    .init(
                        names: ["clone"], action: "SCMP_ACT_ERRNO", errnoRet: refused,
                        args: [.init(index: 0, value: 1 << bit, valueTwo: 1 << bit, op: "SCMP_CMP_MASKED_EQ")]))
            }
        }
        return RuntimeSpec.Seccomp(
            defaultAction: "SCMP_ACT_ALLOW", architectures: [isARM ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64"],
            syscalls: rules)
    }
}
