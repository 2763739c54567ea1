/// The house style of all pages: light and dark by what the reader's system prefers, print, and from
/// a phone of 360 pixels to a laptop.
///
/// Inks follow Okabe and Ito's palette for the colour-blind, darkened or lightened until each stands
/// out from its background by 4.5 to 1 as text and 3 to 1 as a mark.
enum StyleSheet {
    static let text = colours + layout + blocks + figures + narrow + print

    private static let light = """
        --paper:#fff;--ink:#1b1f24;--soft:#57606a;--rule:#d0d7de;--tint:#f4f6f8;--link:#0a5cad;\
        --champion:#b35000;--candidate:#0069a8;--difference:#8f3f7f;--fourth:#00725a;\
        --neutral:#57606a;--limit:#b3261e;--warn:#7a5b00;\
        --pass:#00694f;--fail:#b3261e;--wait:#7a5b00;\
        --passtint:#e5f4ef;--failtint:#fdecea;--waittint:#fbf3da;
        """
    private static let dark = """
        --paper:#14181d;--ink:#e8ecf0;--soft:#a5b0bb;--rule:#38424d;--tint:#1d232a;--link:#7cc0f5;\
        --champion:#f0a03c;--candidate:#62bdf0;--difference:#e59bcb;--fourth:#3ecfa4;\
        --neutral:#a5b0bb;--limit:#ff9088;--warn:#e8c75a;\
        --pass:#4fd6ae;--fail:#ff9088;--wait:#e8c75a;\
        --passtint:#12302a;--failtint:#3a1c1b;--waittint:#332b12;
        """

    private static let colours = """
        :root{color-scheme:light dark;\(light)}
        @media (prefers-color-scheme:dark){:root{\(dark)}}

        """

    private static let layout = """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
        body{margin:0;background:var(--paper);color:var(--ink);
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        main{max-width:74rem;margin:0 auto;padding:1rem 1.25rem 4rem;overflow-wrap:anywhere}
        h1{font-size:1.45rem;line-height:1.25;margin:.2rem 0 .8rem}
        h2{font-size:1.2rem;margin:2.6rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--rule)}
        h3{font-size:1rem;margin:1.4rem 0 .4rem}
        p{margin:.5rem 0;max-width:46rem}
        ul{margin:.5rem 0;padding-left:1.2rem}
        a{color:var(--link)}
        section,figure{scroll-margin-top:.5rem}
        nav{margin:1.4rem 0 0;padding:.7rem 1rem;background:var(--tint);border-radius:6px}
        nav ul{list-style:none;margin:0;padding:0;columns:3 11rem;font-size:.9rem}
        nav li{break-inside:avoid;padding:.1rem 0}
        .columns{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 2rem;\
        align-items:start}
        .unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);\
        white-space:nowrap}

        """

    private static let blocks = """
        .banner{border-left:6px solid;border-radius:4px;padding:.7rem 1rem;margin:.6rem 0}
        .banner p{max-width:60rem}
        .banner .verdict{font-size:1.2rem;font-weight:650;margin:0 0 .2rem}
        .note{border-left:4px solid;border-radius:3px;padding:.4rem .8rem}
        .banner.neutral,.note.neutral{border-color:var(--soft);background:var(--tint)}
        .banner.pass,.note.pass{border-color:var(--pass);background:var(--passtint)}
        .banner.fail,.note.fail{border-color:var(--fail);background:var(--failtint)}
        .banner.wait,.note.wait{border-color:var(--wait);background:var(--waittint)}
        .pass .mark,.badge.pass{color:var(--pass)}
        .fail .mark,.badge.fail{color:var(--fail)}
        .wait .mark,.badge.wait{color:var(--wait)}
        .neutral .mark,.badge.neutral{color:var(--soft)}
        .badge{font-weight:600;white-space:nowrap}
        data{font-variant-numeric:tabular-nums;white-space:nowrap}
        .missing{color:var(--soft);cursor:help}
        code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;\
        font-size:.86em}
        pre{background:var(--tint);border:1px solid var(--rule);border-radius:4px;\
        padding:.5rem .8rem;margin:.5rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
        pre code{font-size:inherit}
        dl{display:grid;grid-template-columns:minmax(7rem,max-content) minmax(0,1fr);\
        gap:.15rem 1.2rem;margin:.6rem 0;font-size:.93rem}
        dt{color:var(--soft)}
        dd{margin:0}
        .scroll{overflow-x:auto;margin:.8rem 0;position:relative}
        table{border-collapse:collapse;font-size:.86rem;line-height:1.35}
        caption{text-align:left;color:var(--soft);padding:0 0 .3rem;caption-side:top}
        th,td{padding:.28rem .7rem .28rem 0;text-align:left;vertical-align:top;\
        border-bottom:1px solid var(--rule);font-weight:400;overflow-wrap:normal}
        thead th{font-weight:600;color:var(--soft);vertical-align:bottom}
        tbody th{font-weight:500}
        td.long{min-width:20rem}
        .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        details{margin:.8rem 0}
        summary{cursor:pointer;font-weight:600}
        input,button,select{font:inherit;color:inherit;background:var(--paper);\
        border:1px solid var(--soft);border-radius:4px;padding:.25rem .5rem}

        """

    private static let figures = """
        figure{margin:1.2rem 0;max-width:52rem;container-type:inline-size}
        figcaption{font-weight:600;font-size:.95rem}
        .words{color:var(--soft);font-size:.86rem;margin:.3rem 0}
        .legend{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;padding:0;\
        margin:.3rem 0;font-size:.82rem}
        .legend li{display:flex;align-items:center;gap:.4rem}
        .swatch{width:28px;height:14px;flex:none}
        .swatch .area{fill-opacity:.45}
        svg.figure{display:block;width:100%;height:auto}
        svg.narrow{display:none;max-width:26rem}
        @container (max-width:600px){svg.wide{display:none}svg.narrow{display:block}}
        svg text{font-size:12px;fill:var(--soft);font-family:inherit}
        svg text.name,svg text.strong{fill:var(--ink)}
        svg text.strong{font-weight:600}
        svg text.small{font-size:11px}
        .grid{stroke:var(--rule);stroke-width:1;fill:none}
        .axis{stroke:var(--soft);stroke-width:1;fill:none}
        .line{fill:none;stroke-width:2;stroke-linejoin:round}
        .area{stroke:none;fill-opacity:.25}
        .dot{stroke-width:1.5}
        .period{fill-opacity:.16}
        .area.whole{fill-opacity:.75}
        .area.edged{stroke:currentColor;stroke-opacity:.35;stroke-width:1}
        .heat{fill:var(--candidate);fill-opacity:0;stroke:var(--rule);stroke-width:1}
        .heat.h0{fill-opacity:.06}.heat.h1{fill-opacity:.18}.heat.h2{fill-opacity:.3}
        .heat.h3{fill-opacity:.42}.heat.h4{fill-opacity:1}
        .heat.marked{stroke:var(--limit);stroke-width:2.5}
        svg text.halo{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
        svg text.over{fill:var(--paper)}
        \(inks)
        .line.champion{stroke-dasharray:7 3}
        .line.fourth{stroke-dasharray:2 3}
        .line.neutral{stroke-width:1.5;stroke-dasharray:4 4}
        .line.limit{stroke-width:1.5;stroke-dasharray:9 4 2 4}
        .line.warn{stroke-width:1.5;stroke-dasharray:3 3}
        .line.solid{stroke-dasharray:none}
        .dot.champion,.dot.neutral{fill:var(--paper)}

        """

    private static let inks = Ink.allCases.map(\.rawValue).map { ink in
        ".line.\(ink),.dot.\(ink){stroke:var(--\(ink))}"
            + ".dot.\(ink),.area.\(ink),.period.\(ink){fill:var(--\(ink))}"
    }.joined(separator: "\n")

    private static let narrow = """
        @media (max-width:640px){
        main{padding:.4rem 1rem 3rem}
        h1{font-size:1.1rem;margin:0 0 .3rem}
        #lead .legend{margin:.1rem 0}
        #lead .banner{margin:.3rem 0}
        .columns{grid-template-columns:minmax(0,1fr)}
        .banner{padding:.5rem .8rem}
        .banner .verdict{font-size:1.08rem}
        dl{grid-template-columns:minmax(0,1fr);gap:0}
        dd{margin:0 0 .4rem}
        #lead dl{column-gap:.5rem;grid-template-columns:5.3rem minmax(0,1fr);margin:.3rem 0;\
        font-size:.9rem;line-height:1.3}
        #lead dd{margin:0}
        #lead .banner p{font-size:.9rem;line-height:1.3;margin:.3rem 0}
        #lead :is(td,th){padding-top:.15rem;padding-bottom:.15rem;font-size:.85rem}
        #lead pre{padding:.35rem .6rem}
        #lead .banner .verdict{font-size:1.05rem}
        #lead .scroll,#lead figure,#lead pre{margin:.4rem 0}
        #lead .words{display:none}
        }

        """

    private static let print = """
        @media print{
        :root{color-scheme:light;\(light)}
        body{font-size:10pt}
        main{max-width:none;padding:0}
        nav,input,button{display:none}
        figure,tr,.banner,.note{break-inside:avoid}
        h2,h3,caption{break-after:avoid}
        thead{display:table-header-group}
        .columns{grid-template-columns:minmax(0,1fr)}
        .scroll{overflow:visible}
        table{font-size:7pt;width:100%}
        th,td{padding:.2rem .3rem .2rem 0;min-width:0!important;overflow-wrap:break-word}
        td code,th code{font-size:inherit;overflow-wrap:anywhere}
        .n,.badge{white-space:normal}
        *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
        @page{margin:14mm}
        }

        """
}
