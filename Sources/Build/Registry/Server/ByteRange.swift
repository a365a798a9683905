/// The ranges that blobs are asked for and uploads continue with.
enum ByteRange {
    /// A `Range: bytes=a-b` header against content of a size (RFC 9110 §14.1.2): nil means the whole content,
    /// for several ranges and for units that are not known too.
    static func requested(_ header: String?, size: Int64) throws(RegistryProblem) -> ClosedRange<Int64>? {
        guard let header, header.hasPrefix("bytes="), !header.contains(",") else { return nil }
        let parts = header.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let first = Int64(parts[0])
        let last = Int64(parts[1])
        switch (first, last) {
        case (let first?, let last?) where first <= last:
            guard first < size else { throw .unsatisfiableRange(size: size) }
            return first...min(last, size - 1)
        case (let first?, nil) where parts[1].isEmpty:
            guard first < size else { throw .unsatisfiableRange(size: size) }
            return first...(size - 1)
        case (nil, let suffix?) where parts[0].isEmpty:
            guard suffix > 0, size > 0 else { throw .unsatisfiableRange(size: size) }
            return max(0, size - suffix)...(size - 1)
        default: return nil
        }
    }

    /// A `Content-Range: a-b` header of a chunk: the start, and the length.
    static func chunk(_ header: String) throws(RegistryProblem) -> (start: Int64, length: Int64) {
        let text = header.hasPrefix("bytes ") ? header.dropFirst(6) : Substring(header)
        let bounds = text.prefix { $0 != "/" }.split(separator: "-", maxSplits: 1)
        guard bounds.count == 2, let start = Int64(bounds[0]), let end = Int64(bounds[1]), start >= 0, start <= end
        else {
            throw .invalidUpload(why: "\"Content-Range: \(header)\" is not of the form first-last")
        }
        return (start, end - start + 1)
    }
}
