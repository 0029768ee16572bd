import Failures
import Testing

import RunConfig

/// What one section asks of another. `--set` builds each case from the example, so the file is the place of these failures.
@Suite struct AgreementTests {
  private static let labels = ["compile.loss={type:'binary_crossentropy',from_logits:true}", "data.targets=one_hot"]
  private static let one = ["compile.loss={type:'binary_crossentropy',from_logits:true}", "data.classes=[4,9]", "model.layers.1.units=1"]

  @Test(arguments: [
    (["data.validation=test"], "data.validation: the bundled digits have no test part; use a fraction such as { fraction: 0.2, stratified: true }"),
    (["data={source:'csv',path:'x',validation:'test'}"], "data.validation: 'test' needs data.test_path, the file or folder to test with"),
    (["engine.placement=0,1", "engine.workers=3"], "engine.workers: 3 workers do not fit on the 2 listed in engine.placement; list more CPUs"),
    (["data.targets=one_hot"], "data.targets: sparse_categorical_crossentropy needs class numbers; set 'classes', not 'one_hot'"),
    (["data.targets=value"], "data.targets: sparse_categorical_crossentropy needs class numbers; set 'classes', not 'value'"),
    (["model.layers.1.units=9"], "model.layers[1].units: 10 classes need as many units; found 9"),
    (["data.classes=[1,2,3]", "model.layers.1.units=2"], "model.layers[1].units: 3 classes need as many units; found 2"),
    (
      ["compile.loss.type=categorical_crossentropy"],
      "data.targets: categorical_crossentropy needs 'one_hot', not 'classes'; for class numbers use sparse_categorical_crossentropy"
    ),
    (
      ["compile.loss.type=categorical_crossentropy", "data.targets=one_hot", "model.layers.1.units=11"],
      "model.layers[1].units: one_hot targets of 10 classes need as many units; found 11"
    ),
    (["compile.loss.type=binary_crossentropy"], "data.targets: binary_crossentropy over 10 units needs 'one_hot', not 'classes'"),
    (
      ["compile.loss.type=binary_crossentropy", "model.layers.1.units=1"],
      "data.classes: one unit with binary_crossentropy tells two classes apart; choose two, such as [0, 1]"
    ),
    (
      ["compile.loss={type:'mean_squared_error'}", "data.targets=value"],
      "data.targets: mean_squared_error over 10 units needs 'one_hot', not 'value'; or use one unit"
    ),
    (
      ["model.layers.1.activation=softmax"],
      "compile.loss.from_logits: the last layer's softmax already gives probabilities; set this to false, or that to 'linear'"
    ),
    (
      ["compile.loss.from_logits=false"],
      "compile.loss.from_logits: the last layer's 'linear' gives no probabilities; set this to true, or that to 'softmax'"
    ),
    (
      ["compile.loss=binary_crossentropy", "data.classes=[0,1]", "model.layers.1={type:'dense',units:1,activation:'tanh'}"],
      "compile.loss.from_logits: the last layer's 'tanh' gives no probabilities; set this to true, or that to 'sigmoid'"
    ),
    (
      ["compile.metrics=['accuracy','categorical_accuracy']"],
      "compile.metrics[1]: categorical_accuracy compares each output with a target of its own, and sparse_categorical_crossentropy has class numbers; use sparse_categorical_accuracy"
    ),
    (
      ["compile.metrics=['auc']"],
      "compile.metrics[0]: auc compares each output with a target of its own, and sparse_categorical_crossentropy has class numbers; use categorical_crossentropy with data.targets \"one_hot\""
    ),
    (
      ["compile.metrics=[{type:'sparse_top_k_categorical_accuracy',k:10}]"],
      "compile.metrics[0]: the 10 largest of 10 outputs always hold the right one; set k below 10"
    ),
    (
      labels + ["compile.metrics=['sparse_categorical_accuracy']"],
      "compile.metrics[0]: sparse_categorical_accuracy is for class numbers, and binary_crossentropy has a target an output; use categorical_accuracy"
    ),
    (
      labels + ["compile.metrics=['auc']"],
      "compile.metrics[0]: the last layer's 'linear' gives no probabilities, over which the thresholds are spread; set from_logits to true"
    ),
    (
      labels + ["compile.loss.from_logits=false", "model.layers.1.activation=sigmoid", "compile.metrics=[{type:'auc',from_logits:true}]"],
      "compile.metrics[0]: the last layer's sigmoid already gives probabilities; set from_logits to false"
    ),
    (labels + ["compile.metrics=[{type:'recall',class_id:10}]"], "compile.metrics[0]: class_id is 10; expected 0 to 9"),
    (labels + ["compile.metrics=[{type:'recall',top_k:11}]"], "compile.metrics[0]: top_k is 11, and there are 10 outputs"),
    (
      one + ["compile.metrics=['top_k_categorical_accuracy']"],
      "compile.metrics[0]: top_k_categorical_accuracy is about the largest of several outputs, found 1 output; use binary_accuracy"
    ),
    (
      one + ["compile.metrics=['f1_score']"],
      "compile.metrics[0]: without a threshold the largest output of a row counts, found 1 output; set threshold to 0.5"
    ),
    (
      ["compile.loss=mean_squared_error", "data.targets=value", "model.layers.1.units=1", "compile.metrics=['recall']"],
      "compile.metrics[0]: recall tells classes apart, and data.targets \"value\" asks for a number; use mean_absolute_error, mean_squared_error, root_mean_squared_error or r2_score"
    ),
    (
      labels + ["compile.metrics=[{type:'f1_score'},'precision']", "fit.checkpoint.monitor=f1_score"],
      "fit.checkpoint.monitor: unknown figure 'f1_score'; this run has loss, "
        + ["", "val_"].map { part in
          ((part.isEmpty ? [] : ["val_loss"]) + (0..<10).map { "\(part)f1_score[\($0)]" } + ["\(part)precision"]).joined(separator: ", ")
        }
        .joined(separator: ", ")
    ),
  ]) func refuses(_ overrides: [String], _ line: String) throws {
    let failure = try #require(Example.refusal(of: Example.text, overrides))
    #expect(failure.kind == .badData)
    #expect(failure.description == "example.json: " + line)
  }

  @Test(arguments: [
    ["model.layers.1.units=11"],
    ["compile.loss={type:'binary_crossentropy',from_logits:true}", "data.targets=one_hot"],
    ["compile.loss={type:'binary_crossentropy',from_logits:true}", "data.classes=[4,9]", "model.layers.1.units=1"],
    ["compile.loss={type:'categorical_crossentropy',from_logits:true}", "data.targets=one_hot"],
    ["compile.loss=sparse_categorical_crossentropy", "model.layers.1.activation=softmax"],
    ["compile.loss=mean_squared_error", "data.targets=value", "model.layers.1.units=1"],
    ["compile.loss=mean_squared_error", "model.layers.1.units=1"],
    ["compile.loss=mean_squared_error", "data.targets=one_hot"],
    ["engine.placement=0,1", "engine.workers=2"],
    labels + ["compile.metrics=[{type:'auc',from_logits:true},{type:'auc',curve:'PR',from_logits:true}]", "fit.checkpoint.monitor=val_auc_1"],
    ["compile.loss=mean_squared_error", "data.targets=value", "model.layers.1.units=1", "compile.metrics=['accuracy','r2_score']"],
  ]) func accepts(_ overrides: [String]) {
    #expect(Example.refusal(of: Example.text, overrides) == nil)
  }

  /// An IDX label file may hold whole label vectors: only the training can tell.
  @Test(arguments: [
    ["data.validation=test"],
    ["compile.loss.type=categorical_crossentropy"],
    ["compile.loss.type=binary_crossentropy"],
    ["compile.loss.type=binary_crossentropy", "model.layers.1.units=1"],
    ["compile.loss=mean_squared_error", "data.targets=value"],
    ["model.layers.1.units=26"],
  ]) func leavesTheShapesOfFilesToTraining(_ overrides: [String]) {
    #expect(Example.refusal(of: Example.idx, overrides) == nil)
  }
}
