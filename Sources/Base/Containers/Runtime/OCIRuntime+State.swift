import FoundationEssentials

extension OCIRuntime {
    /// The answer to `state` (runtime-spec § runtime, State).
    package struct State: Sendable, Equatable {
        package enum Status: String, Sendable, Codable {
            case creating, created, running, stopped, paused
        }

        package let status: Status
        /// 0 when stopped.
        package let pid: Int32
        /// The folder with its configuration.
        package let bundle: String

        private struct Document: Decodable {
            var status: Status
            var pid: Int32?
            var bundle: String
        }

        init(json: String) throws {
            let document = try JSONDecoder().decode(Document.self, from: Data(json.utf8))
            status = document.status
            pid = document.pid ?? 0
            bundle = document.bundle
        }
    }
}
