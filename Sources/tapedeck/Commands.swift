/// Every command of `tapedeck`, in the order of the help's overview.
enum Commands {
    static let all: [CommandSpec] = [
        .tapeSynth, .tapeImport, .tapeInfo, .tapeVerify, .tapeDump, .tapeSlice, .features,
        .train, .replay, .stress, .audit,
        .rolloutStart, .rolloutContinue, .rolloutStatus, .rolloutApprove, .rolloutRefuse,
        .rolloutHold, .rolloutResume, .rolloutAbort, .rolloutRollback, .rolloutWaive, .rolloutLog,
        .rolloutVerify, .rolloutCharacteristics, .kill, .unkill,
        .reportCanary, .reportShadow, .reportTrades,
        .modelList, .modelShow, .modelImport, .modelAlias, .modelVerify, .modelHistory,
        .modelRecalibrate, .modelPush, .modelPull,
        .journalList, .journalVerify, .journalExport, .journalSelect, .journalSQL,
        .metricsRules, .metricsDashboard, .metricsReference,
        .benchTape, .benchFeatures, .benchLine, .benchKernel, .benchModel,
    ]
}

extension CommandSpec.Positional {
    static let tapes = CommandSpec.Positional(
        name: "TAPE", help: "a tape; several are read as one, in the order given",
        count: 1...Int.max)
}
