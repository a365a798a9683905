/// JSON patch (RFC 6902): a list of operations, applied all or none.
package enum JSONPatch {
    /// Applies the operations of `patch`, an array, in order.
    package static func apply(_ patch: JSON, to target: JSON) throws(PatchProblem) -> JSON {
        guard case .array(let operations) = patch else { throw .malformed("a JSON patch is an array of operations") }
        var tree = target
        for operation in operations { try apply(operation: operation, to: &tree) }
        return tree
    }

    private static func apply(operation: JSON, to tree: inout JSON) throws(PatchProblem) {
        guard let name = operation["op"]?.string else { throw .malformed("an operation has no \"op\"") }
        let path = try pointer("path", of: operation)
        switch name {
        case "add": try add(try value(of: operation), at: path, in: &tree)
        case "remove": try remove(at: path, in: &tree)
        case "replace":
            guard path.value(in: tree) != nil else { throw .missing(path: path.text) }
            let replacement = try value(of: operation)
            try change(path.tokens[...], in: &tree, path) { place in place = replacement }
        case "test":
            let expected = try value(of: operation)
            guard let found = path.value(in: tree), found == expected else { throw .testFailed(path: path.text) }
        case "copy":
            let source = try pointer("from", of: operation)
            guard let moved = source.value(in: tree) else { throw .missing(path: source.text) }
            try add(moved, at: path, in: &tree)
        case "move":
            let source = try pointer("from", of: operation)
            guard let moved = source.value(in: tree) else { throw .missing(path: source.text) }
            if path.tokens.count > source.tokens.count, path.tokens.starts(with: source.tokens) {
                throw .malformed("a value can't be moved into itself")
            }
            try remove(at: source, in: &tree)
            try add(moved, at: path, in: &tree)
        default: throw .malformed("unknown operation \"\(name)\"")
        }
    }

    private static func pointer(_ key: String, of operation: JSON) throws(PatchProblem) -> JSONPointer {
        guard let text = operation[key]?.string else { throw .malformed("an operation has no \"\(key)\"") }
        return try JSONPointer(text)
    }

    private static func value(of operation: JSON) throws(PatchProblem) -> JSON {
        guard let value = operation["value"] else { throw .malformed("an operation has no \"value\"") }
        return value
    }

    private static func add(_ value: JSON, at path: JSONPointer, in tree: inout JSON) throws(PatchProblem) {
        guard let last = path.tokens.last else {
            tree = value
            return
        }
        try change(path.tokens.dropLast(), in: &tree, path) { parent throws(PatchProblem) in
            switch parent {
            case .object: parent[last] = value
            case .array(var items):
                if last == "-" {
                    items.append(value)
                } else if let index = JSONPointer.index(last, count: items.count + 1) {
                    items.insert(value, at: index)
                } else {
                    throw .missing(path: path.text)
                }
                parent = .array(items)
            default: throw .missing(path: path.text)
            }
        }
    }

    private static func remove(at path: JSONPointer, in tree: inout JSON) throws(PatchProblem) {
        guard let last = path.tokens.last else { throw .malformed("the root can't be removed") }
        guard path.value(in: tree) != nil else { throw .missing(path: path.text) }
        try change(path.tokens.dropLast(), in: &tree, path) { parent throws(PatchProblem) in
            switch parent {
            case .object: parent[last] = nil
            case .array(var items):
                guard let index = JSONPointer.index(last, count: items.count) else { throw .missing(path: path.text) }
                items.remove(at: index)
                parent = .array(items)
            default: throw .missing(path: path.text)
            }
        }
    }

    private static func change(
        _ tokens: ArraySlice<String>, in tree: inout JSON, _ path: JSONPointer,
        _ body: (inout JSON) throws(PatchProblem) -> Void
    ) throws(PatchProblem) {
        guard let token = tokens.first else { return try body(&tree) }
        switch tree {
        case .object(let members):
            guard var child = members[token] else { throw .missing(path: path.text) }
            try change(tokens.dropFirst(), in: &child, path, body)
            tree[token] = child
        case .array(var items):
            guard let index = JSONPointer.index(token, count: items.count) else { throw .missing(path: path.text) }
            try change(tokens.dropFirst(), in: &items[index], path, body)
            tree = .array(items)
        default: throw .missing(path: path.text)
        }
    }
}
