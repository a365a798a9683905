import Containers
import EstibaTesting
import Linux
import OCI
import Problems
import Registry
import Store
import Testing

@testable import Images

@Suite(
    .serialized, .enabled(if: Requirement.root, "needs root: mounts and containers"),
    .enabled(if: Requirement.programs("busybox"), "needs a static busybox"))
struct BuildTests {
    private static let everything = """
        FROM busybox AS tools
        WORKDIR /work
        COPY src/ ./
        RUN cat one.txt > made.txt && echo "$GREETING" && rm -rf /etc/old && ln made.txt linked.txt
        FROM scratch
        LABEL team=harbour
        COPY --from=tools --chown=5:6 /work/made.txt /work/linked.txt /out/
        COPY --chmod=600 src/one.txt /secret
        CMD ["/out/made.txt"]
        """

    private func prepare(_ workshop: Workshop) throws {
        try workshop.write("src/one.txt", "one\n")
        try workshop.write("src/deep/two.txt", "two\n")
    }

    @Test func `a Dockerfile with two stages becomes an image, and an unchanged one comes from the cache`() async throws
    {
        try await Workshop.with { workshop in
            try prepare(workshop)
            let cold = try await workshop.build(Self.everything)
            let files = try await workshop.files(cold)
            #expect(files.keys.sorted() == ["out", "out/linked.txt", "out/made.txt", "secret"])
            #expect(files["out/made.txt"]?.content == "one\n")
            #expect(files["out/made.txt"]?.entry.owner == 5)
            #expect(files["out/made.txt"]?.entry.group == 6)
            #expect(files["secret"]?.entry.mode == 0o600)
            #expect(cold.configuration.config?.cmd == ["/out/made.txt"])
            #expect(cold.configuration.config?.labels == ["team": "harbour"])
            #expect(cold.configuration.history?.map(\.emptyLayer) == [true, nil, nil, true])
            #expect(cold.cachedSteps == 0)
            let events = Events()
            let warm = try await workshop.build(Self.everything, report: events.report)
            #expect(warm.digest == cold.digest)
            #expect(warm.cachedSteps == 5)
            #expect(warm.wasCached && !cold.wasCached)
            #expect(events.lines.filter { $0.hasPrefix("cached") }.count == 5)
            #expect(events.lines.contains("step 9/9 CMD [\"/out/made.txt\"]"))
        }
    }

    @Test func `the same input in another place gives the same digest`() async throws {
        var digests: [Digest] = []
        for round in 0..<2 {
            try await Workshop.with { workshop in
                try prepare(workshop)
                // Neither the times of the files nor of the build matter.
                if round == 1 { try workshop.directory.setTime("context/src/one.txt", 1_000_000_000) }
                digests.append(try await workshop.build(Self.everything).digest)
            }
        }
        #expect(digests[0] == digests[1])
    }

    @Test func `a change is built anew from its step on, and no further than it reaches`() async throws {
        try await Workshop.with { workshop in
            try prepare(workshop)
            let dockerfile = "FROM busybox\nRUN echo a > /a\nCOPY src/one.txt /\nRUN true\nCOPY src/deep /deep\n"
            _ = try await workshop.build(dockerfile)
            try workshop.write("src/deep/two.txt", "changed\n")
            #expect(try await workshop.build(dockerfile).cachedSteps == 3)
            try workshop.write("src/one.txt", "changed\n")
            #expect(try await workshop.build(dockerfile).cachedSteps == 1)
            // What comes to the same result by another way is known again.
            let other = dockerfile.replacing("echo a > /a", with: "echo a > /a && true")
            #expect(try await workshop.build(other).cachedSteps == 3)
            #expect(try await workshop.build(dockerfile) { $0.usesCache = false }.cachedSteps == 0)
        }
    }

    @Test func `removed and replaced files leave the marks of the image format`() async throws {
        try await Workshop.with { workshop in
            let result = try await workshop.build(
                "FROM busybox\nRUN rm /etc/old/file && rm -r /etc/passwd && mkdir /etc/passwd\nRUN rm -r /etc/old && mkdir /etc/old"
            )
            let files = try await workshop.files(result)
            #expect(files["etc/old/.wh.file"] != nil)
            #expect(files["etc/passwd"]?.entry.kind == .directory)
            #expect(files["etc/old/.wh..wh..opq"] != nil)
            #expect(files.keys.allSatisfy { !$0.hasPrefix("proc") && !$0.hasPrefix("sys") && !$0.hasPrefix("run") })
            #expect(files["etc/resolv.conf"] == nil)
        }
    }

    @Test func `commands run as the user, in the directory, with the variables`() async throws {
        try await Workshop.with { workshop in
            let events = Events()
            _ = try await workshop.build(
                """
                FROM busybox
                ARG WHO=nobody
                ENV SHIP="Santa Maria"
                WORKDIR /srv/app
                RUN mkdir -p /home/app
                USER app
                SHELL ["/bin/sh", "-ec"]
                RUN id -u; id -g; echo $PWD $WHO "$SHIP"; false || true; echo err >&2
                RUN ["/bin/echo", "$SHIP"]
                RUN <<EOF
                echo one
                echo two
                EOF
                """, { $0.arguments = ["WHO": "me"] }, report: events.report)
            // The two outputs come by different pipes, so their order is open.
            #expect(
                events.logs.sorted()
                    == ["$SHIP", "/srv/app me Santa Maria", "1000", "1001", "err", "one", "two"])
        }
    }

    @Test func `a cache directory is kept between builds, and no mount leaves a trace`() async throws {
        try await Workshop.with { workshop in
            let events = Events()
            for round in ["first", "second"] {
                let result = try await workshop.build(
                    """
                    FROM busybox
                    RUN --mount=type=cache,target=/var/kept --mount=type=tmpfs,target=/quick ls /var/kept && \\
                        touch /var/kept/\(round) /quick/x /made
                    """, report: events.report)
                let names = try await workshop.files(result).keys
                #expect(names.allSatisfy { !$0.contains("kept") && !$0.contains("quick") })
                #expect(names.contains("made"))
            }
            #expect(events.logs == ["first"])
        }
    }

    @Test func `two builds that share a step do it once`() async throws {
        try await Workshop.with { workshop in
            let dockerfile = "FROM busybox\nRUN echo shared > /a\nRUN cat /a > /b\n"
            async let first = workshop.build(dockerfile)
            async let second = workshop.build(dockerfile)
            let results = try await [first, second]
            #expect(results[0].digest == results[1].digest)
            #expect(results.map(\.executedSteps).reduce(0, +) == 2)
        }
    }

    @Test func `a build that is cancelled leaves nothing running and nothing mounted`() async throws {
        try await Workshop.with { workshop in
            let (lines, feed) = AsyncStream<Void>.makeStream()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: (any Error).self) {
                        try await workshop.build(
                            "FROM busybox\nRUN echo ready; while true; do cat /dev/zero | wc -c; done",
                            report: { if case .log = $0 { feed.yield() } })
                    }
                }
                for await _ in lines { break }
                group.cancelAll()
            }
            let mounts = try Mounts.list(below: workshop.directory.file("build"))
            #expect(mounts.isEmpty)
            let left = try FileSystem.list(workshop.directory.file("build/work"))
            #expect(left == [])
        }
    }

    @Test func `a command that fails shows its place and its last words`() async throws {
        try await Workshop.with { workshop in
            let error = await #expect(throws: ImageProblem.self) {
                try await workshop.build("FROM busybox\nRUN echo almost there; echo broken >&2; sh -c 'exit 7'\n")
            }
            guard case .stepFailed(let location, _, let status, let tail)? = error else {
                Issue.record("another error: \(String(describing: error))")
                return
            }
            #expect(location.line == 2)
            #expect(status == 7)
            #expect(tail.sorted() == ["almost there", "broken"])
        }
    }

    @Test func `sources that are missing or kept out are named`() async throws {
        try await Workshop.with { workshop in
            try prepare(workshop)
            try workshop.write(".dockerignore", "*.log\nsrc/deep\n")
            try workshop.write("a.log", "x")
            for (line, remedy) in [
                ("COPY src/on.txt /", "Did you mean \"src/one.txt\"?"),
                ("COPY a.log /", "Add \"!a.log\" at the end of .dockerignore, or remove that line."),
            ] {
                let error = await #expect(throws: ImageProblem.self) {
                    try await workshop.build("FROM scratch\n" + line)
                }
                #expect(error?.remedy == remedy)
                #expect(error?.location?.line == 2)
            }
            let result = try await workshop.build("FROM scratch\nCOPY . /\n")
            #expect(
                try await workshop.files(result).keys.sorted() == [".dockerignore", "Dockerfile", "src", "src/one.txt"])
        }
    }

    @Test func `COPY follows Docker's rules for names and directories`() async throws {
        try await Workshop.with { workshop in
            try prepare(workshop)
            try workshop.directory.link("context/src/link", to: "one.txt")
            let result = try await workshop.build(
                """
                FROM busybox
                COPY src /tree
                COPY src/one.txt /file
                COPY src/one.txt /dir/
                COPY src/one.txt /tree
                COPY src/*.txt src/link /many/
                WORKDIR /w
                COPY src/one.txt .
                COPY src/one.txt renamed
                COPY src/deep /tree/
                COPY <<EOF /etc/motd
                hello $PATH
                EOF
                """)
            let files = try await workshop.files(result)
            for path in [
                "tree/one.txt", "tree/deep/two.txt", "file", "dir/one.txt", "many/one.txt", "many/link", "w/one.txt",
                "w/renamed",
                "tree/two.txt",
            ] {
                #expect(files[path] != nil, "\(path) is there")
            }
            #expect(files["tree/link"]?.entry.kind == .symbolicLink(target: "one.txt"))
            #expect(files["many/link"]?.content == "one\n")
            #expect(files["etc/motd"]?.content == "hello \(StageState.usualPath)\n")
        }
    }

    @Test func `ADD unpacks archives, COPY does not`() async throws {
        try await Workshop.with { workshop in
            let sink = MemorySink()
            let gzip = Compression.gzip.compressing(into: sink)
            let tar = TarWriter(gzip)
            try tar.append(TarEntry(path: "d", kind: .directory, mode: 0o750, owner: 3, group: 4))
            try tar.append(
                TarEntry(path: "d/f", kind: .file, mode: 0o640, owner: 3, group: 4), content: Array("in".utf8))
            try tar.append(TarEntry(path: "../up", kind: .symbolicLink(target: "d/f")))
            try tar.finish()
            try gzip.finish()
            try workshop.directory.write("context/a.tgz", sink.bytes)
            let files = try await workshop.files(
                workshop.build("FROM scratch\nADD a.tgz /x/\nCOPY a.tgz /y/\nADD Dockerfile /z/\n"))
            #expect(files["x/d/f"]?.content == "in")
            #expect(files["x/d/f"]?.entry.owner == 3)
            #expect(files["x/d"]?.entry.mode == 0o750)
            #expect(files["x/up"]?.entry.kind == .symbolicLink(target: "d/f"))
            #expect(files["y/a.tgz"] != nil)
            #expect(files["z/Dockerfile"] != nil)
        }
    }

    @Test func `a base image that is nowhere says which ways there are`() async throws {
        try await Workshop.with { workshop in
            let error = await #expect(throws: ImageProblem.self) {
                try await workshop.build("FROM registry.invalid/nobody/nothing:1\n")
            }
            #expect(error?.code == "images.base.unavailable")
            #expect(error?.remedy?.contains("estiba image import") == true)
        }
    }

    @Test func `layers are the same where they were made and where they are unpacked`() async throws {
        try await Workshop.with { workshop in
            try prepare(workshop)
            let result = try await workshop.build(Self.everything)
            let reference = try #require(result.references.first)
            let image = try #require(try await workshop.registry.find(reference))
            for layer in image.layers {
                let made = try #require(workshop.layers.directory(of: layer.diffID))
                let again = LayerArchive(directory: made, latest: 315_532_800)
                #expect(try again.write(to: workshop.registry.blobs)?.layer.diffID == layer.diffID)
            }
        }
    }

    @Test(.enabled(if: Requirement.programs("skopeo"), "needs skopeo"))
    func `skopeo reads what is exported`() async throws {
        try await Workshop.with { workshop in
            try prepare(workshop)
            let result = try await workshop.build(Self.everything)
            let reference = try #require(result.references.first)
            let image = try #require(try await workshop.registry.find(reference))
            let path = workshop.directory.file("image.tar")
            try await ImageExporter(registry: workshop.registry)
                .export(image, name: "latest", to: FileSink(path: path))
            let output = try await Command("skopeo", ["inspect", "oci-archive:" + path]).run().checked()
            #expect(output.text.contains(result.digest.description))
            #expect(output.text.contains("\"team\": \"harbour\""))
        }
    }
}
