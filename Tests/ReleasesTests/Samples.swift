import Delivery
import FoundationEssentials
import Kube
import Syntax

@testable import Releases

/// The small app that these tests deliver: two services behind one route.
enum Samples {
    static func app() throws -> AppName { try AppName("harbour") }
    static func name(_ text: String) throws -> EnvironmentName { try EnvironmentName(text) }

    static let commit = "0123456789abcdef0123456789abcdef01234567"

    static func revision(_ digit: Character = "0") throws -> Revision {
        Revision(
            app: try app(), commit: String(repeating: digit, count: 40), ref: "refs/heads/main", authorName: "Ada",
            authorEmail: "ada@example.org", subject: "ships: faster", committedAt: Date(timeIntervalSince1970: 1000))
    }

    static let file = """
        app: harbour
        images:
          ships:  { context: services/ships }
          routes: { context: services/routes }
        environments:
          dev: {}
          prod:
            canary:
              steps: [10%, 50%]
              step: { at_least: 5s, at_most: 2m }
              judge: [errors]
        """

    static let manifests = """
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: settings }
        data: { depth: "12" }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: ships }
        spec:
          replicas: 4
          selector: { matchLabels: { app: ships } }
          template:
            metadata: { labels: { app: ships } }
            spec:
              containers:
                - name: ships
                  image: ships
                  envFrom: [{ configMapRef: { name: settings } }]
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: ships }
        spec: { selector: { app: ships }, ports: [{ port: 80, targetPort: 8080 }] }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: routes }
        spec:
          selector: { matchLabels: { app: routes } }
          template:
            metadata: { labels: { app: routes } }
            spec: { containers: [{ name: routes, image: routes }] }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: routes }
        spec: { selector: { app: routes }, ports: [{ port: 80 }] }
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: { name: harbour }
        spec:
          rules:
            - matches: [{ path: { type: PathPrefix, value: /ships } }]
              backendRefs: [{ name: ships, port: 80 }]
            - matches: [{ path: { type: PathPrefix, value: /routes } }]
              backendRefs: [{ name: routes, port: 80 }]
        """

    static func read(_ text: String = file, missing: Set<String> = []) throws -> DeliveryFile {
        try DeliveryFile.read(SourceText(name: "estiba.yml", text)) { !missing.contains($0) }
    }

    static func objects(_ text: String = manifests) throws -> [Manifest] {
        try ManifestReading.read([SourceText(name: "deploy/all.yaml", text)], app: try app())
    }

    /// Release `number`: `ships` is the digest of the image that differs between releases.
    static func content(
        _ number: Int, ships: String = "aa", manifests: String = Samples.manifests, file: String = Samples.file
    ) throws -> ReleaseContent {
        ReleaseContent(
            release: Release(
                id: ReleaseID(app: try app(), number: number), revision: try revision(),
                run: RunID(app: try app(), number: number),
                images: [
                    "ships": "registry/harbour/ships@sha256:\(ships)", "routes": "registry/harbour/routes@sha256:bb",
                ],
                manifestsDigest: "", createdAt: Date(timeIntervalSince1970: 2000)),
            file: try read(file), manifests: try objects(manifests))
    }

    static func rendered(
        _ content: ReleaseContent, in environment: String = "prod", carrying: [String: Provenance] = [:]
    ) throws -> RenderedSet {
        try Rendering(content, in: try name(environment), carrying: carrying).render()
    }
}

/// A small generator with a seed (SplitMix64), so that simulations repeat.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }

    /// How many of `count` happen.
    mutating func hits(_ count: Int, _ probability: Double) -> Int {
        (0..<count).reduce(0) { sum, _ in sum + (chance(probability) ? 1 : 0) }
    }
}
