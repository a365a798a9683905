/// One member of a tar archive, without its content.
package struct TarEntry: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case file
        case directory
        case symbolicLink(target: String)
        /// Another name of a member that came before.
        case hardLink(target: String)
        case characterDevice(major: UInt32, minor: UInt32)
        case blockDevice(major: UInt32, minor: UInt32)
        case fifo
    }

    /// As written in the archive, but without `./` in front and without `/` at the end; `.` is the root itself.
    package var path: String
    package var kind: Kind
    /// Permission bits with set-user-id, set-group-id and sticky.
    package var mode: UInt32
    package var owner: UInt32
    package var group: UInt32
    /// Seconds since 1970.
    package var modified: Int64
    package var modifiedNanoseconds: Int32
    /// Bytes of content that follow; 0 for anything but files.
    package var size: Int64
    package var extendedAttributes: [String: [UInt8]]

    package init(
        path: String, kind: Kind, mode: UInt32 = 0o644, owner: UInt32 = 0, group: UInt32 = 0, modified: Int64 = 0,
        modifiedNanoseconds: Int32 = 0, size: Int64 = 0, extendedAttributes: [String: [UInt8]] = [:]
    ) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.owner = owner
        self.group = group
        self.modified = modified
        self.modifiedNanoseconds = modifiedNanoseconds
        self.size = size
        self.extendedAttributes = extendedAttributes
    }
}

/// Where the fields of a header block are (POSIX.1-2017, pax § ustar Interchange Format).
enum TarField {
    static let blockSize = 512
    static let name = 0..<100
    static let mode = 100..<108
    static let owner = 108..<116
    static let group = 116..<124
    static let size = 124..<136
    static let modified = 136..<148
    static let checksum = 148..<156
    static let type = 156
    static let link = 157..<257
    static let magic = 257..<265
    static let major = 329..<337
    static let minor = 337..<345
    static let prefix = 345..<500

    static let extendedAttributePrefix = "SCHILY.xattr."

    static func padding(_ size: Int64) -> Int { Int((512 - size % 512) % 512) }
}
