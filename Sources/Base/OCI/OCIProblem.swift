package import Problems

/// What can be wrong with a name, a document or an archive of the Open Container Initiative's formats.
package enum OCIProblem: Problem, Equatable {
    /// A digest that is not `algorithm:hex` with a known algorithm and the right length.
    case digest(String, why: String)
    /// An image reference that can't be read; `next` says how to mend it.
    case reference(String, why: String, next: String)
    /// A platform that is not `os/architecture[/variant]`.
    case platform(String)
    /// A manifest, index or configuration that is not what its media type promises.
    case document(String, why: String)
    /// An index without an entry for the platform.
    case noPlatform(Platform, available: [Platform])
    /// A tar archive that breaks its format at a byte offset.
    case tar(offset: Int64, why: String)
    /// An archive with a feature that is not read or written.
    case tarFeature(path: String, feature: String)
    /// Compressed data that can't be expanded.
    case compressed(format: String, why: String)
    /// Content ended before its announced size.
    case truncated(what: String, expected: Int64, got: Int64)
    /// Content whose digest is another than promised.
    case mismatch(expected: Digest, got: Digest)
    /// A read or write of the operating system failed.
    case io(what: String, errno: Int32)

    package var code: String {
        switch self {
        case .digest: "oci.digest.invalid"
        case .reference: "oci.reference.invalid"
        case .platform: "oci.platform.invalid"
        case .document: "oci.document.invalid"
        case .noPlatform: "oci.index.no-platform"
        case .tar: "oci.tar.invalid"
        case .tarFeature: "oci.tar.unsupported"
        case .compressed: "oci.compression.invalid"
        case .truncated: "oci.content.truncated"
        case .mismatch: "oci.content.mismatch"
        case .io: "oci.content.io"
        }
    }

    package var summary: String {
        switch self {
        case .digest(let text, let why): "\"\(text)\" is not a digest: \(why)"
        case .reference(let text, let why, _): "\"\(text)\" is not an image reference: \(why)"
        case .platform(let text): "\"\(text)\" is not a platform"
        case .document(let what, let why): "the \(what) is not valid: \(why)"
        case .noPlatform(let wanted, let available):
            "the index has no image for \(wanted); it has "
                + (available.isEmpty ? "none" : available.map(\.description).joined(separator: ", "))
        case .tar(let offset, let why): "the tar archive is damaged at byte \(offset): \(why)"
        case .tarFeature(let path, let feature): "\(path) in the tar archive is \(feature), which is not supported"
        case .compressed(let format, let why): "the \(format) data can't be expanded: \(why)"
        case .truncated(let what, let expected, let got): "\(what) ends after \(got) of \(expected) bytes"
        case .mismatch(let expected, let got): "the content has digest \(got), not \(expected)"
        case .io(let what, let number): "\(what) failed: \(systemMessage(number))"
        }
    }

    package var remedy: String? {
        switch self {
        case .digest: "Write it as sha256: and 64 lower-case hexadecimal digits."
        case .reference(_, _, let next): next
        case .platform: "Write it as linux/amd64, linux/arm64 or linux/arm/v7."
        case .noPlatform: "Ask for one of these platforms, or build the image for this one."
        case .tar, .compressed, .truncated, .mismatch: "Fetch or make the file again."
        case .tarFeature: "Make the archive without it (tar --format=posix, without --sparse)."
        case .io(_, let number): isDiskFull(number) ? "Free some disk space, then try again." : nil
        case .document: nil
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .noPlatform: .notFound
        case .tarFeature: .unsupported
        case .io(_, let number): isDiskFull(number) ? .exhausted : .failed
        default: .invalid
        }
    }
}
