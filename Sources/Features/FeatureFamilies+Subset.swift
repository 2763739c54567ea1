extension FeatureFamilies {
    /// These families alone, each as it is here; one that is off stays off.
    package func keeping(_ kept: [FeatureColumn.Family]) -> FeatureFamilies {
        var families = self
        for family in FeatureColumn.Family.allCases where !kept.contains(family) {
            switch family {
            case .baseline: families.hasBaseline = false
            case .btc: families.btc = nil
            case .l2: families.l2 = nil
            case .fracDiff: families.fracDiff = nil
            case .interactions: families.hasInteractions = false
            }
        }
        return families
    }
}
