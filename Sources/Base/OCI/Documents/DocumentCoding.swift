import FoundationEssentials

/// Reads and writes the JSON documents of an image. Writing is deterministic: sorted keys, no spaces.
package enum DocumentCoding {
    /// Documents above this are refused by registries (OCI distribution-spec v1.1 asks for at least 4 MiB).
    package static let largest = 4 << 20

    package static func encode(_ document: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(document))
    }

    /// Decodes a document; `name` is what the problem calls it.
    package static func decode<Document: Decodable>(
        _ type: Document.Type = Document.self, from bytes: some Sequence<UInt8>, as name: String
    ) throws(OCIProblem) -> Document {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw .document(name, why: explain(error))
        } catch let error as OCIProblem {
            throw .document(name, why: error.summary)
        } catch {
            throw .document(name, why: String(describing: error))
        }
    }

    private static func explain(_ error: DecodingError) -> String {
        func path(_ context: DecodingError.Context) -> String {
            let keys = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? "." + $0.stringValue }.joined()
            return keys.isEmpty ? "the document" : String(keys.drop { $0 == "." })
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(path(context)) has no \"\(key.stringValue)\""
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(path(context)): \(context.debugDescription)"
        case .dataCorrupted(let context):
            if let inner = context.underlyingError as? OCIProblem { return "\(path(context)): \(inner.summary)" }
            return context.codingPath.isEmpty ? "it is not JSON" : "\(path(context)): \(context.debugDescription)"
        @unknown default: return String(describing: error)
        }
    }
}
