/*
 * The values of the bridge under the names that an app uses: aliases, so that there is no second set of types.
 *
 * What has variants that carry data (Scanned, Payload, Hint and the like, and every error) has none, because Kotlin
 * reaches no variant through an alias: import it from apoa.ffi. Nothing else of that package is meant for use.
 */
package apoa

/** Who is active on this device. */
public typealias Account = apoa.ffi.Account

/** One person who signs in. */
public typealias AccountId = apoa.ffi.AccountId

/** What this device holds of people, for a notice of a breach: what, since when, how kept; nobody's identity. */
public typealias BreachExtract = apoa.ffi.BreachExtract

/** One thing that is wrong with a row of a list, or to look at. */
public typealias CellProblem = apoa.ffi.CellProblem

/** What the doctor looks at. */
public typealias Check = apoa.ffi.Check

/** How far the device's clock could be trusted. */
public typealias ClockTrust = apoa.ffi.ClockTrust

/** What a comparison of permit and passport came to, to be frozen with the report. */
public typealias Compared = apoa.ffi.Compared

/** The result of comparing two sources. It blocks no report; it travels with it. */
public typealias Comparison = apoa.ffi.Comparison

/** How sure a reading is. */
public typealias Confidence = apoa.ffi.Confidence

/** Settings of one client. */
public typealias Config = apoa.ffi.Config

/** A corner, in pixels of the frame. */
public typealias Corner = apoa.ffi.Corner

/** How many reports are in which state. */
public typealias Counts = apoa.ffi.Counts

/** One installation of the app. */
public typealias DeviceId = apoa.ffi.DeviceId

/** A report that is being put together: its kind and its facts by field code, as typed or scanned. */
public typealias Draft = apoa.ffi.Draft

/** A line of the log; nothing in it is personal. */
public typealias Event = apoa.ffi.Event

/** A character of a fact. */
public typealias FactPlace = apoa.ffi.FactPlace

/** Where the facts of a draft come from. */
public typealias FactSource = apoa.ffi.FactSource

/** One thing to mend, or to look at. */
public typealias FieldProblem = apoa.ffi.FieldProblem

/** The verdict on one field. */
public typealias FieldVerdict = apoa.ffi.FieldVerdict

/** A report that is on disk. */
public typealias Finalised = apoa.ffi.Finalised

/** One line of the doctor. */
public typealias Finding = apoa.ffi.Finding

/** An operation on a report as it stands. */
public typealias FollowUp = apoa.ffi.FollowUp

/** What a follow-up does. A withdrawal and a photo have calls of their own. */
public typealias FollowUpKind = apoa.ffi.FollowUpKind

/** A code that was read. */
public typealias FoundCode = apoa.ffi.FoundCode

/**
 * Where the pixels of a luma plane lie: one byte a pixel, rows `row_stride` bytes apart. The last row may end at its
 * last pixel.
 */
public typealias FrameLayout = apoa.ffi.FrameLayout

/** What one shift leaves to the next. */
public typealias HandOver = apoa.ffi.HandOver

/** What happened to a report or a device. */
public typealias Happening = apoa.ffi.Happening

/** A report as a breach extract names it. */
public typealias HeldReport = apoa.ffi.HeldReport

/** Whether a report is held. */
public typealias Hold = apoa.ffi.Hold

/** An instant, to a millisecond. */
public typealias Instant = apoa.ffi.Instant

/** What became of an op in a run. */
public typealias ItemOutcome = apoa.ffi.ItemOutcome

/** What a run did to one report. */
public typealias ItemReport = apoa.ffi.ItemReport

/**
 * Keystore or Keychain. A key is durable before `create` returns. Never call back into the client, never show a prompt.
 */
public typealias KeyVault = apoa.ffi.KeyVault

/** Why a file is no list. */
public typealias ListFault = apoa.ffi.ListFault

/** How much a line matters. */
public typealias LogLevel = apoa.ffi.LogLevel

/** Takes the core's log lines, one after the other, on a thread of its own. Never log through the client from here. */
public typealias LogSink = apoa.ffi.LogSink

/** How long a look-up may take. */
public typealias LookUpRequest = apoa.ffi.LookUpRequest

/** A person known on this device, whether signed in or not. */
public typealias Member = apoa.ffi.Member

/** One check digit. */
public typealias MrzCheck = apoa.ffi.MrzCheck

/** What the lines say. That the digits fit says nothing of names, nationality and sex: they have none. */
public typealias MrzLines = apoa.ffi.MrzLines

/** A character for the eye. */
public typealias MrzPlace = apoa.ffi.MrzPlace

/** A misread that a digit proved and put right. */
public typealias MrzRepair = apoa.ffi.MrzRepair

/** Whose number it is. */
public typealias NumberKind = apoa.ffi.NumberKind

/** What stands in the way of a change. */
public typealias Obstacle = apoa.ffi.Obstacle

/** The days that decide what has run out, ISO. */
public typealias Occasion = apoa.ffi.Occasion

/** One instruction about a report: the key by which the server recognises a repeat. */
public typealias OpId = apoa.ffi.OpId

/** What an op does to its report. */
public typealias OpKind = apoa.ffi.OpKind

/** Where a description of a person comes from. */
public typealias Origin = apoa.ffi.Origin

/** Which reports a list shows, newest first. */
public typealias Page = apoa.ffi.Page

/** Two of three sources. */
public typealias Pair = apoa.ffi.Pair

/** The verdict on two of three sources. */
public typealias PairVerdict = apoa.ffi.PairVerdict

/** What a picture held. */
public typealias Picture = apoa.ffi.Picture

/** What is wrong with a picture. */
public typealias PictureFault = apoa.ffi.PictureFault

/** What a unit says about itself; an empty value takes a fact out. */
public typealias Profile = apoa.ffi.Profile

/** A fact that a unit says about itself. */
public typealias ProfileField = apoa.ffi.ProfileField

/** What came of bringing a profile in line with the server's. */
public typealias ProfileSync = apoa.ffi.ProfileSync

/** An op with open work; nothing in it is personal. */
public typealias QueueRow = apoa.ffi.QueueRow

/** What a payload says: the words of the command line. */
public typealias Reading = apoa.ffi.Reading

/** The rule behind a verdict. */
public typealias Reason = apoa.ffi.Reason

/** A rectangle of the frame, in pixels. */
public typealias Region = apoa.ffi.Region

/** A report with its last finalised data and its receipts, newest first. */
public typealias ReportDetail = apoa.ffi.ReportDetail

/** One person's stay, job or refusal, for its whole life. */
public typealias ReportId = apoa.ffi.ReportId

/** What a report is about. */
public typealias ReportKind = apoa.ffi.ReportKind

/** A row of a list. */
public typealias ReportRow = apoa.ffi.ReportRow

/** Somebody in a list who is reported with other facts. */
public typealias RosterChange = apoa.ffi.RosterChange

/** A list beside the open reports of its kind. */
public typealias RosterChanges = apoa.ffi.RosterChanges

/** What was filed of a list. */
public typealias RosterFiled = apoa.ffi.RosterFiled

/** Which rows of a list are shown, in the order of the list. */
public typealias RosterPage = apoa.ffi.RosterPage

/** A list that was judged. */
public typealias RosterPreview = apoa.ffi.RosterPreview

/** What a list is. */
public typealias RosterRequest = apoa.ffi.RosterRequest

/** A row of a list. */
public typealias RosterRow = apoa.ffi.RosterRow

/** What becomes of a row of a list. */
public typealias RosterState = apoa.ffi.RosterState

/** What a rotation of the keys did. */
public typealias Rotated = apoa.ffi.Rotated

/** How the camera was held. */
public typealias Rotation = apoa.ffi.Rotation

/** What was rescued from damaged files. */
public typealias Salvage = apoa.ffi.Salvage

/** A part of the set-up that is missing. */
public typealias SetUp = apoa.ffi.SetUp

/** A direction in the upright picture. */
public typealias Side = apoa.ffi.Side

/** Who signed out, and what waits for the next one. */
public typealias SignedOut = apoa.ffi.SignedOut

/** A member of the unit, as the server lists it. */
public typealias StaffMember = apoa.ffi.StaffMember

/** What the server has proved. */
public typealias Standing = apoa.ffi.Standing

/** What ended a run or a request. */
public typealias StoppedBy = apoa.ffi.StoppedBy

/** What became of an op on hold that should be superseded. */
public typealias Superseded = apoa.ffi.Superseded

/** A run over the outbox. */
public typealias SyncRequest = apoa.ffi.SyncRequest

/** What a run did. */
public typealias SyncSummary = apoa.ffi.SyncSummary

/** The result of comparing code, register and passport. */
public typealias ThreeWay = apoa.ffi.ThreeWay

/** What is left of an erased report: the log of destruction. */
public typealias Tombstone = apoa.ffi.Tombstone

/** An op and what the server would make of it. */
public typealias TriedOut = apoa.ffi.TriedOut

/** What the server would make of an op. */
public typealias TriedVerdict = apoa.ffi.TriedVerdict

/** Who asked for a run. */
public typealias Trigger = apoa.ffi.Trigger

/** A question about the queue. */
public typealias TryOutRequest = apoa.ffi.TryOutRequest

/** A unit as its member sees it. */
public typealias UnitCard = apoa.ffi.UnitCard

/** An installation the unit saw. */
public typealias UnitDevice = apoa.ffi.UnitDevice

/** One lodging, company or private host that reports. */
public typealias UnitId = apoa.ffi.UnitId

/** What an account may do in a unit. */
public typealias UnitRight = apoa.ffi.UnitRight

/** The form of a code that nobody knew, without its content. */
public typealias UnknownShape = apoa.ffi.UnknownShape

/** What was erased. */
public typealias Upkeep = apoa.ffi.Upkeep

/** How two statements of one fact relate. */
public typealias Verdict = apoa.ffi.Verdict

/** Why a text gives no machine-readable zone. */
public typealias WhyNoZone = apoa.ffi.WhyNoZone

/** Why the key does not answer. */
public typealias WhyUnavailable = apoa.ffi.WhyUnavailable

/** What is left to do on this device. */
public typealias Work = apoa.ffi.Work

/** A machine-readable zone that was found. */
public typealias Zone = apoa.ffi.Zone

/** How sure one character is. */
public typealias ZoneChar = apoa.ffi.ZoneChar

/** A part of a machine-readable zone. */
public typealias ZoneField = apoa.ffi.ZoneField
