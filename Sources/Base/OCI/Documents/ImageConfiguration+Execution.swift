extension ImageConfiguration {
    /// The defaults with which a container of the image runs.
    package struct Execution: Hashable, Sendable {
        /// `user[:group]`, names or numbers; empty means root.
        package var user: String?
        /// `port/protocol`, sorted.
        package var exposedPorts: [String]
        /// `NAME=value`, in order.
        package var env: [String]
        package var entrypoint: [String]?
        package var cmd: [String]?
        /// Paths, sorted.
        package var volumes: [String]
        package var workingDir: String?
        package var labels: [String: String]
        package var stopSignal: String?
        package var shell: [String]?
        package var healthcheck: Healthcheck?
        package var onBuild: [String]?

        package init() {
            exposedPorts = []
            env = []
            volumes = []
            labels = [:]
        }

        /// The value of an environment variable.
        package func environment(_ name: String) -> String? {
            env.last { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.utf8.count + 1)) }
        }

        /// Sets a variable in place, or appends it.
        package mutating func setEnvironment(_ name: String, _ value: String) {
            let entry = "\(name)=\(value)"
            if let index = env.firstIndex(where: { $0.hasPrefix(name + "=") }) {
                env[index] = entry
            } else {
                env.append(entry)
            }
        }
    }

    /// How to find out whether a container works (Docker's extension). Durations in nanoseconds.
    package struct Healthcheck: Hashable, Sendable, Codable {
        /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", text]`.
        package var test: [String]
        package var interval: Int64?
        package var timeout: Int64?
        package var startPeriod: Int64?
        package var retries: Int?

        package init(test: [String]) {
            self.test = test
        }

        enum CodingKeys: String, CodingKey {
            case test = "Test"
            case interval = "Interval"
            case timeout = "Timeout"
            case startPeriod = "StartPeriod"
            case retries = "Retries"
        }
    }
}

extension ImageConfiguration.Execution: Codable {
    enum CodingKeys: String, CodingKey {
        case user = "User"
        case exposedPorts = "ExposedPorts"
        case env = "Env"
        case entrypoint = "Entrypoint"
        case cmd = "Cmd"
        case volumes = "Volumes"
        case workingDir = "WorkingDir"
        case labels = "Labels"
        case stopSignal = "StopSignal"
        case shell = "Shell"
        case healthcheck = "Healthcheck"
        case onBuild = "OnBuild"
    }

    private struct Nothing: Codable {}

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        user = try container.decodeIfPresent(String.self, forKey: .user)
        exposedPorts = (try container.decodeIfPresent([String: Nothing].self, forKey: .exposedPorts) ?? [:]).keys
            .sorted()
        env = try container.decodeIfPresent([String].self, forKey: .env) ?? []
        entrypoint = try container.decodeIfPresent([String].self, forKey: .entrypoint)
        cmd = try container.decodeIfPresent([String].self, forKey: .cmd)
        volumes = (try container.decodeIfPresent([String: Nothing].self, forKey: .volumes) ?? [:]).keys.sorted()
        workingDir = try container.decodeIfPresent(String.self, forKey: .workingDir)
        labels = try container.decodeIfPresent([String: String].self, forKey: .labels) ?? [:]
        stopSignal = try container.decodeIfPresent(String.self, forKey: .stopSignal)
        shell = try container.decodeIfPresent([String].self, forKey: .shell)
        healthcheck = try container.decodeIfPresent(ImageConfiguration.Healthcheck.self, forKey: .healthcheck)
        onBuild = try container.decodeIfPresent([String].self, forKey: .onBuild)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        func set(_ names: [String]) -> [String: Nothing]? {
            names.isEmpty ? nil : Dictionary(names.map { ($0, Nothing()) }) { first, _ in first }
        }
        try container.encodeIfPresent(user, forKey: .user)
        try container.encodeIfPresent(set(exposedPorts), forKey: .exposedPorts)
        try container.encodeIfPresent(env.isEmpty ? nil : env, forKey: .env)
        try container.encodeIfPresent(entrypoint, forKey: .entrypoint)
        try container.encodeIfPresent(cmd, forKey: .cmd)
        try container.encodeIfPresent(set(volumes), forKey: .volumes)
        try container.encodeIfPresent(workingDir, forKey: .workingDir)
        try container.encodeIfPresent(labels.isEmpty ? nil : labels, forKey: .labels)
        try container.encodeIfPresent(stopSignal, forKey: .stopSignal)
        try container.encodeIfPresent(shell, forKey: .shell)
        try container.encodeIfPresent(healthcheck, forKey: .healthcheck)
        try container.encodeIfPresent(onBuild, forKey: .onBuild)
    }
}
