/// How the epochs of a fit lie in passes over the training rows.
///
/// As Keras with `steps_per_epoch` and arrays: an epoch takes so many steps, the next one goes on where it ended, and what is left at the end of a pass is an epoch
/// of its own, a short one. (Keras warns of that each time.) All of it follows from the number of epochs, so that a run which goes on needs to know nothing else.
struct EpochParts {
  private let stepsPerPass: Int
  private let stepsPerEpoch: Int

  /// - Parameter stepsPerEpoch: nil, and what is more than a pass has, for all of a pass.
  init(stepsPerPass: Int, stepsPerEpoch: Int?) {
    self.stepsPerPass = stepsPerPass
    self.stepsPerEpoch = min(stepsPerEpoch ?? stepsPerPass, stepsPerPass)
  }

  private var epochsPerPass: Int { (stepsPerPass + stepsPerEpoch - 1) / stepsPerEpoch }

  /// The pass of an epoch, both from 0.
  func pass(_ epoch: Int) -> Int { epoch / epochsPerPass }

  /// The steps of its pass that an epoch (from 0) takes.
  func steps(_ epoch: Int) -> Range<Int> {
    let first = epoch % epochsPerPass * stepsPerEpoch
    return first..<min(first + stepsPerEpoch, stepsPerPass)
  }
}
