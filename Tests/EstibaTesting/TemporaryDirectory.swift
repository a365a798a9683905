import Foundation

/// A folder for one test, gone when the test ends.
package struct TemporaryDirectory: Sendable {
    package let path: String

    package func file(_ name: String) -> String { path + "/" + name }

    /// Runs `body` with a new folder and removes it afterwards, whatever happens.
    package static func with<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (TemporaryDirectory) async throws -> Result
    ) async throws -> Result {
        let directory = try TemporaryDirectory(path: make())
        defer { try? FileManager.default.removeItem(atPath: directory.path) }
        return try await body(directory)
    }

    private static func make() throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "estiba-test-\(UUID().uuidString.prefix(8))")
            .path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}
