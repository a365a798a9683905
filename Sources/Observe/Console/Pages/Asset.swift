import Hummingbird
import Web

/// A file that pages use. Its address changes with its content, so that browsers may keep it.
enum Asset: CaseIterable {
    case style, script, icon

    var name: String {
        switch self {
        case .style: "console.css"
        case .script: "console.js"
        case .icon: "icon.svg"
        }
    }

    var bytes: [UInt8] {
        switch self {
        case .style: PackageResources.console_css
        case .script: PackageResources.console_js
        case .icon: PackageResources.icon_svg
        }
    }

    var contentType: String {
        switch self {
        case .style: "text/css; charset=utf-8"
        case .script: "text/javascript; charset=utf-8"
        case .icon: "image/svg+xml"
        }
    }

    var version: String { Self.versions[self, default: ""] }

    var path: String { "/assets/\(name)?v=\(version)" }

    /// Changes when any of them does.
    static let build: String = allCases.map(\.version).joined()

    private static let versions = Dictionary(uniqueKeysWithValues: allCases.map { ($0, fingerprint($0.bytes)) })

    /// FNV-1a, 64 bits: tells versions apart, protects nothing.
    static func fingerprint(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 36)
    }

    var response: Response {
        var response = Response.bytes(bytes, contentType: contentType)
        response.headers[.cacheControl] = "public, max-age=31536000, immutable"
        return response
    }
}
