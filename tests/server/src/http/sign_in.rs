//! The endpoints of sign-in: three form posts. Not its job: what a secret or token is worth (`auth.rs`).

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{Answer, App, Failure, Shared, blocking, committed, id_header, json_response};
use crate::bodies::{form, is_token};
use crate::config::instant;
use crate::front::Peer;
use crate::mailer::Mail;
use crate::model::{Deed, SecretKind, What};
use crate::problem::{Kind, Problem};
use crate::storage::transact;
use crate::throttle::Who;
use crate::{Event, auth, secrets};

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

/// What somebody shows to prove who he is.
enum Shown {
    Password {
        user: String,
        password: String,
    },
    Once(SecretKind, String),
    /// Nothing yet: a code is to be mailed.
    Name(String),
}

impl SignInForm {
    fn shown(self) -> Option<Shown> {
        match (self.username, self.password, self.access_code, self.email_code) {
            (Some(user), Some(password), None, None) => Some(Shown::Password { user, password }),
            (None, None, Some(code), None) => Some(Shown::Once(SecretKind::AccessCode, code)),
            (None, None, None, Some(code)) => Some(Shown::Once(SecretKind::EmailCode, code)),
            (Some(user), None, None, None) => Some(Shown::Name(user)),
            _ => None,
        }
    }
}

pub(super) async fn authorize(
    State(app): State<Shared>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let device = device(&headers)?;
    let asked: SignInForm = form(&headers, body).await?;
    let method = asked.code_challenge_method.as_deref().unwrap_or("S256");
    if method != "S256" || !is_token(&asked.code_challenge, 43..=43) || !is_name(&asked.client_id) {
        return Err(Kind::InvalidRequest.into());
    }
    let (client, challenge) = (asked.client_id.clone(), asked.code_challenge.clone());
    let shown = asked.shown().ok_or_else(|| Failure::from(Kind::InvalidRequest))?;
    blocking(app, move |app| {
        let now = (app.clock)();
        let address = peer.map(|Extension(Peer(address))| Who::Address(address));
        let mut counted: Vec<Who> = device.map(Who::Device).into_iter().chain(address).collect();
        match &shown {
            Shown::Password { user, .. } => counted.push(Who::User(user.clone())),
            Shown::Name(user) => counted.push(Who::Mail(user.clone())),
            Shown::Once(..) => {}
        }
        if let Some(seconds) = app.throttle.wait(&counted, now) {
            return Err(Problem::after(Kind::TooMany, seconds).into());
        }
        let account = match shown {
            Shown::Name(user) => {
                app.throttle.count(&counted, now);
                mail_code(app, &user, now)?;
                return Err(Kind::InsufficientAuthorization.into());
            }
            Shown::Password { user, password } => {
                let account = transact(app.storage.as_ref(), |tables| tables.account(&user))?;
                let fits = auth::password_fits(account.as_ref(), &password);
                let id = account.map(|account| account.id);
                if fits { Ok(id) } else { Err(id) }
            }
            Shown::Once(kind, code) => {
                transact(app.storage.as_ref(), |tables| secrets::spend(tables, kind, &code, now))?
                    .map(Some)
                    .map_err(|_| None)
            }
        };
        let deed = |account: Option<Uuid>, what| Deed {
            at_ms: now,
            who: account.map(|id| id.to_string()),
            what,
            unit: None,
            device,
            about: None,
        };
        let Ok(Some(account)) = account else {
            app.throttle.count(&counted, now);
            let known = account.err().flatten();
            transact(app.storage.as_ref(), |tables| tables.note(&deed(known, What::SignInRefused)))?;
            return Err(Kind::AccessDenied.into());
        };
        app.throttle.forget(&counted);
        let code = transact(app.storage.as_ref(), |tables| {
            tables.note(&deed(Some(account), What::SignedIn))?;
            auth::issue_code(tables, account, &client, &challenge, now)
        })?;
        Ok(committed(json_response(&json!({ "authorization_code": code }))))
    })
    .await
}

/// Mails a code to a user who has an address. Whoever asks learns nothing of it: the answer is always the same.
fn mail_code(app: &App, user: &str, now_ms: i64) -> Result<(), Failure> {
    let mail = transact(app.storage.as_ref(), |tables| {
        let Some(account) = tables.account(user)? else { return Ok(None) };
        let Some(to) = tables.email(account.id)? else { return Ok(None) };
        let by = account.id.to_string();
        let (code, ends) = secrets::issue(tables, SecretKind::EmailCode, account.id, &by, now_ms)?;
        Ok(Some(Mail { to, code, expires_at: instant(ends) }))
    })?;
    if let Some(mail) = mail {
        app.mailer.send(&mail).map_err(|_| Failure::from(Kind::Internal))?;
        (app.on_event)(Event::Mailed);
    }
    Ok(())
}

/// The installation, if it says who it is.
fn device(headers: &HeaderMap) -> Result<Option<Uuid>, Failure> {
    id_header(headers, "apoa-device").map_err(|_| Kind::InvalidRequest.into())
}

/// Length and alphabet of the tokens made here.
fn is_opaque(text: &str) -> bool {
    is_token(text, 22..=200) && !text.contains(['.', '~'])
}

/// Length of a client's name.
fn is_name(text: &str) -> bool {
    (1..=128).contains(&text.chars().count())
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
    let device = device(&headers)?;
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
                transact(storage, |tables| auth::redeem(tables, client, device, &code, &verifier, now))?
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
    _token_type_hint: Option<TokenHint>,
}

/// Not needed: every token is looked for in both places.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum TokenHint {
    AccessToken,
    RefreshToken,
}

pub(super) async fn revoke(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Answer {
    let asked: Revocation = form(&headers, body).await?;
    if !is_name(&asked.client_id) || !is_opaque(&asked.token) {
        return Err(Kind::InvalidRequest.into());
    }
    blocking(app, move |app| {
        let now = (app.clock)();
        transact(app.storage.as_ref(), |tables| auth::revoke(tables, &asked.client_id, &asked.token, now))?;
        Ok(committed(json_response(&json!({}))))
    })
    .await
}
