import Foundation
import TestSupport
import Testing

/// The promise: a verb that is given no run says so, and names the one that was meant.
@Suite struct RunFolderTests {
  @Test func aMisspeltRun() throws {
    try withDigitsFolder { folder in
      for name in ["digits", "digits-2"] {
        try succeed(["train", "digits.json", "--quiet", "--output", "runs/\(name)"] + set("fit.epochs=1", "fit.diagnostics=true"), in: folder)
      }
      try put(idx([1, 28, 28], [UInt8](repeating: 9, count: 784)), "images", in: folder)
      let hint = "; did you mean 'runs/digits'?"
      for command in [
        "inspect WRONG", "report WRONG", "report runs/digits WRONG", "predict WRONG --input images", "serve WRONG", "export WRONG --output a",
      ] {
        try Refusal(command.replacing("WRONG", with: "runs/digist"), 66, "runs/digist: no such run folder\(hint)").expect(in: folder)
      }
      for command in ["evaluate WRONG", "explain WRONG", "gradcheck WRONG", "compare runs/digits WRONG", "compare WRONG runs/digits"] {
        try Refusal(command.replacing("WRONG", with: "runs/digist"), 66, "runs/digist: no such run folder or config file\(hint)").expect(in: folder)
      }
      for refusal in [
        Refusal("inspect elsewhere/digits", 66, "elsewhere/digits: no such run folder"),
        Refusal("inspect digits.json", 66, "digits.json: a file; expected the folder of a run"),
        Refusal("inspect runs", 66, "runs: the folder holds no run (no config.json); did you mean 'runs/digits'?"),
        Refusal("report runs/digits runs/digits-2 runs/digits", 64, "runs/digits: is given twice"),
        Refusal("report runs/digits ./runs/digits/", 64, "./runs/digits/: is given already, as runs/digits"),
      ] { try refusal.expect(in: folder) }
      try Refusal(["inspect", "\(folder.path)/runs/digit"], 66, "\(folder.path)/runs/digit: no such run folder; did you mean '\(folder.path)/runs/digits'?")
        .expect(in: folder)
      try FileManager.default.removeItem(atPath: folder.path + "/runs/digits/model.safetensors")
      try Refusal(
        "inspect runs/digits", 66, "runs/digits: the run is not finished (no model.safetensors); go on with it: lockstep train runs/digits --resume"
      ).expect(in: folder)
    }
  }

  /// A data set is more than the images that `predict` is about.
  @Test func aDataSetForImages() throws {
    try WeightErrorTests.withRun { folder in
      try succeed(["data", "synth", "--output", "set", "--count", "20", "--test", "10"], in: folder)
      try succeed(["data", "convert", "set", "pictures", "--to", "png", "--part", "test"], in: folder)
      try succeed(["data", "convert", "set", "arrays", "--to", "npy"], in: folder)
      for refusal in [
        Refusal(
          "predict done --input set", 65, "set: a folder of other files than PNG; name the one that holds the images, such as set/t10k-images-idx3-ubyte"),
        Refusal("predict done --input arrays", 65, "arrays: a folder of other files than PNG; name the one that holds the images, such as arrays/x_test.npy"),
        Refusal("predict done --input pictures", 65, "pictures: holds folders, as a data set of PNG files does; give one of them, such as pictures/0"),
      ] { try refusal.expect(in: folder) }
      for input in ["set/t10k-images-idx3-ubyte", "arrays/x_test.npy", "pictures/0"] { try succeed(["predict", "done", "--input", input], in: folder) }
    }
  }
}
