import Foundation
import Linux

/// One server on an empty directory, its clients, and what is left of both when the journey is over: nothing.
struct Journey: Sendable {
    /// A directory for everything of this journey.
    let root: String
    let lane: Lane
    let server: Server

    var data: String { root + "/data" }

    /// Runs `body` with a server that is up; ends it and everything that it made, whatever happens.
    /// `configuration` is added to that of the server.
    static func begin(_ configuration: String = "", _ body: @Sendable (Journey) async throws -> Void) async throws {
        let lane = try Lane.take()
        defer { lane.free() }
        let root = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/estiba-journey-")
        let file = """
            ports: { kubernetes: 0, registry: 0, gateway: 0, prometheus: 0, loki: 0, console: 0 }
            network: \(lane.network)
            log: info
            \(configuration)

            """
        try FileSystem.writeAtomically(Array(file.utf8), to: root + "/server.yml")
        let journey = Journey(
            root: root, lane: lane, server: Server(data: root + "/data", configuration: root + "/server.yml"))
        do {
            try await journey.server.start()
            try await journey.writeKubeconfig()
            try await body(journey)
        } catch {
            let log = (try? FileSystem.read(root + "/data.log")) ?? []
            await journey.end()
            throw JourneyProblem(
                "\(error)\nthe server's last words:\n\(String(decoding: log.suffix(3000), as: UTF8.self))")
        }
        await journey.end()
    }

    /// Kills the server as a power cut would, and starts it again on the same directory.
    func crash() async throws {
        await server.kill()
        try await server.start()
        try await writeKubeconfig()
    }

    private func writeKubeconfig() async throws {
        let text = try await estiba("kubeconfig").checked().output
        try FileSystem.writeAtomically(text, to: root + "/kubeconfig")
    }

    /// Deletes what users made, through the API, and waits until its pods are gone.
    func deleteEverything() async throws {
        let spaces = try await kubectl("get", "namespaces", "-o", "name").split(separator: "\n").map {
            String($0.dropFirst(10))
        }
        let own = spaces.filter {
            !["default", "kube-system", "kube-public", "kube-node-lease", "estiba-system"].contains($0)
        }
        try await kubectl("delete", "deployments,services,pods", "--all", "-n", "default", "--timeout=60s")
        if !own.isEmpty { try await kubectl(["delete", "namespaces", "--timeout=60s"] + own) }
    }

    /// What is left on the machine of this server: processes, mounts, interfaces and control groups of pods.
    func leftovers() async throws -> String {
        try await shell(
            """
            for file in /proc/[0-9]*/cmdline; do
                pid=${file#/proc/}; pid=${pid%/cmdline}
                [ "$pid" = $$ ] || ! tr '\\0' ' ' < "$file" 2>/dev/null | grep -qF -- "$DATA" || echo "process $pid"
            done
            awk -v top="$DATA/" 'index($5, top) == 1 { print "mount", $5 }' /proc/self/mountinfo
            for link in /sys/class/net/"$NAME"[0-9]*; do [ ! -e "$link" ] || echo "interface ${link##*/}"; done
            find /sys/fs/cgroup -path "*/$NAME/pods/*" -type d 2>/dev/null | sed 's/^/control group /'
            """)
    }

    /// Ends the server and removes everything, also after a failure in the middle.
    private func end() async {
        if await server.isRunning { try? await deleteEverything() }
        await server.stop()
        try? await sweep(lane)
        _ = try? await shell("rm -rf --one-file-system \"$ROOT\"")
    }

    func write(_ name: String, _ text: String) throws {
        try FileSystem.writeAtomically(Array(text.utf8), to: root + "/" + name)
    }

    /// Ends what a server on a lane and below this journey's root may have left.
    func sweep(_ lane: Lane) async throws {
        try await shell(
            """
            find "$ROOT" -name monitor.pid 2>/dev/null | while read -r file; do
                for pid in "$(cat "$(dirname "$file")/pid" 2>/dev/null)" "$(cat "$file")"; do
                    [ -n "$pid" ] && grep -qzF -- "$ROOT" "/proc/$(cat "$file")/cmdline" 2>/dev/null && kill -KILL "$pid"
                done
            done
            awk -v top="$ROOT/" 'index($5, top) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r place; do umount -l "$place"; done
            nft delete table ip "$NAME"
            for link in /sys/class/net/"$NAME"[0-9]*; do [ ! -e "$link" ] || ip link delete "${link##*/}"; done
            for group in /sys/fs/cgroup/"$NAME" /sys/fs/cgroup/*/"$NAME" /sys/fs/cgroup/*/estiba/"$NAME"; do
                [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} +
            done
            """, lane)
    }

    @discardableResult
    func shell(_ script: String, _ lane: Lane? = nil) async throws -> String {
        let environment = ["DATA": data, "NAME": (lane ?? self.lane).name, "ROOT": root]
        return try await Command("bash", ["-c", script], environment: .inherited(environment)).run(
            timeout: .seconds(60)
        ).text
    }
}
