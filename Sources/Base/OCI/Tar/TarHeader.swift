/// One header block, read.
struct TarHeader {
    private let block: [UInt8]
    private let offset: Int64

    init(_ block: [UInt8], at offset: Int64) throws(OCIProblem) {
        self.block = block
        self.offset = offset
        let stored = try number(TarField.checksum, "checksum")
        var unsigned: Int64 = 0
        var signed: Int64 = 0
        for (index, byte) in block.enumerated() {
            let value = TarField.checksum.contains(index) ? 0x20 : byte
            unsigned += Int64(value)
            signed += Int64(Int8(bitPattern: value))
        }
        guard stored == unsigned || stored == signed else {
            throw .tar(offset: offset, why: "a header's checksum is wrong; perhaps this is not a tar archive")
        }
    }

    var type: UInt8 { block[TarField.type] }

    /// The size field, in bytes, whatever the type.
    var size: Int64 { get throws(OCIProblem) { try number(TarField.size, "size") } }

    func entry(extended: [String: [UInt8]], longName: [UInt8]?, longLink: [UInt8]?) throws(OCIProblem) -> TarEntry {
        var nameBytes = longName ?? extended["path"] ?? text(TarField.name)
        if longName == nil && extended["path"] == nil && hasPrefixField {
            let prefix = text(TarField.prefix)
            if !prefix.isEmpty { nameBytes = prefix + [UInt8(ascii: "/")] + nameBytes }
        }
        let name = try string(nameBytes, "name")
        let link = try string(longLink ?? extended["linkpath"] ?? text(TarField.link), "link")
        if let key = extended.keys.first(where: { $0.hasPrefix("GNU.sparse.") }) {
            throw .tarFeature(path: name, feature: "a sparse file (\(key))")
        }
        let path = Self.normal(name)
        guard !path.isEmpty else { throw .tar(offset: offset, why: "a member has no name") }
        var entry = TarEntry(path: path, kind: try kind(name: name, link: link))
        entry.mode = UInt32(truncatingIfNeeded: try number(TarField.mode, "mode")) & 0o7777
        entry.owner = UInt32(truncatingIfNeeded: try number(TarField.owner, "owner", or: extended["uid"]))
        entry.group = UInt32(truncatingIfNeeded: try number(TarField.group, "group", or: extended["gid"]))
        (entry.modified, entry.modifiedNanoseconds) = try time(extended["mtime"])
        if case .file = entry.kind { entry.size = try number(TarField.size, "size", or: extended["size"]) }
        guard entry.size >= 0 else { throw .tar(offset: offset, why: "the size of \(path) is negative") }
        for (key, value) in extended where key.hasPrefix(TarField.extendedAttributePrefix) {
            entry.extendedAttributes[String(key.dropFirst(TarField.extendedAttributePrefix.utf8.count))] = value
        }
        return entry
    }

    /// Without leading `./` and trailing `/`; the root is `.`. Leading slashes and `..` stay: the reader of the entry judges them.
    static func normal(_ name: String) -> String {
        var path = Substring(name)
        while path.hasPrefix("./") {
            path = path.dropFirst(2)
            while path.hasPrefix("/") { path = path.dropFirst() }
        }
        while path.count > 1 && path.hasSuffix("/") { path = path.dropLast() }
        return path.isEmpty && !name.isEmpty ? "." : String(path)
    }

    private func kind(name: String, link: String) throws(OCIProblem) -> TarEntry.Kind {
        switch type {
        case UInt8(ascii: "0"), 0, UInt8(ascii: "7"): return name.hasSuffix("/") ? .directory : .file
        case UInt8(ascii: "1"): return .hardLink(target: Self.normal(link))
        case UInt8(ascii: "2"): return .symbolicLink(target: link)
        case UInt8(ascii: "3"):
            return .characterDevice(major: try device(TarField.major), minor: try device(TarField.minor))
        case UInt8(ascii: "4"):
            return .blockDevice(major: try device(TarField.major), minor: try device(TarField.minor))
        case UInt8(ascii: "5"): return .directory
        case UInt8(ascii: "6"): return .fifo
        case UInt8(ascii: "S"): throw .tarFeature(path: name, feature: "a sparse file")
        case let other:
            let shown = other > 0x20 && other < 0x7F ? "\"\(Character(UnicodeScalar(other)))\"" : "\(other)"
            throw .tarFeature(path: name, feature: "of the member type \(shown)")
        }
    }

    /// POSIX says "ustar\0" "00"; GNU's own format uses the prefix field for other things.
    private var hasPrefixField: Bool { block[TarField.magic].starts(with: Array("ustar\0".utf8)) }

    private func text(_ field: Range<Int>) -> [UInt8] {
        Array(block[field].prefix { $0 != 0 })
    }

    private func string(_ bytes: [UInt8], _ what: String) throws(OCIProblem) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .tarFeature(
                path: String(decoding: bytes, as: UTF8.self), feature: "a member whose \(what) is not UTF-8")
        }
        return text
    }

    private func device(_ field: Range<Int>) throws(OCIProblem) -> UInt32 {
        UInt32(truncatingIfNeeded: try number(field, "device number"))
    }

    private func time(_ pax: [UInt8]?) throws(OCIProblem) -> (Int64, Int32) {
        guard let pax else { return (try number(TarField.modified, "time"), 0) }
        let parts = String(decoding: pax, as: UTF8.self).split(separator: ".", maxSplits: 1)
        guard let first = parts.first, var seconds = Int64(first) else {
            throw .tar(offset: offset, why: "a modification time is not a number")
        }
        let digits = parts.count > 1 ? parts[1].prefix(9) : ""
        var nanoseconds = Int32(digits + String(repeating: "0", count: 9 - digits.count)) ?? 0
        if first.hasPrefix("-") && nanoseconds > 0 {
            seconds -= 1
            nanoseconds = 1_000_000_000 - nanoseconds
        }
        return (seconds, nanoseconds)
    }

    private func number(_ field: Range<Int>, _ what: String, or pax: [UInt8]?) throws(OCIProblem) -> Int64 {
        guard let pax else { return try number(field, what) }
        guard let value = Int64(String(decoding: pax, as: UTF8.self)) else {
            throw .tar(offset: offset, why: "an extended header has a number that is none")
        }
        return value
    }

    /// Octal digits, or GNU's base 256 where the first bit is set.
    private func number(_ field: Range<Int>, _ what: String) throws(OCIProblem) -> Int64 {
        let bytes = block[field]
        if let first = bytes.first, first & 0x80 != 0 {
            var value: Int64 = first & 0x40 != 0 ? -1 : 0
            value = value << 6 | Int64(first & 0x3F)
            for byte in bytes.dropFirst() {
                let (shifted, overflow) = value.multipliedReportingOverflow(by: 256)
                guard !overflow else { throw .tar(offset: offset, why: "the \(what) is too large") }
                value = shifted | Int64(byte)
            }
            return value
        }
        var value: Int64 = 0
        var sawDigit = false
        for byte in bytes {
            if byte >= 0x30 && byte <= 0x37 {
                value = value << 3 | Int64(byte - 0x30)
                sawDigit = true
            } else if byte == 0 || byte == 0x20 {
                if sawDigit { break }
            } else {
                throw .tar(offset: offset, why: "the \(what) is not an octal number")
            }
        }
        return value
    }
}
