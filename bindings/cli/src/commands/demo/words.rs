//! What a person who watches is told before each step: what is done, and why it matters.

/// A step in words.
pub(super) struct Words {
    pub(super) step: &'static str,
    pub(super) title: &'static str,
    pub(super) why: &'static str,
}

/// All steps, in their order.
pub(super) const STEPS: [Words; 17] = [
    Words {
        step: "cards",
        title: "Two specimen documents",
        why: "A stay permit card with a QR code, and the passport it belongs to. Both are drawn here, marked \
              SPECIMEN, and show the specimen person of ICAO 9303: nobody's real data.",
    },
    Words {
        step: "frames",
        title: "A hand brings the card before a camera",
        why: "Half a second of video: far and blurred at first, shaking, then steady. This is what a phone really \
              sees at a front desk.",
    },
    Words {
        step: "scan",
        title: "Reading the code while the card still moves",
        why: "Each frame gets at most 33 ms, as from a live camera. A payload counts only once it has proved itself, \
              so that a misread never becomes a name.",
    },
    Words {
        step: "read",
        title: "What the code says",
        why: "A code is hostile input: anybody can print one. It is interpreted, never opened; addresses, hidden \
              characters and codes of other trades are told apart.",
    },
    Words {
        step: "mrz",
        title: "Reading the passport's lines from a picture",
        why: "A camera's picture of the page; its two lines are read from the pixels, on this device. Check digits \
              prove number, birth date and expiry. Names have none: they are compared, never trusted.",
    },
    Words {
        step: "compare",
        title: "Do permit and passport belong together?",
        why: "Each field gets a verdict and, where values differ, the rule that explains it. A verdict informs; it \
              never blocks a report.",
    },
    Words {
        step: "serve",
        title: "An immigration server, as a process of its own",
        why: "The reference server of the contract: real sockets, real TLS, its own database. It shares no code with \
              the core.",
    },
    Words {
        step: "login",
        title: "Signing in, once",
        why: "After this, neither a lost network nor an expired token keeps anybody from saving a report.",
    },
    Words {
        step: "server_down",
        title: "The server goes away",
        why: "The front desk must not notice. A guest is waiting.",
    },
    Words {
        step: "report",
        title: "The stay is reported, without a server",
        why: "The answer comes only once the report is on disk, sealed with a key of this device. From here on no kill \
              and no power cut may lose it.",
    },
    Words {
        step: "sync_offline",
        title: "Sending fails: nobody there",
        why: "No byte of the report left this device, so it is not marked as possibly sent. It waits.",
    },
    Words {
        step: "server_up",
        title: "The server comes back, and will fail at the worst moment",
        why: "Same database, same address. It is told to commit the next report and then never answer.",
    },
    Words {
        step: "sync_killed",
        title: "Killed between the server's commit and its answer",
        why: "A child process sends the report. The instant the server says \"committed\", the child is killed with \
              SIGKILL. The server has the report; this device cannot know.",
    },
    Words {
        step: "restart",
        title: "Opened again after the kill",
        why: "The report is there and knows that it may have been sent. It does not count as received: nothing \
              proves that yet.",
    },
    Words {
        step: "sync",
        title: "The same bytes once more",
        why: "The repeat carries the same id and the same frozen bytes. The server recognises them, changes nothing, \
              and answers with the receipt it issued the first time.",
    },
    Words {
        step: "receipt",
        title: "The receipt proves it",
        why: "Signed by the server, bound to these bytes and to the passport. Anybody can check it, without a sign-in \
              and without a network.",
    },
    Words {
        step: "doctor",
        title: "Is everything sound?",
        why: "After a kill and an outage: files, key, trust, server and clock.",
    },
];

/// A step's place, from 1, and its words.
pub(super) fn of(step: &str) -> (usize, &'static Words) {
    let found = STEPS.iter().position(|words| words.step == step).unwrap_or(0);
    (found + 1, &STEPS[found])
}
