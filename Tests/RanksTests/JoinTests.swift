import Dispatch
import Foundation
import Ranks
import TestSupport
import Testing

/// Coming together, through a library that a test makes: without an MPI.
@Suite(.timeLimit(.minutes(1))) struct JoinTests {
  /// Others that never come: the process says so and ends.
  @Test func joiningHasALimit() async throws {
    try await withTemporaryFolder { folder in
      let library = try Self.library(begin: "for (;;) pause();", in: folder)
      let ending = await #expect(processExitsWith: .exitCode(74), observing: [\.standardErrorContent]) { [library = library as String] in
        _ = try Ranks.join(environment: ["LOCKSTEP_MPI": library, "PMI_RANK": "0"], folder: "", limitSeconds: 1)
      }
      let words = ending.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
      #expect(words == "lockstep: rank 0: has waited for the others for 1 s, to begin; a host has stalled, or a process has died\n")
    }
  }

  /// One that has come in time is not ended later.
  @Test func theLimitEndsWithTheJoining() async throws {
    try await withTemporaryFolder { folder in
      let library = try Self.library(begin: "*rank = 0; *ranks = 2; return 0;", in: folder)
      await #expect(processExitsWith: .success) { [library = library as String] in
        let ranks = try #require(try Ranks.join(environment: ["LOCKSTEP_MPI": library], folder: "", limitSeconds: 1))
        #expect(ranks.rank == 0 && ranks.count == 2 && ranks.library == "none")
        // A timer set behind it rings behind it.
        await withCheckedContinuation { done in DispatchQueue(label: "later").asyncAfter(deadline: .now() + 1) { done.resume() } }
      }
    }
  }

  /// Compiles a library in which `begin` is the C code of what fills the table's function.
  private static func library(begin: String, in folder: URL) throws -> String {
    let code =
      """
      #include "\(PackageFiles.root.path)/Sources/CMessages/messages.h"
      #include <string.h>
      #include <unistd.h>
      static int begin(int *rank, int *ranks) { \(begin) }
      static void library(char *text, int bytes) { strncpy(text, "none", bytes); }
      const struct lockstep_messages lockstep_messages_table = {.version = LOCKSTEP_MESSAGES_VERSION, .begin = begin, .library = library};
      """
    let (source, library) = (folder.appendingPathComponent("messages.c"), folder.appendingPathComponent("messages.so").path)
    try Data(code.utf8).write(to: source)
    let compiler = try Process.run(URL(fileURLWithPath: "/usr/bin/env"), arguments: ["cc", "-shared", "-fPIC", "-o", library, source.path])
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
    return library
  }
}
