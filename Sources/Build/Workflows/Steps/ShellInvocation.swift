package import Problems

/// How a script is run: the words of the command and the ending of the script's file name.
/// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
package struct ShellInvocation: Sendable, Equatable {
    package let words: [String]
    package let suffix: String

    /// - Parameters:
    ///   - shell: The `shell` of the step or of its defaults; nil where none is given.
    ///   - exists: Whether a program is there.
    package init(_ shell: String?, script: String, exists: (String) -> Bool) throws(ShellProblem) {
        switch shell {
        case nil, "":
            words = (exists("bash") ? ["bash"] : ["sh"]) + ["-e", script]
            suffix = ".sh"
        case "bash":
            words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", script]
            suffix = ".sh"
        case "sh":
            words = ["sh", "-e", script]
            suffix = ".sh"
        case "python":
            words = [exists("python") ? "python" : "python3", script]
            suffix = ".py"
        case let custom?:
            let parts = Self.split(custom)
            guard parts.contains(where: { $0.contains("{0}") }) else { throw ShellProblem(shell: custom) }
            words = parts.map { $0.replacing("{0}", with: script) }
            suffix = ""
        }
    }

    /// Words at spaces; quotes hold words together.
    private static func split(_ text: String) -> [String] {
        var words: [String] = []
        var current = ""
        var quote: Character?
        var hasWord = false
        for character in text {
            if let open = quote {
                if character == open { quote = nil } else { current.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                hasWord = true
            } else if character == " " {
                if hasWord || !current.isEmpty { words.append(current) }
                current = ""
                hasWord = false
            } else {
                current.append(character)
            }
        }
        if hasWord || !current.isEmpty { words.append(current) }
        return words
    }
}

/// A shell that can't be used here.
package struct ShellProblem: Problem {
    package let shell: String
    package var code: String { "workflows.shell" }
    package var summary: String { "the shell \"\(shell)\" isn't known here" }
    package var remedy: String? {
        "Use bash, sh or python, or a command with {0} in it where the script's path belongs."
    }
    package var category: ProblemCategory { .unsupported }
}
