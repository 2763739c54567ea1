import JSON

/// An MLflow tracking server, by its REST API: the part that models need.
package struct MLflowServer: ~Copyable {
    private let client: HTTPClient

    package init(_ client: consuming HTTPClient) {
        self.client = client
    }

    /// Without credentials.
    package var place: String { client.address.place }

    // MARK: - Models

    /// The aliases of a model; nil when the server does not know it.
    func aliases(of name: String) throws(MLflowError) -> [(alias: String, version: Int)]? {
        let request = get("registered-models/get", ("name", name))
        guard let body = try sendUnlessAbsent(request) else { return nil }
        return try read(body, of: request) { answer throws(JSONError) in
            var model = try answer.object("registered_model")
            var aliases: [(alias: String, version: Int)] = []
            for element in try model.array("aliases", default: []) {
                var fields = try element.object()
                aliases.append((try fields.string("alias"), try fields.count("version")))
            }
            return aliases
        }
    }

    func createModel(_ name: String) throws(MLflowError) {
        _ = try send(post("registered-models/create", ["name": .string(name)]))
    }

    func setAlias(_ alias: String, of name: String, to version: Int) throws(MLflowError) {
        _ = try send(
            post(
                "registered-models/alias",
                [
                    "name": .string(name), "alias": .string(alias),
                    "version": .string("\(version)"),
                ]))
    }

    // MARK: - Versions

    func version(_ number: Int, of name: String) throws(MLflowError) -> MLflowVersion {
        let request = get("model-versions/get", ("name", name), ("version", "\(number)"))
        return try ask(request) { answer throws(JSONError) in
            try MLflowVersion(answer.object("model_version"))
        }
    }

    /// All versions of a model, in the order of their numbers.
    func versions(of name: String) throws(MLflowError) -> [MLflowVersion] {
        var versions: [MLflowVersion] = []
        var token = ""
        // A server that hands out the same page for ever is not asked for ever.
        for _ in 0..<1_000 {
            let quote = name.contains("'") ? "\"" : "'"
            let request = get(
                "model-versions/search", ("filter", "name=\(quote)\(name)\(quote)"),
                ("max_results", "500"), ("page_token", token))
            token = try ask(request) { answer throws(JSONError) in
                for element in try answer.array("model_versions", default: []) {
                    versions.append(try MLflowVersion(element.object()))
                }
                return try answer.optional("next_page_token")?.string(isEmptyAllowed: true) ?? ""
            }
            if token.isEmpty { break }
        }
        return versions.filter { $0.name == name }.sorted { $0.number < $1.number }
    }

    /// Makes the next version of a model and returns its number.
    func createVersion(
        of name: String, source: String, run: String, _ tags: [MLflowVersion.Tag]
    ) throws(MLflowError) -> Int {
        let request = post(
            "model-versions/create",
            [
                "name": .string(name), "source": .string(source), "run_id": .string(run),
                "tags": .array(tags.map { ["key": .string($0.key), "value": .string($0.value)] }),
            ])
        return try ask(request) { answer throws(JSONError) in
            var version = try answer.object("model_version")
            return try version.count("version")
        }
    }

    // MARK: - Runs

    /// The experiment with this name, which is made where there is none.
    func experiment(_ name: String) throws(MLflowError) -> String {
        let request = get("experiments/get-by-name", ("experiment_name", name))
        guard let body = try sendUnlessAbsent(request) else {
            return try ask(post("experiments/create", ["name": .string(name)])) {
                answer throws(JSONError) in try answer.string("experiment_id")
            }
        }
        return try read(body, of: request) { answer throws(JSONError) in
            var experiment = try answer.object("experiment")
            return try experiment.string("experiment_id")
        }
    }

    /// Begins a run and says where its artifacts belong.
    func createRun(
        _ name: String, experiment: String, atMs: Int64
    ) throws(MLflowError) -> (run: String, artifacts: String) {
        let request = post(
            "runs/create",
            [
                "experiment_id": .string(experiment), "run_name": .string(name),
                "start_time": .integer(atMs),
            ])
        return try ask(request) { answer throws(JSONError) in
            var run = try answer.object("run")
            var info = try run.object("info")
            return (try info.string("run_id"), try info.string("artifact_uri"))
        }
    }

    enum RunStatus: String {
        case finished = "FINISHED"
        case failed = "FAILED"
    }

    func endRun(_ run: String, as status: RunStatus, atMs: Int64) throws(MLflowError) {
        var request = post(
            "runs/update",
            [
                "run_id": .string(run), "status": .string(status.rawValue),
                "end_time": .integer(atMs),
            ])
        request.isStoppable = status == .finished
        _ = try send(request)
    }

    // MARK: - Requests

    private func get(_ what: String, _ query: (name: String, value: String)...) -> HTTPRequest {
        HTTPRequest(
            .get, Self.path(what),
            query: query.filter { !$0.value.isEmpty }.map {
                HTTPRequest.Parameter(name: $0.name, value: $0.value)
            })
    }

    private func post(_ what: String, _ body: JSONValue) -> HTTPRequest {
        HTTPRequest(
            .post, Self.path(what), body: Array(body.text().utf8), contentType: "application/json")
    }

    private static func path(_ what: String) -> [String] {
        ["api", "2.0", "mlflow"] + what.split(separator: "/").map(String.init)
    }

    func send(_ request: HTTPRequest) throws(MLflowError) -> [UInt8] {
        do throws(HTTPError) {
            return try client.send(request)
        } catch {
            throw .http(error)
        }
    }

    /// Nil where MLflow says that there is no such thing.
    private func sendUnlessAbsent(_ request: HTTPRequest) throws(MLflowError) -> [UInt8]? {
        do throws(HTTPError) {
            return try client.send(request)
        } catch {
            if error.isAbsence { return nil }
            throw .http(error)
        }
    }

    /// Sends a request and reads what a JSON object answers.
    func ask<Value>(
        _ request: HTTPRequest, _ make: (inout JSONFields) throws(JSONError) -> Value
    ) throws(MLflowError) -> Value {
        try read(send(request), of: request, make)
    }

    private func read<Value>(
        _ body: [UInt8], of request: HTTPRequest,
        _ make: (inout JSONFields) throws(JSONError) -> Value
    ) throws(MLflowError) -> Value {
        do throws(JSONError) {
            var answer = try JSONFields(JSONNode.parse(body))
            // What newer servers say beside it is nobody's concern here.
            return try make(&answer)
        } catch {
            throw .badAnswer(
                request: request.method.rawValue + " " + request.url(at: client.address), error)
        }
    }
}

extension HTTPError {
    /// Whether MLflow said that there is no such thing; a wrong path is something else.
    fileprivate var isAbsence: Bool {
        guard case .refused(_, 404, let said) = self else { return false }
        return said.code == "RESOURCE_DOES_NOT_EXIST"
    }
}

extension JSONFields {
    /// A number, which MLflow writes as a string or as it is.
    mutating func count(_ key: String) throws(JSONError) -> Int {
        let field = try required(key)
        if case .string(let text) = field.node.content, let count = Int(text), count >= 0 {
            return count
        }
        return try field.integer(in: 0...Int.max)
    }
}

extension MLflowVersion {
    fileprivate init(_ fields: consuming JSONFields) throws(JSONError) {
        var fields = fields
        name = try fields.string("name")
        number = try fields.count("version")
        source = try fields.optional("source")?.string(isEmptyAllowed: true) ?? ""
        var tags: [Tag] = []
        for element in try fields.array("tags", default: []) {
            var tag = try element.object()
            tags.append(
                Tag(
                    key: try tag.string("key"),
                    value: try tag.required("value").string(isEmptyAllowed: true)))
        }
        self.tags = tags
    }
}
