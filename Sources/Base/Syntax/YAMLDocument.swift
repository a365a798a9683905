import Problems
import Yams

/// Reads YAML into nodes with locations. Errors point at the line, and duplicate keys are errors.
package enum YAMLDocument {
    /// The single document in `source`; `.null` where the text is empty.
    package static func parse(_ source: SourceText) throws(Diagnostic) -> YAMLNode {
        let documents = try parseAll(source)
        if documents.count > 1 {
            throw Diagnostic(
                "yaml.several-documents", "one YAML document is expected here, not \(documents.count)",
                at: documents[1].location, remedy: "Remove the \"---\" line or split the file.")
        }
        return documents.first ?? .null(source.location(0..<0))
    }

    /// Every document in `source`, without the empty ones.
    package static func parseAll(_ source: SourceText) throws(Diagnostic) -> [YAMLNode] {
        let text = String(decoding: source.utf8, as: UTF8.self)
        var documents: [YAMLNode] = []
        do {
            let parser = try Parser(yaml: text)
            while let root = try parser.nextRoot() {
                let node = try convert(root, source)
                if case .null = node { continue }
                documents.append(node)
            }
        } catch let diagnostic as Diagnostic {
            throw diagnostic
        } catch let error as YamlError {
            throw diagnose(error, source)
        } catch {
            throw Diagnostic("yaml.syntax", "not valid YAML: \(error)", at: nil)
        }
        return documents
    }

    private static func convert(_ node: Node, _ source: SourceText) throws -> YAMLNode {
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            let location = place(node.mark, source, width: scalar.string.count)
            if isPlain, ["", "~", "null", "Null", "NULL"].contains(scalar.string) { return .null(location) }
            return .scalar(YAMLScalar(text: scalar.string, isPlain: isPlain, location: location))
        case .sequence(let sequence):
            return .sequence(try sequence.map { try convert($0, source) }, place(node.mark, source))
        case .mapping(let mapping):
            return try convert(mapping, at: place(node.mark, source), source)
        case .alias:
            throw Diagnostic("yaml.alias", "this alias refers to nothing", at: place(node.mark, source))
        }
    }

    private static func convert(_ mapping: Node.Mapping, at location: ProblemLocation, _ source: SourceText) throws
        -> YAMLNode
    {
        var entries: [YAMLEntry] = []
        var merged: [YAMLEntry] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                throw Diagnostic("yaml.key", "a key must be a scalar", at: place(key.mark, source))
            }
            let keyLocation = place(key.mark, source, width: scalar.string.count)
            let converted = try convert(value, source)
            if scalar.string == "<<", case .mapping(let inherited, _) = converted {
                merged += inherited
                continue
            }
            entries.append(
                YAMLEntry(
                    key: YAMLScalar(text: scalar.string, isPlain: scalar.style != .doubleQuoted, location: keyLocation),
                    value: converted))
        }
        let own = Set(entries.map(\.key.text))
        return .mapping(merged.filter { !own.contains($0.key.text) } + entries, location)
    }

    private static func place(_ mark: Mark?, _ source: SourceText, width: Int = 1) -> ProblemLocation {
        guard let mark else { return source.location(0..<0) }
        return source.location(line: mark.line, column: mark.column, width: width)
    }

    private static func diagnose(_ error: YamlError, _ source: SourceText) -> Diagnostic {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let location = source.location(line: mark.line, column: mark.column)
            let tab = location.excerpt.prefix { $0 == " " || $0 == "\t" }.contains("\t")
            return Diagnostic(
                "yaml.syntax", "not valid YAML: \(problem)", at: location,
                remedy: tab
                    ? "Indent with spaces; YAML allows no tabs." : "Check the indentation and the quotes around here.")
        case .duplicatedKeysInMapping(let duplicates, let context):
            return Diagnostic(
                "yaml.duplicate-key",
                "the key \(duplicates.first.map { "\"\($0)\"" } ?? "") stands twice in this mapping",
                at: source.location(line: context.mark.line, column: context.mark.column), remedy: "Keep one of them.")
        default:
            return Diagnostic("yaml.syntax", "not valid YAML: \(error)", at: nil)
        }
    }
}
