import Foundation

extension Nearest {
  /// The path beside `path`, of nearly its name, that `isMeant` finds to be what was asked for; nil where there is none.
  package static func path(to path: String, where isMeant: (String) -> Bool) -> String? {
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    let bare = path.hasSuffix("/") ? path.dropLast() : path[...]
    let folder = String(bare.dropLast(name.count))
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    return word(to: name, among: names.sorted().filter { isMeant(folder + $0) }).map { folder + $0 }
  }
}
