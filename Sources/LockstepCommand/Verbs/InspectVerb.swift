import Failures
import Foundation
import RunConfig
import Training

/// `lockstep inspect RUN`: what each epoch did to each layer.
enum InspectVerb: Verb {
  static let name = "inspect"
  static let summary = "weights, gradients, updates and activations of each layer, of a run with fit.diagnostics on"
  static let usage = "RUN [options]"
  static let example = "lockstep inspect runs/digits --epoch 3"
  static let epoch = Option(name: "epoch", value: "N", help: "the epoch to show; default: the last")
  static let options = [epoch, Option.json]

  static func run(_ arguments: Arguments) throws(Failure) {
    let path = try arguments.operand("a run directory")
    let records = try RunDirectory(opening: path).history()
    guard records.contains(where: { $0.diagnostics != nil }) else {
      throw Failure(.missingInput, at: path, "the run noted nothing about its layers; train it with --set fit.diagnostics=true")
    }
    let epochs = records[0].epoch...records[records.count - 1].epoch
    let number = try arguments.number(epoch, in: epochs) ?? records.last { $0.diagnostics != nil }!.epoch
    let report = InspectionReport(name: path, records: records, number: number - epochs.lowerBound)
    try Console.output(arguments.has(.json) ? report.json : report.text)
  }
}
