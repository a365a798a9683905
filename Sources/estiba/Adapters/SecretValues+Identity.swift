import Identity
import Releases

/// The server's sealed secrets, for Secrets of deployed apps.
struct SealedValues: SecretValues {
    let store: SealedSecrets

    func value(_ name: String) async throws -> String { try await store.value(name) }
}
