package import Features
package import Files

extension EnrichmentConfig {
    /// Of the configuration's text, as `sha256sum enrichment_config.json` prints it.
    package var digest: Digest {
        var digest = SHA256()
        digest.update(Array(text.utf8))
        return digest.finish()
    }
}
