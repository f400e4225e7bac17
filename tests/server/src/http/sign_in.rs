//! The endpoints of sign-in: three form posts. Not its job: what a secret or token is worth (`auth.rs`).

use std::sync::PoisonError;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::json;

use super::{Answer, App, Failure, Shared, blocking, committed, json_response};
use crate::auth;
use crate::bodies::{form, is_token};
use crate::problem::{Kind, Problem};
use crate::storage::transact;

/// Wrong secrets in a row for one user before he has to wait.
const WRONG_IN_A_ROW: u32 = 10;
/// How long he waits.
const WRONG_WAIT_SECONDS: i64 = 30;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignInForm {
    client_id: String,
    username: Option<String>,
    password: Option<String>,
    access_code: Option<String>,
    email_code: Option<String>,
    code_challenge: String,
    code_challenge_method: Option<String>,
}

pub(super) async fn authorize(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Answer {
    let asked: SignInForm = form(&headers, body).await?;
    let method = asked.code_challenge_method.as_deref().unwrap_or("S256");
    if method != "S256" || !is_token(&asked.code_challenge, 43..=43) || asked.client_id.is_empty() {
        return Err(Kind::InvalidRequest.into());
    }
    let (Some(user), Some(password)) = (asked.username, asked.password) else {
        let other = asked.access_code.is_some() || asked.email_code.is_some();
        return Err(if other { Kind::InvalidClient } else { Kind::InvalidRequest }.into());
    };
    if asked.access_code.is_some() || asked.email_code.is_some() {
        return Err(Kind::InvalidRequest.into());
    }
    blocking(app, move |app| {
        let now = (app.clock)();
        throttle(app, &user, now)?;
        let account = transact(app.storage.as_ref(), |tables| tables.account(&user))?;
        let fits = auth::password_fits(account.as_ref(), &password);
        let Some(account) = account.filter(|_| fits) else {
            count_wrong(app, &user, now);
            return Err(Kind::AccessDenied.into());
        };
        app.wrong.lock().unwrap_or_else(PoisonError::into_inner).remove(&user);
        let code = transact(app.storage.as_ref(), |tables| {
            auth::issue_code(tables, account.id, &asked.client_id, &asked.code_challenge, now)
        })?;
        Ok(committed(json_response(&json!({ "authorization_code": code }))))
    })
    .await
}

/// Refuses while too many wrong secrets in a row are fresh.
fn throttle(app: &App, user: &str, now_ms: i64) -> Result<(), Failure> {
    let mut wrong = app.wrong.lock().unwrap_or_else(PoisonError::into_inner);
    let Some((count, last)) = wrong.get(user).copied() else { return Ok(()) };
    let wait = last + WRONG_WAIT_SECONDS * 1000 - now_ms;
    if wait <= 0 {
        wrong.remove(user);
        return Ok(());
    }
    if count < WRONG_IN_A_ROW {
        return Ok(());
    }
    Err(Problem::after(Kind::TooMany, (wait.unsigned_abs() / 1000).max(1)).into())
}

fn count_wrong(app: &App, user: &str, now_ms: i64) {
    /// Names remembered at once; beyond that guessing many names empties the list rather than the memory.
    const NAMES: usize = 10_000;
    let mut wrong = app.wrong.lock().unwrap_or_else(PoisonError::into_inner);
    if wrong.len() >= NAMES {
        wrong.clear();
    }
    let entry = wrong.entry(user.to_owned()).or_insert((0, now_ms));
    *entry = (entry.0 + 1, now_ms);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenRequest {
    grant_type: String,
    client_id: String,
    code: Option<String>,
    code_verifier: Option<String>,
    refresh_token: Option<String>,
}

pub(super) async fn token(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Answer {
    let asked: TokenRequest = form(&headers, body).await?;
    blocking(app, move |app| {
        let now = (app.clock)();
        let client = &asked.client_id;
        let storage = app.storage.as_ref();
        let tokens = match asked.grant_type.as_str() {
            "authorization_code" => {
                let (Some(code), Some(verifier), None) =
                    (asked.code, asked.code_verifier, asked.refresh_token)
                else {
                    return Err(Kind::InvalidRequest.into());
                };
                if !is_token(&verifier, 43..=128) {
                    return Err(Kind::InvalidRequest.into());
                }
                transact(storage, |tables| auth::redeem(tables, client, &code, &verifier, now))?
            }
            "refresh_token" => {
                let (None, None, Some(refresh)) = (asked.code, asked.code_verifier, asked.refresh_token)
                else {
                    return Err(Kind::InvalidRequest.into());
                };
                transact(storage, |tables| auth::refresh(tables, client, &refresh, now))?
            }
            _ => return Err(Kind::UnsupportedGrantType.into()),
        };
        Ok(committed(json_response(&tokens?)))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revocation {
    client_id: String,
    token: String,
    #[serde(rename = "token_type_hint")]
    _token_type_hint: Option<String>,
}

pub(super) async fn revoke(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Answer {
    let asked: Revocation = form(&headers, body).await?;
    blocking(app, move |app| {
        transact(app.storage.as_ref(), |tables| auth::revoke(tables, &asked.client_id, &asked.token))?;
        Ok(committed(json_response(&json!({}))))
    })
    .await
}
