import Kube

/// Writes values as `toJSON` does: indented by two spaces, numbers as the language writes them.
enum ExpressionJSON {
    static func text(_ value: ExpressionValue) -> String {
        var out: [UInt8] = []
        write(value, into: &out, indent: 0)
        return String(decoding: out, as: UTF8.self)
    }

    private static func write(_ value: ExpressionValue, into out: inout [UInt8], indent: Int) {
        switch value {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool, .number: out.append(contentsOf: value.text.utf8)
        case .string(let text): JSON.write(text, into: &out)
        case .array(let array):
            list(array.items, "[", "]", into: &out, indent: indent) { item, out in
                write(item, into: &out, indent: indent + 1)
            }
        case .object(let object):
            list(object.members, "{", "}", into: &out, indent: indent) { member, out in
                JSON.write(member.key, into: &out)
                out.append(contentsOf: ": ".utf8)
                write(member.value, into: &out, indent: indent + 1)
            }
        }
    }

    private static func list<Item>(
        _ items: [Item], _ open: String, _ close: String, into out: inout [UInt8], indent: Int,
        _ body: (Item, inout [UInt8]) -> Void
    ) {
        out.append(contentsOf: open.utf8)
        for (position, item) in items.enumerated() {
            out.append(contentsOf: (position == 0 ? "\n" : ",\n").utf8)
            out.append(contentsOf: String(repeating: "  ", count: indent + 1).utf8)
            body(item, &out)
        }
        if !items.isEmpty { out.append(contentsOf: ("\n" + String(repeating: "  ", count: indent)).utf8) }
        out.append(contentsOf: close.utf8)
    }
}
