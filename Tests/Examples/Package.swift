// swift-tools-version: 6.2
import PackageDescription

// A package as a user of Lockstep has it. `make examples` builds and runs it with the commit that is checked out as version 0.1.0.
let package = Package(
  name: "examples",
  dependencies: [.package(url: "https://git.example.org/lockstep.git", from: "0.1.0")],
  targets: [
    .executableTarget(name: "ZerosAndOnes", dependencies: [.product(name: "Lockstep", package: "lockstep")]),
    .executableTarget(name: "CustomCallback", dependencies: [.product(name: "Lockstep", package: "lockstep")]),
  ]
)
