import Foundation
import Glibc
import TestSupport
import Testing

/// The promise: `serve` answers over HTTP what `predict` answers, to the bit, for every kind of network.
@Suite struct ServeTests {
  /// Images of the bundled digits, from the first on, `step` apart.
  private func digits(_ count: Int, step: Int) throws -> [[UInt8]] {
    try withTemporaryFolder { folder in
      let packed = PackageFiles.root.appendingPathComponent("Sources/Datasets/Resources/mnist5k").path
      try succeed(["data", "convert", packed, "all", "--to", "npy"], in: folder)
      let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent("all/x_train.npy")))
      let start = bytes.count - 5000 * 784
      return (0..<count).map { Array(bytes[(start + step * $0 * 784)..<(start + step * $0 * 784 + 784)]) }
    }
  }

  private func instances(_ rows: [[some Numeric]]) -> String {
    "{\"instances\": [\(rows.map { "[\($0.map { "\($0)" }.joined(separator: ","))]" }.joined(separator: ","))]}"
  }

  /// What is answered for a row, in JSON.
  private struct Prediction: Equatable {
    var row: Int?
    let label: Int?
    let probabilities: [Double]?
    let outputs: [Double]?
    /// Whether it has what `predict` would not have.
    let keys: Set<String>

    init(_ object: [String: Any]) {
      row = object["row"] as? Int
      label = object["class"] as? Int
      probabilities = object["probability"] as? [Double]
      outputs = object["output"] as? [Double]
      keys = Set(object.keys).subtracting(["top"])
    }

    var values: [Double] { probabilities ?? outputs ?? [] }
  }

  /// The objects of `predict --json`, a line a row.
  private func predicted(_ run: String, _ file: String) throws -> [Prediction] {
    try succeed(["predict", run, "--input", file, "--json"]).split(separator: "\n").map { Prediction(try object($0)) }
  }

  private func predictions(_ answer: HTTPAnswer) throws -> [Prediction] {
    #expect(answer.status == 200, "\(answer.text.prefix(300))")
    return try #require(try answer.json["predictions"] as? [[String: Any]]).map(Prediction.init)
  }

  /// A softmax, logits, a sigmoid with labels, ten sigmoids, a regression: as JSON, as PNG, and as others spell it. So many rows that they are more than one pass.
  @Test(arguments: [
    ("configs/digits.json", [] as [String]), ("configs/zeros-and-ones.json", ["data.classes=[3,8]"]), ("configs/ten-sigmoids.json", []),
    ("configs/linear-regression.json", []),
    ("configs/digits.json", ["data.scale=100", "compile.loss=sparse_categorical_crossentropy", "model.layers[2].activation=softmax"]),
  ])
  func answersAsPredictDoes(_ config: String, _ settings: [String]) throws {
    try withTemporaryFolder { folder in
      let run = try train(config, (["fit.epochs=2"] + settings).flatMap { ["--set", $0] }, into: folder).folder.path
      let images = try digits(300, step: 16)
      let expected = try predicted(run, try put(idx([300, 28, 28], images.flatMap { $0 }), "images", in: folder))
      let fractions = images.prefix(20).map { $0.map { Float($0) / 3 } }
      let numbers = fractions.map { $0.map { "\($0)" }.joined(separator: ",") + "\n" }.joined()
      let expectedOfFractions = try predicted(run, try put(Array(numbers.utf8), "fractions.csv", in: folder))
      let large = png(width: 40, height: 30, (0..<1200).map { UInt8($0 / 40 * 8) })
      let expectedOfLarge = try predicted(run, try put(large, "large.png", in: folder))
      try serving(run) { server in
        let answer = try server.ask("POST /predict", json: instances(images))
        #expect(try predictions(answer) == expected)
        #expect(try predictions(server.ask("POST /predict", json: instances(fractions))) == expectedOfFractions)
        for (number, image) in images.prefix(3).enumerated() {
          // As rows of rows, and as a picture.
          let nested = "{\"instances\":[[" + image.chunks(of: 28).map { "[\($0.map { "\($0)" }.joined(separator: " , "))]" }.joined(separator: ",\n") + "]]}\n"
          for answer in [
            try server.ask("POST /predict", json: nested), try server.ask("POST /predict", type: "image/png", body: png(width: 28, height: 28, image)),
          ] {
            var own = try #require(try predictions(answer).first)
            own.row = number
            #expect(own == expected[number])
          }
        }
        #expect(try predictions(server.ask("POST /predict", type: "image/png", body: large)) == expectedOfLarge)
        let model = try server.ask("GET /model").json
        let kind = try #require(model["kind"] as? String)
        let name = try #require(model["name"] as? String)
        let rows = try server.ask("POST /v1/models/\(name):predict", json: instances(images)).json["predictions"] as? [[Double]]
        #expect(rows == expected.map(\.values) && kind == (expected[0].outputs == nil ? "probability" : "output"))
      }
    }
  }

  @Test func theMostProbable() throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/digits.json", set("fit.epochs=1"), into: folder).folder.path
      let image = try digits(1, step: 1)
      let file = try put(idx([1, 28, 28], image[0]), "image", in: folder)
      func places(_ object: [String: Any]?) -> [[Double]]? {
        (object?["top"] as? [[String: Any]])?.map { [Double($0["class"] as? Int ?? -1), $0["probability"] as? Double ?? -1] }
      }
      let expected = places(try object(try succeed(["predict", run, "--input", file, "--json", "--top", "4"])))
      #expect(expected?.count == 4)
      try serving(run) { server in
        func top(_ path: String) throws -> [[Double]]? {
          places((try server.ask("POST \(path)", json: instances(image)).json["predictions"] as? [[String: Any]])?.first)
        }
        let (four, three, all) = (try top("/predict?top=4"), try top("/predict"), try top("/predict?top=1000&layers=0"))
        #expect(four == expected && three == expected.map { Array($0.prefix(3)) } && all?.count == 10)
      }
    }
  }

  /// The numbers of `explain`, of every kind of layer; and those that came in.
  @Test func layersLightUp() throws {
    try withTemporaryFolder { folder in
      let layers = """
        [{type:'rescaling',scale:2},{type:'dense',units:20,activation:'gelu'},{type:'batch_normalization'},{type:'activation',activation:'relu'},{type:'dropout',rate:0.2},
        {type:'activity_regularization',l2:0.001},{type:'dense',units:12,activation:'tanh'},{type:'layer_normalization'},{type:'dense',units:10}]
        """
      let run = try train("configs/digits.json", set("fit.epochs=1", "model.layers=\(layers)"), into: folder).folder.path
      let explained = try object(try succeed(["explain", run, "--row", "17", "--json"]))
      let features = try #require(explained["features"] as? [Double])
      let expected = try #require(explained["layers"] as? [[String: Any]]).filter { $0["type"] as? String != "activity_regularization" }
      try serving(run) { server in
        let answer = try server.ask("POST /predict?layers=1", json: instances([features])).json
        let prediction = try #require((answer["predictions"] as? [[String: Any]])?.first)
        let found = try #require(prediction["layers"] as? [[String: Any]])
        #expect(prediction["pixels"] as? [Double] == features)
        #expect(found.count == 6 && found.count == expected.count)
        for (own, theirs) in zip(found, expected) {
          for key in ["name", "type", "activation"] { #expect(own[key] as? String == theirs[key] as? String) }
          // In single precision, which both say in another number of digits.
          func outputs(_ layer: [String: Any]) -> [Float]? { (layer["outputs"] as? [Double])?.map { Float($0) } }
          #expect(outputs(own) != nil && outputs(own) == outputs(theirs), "\(theirs["name"] ?? "")")
        }
        let shown = try #require(try server.ask("GET /model").json["shown"] as? [[String: Any]])
        #expect(shown.map { $0["outputs"] as? Int } == found.map { ($0["outputs"] as? [Double])?.count })
        // What a PNG of another size became.
        let large = try server.ask("POST /predict?layers=1", type: "image/png", body: png(width: 40, height: 30, (0..<1200).map { UInt8($0 / 40 * 8) })).json
        let pixels = try #require((large["predictions"] as? [[String: Any]])?.first?["pixels"] as? [Double])
        #expect(pixels.count == 784 && pixels.max()! > 200 && pixels[0] == 0)
      }
    }
  }

  @Test func whatIsServed() throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/digits.json", set("fit.epochs=1"), into: folder).folder.path
      try serving(run, ["--json", "--body-limit", "5000"]) { server in
        let greeting = try object(server.greeting)
        #expect(
          greeting["address"] as? String == "http://127.0.0.1:\(server.port)/" && greeting["port"] as? Int == server.port
            && greeting["model"] as? String == "digits")
        let model = try server.ask("GET /model").json
        #expect(model["inputs"] as? Int == 784 && model["side"] as? Int == 28 && model["outputs"] as? Int == 10 && model["kind"] as? String == "probability")
        #expect(model["classes"] as? [Int] == Array(0..<10) && model["parameters"] as? Int == 20175)
        #expect((model["limits"] as? [String: Int]) == ["body_bytes": 5000, "seconds": 10, "connections": 64])
        #expect((model["layers"] as? [[String: Any]])?.map { $0["name"] as? String } == ["dense", "dense_1", "dense_2"])
        #expect(try server.ask("GET /healthz").text == "{\"status\":\"ok\"}\n")
        #expect(try server.ask("GET /v1/models").text == "{\"models\":[\"digits\"]}\n")
        #expect(try server.ask("GET /v1/models/digits").text == "{\"name\":\"digits\",\"ready\":true}\n")
        // One connection, request after request.
        let connection = try server.connect()
        for _ in 1...3 {
          connection.request("GET /healthz")
          #expect(try connection.answer().status == 200)
        }
      }
    }
  }

  /// It may run what bears the number of this very answer, and ask nobody else.
  @Test func thePageIsAlone() throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/digits.json", set("fit.epochs=1"), into: folder).folder.path
      try serving(run) { server in
        let answer = try server.ask("GET /")
        let policy = try #require(answer.headers["content-security-policy"])
        let nonce = try #require(policy.firstMatch(of: /script-src 'nonce-([0-9a-f]{32})'/)).1
        #expect(answer.headers["content-type"] == "text/html; charset=utf-8" && policy.hasPrefix("default-src 'none'") && policy.contains("connect-src 'self'"))
        #expect(
          !policy.contains("unsafe") && !policy.contains("*") && answer.text.contains("<style nonce=\"\(nonce)\">")
            && answer.text.contains("<script nonce=\"\(nonce)\">"))
        #expect(!answer.text.contains("http://") && !answer.text.contains("https://") && !answer.text.contains("innerHTML") && !answer.text.contains(" style="))
        #expect(try server.ask("GET /").headers["content-security-policy"] != policy)
        let head = try server.ask("HEAD /")
        #expect(head.status == 200 && head.headers["content-length"] == "\(answer.body.count)")
        for answer in [answer, try server.ask("GET /model"), try server.ask("GET /nowhere")] {
          #expect(answer.headers["x-content-type-options"] == "nosniff" && answer.headers["cross-origin-resource-policy"] == "same-origin")
          #expect(answer.headers["content-security-policy"] != nil && answer.headers["access-control-allow-origin"] == nil)
        }
      }
    }
  }
}
