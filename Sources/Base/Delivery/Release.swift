package import FoundationEssentials

/// The identity of a release: `porttrack-42`. It is also the value of the label `estiba.dev/release`.
package struct ReleaseID: Sendable, Hashable, Codable, CustomStringConvertible {
    package var app: AppName
    package var number: Int

    package init(app: AppName, number: Int) {
        self.app = app
        self.number = number
    }

    package var description: String { "\(app)-\(number)" }

    /// Reads `porttrack-42`.
    package init?(_ text: String) {
        guard let dash = text.lastIndex(of: "-"), let number = Int(text[text.index(after: dash)...]),
            let app = try? AppName(String(text[..<dash]))
        else { return nil }
        self.init(app: app, number: number)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = ReleaseID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\"\(text)\" is not a release")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}

/// The immutable result of a run that built: what would be deployed anywhere.
package struct Release: Sendable, Hashable, Codable {
    package var id: ReleaseID
    package var revision: Revision
    package var run: RunID
    /// Image name in the delivery file → reference by digest.
    package var images: [String: String]
    /// Digest of the manifests, with image names not yet replaced.
    package var manifestsDigest: String
    package var createdAt: Date
    /// The environment of the branch for which it was made; nil for one of the main line.
    package var preview: EnvironmentName?

    package init(
        id: ReleaseID, revision: Revision, run: RunID, images: [String: String], manifestsDigest: String,
        createdAt: Date, preview: EnvironmentName? = nil
    ) {
        self.preview = preview
        self.id = id
        self.revision = revision
        self.run = run
        self.images = images
        self.manifestsDigest = manifestsDigest
        self.createdAt = createdAt
    }
}

/// Which side of a canary something belongs to.
package enum Track: String, Sendable, Hashable, Codable, CaseIterable {
    case stable
    case canary
}
