/// What went wrong with something a user can mend: one clear line, and the exit code that goes with it.
///
/// Every room throws this one type (`throws(Failure)`). A caller's own bug is not a `Failure`: it traps with the values in the message.
///
/// The line reads like advice and has three parts, "what, where, expected": `configs/digits.json: fit.epoch: unknown key; did you mean
/// 'epochs'?`
public struct Failure: Error, Equatable, Sendable {
  /// The kind of failure. Each has one exit code (after BSD's `sysexits.h`).
  public enum Kind: Int32, Sendable {
    /// The command line is wrong: a verb, an option or an option's value.
    case usage = 64
    /// Data, a config (and what `--set` puts there) or a request has a wrong value or shape.
    case badData = 65
    /// A file or folder that was named does not exist.
    case missingInput = 66
    /// A promise inside Lockstep was broken.
    case internalError = 70
    /// What was to be made is there already, and is not replaced.
    case alreadyThere = 73
    /// Reading or writing failed.
    case inputOutput = 74
  }

  /// What went wrong, and with it the exit code.
  public let kind: Kind

  /// Where: a file, a file and byte, a key path, a worker. Empty when the message says it all.
  public let place: String

  /// What is wrong, and what was expected; no trailing full stop, no line break.
  public let message: String

  /// - Parameters:
  ///   - kind: what went wrong.
  ///   - place: the file and byte, line, row or key path, the option or the argument; empty for none.
  ///   - message: what was found and what was expected, without a full stop.
  public init(_ kind: Kind, at place: String = "", _ message: String) {
    self.kind = kind
    self.place = place
    self.message = message
  }

  /// The same failure inside a larger place: `failure.inside("digits.json")` reads `digits.json: <place>: <message>`.
  public func inside(_ outer: String) -> Failure {
    Failure(kind, at: place.isEmpty ? outer : "\(outer): \(place)", message)
  }

  /// The status the process ends with.
  public var exitCode: Int32 { kind.rawValue }
}

extension Failure: CustomStringConvertible {
  /// One line: `place: message`.
  public var description: String {
    let line = place.isEmpty ? message : "\(place): \(message)"
    return line.contains(where: \.isNewline) ? line.split(whereSeparator: \.isNewline).joined(separator: " ") : line
  }
}
