import Foundation
import Linux

/// A small app's repository with a working copy: a busybox web server, a workflow of two jobs, two environments.
struct AppRepository: Sendable {
    let journey: Journey
    let name: String
    var path: String { "\(journey.root)/\(name)" }

    /// Makes the repository, its remote on the built-in git, and the first commit, whose page says `version 1`.
    /// While the file `gate` is there, the workflow waits.
    init(_ journey: Journey, name: String = "hello", gate: String? = nil) async throws {
        self.journey = journey
        self.name = name
        try FileSystem.makeDirectory(path)
        try await journey.git("init", "-q", "-b", "main", in: path)
        try await journey.git(
            "remote", "add", "origin", "http://127.0.0.1:\(journey.server.endpoints().console)/git/\(name).git",
            in: path)
        try await journey.git(
            "config", "credential.helper", "!\(Machine.binary) git-credential --data \(journey.data)", in: path)
        try write(".github/workflows/ci.yml", Self.workflow(gate: gate ?? journey.root + "/open"))
        try write("Dockerfile", Self.dockerfile)
        try write("estiba.yml", Self.delivery(name))
        try write("deploy/app.yml", Self.manifests(name))
        try page("echo version 1")
        try await commit("\(name): the first version")
    }

    func write(_ file: String, _ text: String) throws {
        try FileSystem.makeDirectory(FileSystem.parent(of: path + "/" + file))
        try Data(text.utf8).write(to: URL(filePath: path + "/" + file))
    }

    /// The script behind `/cgi-bin/page`; `fail` in it answers 500.
    func page(_ script: String) throws {
        try write(
            "page.sh",
            """
            #!/bin/sh
            head() { printf 'Status: %s\\r\\nContent-Type: text/plain\\r\\n\\r\\n' "$1"; }
            fail() { head '500 Internal Server Error'; echo broken; echo "the page is broken" >&2; exit; }
            answer() { head '200 OK'; cat; }
            ok() { \(script); }
            text=$(ok) || fail
            printf '%s\\n' "$text" | answer

            """)
    }

    @discardableResult
    func commit(_ message: String) async throws -> String {
        try await journey.git("add", "-A", in: path)
        try await journey.git("commit", "-q", "-m", message, in: path)
        return String(try await journey.git("rev-parse", "HEAD", in: path).prefix(7))
    }

    func push() async throws { try await journey.git("push", "-q", "origin", "main", in: path) }

    private static func workflow(gate: String) -> String {
        """
        name: ci
        on: push
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
              - name: wait at the gate
                run: while [ -e \(gate) ]; do sleep 0.1; done
              - name: test
                run: |
                  mkdir out
                  cp \(Machine.busybox) out/busybox
                  chmod +x page.sh && cp page.sh out/page
                  ./page.sh | grep -q .
              - uses: actions/upload-artifact@v4
                with: { name: parts, path: out/ }
          check:
            needs: test
            runs-on: ubuntu-latest
            steps:
              - run: echo checked

        """
    }

    private static let dockerfile = """
        FROM scratch
        COPY --chmod=755 busybox /bin/busybox
        RUN ["/bin/busybox", "--install", "-s", "/bin"]
        COPY --chmod=755 page /www/cgi-bin/page
        CMD ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]

        """

    private static func delivery(_ name: String) -> String {
        """
        app: \(name)
        images:
          web: { artifacts: [parts] }
        environments:
          dev: {}
          prod:
            canary:
              steps: [50%]
              step: { at_least: 1s, at_most: 20s }
              judge: [errors]

        """
    }

    private static func manifests(_ name: String) -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web }
        spec:
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec:
              terminationGracePeriodSeconds: 1
              containers:
                - name: web
                  image: web
                  ports: [{ containerPort: 8080 }]
                  readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: web }
        spec:
          selector: { app: web }
          ports: [{ port: 80, targetPort: 8080 }]
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: { name: web }
        spec:
          parentRefs: [{ name: estiba, namespace: estiba-system }]
          hostnames: [\(name).localhost]
          rules:
            - backendRefs: [{ name: web, port: 80 }]

        """
    }
}
