import Failures
import Testing

import RunConfig

/// A change to the example, and the exact line it is refused with.
struct Mistake: Sendable, CustomTestStringConvertible {
  let old: String
  let new: String
  let line: String

  init(_ old: String, _ new: String, _ line: String) {
    self.old = old
    self.new = new
    self.line = line
  }

  var testDescription: String { "\(new) → \(line)" }
}

@Suite struct ErrorMessageTests {
  @Test(arguments: [
    // Unknown keys, at every level.
    Mistake("fit: {", "seeed: 1, fit: {", "seeed: unknown key; did you mean 'seed'?"),
    Mistake("fit: {", "frobnicate: 1, fit: {", "frobnicate: unknown key; known here: name, seed, data, model, compile, fit, engine"),
    Mistake("epochs:", "epoch:", "fit.epoch: unknown key; did you mean 'epochs'?"),
    Mistake("epochs: 5", "batchSize: 5", "fit.batchSize: unknown key; did you mean 'batch_size'?"),
    Mistake(
      "epochs: 5", "foo: 5",
      "fit.foo: unknown key; known here: epochs, batch_size, shuffle, terminate_on_nan, class_weight, initial_epoch, steps_per_epoch, validation_steps, validation_freq, diagnostics, callbacks, checkpoint"
    ),
    Mistake("units: 10", "units: 10, use_bais: true", "model.layers[1].use_bais: unknown key; did you mean 'use_bias'?"),
    Mistake(
      "type: \"adam\"", "type: \"adam\", rho: 1",
      "compile.optimizer.rho: unknown key; known here: type, learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay, clipvalue, clipnorm, global_clipnorm, gradient_accumulation_steps, use_ema, ema_momentum, ema_overwrite_frequency"
    ),
    Mistake("fraction: 0.2", "fraction: 0.2, seed: 1", "data.validation.seed: unknown key; known here: fraction, stratified"),
    Mistake(
      "epochs: 5", "'a\\u001bb': 5",
      "fit.a\\u{1B}b: unknown key; known here: epochs, batch_size, shuffle, terminate_on_nan, class_weight, initial_epoch, steps_per_epoch, validation_steps, validation_freq, diagnostics, callbacks, checkpoint"
    ),
    Mistake(
      "\"sparse_categorical_crossentropy\"", "\"mean_squared_error\"", "compile.loss.from_logits: unknown key; known here: type"),
    // Missing keys; a misspelled one is named instead.
    Mistake("model: {", "modle: {", "modle: unknown key; did you mean 'model'?"),
    Mistake("source: \"bundled\", ", "", "data.source: this required key is missing"),
    Mistake("units: 10", "", "model.layers[1].units: this required key is missing"),
    Mistake("type: \"adam\"", "", "compile.optimizer.type: this required key is missing"),
    Mistake("\"bundled\"", "\"idx\"", "data.path: this required key is missing"),
    Mistake("\"bundled\"", "\"idx\", pth: 'x'", "data.pth: unknown key; did you mean 'path'?"),
    Mistake("fraction: 0.2", "stratified: true", "data.validation.fraction: this required key is missing"),
    // Wrong types.
    Mistake("epochs: 5", "epochs: \"5\"", "fit.epochs: expected a whole number, found a string \"5\""),
    Mistake("epochs: 5", "epochs: 5.5", "fit.epochs: expected a whole number, found 5.5"),
    Mistake("epochs: 5", "epochs: null", "fit.epochs: expected a whole number, found null"),
    Mistake("epochs: 5", "epochs: true", "fit.epochs: expected a whole number, found true"),
    Mistake("epochs: 5", "epochs: [5]", "fit.epochs: expected a whole number, found an array"),
    Mistake("{ epochs: 5 }", "5", "fit: expected an object, found 5"),
    Mistake("epochs: 5", "shuffle: 1", "fit.shuffle: expected true or false, found 1"),
    Mistake("fit: {", "name: 5, fit: {", "name: expected a string, found 5"),
    Mistake("fit: {", "name: null, fit: {", "name: expected a string, found null"),
    Mistake("[\"accuracy\"]", "'accuracy'", "compile.metrics: expected an array, found a string \"accuracy\""),
    Mistake("{ type: \"adam\" }", "5", "compile.optimizer: expected a string or an object, found 5"),
    Mistake("{ fraction: 0.2 }", "0.2", "data.validation: expected 'none', 'test' or an object such as { fraction: 0.2 }, found 0.2"),
    Mistake("{ type: \"dense\", units: 10 }", "10", "model.layers[1]: expected an object, found 10"),
    Mistake("activation: \"sigmoid\"", "activation: ''", "model.layers[0].activation: expected a string that is not empty"),
    // Out of range.
    Mistake("epochs: 5", "epochs: 0", "fit.epochs: expected at least 1, found 0"),
    Mistake("epochs: 5", "epochs: -3", "fit.epochs: expected at least 1, found -3"),
    Mistake("epochs: 5", "epochs: 2147483648", "fit.epochs: expected at most 2147483647, found 2147483648"),
    Mistake("epochs: 5", "epochs: 1e300", "fit.epochs: expected at most 2147483647, found 1e+300"),
    Mistake("epochs: 5", "epochs: Infinity", "fit.epochs: expected a whole number, found Infinity"),
    Mistake("epochs: 5", "batch_size: 0", "fit.batch_size: expected at least 1, found 0"),
    Mistake("units: 10", "units: 0", "model.layers[1].units: expected at least 1, found 0"),
    Mistake("units: 10", "units: 99999999999", "model.layers[1].units: expected at most 16777216, found 99999999999"),
    Mistake("fit: {", "seed: -1, fit: {", "seed: expected at least 0, found -1"),
    Mistake("fit: {", "seed: 18446744073709551616, fit: {", "seed: expected at most 18446744073709551615, found 18446744073709551616"),
    Mistake("fraction: 0.2", "fraction: 0", "data.validation.fraction: expected a number above 0 and below 1, found 0"),
    Mistake("fraction: 0.2", "fraction: 1", "data.validation.fraction: expected a number above 0 and below 1, found 1"),
    Mistake("fraction: 0.2", "fraction: NaN", "data.validation.fraction: expected a finite number, found NaN"),
    Mistake("fraction: 0.2", "fraction: '20%'", "data.validation.fraction: expected a number, found a string \"20%\""),
    Mistake("\"bundled\",", "\"bundled\", scale: 0,", "data.scale: expected a number from 1e-36 to 1e+37, found 0"),
    Mistake("\"bundled\",", "\"bundled\", scale: -Infinity,", "data.scale: expected a finite number, found -Infinity"),
    Mistake("\"bundled\",", "\"bundled\", scale: 1e400,", "data.scale: expected a finite number, found Infinity"),
    Mistake("\"bundled\",", "\"bundled\", scale: 1e60,", "data.scale: expected a number from 1e-36 to 1e+37, found 1e+60"),
    Mistake("\"bundled\",", "\"bundled\", scale: 1e38,", "data.scale: expected a number from 1e-36 to 1e+37, found 1e+38"),
    Mistake("\"bundled\",", "\"bundled\", scale: 1e-37,", "data.scale: expected a number from 1e-36 to 1e+37, found 1e-37"),
    Mistake("\"adam\"", "\"adam\", learning_rate: 0", "compile.optimizer.learning_rate: expected a number above 0, found 0"),
    Mistake("\"adam\"", "\"adam\", learning_rate: -0.1", "compile.optimizer.learning_rate: expected a number above 0, found -0.1"),
    Mistake("\"adam\"", "\"adam\", learning_rate: Infinity", "compile.optimizer.learning_rate: expected a finite number, found Infinity"),
    Mistake(
      "\"adam\"", "\"adam\", learning_rate: 1e-40", "compile.optimizer.learning_rate: expected a number above 0 in single precision, found 1e-40"),
    Mistake("\"adam\"", "\"adam\", beta_1: 1", "compile.optimizer.beta_1: expected a number from 0 to below 1, found 1"),
    Mistake("\"adam\"", "\"adam\", beta_2: -0.1", "compile.optimizer.beta_2: expected a number from 0 to below 1, found -0.1"),
    Mistake(
      "\"adam\"", "\"adam\", beta_2: 0.999999999999",
      "compile.optimizer.beta_2: expected a number from 0 to below 1 in single precision, found 0.999999999999"),
    Mistake("\"adam\"", "\"adam\", epsilon: 0", "compile.optimizer.epsilon: expected a number from 1.2e-38 to 1e+37, found 0"),
    Mistake("\"adam\"", "\"adam\", epsilon: 1.1e-38", "compile.optimizer.epsilon: expected a number from 1.2e-38 to 1e+37, found 1.1e-38"),
    Mistake("\"adam\"", "\"adam\", epsilon: 1e38", "compile.optimizer.epsilon: expected a number from 1.2e-38 to 1e+37, found 1e+38"),
    Mistake("\"adam\"", "\"rmsprop\", rho: 1", "compile.optimizer.rho: expected a number from 0 to below 1, found 1"),
    Mistake("\"adam\"", "\"rmsprop\", epsilon: 0", "compile.optimizer.epsilon: expected a number from 1.2e-38 to 1e+37, found 0"),
    Mistake("\"adam\"", "\"rmsprop\", epsilon: 1e-40", "compile.optimizer.epsilon: expected a number from 1.2e-38 to 1e+37, found 1e-40"),
    Mistake("\"adam\"", "\"sgd\", momentum: 1", "compile.optimizer.momentum: expected a number from 0 to below 1, found 1"),
    Mistake("\"adam\"", "\"sgd\", nesterov: true", "compile.optimizer.nesterov: nesterov needs a momentum above 0"),
    // Unknown words: the nearest, and all.
    Mistake(
      "\"sigmoid\"", "\"sigmod\"",
      "model.layers[0].activation: unknown activation 'sigmod'; did you mean 'sigmoid'? (known: linear, sigmoid, relu, softmax, tanh, softplus, softsign, elu, selu, gelu, silu, leaky_relu, exponential, hard_sigmoid, mish)"
    ),
    Mistake(
      "\"sigmoid\"", "\"gelu_new\"",
      "model.layers[0].activation: unknown activation 'gelu_new'; known: linear, sigmoid, relu, softmax, tanh, softplus, softsign, elu, selu, gelu, silu, leaky_relu, exponential, hard_sigmoid, mish"
    ),
    Mistake("\"bundled\"", "\"mnist\"", "data.source: unknown source 'mnist'; known: bundled, idx, csv, tsv, npy, npz, libsvm, png"),
    Mistake(
      "\"adam\"", "\"adam\", clipnorm: 1, clipvalue: 1", "compile.optimizer.clipnorm: only one of clipvalue, clipnorm and global_clipnorm can be set"),
    Mistake("\"adam\"", "\"adam\", weight_decay: -1", "compile.optimizer.weight_decay: expected a number, 0 or above, found -1"),
    Mistake(
      "\"adam\"", "\"lion\", epsilon: 1",
      "compile.optimizer.epsilon: unknown key; known here: type, learning_rate, beta_1, beta_2, weight_decay, clipvalue, clipnorm, global_clipnorm, gradient_accumulation_steps, use_ema, ema_momentum, ema_overwrite_frequency"
    ),
    Mistake(
      "\"adam\"", "\"adam\", learning_rate: { type: 'cosine' }",
      "compile.optimizer.learning_rate.type: unknown learning rate schedule 'cosine'; known: exponential_decay, polynomial_decay, piecewise_constant_decay, cosine_decay, cosine_decay_restarts, inverse_time_decay"
    ),
    Mistake(
      "\"adam\"", "\"adam\", learning_rate: { type: 'exponential_decay', initial_learning_rate: 1, decay_steps: 0, decay_rate: 1 }",
      "compile.optimizer.learning_rate.decay_steps: expected at least 1, found 0"),
    Mistake(
      "\"adam\"", "\"adam\", learning_rate: { type: 'piecewise_constant_decay', boundaries: [3, 3], values: [1, 1, 1] }",
      "compile.optimizer.learning_rate.boundaries[1]: expected more than the boundary before, found 3"),
    Mistake(
      "\"adam\"", "\"adam\", learning_rate: { type: 'piecewise_constant_decay', boundaries: [3], values: [1] }",
      "compile.optimizer.learning_rate.values: expected one value more than boundaries, 2; found 1"),
    Mistake(
      "\"adam\"", "\"adam\", learning_rate: { type: 'polynomial_decay', initial_learning_rate: 1, decay_steps: 9, power: 1e19 }",
      "compile.optimizer.learning_rate.power: expected a number above 0, up to 1000, found 1e+19"),
    Mistake(
      "\"adam\"", "\"adam\", learning_rate: { type: 'cosine_decay', initial_learning_rate: 1, decay_steps: 9, warmup_steps: 3 }",
      "compile.optimizer.learning_rate.warmup_steps: warmup_steps need a warmup_target"),
    Mistake(
      "\"adam\"", "\"adam\", learning_rate: { type: 'cosine_decay', initial_learning_rate: 1, decay_steps: 9, warmup_target: 2 }",
      "compile.optimizer.learning_rate: a warmup_target needs warmup_steps above 0"),
    Mistake(
      "\"adam\"", "\"adam\", learning_rate: { type: 'cosine_decay', initial_learning_rate: 0, decay_steps: 9 }",
      "compile.optimizer.learning_rate: an initial_learning_rate of 0 needs a warmup_target"),
    Mistake(
      "\"adam\"", "\"adam\", learning_rate: { type: 'cosine_decay_restarts', initial_learning_rate: 1, first_decay_steps: 9, t_mul: 1.001 }",
      "compile.optimizer.learning_rate.t_mul: expected 1, or a number from 1.01 to 1000, found 1.001"),
    Mistake(
      "activation: \"sigmoid\"", "activation: { type: 'leaky_relu', negative_slope: 0 }",
      "model.layers[0].activation.negative_slope: expected a number above 0, found 0"),
    Mistake("activation: \"sigmoid\"", "activation: { type: 'silu', alpha: 1 }", "model.layers[0].activation.alpha: unknown key; known here: type"),
    Mistake("activation: \"sigmoid\"", "activation: 5", "model.layers[0].activation: expected a string or an object, found 5"),
    Mistake(
      "from_logits: true", "from_logits: true, label_smoothing: 0.1",
      "compile.loss.label_smoothing: unknown key; known here: type, from_logits"),
    Mistake(
      "units: 10", "units: 10, bias_initializer: 'orthogonal'",
      "model.layers[1].bias_initializer: orthogonal makes matrices; a bias needs another initializer"),
    Mistake(
      "units: 10", "units: 10, kernel_initializer: { type: 'random_uniform', minval: 1 }",
      "model.layers[1].kernel_initializer: expected minval below maxval, found 1.0 and 0.05"),
    Mistake(
      "units: 10", "units: 10, kernel_regularizer: 'l3'",
      "model.layers[1].kernel_regularizer: unknown regularizer 'l3'; did you mean 'l1'? (known: l1, l2, l1_l2)"),
    Mistake(
      "units: 10", "units: 10, activity_regularizer: { type: 'l1', l1: -1 }",
      "model.layers[1].activity_regularizer.l1: expected a number, 0 or above, found -1"),
    Mistake(
      "units: 10", "units: 10, kernel_constraint: { type: 'max_norm', max: 2 }",
      "model.layers[1].kernel_constraint.max: unknown key; did you mean 'max_value'?"),
    Mistake(
      "units: 10", "units: 10, bias_constraint: { type: 'min_max_norm', min_value: 2 }",
      "model.layers[1].bias_constraint: expected a min_value up to max_value, found 2.0 and 1.0"),
    Mistake(
      "\"adam\"", "\"adam\", gradient_accumulation_steps: 1", "compile.optimizer.gradient_accumulation_steps: expected at least 2, found 1"),
    Mistake(
      "\"adam\"", "\"adam\", ema_overwrite_frequency: 5", "compile.optimizer.ema_overwrite_frequency: an average needs use_ema: true"),
    Mistake("\"adam\"", "\"adam\", use_ema: true, ema_momentum: 2", "compile.optimizer.ema_momentum: expected a number from 0 to 1, found 2"),
    Mistake("{ fraction: 0.2 }", "'tset'", "data.validation: unknown validation 'tset'; did you mean 'test'? (known: none, test)"),
    Mistake(
      "\"bundled\",", "\"bundled\", targets: 'onehot',",
      "data.targets: unknown targets 'onehot'; did you mean 'one_hot'? (known: classes, one_hot, value)"),
    Mistake(
      "\"dense\", units: 10", "\"Dense\", units: 10",
      "model.layers[1].type: unknown layer type 'Dense'; did you mean 'dense'? (known: dense, activation, dropout, gaussian_noise, batch_normalization, layer_normalization, activity_regularization, flatten, rescaling, normalization, reshape, random_translation, random_rotation, random_zoom, random_shear, random_elastic_transform, random_erasing)"
    ),
    Mistake(
      "\"adam\"", "\"adma\"",
      "compile.optimizer.type: unknown optimizer 'adma'; did you mean 'adam'? (known: sgd, adam, adamw, nadam, adamax, rmsprop, adagrad, adadelta, lion)"),
    Mistake(
      "{ type: \"adam\" }", "\"adma\"",
      "compile.optimizer: unknown optimizer 'adma'; did you mean 'adam'? (known: sgd, adam, adamw, nadam, adamax, rmsprop, adagrad, adadelta, lion)"),
    Mistake(
      "\"sparse_categorical_crossentropy\"", "\"mse\"",
      "compile.loss.type: unknown loss 'mse'; known: binary_crossentropy, binary_focal_crossentropy, categorical_crossentropy, sparse_categorical_crossentropy, kl_divergence, mean_squared_error, mean_absolute_error, huber, log_cosh, poisson, hinge, squared_hinge, categorical_hinge"
    ),
    Mistake(
      "\"accuracy\"]", "\"acuracy\"]",
      "compile.metrics[0]: unknown metric 'acuracy'; did you mean 'accuracy'? (known: accuracy, binary_accuracy, categorical_accuracy, sparse_categorical_accuracy, top_k_categorical_accuracy, sparse_top_k_categorical_accuracy, precision, recall, f1_score, fbeta_score, auc, mean_absolute_error, mean_squared_error, root_mean_squared_error, r2_score)"
    ),
    Mistake("\"accuracy\"]", "5]", "compile.metrics[0]: expected a string or an object, found 5"),
    Mistake(
      "\"accuracy\"]", "{ type: 'auc', curv: 'PR' }]", "compile.metrics[0].curv: unknown key; did you mean 'curve'?"),
    Mistake("\"accuracy\"]", "{ type: 'auc', curve: 'roc' }]", "compile.metrics[0].curve: unknown curve 'roc'; did you mean 'ROC'? (known: ROC, PR, PRGAIN)"),
    Mistake("\"accuracy\"]", "{ type: 'auc', num_thresholds: 1 }]", "compile.metrics[0].num_thresholds: expected at least 2, found 1"),
    Mistake("\"accuracy\"]", "{ type: 'precision', thresholds: 2 }]", "compile.metrics[0].thresholds: expected a number from 0 to 1, found 2"),
    Mistake("\"accuracy\"]", "{ type: 'recall', top_k: 0 }]", "compile.metrics[0].top_k: expected at least 1, found 0"),
    Mistake("\"accuracy\"]", "{ type: 'f1_score', threshold: 0 }]", "compile.metrics[0].threshold: expected a number above 0, up to 1, found 0"),
    Mistake(
      "\"accuracy\"]", "{ type: 'f1_score', average: 'mean' }]", "compile.metrics[0].average: unknown average 'mean'; known: micro, macro, weighted"),
    Mistake("\"accuracy\"]", "{ type: 'fbeta_score', beta: 0 }]", "compile.metrics[0].beta: expected a number above 0, found 0"),
    Mistake(
      "\"accuracy\"]", "\"accuracy\", 'auc', { type: 'auc', curve: 'ROC' }]", "compile.metrics[2]: the metric 'auc' is given twice"),
    Mistake(
      "units: 10", "units: 10, kernel_initializer: 'zero'",
      "model.layers[1].kernel_initializer: unknown initializer 'zero'; did you mean 'zeros'?"
        + " (known: zeros, ones, constant, identity, orthogonal, random_normal, random_uniform, truncated_normal, variance_scaling, glorot_uniform, glorot_normal, he_uniform, he_normal, lecun_uniform, lecun_normal)"
    ),
    // Lists.
    Mistake(
      "[{ type: \"dense\", units: 25, activation: \"sigmoid\" }, { type: \"dense\", units: 10 }]", "[]",
      "model.layers: expected at least one layer, found none"),
    Mistake("\"accuracy\"]", "\"accuracy\", \"accuracy\"]", "compile.metrics[1]: the metric 'accuracy' is given twice"),
    Mistake("\"bundled\",", "\"bundled\", classes: [],", "data.classes: expected at least one class, found none"),
    Mistake("\"bundled\",", "\"bundled\", classes: [3, 1, 3],", "data.classes[2]: the class 3 is given twice"),
    Mistake("\"bundled\",", "\"bundled\", classes: ['3'],", "data.classes[0]: expected a whole number, found a string \"3\""),
    Mistake("\"bundled\",", "\"bundled\", classes: [-1],", "data.classes[0]: expected at least 0, found -1"),
    // The run's name is a folder's.
    Mistake("fit: {", "name: 'my run', fit: {", "name: expected \(nameRule), found 'my run'"),
    Mistake("fit: {", "name: '../run', fit: {", "name: expected \(nameRule), found '../run'"),
    Mistake("fit: {", "name: '.run', fit: {", "name: expected \(nameRule), found '.run'"),
    Mistake("fit: {", "name: 'été', fit: {", "name: expected \(nameRule), found 'été'"),
    Mistake("fit: {", "name: '', fit: {", "name: expected a string that is not empty"),
    Mistake("\"bundled\"", "\"bundled\", path: 'x'", "data.path: the bundled digits need no path; remove it, or set data.source to 'idx'"),
    Mistake("\"bundled\"", "\"idx\", path: ''", "data.path: expected a string that is not empty"),
    Mistake("\"bundled\"", "\"csv\"", "data.path: this required key is missing"),
    Mistake("\"bundled\"", "\"cvs\"", "data.source: unknown source 'cvs'; did you mean 'csv'? (known: bundled, idx, csv, tsv, npy, npz, libsvm, png)"),
    Mistake("\"bundled\"", "\"csv\", path: 'x', label_colum: 3", "data.label_colum: unknown key; did you mean 'label_column'?"),
    Mistake(
      "\"bundled\"", "\"idx\", path: 'x', header: true",
      "data.header: unknown key; known here: source, path, label_column, classes, targets, scale, validation, sample_weight, validation_sample_weight"),
    Mistake("\"bundled\"", "\"csv\", path: 'x', label_column: 0.5", "data.label_column: expected a column's number or name, found 0.5"),
    Mistake("\"bundled\"", "\"tsv\", path: 'x', header: 'no'", "data.header: expected true, false or 'auto', found a string \"no\""),
    Mistake("\"bundled\"", "\"libsvm\", path: 'x', features: 0", "data.features: expected at least 1, found 0"),
    Mistake("\"bundled\"", "\"npz\", path: 'x', images: 3", "data.images: expected a string, found 3"),
    // The machine.
    Mistake("fit: {", "engine: { workers: 0 }, fit: {", "engine.workers: expected at least 1, found 0"),
    Mistake("fit: {", "engine: { workers: 'all' }, fit: {", "engine.workers: expected 'auto' or a whole number, found a string \"all\""),
    Mistake(
      "fit: {", "engine: { placement: 'core' }, fit: {",
      "engine.placement: unknown placement 'core'; did you mean 'cores'? (known: cores, compact, threads, none)"),
    Mistake(
      "fit: {", "engine: { balance: 'evn' }, fit: {", "engine.balance: unknown balance 'evn'; did you mean 'even'? (known: measured, even)"),
    Mistake("fit: {", "engine: { balanced: 'even' }, fit: {", "engine.balanced: unknown key; did you mean 'balance'?"),
    Mistake("fit: {", "engine: { placement: [] }, fit: {", "engine.placement: expected at least one CPU, found none"),
    Mistake("fit: {", "engine: { placement: [0, -1] }, fit: {", "engine.placement[1]: expected at least 0, found -1"),
    Mistake("fit: {", "engine: { placement: [2, 2] }, fit: {", "engine.placement: the CPU 2 is given twice"),
    Mistake("fit: {", "engine: { placement: '0-3,2' }, fit: {", "engine.placement: the CPU 2 is given twice"),
    Mistake("fit: {", "engine: { placement: '3-1' }, fit: {", "engine.placement: expected \(cpuRule), found '3-1'"),
    Mistake("fit: {", "engine: { placement: '0-1-2' }, fit: {", "engine.placement: expected \(cpuRule), found '0-1-2'"),
    Mistake("fit: {", "engine: { placement: '0,' }, fit: {", "engine.placement: expected \(cpuRule), found '0,'"),
    Mistake("fit: {", "engine: { placement: '0-999999999999' }, fit: {", "engine.placement: expected \(cpuRule), found '0-999999999999'"),
    Mistake("layers: [", "layers: [{ type: 'dropout' }, ", "model.layers[0].rate: this required key is missing"),
    Mistake("layers: [", "layers: [{ type: 'dropout', rate: 1 }, ", "model.layers[0].rate: expected a number from 0 to below 1, found 1"),
    Mistake("layers: [", "layers: [{ type: 'dropout', rate: 0.5, seed: 3 }, ", "model.layers[0].seed: unknown key; known here: type, rate"),
    Mistake("layers: [", "layers: [{ type: 'random_rotation' }, ", "model.layers[0].factor: this required key is missing"),
    Mistake("layers: [", "layers: [{ type: 'random_rotation', factor: 1.5 }, ", "model.layers[0].factor: expected a number from -1 to 1, found 1.5"),
    Mistake("layers: [", "layers: [{ type: 'random_rotation', factor: [0, 2] }, ", "model.layers[0].factor[1]: expected a number from -1 to 1, found 2"),
    Mistake("layers: [", "layers: [{ type: 'random_rotation', factor: [0.1] }, ", "model.layers[0].factor: expected two numbers, found 1"),
    Mistake(
      "layers: [", "layers: [{ type: 'random_zoom', height_factor: -1 }, ", "model.layers[0].height_factor: expected a number above -1, up to 1, found -1"),
    Mistake("layers: [", "layers: [{ type: 'random_shear', x_factor: -0.1 }, ", "model.layers[0].x_factor: expected a number from 0 to 1, found -0.1"),
    Mistake(
      "layers: [", "layers: [{ type: 'random_shear', fill_mode: 'mirror' }, ",
      "model.layers[0].fill_mode: unknown fill mode 'mirror'; known: reflect, constant, nearest, wrap"),
    Mistake(
      "layers: [", "layers: [{ type: 'random_erasing', value_range: [1, 0] }, ",
      "model.layers[0].value_range: expected the lower limit before the upper, found 1.0 and 0.0"),
    Mistake(
      "layers: [", "layers: [{ type: 'reshape', target_shape: [784] }, ",
      "model.layers[0].target_shape: expected [rows, columns] or [rows, columns, 1], found [784]"),
    Mistake("layers: [", "layers: [{ type: 'gaussian_noise', stddev: -1 }, ", "model.layers[0].stddev: expected a number, 0 or above, found -1"),
    Mistake(
      "layers: [", "layers: [{ type: 'activation', activation: 'rely' }, ",
      "model.layers[0].activation: unknown activation 'rely'; did you mean 'relu'? (known: linear, sigmoid, relu, softmax, tanh, softplus, softsign, elu, selu, gelu, silu, leaky_relu, exponential, hard_sigmoid, mish)"
    ),
    Mistake("layers: [", "layers: [{ type: 'batch_normalization', momentum: 2 }, ", "model.layers[0].momentum: expected a number from 0 to 1, found 2"),
    Mistake(
      "layers: [", "layers: [{ type: 'batch_normalization', gamma_initializer: 'identity' }, ",
      "model.layers[0].gamma_initializer: identity makes matrices; a factor needs another initializer"),
    Mistake("layers: [", "layers: [{ type: 'layer_normalization', epsilon: 0 }, ", "model.layers[0].epsilon: expected a number from 1.2e-38 to 1e+37, found 0"),
    Mistake("layers: [", "layers: [{ type: 'rescaling', offset: 1 }, ", "model.layers[0].scale: this required key is missing"),
    Mistake(
      "layers: [", "layers: [{ type: 'normalization', axis: 1 }, ",
      "model.layers[0].axis: expected -1 (a mean for each input) or null (one mean for all), found 1"),
    Mistake(
      "layers: [", "layers: [{ type: 'normalization', mean: 1 }, ",
      "model.layers[0].mean: a mean needs a variance; give both, or neither for those of the training rows"),
    Mistake(
      "layers: [", "layers: [{ type: 'normalization', mean: [1, 2], variance: [1] }, ",
      "model.layers[0].variance: expected as many numbers as in mean (2), found 1"),
    Mistake(
      "layers: [", "layers: [{ type: 'normalization', mean: [1, 2], variance: [1, -1] }, ",
      "model.layers[0].variance[1]: expected a number, 0 or above, found -1"),
    Mistake(
      "layers: [", "layers: [{ type: 'normalization', axis: null, mean: [1, 2], variance: [1, 1] }, ",
      "model.layers[0].mean: expected one number, since axis is null, found 2"),
    Mistake("fit: {", "fit: { validation_freq: 0, ", "fit.validation_freq: expected at least 1, found 0"),
    Mistake(
      "fit: {", "fit: { callbacks: ['early_stoping'], ",
      "fit.callbacks[0]: unknown callback 'early_stoping'; did you mean 'early_stopping'? (known: early_stopping, reduce_lr_on_plateau, csv_logger, tensorboard)"
    ),
    Mistake("fit: {", "fit: { callbacks: [{ type: 'early_stopping', patience: -1 }], ", "fit.callbacks[0].patience: expected at least 0, found -1"),
    Mistake(
      "fit: {", "fit: { callbacks: [{ type: 'early_stopping', monitor: 'auc' }], ",
      "fit.callbacks[0].monitor: unknown figure 'auc'; this run has loss, accuracy, val_loss, val_accuracy"),
    Mistake(
      "fit: {", "fit: { callbacks: [{ type: 'reduce_lr_on_plateau', factor: 1 }], ", "fit.callbacks[0].factor: expected a number above 0 and below 1, found 1"),
    Mistake(
      "fit: {", "fit: { callbacks: [{ type: 'early_stopping', monitor: 'loss' }, { type: 'early_stopping', monitor: 'loss' }], ",
      "fit.callbacks[1]: this callback is given twice"),
    Mistake(
      "fit: {", "fit: { callbacks: [{ type: 'csv_logger', filename: 'a' }, { type: 'csv_logger', filename: 'b' }], ",
      "fit.callbacks[1]: this callback is given twice"),
    Mistake("fit: {", "fit: { callbacks: ['csv_logger'], ", "fit.callbacks[0].filename: this required key is missing"),
    Mistake(
      "fit: {", "fit: { callbacks: [{ type: 'csv_logger', filename: 'a', separator: '::' }], ",
      "fit.callbacks[0].separator: expected one character, and neither a quotation mark nor a line break, found a string \"::\""),
    Mistake(
      "fit: {", "fit: { callbacks: [{ type: 'csv_logger', filename: 'a', separator: '\"' }], ",
      "fit.callbacks[0].separator: expected one character, and neither a quotation mark nor a line break, found a string \"\"\""),
    Mistake(
      "fit: {", "fit: { callbacks: [{ type: 'tensorboard', histogram_freq: -1 }], ", "fit.callbacks[0].histogram_freq: expected at least 0, found -1"),
    Mistake(
      "fit: {", "fit: { callbacks: [{ type: 'tensorboard', logdir: 'a' }], ", "fit.callbacks[0].logdir: unknown key; did you mean 'log_dir'?"),
    Mistake("fit: {", "fit: { callbacks: ['tensorboard', 'tensorboard'], ", "fit.callbacks[1]: this callback is given twice"),
    // Weights of classes and rows, and which epochs.
    Mistake("fit: {", "fit: { class_weight: 'balance', ", "fit.class_weight: unknown class_weight 'balance'; did you mean 'balanced'? (known: balanced)"),
    Mistake("fit: {", "fit: { class_weight: 2, ", "fit.class_weight: expected 'balanced' or an object such as { \"0\": 1, \"1\": 2.5 }, found 2"),
    Mistake("fit: {", "fit: { class_weight: {}, ", "fit.class_weight: expected the weight of at least one class, found none"),
    Mistake("fit: {", "fit: { class_weight: { '0': -1 }, ", "fit.class_weight.0: expected a number, 0 or above, found -1"),
    Mistake("fit: {", "fit: { class_weight: { '0': NaN }, ", "fit.class_weight.0: expected a finite number, found NaN"),
    Mistake("fit: {", "fit: { class_weight: { '0': 1e60 }, ", "fit.class_weight.0: expected a number, 0 or above in single precision, found 1e+60"),
    Mistake("fit: {", "fit: { class_weight: { zero: 1 }, ", "fit.class_weight.zero: expected a class number as the key, 0 to 65535"),
    Mistake("fit: {", "fit: { class_weight: { '01': 1 }, ", "fit.class_weight.01: expected a class number as the key, 0 to 65535"),
    Mistake("fit: {", "fit: { class_weight: { '65536': 1 }, ", "fit.class_weight.65536: expected a class number as the key, 0 to 65535"),
    Mistake("fit: {", "fit: { steps_per_epoch: 0, ", "fit.steps_per_epoch: expected at least 1, found 0"),
    Mistake("fit: {", "fit: { validation_steps: 0, ", "fit.validation_steps: expected at least 1, found 0"),
    Mistake("fit: {", "fit: { initial_epoch: -1, ", "fit.initial_epoch: expected at least 0, found -1"),
    Mistake("fit: {", "fit: { initial_epoch: 5, ", "fit.epochs: expected more than fit.initial_epoch, 5, found 5"),
    Mistake("\"bundled\",", "\"bundled\", sample_weight: 3,", "data.sample_weight: expected a string, found 3"),
    Mistake(
      "\"bundled\",", "\"bundled\", validation_sample_weight: 'w',",
      "data.validation_sample_weight: only the rows of validation 'test' have weights of their own; others take those of data.sample_weight"),
    Mistake(
      "fit: {", "engine: { placement: 3 }, fit: {",
      "engine.placement: expected a placement word, an array of CPU numbers or a list such as \"0-3,8\", found 3"),
  ]) func refusesWithOneLine(_ mistake: Mistake) throws {
    #expect(Example.text.contains(mistake.old), "the example has changed")
    let failure = try #require(Example.refusal(of: Example.text.replacing(mistake.old, with: mistake.new, maxReplacements: 1)))
    #expect(failure.kind == .badData)
    #expect(failure.description == "example.json: " + mistake.line)
  }

  @Test func acceptsTheExample() {
    #expect(Example.refusal() == nil)
    #expect(Example.refusal(of: Example.idx) == nil)
  }

  @Test func refusesATextThatIsNoObject() {
    #expect(Example.refusal(of: "[1]")?.description == "example.json: expected an object, found an array")
    #expect(Example.refusal(of: "[1]", ["fit.epochs=5"])?.description == "example.json: expected an object, found an array")
  }

  private static let nameRule = "1 to 100 letters a-z, digits, '-', '_' and '.', not beginning with '.'"
  private static let cpuRule = "CPU numbers below 65536 such as \"0-3,8\""
}
