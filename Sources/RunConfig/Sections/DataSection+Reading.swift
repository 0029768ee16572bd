import Failures

extension DataSection {
  /// The words of `data.validation`; a share of the rows is an object instead.
  enum ValidationWord: String, CaseIterable {
    case none, test
  }

  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init(source: try Self.source(&reader))
    if let classes = try reader.nullable("classes", "The labels to keep; they become the classes 0, 1, … in this order. Null for all.")?.classes() {
      self.classes = classes
    }
    if let targets = try reader.optional("targets", "What the network is asked to say about a label.")?.word("targets", Targets.self) { self.targets = targets }
    if let scale = try reader.optional("scale", "Every input is divided by this.")?.number(.scale) { self.scale = scale }
    if let validation = try reader.optional("validation", "Which examples are kept aside to measure on: a word, or a share of the rows.")?.validation() {
      self.validation = validation
    }
    if let path = try reader.nullable("sample_weight", "An IDX file with a weight for each training row; null for none.")?.string() { sampleWeight = path }
    if let path = try reader.nullable("validation_sample_weight", "An IDX file with a weight for each validation row; null for none.")?.string() {
      validationSampleWeight = path
    }
  }
}

extension ConfigNode {
  fileprivate func classes() throws(Failure) -> [Int] {
    var classes: [Int] = []
    for element in try elements() {
      let label = try element.integer(0...Int(Int32.max))
      guard !classes.contains(label) else { throw element.failure("the class \(label) is given twice") }
      classes.append(label)
      // Bounds the search above; an IDX label is one byte.
      guard classes.count <= 1000 else { throw failure("expected at most 1000 classes") }
    }
    guard !classes.isEmpty else { throw failure("expected at least one class, found none") }
    return classes
  }

  fileprivate func validation() throws(Failure) -> DataSection.Validation {
    switch value {
    case .object:
      return try object { (reader: inout ObjectReader) throws(Failure) in
        let fraction = try reader.required("fraction", "The share of the rows.").number(.share)
        return .fraction(fraction, stratified: try reader.optional("stratified", "Whether each class gives the same share.")?.bool() ?? false)
      }
    case .string:
      switch try word("validation", DataSection.ValidationWord.self) {
      case .none: return .none
      case .test: return .test
      }
    default: throw expected("'none', 'test' or an object such as { fraction: 0.2 }")
    }
  }
}
