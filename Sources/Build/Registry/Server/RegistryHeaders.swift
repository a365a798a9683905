import HTTPTypes

/// The headers of the distribution API that are not everybody's. The names are constants, so that their parsing can't fail
/// for a reason that lies outside of this file.
enum RegistryHeader {
    static let apiVersion = "Docker-Distribution-API-Version"
    static let contentDigest = "Docker-Content-Digest"
    static let uploadID = "Docker-Upload-UUID"
    static let subject = "OCI-Subject"
    static let filtersApplied = "OCI-Filters-Applied"
}

extension HTTPFields {
    mutating func set(_ name: String, _ value: String) {
        if let name = HTTPField.Name(name) { self[name] = value }
    }
}
