import Market
import Pages

/// All trades as one table. Its rows are written by hand rather than as phrases: ten thousand of them
/// must stay small, so a row carries its key once and its cells end without end tags, as HTML allows.
struct TradeTable {
    let report: TradeReport
    /// Indexes of the trades that are shown.
    let rows: [Int]

    private struct Column {
        let heading: String
        /// The document's column whose number the cell shows; nil for words and what is derived.
        let key: String?
        let text: (ClosedTrade) -> String
    }

    /// The first columns are words, the others numbers.
    private static let wordCount = 5
    /// What Markdown shows; a month of rows helps nobody there.
    private static let markdownMax = 200

    var block: PageBlock {
        .custom(controls + style + table, markdown: markdown)
    }

    private static var columns: [Column] {
        [
            Column(heading: "symbol", key: nil) { $0.symbol },
            Column(heading: "ledger", key: nil) { $0.ledger.rawValue },
            Column(heading: "stage", key: nil) { $0.stage },
            Column(heading: "entered, UTC", key: nil) { UTC.minute($0.entryNs) },
            Column(heading: "exit", key: nil) { $0.exitReason },
            Column(heading: "held, min", key: nil) { held($0) },
            number("entry price", "entry_price", .significant(7), \.entryPrice),
            number("exit price", "exit_price", .significant(7), \.exitPrice),
            number("gross", "gross", .significant(3), \.gross),
            Column(heading: "costs", key: nil) {
                NumberFormat.significant(3).text($0.costs.compactMap(\.self).reduce(0, +))
            },
            number("net", "net", .significant(3), \.net),
            number("net, bps", "net_return", .signedBps, \.netReturn),
        ]
    }

    private static func number(
        _ heading: String, _ key: String, _ format: NumberFormat,
        _ value: @escaping (ClosedTrade) -> Double
    ) -> Column {
        Column(heading: heading, key: key) { format.text(value($0)) }
    }

    /// How long a position was held, in minutes.
    static func held(_ trade: ClosedTrade) -> String {
        NumberFormat.fixed(1).text(
            Double(trade.exitNs - trade.entryNs) / Double(Timestamp.minuteNs))
    }

    // MARK: - HTML

    private var table: HTML {
        let columns = Self.columns
        let head = columns.map { column in
            HTML.element(
                "th", ["scope": "col", "data-column": column.key], HTML(column.heading))
        }
        var body = ""
        body.reserveCapacity(rows.count * 220)
        for index in rows {
            let trade = report.trades[index]
            body += "<tr data-key=trades.\(index)>"
            for column in columns { body += "<td>" + escaped(column.text(trade)) }
            body += "\n"
        }
        let caption = "Closed trades in the order of their decisions"
        return .element(
            "div",
            ["class": "scroll tall", "role": "region", "tabindex": "0", "aria-label": caption],
            .element(
                "table", ["id": "trades"], .element("caption", [:], HTML(caption)),
                .element("thead", [:], .element("tr", [:], joining: head)),
                .element("tbody", [:], HTML(trusted: "\n" + body))))
    }

    private var style: HTML {
        .element(
            "style", [:],
            HTML(
                trusted: """
                    #trades :is(td,th):nth-child(n+\(Self.wordCount + 1)){text-align:right;\
                    font-variant-numeric:tabular-nums}
                    #trades td{white-space:nowrap}
                    #trades th button{all:unset;cursor:pointer;font-weight:600;\
                    text-decoration:underline dotted}
                    #trades th button:focus-visible{outline:2px solid var(--link)}
                    .tall{max-height:85vh;overflow:auto}
                    .tall thead th{position:sticky;top:0;background:var(--paper)}
                    #drawn svg.wide{display:none}#drawn svg.narrow{display:block}
                    @media print{.tall{max-height:none;overflow:visible}
                    .tall thead th{position:static}
                    #trades :is(td,th){padding-right:.25rem}
                    #trades :is(td,th):nth-child(3){display:none}}
                    #filters{display:flex;flex-wrap:wrap;gap:.4rem 1rem;align-items:end}
                    #filters[hidden]{display:none}
                    #filters label{display:grid;font-size:.82rem;color:var(--soft)}
                    #filters :is(input,select){color:var(--ink);min-width:8rem}
                    #shown{flex-basis:100%;margin:0;font-size:.86rem}
                    """))
    }

    /// Hidden until the script shows them: without it they would do nothing.
    private var controls: HTML {
        let trades = rows.map { report.trades[$0] }
        return .element(
            "form", ["id": "filters", "hidden": "", "role": "search"],
            select("symbol", 0, trades.map(\.symbol)),
            select("ledger", 1, trades.map(\.ledger.rawValue)),
            select("exit", 4, trades.map(\.exitReason)),
            .element(
                "label", [:], "text",
                .void("input", ["type": "search", "id": "words", "autocomplete": "off"])),
            .element("p", ["id": "shown", "aria-live": "polite"]))
    }

    private func select(_ name: String, _ column: Int, _ values: [String]) -> HTML {
        let options = Set(values).sorted().map { value in
            HTML.element("option", ["value": value], HTML(value))
        }
        return .element(
            "label", [:], HTML(name),
            .element(
                "select", ["data-cell": "\(column)"],
                joining: [.element("option", ["value": ""], "all")] + options))
    }

    /// Shows the controls, filters rows by them and sorts by a heading. It asks for nothing.
    static let script = """
        (() => {
        const table = document.getElementById('trades'), form = document.getElementById('filters');
        const body = table.tBodies[0], rows = Array.from(body.rows);
        const cells = rows.map(row => Array.from(row.cells, cell => cell.textContent.trim()));
        const words = document.getElementById('words'), shown = document.getElementById('shown');
        const selects = Array.from(form.querySelectorAll('select'));
        const filter = () => {
          const wanted = selects.map(s => [Number(s.dataset.cell), s.value]).filter(w => w[1]);
          const parts = words.value.toLowerCase().split(/\\s+/).filter(Boolean);
          let count = 0;
          rows.forEach((row, i) => {
            const line = parts.length ? cells[i].join(' ').toLowerCase() : '';
            const fits = wanted.every(w => cells[i][w[0]] === w[1])
              && parts.every(part => line.includes(part));
            row.hidden = !fits;
            if (fits) count += 1;
          });
          shown.textContent = count + ' of ' + rows.length + ' trades';
        };
        const number = text => parseFloat(text.replace(/,/g, '').replace('\\u2212', '-'));
        Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
          const button = document.createElement('button');
          button.type = 'button';
          button.textContent = head.textContent;
          head.replaceChildren(button);
          button.addEventListener('click', () => {
            const up = head.getAttribute('aria-sort') !== 'ascending';
            for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
            head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
            const order = rows.map((_, i) => i);
            const compare = column < \(wordCount)
              ? (a, b) => cells[a][column] < cells[b][column] ? -1 :
                  cells[a][column] > cells[b][column] ? 1 : a - b
              : (a, b) => number(cells[a][column]) - number(cells[b][column]) || a - b;
            order.sort(compare);
            if (!up) order.reverse();
            body.append(...order.map(i => rows[i]));
          });
        });
        form.hidden = false;
        form.addEventListener('submit', event => event.preventDefault());
        form.addEventListener('input', filter);
        filter();
        })();
        """

    // MARK: - Markdown

    private var markdown: String {
        let columns = Self.columns
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        var text = line(columns.map(\.heading))
        text += line(columns.indices.map { $0 < Self.wordCount ? "---" : "---:" })
        for index in rows.prefix(Self.markdownMax) {
            text += line(columns.map { Markdown.escaped($0.text(report.trades[index])) })
        }
        let rest = rows.count - Self.markdownMax
        return rest > 0
            ? text + "\n\(NumberFormat.count.text(rest)) more are in report.json.\n" : text
    }
}
