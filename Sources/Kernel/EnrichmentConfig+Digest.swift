package import Features
package import Tape

extension EnrichmentConfig {
    /// Of `enrichment_config.json`: what a model is pinned to.
    package var digest: Digest {
        var hash = SHA256()
        hash.update(Array(text.utf8))
        return hash.finish()
    }
}
