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
              "ema_momentum" : 0.99,
              "ema_overwrite_frequency" : null,
              "global_clipnorm" : null,
              "gradient_accumulation_steps" : null,
              "learning_rate" : 0.01,
              "momentum" : 0,
              "nesterov" : false,
              "type" : "sgd",
              "use_ema" : false,
              "weight_decay" : null
            }
          },
          "data" : {
            "classes" : null,
            "sample_weight" : null,
            "scale" : 255,
            "source" : "bundled",
            "targets" : "classes",
            "validation" : "none",
            "validation_sample_weight" : null
          },
          "engine" : {
            "balance" : "measured",
            "placement" : "cores",
            "rank_timeout_seconds" : 120,
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
            "class_weight" : null,
            "diagnostics" : false,
            "epochs" : 1,
            "initial_epoch" : 0,
            "shuffle" : true,
            "steps_per_epoch" : null,
            "terminate_on_nan" : true,
            "validation_freq" : 1,
            "validation_steps" : null
          },
          "model" : {
            "initial_weights" : null,
            "layers" : [
              {
                "activation" : "linear",
                "activity_regularizer" : null,
                "bias_constraint" : null,
                "bias_initializer" : "zeros",
                "bias_regularizer" : null,
                "kernel_constraint" : null,
                "kernel_initializer" : "glorot_uniform",
                "kernel_regularizer" : null,
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
    let files = try FileManager.default.contentsOfDirectory(atPath: PackageFiles.root.appendingPathComponent("configs").path).filter {
      $0.hasSuffix(".json") && $0 != "schema.json"
    }
    #expect(
      Set(files) == [
        "digits.json", "mnist.json", "mnist-augmented.json", "zeros-and-ones.json", "ten-sigmoids.json", "logistic-regression.json", "linear-regression.json",
      ])
  }
}
