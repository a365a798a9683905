import Containers
import Linux
import OCI
import Problems
import Registry
import Syntax

/// Builds the stages of one plan.
struct StageBuilder: Sendable {
    let builder: ImageBuilder
    let request: BuildRequest
    let plan: BuildPlan
    let context: FileTree
    let counter: StepCounter
    let report: ImageBuilder.Report

    /// Stages that are built at the same time.
    private static let width = 2

    /// Builds all stages, each as soon as those that it needs are done, and returns the last one's state.
    func buildAll() async throws -> StageState {
        var done: [Int: StageState] = [:]
        var waiting = plan.stages
        try await withThrowingTaskGroup(of: (Int, StageState).self) { group in
            var running = 0
            while !waiting.isEmpty || running > 0 {
                while running < Self.width, let next = waiting.firstIndex(where: { $0.needs.isSubset(of: done.keys) }) {
                    let stage = waiting.remove(at: next)
                    let finished = done
                    group.addTask { (stage.index, try await build(stage, finished)) }
                    running += 1
                }
                guard let (index, state) = try await group.next() else { break }
                done[index] = state
                running -= 1
            }
        }
        return plan.stages.last.flatMap { done[$0.index] } ?? StageState()
    }

    private func build(_ stage: BuildPlan.Stage, _ done: [Int: StageState]) async throws -> StageState {
        var state = try await base(of: stage, done)
        for step in stage.steps {
            try Task.checkCancellation()
            let info = BuildEvent.Step(
                number: step.number, total: plan.stepCount, stage: stage.name, text: step.instruction.text)
            report(.started(info))
            let start = ContinuousClock.now
            do {
                let size = try await apply(step, of: stage, to: &state, done, info)
                if let size { report(.finished(info, ContinuousClock.now - start, layerSize: size == 0 ? nil : size)) }
            } catch {
                report(.failed(info))
                throw error
            }
        }
        return state
    }

    private func location(_ range: Range<Int>) -> ProblemLocation { plan.dockerfile.source.location(range) }

    private func base(of stage: BuildPlan.Stage, _ done: [Int: StageState]) async throws -> StageState {
        let text = plan.dockerfile.source.string(stage.range).split(whereSeparator: \.isWhitespace).joined(
            separator: " ")
        let number = (stage.steps.first?.number ?? plan.stepCount + 1) - 1
        let info = BuildEvent.Step(number: number, total: plan.stepCount, stage: stage.name, text: text)
        report(.started(info))
        let start = ContinuousClock.now
        let state: StageState
        switch stage.base {
        case .scratch: state = StageState()
        case .stage(let index): state = done[index].map(StageState.init(on:)) ?? StageState()
        case .image(let reference, let platform):
            do {
                let image = try await resolve(reference, platform, at: stage.range, info)
                if !(image.configuration.config?.onBuild ?? []).isEmpty {
                    throw ImageProblem.triggers(reference, at: location(stage.range))
                }
                state = StageState(image.configuration, layers: Self.layers(of: image))
            } catch {
                report(.failed(info))
                throw error
            }
        }
        report(.finished(info, ContinuousClock.now - start, layerSize: nil))
        return state
    }

    private static func layers(of image: ResolvedImage) -> [StageState.Layer] {
        image.layers.map { .init(descriptor: $0.descriptor, diffID: $0.diffID) }
    }

    private func resolve(
        _ reference: ImageReference, _ platform: Platform, at range: Range<Int>, _ info: BuildEvent.Step
    ) async throws -> ResolvedImage {
        let report = report
        return try await builder.bases.resolve(
            reference, platform: platform, refreshes: request.refreshesBases, at: location(range),
            note: { report(.log(info, $0)) })
    }

    /// Returns the size of the layer, 0 if there is none, nil if the step came from the cache.
    private func apply(
        _ step: BuildPlan.Step, of stage: BuildPlan.Stage, to state: inout StageState, _ done: [Int: StageState],
        _ info: BuildEvent.Step
    ) async throws -> Int64? {
        let instruction = step.instruction
        let work = try state.apply(instruction, plan: plan, given: request.arguments)
        if work == .none {
            if !Self.isSilent(instruction) {
                state.history.append(.init(createdBy: instruction.text, emptyLayer: true))
            }
            return 0
        }
        let executor = StepExecutor(
            stage: self, platform: stage.platform, location: location(instruction.range), info: info,
            command: instruction.text)
        let source = try await source(step, done, info)
        let key = try await executor.key(work, on: state.layers, from: source)
        let layers = state.layers
        let outcome = try await builder.locks.with(key.hex) { () -> Outcome in
            if request.usesCache, let entry = builder.cache.find(key) {
                return Outcome(layer: entry.layer, isCached: true)
            }
            let result = try await executor.execute(work, on: layers, from: source)
            try builder.cache.keep(.init(layer: result?.layer, size: result?.size ?? 0), under: key)
            return Outcome(layer: result?.layer, isCached: false)
        }
        if let layer = outcome.layer { state.layers.append(layer) }
        state.history.append(.init(createdBy: instruction.text, emptyLayer: outcome.layer == nil ? true : nil))
        if outcome.isCached {
            counter.addCached()
            report(.cached(info))
            return nil
        }
        counter.addExecuted()
        return outcome.layer?.descriptor.size ?? 0
    }

    private struct Outcome: Sendable {
        let layer: StageState.Layer?
        let isCached: Bool
    }

    /// Arguments leave no trace in the image, since they may be anything.
    private static func isSilent(_ instruction: Instruction) -> Bool {
        switch instruction.kind {
        case .arguments, .maintainer: true
        default: false
        }
    }

    private func source(
        _ step: BuildPlan.Step, _ done: [Int: StageState], _ info: BuildEvent.Step
    ) async throws -> StepExecutor.Source {
        switch step.source {
        case nil: return .context(context)
        case .stage(let index): return .layers(done[index]?.layers ?? [])
        case .image(let reference):
            let image = try await resolve(reference, request.platform, at: step.instruction.range, info)
            return .layers(Self.layers(of: image))
        }
    }
}
