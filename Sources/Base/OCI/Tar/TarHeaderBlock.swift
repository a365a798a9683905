/// One header block to be written, and the pax records for what doesn't fit into it.
struct TarHeaderBlock {
    private(set) var records: [String: [UInt8]] = [:]
    private var block = [UInt8](repeating: 0, count: TarField.blockSize)

    init(_ entry: TarEntry) {
        var path = entry.path
        if case .directory = entry.kind, !path.hasSuffix("/") { path += "/" }
        setPath(Array(path.utf8))
        setNumber(TarField.mode, Int64(entry.mode & 0o7777), record: nil)
        setNumber(TarField.owner, Int64(entry.owner), record: "uid")
        setNumber(TarField.group, Int64(entry.group), record: "gid")
        setNumber(TarField.size, 0, record: nil)
        setTime(entry.modified, entry.modifiedNanoseconds)
        switch entry.kind {
        case .file:
            block[TarField.type] = UInt8(ascii: "0")
            setNumber(TarField.size, entry.size, record: "size")
        case .hardLink(let target): setLink("1", target)
        case .symbolicLink(let target): setLink("2", target)
        case .characterDevice(let major, let minor): setDevice("3", major, minor)
        case .blockDevice(let major, let minor): setDevice("4", major, minor)
        case .directory: block[TarField.type] = UInt8(ascii: "5")
        case .fifo: block[TarField.type] = UInt8(ascii: "6")
        }
        for (name, value) in entry.extendedAttributes { records[TarField.extendedAttributePrefix + name] = value }
    }

    private init() {}

    /// The header of a pax member with the given size.
    static func extended(size: Int, for path: String) -> [UInt8] {
        var header = TarHeaderBlock()
        let name = Array("PaxHeaders/\(path.split(separator: "/").last ?? "root")".utf8)
        header.put(Array(name.prefix(100)), at: TarField.name.lowerBound)
        header.setNumber(TarField.mode, 0o644, record: nil)
        header.setNumber(TarField.owner, 0, record: nil)
        header.setNumber(TarField.group, 0, record: nil)
        header.setNumber(TarField.size, Int64(size), record: nil)
        header.setNumber(TarField.modified, 0, record: nil)
        header.block[TarField.type] = UInt8(ascii: "x")
        return header.finish()
    }

    /// The block with magic and checksum.
    mutating func finish() -> [UInt8] {
        put(Array("ustar\u{0}00".utf8), at: TarField.magic.lowerBound)
        put([UInt8](repeating: 0x20, count: 8), at: TarField.checksum.lowerBound)
        let sum = block.reduce(0) { $0 + Int($1) }
        put(Array(Self.octal(Int64(sum), digits: 6).utf8) + [0, 0x20], at: TarField.checksum.lowerBound)
        return block
    }

    private mutating func put(_ bytes: [UInt8], at start: Int) {
        block.replaceSubrange(start..<start + bytes.count, with: bytes)
    }

    private mutating func setPath(_ bytes: [UInt8]) {
        let isASCII = bytes.allSatisfy { $0 < 0x80 }
        if bytes.count <= TarField.name.count && isASCII { return put(bytes, at: TarField.name.lowerBound) }
        if isASCII, bytes.count <= TarField.prefix.count + 1 + TarField.name.count {
            // The prefix ends before a slash that leaves at most 100 bytes, and at least one, for the name.
            let earliest = max(1, bytes.count - TarField.name.count - 1)
            let latest = min(TarField.prefix.count, bytes.count - 2)
            if earliest <= latest, let slash = bytes[earliest...latest].firstIndex(of: UInt8(ascii: "/")) {
                put(Array(bytes[..<slash]), at: TarField.prefix.lowerBound)
                put(Array(bytes[(slash + 1)...]), at: TarField.name.lowerBound)
                return
            }
        }
        records["path"] = bytes
        put(Self.fallback(bytes), at: TarField.name.lowerBound)
    }

    private mutating func setLink(_ type: UnicodeScalar, _ target: String) {
        block[TarField.type] = UInt8(ascii: type)
        let bytes = Array(target.utf8)
        if bytes.count <= TarField.link.count && bytes.allSatisfy({ $0 < 0x80 }) {
            put(bytes, at: TarField.link.lowerBound)
        } else {
            records["linkpath"] = bytes
            put(Self.fallback(bytes), at: TarField.link.lowerBound)
        }
    }

    private mutating func setDevice(_ type: UnicodeScalar, _ major: UInt32, _ minor: UInt32) {
        block[TarField.type] = UInt8(ascii: type)
        setNumber(TarField.major, Int64(major), record: nil)
        setNumber(TarField.minor, Int64(minor), record: nil)
    }

    private mutating func setTime(_ seconds: Int64, _ nanoseconds: Int32) {
        guard nanoseconds != 0 || seconds < 0 || seconds >= 1 << 33 else {
            return setNumber(TarField.modified, seconds, record: nil)
        }
        setNumber(TarField.modified, min(max(0, seconds), 1 << 33 - 1), record: nil)
        var whole = seconds
        var fraction = Int64(nanoseconds)
        let sign = seconds < 0 ? "-" : ""
        if seconds < 0 && fraction > 0 {
            whole += 1
            fraction = 1_000_000_000 - fraction
        }
        let digits = String(fraction)
        let decimals = fraction == 0 ? "" : "." + String(repeating: "0", count: 9 - digits.count) + digits
        records["mtime"] = Array("\(sign)\(whole.magnitude)\(decimals)".utf8)
    }

    private mutating func setNumber(_ field: Range<Int>, _ value: Int64, record: String?) {
        let digits = field.count - 1
        if value < Int64(1) << (3 * Int64(digits)) {
            put(Array(Self.octal(value, digits: digits).utf8), at: field.lowerBound)
        } else {
            put(Array(Self.octal(0, digits: digits).utf8), at: field.lowerBound)
            if let record { records[record] = Array(String(value).utf8) }
        }
    }

    private static func octal(_ value: Int64, digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// What readers without pax support see: the last 100 bytes, with other than ASCII replaced.
    private static func fallback(_ bytes: [UInt8]) -> [UInt8] {
        bytes.suffix(100).map { $0 < 0x80 ? $0 : UInt8(ascii: "_") }
    }
}
