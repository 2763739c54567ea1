import Pages

extension CanaryReport {
    package var html: String { page.html }
    package var markdown: String { page.markdown }

    /// The report as a page: what an operator needs first, then its sixteen sections.
    private var page: Page {
        Page(title: title, lead: lead, sections: sections)
    }

    /// `Canary report: BTCUSDC, candidate 0123456789ab`
    private var title: String {
        "Canary report: \(banner.symbols.joined(separator: ", ")), candidate "
            + banner.candidateDigest.short
    }

    private var sections: [Page.Section] {
        [
            Page.Section(id: "verdict", title: "1. Verdict", bannerBlocks),
            Page.Section(id: "gates", title: "2. Gates", gateBlocks),
            Page.Section(id: "provenance", title: "3. Provenance", provenanceBlocks),
            Page.Section(id: "sample", title: "4. Sample adequacy", sampleBlocks),
            Page.Section(id: "headline", title: "5. Headline figures", headlineBlocks),
            Page.Section(id: "figures", title: "6. Difference over time", figureBlocks),
            Page.Section(id: "disagreement", title: "7. Disagreement", disagreementBlocks),
            Page.Section(id: "calibration", title: "8. Calibration", calibrationBlocks),
            Page.Section(id: "drift", title: "9. Drift", driftBlocks),
            Page.Section(id: "quality", title: "10. Data quality", qualityBlocks),
            Page.Section(id: "leakage", title: "11. Leakage and stress", leakageBlocks),
            Page.Section(id: "multiplicity", title: "12. Multiplicity", multiplicityBlocks),
            Page.Section(id: "sensitivity", title: "13. Sensitivity", sensitivityBlocks),
            Page.Section(id: "incidents", title: "14. Incidents", incidentBlocks),
            Page.Section(id: "rollback", title: "15. Rollback readiness", readinessBlocks),
            Page.Section(id: "sign-off", title: "16. Limits and sign-off", signOffBlocks),
        ]
    }
}
