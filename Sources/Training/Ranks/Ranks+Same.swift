import Datasets
import Failures
import NeuralNetwork
import Ranks
import RunConfig

extension Ranks {
  /// - Throws: `.badData`, on all ranks, when one has begun with something else than the others. Workers and places are each rank's own.
  package func checkSame(_ configuration: RunConfiguration, _ data: [Dataset], _ crew: Crew) throws(Failure) {
    try checkSame(configuration, data.map { DataFingerprint($0) }, crew)
  }

  /// As above, of data whose fingerprints are known.
  func checkSame(_ configuration: RunConfiguration, _ data: [DataFingerprint], _ crew: Crew) throws(Failure) {
    var configuration = configuration
    configuration.engine = EngineSection()
    try checkSame(Version.number, "version of Lockstep")
    try checkSame(String(DataFingerprint.checksum(of: configuration.resolvedJSON()), radix: 16), "config, by its checksum,")
    try checkSame(data.map(\.text).joined(separator: "; "), "data set")
    try checkSame(crew.instructionSet.isFused ? "fused" : "separate", "kind of multiply-add")
  }

  /// - Throws: likewise, when the weights, moments or steps that one begins with are not those of the others: their folders are not one.
  func checkSame(start state: ModelState, _ progress: FitProgress?) throws(Failure) {
    let place = progress.map { "\($0.words)" } ?? "at its beginning"
    let digits = String(DataFingerprint.checksum(of: [state.weights] + state.moments), radix: 16)
    try checkSame("\(place), with the weights and moments of checksum \(digits)", "checkpoint or initial weights")
  }
}
