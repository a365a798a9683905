package import Problems

/// Reads a mapping field by field. Collects every mistake, and at the end says which keys nobody asked for.
///
///     let reader = YAMLReader(node, path: "job")
///     let name = reader.string("name")
///     try reader.finish()
package final class YAMLReader {
    package let node: YAMLNode
    private let path: String
    private var asked: Set<String> = []
    private let sink: Sink

    final class Sink {
        var diagnostics: [Diagnostic] = []
    }

    /// A reader of the document's root.
    package convenience init(_ node: YAMLNode, path: String = "") {
        self.init(node, path: path, sink: Sink())
    }

    init(_ node: YAMLNode, path: String, sink: Sink) {
        self.node = node
        self.path = path
        self.sink = sink
        if case .mapping = node { return }
        if case .null = node { return }
        report(
            "yaml.type", "\(path.isEmpty ? "the file" : "\"\(path)\"") must be a mapping, not \(node.kind)",
            at: node.location)
    }

    package func report(_ code: String, _ summary: String, at location: ProblemLocation, remedy: String? = nil) {
        sink.diagnostics.append(Diagnostic(code, summary, at: location, remedy: remedy))
    }

    package func report(_ diagnostic: Diagnostic) {
        sink.diagnostics.append(diagnostic)
    }

    /// The node of a key, nil where it is absent or null.
    package func value(_ key: String) -> YAMLNode? {
        asked.insert(key)
        guard let found = node[key] else { return nil }
        if case .null = found { return nil }
        return found
    }

    /// Whether the key is written at all, even with nothing behind it.
    package func has(_ key: String) -> Bool {
        asked.insert(key)
        return node[key] != nil
    }

    /// A scalar as text, whatever its type.
    package func string(_ key: String) -> String? {
        guard let value = value(key) else { return nil }
        guard case .scalar(let scalar) = value else { return mistype(key, value, "a string") }
        return scalar.text
    }

    package func requiredString(_ key: String) -> String {
        if let text = string(key) { return text }
        if value(key) == nil { missing(key) }
        return ""
    }

    package func bool(_ key: String) -> Bool? {
        guard let value = value(key) else { return nil }
        guard case .scalar(let scalar) = value, case .bool(let flag) = scalar.value else {
            return mistype(key, value, "true or false")
        }
        return flag
    }

    package func int(_ key: String) -> Int? {
        guard let value = value(key) else { return nil }
        guard case .scalar(let scalar) = value, case .int(let number) = scalar.value else {
            return mistype(key, value, "a whole number")
        }
        return number
    }

    package func double(_ key: String) -> Double? {
        guard let value = value(key) else { return nil }
        if case .scalar(let scalar) = value {
            if case .int(let number) = scalar.value { return Double(number) }
            if case .float(let number) = scalar.value { return number }
        }
        return mistype(key, value, "a number")
    }

    package func list(_ key: String) -> [YAMLNode]? {
        guard let value = value(key) else { return nil }
        guard case .sequence(let items, _) = value else { return mistype(key, value, "a list") }
        return items
    }

    /// A list of scalars; a single scalar counts as a list of one.
    package func strings(_ key: String) -> [String]? {
        guard let value = value(key) else { return nil }
        if case .scalar(let scalar) = value { return [scalar.text] }
        guard case .sequence(let items, _) = value else { return mistype(key, value, "a list of strings") }
        return items.compactMap { item in
            if case .scalar(let scalar) = item { return scalar.text }
            report("yaml.type", "\"\(join(key))\" must hold strings, not \(item.kind)", at: item.location)
            return nil
        }
    }

    package func entries(_ key: String) -> [YAMLEntry]? {
        guard let value = value(key) else { return nil }
        guard case .mapping(let entries, _) = value else { return mistype(key, value, "a mapping") }
        return entries
    }

    /// A mapping of scalars as text.
    package func stringMap(_ key: String) -> [String: String]? {
        entries(key)?.reduce(into: [:]) { map, entry in
            switch entry.value {
            case .scalar(let scalar): map[entry.key.text] = scalar.text
            case .null: map[entry.key.text] = ""
            default:
                report("yaml.type", "\"\(join(key)).\(entry.key.text)\" must be a scalar", at: entry.value.location)
            }
        }
    }

    /// A reader of the mapping behind a key. The caller finishes it by `checkKeys()`.
    package func reader(_ key: String) -> YAMLReader? {
        value(key).map { YAMLReader($0, path: join(key), sink: sink) }
    }

    /// A reader that reports into the same place, for an item of a list or a named entry.
    package func reader(for node: YAMLNode, named name: String) -> YAMLReader {
        YAMLReader(node, path: join(name), sink: sink)
    }

    /// Reports keys that were never asked for.
    package func checkKeys() {
        guard case .mapping(let entries, _) = node else { return }
        for entry in entries where !asked.contains(entry.key.text) {
            report(
                "yaml.unknown-key",
                "unknown key \"\(entry.key.text)\"\(path.isEmpty ? "" : " in \"\(path)\"")", at: entry.key.location,
                remedy: Suggestion.remedy(for: entry.key.text, in: asked))
        }
    }

    /// Checks this reader's keys and throws if anything was reported by it or by readers made from it.
    package func finish() throws(Diagnostics) {
        checkKeys()
        if let diagnostics = Diagnostics(sink.diagnostics) { throw diagnostics }
    }

    package func missing(_ key: String) {
        report(
            "yaml.missing-key", "\(path.isEmpty ? "the file" : "\"\(path)\"") needs the key \"\(key)\"",
            at: node.location, remedy: "Add \"\(key): …\".")
    }

    private func mistype<T>(_ key: String, _ value: YAMLNode, _ expected: String) -> T? {
        report("yaml.type", "\"\(join(key))\" must be \(expected), not \(value.kind)", at: value.location)
        return nil
    }

    private func join(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
