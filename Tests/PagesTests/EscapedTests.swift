import Pages
import Testing

@Suite("Text in a page")
struct EscapedTests {
    @Test("Markup is shown, not obeyed")
    func markupIsShown() {
        #expect(
            escaped("<script>alert('x')</script> & \"more\"")
                == "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;more&quot;")
    }

    @Test("Characters that no page may hold show that they were there")
    func controlCharacters() {
        #expect(escaped("a\u{0}b\u{1B}[31m") == "a\u{FFFD}b\u{FFFD}[31m")
        #expect(escaped("Ω\u{1F600}\n\t") == "Ω\u{1F600}\n\t")
    }
}
