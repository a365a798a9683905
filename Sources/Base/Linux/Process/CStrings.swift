import Glibc

/// C strings and arrays of them that live until `free()`.
struct CStrings {
    private var strings: [UnsafeMutablePointer<CChar>] = []
    private var arrays: [UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>] = []

    mutating func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
        let count = text.utf8.count
        let memory = UnsafeMutablePointer<CChar>.allocate(capacity: count + 1)
        for (index, byte) in text.utf8.enumerated() { memory[index] = CChar(bitPattern: byte) }
        memory[count] = 0
        strings.append(memory)
        return memory
    }

    /// The strings, followed by a null pointer.
    mutating func array(_ texts: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
        let memory = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() { memory[index] = copy(text) }
        memory[texts.count] = nil
        arrays.append(memory)
        return memory
    }

    mutating func free() {
        for string in strings { string.deallocate() }
        for array in arrays { array.deallocate() }
        strings = []
        arrays = []
    }
}
