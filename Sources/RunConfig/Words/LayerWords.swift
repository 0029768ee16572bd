extension Layer.TypeWord: DescribedWord {
  var about: String {
    switch self {
    case .dense: "Every output is a function of all inputs: activation(x·W + b)."
    case .activation: "A function of each input."
    case .dropout: "In training, some inputs become 0 and the others larger by as much."
    case .gaussianNoise: "In training, noise is added to the inputs."
    case .batchNormalization: "Each input less its mean, by its standard deviation: of the batch in training, later of all batches."
    case .layerNormalization: "Each row less its mean, by its standard deviation."
    case .activityRegularization: "A penalty on what passes through."
    case .flatten: "Images as rows of numbers, which they are already."
    case .rescaling: "x · scale + offset."
    case .normalization: "(x - mean) / √variance, with the mean and the variance of the training rows or given ones."
    case .reshape: "Rows of numbers as images, for the layers that turn and move them."
    case .randomTranslation: "In training, images are moved."
    case .randomRotation: "In training, images are turned."
    case .randomZoom: "In training, images become larger or smaller."
    case .randomShear: "In training, images become slanted."
    case .randomElasticTransform: "In training, images are bent as by another hand."
    case .randomErasing: "In training, images lose a rectangle."
    }
  }
}

extension FillMode: DescribedWord {
  var about: String {
    switch self {
    case .reflect: "The image in a mirror at its edge: d c b a | a b c d | d c b a."
    case .constant: "One value, fill_value."
    case .nearest: "The nearest pixel."
    case .wrap: "The image again."
    }
  }
}

extension Activation.TypeWord: DescribedWord {
  var about: String {
    switch self {
    case .linear: "x itself."
    case .sigmoid: "1 / (1 + e^-x), from 0 to 1."
    case .relu: "x above 0, else 0."
    case .softmax: "Probabilities: e^x by the sum of those of all outputs."
    case .tanh: "From -1 to 1."
    case .softplus: "ln(1 + e^x)."
    case .softsign: "x / (1 + |x|)."
    case .elu: "x above 0, alpha · (e^x - 1) below."
    case .selu: "An elu whose constants keep mean 0 and variance 1."
    case .gelu: "x · Φ(x), the normal distribution's share below x."
    case .silu: "x · sigmoid(x)."
    case .leakyRelu: "x above 0, negative_slope · x below."
    case .exponential: "e^x."
    case .hardSigmoid: "x / 6 + 1/2, kept within 0 and 1."
    case .mish: "x · tanh(softplus(x))."
    }
  }
}

extension Initializer.TypeWord: DescribedWord {
  var about: String {
    switch self {
    case .zeros: "All 0."
    case .ones: "All 1."
    case .constant: "One value."
    case .identity: "1 on the diagonal, else 0, times gain."
    case .orthogonal: "A random orthogonal matrix, times gain."
    case .randomNormal: "Normal."
    case .randomUniform: "Even between minval and maxval."
    case .truncatedNormal: "Normal, drawn again beyond two standard deviations."
    case .varianceScaling: "Of the variance scale by the number of inputs, units or their mean."
    case .glorotUniform: "Even within √(6 / (inputs + units))."
    case .glorotNormal: "Normal, of the variance 2 / (inputs + units)."
    case .heUniform: "Even within √(6 / inputs); for relu."
    case .heNormal: "Normal, of the variance 2 / inputs; for relu."
    case .lecunUniform: "Even within √(3 / inputs)."
    case .lecunNormal: "Normal, of the variance 1 / inputs; for selu."
    }
  }
}

extension Initializer.Fan: DescribedWord {
  var about: String {
    switch self {
    case .fanIn: "The layer's inputs."
    case .fanOut: "The layer's units."
    case .fanAverage: "The mean of both."
    }
  }
}

extension Initializer.Distribution: DescribedWord {
  var about: String {
    switch self {
    case .truncatedNormal: "Normal, drawn again beyond two standard deviations."
    case .untruncatedNormal: "Normal."
    case .uniform: "Even."
    }
  }
}

extension Regularizer.TypeWord: DescribedWord {
  var about: String {
    switch self {
    case .l1: "The sum of the amounts."
    case .l2: "The sum of the squares."
    case .l1L2: "Both."
    }
  }
}

extension Constraint.TypeWord: DescribedWord {
  var about: String {
    switch self {
    case .maxNorm: "The norm of each unit's weights stays below a value."
    case .nonNeg: "No weight is below 0."
    case .unitNorm: "The norm of each unit's weights is 1."
    case .minMaxNorm: "The norm of each unit's weights stays between two values."
    }
  }
}
