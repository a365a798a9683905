import CLinux
import Glibc

/// Finds out what this machine can do by trying it: in a child process, in a namespace or group of its own, so that nothing remains.
package struct MachineProbe: Sendable {
    /// Where Estiba's data are (to be); its file system is tried.
    package let directory: String

    package init(directory: String) {
        self.directory = directory
    }

    /// What each thing is needed for.
    private static let purposes = [
        "kernel": "what containers are made of", "root": "making containers, networks and mounts",
        "mount namespaces": "each container's own files", "network namespaces": "each pod's own address",
        "pid namespaces": "each container's own processes", "user namespaces": "tools inside containers",
        "overlay file system": "sharing the layers of images", "control groups": "limits and usage of containers",
        "cpu limits": "limits.cpu, requests.cpu", "memory limits": "limits.memory",
        "process limits": "runaway containers",
        "container runtime": "running containers", "second runtime": "if the first one fails",
        "conmon": "holding containers while estiba is restarted", "packet filter": "addresses of Services",
        "git": "serving and checking out repositories", "mmdebstrap": "making base images where no hub is within reach",
        "disk space": "images, logs, series", "memory": "apps and builds", "open files": "connections",
    ]

    /// Tries everything, in the order in which it is to be read.
    package func findings() async -> [MachineFinding] {
        await tried().map { finding in
            var finding = finding
            finding.purpose = Self.purposes[finding.name] ?? ""
            return finding
        }
    }

    private func tried() async -> [MachineFinding] {
        var findings = [kernel(), root()]
        findings += namespaces()
        findings.append(overlay())
        findings += await controlGroups()
        findings += await runtimes()
        findings.append(await program("conmon"))
        findings.append(await packetFilter())
        findings.append(await program("git"))
        findings.append(await program("mmdebstrap", otherwise: .degraded))
        findings += [space(), memory(), openFiles()]
        return findings
    }

    private func kernel() -> MachineFinding {
        let release = (try? FileSystem.readLine("/proc/sys/kernel/osrelease")) ?? "unknown"
        return MachineProbe.kernel(release)
    }

    static func kernel(_ release: String) -> MachineFinding {
        let numbers = release.split(separator: "-")[0].split(separator: ".").prefix(2).compactMap { Int($0) }
        let isNew = numbers.count == 2 && (numbers[0], numbers[1]) >= (5, 6)
        return isNew
            ? MachineFinding("kernel", .ok, release)
            : MachineFinding("kernel", .missing, release, remedy: "Use Linux 5.6 or newer.")
    }

    private func root() -> MachineFinding {
        geteuid() == 0
            ? MachineFinding("root", .ok, "running as root")
            : MachineFinding(
                "root", .missing, "running as user \(geteuid())", remedy: "Run it as root: containers need it.")
    }

    private func namespaces() -> [MachineFinding] {
        let wanted: [(String, cl_probe, MachineFinding.State)] = [
            ("mount namespaces", cl_probe_mount_namespace, .missing),
            ("network namespaces", cl_probe_network_namespace, .missing),
            ("pid namespaces", cl_probe_pid_namespace, .missing),
            ("user namespaces", cl_probe_user_namespace, .degraded),
        ]
        return wanted.map { name, probe, otherwise in
            let number = cl_probe(Int32(probe.rawValue), nil)
            if number == 0 { return MachineFinding(name, .ok, "can be made") }
            return MachineFinding(name, otherwise, words(number), remedy: remedy(number))
        }
    }

    private func overlay() -> MachineFinding {
        let name = "overlay file system"
        do {
            try FileSystem.makeDirectory(directory)
            let scratch = try FileSystem.makeTemporaryDirectory(prefix: directory + "/probe-")
            defer { try? FileSystem.removeTree(scratch) }
            let number = cl_probe(Int32(cl_probe_overlay.rawValue), scratch)
            if number == 0 { return MachineFinding(name, .ok, "works on \(directory)") }
            let advice =
                number == ENODEV
                ? "Load the kernel module: modprobe overlay"
                : number == EINVAL ? "Choose a data directory on ext4, xfs or btrfs." : remedy(number)
            return MachineFinding(name, .missing, "\(directory): \(words(number))", remedy: advice)
        } catch {
            return MachineFinding(
                name, .missing, error.summary,
                remedy: error.remedy ?? "Choose a data directory that can be written to (--data).")
        }
    }

    private func words(_ number: Int32) -> String { String(cString: strerror(number)) }

    private func remedy(_ number: Int32) -> String {
        switch number {
        case EPERM, EACCES:
            "Run it as root, outside of a container (or in one with SYS_ADMIN and without a system call filter)."
        case ENOSPC: "Raise the limits in /proc/sys/user."
        default: "Use a kernel that has it: those of Debian, Ubuntu and Fedora do."
        }
    }

    private func space() -> MachineFinding {
        guard let space = try? FileSystem.space(at: directory) else {
            return MachineFinding(
                "disk space", .degraded, "the free space of \(directory) is unknown",
                remedy: "Make the directory, or choose another (--data).")
        }
        let text = "\(space.free >> 30) GiB free at \(directory)"
        let state: MachineFinding.State = space.free < 1 << 30 ? .missing : space.free < 5 << 30 ? .degraded : .ok
        return MachineFinding(
            "disk space", state, text,
            remedy: state == .ok ? nil : "Free some space, or choose another data directory (--data).")
    }

    private func memory() -> MachineFinding {
        let text = (try? FileSystem.read("/proc/meminfo")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        let kilobytes = line.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
        let state: MachineFinding.State = kilobytes < 512 << 10 ? .degraded : .ok
        return MachineFinding(
            "memory", state, "\(kilobytes >> 10) MiB available",
            remedy: state == .ok ? nil : "Half a GiB or more should be free.")
    }

    private func openFiles() -> MachineFinding {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(7), &limit)
        let state: MachineFinding.State = limit.rlim_max < 4096 ? .degraded : .ok
        return MachineFinding(
            "open files", state, "at most \(limit.rlim_max)",
            remedy: state == .ok ? nil : "Raise the hard limit of open files (ulimit -Hn, LimitNOFILE).")
    }
}
