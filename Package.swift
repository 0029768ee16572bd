// swift-tools-version: 6.2
import PackageDescription

// A kernel module is compiled for one CPU level, and unchecked: its only callers are NeuralNetwork and Training, which own every buffer it is
// handed. `-Xcc -march` also sets Swift's own code generation; without it each fused multiply-add becomes a call of `fmaf`.
func kernelSettings(_ level: String) -> [SwiftSetting] {
  [.unsafeFlags(["-Ounchecked", "-Xcc", "-march=\(level)"])]
}

/// A room of the house and the rooms below it that it may import (see README.md, "The rooms").
func room(
  _ name: String, _ imports: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource] = [], settings: [SwiftSetting] = []
) -> Target {
  .target(name: name, dependencies: imports, exclude: ["README.md"] + exclude, resources: resources, swiftSettings: settings)
}

/// The tests of a room: `Tests/<name>Tests`.
func tests(_ name: String, _ imports: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .testTarget(name: name + "Tests", dependencies: [.byName(name: name), "TestSupport"] + imports, exclude: exclude)
}

let package = Package(
  name: "lockstep",
  products: [
    .library(name: "Lockstep", targets: ["Lockstep"]),
    .executable(name: "lockstep", targets: ["LockstepCommand"]),
  ],
  targets: [
    // Floor 0: what Swift lacks, and what every room needs.
    .systemLibrary(name: "CHwloc", pkgConfig: "hwloc", providers: [.apt(["libhwloc-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CPng", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
    .systemLibrary(name: "CMicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CVectorMath"),
    .systemLibrary(name: "CMessages"),
    room("Failures"),
    room("RandomStreams"),
    room("KernelTemplates", ["CVectorMath"], settings: [.unsafeFlags(["-Ounchecked"])]),

    // Floor 1: the templates, compiled once for each CPU level; and what several rooms of floor 2 need.
    room("KernelsAVX512", ["KernelTemplates", "CVectorMath"], settings: kernelSettings("x86-64-v4")),
    room("KernelsAVX2", ["KernelTemplates", "CVectorMath"], settings: kernelSettings("x86-64-v3")),
    room("KernelsPortable", ["KernelTemplates", "CVectorMath"], settings: kernelSettings("x86-64-v2")),
    room("Pictures", ["CPng", "Failures"]),

    // Floor 2: one concern each.
    room("Kernels", ["KernelTemplates", "KernelsAVX512", "KernelsAVX2", "KernelsPortable", "CLinux", "Failures"]),
    room("Topology", ["CHwloc", "Failures"]),
    room(
      "Datasets", ["CBzip2", "CDeflate", "CZip", "CZlib", "Failures", "Pictures", "RandomStreams"], exclude: ["Resources/make_mnist5k.py"],
      resources: [.copy("Resources/mnist5k")]),
    room("Downloads", ["CCrypto", "CCurl", "Failures"]),
    room("Interchange", ["CDeflate", "Failures", "Pictures"]),
    room("RunConfig", ["Failures"]),

    // Floor 3: the network, and the threads.
    room("NeuralNetwork", ["Kernels", "KernelTemplates", "RunConfig", "RandomStreams", "Interchange", "Failures"]),
    room("Workers", ["Topology", "CLinux", "Failures"]),
    room("Ranks", ["CMessages", "CLinux", "Failures"]),
    room("Reference", ["RunConfig", "RandomStreams"]),

    // Floor 4: the lockstep engine.
    room(
      "Training",
      [
        "NeuralNetwork", "Ranks", "Reference", "Workers", "Topology", "Kernels", "KernelTemplates", "Datasets", "Interchange", "Pictures", "RunConfig",
        "RandomStreams", "Failures",
      ]),

    // Floors 5 and 6: the faces.
    room("Lockstep", ["Training", "NeuralNetwork", "Workers", "Topology", "Kernels", "Datasets", "Interchange", "RunConfig", "Failures"]),
    room(
      "Measurements",
      ["Training", "NeuralNetwork", "Ranks", "Topology", "Kernels", "KernelTemplates", "Datasets", "RunConfig", "RandomStreams", "Failures"]),
    room("Reports", ["Pictures"]),
    room(
      "Serving", ["Training", "NeuralNetwork", "Datasets", "Interchange", "RunConfig", "CMicrohttpd", "Failures"],
      resources: [.embedInCode("Page/page.html"), .embedInCode("Page/page.css"), .embedInCode("Page/page.js")]),
    room("Sweeps", ["Training", "NeuralNetwork", "Topology", "Interchange", "RunConfig", "RandomStreams", "CLinux", "Failures"]),
    .executableTarget(
      name: "LockstepCommand",
      dependencies: [
        "Lockstep", "Measurements", "Ranks", "Reports", "Serving", "Sweeps", "Training", "NeuralNetwork", "Topology", "Kernels", "Datasets", "Downloads",
        "Interchange", "RunConfig", "CLinux", "Failures",
      ],
      exclude: ["README.md"]),

    // One test target a room.
    .target(name: "TestSupport", dependencies: ["CBzip2", "RandomStreams", "RunConfig"], path: "Tests/TestSupport"),
    tests("Failures"),
    tests("RandomStreams"),
    tests("Kernels", ["KernelTemplates", "Reference", "RandomStreams", "CLinux"]),
    tests("Topology", ["Failures"]),
    tests("Datasets", ["Failures", "RandomStreams"]),
    tests("Downloads", ["Datasets", "Failures"]),
    tests("Interchange", ["Failures", "Pictures"], exclude: ["Fixtures"]),
    tests("RunConfig", ["Failures"]),
    tests("NeuralNetwork", ["Reference", "RunConfig", "Kernels", "KernelTemplates", "Interchange", "RandomStreams", "Failures"]),
    tests("Workers", ["Topology", "Failures"]),
    tests("Ranks", ["Failures"]),
    tests(
      "Training", ["NeuralNetwork", "Reference", "Workers", "Topology", "Kernels", "Datasets", "Interchange", "RunConfig", "RandomStreams", "Failures"]),
    tests("Lockstep", ["Training", "Datasets", "Interchange", "RunConfig", "Failures"]),
    tests("Measurements", ["Training", "Kernels", "KernelTemplates", "RunConfig", "Failures"]),
    tests("Reports"),
    tests("Sweeps", ["Training", "RunConfig", "Failures"]),
    .testTarget(
      name: "CommandTests", dependencies: ["LockstepCommand", "TestSupport", "Datasets", "Kernels", "Interchange", "RandomStreams", "RunConfig"],
      exclude: ["Fixtures"]),
  ],
  swiftLanguageModes: [.v6]
)

// libFuzzer brings the main function of the program that `make fuzz` builds, so it is no part of other builds.
if Context.environment["LOCKSTEP_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Fuzz", dependencies: ["Training", "Datasets", "Interchange", "RunConfig", "Failures"], path: "Tests/Fuzz", exclude: ["Corpus"],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}
