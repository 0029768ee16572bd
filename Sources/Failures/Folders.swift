import Glibc

/// Makes the folder `path` and those above it, where they are missing. (Foundation's own words for a failure are "The operation could not be completed".)
///
/// - Parameters:
///   - path: the folder.
///   - what: what the folder is called in the failure's message.
/// - Returns: the folders that were not there before, the outermost first.
/// - Throws: `.inputOutput` at `path` with the system's words; what was made on the way is then gone again.
@discardableResult
public func makeFolders(_ path: String, as what: String = "folder") throws(Failure) -> [String] {
  var made: [String] = []
  var folder = path.hasPrefix("/") ? "/" : ""
  var code: Int32 = 0
  for part in path.split(separator: "/") where code == 0 {
    folder += part + "/"
    if mkdir(folder, 0o777) == 0 { made.append(folder) } else if errno != EEXIST { code = errno }
  }
  // What exists may be a file.
  if code == 0, access(folder, F_OK) != 0 { code = errno }
  guard code == 0 else {
    removeEmptyFolders(made)
    throw Failure(.inputOutput, at: path, "cannot make the \(what): \(systemErrorText(code))")
  }
  return made
}

/// Removes folders that `makeFolders` made, as far as nothing was put in them.
public func removeEmptyFolders(_ made: [String]) {
  for folder in made.reversed() { rmdir(folder) }
}
