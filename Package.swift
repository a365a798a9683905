// swift-tools-version: 6.2
import PackageDescription

// Six bands, in the order of a commit's life. A band imports Base and itself; bands meet only in the binary.
enum Band: String {
    case base = "Base"
    case build = "Build"
    case deliver = "Deliver"
    case engine = "Engine"
    case observe = "Observe"
    case respond = "Respond"
}

let bands: [String: Band] = [
    "CLinux": .base, "Containers": .base, "Delivery": .base, "Identity": .base, "Kube": .base, "Linux": .base,
    "OCI": .base,
    "Problems": .base, "Store": .base, "Syntax": .base, "Web": .base,
    "Commits": .build, "Images": .build, "Registry": .build, "Scans": .build, "Workflows": .build,
    "Gateway": .deliver, "Provisioning": .deliver, "Releases": .deliver,
    "APIServer": .engine, "Controllers": .engine, "Node": .engine, "PodNetwork": .engine,
    "Console": .observe, "LogQL": .observe, "LogStore": .observe, "PromQL": .observe, "Scraping": .observe,
    "SeriesStore": .observe,
    "Alerts": .respond, "Chat": .respond,
]

// Within Base the order is fixed too: a module may use only those before it.
let baseOrder = [
    "Problems", "Syntax", "CLinux", "Linux", "OCI", "Kube", "Delivery", "Store", "Containers", "Identity", "Web",
]

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func trap(_ sentence: String) -> Never { fatalError("Package.swift: \(sentence)") }

func check(_ name: String, uses modules: [String]) -> Band {
    guard let band = bands[name] else { trap("\(name) is not in the table of bands") }
    for module in modules {
        guard let other = bands[module] else { trap("\(name) uses \(module), which is not in the table of bands") }
        if other != .base && other != band {
            trap(
                "\(name) (\(band.rawValue)) must not use \(module) (\(other.rawValue)); bands meet in Sources/estiba/Adapters"
            )
        }
        if band == .base, let mine = baseOrder.firstIndex(of: name), let its = baseOrder.firstIndex(of: module),
            its >= mine
        {
            trap("\(name) must not use \(module): in Base the order is \(baseOrder.joined(separator: ", "))")
        }
    }
    return band
}

func module(_ name: String, uses modules: [String] = [], _ products: [Target.Dependency] = []) -> Target {
    let band = check(name, uses: modules)
    return .target(
        name: name,
        dependencies: modules.map { .byName(name: $0) } + products,
        path: "Sources/\(band.rawValue)/\(name)",
        exclude: name == "Linux" ? ["CLinux"] : [],
        resources: name == "Console"
            ? ["console.css", "console.js", "icon.svg"].map { .embedInCode("Resources/\($0)") } : [],
        swiftSettings: settings)
}

func tests(_ name: String, uses modules: [String] = [], _ products: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name)] + modules.map { .byName(name: $0) } + products,
        path: "Tests/\(name)Tests",
        exclude: name == "PromQL" ? ["conformance.txt"] : [],
        swiftSettings: settings)
}

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let nioFoundation = Target.Dependency.product(name: "NIOFoundationCompat", package: "swift-nio")
let nioConcurrency = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let asyncAlgorithms = Target.Dependency.product(name: "AsyncAlgorithms", package: "swift-async-algorithms")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

// Base
let base: [Target] = [
    module("Problems"),
    module("Syntax", uses: ["Problems"], [yams]),
    .target(name: "CLinux", path: "Sources/Base/Linux/CLinux"),
    module("Linux", uses: ["Problems", "CLinux"], [logging]),
    .systemLibrary(name: "CZlib", path: "Sources/Base/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", path: "Sources/Base/CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    module("OCI", uses: ["Problems"], [crypto, "CZlib", "CZstd"]),
    module("Kube", uses: ["Problems", "Syntax"], [logging, httpClient, nioCore, nioHTTP1, nioSSL]),
    module("Delivery", uses: ["Problems"]),
    module("Store", uses: ["Problems", "OCI", "Kube", "Delivery"], [grdb, logging, crypto]),
    module("Containers", uses: ["Problems", "Linux", "OCI", "Store"], [logging]),
    module("Identity", uses: ["Problems", "Store"], [crypto, x509, asn1]),
    module(
        "Web", uses: ["Problems"],
        [hummingbird, hummingbirdTLS, nioCore, nioHTTP1, nioSSL, nioPosix, nioWebSocket, lifecycle, logging, httpTypes]),
]

let web: [Target.Dependency] = [hummingbird, httpTypes, nioCore, lifecycle, logging]

let build: [Target] = [
    module("Commits", uses: ["Problems", "Linux", "Delivery", "Store", "Web"], web),
    module("Workflows", uses: ["Problems", "Syntax", "Linux", "Delivery", "Kube"], [crypto]),
    module(
        "Images", uses: ["Problems", "Syntax", "Linux", "OCI", "Store", "Containers", "Registry"], [logging, crypto]),
    module("Registry", uses: ["Problems", "OCI", "Store", "Web"], web + [httpClient, grdb, nioPosix, nioHTTP1]),
]

let deliver: [Target] = [
    module(
        "Gateway", uses: ["Problems", "Kube", "Delivery", "Linux"],
        [nioCore, nioPosix, nioHTTP1, nioConcurrency, lifecycle, logging, collections]),
    module(
        "Releases", uses: ["Problems", "Syntax", "Kube", "OCI", "Linux", "Delivery", "Store", "Gateway"],
        [lifecycle, logging, crypto, grdb]),
]

let engine: [Target] = [
    module("APIServer", uses: ["Problems", "Kube", "Store", "Containers", "Identity", "Web"], web + [crypto]),
    module("Controllers", uses: ["Problems", "Kube"], [lifecycle, logging, crypto]),
    module("PodNetwork", uses: ["Problems", "Linux", "Kube"], [lifecycle, logging, nioCore, nioPosix]),
    module(
        "Node", uses: ["Problems", "Linux", "OCI", "Kube", "Store", "Containers", "PodNetwork"],
        [lifecycle, logging, httpClient, nioCore, nioPosix, nioHTTP1, nioSSL]),
]

let observe: [Target] = [
    module("PromQL", uses: ["Problems", "Syntax"]),
    module("SeriesStore", uses: ["Problems", "PromQL"], [lifecycle, logging]),
    module(
        "Scraping", uses: ["Problems", "Kube", "Delivery", "SeriesStore", "PromQL", "Web"],
        web + [httpClient, nioPosix, nioHTTP1]),
    module("LogQL", uses: ["Problems", "Syntax", "Kube"]),
    module("LogStore", uses: ["Problems", "Kube", "Store", "LogQL", "Web"], web + [grdb, "CZlib"]),
    module("Console", uses: ["Problems", "Delivery", "Web"], web),
]

let respond: [Target] = [
    module("Alerts", uses: ["Problems", "Syntax", "Delivery", "Store"], [grdb, lifecycle, logging]),
    module("Chat", uses: ["Problems", "Delivery", "Store"], [nioCore, nioHTTP1, lifecycle, logging, httpClient]),
]

// The binary, where the bands meet.
let estiba = Target.executableTarget(
    name: "estiba",
    dependencies: (base + build + deliver + engine + observe + respond).filter {
        $0.type == .regular && $0.name != "CLinux"
    }
    .map { .byName(name: $0.name) } + [
        arguments, hummingbird, httpTypes, httpClient, lifecycle, logging, nioCore, nioHTTP1, nioFoundation, nioSSL,
        unixSignals,
    ],
    path: "Sources/estiba",
    swiftSettings: settings)

let suites: [Target] = [
    .target(
        name: "EstibaTesting",
        dependencies: ["Problems", "Kube", "Linux", nioCore, nioPosix, nioHTTP1],
        path: "Tests/EstibaTesting", swiftSettings: settings),
    tests("Problems"), tests("Syntax", uses: ["Problems"]), tests("Linux", uses: ["EstibaTesting", "Problems"]),
    tests("Containers", uses: ["EstibaTesting", "Linux", "OCI", "Problems", "Store"], [logging]),
    tests("OCI", uses: ["EstibaTesting", "Problems"]), tests("Kube", uses: ["Problems"]), tests("Delivery"),
    tests("Store", uses: ["OCI", "Delivery", "Kube", "EstibaTesting"], [crypto]),
    tests("Identity", uses: ["Linux", "Store", "EstibaTesting"]),
    tests(
        "Web", uses: ["EstibaTesting", "Problems"], [httpClient, lifecycle, logging, nioCore, nioFoundation, nioHTTP1]),
    tests("Commits", uses: ["EstibaTesting", "Delivery", "Store", "Web", "Linux", "Problems"], web),
    tests("Workflows", uses: ["EstibaTesting", "Syntax", "Problems", "Delivery", "Kube", "Linux"]),
    tests(
        "Images", uses: ["EstibaTesting", "OCI", "Store", "Registry", "Problems", "Syntax", "Containers", "Linux"],
        [logging]),
    tests(
        "Registry", uses: ["EstibaTesting", "OCI", "Store", "Web", "Linux"],
        [httpClient, hummingbird, httpTypes, nioCore, nioHTTP1, logging, lifecycle]),
    tests("Gateway", uses: ["EstibaTesting", "Kube"], [nioCore, nioPosix, lifecycle, logging]),
    tests(
        "Releases", uses: ["EstibaTesting", "Kube", "Delivery", "Store", "Problems", "Syntax", "Gateway"],
        [logging, crypto]),
    tests("APIServer", uses: ["EstibaTesting", "Kube", "Store", "Syntax", "Containers", "Identity", "Web"]),
    tests("Controllers", uses: ["EstibaTesting", "Kube", "APIServer", "Store"], [logging]),
    tests("PodNetwork", uses: ["EstibaTesting", "Linux", "Kube"], [logging, nioPosix]),
    tests(
        "Node", uses: ["EstibaTesting", "Problems", "Linux", "OCI", "Kube", "PodNetwork", "Store", "Containers"],
        [logging]),
    tests("PromQL", uses: ["EstibaTesting", "Syntax", "Problems"]),
    tests("SeriesStore", uses: ["EstibaTesting", "PromQL"]),
    tests("Scraping", uses: ["EstibaTesting", "SeriesStore", "Kube", "PromQL", "Web", "Problems"], web + [nioPosix]),
    tests("LogQL", uses: ["EstibaTesting", "Syntax", "Problems", "Kube"]),
    tests(
        "LogStore", uses: ["EstibaTesting", "LogQL", "Kube", "Store", "Web"],
        [httpClient, hummingbird, lifecycle, logging, nioCore, nioFoundation, nioHTTP1]),
    tests("Console", uses: ["EstibaTesting", "Delivery", "Problems", "Web"], web + [httpClient, nioFoundation]),
    tests("Alerts", uses: ["EstibaTesting", "Delivery", "Store", "Problems", "Syntax"], [logging]),
    tests("Chat", uses: ["EstibaTesting", "Problems", "Store"], [logging]),
    .testTarget(
        name: "EstibaTests",
        dependencies: ["estiba"]
            + [
                "Chat", "Containers", "Delivery", "EstibaTesting", "Identity", "Images", "Linux", "OCI", "Problems",
                "Registry",
                "Releases", "Store", "Syntax",
            ].map { .byName(name: $0) },
        path: "Tests/EstibaTests",
        swiftSettings: settings),
    .testTarget(
        name: "Journeys",
        dependencies: ["EstibaTesting", "Kube", "Linux"].map { .byName(name: $0) } + [
            httpClient, nioCore, nioHTTP1, nioPosix,
        ],
        path: "Tests/Journeys",
        swiftSettings: settings),
]

let package = Package(
    name: "estiba",
    products: [.executable(name: "estiba", targets: ["estiba"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.4"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: (base + build + deliver + engine + observe + respond + [estiba] + suites),
    swiftLanguageModes: [.v6])
