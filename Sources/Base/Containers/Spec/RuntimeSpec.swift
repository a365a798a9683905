import FoundationEssentials

/// The configuration of one container for the runtime: `config.json` (OCI runtime-spec 1.0 § config, config-linux).
/// Only what is used here; names are those of the specification.
package struct RuntimeSpec: Sendable, Equatable, Codable {
    package var ociVersion = "1.0.2"
    package var process: Process
    package var root: Root
    package var hostname: String?
    package var mounts: [Mount]
    package var linux: Linux
    package var annotations: [String: String]?

    package struct Root: Sendable, Equatable, Codable {
        package var path: String
        package var readonly: Bool
    }

    package struct Mount: Sendable, Equatable, Codable {
        package var destination: String
        package var type: String?
        package var source: String?
        package var options: [String]?

        package init(_ destination: String, type: String, source: String, options: [String] = []) {
            self.destination = destination
            self.type = type
            self.source = source
            self.options = options
        }

        /// A directory or file of this machine, with what is mounted below it.
        package static func bind(_ source: String, to destination: String, readOnly: Bool = false) -> Mount {
            Mount(destination, type: "bind", source: source, options: ["rbind", "rprivate", readOnly ? "ro" : "rw"])
        }

        /// Memory, at most `size` bytes.
        package static func memory(_ destination: String, size: Int64? = nil, mode: String = "1777") -> Mount {
            let limit = size.map { ["size=\($0)"] } ?? []
            return Mount(
                destination, type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "mode=\(mode)"] + limit)
        }
    }

    package struct Process: Sendable, Equatable, Codable {
        package var terminal = false
        package var user: User
        package var args: [String]
        package var env: [String]
        package var cwd: String
        package var capabilities: Capabilities?
        package var rlimits: [Limit]?
        package var noNewPrivileges: Bool
        package var oomScoreAdj: Int?
    }

    package struct User: Sendable, Equatable, Codable {
        package var uid: UInt32
        package var gid: UInt32
        package var additionalGids: [UInt32]?

        package init(uid: UInt32, gid: UInt32, additionalGids: [UInt32]? = nil) {
            self.uid = uid
            self.gid = gid
            self.additionalGids = additionalGids
        }
    }

    package struct Capabilities: Sendable, Equatable, Codable {
        package var bounding: [String]
        package var effective: [String]
        package var permitted: [String]
        package var inheritable: [String]?
        package var ambient: [String]?
    }

    package struct Limit: Sendable, Equatable, Codable {
        package var type: String
        package var hard: UInt64
        package var soft: UInt64

        package init(_ type: String, soft: UInt64, hard: UInt64) {
            self.type = type
            self.soft = soft
            self.hard = hard
        }
    }

    package struct Linux: Sendable, Equatable, Codable {
        package var namespaces: [Namespace]
        package var cgroupsPath: String?
        package var resources: Resources?
        package var seccomp: Seccomp?
        package var maskedPaths: [String]
        package var readonlyPaths: [String]
        package var sysctl: [String: String]?
    }

    package struct Namespace: Sendable, Equatable, Codable {
        package var type: String
        /// An existing one, pinned to a file; nil makes a new one.
        package var path: String?

        package init(_ type: String, path: String? = nil) {
            self.type = type
            self.path = path
        }
    }

    package struct Resources: Sendable, Equatable, Codable {
        package var devices: [DeviceRule]?
        package var memory: Memory?
        package var cpu: Processor?
        package var pids: Processes?
        package var unified: [String: String]?

        package struct DeviceRule: Sendable, Equatable, Codable {
            package var allow: Bool
            package var access: String
        }
        package struct Memory: Sendable, Equatable, Codable {
            package var limit: Int64
        }
        package struct Processor: Sendable, Equatable, Codable {
            package var shares: Int64?
            package var quota: Int64?
            package var period: Int64?
        }
        package struct Processes: Sendable, Equatable, Codable {
            package var limit: Int64
        }
    }

    package struct Seccomp: Sendable, Equatable, Codable {
        package var defaultAction: String
        package var architectures: [String]
        package var syscalls: [Rule]

        package struct Rule: Sendable, Equatable, Codable {
            package var names: [String]
            package var action: String
            package var errnoRet: Int?
            package var args: [Argument]?
        }
        package struct Argument: Sendable, Equatable, Codable {
            package var index: Int
            package var value: UInt64
            package var valueTwo: UInt64
            package var op: String
        }
    }

    /// The text of `config.json`.
    package func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return Array(try encoder.encode(self))
    }
}
