import Delivery
import FoundationEssentials
import Problems
import Syntax

/// Thrown where a state could not be written down, so that it is not taken for a failure of the step itself.
struct Unrecorded: Error {
    let cause: any Error
}

extension Pipeline {
    func checkoutPath(_ id: RunID) -> String { "\(workspace)/\(id.app)-\(id.number)" }

    func removeCheckout(_ id: RunID) { try? FileManager.default.removeItem(atPath: checkoutPath(id)) }

    /// A fresh directory with the commit's files, and the delivery file in it.
    private func checkout(_ record: DeliveryRecord) async throws -> (path: String, file: DeliveryFile) {
        let path = checkoutPath(record.id)
        removeCheckout(record.id)
        try FileManager.default.createDirectory(atPath: workspace, withIntermediateDirectories: true)
        try await ports.commits.checkout(record.revision, to: path)
        guard FileManager.default.fileExists(atPath: "\(path)/\(DeliveryFile.name)") else {
            throw ReleasesProblem.noDeliveryFile(commit: record.revision.shortCommit)
        }
        var file = try DeliveryFile.read(try ManifestFiles.source(DeliveryFile.name, in: path)) { name in
            FileManager.default.fileExists(atPath: "\(path)/\(name)")
        }
        guard file.app == record.id.app else {
            throw ReleasesProblem.otherApp(named: file.app.value, expected: record.id.app.value)
        }
        if let name = record.preview { file.preview = (file.previews ?? PreviewPlan()).environment(name) }
        if let target = record.target, file.environment(target) == nil {
            throw ReleasesProblem.unknownEnvironment(target.value, known: file.environments.map(\.name.value))
        }
        _ = try await ManifestFiles.loadAll(file, in: path)
        try await checkSecrets(of: file, as: record)
        return (path, file)
    }

    /// A secret that nobody has set is found before anything is built.
    private func checkSecrets(of file: DeliveryFile, as record: DeliveryRecord) async throws {
        for plan in file.preview.map({ [$0] }) ?? file.environments {
            for name in Set(file.secrets(of: plan).values.flatMap(\.values)).sorted() {
                _ = try await ports.secrets.value(name)
            }
            if plan.name == record.target { return }
        }
    }

    /// Checks the commit out and runs its workflow. The delivery file and the manifests are read before, so that a
    /// slip in them doesn't cost a whole build.
    func runWorkflow(_ record: DeliveryRecord) async throws {
        try await attempt(record, stage: "ci") {
            self.report(record.id, "ci", .running, "checking out \(record.revision.shortCommit)")
            let (path, file) = try await self.checkout(record)
            var artifacts: [String: String] = [:]
            if let workflow = file.workflow {
                self.report(record.id, "ci", .running, workflow)
                let order = WorkflowOrder(
                    run: record.id, revision: record.revision, path: workflow, checkout: path, key: "ci",
                    environment: [:])
                let result = try await self.ports.workflows.run(order) { line in
                    await self.report(record.id, "ci", .running, line)
                }
                try Task.checkCancellation()
                guard result.succeeded else {
                    throw ReleasesProblem.workflowFailed(summary: result.summary, lastLines: result.lastLines)
                }
                artifacts = result.artifacts
                self.report(record.id, "ci", .ok, result.summary)
            } else {
                self.report(record.id, "ci", .ok, "no workflow")
            }
            let found = artifacts
            try await self.record(record.id) { record in
                record.file = file
                record.state = .images(artifacts: found)
            }
        }
    }

    /// Builds every image, side by side, and makes the release.
    func buildImages(_ record: DeliveryRecord, _ artifacts: [String: String]) async throws {
        try await attempt(record, stage: "images") {
            self.report(record.id, "images", .running, "building")
            let (path, file) = try await self.checkout(record)
            for recipe in file.images { try Artifacts.unpack(recipe, from: artifacts, into: path) }
            let built = try await self.build(file.images, record, path)
            let manifests = try await ManifestFiles.loadAll(file, in: path)
            let images = built.mapValues(\.reference)
            let content = ReleaseContent(
                release: Release(
                    id: ReleaseID(app: record.id.app, number: 0), revision: record.revision, run: record.id,
                    images: images, manifestsDigest: "", createdAt: self.clock.now()), file: file,
                manifests: manifests.base,
                variants: manifests.variants)
            for plan in file.allEnvironments { _ = try Rendering(content, in: plan.name).render() }
            let detail = built.sorted { $0.key < $1.key }.map { name, image in
                "\(name) \(megabytes(image.bytes))" + (image.wasCached ? " (cached)" : "")
            }.joined(separator: "  ")
            self.report(record.id, "images", .ok, detail.isEmpty ? "none to build" : detail)
            try await self.createRelease(record, file, images, manifests)
            self.removeCheckout(record.id)
        }
    }

    private func build(_ recipes: [ImageRecipe], _ record: DeliveryRecord, _ path: String) async throws -> [String:
        BuiltImage]
    {
        let ports = ports
        return try await withThrowingTaskGroup(of: (String, BuiltImage).self) { group in
            for recipe in recipes {
                let order = ImageOrder(run: record.id, revision: record.revision, recipe: recipe, checkout: path)
                group.addTask {
                    let image = try await ports.images.build(order) { line in
                        await self.report(record.id, "images", .running, "\(recipe.name): \(line)")
                    }
                    return (recipe.name, image)
                }
            }
            var built: [String: BuiltImage] = [:]
            for try await (name, image) in group {
                built[name] = image
                try await note(
                    .imageBuilt, record, message: "\(name) built" + (image.wasCached ? " from the cache" : ""),
                    detail: ["image": image.reference, "bytes": String(image.bytes)])
            }
            return built
        }
    }

    private func createRelease(
        _ record: DeliveryRecord, _ file: DeliveryFile, _ images: [String: String], _ manifests: ManifestSet
    ) async throws {
        guard var current = records[record.id] else { return }
        current.version += 1
        current.file = file
        let base = current
        let (release, made): (Release, DeliveryRecord)
        do {
            (release, made) = try await store.createRelease(
                for: record, file: file, images: images, manifests: manifests, at: clock.now()
            ) { release in
                var next = base
                next.release = release.id
                next.state = next.environment(after: nil).map { next.entry($0) } ?? .finished(.succeeded)
                return next
            }
        } catch { throw Unrecorded(cause: error) }
        try await self.record(record.id) { record in
            record.version = max(record.version, made.version)
            record.file = file
            record.release = made.release
            record.state = made.state
        }
        try await note(
            .releaseCreated, made, release: release.id,
            message: "\(release.id) made from \(record.revision.shortCommit)",
            detail: images)
        try await afterEntering(record.id)
    }

    /// What has to be said when a run has come to an environment that asks for approval.
    func afterEntering(_ id: RunID) async throws {
        if case .environment(let name, .approval)? = records[id]?.state { try await askForApproval(id, name) }
    }

    /// Like `change`, for use inside steps.
    func record(_ id: RunID, environment: EnvironmentState? = nil, _ mutate: (inout DeliveryRecord) -> Void)
        async throws
    {
        do { try await change(id, environment: environment, mutate) } catch { throw Unrecorded(cause: error) }
    }

    /// Does a step that touches no environment; a failure ends the run.
    private func attempt(_ record: DeliveryRecord, stage: String, _ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as Unrecorded { throw error } catch {
            if Task.isCancelled { throw CancellationError() }
            try await fail(record.id, stage, error)
        }
    }

    func fail(_ id: RunID, _ stage: String, _ error: any Error) async throws {
        let evidence = (error as? ReleasesProblem)?.evidence ?? []
        let message = (error as? Diagnostics)?.description ?? brief(error)
        report(id, stage, .failed, message, evidence: evidence)
        try await finish(id, .failed(stage: stage, message: message, evidence: evidence))
    }
}

/// `14.2 MB`
private func megabytes(_ bytes: Int) -> String { fixed(Double(bytes) / 1_000_000, decimals: 1) + " MB" }

/// Files that a workflow made and an image needs.
enum Artifacts {
    /// Copies the artifacts that a recipe names into its context, over what the commit has there.
    static func unpack(_ recipe: ImageRecipe, from artifacts: [String: String], into checkout: String) throws {
        let files = FileManager.default
        for name in recipe.artifacts {
            guard let source = artifacts[name] else {
                throw PlainProblem(
                    "releases.images.artifact",
                    "the image \(recipe.name) needs the artifact \"\(name)\", which the workflow did not make",
                    remedy: artifacts.isEmpty
                        ? "Upload it in the workflow with actions/upload-artifact."
                        : Suggestion.remedy(for: name, in: artifacts.keys.sorted()), category: .invalid)
            }
            let context = recipe.context == "." ? checkout : "\(checkout)/\(recipe.context)"
            for entry in try files.contentsOfDirectory(atPath: source) {
                let target = "\(context)/\(entry)"
                if files.fileExists(atPath: target) { try files.removeItem(atPath: target) }
                try files.copyItem(atPath: "\(source)/\(entry)", toPath: target)
            }
        }
    }
}
