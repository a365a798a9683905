import Containers
import Glibc
import Linux
import Problems

import struct FoundationEssentials.Date

/// A container that runs, or has run, on this node.
struct RunningContainer: Sendable {
    let container: Containers.Container

    var id: String { container.id }
    var isRunning: Bool { container.isRunning }
    var pid: Int32 { container.pid }
    var usage: CgroupUsage? { container.usage }

    /// How it ended: exit code, the reason that users know, and when.
    struct Exit: Sendable {
        let code: Int
        let reason: String
        let time: Date?
    }

    func ended() async throws -> Exit {
        let exit = try await container.ended()
        let time = exit.time > 0 ? Date(timeIntervalSince1970: Double(exit.time)) : nil
        guard exit.isKnown else { return Exit(code: 137, reason: "ContainerStatusUnknown", time: time) }
        let reason = exit.ranOutOfMemory ? "OOMKilled" : exit.code == 0 ? "Completed" : "Error"
        return Exit(code: Int(exit.code), reason: reason, time: time)
    }

    func signal(_ number: Int32) { container.signal(number) }

    func rotateLog(beyond size: Int, keeping count: Int) throws {
        try container.rotateLog(largerThan: Int64(size), keeping: count)
    }

    /// Runs a command inside; success is an exit code of 0 within the time.
    func exec(_ command: [String], timeout: Double) async -> Prober.Outcome {
        do {
            let output = try await container.run(
                Containers.Container.Exec(command), outputLimit: 10 << 10, timeout: .seconds(timeout))
            return Prober.Outcome(
                isSuccess: output.status.isSuccess, message: (output.text + output.errorText).prefixOfLines)
        } catch { return Prober.Outcome(isSuccess: false, message: brief(error)) }
    }
}

extension String {
    /// Short enough for an event.
    fileprivate var prefixOfLines: String { String(prefix(1024)) }
}

/// The signal that a name or number stands for, as images name the one that ends them.
enum SignalName {
    static func number(_ text: String?) -> Int32 {
        guard let text else { return SIGTERM }
        if let number = Int32(text), (1...64).contains(number) { return number }
        let name = text.uppercased()
        return numbers[name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name] ?? SIGTERM
    }

    private static let numbers: [String: Int32] = [
        "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "TERM": SIGTERM, "KILL": SIGKILL, "USR1": SIGUSR1,
        "USR2": SIGUSR2,
        "WINCH": 28, "ABRT": SIGABRT, "STOP": SIGSTOP, "CONT": SIGCONT,
    ]
}
