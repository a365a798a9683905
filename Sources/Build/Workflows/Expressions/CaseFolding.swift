/// Compares strings as expressions do: each character alone is put in upper case without regard to any language,
/// then code units are compared.
enum CaseFolding {
    /// The UTF-16 code units of the text in upper case.
    static func fold(_ text: String) -> [UInt16] {
        var units: [UInt16] = []
        units.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                let byte = UInt16(scalar.value)
                units.append(byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte)
            } else {
                units.append(contentsOf: String(upper(scalar)).utf16)
            }
        }
        return units
    }

    static func contains(_ text: String, _ part: String) -> Bool {
        let text = fold(text)
        let part = fold(part)
        guard let first = part.first else { return true }
        guard text.count >= part.count else { return false }
        return (0...(text.count - part.count)).contains { start in
            text[start] == first && text[start..<start + part.count].elementsEqual(part)
        }
    }

    /// Maps one character to one character; those whose upper case is longer, or is an ASCII letter, stay as they are.
    private static func upper(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let mapping = scalar.properties.uppercaseMapping.unicodeScalars
        guard mapping.count == 1, let mapped = mapping.first, !mapped.isASCII else { return scalar }
        return mapped
    }
}
