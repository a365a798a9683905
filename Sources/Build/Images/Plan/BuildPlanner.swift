package import OCI
import Problems
package import Syntax

/// Makes a plan of a Dockerfile. Pure.
package struct BuildPlanner {
    private let file: Dockerfile
    private let escape: UInt8
    private let platform: Platform
    private let arguments: [String: String]
    private var globals: [String: String] = [:]

    /// - Parameters:
    ///   - arguments: The values of `--build-arg`.
    ///   - target: The name or number of the stage to build; the last one by default.
    /// - Throws: `Diagnostic` with the place in the file.
    package static func plan(
        _ source: SourceText, arguments: [String: String] = [:], target: String? = nil, platform: Platform = .current
    ) throws -> BuildPlan {
        let file = try DockerfileParser.parse(source)
        var planner = BuildPlanner(
            file: file, escape: try DockerfileLexer(source).escape, platform: platform, arguments: arguments)
        return try planner.plan(target)
    }

    private init(file: Dockerfile, escape: UInt8, platform: Platform, arguments: [String: String]) {
        self.file = file
        self.escape = escape
        self.platform = platform
        self.arguments = arguments
    }

    private mutating func plan(_ target: String?) throws -> BuildPlan {
        globals = PlatformArguments.values(building: platform)
        for argument in file.arguments {
            if let given = arguments[argument.name] {
                globals[argument.name] = given
            } else if let value = argument.value {
                globals[argument.name] = try expansion.expand(value)
            }
        }
        let last = try index(of: target)
        var bases: [Int: (BuildPlan.Stage.Base, Platform)] = [:]
        var sources: [Int: [BuildPlan.CopySource?]] = [:]
        var pending = [last]
        while let index = pending.popLast() {
            if bases[index] != nil { continue }
            let stage = file.stages[index]
            let base = try base(of: stage, index)
            bases[index] = base
            if case .stage(let other) = base.0 { pending.append(other) }
            let copies = try stage.instructions.map { try source(of: $0, in: index) }
            sources[index] = copies
            for case .stage(let other)? in copies { pending.append(other) }
        }
        var number = 0
        let stages = bases.keys.sorted().map { index -> BuildPlan.Stage in
            let stage = file.stages[index]
            let (base, platform) = bases[index] ?? (.scratch, platform)
            let copies = sources[index] ?? []
            number += 1
            let steps = zip(stage.instructions, copies).map { instruction, source in
                number += 1
                return BuildPlan.Step(instruction: instruction, number: number, source: source)
            }
            var needs = Set(
                copies.compactMap { source -> Int? in
                    if case .stage(let other)? = source { other } else { nil }
                })
            if case .stage(let other) = base { needs.insert(other) }
            return BuildPlan.Stage(
                index: index, name: stage.name ?? "stage-\(index)", base: base, platform: platform, steps: steps,
                needs: needs,
                range: stage.range)
        }
        return BuildPlan(
            dockerfile: file, escape: escape, stages: stages, stepCount: number, unusedArguments: unused(),
            globals: globals)
    }

    private var expansion: Expansion {
        let globals = globals
        return Expansion(source: file.source, escape: escape) { globals[$0] }
    }

    private func unused() -> [String] {
        var declared = BuildPlan.ambientArguments.union(file.arguments.map(\.name))
        for instruction in file.stages.flatMap(\.instructions) {
            if case .arguments(let list) = instruction.kind { declared.formUnion(list.map(\.name)) }
        }
        return arguments.keys.filter { !declared.contains($0) }.sorted()
    }

    private func index(of target: String?) throws -> Int {
        guard let target else { return file.stages.count - 1 }
        if let index = find(target, before: file.stages.count) { return index }
        let names = file.stages.compactMap(\.name)
        throw Diagnostic(
            "images.dockerfile.target", "the Dockerfile has no stage \"\(target)\"",
            at: file.source.location(file.stages.last?.range ?? 0..<0),
            remedy: names.isEmpty
                ? "Name a stage with \"FROM … AS \(target)\"." : Suggestion.remedy(for: target, in: names))
    }

    /// A stage by name or number, among those that come before another.
    private func find(_ name: String, before limit: Int) -> Int? {
        if let index = file.stages[..<limit].lastIndex(where: { $0.name == name.lowercased() }) { return index }
        if let index = Int(name), index >= 0, index < limit { return index }
        return nil
    }

    private func base(of stage: Dockerfile.Stage, _ index: Int) throws -> (BuildPlan.Stage.Base, Platform) {
        var platform = platform
        if let word = stage.platform {
            let text = try expansion.expand(word)
            platform = try located(word) { () throws(OCIProblem) in try Platform(text) }
        }
        let name = try expansion.expand(stage.base)
        if name.isEmpty {
            throw Diagnostic(
                "images.dockerfile.base", "the name of the base image is empty",
                at: file.source.location(stage.base.range),
                remedy: "Give the ARG before FROM a default, or set it with --build-arg.")
        }
        if let other = file.stages[..<index].lastIndex(where: { $0.name == name.lowercased() }) {
            return (.stage(other), platform)
        }
        if name == "scratch" { return (.scratch, platform) }
        let reference = try located(stage.base) { () throws(OCIProblem) in try ImageReference(name) }
        return (.image(reference, platform), platform)
    }

    private func source(of instruction: Instruction, in index: Int) throws -> BuildPlan.CopySource? {
        guard case .copy(let copy) = instruction.kind, let word = copy.from else { return nil }
        let name = try expansion.expand(word)
        if let other = find(name, before: index) { return .stage(other) }
        if Int(name) != nil || file.stages[index...].contains(where: { $0.name == name.lowercased() }) {
            throw Diagnostic(
                "images.dockerfile.from-stage", "--from=\(name) is no stage before this one",
                at: file.source.location(word.range), remedy: "Copy from a stage that stands above, or from an image.")
        }
        return .image(try located(word) { () throws(OCIProblem) in try ImageReference(name) })
    }

    private func located<Value>(_ word: Word, _ body: () throws(OCIProblem) -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw Diagnostic(
                "images.dockerfile.reference", error.summary, at: file.source.location(word.range), remedy: error.remedy
            )
        }
    }
}

/// The arguments that name platforms (Dockerfile reference § Automatic platform ARGs).
enum PlatformArguments {
    static func values(building target: Platform) -> [String: String] {
        var values: [String: String] = [:]
        for (prefix, platform) in [("TARGET", target), ("BUILD", Platform.current)] {
            values[prefix + "PLATFORM"] = platform.description
            values[prefix + "OS"] = platform.os
            values[prefix + "ARCH"] = platform.architecture
            values[prefix + "VARIANT"] = platform.variant ?? ""
        }
        return values
    }
}
