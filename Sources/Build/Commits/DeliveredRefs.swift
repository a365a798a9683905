import Delivery
import FoundationEssentials
import Linux

/// Which commits of which refs have been handed on, kept in each repository so that a push outlives a crash.
struct DeliveredRefs: Sendable {
    let repositories: Repositories

    private func path(_ app: AppName) -> String { "\(repositories.directory)/\(app).git/estiba-delivered.json" }

    func load(_ app: AppName) throws -> [String: String] {
        guard FileSystem.exists(path(app)) else { return [:] }
        return try JSONDecoder().decode([String: String].self, from: Data(try FileSystem.read(path(app))))
    }

    func save(_ refs: [String: String], of app: AppName) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try FileSystem.writeAtomically(Array(try encoder.encode(refs)), to: path(app))
    }
}
