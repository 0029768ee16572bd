/// Lockstep's version: what `--version` prints and a run notes; the same number heads CHANGELOG.md.
public enum Version {
  public static let number = "0.1.0"
}
