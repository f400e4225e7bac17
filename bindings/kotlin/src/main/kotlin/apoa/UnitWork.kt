package apoa

import apoa.ffi.DraftException
import apoa.ffi.StoreException
import apoa.ffi.SyncException
import kotlin.time.Duration

/** Today in the unit's zone, ISO, by the server's clock as far as it is known. */
@Throws(StoreException::class)
public suspend fun Apoa.today(): String = lanes.read { today() }

/** What the active unit says about itself; nothing while nobody is active. */
@Throws(StoreException::class)
public suspend fun Apoa.profile(): Profile = lanes.read { profile() }

/** Keeps what the active unit says about itself. */
@Throws(DraftException::class)
public suspend fun Apoa.setProfile(profile: Profile): Unit = lanes.write { setProfile(profile) }

/** What the active unit has not said about itself yet. It never hinders saving. */
@Throws(DraftException::class)
public suspend fun Apoa.profileGaps(): List<ProfileField> = lanes.read { profileGaps() }

/** Whether the active unit's profile was changed here since the server last saw it. */
@Throws(StoreException::class)
public suspend fun Apoa.profileWaits(): Boolean = lanes.read { profileWaits() }

/** Brings the profile in line with the server's: what was changed here goes there, all else comes from there. */
@Throws(SyncException::class)
public suspend fun Apoa.syncProfile(budget: Duration = Apoa.ASK_BUDGET): ProfileSync =
    lanes.ask { syncProfile(budget.inWholeMilliseconds) }

/** The members of the active unit. */
@Throws(SyncException::class)
public suspend fun Apoa.staff(budget: Duration = Apoa.ASK_BUDGET): List<StaffMember> =
    lanes.ask { staff(budget.inWholeMilliseconds) }

/** The installations that the active unit saw; needs the right to manage. */
@Throws(SyncException::class)
public suspend fun Apoa.devices(budget: Duration = Apoa.ASK_BUDGET): List<UnitDevice> =
    lanes.ask { devices(budget.inWholeMilliseconds) }

/**
 * Revokes an installation of the active unit: it keeps what it holds and sends nothing more. False if the unit never
 * saw it. Needs the right to manage.
 */
@Throws(SyncException::class)
public suspend fun Apoa.revokeDevice(
    device: DeviceId,
    budget: Duration = Apoa.ASK_BUDGET,
): Boolean = lanes.ask { revokeDevice(device, budget.inWholeMilliseconds) }

/** What this shift leaves to the next one. */
@Throws(DraftException::class)
public suspend fun Apoa.handOver(since: Instant): HandOver = lanes.read { handOver(since) }

/** What happened in the active unit since a time, oldest first: ids and codes, no personal data. */
@Throws(StoreException::class)
public suspend fun Apoa.events(since: Instant): List<Event> = lanes.read { events(since) }
