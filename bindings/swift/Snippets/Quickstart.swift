// Keeps a report and sends it.   Quickstart URL TRUST USER PASSWORD, as `apoa serve` prints them.
import Apoa
import Foundation

let (server, trust) = (CommandLine.arguments[1], CommandLine.arguments[2])
let (user, password) = (CommandLine.arguments[3], CommandLine.arguments[4])

// A folder that is private to the app and outside backups; here a new one each time.
let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
let apoa = try await Apoa.open(
    folder, server: URL(string: server), trust: String(contentsOfFile: trust, encoding: .utf8))

// Signing in needs the network, once. After it reports are kept without.
try await apoa.signIn(.password(user: user, password: password))

let draft = try fillDraft(
    draft: await apoa.newDraft(.lodgingCheckIn),
    facts: [
        "full_name": "ERIKSSON ANNA MARIA", "birth_date": "1974-08-12", "nationality": "UTO", "sex": "F",
        "passport_number": "L898902C3", "passport_expiry": "2036-04-15", "nights": "3",
        "check_in": await apoa.today(),
    ],
    source: .manual)

// What is wrong is told field by field, each with a stable code for the words on the screen.
for problem in try await apoa.check(draft) where !problem.notice {
    print("\(problem.field): \(problem.code)")
}

// On disk once this returns, whatever happens to the phone.
let whole = try fillDraft(draft: draft, facts: ["purpose": "holiday"], source: .manual)
let kept = try await apoa.finalise(whole)
print("waiting: \(try await apoa.counts().queued)")

// Sends what waits. Cancelling the task ends the run, and nothing is lost.
let summary = try await apoa.sync(budget: .seconds(20))
print("sent: \(summary.sent), received: \(summary.received)")

// The server's receipt proves it, also to a person with the passport in hand.
if let receipt = try await apoa.report(kept.report)?.receipts.first,
    case .proved(_, _, _, _, _, _, _, let belongs) = try await apoa.verifyReceipt(
        receipt, passport: "L898902C3")
{
    print("the receipt belongs to the passport: \(belongs == true)")
}

await apoa.close()
try FileManager.default.removeItem(at: folder)
