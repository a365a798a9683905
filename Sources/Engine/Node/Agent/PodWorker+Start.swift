import FoundationEssentials
import Kube
import Linux
import Logging
import OCI
import Problems

extension PodWorker {
    /// Pulls the image, reads what the environment needs, waits for the sandbox, creates and starts the container. Image and
    /// environment are got while the sandbox is still being made.
    func start(_ name: String, _ attempt: Int, _ id: String, _ gate: SandboxGate) async {
        guard let container = container(name) else { return }
        do {
            async let sources = environmentSources(container)
            let image = try await resolve(container)
            let folder = directory.container(name, attempt: attempt)
            async let mounted = context.runner.mountRoot(in: folder, layers: image.layers)
            let made: PodSandbox
            do { made = try await gate.wait() } catch { throw StartError.sandbox }
            let launch = try await describe(container, attempt, image, sources, made)
            do {
                let handle = try await context.runner.start(
                    id, in: folder, launch: launch, root: try await mounted, log: directory.log(name, attempt: attempt))
                tell(
                    .started(
                        container: name, attempt: attempt,
                        StartedContainer(
                            handle: handle, startedAt: context.now(), stopSignal: image.configuration.stopSignal,
                            image: container.image ?? "", imageID: "\(image.digest)")))
            } catch let problem as NodeProblem { throw problem } catch { throw StartError.runtime(error) }
        } catch StartError.sandbox {
            tell(.startFailed(container: name, attempt: attempt, .sandbox))
        } catch StartError.image(let error) {
            tell(.startFailed(container: name, attempt: attempt, .image(error)))
        } catch StartError.runtime(let error) {
            tell(.startFailed(container: name, attempt: attempt, .runtime(error)))
        } catch is CancellationError {
            return
        } catch {
            tell(.startFailed(container: name, attempt: attempt, .configuration(error)))
        }
    }

    private enum StartError: Error {
        case sandbox
        case image(any Error)
        case runtime(any Error)
    }

    private func resolve(_ container: Container) async throws -> NodeImage {
        let reference = container.image ?? ""
        let began = context.now()
        do {
            let image = try await withThrowingTaskGroup(of: NodeImage?.self) { tasks in
                tasks.addTask {
                    try await self.context.images.resolve(reference, policy: ImagePullPolicy(of: container))
                }
                tasks.addTask {
                    // Only a pull that takes time is worth a word before its end.
                    try await Task.sleep(for: .milliseconds(200))
                    await self.event("Pulling", "Pulling image \"\(reference)\"", container: container.name)
                    return nil
                }
                defer { tasks.cancelAll() }
                while let result = try await tasks.next() { if let result { return result } }
                throw CancellationError()
            }
            let seconds = Double(Int(context.now().timeIntervalSince(began) * 1000)) / 1000
            event(
                "Pulled",
                image.wasFetched
                    ? "Successfully pulled image \"\(reference)\" in \(seconds)s"
                    : "Container image \"\(reference)\" already present on machine",
                container: container.name)
            return image
        } catch is CancellationError { throw CancellationError() } catch { throw StartError.image(error) }
    }

    private func environmentSources(_ container: Container) async throws -> ContainerEnvironment.Sources {
        let names = ContainerEnvironment.references(of: container)
        return try await context.sources(configMaps: names.configMaps, secrets: names.secrets, in: pod.namespace)
    }

    private func describe(
        _ container: Container, _ attempt: Int, _ image: NodeImage, _ sources: ContainerEnvironment.Sources,
        _ sandbox: PodSandbox
    ) throws -> ContainerLaunch {
        var variables = image.configuration.env
        if let api = context.configuration.apiService {
            variables += ["KUBERNETES_SERVICE_HOST=\(api.host)", "KUBERNETES_SERVICE_PORT=\(api.port)"]
        }
        variables.append("HOSTNAME=\(PodSandbox.hostname(pod))")
        let environment = try ContainerEnvironment.resolve(
            container, image: variables, sources: sources, downward: context.downward(pod, address: sandbox.address))
        let volumes = PodVolumes(directory: directory.volumes)
        let places = (pod.spec.volumes ?? []).map { ($0.name, volumes.path(of: $0)) }
        try SubPaths.prepare(container, volumes: Dictionary(places) { $1 })
        let message = directory.terminationMessage(container.name, attempt: attempt)
        try FileSystem.makeDirectory(FileSystem.parent(of: message))
        try FileSystem.makeDirectory(directory.logs(container.name))
        try FileSystem.writeAtomically([], to: message, mode: 0o666, durable: false)
        return ContainerLaunch(
            pod: pod, container: container, attempt: attempt, image: image.configuration, environment: environment,
            namespaces: sandbox.namespaces, directory: directory, volumes: Dictionary(places) { $1 },
            cgroup: "\(context.configuration.cgroup)/pods/\(uid)/\(container.name)-\(attempt)",
            memoryCapacity: context.machine.memory, leastOutOfMemoryScore: context.machine.leastOutOfMemoryScore)
    }
}
