package import Syntax

/// A Dockerfile, read: what stands before the first stage, and the stages.
package struct Dockerfile: Sendable {
    package let source: SourceText
    /// `ARG`s before the first `FROM`.
    package let arguments: [Argument]
    package let stages: [Stage]

    /// A name with the default that follows `=`, if there is one.
    package struct Argument: Sendable, Equatable {
        package let name: String
        package let value: Word?
    }

    /// Everything from one `FROM` to the next.
    package struct Stage: Sendable {
        /// What follows `AS`, in lower case.
        package let name: String?
        package let base: Word
        package let platform: Word?
        package let instructions: [Instruction]
        /// The `FROM` line.
        package let range: Range<Int>
    }
}

/// A piece of text that may hold quotes and variables, and where it stands.
package struct Word: Sendable, Equatable {
    package let text: String
    package let range: Range<Int>
}

/// One instruction of a stage.
package struct Instruction: Sendable {
    package let kind: Kind
    /// The instruction as written, in one line, for people.
    package let text: String
    package let range: Range<Int>

    package enum Kind: Sendable, Equatable {
        case arguments([Dockerfile.Argument])
        case environment([Pair])
        case labels([Pair])
        case workingDirectory(Word)
        case user(Word)
        case expose([Word])
        case volumes([Word])
        case copy(Copy)
        case run(Run)
        case command(CommandForm)
        case entrypoint(CommandForm)
        case healthcheck(Healthcheck)
        case shell([String])
        case stopSignal(Word)
        case maintainer(String)
    }

    package struct Pair: Sendable, Equatable {
        package let name: Word
        package let value: Word
    }

    /// A command: for a shell, or as the program's arguments.
    package enum CommandForm: Sendable, Equatable {
        case shell(String)
        case exec([String])
    }

    /// `COPY`, and `ADD`, which unpacks local archives too.
    package struct Copy: Sendable, Equatable {
        package var unpacks = false
        package var sources: [Word] = []
        /// Files written in the Dockerfile itself.
        package var inline: [Heredoc] = []
        package var destination = Word(text: "", range: 0..<0)
        package var from: Word?
        package var owner: Word?
        package var mode: Word?
    }

    package struct Run: Sendable, Equatable {
        package enum Network: String, Sendable, CaseIterable {
            case `default`, host, none
        }

        package var command: CommandForm
        package var network = Network.default
        package var mounts: [Mount] = []
    }

    /// A directory that a step sees and the image doesn't keep.
    package struct Mount: Sendable, Equatable {
        package enum Kind: Sendable, Equatable {
            /// Kept between builds under a name; a locked one is used by one step at a time.
            case cache(String, isLocked: Bool)
            /// Memory, at most so many bytes.
            case memory(Int64?)
        }

        package let kind: Kind
        package let target: String
    }

    package struct Healthcheck: Sendable, Equatable {
        /// Nil for `HEALTHCHECK NONE`.
        package var command: CommandForm?
        /// Nanoseconds.
        package var interval: Int64?
        package var timeout: Int64?
        package var startPeriod: Int64?
        package var retries: Int?
    }
}

/// Text in the Dockerfile between `<<NAME` and a line with that name.
package struct Heredoc: Sendable, Equatable {
    package let name: String
    package let text: String
    /// Whether variables in it are replaced: they aren't when the name is quoted.
    package let expands: Bool
    package let range: Range<Int>
}
