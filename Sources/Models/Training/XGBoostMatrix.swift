internal import CXGBoost

/// Rows that libxgboost trains on or predicts: its copy of them, and of what belongs to each.
@safe package struct XGBoostMatrix: ~Copyable {
    let handle: DMatrixHandle
    let library: XGBoostLibrary
    package let rowCount: Int

    /// Copies rows, one after the other, of `columnCount` values each; NaN is missing.
    package init(
        _ library: XGBoostLibrary, values: [Float], columnCount: Int
    ) throws(XGBoostError) {
        let (rowCount, rest) = values.count.quotientAndRemainder(dividingBy: columnCount)
        precondition(rest == 0, "rows are given whole")
        var handle: DMatrixHandle?
        let status = unsafe library.functions.matrix_create(
            values, UInt64(rowCount), UInt64(columnCount), .nan, &handle, 1)
        try library.check(status, .makeMatrix)
        guard let handle = unsafe handle else { preconditionFailure("a matrix that was made") }
        unsafe self.handle = handle
        self.library = library
        self.rowCount = rowCount
    }

    deinit { _ = unsafe library.functions.matrix_free(handle) }

    /// What each row should have been predicted as: 0 or 1.
    package mutating func setLabels(_ labels: [Float]) throws(XGBoostError) {
        try set("label", labels, .setLabels)
    }

    /// How much each row counts.
    package mutating func setWeights(_ weights: [Float]) throws(XGBoostError) {
        try set("weight", weights, .setWeights)
    }

    private func set(
        _ field: String, _ values: [Float], _ operation: XGBoostError.Operation
    ) throws(XGBoostError) {
        precondition(values.count == rowCount, "each row has one value")
        let status = unsafe library.functions.matrix_set_floats(
            handle, field, values, UInt64(values.count))
        try library.check(status, operation)
    }
}

/// Rows that libxgboost predicts where they lie, without a copy of its own: what serving with it
/// would do, and so what the bench compares with.
@safe package struct XGBoostRows: ~Copyable {
    let proxy: DMatrixHandle
    /// JSON that tells the library where the values are and how many.
    let interface: ContiguousArray<CChar>
    private let library: XGBoostLibrary
    private let values: UnsafeMutablePointer<Float>
    private let valueCount: Int

    package init(
        _ library: XGBoostLibrary, values: [Float], columnCount: Int
    ) throws(XGBoostError) {
        let (rowCount, rest) = values.count.quotientAndRemainder(dividingBy: columnCount)
        precondition(rest == 0 && rowCount > 0, "rows are given whole")
        var proxy: DMatrixHandle?
        try library.check(unsafe library.functions.proxy_create(&proxy), .makeMatrix)
        guard let proxy = unsafe proxy else { preconditionFailure("a matrix that was made") }
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: values.count)
        for index in values.indices { unsafe (memory + index).initialize(to: values[index]) }
        unsafe self.proxy = proxy
        unsafe self.values = memory
        self.library = library
        valueCount = values.count
        let address = UInt(bitPattern: memory)
        interface =
            """
            {"data":[\(address),false],"shape":[\(rowCount),\(columnCount)],\
            "strides":null,"typestr":"<f4","version":3}
            """.utf8CString
    }

    deinit {
        _ = unsafe library.functions.matrix_free(proxy)
        unsafe values.deinitialize(count: valueCount).deallocate()
    }
}
