import Foundation
import Linux
import Testing

extension Journeys {
    @Test(.timeLimit(.minutes(3)))
    func `an empty directory becomes a cluster that kubectl works with, and nothing of it is left`() async throws {
        try await Journey.begin { user in
            #expect(try await user.kubectl("get", "nodes").contains(" Ready "))
            #expect(try await user.kubectl("get", "namespaces", "-o", "name").contains("namespace/default"))

            try await user.importBusybox("tools:1")
            try await user.apply(Manifests.pages)
            try await user.kubectl("rollout", "status", "deployment/pages", "--timeout=30s")
            let address = try await user.kubectl("get", "service", "pages", "-o", "jsonpath={.spec.clusterIP}")
            #expect(try await user.curl("http://\(address)/") == "hello from a pod\n")
            try await user.line(of: user.command("kubectl", ["logs", "-f", "deployment/pages"])) { $0 == "serving" }
            #expect(try await user.kubectl("describe", "pods", "-l", "app=pages").contains("Started container web"))

            try await user.apply(
                #"{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tide"}, "stringData": {"token": "ahoy-5Rk2"}}"#
            )
            let encoded = Data("ahoy-5Rk2".utf8).base64EncodedString()
            #expect(try await user.kubectl("get", "secret", "tide", "-o", "yaml").contains("token: \(encoded)"))
            #expect(try await user.shell("grep -lE 'ahoy-5Rk2|\(encoded)' \"$DATA\"/*.db*") == "")

            try await user.kubectl("scale", "deployment/pages", "--replicas=3")
            try await user.kubectl(
                "wait", "deployment/pages", "--for=jsonpath={.status.readyReplicas}=3", "--timeout=30s")
            let pods = try await user.kubectl("get", "pods", "-l", "app=pages", "-o", "name").split(separator: "\n")
            #expect(pods.count == 3)

            let watch = user.command("kubectl", ["get", "deployment", "pages", "--watch", "--output-watch-events"])
            async let deletion = user.line(of: watch) { $0.hasPrefix("DELETED") }
            try await user.kubectl("delete", "deployment,service", "pages", "--cascade=foreground", "--timeout=30s")
            _ = try await deletion
            try await user.kubectl("wait", "pods", "-l", "app=pages", "--for=delete", "--timeout=30s")

            // The last of it goes right after the pod is gone from the API.
            _ = try await user.eventually("nothing but the server is left") {
                try await user.leftovers() == "process \(user.server.pid)\n" ? true : nil
            }
            #expect(await user.server.stop() == .exited(0))
            #expect(!FileSystem.exists(user.data + "/endpoints.json"))
            #expect(try await user.leftovers() == "")
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `images go both ways between the registry and skopeo`() async throws {
        try await Journey.begin { user in
            try await user.importBusybox("tools:1")
            let registry = "127.0.0.1:\(try user.server.endpoints().registry)"
            func skopeo(_ arguments: String...) async throws -> String {
                try await user.command("skopeo", arguments).run(timeout: .seconds(60)).checked().text
            }
            _ = try await skopeo(
                "copy", "--src-tls-verify=false", "docker://\(registry)/tools:1", "oci:\(user.root)/copy:1")
            _ = try await skopeo(
                "copy", "--dest-tls-verify=false", "oci:\(user.root)/copy:1", "docker://\(registry)/again:2")
            let digests = try await [
                skopeo("inspect", "--tls-verify=false", "--format={{.Digest}}", "docker://\(registry)/tools:1"),
                skopeo("inspect", "--tls-verify=false", "--format={{.Digest}}", "docker://\(registry)/again:2"),
            ]
            #expect(digests[0] == digests[1])
            #expect(try await user.estiba("image", "ls").text.contains("again"))
        }
    }
}

enum Manifests {
    /// A page server of an image that was imported.
    static let pages = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: pages }
        spec:
          selector: { matchLabels: { app: pages } }
          template:
            metadata: { labels: { app: pages } }
            spec:
              terminationGracePeriodSeconds: 1
              containers:
                - name: web
                  image: localhost:5000/tools:1
                  command: [/bin/sh, -c, "mkdir /www && echo hello from a pod > /www/index.html && echo serving && exec httpd -f -p 8080 -h /www"]
                  readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: pages }
        spec:
          selector: { app: pages }
          ports: [{ port: 80, targetPort: 8080 }]
        """
}

extension Journey {
    /// Makes a root file system of busybox and takes it in as an image.
    func importBusybox(_ tag: String) async throws {
        try await Command(
            "bash",
            [
                "-c",
                "mkdir -p rootfs/bin && cp \(Machine.busybox) rootfs/bin/busybox && rootfs/bin/busybox --install -s rootfs/bin && find rootfs/bin -type l -exec ln -sfn busybox {} ';'",
            ], directory: root
        )
        .run(timeout: .seconds(30)).checked()
        let output = try await estiba("image", "import", root + "/rootfs", "-t", tag)
        guard output.status.isSuccess else { throw JourneyProblem("import: \(output.errorText)") }
    }
}
