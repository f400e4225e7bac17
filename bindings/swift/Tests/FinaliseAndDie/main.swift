// finalise-and-die FOLDER FIELD=VALUE…   keeps a guest's report and kills itself as soon as the call has returned.
import Apoa
import Foundation

let arguments = CommandLine.arguments
var facts: [String: String] = [:]
for argument in arguments.dropFirst(2) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    facts[String(parts[0])] = String(parts[1])
}
let apoa = try await Apoa.open(URL(fileURLWithPath: arguments[1]))
try await apoa.finalise(Draft(kind: .lodgingCheckIn, facts: facts))
kill(getpid(), SIGKILL)
