import Linux

/// Names and addresses that no other server on this machine uses, for as long as the lock is held.
struct Lane: Sendable {
    let number: Int
    private let lock: FileLock

    /// Also the prefix of interfaces, the name of the rules and of the control groups; the letter at its end keeps `j1` apart
    /// from `j12`.
    var name: String { "j\(number)x" }

    var network: String {
        "{ name: \(name), pods: 10.219.\(number).0/24, services: 10.\(131 + number).0.0/16 }"
    }

    static func take() throws -> Lane {
        let folder = "/tmp/estiba-journeys"
        try FileSystem.makeDirectory(folder)
        for number in 0..<24 {
            if let lock = try FileLock.tryLock("\(folder)/lane-\(number).lock") {
                return Lane(number: number, lock: lock)
            }
        }
        throw JourneyProblem("24 journeys are under way on this machine: no addresses are left")
    }

    func free() { lock.unlock() }
}

/// Why a journey could not go on.
struct JourneyProblem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
