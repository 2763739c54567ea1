import Pages
nonisolated(unsafe) var seed: UInt64 = 7
func r() -> Double { unsafe seed = seed &* 6364136223846793005 &+ 1442695040888963407; return unsafe Double(seed >> 40) / Double(1 << 24) - 0.5 }
let day: Int64 = 86_400_000_000_000
let t0: Int64 = 1_740_787_200_000_000_000
var a = 0.0, b = 0.0
var ea: [(x: Double, y: Double)] = [], eb: [(x: Double, y: Double)] = []
for i in 0..<8000 { a += r(); b += r() + 0.01; let x = Double(t0 + Int64(i) * day / 280); ea.append((x, 100000 + a * 10)); eb.append((x, i % 900 < 40 ? .nan : 100000 + b * 10)) }
var cs: [(x: Double, low: Double, high: Double)] = [], m: [(x: Double, y: Double)] = []
for i in 3..<120 { let x = Double(t0 + Int64(i) * day / 5); let w = 60 / Double(i).squareRoot(); m.append((x, 3 + r() * w / 3)); cs.append((x, 3 - w, 3 + w)) }
let p1 = Plot(x: .time(), y: .number("bps per trade", .basisPoints()), [
  .period("hold", .warn, from: Double(t0 + 9 * day), to: Double(t0 + 11 * day)),
  .band("95 % confidence sequence", .difference, cs), .line("candidate minus champion", .difference, m),
  .level("margin −2.0 bps", .limit, -2), .instant("look", .neutral, Double(t0 + 14 * day)), .instant("", .neutral, Double(t0 + 21 * day))])
let p2 = Plot(x: .time(), y: .number("equity, USDC", .count), [.step("champion", .champion, ea), .step("candidate", .candidate, eb)])
typealias IV = (x: Double, y: Double, low: Double, high: Double, text: String)
func iv(_ i: Int) -> IV { let x = Double(i) / 10 + 0.05; return (x: x, y: x - 0.03, low: x - 0.1, high: x + 0.05, text: "\(4000 / (i + 1))") }
let ivs: [IV] = (0..<9).map(iv)
let ln: [(x: Double, y: Double)] = ivs.map { (x: $0.x, y: $0.y) }
let ax = Axis.number("predicted", .fixed(1), range: 0...1)
let p3 = Plot(x: ax, y: ax, [.diagonal("perfect", .neutral), .line("", .candidate, ln), .intervals("candidate, count above", .candidate, ivs)])
typealias B = (from: Double, to: Double, y: Double)
func bin(_ i: Int, _ y: Double) -> B { let a = Double(i) / 20; return (from: a, to: a + 0.05, y: y) }
let b1: [B] = (0..<20).map { bin($0, Double(20 - $0) * 31) }
let b2: [B] = (0..<20).map { bin($0, Double($0) * 29) }
let p4 = Plot(x: ax, y: .number("bars", .count), [.bars("champion", .champion, b1), .bars("candidate", .candidate, b2)])
let f = ForestPlot(axis: .number("candidate − champion, bps per trade", .basisPoints()), references: [("margin −2.0 bps", .limit, -2), ("zero", .neutral, 0)], [
 .init("BTCUSDC", value: 3.1, low: -1.2, high: 7.4, note: "+3.1 [−1.2, +7.4], n = 61"), .init("ETHUSDC", value: -1, low: -12, high: 7.4, note: "−1.0 [−12.0, +7.4], n = 12"), .init("low volatility", value: nil, low: 0, high: 0, note: "– (too few)"), .init("all", value: 2, low: 0.1, high: 4, note: "+2.0 [+0.1, +4.0], n = 73", isWhole: true)])
func steps(_ g: Double, _ f: Double) -> [Waterfall.Step] { let net: Double = g - 30.4 + f
 return [.total("gross", g), .change("taker fee", -20.0), .change("spread", -6.0), .change("slippage", -4.4), .change("funding", f), .total("net", net)] }
let gr1: (name: String, ink: Ink, steps: [Waterfall.Step]) = (name: "Champion", ink: Ink.champion, steps: steps(48.2, 0.3))
let gr2: (name: String, ink: Ink, steps: [Waterfall.Step]) = (name: "Candidate", ink: Ink.candidate, steps: steps(28.2, -0.3))
let w = Waterfall(axis: .number("bps per trade", .basisPoints()), .basisPoints(), [gr1, gr2])
func hc(_ i: Int) -> HeatMap.Cell { let v = (r() + 0.5) * (r() + 0.5); return HeatMap.Cell(value: i == 4 ? nil : v, isMarked: v > 0.5, text: "cell") }
func hr(_ n: String) -> (label: String, cells: [HeatMap.Cell]) { (label: n, cells: (0..<28).map(hc)) }
let h = HeatMap(columns: (1...28).map { "\($0) Mar" }, rows: ["kyle_lambda_60", "btc_return_15", "spread_p99", "volume_score"].map(hr), bounds: [0.1, 0.2, 0.25, 0.5], .fixed(2), mark: "above null 95 %")
let d7 = t0 + 7 * day, d21 = t0 + 21 * day, d28 = t0 + 28 * day
let l1 = TimeLine.Lane("BTCUSDC", spans: [(t0, d7, Ink.champion, "shadow"), (d7, d21, Ink.candidate, "canary"), (d21, d28, Ink.fourth, "review")])
let l2 = TimeLine.Lane("alerts", events: [(t0 + 3 * day, Ink.warn, "drift.psi"), (t0 + 23 * day, Ink.limit, "rollback")])
let tl = TimeLine(range: t0...d28, legend: [(.limit, "rollback"), (.warn, "alert"), (.candidate, "command")], [l1, l2, .init("commands", events: [(t0 + 5 * day, .candidate, "hold")])])
var t = PageTable("Gates, nearest to failing first", [.text("Gate"), .text("Estimand"), .number("Estimate"), .number("Interval"), .number("Threshold"), .number("n"), .text("Status")])
for i in 0..<8 { t.add("canary.gate\(i)", "expectancy_net, candidate − champion", .number(3.1, .basisPoints().signed, key: "a"), "[−1.2, +7.4]", .number(-2, .basisPoints(), key: "b"), .number(1234, .count, key: "n"), .badge(["pass", "fail", "no data", "inconclusive"][i % 4], [Tone.pass, .fail, .neutral, .wait][i % 4])) }
let page = Page(title: "Gallery of Pages", lead: [.banner(.wait, title: "INCONCLUSIVE: extension 1 of 2", "The data are compatible with \(.number(-6, .basisPoints(), key: "x")) to +9 bps/trade."), .columns([[.table(t)], [.facts([("Candidate", .code("7f2a9c11")), ("Stage", "canary")]), .command("tapedeck rollout sign-off --run 3f --evidence 09ab")]])], sections: [
 .init(id: "f", title: "Figures", [.drawing(p1.drawing(id: "p1", title: "A. Running difference", words: "The difference is 3.1.")), .drawing(p2.drawing(id: "p2", title: "B. Equity", words: "The end is 1.")), .drawing(p3.drawing(id: "p3", title: "Reliability", words: "near")), .drawing(p4.drawing(id: "p4", title: "Histogram", words: "near")), .drawing(f.drawing(id: "p5", title: "Forest", words: "near")), .drawing(w.drawing(id: "p6", title: "Costs", words: "near")), .drawing(h.drawing(id: "p7", title: "PSI", words: "near")), .drawing(tl.drawing(id: "p8", title: "Time line", words: "near"))]),
 .init(id: "t", title: "Table", [.note(.neutral, "Not run: no sweep."), .table(t), .list(["a", "b"])])])
print(page.html, terminator: "")
