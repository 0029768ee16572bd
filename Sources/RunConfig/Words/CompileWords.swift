extension Loss.TypeWord: DescribedWord {
  var about: String {
    switch self {
    case .binaryCrossentropy: "For yes-or-no outputs: -ln of the probability of what is true."
    case .binaryFocalCrossentropy: "The same, with less weight on what is answered rightly already."
    case .categoricalCrossentropy: "For one class of many, with one-hot targets: -ln of its probability."
    case .sparseCategoricalCrossentropy: "For one class of many, with class numbers: -ln of its probability."
    case .klDivergence: "How far the answered distribution is from the true one (Kullback and Leibler)."
    case .meanSquaredError: "The mean of the squares of the errors."
    case .meanAbsoluteError: "The mean of the amounts of the errors."
    case .huber: "Squares of small errors, amounts of large ones."
    case .logCosh: "ln(cosh(error)): squares of small errors, amounts of large ones."
    case .poisson: "For counts: prediction - truth · ln(prediction)."
    case .hinge: "For yes or no as 1 and -1: what is missing to a margin of 1."
    case .squaredHinge: "Its square."
    case .categoricalHinge: "For one class of many: what the true one is missing to a margin of 1 before the best other."
    }
  }
}

extension Optimizer.TypeWord: DescribedWord {
  var about: String {
    switch self {
    case .sgd: "Steps along the gradient, with momentum if wanted."
    case .adam: "The mean gradient by the root of the mean of its squares (Kingma and Ba)."
    case .adamw: "Adam with weight decay apart from the gradient (Loshchilov and Hutter)."
    case .nadam: "Adam with Nesterov's momentum (Dozat)."
    case .adamax: "Adam with the largest gradient in place of the mean of squares."
    case .rmsprop: "The gradient by the root of the mean of its squares (Hinton)."
    case .adagrad: "The gradient by the root of the sum of its squares."
    case .adadelta: "The gradient by the root of the mean of its squares, times that of the steps."
    case .lion: "Only the sign of the mean gradient."
    }
  }
}

extension Metric.TypeWord: DescribedWord {
  var about: String {
    switch self {
    case .accuracy: "The share of right answers, as the loss asks for them."
    case .binaryAccuracy: "The share of right answers of yes-or-no outputs."
    case .categoricalAccuracy: "The share of right classes, of one-hot targets."
    case .sparseCategoricalAccuracy: "The share of right classes, of class numbers."
    case .topKCategoricalAccuracy: "The share of rows whose class is among the k most probable, of one-hot targets."
    case .sparseTopKCategoricalAccuracy: "The share of rows whose class is among the k most probable, of class numbers."
    case .precision: "The share of the yeses that are right."
    case .recall: "The share of the true ones that are found."
    case .f1Score: "The harmonic mean of precision and recall."
    case .fbetaScore: "The same, with recall counting beta times as much."
    case .auc: "The area under a curve over all thresholds."
    case .meanAbsoluteError: "The mean of the amounts of the errors."
    case .meanSquaredError: "The mean of the squares of the errors."
    case .rootMeanSquaredError: "Its root."
    case .r2Score: "The share of the targets' variance that is explained."
    }
  }
}

extension Metric.Average: DescribedWord {
  var about: String {
    switch self {
    case .micro: "All rows alike."
    case .macro: "All classes alike."
    case .weighted: "Classes by their rows."
    }
  }
}

extension Metric.Curve: DescribedWord {
  var about: String {
    switch self {
    case .roc: "True by false positive rate."
    case .pr: "Precision by recall."
    case .prGain: "The gains of both (Flach and Kull)."
    }
  }
}

extension Metric.SummationMethod: DescribedWord {
  var about: String {
    switch self {
    case .interpolation: "Along a straight line."
    case .minoring: "With the lower of its ends."
    case .majoring: "With the higher of its ends."
    }
  }
}

extension Metric.Aggregation: DescribedWord {
  var about: String {
    switch self {
    case .uniformAverage: "All outputs alike."
    case .varianceWeightedAverage: "Outputs by the variance of their targets."
    }
  }
}
