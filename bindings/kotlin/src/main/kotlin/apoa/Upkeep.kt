package apoa

import apoa.ffi.DraftException
import apoa.ffi.StoreException

/** Wipes the keys from memory. The next call that needs one asks the vault again. */
@Throws(StoreException::class)
public suspend fun Apoa.lock(): Unit = lanes.read { lock() }

/**
 * Ends a run, finishes the write under way, closes every file and frees every lock. Until [resume] every call says
 * that the storage is closed. Takes a few seconds at most; again is fine.
 */
@Throws(StoreException::class)
public suspend fun Apoa.suspend(): Unit = lanes.read { suspend() }

/** Opens the files again. Again is fine. */
@Throws(StoreException::class)
public suspend fun Apoa.resume() {
    lanes.read { resume() }
    changes.again()
}

/**
 * Erases what is due, destroys keys that nothing needs, opens a new key epoch if one is due. Cheap where nothing is;
 * a run does it by itself.
 */
@Throws(StoreException::class)
public suspend fun Apoa.upkeep(): Upkeep = lanes.write { upkeep() }

/**
 * New keys for everything, and the old ones destroyed: no earlier copy of the files opens with the keys of this
 * device any more. Takes time in proportion to the reports.
 */
@Throws(DraftException::class)
public suspend fun Apoa.rotateKeys(): Rotated = lanes.write { rotateKeys() }

/** Holds a report, or lets it go. */
@Throws(DraftException::class)
public suspend fun Apoa.setHold(
    report: ReportId,
    hold: Hold,
): Unit = lanes.write { setHold(report, hold) }

/** What was rescued from damaged files of the active unit and still lies beside them, oldest first. */
@Throws(StoreException::class)
public suspend fun Apoa.salvages(): List<Salvage> = lanes.read { salvages() }

/** What opening the data had to rescue this time. */
@Throws(StoreException::class)
public suspend fun Apoa.rescued(): Salvage? = lanes.read { rescued() }

/** What this device holds of people in the active unit, and what it held; without identities. */
@Throws(DraftException::class)
public suspend fun Apoa.breachExtract(): BreachExtract = lanes.read { breachExtract() }

/** What is wrong here, without identities. */
@Throws(StoreException::class)
public suspend fun Apoa.doctor(): List<Finding> = lanes.ask { doctor() }
