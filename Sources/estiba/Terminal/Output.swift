import Foundation

/// Writes a line to standard output at once, also where it is a file or a pipe.
func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}
