//! The network between phones and server: carries requests, breaks them by the seed, and looks at everything that passes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use apoa_core::ids::Timestamp;
use apoa_core::seam::{CancelFlag, Failure, Method, Transport, WireReply, WireRequest};
use apoa_server::{Event, Local, LocalRequest};
use apoa_tests::random::Moments;

use super::faults::{Fault, Instead};
use super::time::{BEGIN_MS, CERTIFIED_MS, PhoneClock, Time};
use super::watch::{Seen, Watch};

/// Something another phone does while a request is on its way.
pub(crate) type Intrusion = Box<dyn FnOnce() + Send>;

/// What has an effect, as the server tells of it.
pub(crate) type Effects = Arc<Mutex<Vec<String>>>;

/// The network.
pub(crate) struct Net {
    pub(crate) server: Local,
    pub(crate) time: Time,
    inside: Mutex<Inside>,
}

struct Inside {
    moments: Moments,
    /// Of a hundred requests so many go wrong.
    faults_percent: u64,
    late: Vec<LocalRequest>,
    /// The last answer to each kind of request of each phone.
    before: BTreeMap<(usize, String), WireReply>,
    intrusion: Option<(u32, Intrusion)>,
    drawn: BTreeSet<Fault>,
    trace: Vec<String>,
    watch: Watch,
}

impl Net {
    pub(crate) fn new(template: &Local, time: Time, seed: u64) -> Self {
        let effects = Effects::default();
        let told = Arc::clone(&effects);
        let on_event = move |event: Event| {
            if let Event::Committed { op_id } = event {
                told.lock().unwrap_or_else(PoisonError::into_inner).push(op_id);
            }
        };
        let server = template.fork(time.server_clock(), on_event).expect("a server");
        let inside = Inside {
            moments: Moments(seed),
            faults_percent: 0,
            late: Vec::new(),
            before: BTreeMap::new(),
            intrusion: None,
            drawn: BTreeSet::new(),
            trace: Vec::new(),
            watch: Watch::new(effects),
        };
        Self { server, time, inside: Mutex::new(inside) }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So many of a hundred requests go wrong from now on.
    pub(crate) fn set_weather(&self, faults_percent: u64) {
        self.inside().faults_percent = faults_percent;
    }

    /// Before the request of this number from now on, this happens.
    pub(crate) fn intrude(&self, intrusion: Option<(u32, Intrusion)>) {
        self.inside().intrusion = intrusion;
    }

    /// A line of the trace.
    pub(crate) fn note(&self, line: &str) {
        let at = self.time.passed();
        self.inside().trace.push(format!("{at:>12} {line}"));
    }

    /// What happened, and which faults were among it.
    pub(crate) fn told(&self) -> (Vec<String>, BTreeSet<Fault>) {
        let inside = self.inside();
        (inside.trace.clone(), inside.drawn.clone())
    }

    /// Asks the one who looks at everything.
    pub(crate) fn watch<T>(&self, f: impl FnOnce(&mut Watch) -> T) -> T {
        f(&mut self.inside().watch)
    }

    /// What was held up on the way arrives now.
    pub(crate) fn deliver_late(&self) {
        let late = std::mem::take(&mut self.inside().late);
        for request in late {
            let answer = self.server.ask(request).expect("an answer");
            self.note(&format!("late {} -> {}", answer.path, answer.status));
            self.inside().watch.answered(&answer);
        }
    }

    /// The request reaches the server.
    fn deliver(&self, request: &WireRequest) -> WireReply {
        let answer = self.server.ask(local(request)).expect("an answer");
        self.inside().watch.answered(&answer);
        let header =
            |wanted: &str| answer.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
        let content_type =
            header("content-type").and_then(|value| value.split(';').next()).unwrap_or_default();
        WireReply {
            status: answer.status,
            content_type: content_type.to_owned(),
            retry_after_ms: header("retry-after").map(|value| value.parse::<i64>().expect("seconds") * 1000),
            // The header is cut to whole seconds.
            date: Some(Timestamp((BEGIN_MS + self.time.passed()) / 1000 * 1000)),
            etag: header("etag").cloned(),
            content_location: header("content-location").cloned(),
            body: answer.body,
            backoff_ms: None,
        }
    }
}

/// The way of one phone into the network.
pub(crate) struct Wire {
    pub(crate) net: Arc<Net>,
    pub(crate) phone: usize,
    pub(crate) clock: PhoneClock,
}

impl Wire {
    /// How far a request comes, and how long it takes.
    fn carry(&self, request: &WireRequest, most: i64) -> (Option<Fault>, Result<WireReply, Failure>) {
        let net = &*self.net;
        let kind = request.path.split('?').next().unwrap_or_default().to_owned();
        if !CERTIFIED_MS.contains(&self.clock.shows()) {
            return (None, Err(Failure::Clock));
        }
        let (fault, latency, seconds) = {
            let mut inside = net.inside();
            let bad = inside.moments.up_to(100) < inside.faults_percent;
            let fault = bad.then(|| Fault::draw(&mut inside.moments, request));
            inside.drawn.extend(fault);
            (fault, 20 + inside.moments.up_to(400) as i64, 1 + inside.moments.up_to(40) as i64)
        };
        // An answer of the server that belongs to nobody who asks now.
        let deliver = || net.deliver(request);
        let takes = match fault {
            Some(
                Fault::RequestLost | Fault::AnswerLost | Fault::TokensLost | Fault::TooSlow | Fault::Late,
            ) => most,
            _ => latency.min(most),
        };
        let outcome = match fault.map(|fault| (fault, fault.instead(seconds))) {
            Some((_, Instead::Unheard(failure))) => {
                if fault == Some(Fault::Late) {
                    net.inside().late.push(local(request));
                }
                Err(failure)
            }
            Some((_, Instead::Answer(reply))) => Ok(reply),
            Some((_, Instead::Heard(failure))) => {
                deliver();
                Err(failure)
            }
            Some((_, Instead::HeardAnswer(reply))) => {
                deliver();
                Ok(reply)
            }
            Some((fault, Instead::Changed)) => {
                let first = deliver();
                let answer = if fault == Fault::Doubled { deliver() } else { first };
                let mut inside = net.inside();
                if fault == Fault::DoubledLate {
                    inside.late.push(local(request));
                }
                Ok(fault.changed(answer, inside.before.get(&(self.phone, kind.clone()))))
            }
            None => Ok(deliver()),
        };
        net.time.pass(takes);
        if let (None, Ok(reply)) = (fault, &outcome) {
            net.inside().before.insert((self.phone, kind), reply.clone());
        }
        (fault, if latency > most { Err(Failure::Broken) } else { outcome })
    }
}

impl Transport for Wire {
    fn send(&self, request: &WireRequest, most: Duration, cancel: &CancelFlag) -> Result<WireReply, Failure> {
        self.clock.fuse.burn();
        let most = i64::try_from(most.as_millis()).expect("a minute at most");
        let begun = self.net.time.passed();
        let intrusion = {
            let mut inside = self.net.inside();
            match &mut inside.intrusion {
                Some((left @ 1.., _)) => {
                    *left -= 1;
                    None
                }
                Some((0, _)) => inside.intrusion.take(),
                None => None,
            }
        };
        if let Some((_, intrusion)) = intrusion {
            intrusion();
        }
        if cancel.is_cancelled() {
            return Err(Failure::Cancelled);
        }
        self.net.inside().watch.asked(self.phone, request, begun);
        let left = most - (self.net.time.passed() - begun);
        let (fault, outcome) =
            if left <= 0 { (None, Err(Failure::Broken)) } else { self.carry(request, left) };
        let told = match &outcome {
            Ok(reply) => reply.status.to_string(),
            Err(failure) => format!("{failure:?}"),
        };
        let genuine = !matches!(fault, Some(Fault::PortalJson | Fault::Garbled | Fault::CutUnnoticed));
        let fault = fault.map_or(String::new(), |fault| format!(" {fault:?}"));
        let ahead = self.clock.ahead_ms.load(SeqCst);
        self.net.note(&format!("phone {} {request:?} -> {told}{fault} (clock {ahead:+})", self.phone));
        let now = self.net.time.passed();
        self.net.inside().watch.heard(self.phone, &Seen { outcome: &outcome, genuine, now });
        self.clock.fuse.burn();
        outcome
    }
}

fn local(request: &WireRequest) -> LocalRequest {
    let mut headers = vec![("apoa-device", request.device.to_string())];
    headers.extend(request.unit.map(|unit| ("apoa-unit", unit.to_string())));
    headers
        .extend(request.bearer.as_ref().map(|token| ("authorization", format!("Bearer {}", token.reveal()))));
    headers.extend(request.body.as_ref().map(|body| ("content-type", body.content_type.to_owned())));
    LocalRequest {
        method: match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        },
        path: request.path.clone(),
        headers,
        body: request.body.as_ref().map(|body| body.bytes.reveal().clone()).unwrap_or_default(),
    }
}
