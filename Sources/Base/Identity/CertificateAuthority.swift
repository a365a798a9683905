import Crypto
package import FoundationEssentials
import Problems
import SwiftASN1
package import X509

/// Estiba's own certificate authority: one P-256 key in the data directory, from which every listener's certificate comes.
package struct CertificateAuthority: Sendable {
    package let certificate: Certificate
    private let key: P256.Signing.PrivateKey

    /// Reads the authority kept in `directory` (`ca.crt`, `ca.key`), or makes one. The key is readable by its owner only.
    package static func open(directory: String, now: Date = Date()) throws -> CertificateAuthority {
        let certificateFile = URL(filePath: directory + "/ca.crt")
        let keyFile = URL(filePath: directory + "/ca.key")
        if FileManager.default.fileExists(atPath: keyFile.path) {
            do {
                let key = try P256.Signing.PrivateKey(pemRepresentation: String(contentsOf: keyFile, encoding: .utf8))
                let certificate = try Certificate(pemEncoded: String(contentsOf: certificateFile, encoding: .utf8))
                return CertificateAuthority(certificate: certificate, key: key)
            } catch {
                throw IdentityProblem.unreadable(path: directory, cause: error)
            }
        }
        let authority = try CertificateAuthority(now: now)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        // The certificate first: a key without its certificate would be taken for a complete authority.
        try Data(authority.certificate.serializeAsPEM().pemString.utf8).write(to: certificateFile, options: .atomic)
        try SecretFile.write(authority.key.pemRepresentation, to: keyFile.path)
        return authority
    }

    init(certificate: Certificate, key: P256.Signing.PrivateKey) {
        self.certificate = certificate
        self.key = key
    }

    /// A new authority, valid for ten years.
    package init(now: Date) throws {
        key = P256.Signing.PrivateKey()
        let signer = Certificate.PrivateKey(key)
        let name = try DistinguishedName {
            OrganizationName("Estiba")
            CommonName("Estiba CA")
        }
        certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: signer.publicKey,
            notValidBefore: now.addingTimeInterval(-300), notValidAfter: now.addingTimeInterval(10 * 365 * 86400),
            issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: signer.publicKey)
            },
            issuerPrivateKey: signer)
    }

    package var pem: String {
        get throws { try certificate.serializeAsPEM().pemString }
    }

    /// A server certificate for host names and addresses, valid for `days`.
    package func issue(hosts: [String], now: Date = Date(), days: Int = 90) throws -> IssuedCertificate {
        let leafKey = P256.Signing.PrivateKey()
        let names = hosts.map { host -> GeneralName in
            if let address = IPAddressOctets(host) {
                return .ipAddress(ASN1OctetString(contentBytes: address.bytes[...]))
            }
            return .dnsName(host)
        }
        let publicKey = Certificate.PublicKey(leafKey.publicKey)
        let leaf = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
            notValidBefore: now.addingTimeInterval(-300), notValidAfter: now.addingTimeInterval(Double(days) * 86400),
            issuer: certificate.subject, subject: try DistinguishedName { CommonName(hosts.first ?? "estiba") },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names)
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
        return IssuedCertificate(
            certificatePEM: try leaf.serializeAsPEM().pemString, authorityPEM: try pem,
            keyPEM: leafKey.pemRepresentation)
    }
}

/// A certificate with its key and its issuer, each in PEM.
package struct IssuedCertificate: Sendable {
    package let certificatePEM: String
    package let authorityPEM: String
    package let keyPEM: String
}

/// The bytes of a numeric IPv4 address.
struct IPAddressOctets {
    let bytes: [UInt8]

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4 else { return nil }
        bytes = parts.compactMap { $0 }
        if bytes.count != 4 { return nil }
    }
}
