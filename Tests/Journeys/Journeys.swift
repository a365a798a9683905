import EstibaTesting
import Glibc
import Linux
import Testing

/// What users do, with the real binary and the real clients. One after the other; each has a server of its own.
@Suite(
    .serialized,
    .enabled(
        if: Machine.isReady, "journeys need root, the binary, kubectl, git, curl, skopeo, nft, ip and a static busybox")
)
struct Journeys {}

/// What journeys need of the machine.
enum Machine {
    /// A continuous integration has everything: there a missing program is a failure, not a reason to skip.
    static var isReady: Bool {
        Command.processEnvironment()["CI"] != nil
            || Requirement.root && FileSystem.exists(binary) && FileSystem.exists(busybox)
                && Requirement.programs("kubectl", "git", "curl", "skopeo", "nft", "ip")
    }

    static let busybox = Command.locate("busybox") ?? "/usr/bin/busybox"

    /// `estiba` as it was built beside the tests, or the one that `ESTIBA_BINARY` names.
    static let binary: String = {
        if let named = Command.processEnvironment()["ESTIBA_BINARY"] { return named }
        return FileSystem.parent(of: CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? own) + "/estiba"
    }()

    /// The checkout that these tests were compiled from.
    static let sources = FileSystem.parent(of: FileSystem.parent(of: FileSystem.parent(of: #filePath)))

    private static var own: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
