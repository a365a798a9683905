import Kube

/// In which form a client wants objects, by its Accept header.
enum Representation: Sendable, Equatable {
    case object
    case table(TableRendering.Inclusion)
    case metadata

    /// - Throws: 406 where nothing that the client accepts is served.
    init(_ request: ClusterRequest) throws {
        let accept = request.headers["accept"] ?? ""
        if accept.isEmpty {
            self = .object
            return
        }
        for part in accept.split(separator: ",") {
            let parameters = part.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let type = parameters.first else { continue }
            switch type {
            case "application/json", "*/*", "application/*": break
            default: continue
            }
            let target = parameters.first { $0.hasPrefix("as=") }?.dropFirst(3)
            switch target {
            case nil: self = .object
            case "Table" where parameters.contains("v=v1"):
                self = .table(TableRendering.Inclusion(rawValue: request.query("includeObject") ?? "") ?? .metadata)
            case "PartialObjectMetadata", "PartialObjectMetadataList": self = .metadata
            default: continue
            }
            return
        }
        throw StatusProblem(
            406, "NotAcceptable",
            "only the following media types are accepted: application/json, application/json;as=Table")
    }
}
