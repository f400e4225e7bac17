//! What a network and a server do on a bad day.

use apoa_core::seam::{Failure, Method, WireReply, WireRequest};
use apoa_tests::random::Moments;

macro_rules! faults {
    ($($name:ident),+ $(,)?) => {
        /// One way in which a request goes wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Fault {
            $($name),+
        }

        /// Every one.
        pub(crate) const ALL: &[Fault] = &[$(Fault::$name),+];
    };
}

faults! {
    NoRoute,
    NoName,
    Refused,
    RequestLost,
    AnswerLost,
    TooSlow,
    Doubled,
    DoubledLate,
    Late,
    Cut,
    CutUnnoticed,
    Garbled,
    PortalPage,
    PortalRedirect,
    PortalJson,
    Unauthorised,
    UnauthorisedByGateway,
    Busy,
    TooMany,
    BadGateway,
    GatewayTimeout,
    ServerFails,
    Forbidden,
    TooLarge,
    CursorGone,
    TokensLost,
    Untrusted,
    ClockRefused,
    Bomb,
    OldPage,
    ReceiptsSwapped,
    AnswerOfBefore,
    ResultsMissing,
}

use Fault::*;

/// What comes instead of an exchange, before or after the server heard the request.
pub(crate) enum Instead {
    /// This failure; the server heard nothing.
    Unheard(Failure),
    /// This answer; the server heard nothing.
    Answer(WireReply),
    /// This failure; the server did what it was asked.
    Heard(Failure),
    /// This answer; the server did what it was asked.
    HeardAnswer(WireReply),
    /// What the server says, changed or not (`changed`).
    Changed,
}

impl Fault {
    /// Whether it can happen to this request.
    fn fits(self, request: &WireRequest) -> bool {
        let path = request.path.strip_prefix("/apoa/v1").unwrap_or(&request.path);
        match self {
            TooLarge | ReceiptsSwapped | ResultsMissing => path == "/ops",
            CursorGone => path.starts_with("/changes") && path.contains("cursor="),
            OldPage => path.starts_with("/changes"),
            TokensLost => path == "/oauth/token",
            Unauthorised | UnauthorisedByGateway | Forbidden => request.bearer.is_some(),
            AnswerOfBefore => request.method != Method::Get,
            // What comes late is an op: a token request that comes late is another device's theft to the server.
            Doubled | DoubledLate | Late => !path.starts_with("/oauth/"),
            _ => true,
        }
    }

    /// One that fits, by chance.
    pub(crate) fn draw(moments: &mut Moments, request: &WireRequest) -> Self {
        // Tokens are asked for rarely, and what is lost with them is the hard case.
        if TokensLost.fits(request) && moments.up_to(3) == 0 {
            return TokensLost;
        }
        loop {
            let fault = ALL[moments.up_to(ALL.len() as u64) as usize];
            if fault.fits(request) {
                return fault;
            }
        }
    }

    /// What it does. `seconds` is what a busy server asks for.
    pub(crate) fn instead(self, seconds: i64) -> Instead {
        let after = Some(seconds * 1000);
        match self {
            NoRoute | NoName => Instead::Unheard(Failure::Offline),
            Refused | RequestLost | Late => Instead::Unheard(Failure::Broken),
            Untrusted => Instead::Unheard(Failure::Untrusted),
            ClockRefused => Instead::Unheard(Failure::Clock),
            AnswerLost | TokensLost | TooSlow | Cut => Instead::Heard(Failure::Broken),
            Bomb => Instead::Heard(Failure::TooLarge),
            PortalPage => Instead::Answer(page(200, None)),
            PortalRedirect => Instead::Answer(page(302, None)),
            PortalJson => Instead::Answer(reply(200, "application/json", "{\"login\":true}", None)),
            UnauthorisedByGateway => Instead::Answer(page(401, None)),
            BadGateway => Instead::Answer(page(502, None)),
            GatewayTimeout => Instead::HeardAnswer(page(504, None)),
            Unauthorised => Instead::Answer(problem(401, "unauthorised", None)),
            Busy => Instead::Answer(problem(503, "busy", after)),
            TooMany => Instead::Answer(problem(429, "busy", after)),
            ServerFails => Instead::Answer(problem(500, "internal", None)),
            Forbidden => Instead::Answer(problem(403, "unit", None)),
            TooLarge => Instead::Answer(problem(413, "too-large", None)),
            CursorGone => Instead::Answer(problem(410, "cursor-expired", None)),
            Doubled | DoubledLate | CutUnnoticed | Garbled | OldPage | ReceiptsSwapped | AnswerOfBefore
            | ResultsMissing => Instead::Changed,
        }
    }

    /// Changes an answer of the server; `before` is an earlier answer to the same kind of request.
    pub(crate) fn changed(self, mut reply: WireReply, before: Option<&WireReply>) -> WireReply {
        let middle = reply.body.len() / 2;
        match self {
            CutUnnoticed => reply.body.truncate(middle),
            Garbled => reply.body.iter_mut().skip(middle).take(8).for_each(|byte| *byte = 0xff),
            OldPage | AnswerOfBefore => return before.cloned().unwrap_or(reply),
            ReceiptsSwapped | ResultsMissing => {
                if let Ok(mut answer) = serde_json::from_slice::<serde_json::Value>(&reply.body)
                    && let Some(results) =
                        answer.get_mut("results").and_then(|results| results.as_array_mut())
                {
                    if self == ResultsMissing {
                        results.pop();
                    } else if let [first, .., last] = results.as_mut_slice() {
                        std::mem::swap(&mut first["receipt"], &mut last["receipt"]);
                    }
                    reply.body = answer.to_string().into_bytes();
                }
            }
            _ => {}
        }
        reply
    }
}

fn reply(status: u16, content_type: &str, body: &str, retry_after_ms: Option<i64>) -> WireReply {
    let content_type = content_type.to_owned();
    WireReply { status, content_type, body: body.into(), retry_after_ms, ..WireReply::default() }
}

fn page(status: u16, retry_after_ms: Option<i64>) -> WireReply {
    reply(status, "text/html", "<html><body>Please sign in</body></html>", retry_after_ms)
}

fn problem(status: u16, word: &str, retry_after_ms: Option<i64>) -> WireReply {
    let body = format!("{{\"type\":\"urn:apoa:problem:{word}\",\"title\":\"-\",\"status\":{status}}}");
    reply(status, "application/problem+json", &body, retry_after_ms)
}
