package apoa

import apoa.ffi.ApoaClient
import apoa.ffi.Credentials
import apoa.ffi.DraftException
import apoa.ffi.InputException
import apoa.ffi.ReceiptCheck
import apoa.ffi.StoreException
import apoa.ffi.SyncException
import apoa.ffi.Withdrawn
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.withContext
import java.io.File
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/**
 * Keeps and sends reports; one for each process and data folder.
 *
 * A report is on disk once [finalise] returns, network or not. [sync] sends what waits. Every `suspend` function may
 * be called from any thread, the main thread too: it waits elsewhere, and a list never waits behind a run. A coroutine
 * that is cancelled in [sync], [tryOut] or [lookUp] ends what the server is asked. Permits, lists of workers, the unit
 * and upkeep are extension functions of this package.
 *
 * A call after [close] fails with [IllegalStateException].
 *
 * @sample apoa.GuideTest.report
 */
public class Apoa private constructor(
    private val client: ApoaClient,
    internal val changes: Changes,
) : AutoCloseable {
    internal val lanes: Lanes = Lanes(client)

    // Who works here

    /** The active account; nothing before the first sign-in and while nobody is active. */
    @Throws(StoreException::class)
    public suspend fun account(): Account? = lanes.read { account() }

    /** Signs a member in. Needs the network, once; after it nothing hinders saving. */
    @Throws(SyncException::class)
    public suspend fun signIn(
        user: String,
        password: String,
    ): Account = signIn(Credentials.Password(user, password))

    /** The same with a password, a code from the office or a code from [mailCode]. */
    @Throws(SyncException::class)
    public suspend fun signIn(credentials: Credentials): Account = lanes.ask { signIn(credentials) }

    /**
     * Has a code mailed to whoever has this user name. The server says the same whether or not there is such a user.
     */
    @Throws(SyncException::class)
    public suspend fun mailCode(user: String): Unit = lanes.ask { mailCode(user) }

    /**
     * Ends the active account's sign-in here, then at the server as far as that answers. It needs no network and
     * touches no report: whoever is next sends them.
     */
    @Throws(SyncException::class)
    public suspend fun signOut(): SignedOut = lanes.ask { signOut() }

    /** Everybody who ever signed in on this device, who came first first. */
    @Throws(StoreException::class)
    public suspend fun members(): List<Member> = lanes.read { members() }

    /** Makes a member who is known here the active one, signed in or not, without the network. */
    @Throws(DraftException::class)
    public suspend fun useAccount(account: AccountId): Account = lanes.write { useAccount(account) }

    /**
     * Makes another unit of the active account the active one, without the network. What waits in a unit that is not
     * active stays there and is sent once it is active again.
     */
    @Throws(DraftException::class)
    public suspend fun useUnit(unit: UnitId): Account = lanes.write { useUnit(unit) }

    /** Whether the last unit worked for revoked this installation. Then nobody is active and nothing is sent. */
    @Throws(StoreException::class)
    public suspend fun isRevoked(): Boolean = lanes.read { isRevoked() }

    // Making and changing reports

    /** An empty draft with what the unit's profile fills in. */
    @Throws(StoreException::class)
    public suspend fun newDraft(kind: ReportKind): Draft = lanes.read { newDraft(kind) }

    /** [draft] with what is still open filled from the unit's profile. */
    @Throws(DraftException::class)
    public suspend fun fillDefaults(draft: Draft): Draft = lanes.read { fillDefaults(draft) }

    /** Everything that is wrong with [draft], notices included. */
    @Throws(DraftException::class)
    public suspend fun check(draft: Draft): List<FieldProblem> = lanes.read { check(draft) }

    /**
     * Keeps what is typed: a new draft, or, with a [report], its draft or a form over its data. Nothing is checked, and
     * nothing is sent before the draft is finished.
     */
    @Throws(DraftException::class)
    public suspend fun saveDraft(
        draft: Draft,
        report: ReportId? = null,
        compared: Compared? = null,
    ): ReportId = lanes.write { saveDraft(report, draft, compared) }

    /** What an edit begins with: the form kept for this report, else its data. Nothing while nobody is active. */
    @Throws(StoreException::class)
    public suspend fun draft(report: ReportId): Draft? = lanes.read { draft(report) }

    /**
     * Keeps a report: once this returns, it is on disk. [compared] is what came of comparing permit and passport.
     * [again] is the reason why the same guest on the same day is another stay all the same.
     */
    @Throws(DraftException::class)
    public suspend fun finalise(
        draft: Draft,
        compared: Compared? = null,
        again: String? = null,
    ): Finalised = lanes.write { finalise(draft, compared, again) }

    /** Finishes a kept draft, with these facts in it. */
    @Throws(DraftException::class)
    public suspend fun finaliseDraft(
        report: ReportId,
        draft: Draft,
        again: String? = null,
    ): Finalised = lanes.write { finaliseDraft(report, draft, again) }

    /**
     * The whole data of a report, corrected. What surely was not sent is replaced; whatever the server may have is
     * followed by an amendment.
     */
    @Throws(DraftException::class)
    public suspend fun amend(
        report: ReportId,
        draft: Draft,
        again: String? = null,
    ): Finalised = lanes.write { amend(report, draft, again) }

    /** A follow-up on a report, also on one that another device made. */
    @Throws(DraftException::class)
    public suspend fun followUp(
        report: ReportId,
        followUp: FollowUp,
    ): Finalised = lanes.write { followUp(report, followUp) }

    /** Withdraws a report: here alone if the server never had it, else with a cancel that is sent. */
    @Throws(DraftException::class)
    public suspend fun withdraw(
        report: ReportId,
        reason: String,
    ): Withdrawn = lanes.write { withdraw(report, reason) }

    /** Drops a draft, or a report that the server surely never had. */
    @Throws(DraftException::class)
    public suspend fun discard(report: ReportId): Unit = lanes.write { discard(report) }

    /**
     * Keeps the photo of the passport's page, a JPEG file, with a report whose data are here. Refused where the server
     * asks for no photos, for children, and above the server's limit.
     */
    @Throws(DraftException::class)
    public suspend fun attach(
        report: ReportId,
        photo: ByteArray,
    ): Finalised = lanes.write { attach(report, photo.lent()) }

    // Finding reports

    /** A page of reports, newest first; without their contents while nobody is active. */
    @Throws(InputException::class)
    public suspend fun reports(page: Page): List<ReportRow> = lanes.read { reports(page) }

    /** One report with its data, receipts and history; nothing if there is none, and while nobody is active. */
    @Throws(StoreException::class)
    public suspend fun report(report: ReportId): ReportDetail? = lanes.read { report(report) }

    /**
     * Reports with this document number, or whose name or room holds every word; newest first, after the last one of
     * the page before. None while nobody is active.
     */
    @Throws(InputException::class)
    public suspend fun search(
        text: String,
        limit: Int,
        after: ReportId? = null,
    ): List<ReportRow> = lanes.read { search(text, limit, after) }

    /** Reports with open work, nearest deadline first; also while nobody is active. */
    @Throws(StoreException::class)
    public suspend fun queue(): List<QueueRow> = lanes.read { queue() }

    /** How many reports are in which state; works without the key. */
    @Throws(StoreException::class)
    public suspend fun counts(): Counts = lanes.read { counts() }

    /** The counts now and after each change. A slow listener gets the newest. Ends with [close]. */
    public fun watchCounts(): Flow<Counts> = changes.watch { it ?: counts() }

    /** The queue now and after each change. A slow listener gets the newest. Ends with [close]. */
    public fun watchQueue(): Flow<List<QueueRow>> = changes.watch { queue() }

    // Sending, and what the server proves

    /**
     * Sends what waits, for as long as [budget]. A report counts as received only once its receipt has verified. One
     * run at a time: a second one waits for the first.
     *
     * When the coroutine is cancelled, the run ends, and nothing that was committed is undone. Who wants its summary
     * all the same calls [cancel] with the same [run], a number of [newRun].
     */
    @Throws(SyncException::class)
    public suspend fun sync(
        budget: Duration = SYNC_BUDGET,
        trigger: Trigger = Trigger.PERSON,
        run: Long = newRun(),
    ): SyncSummary = lanes.run(run) { sync(SyncRequest(run, budget.inWholeMilliseconds, trigger)) }

    /** What the server would make of the queue. Nothing changes on either end, and nothing is promised. */
    @Throws(SyncException::class)
    public suspend fun tryOut(
        budget: Duration = ASK_BUDGET,
        run: Long = newRun(),
    ): List<TriedOut> = lanes.askAs(run) { tryOut(TryOutRequest(run, budget.inWholeMilliseconds)) }

    /** A number for a call that no other has had. */
    public fun newRun(): Long = lanes.newRun()

    /**
     * Asks a run, a look-up, a trial or the filing of a list to end; one that has not begun yet will end at once. Never
     * blocks, and nothing that was committed is undone.
     */
    public fun cancel(run: Long): Unit = client.cancel(run)

    /** Lets a report on hold go on. False if it was not on hold. */
    @Throws(DraftException::class)
    public suspend fun retry(report: ReportId): Boolean = lanes.write { retry(report) }

    /**
     * Asks the server whether it ever saw the op on hold, and if it did not, puts what waits of this report on what the
     * server has, as new ops.
     */
    @Throws(SyncException::class)
    public suspend fun supersede(report: ReportId): Superseded = lanes.ask { supersede(report) }

    /** Verifies a receipt, also one of another device, and whether it belongs to the [passport] in hand. */
    @Throws(SyncException::class)
    public suspend fun verifyReceipt(
        text: String,
        passport: String? = null,
    ): ReceiptCheck = lanes.ask { verifyReceipt(text, passport) }

    /** Ends runs and flows, and lets go of the data folder as soon as the last call has returned. Again is fine. */
    override fun close() {
        lanes.cancelAll()
        changes.close()
        client.close()
    }

    /** How to start. */
    public companion object {
        /** What a person waits for after pressing "send now". */
        public val SYNC_BUDGET: Duration = 60.seconds

        /** What a person waits for an answer of the server. */
        public val ASK_BUDGET: Duration = 10.seconds

        /**
         * Opens [directory], or makes it, with keys in files below it: for desktops and servers. It is a private
         * folder, outside backups.
         *
         * [server] is the origin to send to and [trust] the text of its trust file; without them, what the last
         * sign-in remembered is taken.
         */
        @Throws(SyncException::class)
        public suspend fun open(
            directory: File,
            server: String? = null,
            trust: String? = null,
        ): Apoa {
            val config = Config(directory.path, server, trust, clientId = "apoa-kotlin", platform = "jvm")
            return open { ApoaClient.openWithFileVault(config, it) }
        }

        /** Opens the data folder of [config], or makes it, with keys that [vault] keeps. */
        @Throws(SyncException::class)
        public suspend fun open(
            config: Config,
            vault: KeyVault,
        ): Apoa = open { ApoaClient.open(config, vault, it) }

        private suspend fun open(client: (Changes) -> ApoaClient): Apoa =
            withContext(Dispatchers.IO) {
                val changes = Changes()
                Apoa(client(changes), changes)
            }
    }
}
