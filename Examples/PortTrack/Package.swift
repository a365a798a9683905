// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let testing = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "porttrack",
    dependencies: [
        // Without its default traits Hummingbird needs no full Foundation: the services stay near 14 MB.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    ],
    targets: [
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "PortKit", dependencies: ["CSQLite", hummingbird, httpTypes, logging], swiftSettings: settings),
        .target(name: "Ships", dependencies: ["PortKit", hummingbird, httpTypes], swiftSettings: settings),
        .target(name: "Routes", dependencies: ["PortKit", hummingbird, httpTypes], swiftSettings: settings),
        .executableTarget(name: "ships-service", dependencies: ["Ships", "PortKit"], swiftSettings: settings),
        .executableTarget(name: "routes-service", dependencies: ["Routes", "PortKit"], swiftSettings: settings),
        .testTarget(
            name: "PortKitTests", dependencies: ["PortKit", hummingbird, httpTypes, testing], swiftSettings: settings),
        .testTarget(
            name: "ShipsTests", dependencies: ["Ships", "PortKit", hummingbird, httpTypes, testing],
            swiftSettings: settings),
        .testTarget(
            name: "RoutesTests", dependencies: ["Routes", "PortKit", hummingbird, httpTypes, testing],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6])
