package apoa

import apoa.ffi.Described
import apoa.ffi.InputException
import apoa.ffi.LookUpKey
import apoa.ffi.LookedUp
import apoa.ffi.StoreException
import apoa.ffi.SyncException
import kotlin.time.Duration

/** A scanner that reads codes by the newest patterns of the deployment; make another one after a run. */
@Throws(StoreException::class)
public suspend fun Apoa.scanner(): FrameScanner = lanes.read { FrameScanner(scanner()) }

/** What the payload of a code says. What it links to is never opened. */
@Throws(StoreException::class)
public suspend fun Apoa.readCode(payload: ByteArray): Reading = lanes.read { readCode(payload.lent()) }

/** Why the newest patterns of the deployment are not in use, if they are not. */
@Throws(StoreException::class)
public suspend fun Apoa.refusedPatterns(): String? = lanes.read { refusedPatterns() }

/**
 * Counts the redacted form of a code that nobody knew, so that a deployment can write the next pattern; ask the
 * person first. False if the payload is known.
 */
@Throws(StoreException::class)
public suspend fun Apoa.rememberUnknown(payload: ByteArray): Boolean = lanes.write { rememberUnknown(payload.lent()) }

/** The forms that were remembered, the most frequent first. */
@Throws(StoreException::class)
public suspend fun Apoa.unknownShapes(): List<UnknownShape> = lanes.read { unknownShapes() }

/** Asks the server for the record behind a key of a code. Nothing of the record is kept. */
@Throws(SyncException::class)
public suspend fun Apoa.lookUp(
    key: LookUpKey,
    budget: Duration = Apoa.ASK_BUDGET,
    run: Long = newRun(),
): LookedUp = lanes.askAs(run) { lookUp(key, LookUpRequest(run, budget.inWholeMilliseconds)) }

/** Whether permit and passport belong together. No verdict blocks a report. */
@Throws(InputException::class)
public suspend fun Apoa.compare(
    permit: Described,
    passport: Described,
    occasion: Occasion,
): Comparison = lanes.read { compare(permit, passport, occasion) }

/** The same with the record of the office's register as the third source. */
@Throws(InputException::class)
public suspend fun Apoa.compareThree(
    code: Described,
    record: Described,
    passport: Described,
    occasion: Occasion,
): ThreeWay = lanes.read { compareThree(code, record, passport, occasion) }
