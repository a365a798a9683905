import Foundation
import Hummingbird
import Images
import NIOCore
import NIOFoundationCompat
import OCI
import Problems
import Registry
import Web

/// An image to build, by the command line on the same machine.
struct BuildOrder: Codable, Sendable {
    var context: String
    var dockerfile: String?
    var target: String?
    var arguments: [String: String]
    var tag: String
    var usesCache: Bool
}

/// A root file system to take in as an image.
struct ImportOrder: Codable, Sendable {
    var path: String
    var tag: String
}

/// A line of a build: what to show, and at the end what came of it.
struct BuildLine: Codable, Sendable {
    var text: String?
    var digest: String?
    var size: Int?
    var failure: String?
}

/// Building and keeping images, for the command line.
struct ImageRoutes: Sendable {
    let builder: ImageBuilder
    let registry: RegistryStore
    let registryName: String
    let access: Access

    func add(to router: WebRouter) {
        let api = router.group("/api/v1")
        api.get("/images") { _, _ -> Response in try .json(await registry.summaries()) }
        api.post("/builds", use: build)
        api.post("/images/import", use: importRoot)
    }

    @Sendable private func build(_ request: Request, _ context: WebContext) async throws -> Response {
        let order = try await body(BuildOrder.self, request, context)
        var build = BuildRequest(context: order.context, references: [try reference(order.tag)])
        if let dockerfile = order.dockerfile { build.dockerfile = dockerfile }
        build.target = order.target
        build.arguments = order.arguments
        build.usesCache = order.usesCache
        let ready = build
        return .stream(
            lines { report in
                let result = try await builder.build(ready) { if let text = Self.text($0) { report(text) } }
                return (result.digest.description, Int(result.size))
            }, contentType: "application/x-ndjson")
    }

    @Sendable private func importRoot(_ request: Request, _ context: WebContext) async throws -> Response {
        let order = try await body(ImportOrder.self, request, context)
        let name = try reference(order.tag)
        return .stream(
            lines { report in
                report("importing \(order.path)")
                let image = try await ImageImporter(registry: registry).importRoot(
                    order.path, as: name.repository, tag: name.tagOrLatest)
                return (image.digest.description, Int(image.size))
            }, contentType: "application/x-ndjson")
    }

    /// `web` and `web:1` are names in this registry.
    private func reference(_ tag: String) throws -> ImageReference {
        let first = tag.split(separator: "/").first.map(String.init) ?? tag
        let isQualified = tag.contains("/") && (first.contains(".") || first.contains(":") || first == "localhost")
        return try ImageReference(isQualified ? tag : "\(registryName)/\(tag)")
    }

    private func body<Value: Decodable>(_ type: Value.Type, _ request: Request, _ context: WebContext) async throws
        -> Value
    {
        try context.guardAgainstForgery(request)
        // A build runs commands on this machine.
        guard context.isLoopback else { throw AccessProblem.unknownCaller(.administer) }
        _ = try access.require(.administer, of: context.caller)
        return try JSONDecoder().decode(type, from: Data(buffer: try await request.body.collect(upTo: 1 << 20)))
    }

    /// Runs `work`, and streams what it reports and how it ends.
    private func lines(
        _ work: @escaping @Sendable (@escaping @Sendable (String) -> Void) async throws -> (digest: String, size: Int)
    ) -> AsyncStream<[UInt8]> {
        AsyncStream { continuation in
            let send: @Sendable (BuildLine) -> Void = { line in
                if let data = try? JSONEncoder().encode(line) { continuation.yield(Array(data) + [UInt8(ascii: "\n")]) }
            }
            let working = Task {
                do {
                    let result = try await work { send(BuildLine(text: $0)) }
                    send(BuildLine(digest: result.digest, size: result.size))
                } catch {
                    send(BuildLine(failure: TerminalRendering().render(error)))
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in working.cancel() }
        }
    }

    private static func text(_ event: BuildEvent) -> String? {
        switch event {
        case .started(let step): "[\(step.number)/\(step.total)] \(step.text)"
        case .log(_, let line): "        \(line)"
        case .cached(let step): "[\(step.number)/\(step.total)] CACHED"
        case .finished(let step, let duration, let size):
            "[\(step.number)/\(step.total)] done in \(readable(seconds: Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18))"
                + (size.map { ", \(readable(bytes: Int($0)))" } ?? "")
        case .failed(let step): "[\(step.number)/\(step.total)] failed"
        case .warning(let text): "warning: \(text)"
        case .exported: nil
        }
    }
}
