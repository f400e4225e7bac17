package apoa

import apoa.ffi.RosterException

/**
 * Judges every row of a [list] as a single report is judged, and stores nothing. The list is a text with semicolons,
 * commas or tabs, of at most 10 MB and 10,000 rows.
 */
@Throws(RosterException::class)
public suspend fun Apoa.previewRoster(
    list: ByteArray,
    request: RosterRequest,
    page: RosterPage,
): RosterPreview = lanes.read { previewRoster(list.lent(), request, page) }

/** A [list] against the unit's open reports of its kind: who is new, changed, gone. It proposes and does nothing. */
@Throws(RosterException::class)
public suspend fun Apoa.compareRoster(
    list: ByteArray,
    request: RosterRequest,
): RosterChanges = lanes.read { compareRoster(list.lent(), request) }

/**
 * Files every row of a [list] that is ready or has only warnings, but those whose numbers are in [leaveOut]. Rows go a
 * hundred at a time, each hundred on disk before the next; [Apoa.watchCounts] shows how far it is.
 *
 * When the coroutine is cancelled, it ends after the hundred that is under way. The same list again files the rest.
 */
@Throws(RosterException::class)
public suspend fun Apoa.fileRoster(
    list: ByteArray,
    request: RosterRequest,
    leaveOut: Set<Int> = emptySet(),
    run: Long = newRun(),
): RosterFiled = lanes.writeAs(run) { fileRoster(list.lent(), request, leaveOut.toList(), run) }
