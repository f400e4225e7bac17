//! What an endpoint leaves of a request's body is read to its end before the answer goes: a connection that closes over
//! unread bytes loses its answer, and whoever sent too much would never hear of it.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body::{Body as _, Frame, SizeHint};

/// So much is read for the sake of an answer; whoever sends more loses it.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// So long.
const MOST_TIME: Duration = Duration::from_secs(5);

/// Where a body comes back to.
#[derive(Clone, Default)]
pub(crate) struct Rest(Arc<Mutex<Option<Body>>>);

/// A body that comes back when it is dropped.
struct Lent {
    body: Option<Body>,
    rest: Rest,
}

impl Rest {
    /// Lends a body.
    pub(crate) fn lend(&self, body: Body) -> Body {
        Body::new(Lent { body: Some(body), rest: self.clone() })
    }

    /// Reads what came back.
    pub(crate) async fn drain(&self) {
        let rest = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut body) = rest else { return };
        let reading = async {
            let mut read = 0;
            while let Some(Ok(frame)) =
                std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
            {
                read += frame.data_ref().map_or(0, Bytes::len);
                if read > MOST_BYTES {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(MOST_TIME, reading).await;
    }
}

impl http_body::Body for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(SizeHint::default, http_body::Body::size_hint)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let left = self.body.take().filter(|body| !body.is_end_stream());
        *self.rest.0.lock().unwrap_or_else(PoisonError::into_inner) = left;
    }
}
