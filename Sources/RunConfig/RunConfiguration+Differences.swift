extension RunConfiguration {
  /// What would give this config other results than `earlier`, each as "key was this, is that"; empty where a run of `earlier` can go on with this one.
  ///
  /// How many epochs, when to save, which machine and where the data lie is left out: the first may be raised, the next two change no bit, and whether the data
  /// are the same is for their fingerprint to say.
  public func differences(from earlier: RunConfiguration) -> [String] {
    var neutral = self
    neutral.name = earlier.name
    neutral.fit.epochs = earlier.fit.epochs
    neutral.fit.checkpoint = earlier.fit.checkpoint
    neutral.engine = earlier.engine
    neutral.data.source = data.source.moved(to: earlier.data.source)
    if data.sampleWeight != nil, earlier.data.sampleWeight != nil { neutral.data.sampleWeight = earlier.data.sampleWeight }
    if data.validationSampleWeight != nil, earlier.data.validationSampleWeight != nil {
      neutral.data.validationSampleWeight = earlier.data.validationSampleWeight
    }
    return Self.differences(earlier.json, neutral.json, at: "")
  }

  /// Every key in which this config is not `earlier`, each as above, but for the machine, which changes no bit.
  package func differencesBeyondMachine(from earlier: RunConfiguration) -> [String] {
    var neutral = self
    neutral.engine = earlier.engine
    return Self.differences(earlier.json, neutral.json, at: "")
  }

  private static func differences(_ old: JSONValue, _ new: JSONValue, at path: String) -> [String] {
    if old == new { return [] }
    if case .object(let olds) = old, case .object(let news) = new {
      return Set(olds.keys).union(news.keys).sorted().flatMap { key in
        differences(olds[key] ?? .null, news[key] ?? .null, at: path.isEmpty ? key : "\(path).\(key)")
      }
    }
    if case .array(let olds) = old, case .array(let news) = new, olds.count == news.count {
      return zip(olds, news).enumerated().flatMap { differences($1.0, $1.1, at: "\(path)[\($0)]") }
    }
    return ["\(path) was \(old.found), is \(new.found)"]
  }
}
