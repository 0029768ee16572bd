import Failures
import RandomStreams

extension Dataset {
  /// Sets a share of the rows aside for validation; a pure function of the rows, the labels and the arguments.
  ///
  /// The validation part has `validationFraction * count` rows, rounded to the nearest whole number (halves up). Both parts keep the order of `rows`.
  ///
  /// - Parameters:
  ///   - validationFraction: above 0 and below 1.
  ///   - stratified: each class keeps its share, to less than a row: whole rows first, and what is missing goes to the classes with the largest
  ///     remainders (equal remainders: to the lower class). Otherwise rows are drawn without regard to class.
  ///   - seed: which rows; `CounterGenerator(seed:stream:)` with `Stream.validationSplit` draws them.
  /// - Throws: `.badData` at "data.validation.fraction" when the fraction is out of range or would leave a part empty, and at
  ///   "data.validation.stratified" when the targets are vectors.
  public func split(validationFraction: Double, stratified: Bool, seed: UInt64) throws(Failure) -> (training: Dataset, validation: Dataset) {
    let place = "data.validation.fraction"
    guard validationFraction > 0, validationFraction < 1 else {
      throw Failure(.badData, at: place, "the fraction is \(validationFraction); expected above 0 and below 1")
    }
    let validationCount = Int((Double(count) * validationFraction).rounded())
    guard 0 < validationCount, validationCount < count else {
      let part = validationCount == 0 ? "validation" : "training"
      throw Failure(.badData, at: place, "the fraction \(validationFraction) leaves the \(part) part empty; rows: \(count)")
    }
    let isValidation = try drawn(validationCount, stratified: stratified, fraction: validationFraction, seed: seed)
    var (training, validation): ([UInt32], [UInt32]) = ([], [])
    training.reserveCapacity(count - validationCount)
    validation.reserveCapacity(validationCount)
    for (position, row) in rows.enumerated() {
      if isValidation[position] { validation.append(row) } else { training.append(row) }
    }
    return (with(rows: training), with(rows: validation))
  }

  /// For each position in `rows`, whether it is one of the `total` that go to validation.
  private func drawn(_ total: Int, stratified: Bool, fraction: Double, seed: UInt64) throws(Failure) -> [Bool] {
    var generator = CounterGenerator(seed: seed, stream: Stream.validationSplit)
    var groups = stratified ? try stratifiedShares(of: total, fraction: fraction) : [(positions: Array(0..<UInt32(count)), share: total)]
    var isDrawn = [Bool](repeating: false, count: count)
    for group in groups.indices {
      generator.shuffle(&groups[group].positions)
      for position in groups[group].positions.prefix(groups[group].share) { isDrawn[Int(position)] = true }
    }
    return isDrawn
  }

  /// For each class, from 0: its positions in `rows`, and how many of them go to validation. The shares add up to `total`.
  private func stratifiedShares(of total: Int, fraction: Double) throws(Failure) -> [(positions: [UInt32], share: Int)] {
    guard let labels = targets.classes else {
      throw Failure(.badData, at: "data.validation.stratified", "the targets are vectors; only class labels can be stratified")
    }
    var positions = [[UInt32]](repeating: [], count: classCount)
    for (position, row) in rows.enumerated() { positions[Int(labels[Int(row)])].append(UInt32(position)) }
    let shares = largestRemainder(total: total, quotas: positions.map { Double($0.count) * fraction })
    return Array(zip(positions, shares))
  }
}

/// Whole numbers near `quotas` that add up to `total`: each quota rounded down, and one more for the largest remainders, the first of equals first.
///
/// `total` must lie between the sum of the rounded quotas and that sum plus the number of quotas that are not 0.
private func largestRemainder(total: Int, quotas: [Double]) -> [Int] {
  var shares = quotas.map { Int($0) }
  let missing = total - shares.reduce(0, +)
  let byRemainder = quotas.indices.filter { quotas[$0] > 0 }.sorted { left, right in
    let (leftRest, rightRest) = (quotas[left] - Double(shares[left]), quotas[right] - Double(shares[right]))
    return leftRest == rightRest ? left < right : leftRest > rightRest
  }
  for index in byRemainder.prefix(missing) { shares[index] += 1 }
  return shares
}
