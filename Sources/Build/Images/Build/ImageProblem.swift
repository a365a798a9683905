package import OCI
package import Problems

/// Why an image could not be made.
package enum ImageProblem: Problem {
    /// The command of a step failed; `tail` is the end of what it wrote.
    case stepFailed(at: ProblemLocation, command: String, status: Int32, tail: [String])
    case timedOut(at: ProblemLocation, command: String, after: Duration)
    case missingSource(at: ProblemLocation, source: String, why: String, remedy: String)
    case copyRefused(at: ProblemLocation, why: String, remedy: String)
    /// An error of the machine in a step.
    case step(at: ProblemLocation, cause: any Error)
    case noContext(String)
    case noDockerfile(String)
    /// Running a command for another kind of machine.
    case foreign(at: ProblemLocation, Platform)
    case noBase(ImageReference, at: ProblemLocation?, ways: String, cause: any Error)
    /// An image with triggers for the Dockerfiles that use it.
    case triggers(ImageReference, at: ProblemLocation?)
    case baseFailed(ImageReference, lastWords: String)
    case importRefused(String, why: String)

    package var code: String {
        switch self {
        case .stepFailed: "images.step.failed"
        case .timedOut: "images.step.timed-out"
        case .missingSource: "images.copy.missing"
        case .copyRefused: "images.copy.refused"
        case .step: "images.step.error"
        case .noContext: "images.context.missing"
        case .noDockerfile: "images.dockerfile.missing"
        case .foreign: "images.step.foreign-platform"
        case .noBase: "images.base.unavailable"
        case .triggers: "images.base.onbuild"
        case .baseFailed: "images.base.failed"
        case .importRefused: "images.import.refused"
        }
    }

    package var summary: String {
        switch self {
        case .stepFailed(_, let command, let status, let tail):
            "\"\(Self.short(command))\" ended with exit code \(status)"
                + (tail.isEmpty ? " and wrote nothing" : "; its last words:\n    " + tail.joined(separator: "\n    "))
        case .timedOut(_, let command, let duration): "\"\(Self.short(command))\" did not end within \(duration)"
        case .missingSource(_, let source, let why, _): "\"\(source)\" can't be copied: \(why)"
        case .copyRefused(_, let why, _): why
        case .step: "the step can't be done"
        case .noContext(let path): "there is no directory \(path) to build from"
        case .noDockerfile(let path): "there is no \(path)"
        case .foreign(_, let platform): "a command for \(platform) can't run on this machine (\(Platform.current))"
        case .noBase(let reference, _, _, _): "the base image \(reference.familiar) is neither here nor within reach"
        case .triggers(let reference, _):
            "the base image \(reference.familiar) has ONBUILD triggers, which are not supported"
        case .baseFailed(let reference, let words): "the base image \(reference.familiar) could not be made: \(words)"
        case .importRefused(let path, let why): "\(path) can't become an image: \(why)"
        }
    }

    private static func short(_ command: String) -> String {
        let line = command.replacing("\n", with: " ")
        return line.count > 100 ? line.prefix(99) + "…" : line
    }

    package var remedy: String? {
        switch self {
        case .stepFailed: "Mend the command or what it works on; the steps before it stay cached."
        case .timedOut: "Make the step quicker, or allow it more time."
        case .missingSource(_, _, _, let remedy), .copyRefused(_, _, let remedy): remedy
        case .noContext: "Name an existing directory."
        case .noDockerfile: "Write a Dockerfile, or name another file with --file."
        case .foreign: "Build for this machine, or cross-compile in a stage with FROM --platform=$BUILDPLATFORM."
        case .noBase(_, _, let ways, _): ways
        case .triggers: "Write out in the Dockerfile what the triggers would do."
        case .importRefused: "Give a tar archive of a root file system (plain, gzip or zstd), or a directory."
        default: nil
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .missingSource, .copyRefused, .noDockerfile, .noContext, .importRefused: .invalid
        case .foreign, .triggers: .unsupported
        case .noBase: .unavailable
        case .timedOut: .timedOut
        case .step(_, let cause): (cause as? any Problem)?.category ?? .failed
        default: .failed
        }
    }

    package var location: ProblemLocation? {
        switch self {
        case .stepFailed(let at, _, _, _), .timedOut(let at, _, _), .missingSource(let at, _, _, _),
            .copyRefused(let at, _, _),
            .step(let at, _), .foreign(let at, _):
            at
        case .noBase(_, let at, _, _), .triggers(_, let at): at
        default: nil
        }
    }

    package var cause: (any Error)? {
        switch self {
        case .step(_, let cause), .noBase(_, _, _, let cause): cause
        default: nil
        }
    }
}
