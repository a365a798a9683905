import NIOCore

/// Finds the end of a message head and cuts it into header lines, strictly (RFC 9112 §2.2, §5).
enum HeadScanner {
    /// The offset just after the empty line that ends the head, from the reader index; nil while it isn't there.
    /// `scanned` says how many bytes an earlier call has looked at.
    static func end(of buffer: ByteBuffer, scanned: inout Int) throws(WireDefect) -> Int? {
        var found: Int?
        var defect: WireDefect?
        let start = scanned
        buffer.withUnsafeReadableBytes { bytes in
            var index = start
            while index < bytes.count {
                if bytes[index] == 0x0A {
                    if index == 0 || bytes[index - 1] != 0x0D {
                        defect = .bareLineFeed
                        return
                    }
                    if index >= 3, bytes[index - 2] == 0x0A, bytes[index - 3] == 0x0D {
                        found = index + 1
                        return
                    }
                }
                index += 1
            }
        }
        if let defect { throw defect }
        scanned = found == nil ? buffer.readableBytes : 0
        return found
    }

    /// The same where a bare LF ends a line too, which a recipient may take for one (RFC 9112 §2.2). Only backends are read
    /// like this: of a request two readers could otherwise think differently.
    static func lenientEnd(of buffer: ByteBuffer) -> Int? {
        buffer.withUnsafeReadableBytes { bytes in
            var lineStart = 0
            for index in bytes.indices where bytes[index] == 0x0A {
                let isEmpty = index == lineStart || (index == lineStart + 1 && bytes[lineStart] == 0x0D)
                if isEmpty && lineStart > 0 { return index + 1 }
                lineStart = index + 1
            }
            return nil
        }
    }

    /// A head in which every line ends in CR LF, as the rest of the reading and the client expect it.
    static func completingLineEnds(of head: ByteBuffer) -> ByteBuffer {
        var complete = ByteBuffer()
        complete.reserveCapacity(head.readableBytes + 64)
        var previous: UInt8 = 0
        for byte in head.readableBytesView {
            if byte == 0x0A, previous != 0x0D { complete.writeInteger(0x0D as UInt8) }
            complete.writeInteger(byte)
            previous = byte
        }
        return complete
    }

    /// Where the line that begins at `start` ends (the offset of its CR).
    static func lineEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != 0x0D { index += 1 }
        return index
    }

    /// Reads the header lines from `start` to the empty line.
    static func fields(
        _ bytes: UnsafeRawBufferPointer, from start: Int, into fields: inout [Field]
    ) throws(WireDefect) {
        var index = start
        while index + 1 < bytes.count, bytes[index] != 0x0D {
            if bytes[index] == 0x20 || bytes[index] == 0x09 { throw .foldedField }
            let nameStart = index
            while index < bytes.count, ASCII.isToken(bytes[index]) { index += 1 }
            guard index < bytes.count, bytes[index] == 0x3A, index > nameStart else { throw .fieldName }
            let name = ByteRange(start: nameStart, end: index)
            index += 1
            while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
            let valueStart = index
            while index < bytes.count {
                let byte = bytes[index]
                if byte < 0x20 && byte != 0x09 || byte == 0x7F { break }
                index += 1
            }
            guard index + 1 < bytes.count, bytes[index] == 0x0D, bytes[index + 1] == 0x0A else { throw .fieldValue }
            var valueEnd = index
            while valueEnd > valueStart, bytes[valueEnd - 1] == 0x20 || bytes[valueEnd - 1] == 0x09 { valueEnd -= 1 }
            index += 2
            fields.append(
                Field(
                    id: FieldID.classify(bytes, name), name: name, value: ByteRange(start: valueStart, end: valueEnd),
                    lineEnd: index))
        }
        guard index + 2 == bytes.count, bytes[index] == 0x0D, bytes[index + 1] == 0x0A else { throw .fieldName }
    }

    /// The members of a comma-separated list.
    static func members(
        _ bytes: UnsafeRawBufferPointer, of value: ByteRange, _ body: (ByteRange) -> Void
    ) {
        var index = value.start
        while index < value.end {
            while index < value.end, bytes[index] == 0x20 || bytes[index] == 0x09 || bytes[index] == 0x2C { index += 1 }
            let start = index
            while index < value.end, bytes[index] != 0x2C { index += 1 }
            var end = index
            while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
            if end > start { body(ByteRange(start: start, end: end)) }
        }
    }

    /// A Content-Length: digits only, at most 18 of them.
    static func length(_ bytes: UnsafeRawBufferPointer, _ value: ByteRange) throws(WireDefect) -> Int {
        guard !value.isEmpty, value.count <= 18 else { throw .contentLength }
        var length = 0
        for index in value.start..<value.end {
            let byte = bytes[index]
            guard byte >= 0x30, byte <= 0x39 else { throw .contentLength }
            length = length * 10 + Int(byte - 0x30)
        }
        return length
    }
}
