import JSON
import Kernel
import Market
import Pages
import Reports
import Scenarios
import Statistics

/// Sweeps one parameter: five values at equal distances, then halves of the gap in which the verdict
/// turns.
struct StressGridRun {
    private let arguments: Arguments
    private let file: StressFile
    private let parameter: GridParameter

    private static let firstCount: Int64 = 5
    /// The bracket of the breaking point is no wider than this part of the range.
    private static let bracketPart: Int64 = 64

    init(_ arguments: Arguments, _ text: String) throws {
        self.arguments = arguments
        file = try StressFile(arguments.positionals[0], arguments)
        parameter = try GridParameter(text, file.document.scenario.injections)
    }

    func run(_ player: inout StressPlayer) async throws -> ExitCode {
        let range = parameter.range
        let span = range.upperBound - range.lowerBound
        var grid = StressGrid(
            injection: parameter.name, unit: parameter.field.unit, range: range)
        for step in 0..<Self.firstCount {
            let part = Int128(span) * Int128(step) / Int128(Self.firstCount - 1)
            try await add(range.lowerBound + Int64(part), to: &grid, &player)
        }
        while let turn = grid.turn, turn.upperBound - turn.lowerBound > 1,
            (turn.upperBound - turn.lowerBound) > span / Self.bracketPart
        {
            let middle = turn.lowerBound + (turn.upperBound - turn.lowerBound) / 2
            try await add(middle, to: &grid, &player)
            // A value that is too short to tell leaves nothing to halve.
            guard grid.points.contains(where: { $0.value == middle && $0.verdict != .short })
            else { break }
        }
        let folder = try ReportFolder(
            StressFile.folder(file.path, arguments) + "-" + parameter.name)
        let page = grid.page
        try folder.write(document: grid.document, html: page.html, markdown: page.markdown)
        try Console.output(
            arguments.has("--json")
                ? grid.document.text(pretty: true) + "\n"
                : Self.text(grid) + "\n  report   \(folder.path)/index.html\n")
        return grid.points.allSatisfy { $0.verdict == .short } ? .short : .done
    }

    private func add(
        _ value: Int64, to grid: inout StressGrid, _ player: inout StressPlayer
    ) async throws {
        let injections = parameter.set(value, in: file.document.scenario.injections)
        let report = try await player.report(
            file.document.with(injections: injections), path: file.path)
        grid.add(value, report)
    }

    private static func text(_ grid: StressGrid) -> String {
        var notes = FigureNotes()
        var table = Table(
            (grid.injection, .right), ("verdict", .left), ("F1 lost", .right),
            ("expectancy, bps", .right), ("drawdown %", .right))
        for point in grid.points {
            table.add(
                grid.unit.text(point.value),
                point.verdict.tone.mark + " " + point.verdict.rawValue,
                notes.cell(point.lost, "F1 lost", ReplaySummaryText.thousandths),
                notes.cell(point.expectancyNet, "expectancy", ReplaySummaryText.bps),
                notes.cell(point.maxDrawdown, "drawdown", ReplaySummaryText.percent2))
        }
        return "\n  \(grid.sentence)\n\n" + table.text + notes.lines
    }
}
