/// An activation function, by Keras's name. Formulas and derivatives: `KernelTemplates/Activations.swift`.
public enum Activation: String, CaseIterable, Sendable {
  case linear, sigmoid, relu, tanh, softmax
}
