import Foundation
import NeuralNetwork
import RandomStreams
import RunConfig
import TestSupport
import Testing

/// The promise: what image layers draw is spread evenly between their limits, and each row's own.
@Suite struct RandomMapTests {
  private static let image = ImageShape([20, 10])!
  private static let count = 20_000

  private static func maps(_ layer: Augmentation) throws -> [AffineMap] {
    let random = try #require(RandomMap(layer))
    return (0..<count).map { row in
      var generator = CounterGenerator(seed: 7, stream: UInt64(row))
      return random.draw(&generator, image)
    }
  }

  /// Mean and variance of even numbers from `low` to `high`, within four of their own deviations, none beyond, and both ends reached.
  private static func expectEven(_ numbers: [Double], _ low: Double, _ high: Double, sourceLocation: SourceLocation = #_sourceLocation) {
    let width = high - low
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)
    let root = Double(numbers.count).squareRoot()
    #expect(abs(mean - (low + high) / 2) < 4 * width / 12.squareRoot() / root, "mean \(mean)", sourceLocation: sourceLocation)
    #expect(abs(variance - width * width / 12) < 4 * width * width / 180.squareRoot() / root, "variance \(variance)", sourceLocation: sourceLocation)
    #expect(numbers.allSatisfy { low - 1e-9...high + 1e-9 ~= $0 }, sourceLocation: sourceLocation)
    #expect(numbers.min()! < low + width / 1000 && numbers.max()! > high - width / 1000, sourceLocation: sourceLocation)
    #expect(Set(numbers).count > numbers.count - 10, sourceLocation: sourceLocation)
  }

  @Test func translations() throws {
    let maps = try Self.maps(.translation(RandomTranslation(heightFactor: 0.1, widthFactor: .between(0.3, -0.2))))
    // Where a pixel comes from lies on the other side.
    Self.expectEven(maps.map { -$0.b2 }, -2, 2)
    Self.expectEven(maps.map { -$0.a2 }, -2, 3)
    let together = zip(maps.map(\.a2), maps.map(\.b2)).reduce(0) { $0 + ($1.0 + 0.5) * $1.1 } / Double(maps.count)
    #expect(abs(together) < 4 * 5 * 4 / 12 / Double(maps.count).squareRoot(), "one tells nothing of the other")
    #expect(maps.allSatisfy { $0.a0 == 1 && $0.a1 == 0 && $0.b0 == 0 && $0.b1 == 1 })
  }

  @Test func zooms() throws {
    let maps = try Self.maps(.zoom(RandomZoom(heightFactor: .between(-0.5, 0.25), widthFactor: 0.1)))
    Self.expectEven(maps.map(\.b1), 0.5, 1.25)
    Self.expectEven(maps.map(\.a0), 0.9, 1.1)
    let even = try Self.maps(.zoom(RandomZoom(heightFactor: 0.3)))
    Self.expectEven(even.map(\.b1), 0.7, 1.3)
    #expect(even.allSatisfy { $0.a0 == $0.b1 })
  }

  /// Limits above 0 stand for both directions, in both factors at once.
  @Test func shears() throws {
    let maps = try Self.maps(.shear(RandomShear(xFactor: .between(0.1, 0.3), yFactor: .between(0.2, 0.4))))
    Self.expectEven(maps.map { abs($0.a1) }, 0.1, 0.3)
    Self.expectEven(maps.map { abs($0.b0) }, 0.2, 0.4)
    #expect(maps.allSatisfy { $0.a1.sign == $0.b0.sign })
    let share = Double(maps.count { $0.a1 > 0 }) / Double(maps.count)
    #expect(abs(share - 0.5) < 4 * 0.5 / Double(maps.count).squareRoot())
    Self.expectEven(try Self.maps(.shear(RandomShear(xFactor: 0.3))).map(\.a1), -0.3, 0.3)
  }

  /// Their own sines, over whole turns in both directions.
  @Test func rotations() throws {
    let maps = try Self.maps(.rotation(RandomRotation(1)))
    for map in maps { #expect(abs(map.a0 * map.a0 + map.b0 * map.b0 - 1) < 1e-14 && map.a0 == map.b1 && map.a1 == -map.b0) }
    for turns in stride(from: -1.0, through: 1, by: 1.0 / 64) {
      let map = AffineMap.rotation(turns: turns, Self.image)
      #expect(abs(map.a0 - cosine(turns)) < 1e-15 && abs(map.b0 - sine(turns)) < 1e-15, "\(turns) turns")
      // The centre stays.
      #expect(abs(map.a0 * 4.5 + map.a1 * 9.5 + map.a2 - 4.5) < 1e-14 && abs(map.b0 * 4.5 + map.b1 * 9.5 + map.b2 - 9.5) < 1e-14)
    }
    let few = try Self.maps(.rotation(RandomRotation(.between(0.05, 0.2))))
    Self.expectEven(few.map { turns($0) }, 0.05, 0.2)
  }

  /// As Keras: the square roots of even numbers are the shares of height and width, the place is even where the box fits, and the probability is drawn, too.
  @Test func erasures() throws {
    let erasure = RandomErasure(RandomErasing(factor: 0.6, scale: .between(0.04, 0.25)))
    let boxes = (0..<Self.count).map { row in
      var generator = CounterGenerator(seed: 8, stream: UInt64(row))
      return erasure.draw(&generator, Self.image)
    }
    let drawn = boxes.compactMap { $0 }
    #expect(abs(Double(drawn.count) / Double(Self.count) - 0.3) < 4 * (0.3 * 0.7 / Double(Self.count)).squareRoot())
    Self.expectEvenly(drawn.map { Double($0.x1 - $0.x0) / 10 }, 0.04, 0.25)
    Self.expectEvenly(drawn.map { Double($0.y1 - $0.y0) / 20 }, 0.04, 0.25)
    #expect(drawn.allSatisfy { $0.x0 >= 0 && $0.x1 <= 10.000_01 && $0.y0 >= 0 && $0.y1 <= 20.000_01 })
    let places = drawn.map { Double($0.x0) / (10 - Double($0.x1 - $0.x0)) }
    let mean = places.reduce(0, +) / Double(places.count)
    #expect(abs(mean - 0.5) < 4 / 12.squareRoot() / Double(places.count).squareRoot())
  }

  /// Of the squares.
  private static func expectEvenly(_ roots: [Double], _ low: Double, _ high: Double) {
    let squares = roots.map { $0 * $0 }
    let mean = squares.reduce(0, +) / Double(squares.count)
    #expect(abs(mean - (low + high) / 2) < 4 * (high - low) / 12.squareRoot() / Double(squares.count).squareRoot())
    #expect(squares.allSatisfy { low - 1e-6...high + 1e-6 ~= $0 })
  }
}

private func cosine(_ turns: Double) -> Double { cos(2 * Double.pi * turns) }
private func sine(_ turns: Double) -> Double { sin(2 * Double.pi * turns) }
private func turns(_ map: AffineMap) -> Double { atan2(map.b0, map.a0) / (2 * Double.pi) }
