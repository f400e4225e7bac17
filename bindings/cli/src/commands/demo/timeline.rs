//! The report's way as the page's list: when what happened, and what device and server knew then.

use super::Story;
use super::page::escape;
use super::stage::duration;

/// One moment.
struct Moment {
    at_ms: f64,
    class: &'static str,
    title: String,
    text: String,
    device: &'static str,
    server: &'static str,
}

/// The whole way.
pub(super) fn of(story: &Story) -> String {
    moments(story).iter().map(item).collect()
}

fn moments(story: &Story) -> Vec<Moment> {
    let begin = |step: &str| story.marks.iter().find(|mark| mark.step == step).map_or(0.0, |mark| mark.at_ms);
    let end = |step: &str| {
        story.marks.iter().find(|mark| mark.step == step).map_or(0.0, |mark| mark.at_ms + mark.ms)
    };
    let killed_at = begin("sync_killed") + story.kill.committed_ms;
    let times = story.held.ops.first().map_or(0, |op| op.times_seen);
    let op = escape(&story.filed.op.to_string());
    let address = escape(&story.office.address);
    vec![
        Moment {
            at_ms: end("server_down"),
            class: "warn",
            title: "The server is gone".to_owned(),
            text: format!("Ended with SIGTERM. Nothing listens on <code>{address}</code>."),
            device: "signed in",
            server: "down",
        },
        Moment {
            at_ms: end("report"),
            class: "",
            title: "The report is saved".to_owned(),
            text: format!(
                "The desk is done with the guest. The bytes are frozen, sealed and on disk before the answer comes; \
                 the op is <code>{op}</code>."
            ),
            device: "1 waits",
            server: "down",
        },
        Moment {
            at_ms: end("sync_offline"),
            class: "warn",
            title: "First try: nobody there".to_owned(),
            text: "No byte of the report left the device, so it is not marked as possibly sent.".to_owned(),
            device: "1 waits, not sent",
            server: "down",
        },
        Moment {
            at_ms: end("server_up"),
            class: "",
            title: "The server is back".to_owned(),
            text: "Same database, same address. It is told to commit the next report and then hang.".to_owned(),
            device: "1 waits, not sent",
            server: "holds nothing",
        },
        Moment {
            at_ms: begin("sync_killed"),
            class: "",
            title: format!("A process of its own sends: {}", story.kill.pid),
            text: "It writes “possibly sent” to disk before the first byte leaves.".to_owned(),
            device: "1 waits, possibly sent",
            server: "holds nothing",
        },
        Moment {
            at_ms: killed_at,
            class: "",
            title: "The server commits".to_owned(),
            text: "The report is in its database, the receipt is signed. The answer is held back.".to_owned(),
            device: "1 waits, possibly sent",
            server: "holds the report",
        },
        Moment {
            at_ms: killed_at + story.kill.gap_ms,
            class: "bad",
            title: "✕ Killed: after the commit, before the answer".to_owned(),
            text: format!(
                "SIGKILL to process {}, {} after the server’s word. It writes nothing more, closes nothing, and never \
                 sees an answer. A device that forgot the report now would lose it; one that reported it anew would \
                 double it.",
                story.kill.pid,
                duration(story.kill.gap_ms)
            ),
            device: "1 waits, possibly sent",
            server: "holds the report",
        },
        Moment {
            at_ms: end("restart"),
            class: "",
            title: "Opened again".to_owned(),
            text: "The report is there and knows that it may have been sent. Without a receipt it does not count as \
                   received."
                .to_owned(),
            device: "1 waits, possibly sent",
            server: "holds the report",
        },
        Moment {
            at_ms: end("sync"),
            class: "good",
            title: "The same bytes once more, and the receipt".to_owned(),
            text: format!(
                "Same op, same bytes. The server has seen it {times} times now; it had its effect once. It answers \
                 with the receipt it signed at the first arrival, and the device verifies it."
            ),
            device: "received, nothing waits",
            server: "1 report, 1 op",
        },
    ]
}

fn item(moment: &Moment) -> String {
    let Moment { at_ms, class, title, text, device, server } = moment;
    format!(
        "<li class=\"{class}\"><time>{:.3} s</time><div class=\"body\"><h3>{title}</h3><p>{text}</p>\
         <div class=\"state\"><span><b>device</b> {device}</span><span><b>server</b> {server}</span></div></div></li>\n",
        at_ms / 1000.0
    )
}
