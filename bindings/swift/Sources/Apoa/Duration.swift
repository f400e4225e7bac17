extension Duration {
    /// Whole milliseconds, as the core counts a budget.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (most, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? .max : most + attoseconds / 1_000_000_000_000_000
    }
}
