import Failures
import Foundation
import Interchange

/// A file of TensorBoard's in a folder of its own, made with the first event. A run that goes on adds another: TensorBoard shows all files of a folder as one.
struct EventFile {
  private let folder: String
  private var path: String?

  init(folder: String) { self.folder = folder }

  /// - Throws: `Failure` (input and output) with the system's words; the file then ends where it did before.
  mutating func append(_ events: [TensorBoardEvent]) throws(Failure) {
    let bytes = events.flatMap(\.record)
    if let path { return try Interchange.append(bytes, to: path) }
    try makeFolders(folder, as: "folder of a tensorboard callback")
    let time = Date().timeIntervalSince1970
    // As TensorFlow calls them: they are read in the order of their names, so in that of their times.
    let seconds = String(Int(time))
    let start = "\(folder)/events.out.tfevents.\(String(repeating: "0", count: max(0, 10 - seconds.count)))\(seconds).\(Self.host).\(getpid())"
    var number = 0
    while access("\(start).\(number).v2", F_OK) == 0 { number += 1 }
    path = "\(start).\(number).v2"
    try Interchange.append(TensorBoardEvent(time: time, .version).record + bytes, to: path!)
  }

  private static var host: String {
    var name = utsname()
    guard uname(&name) == 0 else { return "localhost" }
    return withUnsafeBytes(of: name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }.replacing("/", with: "-")
  }
}
