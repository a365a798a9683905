package import OCI
import Problems
import Syntax

/// Which stages a build needs, in which order, and on what each stands. Made from the Dockerfile and the arguments alone.
package struct BuildPlan: Sendable {
    package struct Stage: Sendable {
        package enum Base: Sendable, Equatable {
            case scratch
            case stage(Int)
            case image(ImageReference, Platform)
        }

        package let index: Int
        /// The name after AS, or its number.
        package let name: String
        package let base: Base
        package let platform: Platform
        package let steps: [Step]
        /// Stages that must be done before this one.
        package let needs: Set<Int>
        /// The FROM line.
        package let range: Range<Int>
    }

    package struct Step: Sendable {
        package let instruction: Instruction
        /// Its place in the whole build, from 1.
        package let number: Int
        /// Where a COPY --from takes files from; nil for the context.
        package let source: CopySource?
    }

    package enum CopySource: Sendable, Equatable {
        case stage(Int)
        case image(ImageReference)
    }

    package let dockerfile: Dockerfile
    package let escape: UInt8
    /// The stages that are needed, in the order of the file. The last one is the result.
    package let stages: [Stage]
    /// How many numbered steps there are: every FROM and every instruction.
    package let stepCount: Int
    /// Arguments that were given and that the file declares nowhere.
    package let unusedArguments: [String]
    /// The values of the arguments before the first FROM.
    package let globals: [String: String]

    /// Arguments that every build knows without declaring them; they aren't kept in the image and don't touch the cache.
    package static let ambientArguments: Set<String> = [
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy",
        "ALL_PROXY", "all_proxy", "SOURCE_DATE_EPOCH",
    ]
}
