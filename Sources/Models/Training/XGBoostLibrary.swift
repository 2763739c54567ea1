internal import CXGBoost

/// libxgboost, loaded into the process at the first use: nothing links to it, so a process that
/// neither trains nor compares has neither its code nor OpenMP's threads.
@safe package struct XGBoostLibrary: @unchecked Sendable {
    // Unchecked: the table is written once before its address is handed out, and never again. The
    // functions in it may run on any thread, as long as each handle has one user at a time, which
    // is what the owners of handles, not copyable, see to.
    private let table: UnsafePointer<tapedeck_xgboost>

    /// Loads the library, or says which package has it.
    package init() throws(XGBoostError) {
        var problem: UnsafePointer<CChar>?
        var missing: UnsafePointer<CChar>?
        guard let table = unsafe tapedeck_xgboost_load(&problem, &missing) else {
            let reason = unsafe problem.map { unsafe String(cString: $0) } ?? "unknown reason"
            if let name = unsafe missing {
                throw .functionMissing(name: unsafe String(cString: name), reason: reason)
            }
            throw .libraryMissing(reason: reason)
        }
        unsafe self.table = table
    }

    /// Major, minor and patch version of what was loaded.
    package var version: (Int, Int, Int) {
        var major: Int32 = 0
        var minor: Int32 = 0
        var patch: Int32 = 0
        unsafe functions.version(&major, &minor, &patch)
        return (Int(major), Int(minor), Int(patch))
    }

    var functions: tapedeck_xgboost { unsafe table.pointee }

    /// Throws what the library says of its last failure on this thread, unless `status` is 0.
    func check(_ status: Int32, _ operation: XGBoostError.Operation) throws(XGBoostError) {
        if status == 0 { return }
        // The library appends its stack; the first line is what went wrong.
        let text = unsafe String(cString: functions.last_error())
        let firstLine = text.split(separator: "\n").first ?? "it does not say why"
        throw .refused(operation, reason: String(firstLine))
    }
}

/// Why libxgboost could not be used.
package enum XGBoostError: Error, Equatable {
    package enum Operation: String, Sendable {
        case makeMatrix = "make a matrix of rows"
        case setLabels = "take in the rows' labels"
        case setWeights = "take in the rows' weights"
        case nameFeatures = "take in the features' names"
        case makeBooster = "make a booster"
        case setParameter = "set a parameter"
        case boost = "train a round"
        case predict = "predict"
        case load = "load a model"
        case save = "save a model"
    }

    case libraryMissing(reason: String)
    case functionMissing(name: String, reason: String)
    case refused(Operation, reason: String)
}

extension XGBoostError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .libraryMissing(let reason):
            "libxgboost cannot be loaded (\(reason)); install Debian's package libxgboost0"
        case .functionMissing(let name, let reason):
            "libxgboost has no function \(name) (\(reason)); install version 1.7 or later"
        case .refused(let operation, let reason):
            "libxgboost cannot \(operation.rawValue): \(reason)"
        }
    }
}
