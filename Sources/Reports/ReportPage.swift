/// A page of figures and tables: one file that needs nothing else, for light and dark screens, wide and narrow ones, and paper.
public struct ReportPage: Sendable {
  /// Colours for curves and bars that are told apart, by the colour-blind, too: after Okabe and Ito, "Color universal design" (2008).
  public static let colours = 8

  private let title: String
  private var parts: [(name: String, anchor: String)] = []
  private let lead: String
  private var body = ""

  /// - Parameters:
  ///   - title: its heading.
  ///   - lead: what came of it, in a line.
  public init(_ title: String, lead: String) {
    (self.title, self.lead) = (title, lead)
  }

  /// Begins a part that the list of contents names.
  public mutating func part(_ name: String) {
    parts.append((name, "part-\(parts.count + 1)"))
    body += "<h2 id=\"part-\(parts.count)\">\(SVGText.escaped(name))</h2>\n"
  }

  public mutating func heading(_ name: String) { body += "<h3>\(SVGText.escaped(name))</h3>\n" }

  public mutating func paragraph(_ text: String) { body += "<p>\(SVGText.escaped(text))</p>\n" }

  /// Figures side by side, as many as there is room for.
  public mutating func figures(_ html: [String]) {
    if !html.isEmpty { body += "<div class=\"figures\">\n\(html.joined())</div>\n" }
  }

  public mutating func table(_ table: ReportTable) { body += table.html }

  /// A table that shows when its name is clicked.
  public mutating func fold(_ name: String, _ table: ReportTable) {
    body += "<details><summary>\(SVGText.escaped(name))</summary>\n\(table.html)</details>\n"
  }

  /// What is in HTML already.
  public mutating func raw(_ html: String) { body += html }

  /// Names and values in a row of boxes.
  public mutating func facts(_ facts: [(name: String, value: String)]) {
    body += "<dl class=\"facts\">" + facts.map { "<div><dt>\(SVGText.escaped($0.name))</dt><dd>\(SVGText.escaped($0.value))</dd></div>" }.joined() + "</dl>\n"
  }

  /// Pictures in a grid, each with lines below it.
  public mutating func pictures(_ pictures: [(html: String, lines: [String])], style: String) {
    body += "<ul class=\"pictures \(style)\">"
    for picture in pictures {
      body += "<li>\(picture.html)" + picture.lines.map { "<span>\(SVGText.escaped($0))</span>" }.joined() + "</li>\n"
    }
    body += "</ul>\n"
  }

  /// Text as it is, in a box that scrolls.
  public mutating func listing(_ name: String, _ text: String) { body += Self.scroller(name, "<pre>\(escapedLines(text))</pre>", isLong: true) }

  private func escapedLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { SVGText.escaped(String($0)) }.joined(separator: "\n")
  }

  /// Blocks side by side, as many as there is room for.
  public mutating func beside(_ html: [String]) { body += "<div class=\"beside\">\n" + html.map { "<div>\($0)</div>\n" }.joined() + "</div>\n" }

  /// A figure: heading, legend, picture and note, of which neighbours stand on one line.
  static func figure(_ title: String, legend: String = "", _ svg: String, note: String) -> String {
    "<figure class=\"chart\"><figcaption>\(SVGText.escaped(title))</figcaption><div>\(legend)</div>\n\(svg)\n<p class=\"note\">\(note)</p></figure>\n"
  }

  /// A table below what it is, which stays in sight where the table scrolls.
  static func captioned(_ caption: String, _ table: String, isLong: Bool = false) -> String {
    "<p class=\"caption\">\(SVGText.escaped(caption))</p>\n" + scroller(caption, table, isLong: isLong)
  }

  /// A box that scrolls where its content does not fit, by keys too.
  static func scroller(_ name: String, _ html: String, isLong: Bool = false) -> String {
    "<div class=\"scroll\(isLong ? " long" : "")\" tabindex=\"0\" role=\"region\" aria-label=\"\(SVGText.escaped(name))\">\(html)</div>\n"
  }

  /// The text of the file.
  ///
  /// - Parameter foot: stands at the end.
  public func html(foot: String) -> String {
    let contents = parts.map { "<a href=\"#\($0.anchor)\">\(SVGText.escaped($0.name))</a>" }.joined(separator: "\n")
    // The empty icon keeps browsers from asking for one.
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <link rel="icon" href="data:,">
      <title>\(SVGText.escaped(title))</title>
      <style>
      \(Self.style)
      </style>
      </head>
      <body>
      <main>
      <header><h1>\(SVGText.escaped(title))</h1>
      <p class="lead">\(SVGText.escaped(lead))</p>
      <nav aria-label="contents">\(contents)</nav></header>
      \(body)<footer>\(SVGText.escaped(foot))</footer>
      </main>
      </body>
      </html>

      """
  }
}
