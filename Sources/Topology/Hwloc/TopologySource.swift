import CHwloc
import Failures
import Glibc

/// What hwloc shall describe.
package enum TopologySource: Equatable {
  /// Whatever hwloc finds by itself: this system.
  case native
  /// A synthetic description; `name` is what a message calls it.
  case synthetic(String, name: String)
  /// A file written by `lstopo --of xml`; `name` is what a message calls it.
  case xmlFile(String, name: String)

  /// The source that hwloc's environment variables ask for, in hwloc's own order of precedence.
  ///
  /// hwloc reads these variables itself, but falls back to this system without a word when their value is broken. A plan for the wrong machine is
  /// worse than none, so they are read here, and handed to hwloc through the calls that report an error.
  static var environment: TopologySource {
    asked { name in getenv(name).map { String(cString: $0) } }
  }

  /// The source that the variables ask for whose values `value` looks up; an empty value counts as unset.
  package static func asked(by value: (String) -> String?) -> TopologySource {
    if let text = value("HWLOC_SYNTHETIC"), !text.isEmpty { return .synthetic(text, name: "HWLOC_SYNTHETIC") }
    if let path = value("HWLOC_XMLFILE"), !path.isEmpty { return .xmlFile(path, name: "HWLOC_XMLFILE") }
    return .native
  }

  /// Tells hwloc to read this source when `topology` is loaded.
  ///
  /// - Throws: `.badData` for a description that hwloc cannot parse, `.missingInput` for a file that does not exist.
  func choose(for topology: borrowing TopologyHandle) throws(Failure) {
    switch self {
    case .native: break
    case .synthetic(let text, let name):
      if hwloc_topology_set_synthetic(topology.pointer, text) != 0 {
        throw Failure(.badData, at: name, "'\(text)' is not a synthetic topology; write it like 'package:2 numa:2 l3:1 core:8 pu:2', ending in pu")
      }
    case .xmlFile(let path, let name):
      // hwloc takes "-" as standard input.
      if path != "-", access(path, R_OK) != 0 {
        let code = errno
        throw Failure(code == ENOENT ? .missingInput : .badData, at: name, "cannot read '\(path)': \(systemErrorText(code))")
      }
      if hwloc_topology_set_xml(topology.pointer, path) != 0 { throw loadFailure }
    }
  }

  /// The failure of `hwloc_topology_load` on this source.
  var loadFailure: Failure {
    switch self {
    case .native: Failure(.internalError, "hwloc cannot read the topology of this system")
    case .synthetic(let text, let name): Failure(.badData, at: name, "hwloc cannot build the topology '\(text)'")
    case .xmlFile(let path, let name):
      Failure(.badData, at: name, "'\(path)' is not a topology file; write one with 'lstopo --of xml \(path)'")
    }
  }

  /// The words a report uses for a machine read from this source.
  var words: String {
    switch self {
    case .native: "another system"
    case .synthetic(let text, let name): "\(name) \"\(text)\""
    case .xmlFile(let path, let name): "\(name) \(path)"
    }
  }
}
