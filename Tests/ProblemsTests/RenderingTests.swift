import Problems
import Testing

@Suite("how problems are shown")
struct RenderingTests {
    let problem = PlainProblem(
        "images.dockerfile.unknown-instruction", "unknown instruction \"CPOY\"", remedy: "Did you mean \"COPY\"?",
        category: .invalid,
        location: ProblemLocation(file: "Dockerfile", line: 3, column: 3, excerpt: "\t CPOY a b", width: 4))

    @Test("a terminal shows the line with a caret under the word, and what to do next")
    func terminal() {
        let expected = """
            error: unknown instruction "CPOY"
              --> Dockerfile:3:3
              3 | \t CPOY a b
                | \t ^^^^
              next: Did you mean "COPY"?
              images.dockerfile.unknown-instruction
            """
        #expect(TerminalRendering().render(problem) == expected)
    }

    @Test("a chain of causes is told to its end")
    func causes() {
        let inner = PlainProblem("b", "the disk is full")
        let outer = PlainProblem(
            "a", "the image was not stored", cause: PlainProblem("c", "the blob failed", cause: inner))
        let text = TerminalRendering().render(outer)
        #expect(text.contains("because: the blob failed\n  because: the disk is full"))
    }

    @Test("one line has the place, the sentence, the cause and the remedy")
    func oneLine() {
        #expect(problem.oneLine == "Dockerfile:3:3: unknown instruction \"CPOY\". Did you mean \"COPY\"?")
        #expect(PlainProblem("a", "it failed", cause: PlainProblem("b", "no")).oneLine == "it failed: no")
    }

    @Test("JSON strings are escaped")
    func escaping() {
        #expect(WireRendering.quote("a\"b\\c\n\u{1}é") == "\"a\\\"b\\\\c\\n\\u0001é\"")
        #expect(
            WireRendering.oci(code: "NAME_UNKNOWN", message: "no \"x\"")
                == #"{"errors":[{"code":"NAME_UNKNOWN","message":"no \"x\""}]}"#)
    }

    @Test(
        "a Kubernetes Status carries reason and code",
        arguments: [
            (ProblemCategory.notFound, "NotFound", 404), (.conflict, "Conflict", 409), (.denied, "Forbidden", 403),
        ])
    func status(category: ProblemCategory, reason: String, code: Int) {
        let text = WireRendering.kubernetesStatus(PlainProblem("a", "b", category: category))
        #expect(text.contains("\"reason\":\"\(reason)\"") && text.contains("\"code\":\(code)"))
    }

    @Test(
        "the nearest name is suggested, else all of them",
        arguments: [
            ("deploi", "Did you mean \"deploy\"?"), ("x", "Use one of: approve, deploy."),
        ])
    func suggestion(word: String, remedy: String) {
        #expect(Suggestion.remedy(for: word, in: ["deploy", "approve"]) == remedy)
    }
}
