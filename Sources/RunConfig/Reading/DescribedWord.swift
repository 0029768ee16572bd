/// A word that a config may hold.
protocol DescribedWord: RawRepresentable<String>, CaseIterable {
  /// What it stands for, in a line for editors to show.
  var about: String { get }
}
