import Dispatch
import Failures
import Testing

@Suite struct TogetherTests {
  @Test func bothValuesCome() throws {
    let (word, number) = try together({ () throws(Failure) in "one" }, { () throws(Failure) in 2 })
    #expect(word == "one" && number == 2)
  }

  /// Each waits for the other to have begun; one after the other, the first would wait for ever.
  @Test func theyRunAtTheSameTime() throws {
    let (first, second) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let met = try together(
      { () throws(Failure) -> Bool in
        first.signal()
        return second.wait(timeout: .now() + 60) == .success
      },
      { () throws(Failure) -> Bool in
        second.signal()
        return first.wait(timeout: .now() + 60) == .success
      })
    #expect(met == (true, true))
  }

  @Test func theFirstFailureIsTheFirstOnes() {
    let (one, two) = (Failure(.badData, "one"), Failure(.usage, "two"))
    func failure(_ first: Failure?, _ second: Failure?) -> Failure? {
      do throws(Failure) {
        _ = try together({ () throws(Failure) in if let first { throw first } }, { () throws(Failure) in if let second { throw second } })
        return nil
      } catch {
        return error
      }
    }
    #expect(failure(nil, nil) == nil)
    #expect(failure(one, nil) == one)
    #expect(failure(nil, two) == two)
    #expect(failure(one, two) == one)
  }
}
