package import Problems

/// The files behind `$GITHUB_ENV`, `$GITHUB_OUTPUT` and `$GITHUB_STATE`: `name=value`, or a name with several lines:
///
///     name<<END
///     one
///     two
///     END
package enum CommandFile {
    /// The pairs in the order they are written.
    package static func pairs(_ text: String, file: String) throws(CommandFileProblem) -> [(
        name: String, value: String
    )] {
        var pairs: [(name: String, value: String)] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        var index = 0
        while index < lines.count {
            let line = lines[index]
            index += 1
            if line.isEmpty { continue }
            let equals = line.firstRange(of: "=")?.lowerBound
            let heredoc = line.firstRange(of: "<<")
            if let heredoc, equals.map({ heredoc.lowerBound < $0 }) ?? true {
                let name = line[..<heredoc.lowerBound]
                let end = line[heredoc.upperBound...]
                if name.isEmpty || end.isEmpty {
                    throw CommandFileProblem(file: file, line: index, why: "a name and an end mark stand around \"<<\"")
                }
                var value: [Substring] = []
                while true {
                    guard index < lines.count else {
                        throw CommandFileProblem(file: file, line: index, why: "the end mark \"\(end)\" is missing")
                    }
                    let next = lines[index]
                    index += 1
                    if next == end { break }
                    value.append(next)
                }
                pairs.append((String(name), value.joined(separator: "\n")))
            } else if let equals, equals > line.startIndex {
                pairs.append((String(line[..<equals]), String(line[line.index(after: equals)...])))
            } else {
                throw CommandFileProblem(file: file, line: index, why: "neither name=value nor name<<END: \"\(line)\"")
            }
        }
        return pairs
    }

    /// The lines of `$GITHUB_PATH`: the last one comes first in the search path.
    package static func paths(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map(String.init).reversed()
    }
}

/// Why a file that a step wrote for the runner can't be read.
package struct CommandFileProblem: Problem {
    package let file: String
    package let line: Int
    package let why: String

    package var code: String { "workflows.command-file" }
    package var summary: String {
        "the step wrote something else than names and values to \(file), line \(line): \(why)"
    }
    package var remedy: String? { "Write name=value, or name<<END with lines up to END." }
    package var category: ProblemCategory { .invalid }
}
