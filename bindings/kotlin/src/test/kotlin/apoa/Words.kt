package apoa

/** The word of the contract for a value of the bridge. */
val Enum<*>.word: String
    get() =
        when (this) {
            Standing.UNPROVED -> "none"
            Work.NOTHING -> "idle"
            ReportKind.LODGING_CHECK_IN, ReportKind.WORKER_START -> name.lowercase().replaceFirst('_', '.')
            else -> name.lowercase()
        }
