import Failures

extension TableRequest {
  /// What columns of labels are called, in lower case.
  private static let labelNames = ["label", "labels", "class", "target", "digit", "y"]

  /// The name of the column of the labels in a CSV or TSV file that has it beside `inputs` others: the one that the header calls `name`, or where that is nil, `label` or
  /// `labels`, since nobody calls a feature so. Nil for none, for several, and for another number of columns. It reads the header alone.
  ///
  /// - Parameters:
  ///   - name: what the labels are called; nil where nobody says so.
  ///   - inputs: columns that are not the labels'.
  /// - Throws: as `open`, for the first line.
  public func labelName(_ name: String?, besides inputs: Int) throws(Failure) -> String? {
    guard let columns = try ExampleTable.columnNames(path, try knownFormat(), header: header), columns.count == inputs + 1 else { return nil }
    let called = columns.filter { column in name.map { column == $0 } ?? ["label", "labels"].contains(column.lowercased()) }
    return called.count == 1 ? called[0] : nil
  }

  /// Which column of a CSV or TSV file seems to hold the labels: the one that is called so; else the first or the last, if its numbers look like classes and there are two
  /// or more; else the first. Of other formats it is the first of IDX's.
  ///
  /// - Throws: as `open`.
  public func likelyLabel() throws(Failure) -> LabelColumn {
    let format = try knownFormat()
    guard format == .csv || format == .tsv else { return .number(0) }
    if let name = try ExampleTable.columnNames(path, format, header: header)?.first(where: { Self.labelNames.contains($0.lowercased()) }) { return .name(name) }
    var all = self
    all.label = nil
    let table = try all.open().training
    func column(_ column: Int) -> ExampleTable.Labels {
      let rows = (0..<table.count).lazy.map { $0 * table.width + column }
      switch table.features {
      case .bytes(let bytes): return ExampleTable.Labels(values: rows.map { Float(bytes.base[$0]) }, width: nil)
      case .floats(let values): return ExampleTable.Labels(values: rows.map { values[$0] }, width: nil)
      }
    }
    let found = [0, table.width - 1].first { number in
      let labels = column(number)
      return labels.areClasses && labels.values.contains { $0 != labels.values[0] }
    }
    return .number(found == nil || found == 0 ? 0 : -1)
  }
}

extension ExampleTable.Labels {
  /// Whether they can be class numbers and are few enough to be meant so: whole, from 0 to 65,535, one a row, at most 1,000 different ones, and of more than ten different
  /// ones each twice on the average.
  public var areClasses: Bool {
    guard width == nil else { return false }
    var different: Set<Float> = []
    for value in values {
      guard 0...Float(Dataset.highestLabel) ~= value, value == value.rounded() else { return false }
      different.insert(value)
      guard different.count <= 1000 else { return false }
    }
    return different.count <= 10 || 2 * different.count <= values.count
  }
}
