import Failures
import Foundation
import TestSupport
import Testing

import RunConfig

@Suite struct ResolvedTests {
  @Test func parsesBackToAnEqualValue() throws {
    var generator = Generated(seed: 3)
    for _ in 0..<500 {
      let config = generator.configuration()
      #expect(try RunConfiguration(json5: config.resolvedJSON(), name: "again.json") == config)
    }
  }

  @Test func writesEveryDefault() throws {
    let config = RunConfiguration(
      name: "small", data: DataSection(source: .bundled), model: ModelSection(layers: [.dense(Dense(1))]),
      compile: CompileSection(optimizer: .sgd(), loss: .meanSquaredError))
    #expect(
      config.resolvedJSON() == """
        {
          "compile" : {
            "loss" : {
              "type" : "mean_squared_error"
            },
            "metrics" : [

            ],
            "optimizer" : {
              "clipnorm" : null,
              "clipvalue" : null,
              "global_clipnorm" : null,
              "learning_rate" : 0.01,
              "momentum" : 0,
              "nesterov" : false,
              "type" : "sgd",
              "weight_decay" : null
            }
          },
          "data" : {
            "classes" : null,
            "scale" : 255,
            "source" : "bundled",
            "targets" : "classes",
            "validation" : "none"
          },
          "engine" : {
            "balance" : "measured",
            "placement" : "cores",
            "stall_seconds" : 30,
            "workers" : "auto"
          },
          "fit" : {
            "batch_size" : 32,
            "callbacks" : [

            ],
            "checkpoint" : {
              "every_epochs" : null,
              "every_seconds" : 60,
              "keep" : 2,
              "monitor" : null
            },
            "epochs" : 1,
            "shuffle" : true,
            "terminate_on_nan" : true,
            "validation_freq" : 1
          },
          "model" : {
            "initial_weights" : null,
            "layers" : [
              {
                "activation" : "linear",
                "bias_initializer" : "zeros",
                "kernel_initializer" : "glorot_uniform",
                "type" : "dense",
                "units" : 1,
                "use_bias" : true
              }
            ]
          },
          "name" : "small",
          "seed" : 1
        }

        """)
  }

  /// A Swift value may hold what no config may: it is written, without a trap, and refused when read.
  @Test func writesWhatIsNotANumber() throws {
    var config = try Example.read()
    config.data.scale = .nan
    let failure = try #require(Example.refusal(of: config.resolvedJSON()))
    #expect(failure.description == "example.json: data.scale: expected a number, found a string \"NaN\"")
  }

  @Test(arguments: ["digits", "mnist", "mnist-augmented", "zeros-and-ones", "ten-sigmoids", "logistic-regression", "linear-regression"])
  func committedConfigsParse(_ name: String) throws {
    let file = PackageFiles.root.appendingPathComponent("configs/\(name).json").path
    let config = try RunConfiguration(file: file)
    #expect(config.name == name)
    #expect(try RunConfiguration(json5: config.resolvedJSON(), name: "config.json") == config)
  }

  @Test func everyCommittedConfigIsTested() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: PackageFiles.root.appendingPathComponent("configs").path).filter { $0.hasSuffix(".json") }
    #expect(
      Set(files) == [
        "digits.json", "mnist.json", "mnist-augmented.json", "zeros-and-ones.json", "ten-sigmoids.json", "logistic-regression.json", "linear-regression.json",
      ])
  }
}
