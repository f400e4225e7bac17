// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Apoa",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "Apoa", targets: ["Apoa"])],
    targets: [
        // The core as C sees it: generated header, own module map.
        .systemLibrary(name: "ApoaFFI"),
        // Generated, never edited. Language mode 5: what the generator writes is not ours to make strict.
        .target(name: "ApoaGenerated", dependencies: ["ApoaFFI"], swiftSettings: [.swiftLanguageMode(.v5)]),
        .target(name: "Apoa", dependencies: ["ApoaGenerated"]),
        // Keeps a report and kills itself, for the tests.
        .executableTarget(name: "finalise-and-die", dependencies: ["Apoa"], path: "Tests/FinaliseAndDie"),
        // Times what crosses the border: `swift run -c release apoa-bench`.
        .executableTarget(name: "apoa-bench", dependencies: ["Apoa"], path: "Benchmarks"),
        .testTarget(name: "ApoaTests", dependencies: ["Apoa"]),
    ]
)
