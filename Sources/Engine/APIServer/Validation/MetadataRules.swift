import Kube

/// What holds for the metadata of every object.
enum MetadataRules {
    static func faults(_ object: JSON, _ kind: ServedKind) -> [FieldFault] {
        let metadata = object["metadata"] ?? [:]
        var faults: [FieldFault] = []
        if let fault = NameRules.fault(metadata["name"]?.string ?? "", kind.nameRule) { faults.append(fault) }
        for (key, value) in metadata["labels"]?.object ?? [:] {
            if !NameRules.isLabelKey(key) {
                faults.append(
                    .invalid(
                        "metadata.labels", .string(key),
                        "name part must consist of alphanumeric characters, '-', '_' or '.'"))
            }
            if !NameRules.isLabelValue(value.string ?? "") {
                faults.append(
                    .invalid(
                        "metadata.labels", value,
                        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
                            + "and must start and end with an alphanumeric character"))
            }
        }
        for (index, owner) in (metadata["ownerReferences"]?.array ?? []).enumerated() {
            for field in ["apiVersion", "kind", "name", "uid"] where owner[field]?.string?.isEmpty ?? true {
                faults.append(.required("metadata.ownerReferences[\(index)].\(field)", "must not be empty"))
            }
        }
        return faults
    }
}
