// swift-tools-version: 6.2
import PackageDescription

// The judge's own benchmark. It compiles the product's judge from where it stands (Sources/Releases and Sources/Gateway hold
// links), without the server around it.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "judge-benchmark",
    targets: [
        .target(name: "Gateway", swiftSettings: settings),
        .target(name: "Releases", dependencies: ["Gateway"], swiftSettings: settings),
        .executableTarget(name: "judge", dependencies: ["Releases", "Gateway"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6])
