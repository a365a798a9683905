/// `$(NAME)` in commands, arguments and values of variables. Unknown names stay as they are; `$$` gives one `$`, so
/// `$$(NAME)` stands for itself.
///
/// https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
package enum VariableExpansion {
    package static func expand(_ text: String, _ value: (String) -> String?) -> String {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "$")) else { return text }
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "$"), index + 1 < bytes.count else {
                out.append(byte)
                index += 1
                continue
            }
            if bytes[index + 1] == UInt8(ascii: "$") {
                out.append(byte)
                index += 2
            } else if bytes[index + 1] == UInt8(ascii: "("), let end = bytes[index...].firstIndex(of: UInt8(ascii: ")"))
            {
                let name = String(decoding: bytes[(index + 2)..<end], as: UTF8.self)
                out += value(name).map { Array($0.utf8) } ?? Array(bytes[index...end])
                index = end + 1
            } else {
                out.append(byte)
                index += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
