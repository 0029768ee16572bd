import Failures
import Glibc

/// Finds the folder of the digits that ship with the package, wherever the program runs from.
///
/// SwiftPM's `Bundle.module` looks at two places fixed at build time and traps when both are gone, so it is not used.
package struct BundledFolder {
  /// The running program's file, links resolved; nil when the system does not tell.
  var executable: String?
  /// `$LOCKSTEP_RESOURCES`; nil when not set.
  var resources: String?

  package init(executable: String?, resources: String?) {
    self.executable = executable
    self.resources = resources
  }

  /// For the process that asks.
  static var current: BundledFolder {
    BundledFolder(executable: resolved("/proc/self/exe"), resources: getenv("LOCKSTEP_RESOURCES").map { String(cString: $0) })
  }

  /// Where to look, in order: beside the program (the build folder; tests run there too), in the `share` folder of an installation,
  /// and where the environment says.
  package var candidates: [String] {
    var places: [String] = []
    if let executable {
      let folder = Self.parent(of: executable)
      places += ["\(folder)/lockstep_Datasets.resources/mnist5k", "\(Self.parent(of: folder))/share/lockstep/mnist5k"]
    }
    if let resources, !resources.isEmpty { places.append("\(resources)/mnist5k") }
    return places
  }

  /// The first candidate that is there.
  ///
  /// - Throws: `.missingInput` with the places tried.
  package func find() throws(Failure) -> String {
    for place in candidates where access(place, F_OK) == 0 { return place }
    throw Failure(
      .missingInput, at: "bundled digits",
      "not found in \(candidates.joined(separator: ", ")); set LOCKSTEP_RESOURCES to the folder that holds mnist5k")
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "" }
    return String(path[..<slash])
  }

  private static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}

extension Dataset {
  /// The 5,000 real MNIST digits that ship with the package: 28×28 bytes, 500 of each class, sorted by class.
  ///
  /// - Throws: `.missingInput` with the places tried when the package's resources are not beside the program, in `../share/lockstep` of an
  ///   installation, or in `$LOCKSTEP_RESOURCES`.
  public static func bundledDigits() throws(Failure) -> Dataset {
    try load(idxFolder: try BundledFolder.current.find())
  }
}
