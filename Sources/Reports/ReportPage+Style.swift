extension ReportPage {
  /// The style of every page. Text has a contrast of at least 4.5 to 1, curves of 3 to 1, in both schemes.
  static let style = """
    :root { --page: #ffffff; --box: #f6f8fa; --ink: #1f2328; --soft: #59636e; --edge: #d1d9e0; --grid: #e8ecf0; --right: 0 114 178; --wrong: 213 94 0;
      --c0: #0072b2; --c1: #d55e00; --c2: #00866a; --c3: #b5478b; --c4: #8a6d00; --c5: #3a86c8; --c6: #7a5195; --c7: #5c6670; }
    @media (prefers-color-scheme: dark) {
      :root { --page: #0d1117; --box: #161b22; --ink: #e6edf3; --soft: #9aa4af; --edge: #30363d; --grid: #21272f; --right: 56 139 253; --wrong: 240 120 40;
        --c0: #58a6ff; --c1: #ff9248; --c2: #3fc79a; --c3: #ee8fc4; --c4: #e3c04b; --c5: #9ad1ff; --c6: #c297e8; --c7: #a9b4bf; }
      .pictures .ink { filter: invert(1); border-color: #cfc9c2 }
    }
    * { box-sizing: border-box }
    body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
      -webkit-text-size-adjust: 100%; font-variant-numeric: tabular-nums }
    main { max-width: 1200px; margin: 0 auto; padding: 24px 16px 48px }
    h1 { font-size: 30px; line-height: 1.2; margin: 8px 0 8px; overflow-wrap: anywhere }
    h2 { font-size: 21px; margin: 44px 0 10px; padding-top: 14px; border-top: 1px solid var(--edge) }
    h3 { font-size: 16px; margin: 24px 0 8px }
    p { max-width: 76ch; margin: 8px 0; overflow-wrap: anywhere }
    .lead { font-size: 18px }
    .note, footer, .caption, .pictures span, dt { color: var(--soft); font-size: 13px; line-height: 1.45 }
    nav { display: flex; flex-wrap: wrap; gap: 2px 18px; margin-top: 14px; font-size: 14px }
    a { color: var(--c0); padding: 4px 0 }
    .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(144px, 1fr)); gap: 10px; margin: 18px 0 0 }
    .facts div { background: var(--box); border: 1px solid var(--edge); border-radius: 8px; padding: 10px 12px; min-width: 0 }
    dd { margin: 0; font-size: 19px; font-weight: 600; overflow-wrap: anywhere; line-height: 1.3 }
    .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 328px), 1fr)); gap: 2px 28px; margin: 12px 0 }
    figure { margin: 0 0 16px; max-width: 460px; min-width: 0; break-inside: avoid }
    .figures > figure { display: grid; grid-row: span 4; grid-template-rows: subgrid }
    .beside { display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: flex-start } .beside > div { min-width: 0; max-width: 100% }
    .beside figure { width: 316px; max-width: 100% } .beside .caption { width: 0; min-width: 100% }
    details { margin: 10px 0 } summary { cursor: pointer; color: var(--c0); font-size: 14px; padding: 4px 0 }
    figcaption { font-weight: 600; font-size: 15px; margin-bottom: 2px } figure .note { margin: 2px 0 0 }
    figure svg:not(.key) { display: block; width: 100%; height: auto }
    .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 14px; margin: 0 0 4px; padding: 0; font-size: 13px }
    .legend li { display: flex; align-items: center; gap: 6px; overflow-wrap: anywhere }
    .key { width: 22px; height: 8px; flex: none }
    svg text { fill: var(--ink); font-size: 12.5px; font-family: inherit }
    svg .tick, svg .unit { fill: var(--soft) } svg .middle { text-anchor: middle } svg .end { text-anchor: end }
    .grid { stroke: var(--grid) } .axis { stroke: var(--soft) } .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round }
    .dash { stroke-dasharray: 5 4; stroke-width: 1.75 } .ideal { stroke: var(--soft) }
    .dot, .bar { fill: var(--c) } .hit { fill: transparent } .hit:hover { fill: var(--soft); fill-opacity: 0.14 }
    .gap { fill: var(--c); fill-opacity: 0.4 } .count { fill: var(--c7) }
    .c0 { --c: var(--c0) } .c1 { --c: var(--c1) } .c2 { --c: var(--c2) } .c3 { --c: var(--c3) }
    .c4 { --c: var(--c4) } .c5 { --c: var(--c5) } .c6 { --c: var(--c6) } .c7 { --c: var(--c7) }
    .caption { margin: 14px 0 4px; max-width: 60ch } .scroll { overflow-x: auto; max-width: 100%; margin: 0 0 14px }
    .long { max-height: 420px; overflow-y: auto; border: 1px solid var(--edge); border-radius: 8px; padding: 0 12px 8px }
    .scroll:focus-visible, a:focus-visible { outline: 2px solid var(--c0); outline-offset: 2px }
    table { border-collapse: collapse; font-size: 14px }
    th, td { padding: 4px 10px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--grid) }
    th:first-child { padding-left: 0 }
    thead th { color: var(--soft); font-weight: 600; border-bottom-color: var(--edge) }
    tbody th { font-weight: 600 } .word { text-align: left }
    td.word { white-space: normal; min-width: 12ch; max-width: 46ch; overflow-wrap: anywhere }
    .confusion { font-size: 13px } .confusion th, .confusion td { padding: 4px 2px; text-align: center; min-width: 26px; border: 1px solid var(--page) }
    .confusion .corner { text-align: left } .confusion .share { padding-left: 8px; font-weight: 600 } .none { color: var(--soft) }
    .confusion .right { background: rgb(var(--right) / var(--fill)) } .confusion .wrong { background: rgb(var(--wrong) / var(--fill)) }
    .pictures { list-style: none; display: grid; gap: 12px; padding: 0; margin: 12px 0 } .pictures li { break-inside: avoid; min-width: 0 }
    .pictures span { display: block }
    .mistakes { grid-template-columns: repeat(auto-fill, minmax(86px, 1fr)) } .weights { grid-template-columns: repeat(auto-fill, minmax(74px, 1fr)) }
    .pictures img { display: block; width: 100%; max-width: 112px; height: auto; image-rendering: pixelated; border: 1px solid var(--edge); border-radius: 4px }
    .mistakes span:nth-of-type(1) { color: var(--ink); font-weight: 600; margin-top: 4px }
    .ramp { display: flex; align-items: center; gap: 8px; flex-wrap: wrap } .ramp i { width: 160px; height: 12px; border: 1px solid var(--edge);
      background: linear-gradient(90deg, rgb(22 119 211), transparent 50%, rgb(230 97 1)) }
    pre { font: 13px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; margin: 10px 0 4px }
    footer { margin-top: 48px; border-top: 1px solid var(--edge); padding-top: 12px }
    @media (max-width: 480px) { h1 { font-size: 25px } .confusion { font-size: 11.5px } .confusion th, .confusion td { min-width: 20px; padding: 4px 0 }
      .confusion .share { padding-left: 3px } table { font-size: 13px } th, td { padding: 4px 7px } }
    @media print { .long { max-height: none; border: 0; padding: 0 } nav { display: none } details::details-content { content-visibility: visible; block-size: auto } body { font-size: 12px; -webkit-print-color-adjust: exact; print-color-adjust: exact } }
    """
}
