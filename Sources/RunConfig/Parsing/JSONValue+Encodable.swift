import Foundation

extension JSONValue: Encodable {
  /// Writes the value as plain JSON; an argument as its value.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let values): try container.encode(values)
    case .object(let fields): try container.encode(fields)
    case .argument(let argument): try argument.value.encode(to: encoder)
    }
  }
}
