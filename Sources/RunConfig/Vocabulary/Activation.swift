/// An activation function, by Keras's name. Formulas and derivatives: `NeuralNetwork/Activation+Function.swift`.
public enum Activation: String, CaseIterable, Sendable {
  case linear, sigmoid, relu, tanh, softmax
}
