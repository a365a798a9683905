import OCI
import Problems
import Syntax

/// Where the building of a stage stands: the image so far and the variables in scope. A value; instructions change it, and those
/// that touch files say what is to be done.
struct StageState: Sendable {
    var execution = ImageConfiguration.Execution()
    var layers: [Layer] = []
    var history: [ImageConfiguration.History] = []
    var author: String?
    /// The arguments declared in this stage, with their values.
    private(set) var arguments: [String: String] = [:]
    private var hasOwnCommand = false

    struct Layer: Sendable, Codable, Equatable {
        let descriptor: Descriptor
        let diffID: Digest
    }

    /// Work on files.
    enum Work: Sendable, Equatable {
        case none
        case makeDirectory(String)
        case copy(CopyWork)
        case run(RunWork)
    }

    struct CopyWork: Sendable, Equatable {
        var sources: [String]
        var inline: [InlineFile]
        /// Absolute; with a slash at the end where it must be a directory.
        var destination: String
        var owner: String?
        var mode: UInt32?
        var unpacks: Bool
    }

    struct InlineFile: Sendable, Equatable {
        let name: String
        let text: String
    }

    struct RunWork: Sendable, Equatable {
        var arguments: [String]
        /// `NAME=value`.
        var environment: [String]
        var directory: String
        var user: String
        var network: Instruction.Run.Network
        var mounts: [Instruction.Mount] = []
    }

    static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// From nothing.
    init() {
        execution.env = ["PATH=" + Self.usualPath]
    }

    /// On top of an image.
    init(_ configuration: ImageConfiguration, layers: [Layer]) {
        execution = configuration.config ?? ImageConfiguration.Execution()
        if execution.environment("PATH") == nil { execution.setEnvironment("PATH", Self.usualPath) }
        self.layers = layers
        history = configuration.history ?? []
        author = configuration.author
    }

    /// On top of another stage: the image, but not its variables.
    init(on other: StageState) {
        self = other
        arguments = [:]
        hasOwnCommand = false
    }

    /// Applies an instruction.
    ///
    /// - Parameters:
    ///   - given: The values of `--build-arg`.
    mutating func apply(
        _ instruction: Instruction, plan: BuildPlan, given: [String: String]
    ) throws -> Work {
        let source = plan.dockerfile.source
        let snapshot = self
        let expansion = Expansion(source: source, escape: plan.escape) { name in
            snapshot.execution.environment(name) ?? snapshot.arguments[name]
        }
        switch instruction.kind {
        case .arguments(let list):
            for argument in list {
                if let value = given[argument.name] ?? plan.globals[argument.name] {
                    arguments[argument.name] = value
                } else if let value = argument.value {
                    arguments[argument.name] = try expansion.expand(value)
                }
            }
        case .environment(let pairs):
            for pair in pairs {
                execution.setEnvironment(try expansion.expand(pair.name), try expansion.expand(pair.value))
            }
        case .labels(let pairs):
            for pair in pairs { execution.labels[try expansion.expand(pair.name)] = try expansion.expand(pair.value) }
        case .workingDirectory(let word):
            let path = PathCleaning.absolute(try expansion.expand(word), base: execution.workingDir ?? "/")
            execution.workingDir = path
            return path == "/" ? .none : .makeDirectory(path)
        case .user(let word): execution.user = try expansion.expand(word)
        case .expose(let words):
            let ports = try words.flatMap { word in
                try expansion.words(word).flatMap { try ExposedPorts.parse($0, word, source) }
            }
            execution.exposedPorts = Set(execution.exposedPorts + ports).sorted()
        case .volumes(let words):
            let paths = try words.map {
                PathCleaning.absolute(try expansion.expand($0), base: execution.workingDir ?? "/")
            }
            execution.volumes = Set(execution.volumes + paths).sorted()
        case .copy(let copy): return .copy(try work(copy, expansion, source))
        case .run(let run): return .run(work(run))
        case .command(let form):
            execution.cmd = arguments(of: form)
            hasOwnCommand = true
        case .entrypoint(let form):
            execution.entrypoint = arguments(of: form)
            // What the base image ran was meant for its own entry point.
            if !hasOwnCommand { execution.cmd = nil }
        case .healthcheck(let check): execution.healthcheck = healthcheck(check)
        case .shell(let shell): execution.shell = shell
        case .stopSignal(let word):
            let name = try expansion.expand(word)
            guard UInt8(name) != nil || name.hasPrefix("SIG") else {
                throw Diagnostic(
                    "images.dockerfile.signal", "\"\(name)\" is not a signal", at: source.location(word.range),
                    remedy: "Write it as SIGTERM, or as a number.")
            }
            execution.stopSignal = name
        case .maintainer(let name): author = name
        }
        return .none
    }

    private var shell: [String] { execution.shell ?? ["/bin/sh", "-c"] }

    private func arguments(of form: Instruction.CommandForm) -> [String] {
        switch form {
        case .shell(let text): shell + [text]
        case .exec(let arguments): arguments
        }
    }

    private func healthcheck(_ check: Instruction.Healthcheck) -> ImageConfiguration.Healthcheck {
        var result = ImageConfiguration.Healthcheck(
            test: check.command.map { form in
                switch form {
                case .shell(let text): ["CMD-SHELL", text]
                case .exec(let arguments): ["CMD"] + arguments
                }
            } ?? ["NONE"])
        result.interval = check.interval
        result.timeout = check.timeout
        result.startPeriod = check.startPeriod
        result.retries = check.retries
        return result
    }

    private func work(_ run: Instruction.Run) -> RunWork {
        let declared = arguments.filter { execution.environment($0.key) == nil }.sorted { $0.key < $1.key }
        return RunWork(
            arguments: arguments(of: run.command),
            environment: execution.env + declared.map { "\($0.key)=\($0.value)" },
            directory: execution.workingDir.flatMap { $0.isEmpty ? nil : $0 } ?? "/", user: execution.user ?? "",
            network: run.network, mounts: run.mounts)
    }

    private func work(
        _ copy: Instruction.Copy, _ expansion: Expansion, _ source: SourceText
    ) throws -> CopyWork {
        let destination = try expansion.expand(copy.destination)
        var path = PathCleaning.absolute(destination, base: execution.workingDir ?? "/")
        if path != "/" && (destination.hasSuffix("/") || destination.hasSuffix("/.") || destination == ".") {
            path += "/"
        }
        if copy.sources.count + copy.inline.count > 1 && !path.hasSuffix("/") {
            throw Diagnostic(
                "images.dockerfile.copy-destination", "several sources need a directory as their destination",
                at: source.location(copy.destination.range), remedy: "Write \(destination)/ with a slash at the end.")
        }
        var mode: UInt32?
        if let word = copy.mode {
            let text = try expansion.expand(word)
            guard let value = UInt32(text, radix: 8), value <= 0o7777 else {
                throw Diagnostic(
                    "images.dockerfile.chmod", "\"\(text)\" is not an octal mode", at: source.location(word.range),
                    remedy: "Write it as --chmod=755.")
            }
            mode = value
        }
        return CopyWork(
            sources: try copy.sources.map(expansion.expand),
            inline: try copy.inline.map { heredoc in
                let text = heredoc.expands ? try expansion.text(heredoc.text, range: heredoc.range) : heredoc.text
                return InlineFile(name: heredoc.name, text: text)
            },
            destination: path, owner: try copy.owner.map(expansion.expand), mode: mode, unpacks: copy.unpacks)
    }
}
