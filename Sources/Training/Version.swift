/// Lockstep's version: what `--version` prints and a run notes; the same number heads CHANGELOG.md.
public enum Version {
  /// The version of the package, as `lockstep --version` says it.
  public static let number = "0.1.0"
  /// The day that the manual page has.
  public static let date = "2026-11-21"
}
