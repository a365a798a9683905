@preconcurrency import Glibc

/// What `print` writes to.
enum StandardOutput {
    /// Lets each line out as it is printed, to a file or a pipe as to a terminal: who follows a run there sees it live.
    static func writeByLine() {
        setvbuf(stdout, nil, _IOLBF, 0)
    }
}
