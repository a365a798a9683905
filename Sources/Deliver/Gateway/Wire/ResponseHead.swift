import NIOCore

/// The head of a backend's answer, as offsets into its own bytes.
struct ResponseHead {
    let bytes: ByteBuffer
    private(set) var status = 0
    /// Code and reason, as they stand in the status line.
    private(set) var statusText = ByteRange.empty
    private(set) var fields: [Field] = []
    private(set) var framing = BodyFraming.untilClose
    private(set) var keepsAlive = true
    private(set) var upgrade: ByteRange?
    private(set) var nominated: [ByteRange] = []
    /// A Content-Length beside a Transfer-Encoding, which is left out.
    private(set) var dropsLength = false

    /// `isHead`: the answer to a HEAD request, which has no body whatever its headers say.
    init(_ bytes: ByteBuffer, isHead: Bool) throws(WireDefect) {
        self.bytes = bytes
        fields.reserveCapacity(16)
        var defect: WireDefect?
        bytes.withUnsafeReadableBytes { all in
            do throws(WireDefect) { try read(all, isHead: isHead) } catch { defect = error }
        }
        if let defect { throw defect }
    }

    private mutating func read(_ all: UnsafeRawBufferPointer, isHead: Bool) throws(WireDefect) {
        let end = HeadScanner.lineEnd(all, from: 0)
        guard end >= 12, all.equals(ByteRange(start: 0, end: 7), ignoringCase: "http/1."), all[8] == 0x20,
            all[7] == 0x31 || all[7] == 0x30, end == 12 || all[12] == 0x20
        else { throw .startLine }
        for index in 9..<12 {
            guard all[index] >= 0x30, all[index] <= 0x39 else { throw .startLine }
            status = status * 10 + Int(all[index] - 0x30)
        }
        guard status >= 100 else { throw .startLine }
        for index in 12..<end where all[index] < 0x20 && all[index] != 0x09 || all[index] == 0x7F { throw .startLine }
        statusText = ByteRange(start: 9, end: end)
        keepsAlive = all[7] == 0x31
        try HeadScanner.fields(all, from: end + 2, into: &fields)
        var length: Int?
        var isChunked = false
        var closes = false
        for field in fields {
            switch field.id {
            case .contentLength:
                let value = try HeadScanner.length(all, field.value)
                guard length == nil || length == value else { throw .contentLength }
                length = value
            case .transferEncoding:
                guard !isChunked, all.equals(field.value, ignoringCase: "chunked") else { throw .transferEncoding }
                isChunked = true
            case .connection:
                HeadScanner.members(all, of: field.value) { member in
                    if all.equals(member, ignoringCase: "close") { closes = true } else { nominated.append(member) }
                }
            case .upgrade: upgrade = field.value
            default: break
            }
        }
        dropsLength = isChunked && length != nil
        if closes || dropsLength { keepsAlive = false }
        if isHead || status < 200 || status == 204 || status == 304 {
            framing = .none
        } else if isChunked {
            framing = .chunked
        } else if let length {
            framing = length == 0 ? .none : .length(length)
        } else {
            framing = .untilClose
            keepsAlive = false
        }
    }
}
