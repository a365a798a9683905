import FoundationEssentials
import Kube

/// Renders objects as a meta.k8s.io/v1 Table.
struct TableRendering: Sendable {
    /// How much of each object a row carries.
    enum Inclusion: String, Sendable {
        case metadata = "Metadata"
        case object = "Object"
        case none = "None"
    }

    let columns: [TableColumn]
    let inclusion: Inclusion

    /// `metadata` is the list's; `withColumns` is false for all events of a watch but the first.
    func table(_ objects: [JSON], metadata: JSON, withColumns: Bool = true, now: Date) -> JSON {
        var table: JSON = ["kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata]
        table["columnDefinitions"] = .array(withColumns ? columns.map(\.definition) : [])
        table["rows"] = .array(objects.map { row($0, now: now) })
        return table
    }

    private func row(_ object: JSON, now: Date) -> JSON {
        var row: JSON = ["cells": .array(columns.map { $0.cell(object, now) })]
        switch inclusion {
        case .metadata: row["object"] = PartialObject.of(object)
        case .object: row["object"] = object
        case .none: break
        }
        return row
    }
}

/// meta.k8s.io/v1 PartialObjectMetadata.
enum PartialObject {
    static func of(_ object: JSON) -> JSON {
        [
            "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"] ?? [:],
        ]
    }
}
