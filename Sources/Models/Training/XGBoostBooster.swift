internal import CXGBoost

/// A booster that libxgboost trains, or reads back.
@safe package struct XGBoostBooster: ~Copyable {
    /// How a model is written.
    package enum Format: String, Sendable {
        case json
        case ubj
    }

    private let handle: BoosterHandle
    private let library: XGBoostLibrary

    /// A booster without trees, whose file will name the features. It predicts margins of `matrix`
    /// from what it kept of the round before.
    package init(
        _ library: XGBoostLibrary, parameters: [(name: String, value: String)],
        features: [String], cachingFor matrix: borrowing XGBoostMatrix
    ) throws(XGBoostError) {
        var matrices: [DMatrixHandle?] = unsafe [matrix.handle]
        var handle: BoosterHandle?
        let status = unsafe library.functions.booster_create(&matrices, 1, &handle)
        try library.check(status, .makeBooster)
        try unsafe self.init(library, owning: handle) { handle throws(XGBoostError) in
            for (name, value) in parameters {
                let status = unsafe library.functions.booster_set_parameter(handle, name, value)
                try library.check(status, .setParameter)
            }
            try unsafe Self.setNames(features, of: handle, library)
        }
    }

    /// The booster that a model's file holds, in either format; it predicts on one thread.
    package init(_ library: XGBoostLibrary, model bytes: [UInt8]) throws(XGBoostError) {
        var handle: BoosterHandle?
        try library.check(unsafe library.functions.booster_create(nil, 0, &handle), .makeBooster)
        try unsafe self.init(library, owning: handle) { handle throws(XGBoostError) in
            let status = unsafe library.functions.booster_set_parameter(handle, "nthread", "1")
            try library.check(status, .setParameter)
            let loaded = unsafe bytes.withUnsafeBytes { buffer in
                unsafe library.functions.booster_load(
                    handle, buffer.baseAddress, UInt64(buffer.count))
            }
            try library.check(loaded, .load)
        }
    }

    /// Frees the handle when it cannot be prepared: a value of this type is not made by halves.
    private init(
        _ library: XGBoostLibrary, owning handle: BoosterHandle?,
        prepare: (BoosterHandle) throws(XGBoostError) -> Void
    ) throws(XGBoostError) {
        guard let handle = unsafe handle else { preconditionFailure("a booster that was made") }
        do throws(XGBoostError) {
            try unsafe prepare(handle)
        } catch {
            _ = unsafe library.functions.booster_free(handle)
            throw error
        }
        unsafe self.handle = handle
        self.library = library
    }

    deinit { _ = unsafe library.functions.booster_free(handle) }

    private static func setNames(
        _ names: [String], of handle: BoosterHandle, _ library: XGBoostLibrary
    ) throws(XGBoostError) {
        // All names in one run of bytes, each ended by a zero, and the address of each.
        let bytes = names.flatMap { $0.utf8CString }
        var starts: [Int] = []
        var size = 0
        for name in names {
            starts.append(size)
            size += name.utf8CString.count
        }
        let status = unsafe bytes.withUnsafeBufferPointer { buffer in
            var addresses = unsafe starts.map { unsafe buffer.baseAddress?.advanced(by: $0) }
            return unsafe library.functions.booster_set_feature_texts(
                handle, "feature_name", &addresses, UInt64(names.count))
        }
        try library.check(status, .nameFeatures)
    }

    // MARK: - Training

    /// Adds the trees of one round, by the booster's own objective.
    package mutating func update(
        round: Int, _ matrix: borrowing XGBoostMatrix
    ) throws(XGBoostError) {
        let status = unsafe library.functions.booster_update(handle, Int32(round), matrix.handle)
        try library.check(status, .boost)
    }

    /// Adds the trees of one round, by the gradient and Hessian of a loss at each row's margin.
    package mutating func boost(
        _ matrix: borrowing XGBoostMatrix, gradients: inout [Float], hessians: inout [Float]
    ) throws(XGBoostError) {
        precondition(gradients.count == matrix.rowCount && hessians.count == matrix.rowCount)
        let status = unsafe library.functions.booster_boost(
            handle, matrix.handle, &gradients, &hessians, UInt64(gradients.count))
        try library.check(status, .boost)
    }

    // MARK: - Prediction

    /// The margin of each row, by the first `rounds` rounds; by all when nil.
    package func margins(
        of matrix: borrowing XGBoostMatrix, rounds: Int? = nil
    ) throws(XGBoostError) -> [Float] {
        let config = Self.predictionConfig(#""iteration_end":\#(rounds ?? 0)"#)
        var shape: UnsafePointer<UInt64>?
        var dimensions: UInt64 = 0
        var result: UnsafePointer<Float>?
        let status = unsafe library.functions.booster_predict(
            handle, matrix.handle, config, &shape, &dimensions, &result)
        try library.check(status, .predict)
        // The library keeps the memory until its next call on this thread.
        let values = unsafe UnsafeBufferPointer(start: result, count: matrix.rowCount)
        return unsafe Array(values)
    }

    /// Predicts rows where they lie; `margins` has room for each of them.
    package func predict(
        _ rows: borrowing XGBoostRows, into margins: inout [Float]
    ) throws(XGBoostError) {
        var shape: UnsafePointer<UInt64>?
        var dimensions: UInt64 = 0
        var result: UnsafePointer<Float>?
        let status = unsafe rows.interface.withUnsafeBufferPointer { text in
            unsafe Self.denseConfig.withUnsafeBufferPointer { config in
                guard let text = text.baseAddress, let config = config.baseAddress else {
                    return Int32(-1)
                }
                return unsafe library.functions.booster_predict_dense(
                    handle, text, config, rows.proxy, &shape, &dimensions, &result)
            }
        }
        try library.check(status, .predict)
        let values = unsafe UnsafeBufferPointer(start: result, count: margins.count)
        for index in margins.indices { unsafe margins[index] = values[index] }
    }

    private static func predictionConfig(_ more: String) -> String {
        #"{"type":1,"training":false,"iteration_begin":0,"strict_shape":false,\#(more)}"#
    }

    private static let denseConfig = predictionConfig(
        #""iteration_end":0,"cache_id":0,"missing":NaN"#
    ).utf8CString

    // MARK: - Results

    /// The model as a file holds it.
    package func bytes(_ format: Format) throws(XGBoostError) -> [UInt8] {
        var size: UInt64 = 0
        var start: UnsafePointer<CChar>?
        let status = unsafe library.functions.booster_save(
            handle, #"{"format":"\#(format.rawValue)"}"#, &size, &start)
        try library.check(status, .save)
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(size))
        return unsafe Array(bytes)
    }
}
