import Glibc

/// The system's words for an error number.
func systemMessage(_ number: Int32) -> String {
    guard let text = strerror(number) else { return "error \(number)" }
    return String(cString: text)
}

/// Whether the error means that there is no room left.
func isDiskFull(_ number: Int32) -> Bool {
    number == ENOSPC || number == EDQUOT
}
