import Lockstep

// The exercise: tell handwritten zeros from ones with 25, 15 and 1 units.
let zerosAndOnes = try Dataset.bundledDigits().selecting(classes: [0, 1])
let (training, test) = try zerosAndOnes.split(validationFraction: 0.2, stratified: true, seed: 1)

// 1. Define: each layer gives sigmoid(x·W + b).
let model = try Sequential(inputs: 784) {
  Dense(25, activation: .sigmoid)
  Dense(15, activation: .sigmoid)
  Dense(1, activation: .sigmoid)
}
print(model.summary)

// 2. Compile: the loss says what is good, the optimizer how to get there.
try model.compile(optimizer: .adam(learningRate: 0.01), loss: .binaryCrossentropy(), metrics: [.accuracy])
for finding in try model.check(training, epochs: 20).findings { print(finding.line) }

// 3. Fit: twenty times over the training digits, 32 at a step.
let history = try model.fit(training, epochs: 20, batchSize: 32, validationData: test)

// What came of it, on digits that it has not seen.
let evaluation = try model.evaluate(test)
for figure in evaluation.figures { print(figure.name, figure.value) }
let probabilities = try model.predict(test)
print("the first digit is a one with probability \(probabilities[0][0])")
precondition(history["val_accuracy"].last! > 0.98, "it learned")
