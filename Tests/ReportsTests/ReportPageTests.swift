import Foundation
import Reports
import Testing

/// The promise: a page is one file that asks for nothing, whatever the words in it hold; and its pictures are PNG files with the pixels that they were given.
@Suite struct ReportPageTests {
  @Test func wordsStayWords() {
    var page = ReportPage("<b>&\"", lead: "<script>alert(1)</script>")
    page.part("<i>")
    page.paragraph("a < b")
    page.facts([("<u>", "&")])
    page.table(ReportTable("<s>", heads: ["<"], rows: [["<td>"]]))
    page.listing("<em>", "<p>\n</pre>")
    page.pictures([(PixelPicture(ink: [0, 1], width: 1).html("\"><script>", style: "ink"), ["<q>"])], style: "mistakes")
    page.raw(ConfusionTable(labels: ["<1>", "2"], counts: [[1, 2], [0, 3]]).html)
    let html = page.html(foot: "<hr>")
    for word in ["<script", "<b>", "<i>", "<u>", "<s>", "<td>&lt;td", "<em>", "<q>", "<1>", "<hr>"] { #expect(!html.contains(word), "\(word)") }
    #expect(html.contains("<h1>&lt;b&gt;&amp;&quot;</h1>") && html.contains("&lt;p&gt;\n&lt;/pre&gt;"))
  }

  @Test func asksForNothing() {
    let html = ReportPage("digits", lead: "").html(foot: "")
    for word in ["http:", "https:", "@import", "url(", "<script"] { #expect(!html.contains(word), "\(word)") }
    #expect(html.contains("prefers-color-scheme: dark") && html.contains("name=\"viewport\""))
  }

  @Test func confusionIsCountedAndShaded() {
    let html = ConfusionTable(labels: ["a", "b"], counts: [[3, 1], [0, 4]]).html
    #expect(html.contains("<td class=\"right\" style=\"--fill:0.450\" title=\"a taken for a: 3\">3</td>"))
    #expect(html.contains("<td class=\"wrong\" style=\"--fill:0.450\" title=\"a taken for b: 1\">1</td>"))
    #expect(html.contains("<td class=\"none\">·</td>") && html.contains("<td class=\"share\">75.0</td>"))
  }

  /// The bytes behind the data URI begin as PNG does, and say the size.
  @Test func picturesArePNG() throws {
    let html = PixelPicture(diverging: [-1, 0, 0.5, 2, 1, -0.25], width: 3, most: 1).html("six", style: "map")
    let text = try #require(html.firstMatch(of: /base64,([^"]*)"/)).output.1
    let bytes = try Array(#require(Data(base64Encoded: String(text))))
    #expect(Array(bytes[..<8]) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    #expect(Array(bytes[16..<26]) == [0, 0, 0, 3, 0, 0, 0, 2, 8, 6])
    #expect(html.contains("alt=\"six\" width=\"3\" height=\"2\""))
  }

  @Test func barsAddUp() throws {
    let html = StackedBars("Time", unit: "s", parts: [("a", 0), ("b", 1)], bars: [("one", [1, 3]), ("two", [0, 2])]).html
    let widths = html.matches(of: /<rect class="bar c[01]" x="([0-9.]+)" y="[0-9.]+" width="([0-9.]+)" height="18"/).map {
      (Double($0.output.1)!, Double($0.output.2)!)
    }
    #expect(widths.count == 3, "what is 0 is not drawn")
    #expect(abs(widths[1].1 - 3 * widths[0].1) < 0.2 && abs(widths[0].0 + widths[0].1 - widths[1].0) < 0.11)
    #expect(html.contains("<desc>one: a 1, b 3; two: a 0, b 2 (s)</desc>"))
  }
}
