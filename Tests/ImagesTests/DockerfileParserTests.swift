import Problems
import Syntax
import Testing

@testable import Images

private func parse(_ text: String) throws -> Dockerfile {
    try DockerfileParser.parse(SourceText(name: "Dockerfile", text))
}

private func kinds(_ text: String) throws -> [Instruction.Kind] {
    try parse("FROM scratch\n" + text).stages[0].instructions.map(\.kind)
}

struct DockerfileParserTests {
    @Test func `lines are continued, comments between them left out, and keywords may be in lower case`() throws {
        let kinds = try kinds(
            """
            run echo a \\
              # a comment
              && echo b \\

            \t# another
              && echo c

            # outside
            cmd ["a", "b \\u00e9\\n"]
            """)
        #expect(
            kinds == [
                .run(.init(command: .shell("echo a   && echo b   && echo c"))), .command(.exec(["a", "b é\n"])),
            ])
    }

    @Test func `the escape character can be chosen, and other directives do no harm`() throws {
        let file = try parse("# syntax=docker/dockerfile:1\n# escape=`\nFROM scratch\nRUN a `\n b\\\nUSER x\n")
        #expect(file.stages[0].instructions.count == 2)
        #expect(file.stages[0].instructions[0].kind == .run(.init(command: .shell("a  b\\"))))
    }

    @Test func `stages have names, platforms and their own instructions`() throws {
        let file = try parse(
            """
            ARG BASE=debian:12 OTHER
            FROM --platform=$BUILDPLATFORM ${BASE} AS Build
            WORKDIR /src
            FROM scratch
            COPY --from=build --chown=1:2 --chmod=644 /a "/b c" /d/
            """)
        #expect(file.arguments.map(\.name) == ["BASE", "OTHER"])
        #expect(file.stages.map(\.name) == ["build", nil])
        #expect(file.stages[0].platform?.text == "$BUILDPLATFORM")
        guard case .copy(let copy) = file.stages[1].instructions[0].kind else {
            Issue.record("not a copy")
            return
        }
        #expect(copy.from?.text == "build")
        #expect(copy.owner?.text == "1:2")
        #expect(copy.mode?.text == "644")
        #expect(copy.sources.map(\.text) == ["/a", "\"/b c\""])
        #expect(copy.destination.text == "/d/")
    }

    @Test func `here-documents belong to RUN and COPY`() throws {
        let kinds = try kinds(
            """
            RUN <<EOF
            set -e
            echo $HOME
            EOF
            RUN python3 - <<'PY' && echo done
            print("x")
            PY
            COPY <<-one <<"two" /etc/
            \tuser=$USER
            \tone
            raw $USER
            two
            CMD true
            """)
        #expect(kinds[0] == .run(.init(command: .shell("set -e\necho $HOME\n"))))
        #expect(kinds[1] == .run(.init(command: .shell("python3 - <<'PY' && echo done\nprint(\"x\")\nPY"))))
        guard case .copy(let copy) = kinds[2] else {
            Issue.record("not a copy")
            return
        }
        #expect(copy.inline.map(\.text) == ["user=$USER\n", "raw $USER\n"])
        #expect(copy.inline.map(\.expands) == [true, false])
        #expect(kinds[3] == .command(.shell("true")))
    }

    @Test func `a shell's test is not taken for a list`() throws {
        #expect(try kinds("RUN [ -f /a ] && b") == [.run(.init(command: .shell("[ -f /a ] && b")))])
        #expect(try kinds("RUN [ \"$a\" = b ] || c") == [.run(.init(command: .shell("[ \"$a\" = b ] || c")))])
        #expect(try kinds("ENTRYPOINT []") == [.entrypoint(.exec([]))])
    }

    @Test func `a step may have directories that are kept between builds or in memory`() throws {
        let kinds = try kinds(
            "RUN --mount=type=cache,target=/root/.cache,sharing=locked --mount=type=tmpfs,target=/tmp,size=1m --network=none make"
        )
        #expect(
            kinds == [
                .run(
                    .init(
                        command: .shell("make"), network: .none,
                        mounts: [
                            .init(kind: .cache("/root/.cache", isLocked: true), target: "/root/.cache"),
                            .init(kind: .memory(1 << 20), target: "/tmp"),
                        ]))
            ])
    }

    @Test func `a health check has durations and a command`() throws {
        let kinds = try kinds("HEALTHCHECK --interval=1m30s --timeout=500ms --retries=5 CMD [\"ok\"]\nHEALTHCHECK NONE")
        let check = Instruction.Healthcheck(
            command: .exec(["ok"]), interval: 90_000_000_000, timeout: 500_000_000, retries: 5)
        #expect(kinds == [.healthcheck(check), .healthcheck(.init())])
    }

    @Test(arguments: [
        (
            "FORM scratch",
            """
            error: "FORM" is not an instruction
              --> Dockerfile:1:1
              1 | FORM scratch
                | ^^^^
              next: Did you mean "FROM"?
              images.dockerfile.unknown-instruction
            """
        ),
        (
            "FROM scratch\n\n  RUM \\\n echo",
            """
            error: "RUM" is not an instruction
              --> Dockerfile:3:3
              3 |   RUM \\
                |   ^^^
              next: Did you mean "RUN"?
              images.dockerfile.unknown-instruction
            """
        ),
        (
            "FROM scratch\nCMD [\"a\", 'b']",
            """
            error: strings in a list stand in double quotes
              --> Dockerfile:2:11
              2 | CMD ["a", 'b']
                |           ^
              next: Write "…" instead of '…'.
              images.dockerfile.json
            """
        ),
        (
            "FROM scratch\nCOPY \\\n  --form=x a b",
            """
            error: COPY has no flag --form
              --> Dockerfile:3:3
              3 |   --form=x a b
                |   ^^^^^^
              next: Did you mean "from"?
              images.dockerfile.unknown-flag
            """
        ),
        (
            "FROM scratch\nRUN --mount=type=secret,id=x make",
            """
            error: RUN --mount=type=secret is not supported
              --> Dockerfile:2:13
              2 | RUN --mount=type=secret,id=x make
                |             ^^^^^^^^^^^^^^^^
              next: Pass what is not secret by ARG; keep secrets out of builds.
              images.dockerfile.unsupported
            """
        ),
        (
            "FROM scratch\nENV A=1 B",
            """
            error: "B" is not of the form name=value
              --> Dockerfile:2:9
              2 | ENV A=1 B
                |         ^
              next: Put values with spaces in double quotes.
              images.dockerfile.pair
            """
        ),
        (
            "RUN true\nFROM scratch",
            """
            error: RUN stands before the first FROM
              --> Dockerfile:1:1
              1 | RUN true
                | ^^^
              next: Put a FROM line above it; only ARG may stand before FROM.
              images.dockerfile.before-from
            """
        ),
        (
            "FROM scratch\nRUN <<EOF\necho\n",
            """
            error: the text that begins with <<EOF has no end
              --> Dockerfile:2:5
              2 | RUN <<EOF
                |     ^^^^^
              next: Write EOF alone on a line after it.
              images.dockerfile.heredoc
            """
        ),
        (
            "# nothing\n",
            """
            error: the Dockerfile has no FROM
              --> Dockerfile:1:1
              1 | # nothing
                | ^
              next: Begin it with "FROM scratch" or with a base image such as "FROM debian:bookworm-slim".
              images.dockerfile.empty
            """
        ),
    ])
    func `a mistake is shown with a caret`(text: String, shown: String) throws {
        let error = #expect(throws: Diagnostics.self) { try parse(text) }
        let first = try #require(error?.all.first)
        #expect(TerminalRendering().render(first) == shown)
    }

    @Test(arguments: [
        ("ONBUILD RUN x", "images.dockerfile.unsupported"), ("ADD https://a/b /c", "images.dockerfile.unsupported"),
        ("COPY a", "images.dockerfile.missing"), ("FROM a b", "images.dockerfile.from"),
        ("EXPOSE", "images.dockerfile.missing"),
        ("HEALTHCHECK curl", "images.dockerfile.healthcheck"), ("SHELL sh", "images.dockerfile.missing"),
        ("HEALTHCHECK --interval=5x CMD a", "images.dockerfile.duration"),
        ("ARG 1a", "images.dockerfile.variable-name"),
        ("USER a b", "images.dockerfile.too-many"), ("RUN --network=hots x", "images.dockerfile.network"),
        ("FROM scratch AS 1x", "images.dockerfile.stage-name"), ("CMD [\"a\"", "images.dockerfile.json"),
        ("CMD [\"a\"] b", "images.dockerfile.json"), ("CMD [\"\\x\"]", "images.dockerfile.json"),
    ])
    func `each mistake has its code, a place and a remedy`(text: String, code: String) throws {
        let error = #expect(throws: Diagnostics.self) { try parse("FROM scratch\n" + text) }
        let first = try #require(error?.all.first)
        #expect(first.code == code)
        #expect(first.location?.line == 2)
        #expect(first.remedy != nil)
    }

    @Test func `all mistakes are reported together`() {
        let error = #expect(throws: Diagnostics.self) { try parse("FROM scratch\nRUM a\nCOPY b\nCMD [\"\n") }
        #expect(error?.all.map { $0.location?.line } == [2, 3, 4])
    }
}
