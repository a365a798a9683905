import Glibc

/// A tmpfs of a size, to fill up.
struct SmallFilesystem {
    let path: String

    struct Refused: Error {
        let errno: Int32
    }

    init(at path: String, megabytes: Int) throws {
        self.path = path
        mkdir(path, 0o755)
        if mount("small", path, "tmpfs", 0, "size=\(megabytes)m") != 0 { throw Refused(errno: errno) }
    }

    func unmount() { umount2(path, Int32(MNT_DETACH)) }
}
