/// core/v1 Volume: one of the sources is set.
package struct Volume: Codable, Sendable, Equatable {
    package var name: String
    package var emptyDir: EmptyDir?
    package var configMap: ConfigMapSource?
    package var secret: SecretSource?
    package var hostPath: HostPath?
    package var projected: Projected?
    package var downwardAPI: DownwardAPI?
    package var persistentVolumeClaim: Claim?

    package init(name: String, emptyDir: EmptyDir? = nil) {
        self.name = name
        self.emptyDir = emptyDir
    }

    /// core/v1 EmptyDirVolumeSource.
    package struct EmptyDir: Codable, Sendable, Equatable {
        package var medium: String?
        package var sizeLimit: Quantity?
        package init() {}
    }

    /// core/v1 ConfigMapVolumeSource.
    package struct ConfigMapSource: Codable, Sendable, Equatable {
        package var name: String?
        package var items: [KeyToPath]?
        package var defaultMode: Int?
        package var optional: Bool?
    }

    /// core/v1 SecretVolumeSource.
    package struct SecretSource: Codable, Sendable, Equatable {
        package var secretName: String?
        package var items: [KeyToPath]?
        package var defaultMode: Int?
        package var optional: Bool?
    }

    /// core/v1 HostPathVolumeSource.
    package struct HostPath: Codable, Sendable, Equatable {
        package var path: String
        package var type: String?
    }

    /// core/v1 ProjectedVolumeSource.
    package struct Projected: Codable, Sendable, Equatable {
        package var sources: [ProjectedSource]?
        package var defaultMode: Int?
    }

    /// core/v1 VolumeProjection.
    package struct ProjectedSource: Codable, Sendable, Equatable {
        package var configMap: ConfigMapProjection?
        package var secret: ConfigMapProjection?
        package var serviceAccountToken: TokenProjection?
        package var downwardAPI: DownwardAPI?
    }

    /// A ConfigMap or Secret among the sources of a projected volume.
    package struct ConfigMapProjection: Codable, Sendable, Equatable {
        package var name: String?
        package var items: [KeyToPath]?
        package var optional: Bool?
    }

    /// core/v1 ServiceAccountTokenProjection.
    package struct TokenProjection: Codable, Sendable, Equatable {
        package var audience: String?
        package var expirationSeconds: Int?
        package var path: String
    }

    /// core/v1 DownwardAPIVolumeSource.
    package struct DownwardAPI: Codable, Sendable, Equatable {
        package var items: [DownwardItem]?
        package var defaultMode: Int?
    }

    /// core/v1 DownwardAPIVolumeFile.
    package struct DownwardItem: Codable, Sendable, Equatable {
        package var path: String
        package var fieldRef: FieldReference?
        package var resourceFieldRef: ResourceFieldReference?
        package var mode: Int?
    }

    /// core/v1 KeyToPath.
    package struct KeyToPath: Codable, Sendable, Equatable {
        package var key: String
        package var path: String
        package var mode: Int?
    }

    /// core/v1 PersistentVolumeClaimVolumeSource.
    package struct Claim: Codable, Sendable, Equatable {
        package var claimName: String
        package var readOnly: Bool?
    }
}
