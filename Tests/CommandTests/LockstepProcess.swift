import Foundation
import TestSupport
import Testing

/// How a process ended, and all it wrote.
struct Ending {
  let status: Int32
  /// Whether a signal ended it; `status` is then the signal.
  let isCrash: Bool
  let output: String
  let errors: String
}

/// The real `lockstep`, built beside the program that runs the tests.
enum LockstepProcess {
  static let binary = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("lockstep")

  /// Seconds that no process here comes near; a hung one is killed after them.
  static let patience = ProcessInfo.processInfo.environment["LOCKSTEP_TEST_PATIENCE"].flatMap(Double.init) ?? 120

  /// A process that has not begun.
  static func prepared(_ arguments: [String], in folder: URL, environment: [String: String]) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let inherited = ProcessInfo.processInfo.environment.filter { variable in
      !["LOCKSTEP_", "HWLOC_", "NO_COLOR", "CLICOLOR_FORCE"].contains { variable.key.hasPrefix($0) }
    }
    process.environment = inherited.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    return process
  }

  /// Runs `arguments` as a command found on the path, from the current directory `folder`, without input, and waits for its end.
  ///
  /// Of the variables that change what `lockstep` does, it sees those of `environment` alone.
  static func run(_ arguments: [String], in folder: URL, environment: [String: String] = [:], sourceLocation: SourceLocation) throws -> Ending {
    let process = prepared(arguments, in: folder, environment: environment)
    let (output, errors) = (Drain(), Drain())
    process.standardOutput = output.pipe
    process.standardError = errors.pipe
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try withNoSignalBlocked { try process.run() }
    output.begin()
    errors.begin()
    if ended.wait(timeout: .now() + patience) == .timedOut {
      Issue.record("hung, and was killed: \(arguments.joined(separator: " "))", sourceLocation: sourceLocation)
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
    }
    return Ending(status: process.terminationStatus, isCrash: process.terminationReason == .uncaughtSignal, output: output.text, errors: errors.text)
  }
}

/// Runs `body` with every signal let through, as a shell starts its children: the threads that tests run on block them, and a child inherits that.
func withNoSignalBlocked(_ body: () throws -> Void) rethrows {
  var (none, earlier) = (sigset_t(), sigset_t())
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, &earlier)
  defer { pthread_sigmask(SIG_SETMASK, &earlier, nil) }
  try body()
}

/// Reads a pipe to its end on a thread of its own, so that neither a full standard output nor a full standard error holds a process up.
///
/// `@unchecked Sendable`: `data` is written before `done` is signalled, and read after.
final class Drain: @unchecked Sendable {
  let pipe = Pipe()
  private let done = DispatchSemaphore(value: 0)
  private var data = Data()

  func begin() {
    Thread.detachNewThread { [self] in
      readToEnd()
      // Else they are open until somebody lets go of the last reference, and a run of all tests has some thousand of them.
      try? pipe.fileHandleForReading.close()
      done.signal()
    }
  }

  /// Foundation's own reading to the end traps when a signal interrupts it, as the end of a child does.
  private func readToEnd() {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(pipe.fileHandleForReading.fileDescriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      data.append(contentsOf: buffer[..<count])
    }
  }

  /// Everything that came; waits for the end.
  var text: String {
    done.wait()
    return String(decoding: data, as: UTF8.self)
  }
}

/// Runs `lockstep` with `arguments` from the current directory `folder`.
///
/// - Parameter launcher: a command that `lockstep` and its arguments are handed to, such as `["taskset", "-c", "0"]`.
func lockstep(
  _ arguments: [String], in folder: URL = PackageFiles.root, environment: [String: String] = [:], launcher: [String] = [],
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> Ending {
  try LockstepProcess.run(launcher + [LockstepProcess.binary.path] + arguments, in: folder, environment: environment, sourceLocation: sourceLocation)
}

/// As `lockstep`, for what must succeed: status 0, and not a word on standard error. Returns the standard output.
@discardableResult
func succeed(
  _ arguments: [String], in folder: URL = PackageFiles.root, environment: [String: String] = [:], launcher: [String] = [],
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> String {
  let ending = try lockstep(arguments, in: folder, environment: environment, launcher: launcher, sourceLocation: sourceLocation)
  try #require(ending.status == 0 && !ending.isCrash, "status \(ending.status): \(ending.errors)", sourceLocation: sourceLocation)
  #expect(ending.errors.isEmpty, sourceLocation: sourceLocation)
  return ending.output
}

/// Runs `command`, a line for sh in which `lockstep` is the real one, on a terminal of its own (with script(1)). What it shows comes as it is written, with line
/// feeds alone.
func onTerminal(_ command: String, in folder: URL, environment: [String: String], sourceLocation: SourceLocation = #_sourceLocation) throws -> Ending {
  let line = "lockstep() { '\(LockstepProcess.binary.path)' \"$@\"; }; stty -onlcr; \(command)"
  let variables = ["SHELL": "/bin/sh", "TERM": ""].merging(environment) { $1 }
  return try LockstepProcess.run(["script", "-qec", line, "/dev/null"], in: folder, environment: variables, sourceLocation: sourceLocation)
}

/// The launcher that runs a command inside the shell script `script`, which says where with `"$@"`.
func shell(_ script: String) -> [String] { ["sh", "-c", script, "sh"] }

/// Whether `tool` is on the path of this machine.
func isInstalled(_ tool: String) -> Bool {
  let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
}
