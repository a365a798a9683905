import FoundationEssentials

/// The files by which one step hands values to the runner.
struct StepFiles: Sendable {
    let env: String
    let output: String
    let path: String
    let state: String
    let summary: String

    /// Makes them, empty.
    init(step: Int, in folder: String) throws {
        func make(_ name: String) throws -> String {
            let path = "\(folder)/\(step)-\(name)"
            try Data().write(to: URL(filePath: path))
            return path
        }
        env = try make("env")
        output = try make("output")
        path = try make("path")
        state = try make("state")
        summary = try make("summary")
    }

    var variables: [String: String] {
        [
            "GITHUB_ENV": env, "GITHUB_OUTPUT": output, "GITHUB_PATH": path, "GITHUB_STATE": state,
            "GITHUB_STEP_SUMMARY": summary,
        ]
    }

    /// What the step wrote, once it has ended.
    func read() throws -> StepWrites {
        StepWrites(
            env: try CommandFile.pairs(text(env), file: "$GITHUB_ENV"),
            outputs: try CommandFile.pairs(text(output), file: "$GITHUB_OUTPUT"),
            paths: CommandFile.paths(text(path)), summary: text(summary))
    }

    private func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}

/// What a step has handed over.
struct StepWrites: Sendable {
    var env: [(name: String, value: String)]
    var outputs: [(name: String, value: String)]
    /// The first one comes first in the search path.
    var paths: [String]
    var summary: String

    /// Names that a step may not set for the steps after it.
    static func isReserved(_ name: String) -> Bool {
        name.hasPrefix("GITHUB_") || name.hasPrefix("RUNNER_") || name == "NODE_OPTIONS" || name.isEmpty
    }
}
